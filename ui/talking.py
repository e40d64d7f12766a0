"""What the page does with conversations: opens, names, pins, deletes, exports, and brings up to date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from index import ArticleAssistantError

from .conversation import Conversation
from .desk import Desk
from .escape import printable
from .exports import answer_text, export
from .filters import filter_of, row_of
from .handlers import Changes, Parts, begin_anew, browser_keeps, listing, notice_of, settle, shown
from .parcels import copied, saved
from .requests import number_of, text_of
from .store import is_id
from .talks import Undo
from .tools import editing_html

_TITLE = 400


def actor(desk: Desk, parts: Parts) -> Callable[..., Changes]:
    """Return what does what was clicked in the list."""

    def act(conversation: Conversation, kept_as: object, event: gr.EventData, request: gr.Request) -> Changes:
        asked = event._data if isinstance(event._data, dict) else {}
        settle(desk, conversation, kept_as, request)
        talk, does = text_of(asked, "id"), text_of(asked, "do")
        undo, changes = None, {}
        if does == "search":
            conversation.sought = text_of(asked, "text")
        elif does == "sync":
            changes = _sync(desk, parts, conversation)
        elif does in _HERE:
            return _HERE[does](desk, parts, conversation, asked)
        elif not is_id(talk):
            return {parts.notice: gr.skip()}
        elif does == "open":
            changes = _open(desk, parts, conversation, asked)
        elif does == "delete":
            undo = Undo(id=talk, title=printable(text_of(asked, "title", _TITLE)))
            changes = _told(parts, desk.memory.delete(conversation, talk))
            undo = None if changes else undo
            if undo and talk == conversation.id:
                changes = begin_anew(parts, conversation)
        elif does == "restore":
            changes = _told(parts, desk.memory.restore(conversation, talk))
        elif does == "rename":
            title = printable(text_of(asked, "title", _TITLE))
            changes = _told(parts, desk.memory.rename(conversation, talk, title))
        else:
            changes = _told(parts, desk.memory.pin(conversation, talk, does == "pin"))
        return {**changes, parts.talks: listing(desk, conversation, undo)}

    return act


def _open(desk: Desk, parts: Parts, conversation: Conversation, asked: Any) -> Changes:
    trouble = desk.memory.open(conversation, text_of(asked, "id"))
    if trouble:
        return {parts.notice: notice_of(trouble)}
    conversation.show_turn(number_of(asked, "turn") or 10**9)
    return {
        **shown(parts, conversation),
        parts.sources: conversation.sources(),
        parts.notice: gr.HTML("", visible=False),
        parts.filters: row_of(desk.library, conversation.within),
        parts.kept_as: browser_keeps(conversation),
    }


def _sync(desk: Desk, parts: Parts, conversation: Conversation) -> Changes:
    before, within = conversation.seen, conversation.within
    trouble = desk.memory.catch_up(conversation) or desk.memory.catch_up_filter(conversation)
    changes = _told(parts, trouble)
    if conversation.within != within:
        changes[parts.filters] = row_of(desk.library, conversation.within)
    if conversation.seen != before:
        changes |= {**shown(parts, conversation), parts.sources: conversation.sources()}
    return changes


def _told(parts: Parts, trouble: str) -> Changes:
    return {parts.notice: notice_of(trouble)} if trouble else {}


def _copy(desk: Desk, parts: Parts, conversation: Conversation, asked: Any) -> Changes:
    exchange = conversation.exchange(number_of(asked, "turn"))
    if exchange is None or exchange.answer is None:
        return {parts.notice: gr.skip()}
    return {parts.parcel: copied(answer_text(desk.library, exchange.answer))}


def _export(desk: Desk, parts: Parts, conversation: Conversation, asked: Any) -> Changes:
    trouble = desk.memory.catch_up(conversation)
    title = desk.memory.title(conversation)
    try:
        file = export(desk.library, conversation, title, text_of(asked, "kind"), datetime.now(UTC))
    except ArticleAssistantError as error:
        trouble, file = str(error), None
    told = _told(parts, trouble)
    return {**told, parts.parcel: saved(file)} if file else told or {parts.notice: gr.skip()}


def _edit(desk: Desk, parts: Parts, conversation: Conversation, asked: Any) -> Changes:
    """Put a question into the box; the last one will be replaced, an earlier one asked once more."""
    exchange = conversation.exchange(number_of(asked, "turn"))
    if exchange is None or conversation.stopper:
        return {parts.notice: gr.skip()}
    last = exchange is conversation.exchanges[-1]
    conversation.editing = exchange.turn if last else None
    return {
        parts.box: gr.Textbox(exchange.question),
        parts.notice: gr.HTML(editing_html(last), visible=True),
    }


def _leave_editing(desk: Desk, parts: Parts, conversation: Conversation, asked: Any) -> Changes:
    conversation.editing = None
    return {parts.box: gr.Textbox(""), parts.notice: gr.HTML("", visible=False)}


def _filter(desk: Desk, parts: Parts, conversation: Conversation, asked: Any) -> Changes:
    """Set which articles the next question is asked of."""
    conversation.within = filter_of(asked.get("within"))
    trouble = desk.memory.keep_filter(conversation)
    return {
        **_told(parts, trouble),
        parts.filters: row_of(desk.library, conversation.within),
        parts.kept_as: browser_keeps(conversation),
    }


_HERE: dict[str, Callable[[Desk, Parts, Conversation, Any], Changes]] = {
    "copy": _copy,
    "export": _export,
    "edit": _edit,
    "leave-editing": _leave_editing,
    "filter": _filter,
}
"""What is done in the conversation that is open."""
