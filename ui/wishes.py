"""What a reader wants of answers: kept by the browser in cookies, and sent along with each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from assistant import Style

STYLE, WRITER = "style", "writer"
"""Names of the cookies; `settings.js` writes them."""
_LONGEST = 400
QUOTES_ONLY = "Quotes only"
"""What the page calls answering without a language model."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How answers are to be."""

    style: Style = Style.NORMAL
    writer: str | None = None
    """Who is to answer, by the name that the page shows; None for the first."""


def wishes_of(cookies: Mapping[str, str]) -> Wishes:
    """Read the cookies of a request; what is not as it should be is left out."""
    style = cookies.get(STYLE, "")
    writer = unquote(cookies.get(WRITER, "")[:_LONGEST], errors="replace")
    return Wishes(style=Style(style) if style in list(Style) else Style.NORMAL, writer=writer or None)
