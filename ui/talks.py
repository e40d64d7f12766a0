"""The list of conversations → HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .escape import escape
from .icons import icon
from .store import Summary
from .wishes import QUOTES_ONLY

UNREAD = '<nav aria-label="Conversations"></nav>'
"""The list before it is known whose it is."""


def head_html(writers: Sequence[str]) -> str:
    """Show what stands at the left above the chat; `writers` are those who can answer, the first by default."""
    return (
        '<button type="button" class="drawer-toggle" aria-expanded="false" aria-controls="talks">'
        f"{icon('list')}<span>Conversations</span></button>"
        '<button type="button" class="keys" aria-label="Keyboard shortcuts" title="Keyboard shortcuts">?</button>'
        f'<span id="writers" hidden data-names="{escape(json.dumps(list(writers)))}" '
        f'data-quotes="{escape(QUOTES_ONLY)}"></span>'
    )


@dataclass(frozen=True, kw_only=True)
class Undo:
    """A conversation that was deleted just now."""

    id: str
    title: str


SEARCH = (
    '<input type="search" id="talks-search" placeholder="Search conversations" '
    'aria-label="Search conversations" autocomplete="off" spellcheck="false" dir="auto">'
)


def talks_html(
    talks: Sequence[Summary] | str, current: str | None, *, searched: bool = False, undo: Undo | None = None
) -> str:
    """Show the conversations, the `current` one marked; or why they cannot be shown."""
    if isinstance(talks, str):
        body = f'<p class="warning" role="alert" lang="en">{escape(talks)}</p>'
        known = ""
    else:
        known = current if current and (searched or any(one.id == current for one in talks)) else ""
        body = _groups(talks, current) or f'<p class="hint">{_nothing(searched)}</p>'
    return (
        f'<nav aria-label="Conversations" data-ready data-current="{escape(known)}">{_undo(undo)}{body}</nav>'
    )


def _nothing(searched: bool) -> str:
    return "No conversation has these words." if searched else "What you ask is kept here."


def _undo(undo: Undo | None) -> str:
    if undo is None:
        return ""
    return (
        f'<p class="undo" role="status"><span dir="auto">“{escape(undo.title)}” deleted.</span> '
        f'<button type="button" data-do="restore" data-id="{escape(undo.id)}">Undo</button></p>'
    )


def _groups(talks: Sequence[Summary], current: str | None) -> str:
    pinned, others = [one for one in talks if one.pinned], [one for one in talks if not one.pinned]
    head = "<h3>Pinned</h3>{}<h3>Latest</h3>{}" if pinned and others else "{}{}"
    return head.format(*("".join(_items(group, current)) for group in (pinned, others)))


def _items(talks: Sequence[Summary], current: str | None) -> list[str]:
    items = [_item(one, here=one.id == current) for one in talks]
    return ["<ul>", *items, "</ul>"] if items else []


def _item(talk: Summary, *, here: bool) -> str:
    title = escape(talk.title) or "Untitled"
    deeds = (
        ("unpin" if talk.pinned else "pin", "pin", "Let go of" if talk.pinned else "Pin"),
        ("rename", "rename", "Rename"),
        ("delete", "delete", "Delete"),
    )
    buttons = "".join(
        f'<button type="button" data-do="{do}" title="{word}" aria-label="{word} “{title}”">{icon(drawing)}</button>'
        for do, drawing, word in deeds
    )
    moment = datetime.fromtimestamp(talk.used, UTC)
    return (
        f'<li data-id="{escape(talk.id)}"{" data-pinned" if talk.pinned else ""}>'
        f'<a href="#/c/{escape(talk.id)}"{" aria-current=page" if here else ""}>'
        f'<span class="name" dir="auto">{title}</span>'
        f'<time data-moment datetime="{moment.isoformat(timespec="seconds")}">{moment:%Y-%m-%d}</time></a>'
        f'<span class="deeds">{buttons}</span></li>'
    )
