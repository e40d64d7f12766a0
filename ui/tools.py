"""What can be done with a question, an answer or a conversation → buttons."""

from __future__ import annotations

from collections.abc import Sequence

from .escape import escape

_SAID = {
    "up": ("Good answer", "This answer helps"),
    "down": ("Bad answer", "Something is wrong with this answer"),
    "everywhere": ("Ask all articles", "Ask this question without the filter"),
    "copy": ("Copy", "Copy the answer with its sources"),
    "link": ("Link", "Copy a link to this answer"),
    "again": ("Ask again", "Ask this question again"),
    "edit": ("Edit", "Change this question and ask it again"),
}


def tools_html(turn: int, *kinds: str, said: str = "") -> str:
    """Show buttons for the exchange of a turn. Gradio leaves messages no data attributes: the classes say what.

    `said` names the answer that thumbs are about.
    """
    buttons = "".join(
        f'<button type="button" class="do-{kind} turn-{turn}{f" said-{said}" if said else ""}" '
        f'title="{_SAID[kind][1]}"><span>{_SAID[kind][0]}</span></button>'
        for kind in kinds
    )
    return f'<div class="tools" lang="en">{buttons}</div>'


def suggestions_html(questions: Sequence[str]) -> str:
    """Show questions to go on with, each of which can be asked with one click."""
    buttons = "".join(
        f'<button type="button" class="followup" dir="auto">{escape(one)}</button>' for one in questions
    )
    return (
        f'<div class="followups"><p lang="en">The articles also answer</p>{buttons}</div>' if buttons else ""
    )


def editing_html(last: bool) -> str:
    """Say what becomes of the question in the box."""
    said = "Your question replaces the last one." if last else "Your question is asked anew, below."
    return (
        f'<p class="editing" role="status">{said} '
        '<button type="button" data-do="leave-editing">Leave it as it was</button></p>'
    )


_EXPORTS = {
    "markdown": "Markdown",
    "html": "Web page (HTML)",
    "json": "JSON",
    "bibtex": "Bibliography (BibTeX)",
    "ris": "Bibliography (RIS)",
}
EXPORT = (
    '<details class="menu export"><summary>Export</summary><div class="choices">'
    + "".join(
        f'<button type="button" data-do="export" data-kind="{kind}">{name}</button>'
        for kind, name in _EXPORTS.items()
    )
    + "</div></details>"
)
