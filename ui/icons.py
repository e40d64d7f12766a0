"""Small drawings for buttons, as SVG in the colour of the text around them."""

from __future__ import annotations

_PATHS = {
    "pin": "M9.5 2.5h5l-.7 6 3.2 3.5H7l3.2-3.5zM12 12v8.5",
    "rename": "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5L17.5 10",
    "delete": "M4 6.5h16M9.5 6.5V4h5v2.5M6.5 6.5l1 13.5h9l1-13.5M10 10v6.5M14 10v6.5",
    "list": "M4 6h16M4 12h16M4 18h10",
    "filter": "M4 5h16l-6.2 7.4V19l-3.6-2v-4.6z",
    "close": "M6 6l12 12M18 6L6 18",
}


def icon(name: str) -> str:
    """Return the drawing of a name."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" '
        f'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"><path d="{_PATHS[name]}"/></svg>'
    )
