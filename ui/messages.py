"""Questions and answers → the HTML of the chat. Nothing of theirs is left to be markup."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant import Answer, Status
from assistant.feedback.types import SHOWN, fingerprint
from assistant.phrases import phrases_for

from .escape import escape
from .filters import Part, scope_html
from .sentences import blocks_html, struck_out
from .tools import tools_html

_LONGEST_SHOWN = 1_500
_LONGEST_NAME = 80
_TOOLS = ("up", "down", "copy", "link", "again", "edit")
STOPPED = "Stopped before it was finished; what it rests on is not listed."
STOPPED_EARLY = "Stopped before anything was written."


def question_html(question: str, turn: int = 0, scope: Sequence[Part] = ()) -> str:
    """Show a question as it was typed, of a very long one the beginning, and which articles it was asked of."""
    asked = f'<div class="asked asked-{turn}" dir="auto">{_lines(_beginning(question))}</div>'
    return asked + scope_html(scope)


def waiting_html(sentence: str, standalone: str | None = None) -> str:
    """Show what the page is waiting for."""
    return f'<div class="waiting">{searched_html(standalone)}<p>{escape(sentence)}</p></div>'


def trouble_html(sentence: str, turn: int) -> str:
    """Show why there is no answer."""
    tools = tools_html(turn, "again", "edit")
    return f'<div class="trouble" role="alert"><p lang="en">{escape(sentence)}</p>{tools}</div>'


def unanswered_html(sentence: str, turn: int) -> str:
    """Show that an answer is still to come, or was broken off; the page looks for it again."""
    tools = tools_html(turn, "again", "edit")
    return f'<div class="trouble unanswered"><p lang="en">{escape(sentence)}</p>{tools}</div>'


def partial_html(
    text: str, draft: str = "", standalone: str | None = None, struck: Collection[str] = ()
) -> str:
    """Show an answer that is still being written; its markers are not links yet.

    `draft` is not checked yet, and stands dimmed behind `text`, which is; sentences of `text` that are
    among `struck` are shown struck out.
    """
    parts = _checked(text, struck)
    if draft.strip():
        dimmed = f'<span class="draft"><span class="unseen">Being checked: </span>{_lines(draft)}</span>'
        if parts and not text.endswith("\n"):
            parts[-1] += f" {dimmed}"
        else:
            parts.append(dimmed)
    return f'<div class="answer partial">{searched_html(standalone)}{_paragraphs(parts)}</div>'


def stopped_html(text: str, turn: int, standalone: str | None = None, struck: Collection[str] = ()) -> str:
    """Show an answer that the reader stopped; its last, unchecked words are left out."""
    parts = _checked(text, struck)
    note = f'<p class="stopped" lang="en">{STOPPED if parts else STOPPED_EARLY}</p>'
    tools = tools_html(turn, "again", "edit")
    return f'<div class="answer halted">{searched_html(standalone)}{_paragraphs(parts)}{note}{tools}</div>'


def answer_html(answer: Answer, turn: int) -> str:
    """Show an answer: its sentences with their citations, who wrote it, and its warnings."""
    classes = f"answer answer-{turn} {answer.status.value}"
    body = blocks_html(answer, turn) or _paragraphs([_lines(answer.text)])
    warnings = "".join(
        f'<p class="warning" dir="auto"><strong>Note.</strong> {_lines(one)}</p>' for one in answer.warnings
    )
    above = searched_html(answer.standalone) + _abstention(answer)
    everywhere = ["everywhere"] if answer.within and answer.status is Status.NO_EVIDENCE else []
    tools = tools_html(turn, *everywhere, *_TOOLS, said=fingerprint(answer)[:SHOWN])
    below = f"{warnings}{_byline(answer)}{tools}"
    return f'<div class="{classes}" lang="{escape(answer.language)}">{above}{body}{below}</div>'


def searched_html(standalone: str | None) -> str:
    """Show the question that was searched for in place of a follow-up."""
    if not standalone:
        return ""
    asked = f'<span dir="auto">{escape(" ".join(_beginning(standalone).split()))}</span>'
    return f'<p class="searched" lang="en">Searched for: {asked}</p>'


def _abstention(answer: Answer) -> str:
    if answer.status is Status.NO_EVIDENCE:
        return '<p class="verdict" lang="en">Not in the articles</p>'
    if answer.tentative:
        said = escape(phrases_for(answer.language)[1].tentative)
        return f'<p class="verdict" lang="en">Not certain</p><p class="tentative" dir="auto">{said}</p>'
    return ""


def _byline(answer: Answer) -> str:
    """Say who wrote an answer; nobody did where there is none."""
    if answer.status is Status.NO_EVIDENCE:
        return ""
    if not answer.model:
        return '<p class="byline" lang="en">Quoted from the articles</p>'
    name = f'<span class="name" dir="auto">{escape(" ".join(answer.model.split())[:_LONGEST_NAME])}</span>'
    return f'<p class="byline" lang="en">Written by {name}, every sentence checked against its source</p>'


def _checked(text: str, struck: Collection[str]) -> list[str]:
    """Return the paragraphs of a checked text, with its struck sentences struck out."""
    parts = [_lines(part) for part in text.split("\n\n") if part.strip()]
    for sentence in struck:
        markup = _lines(sentence)
        parts = [part.replace(markup, struck_out(markup), 1) for part in parts]
    return parts


def _beginning(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + " …"


def _paragraphs(parts: list[str]) -> str:
    return "".join(f'<p dir="auto">{part}</p>' for part in parts if part)


def _lines(text: str) -> str:
    return escape(text.strip()).replace("\n", "<br>")
