"""What the page does with the list of conversations: opens, names, pins, deletes, and brings up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from .conversation import Conversation
from .desk import Desk
from .escape import printable
from .handlers import Changes, Parts, begin_anew, listing, notice_of, shown
from .owners import remembered
from .requests import number_of, text_of
from .store import is_id
from .talks import Undo

_TITLE = 400


def actor(desk: Desk, parts: Parts) -> Callable[..., Changes]:
    """Return what does what was clicked in the list."""

    def act(conversation: Conversation, kept_as: object, event: gr.EventData, request: gr.Request) -> Changes:
        asked = event._data if isinstance(event._data, dict) else {}
        desk.memory.recognise(conversation, remembered(kept_as), request.username)
        talk, does = text_of(asked, "id"), text_of(asked, "do")
        undo, changes = None, {}
        if does == "search":
            conversation.sought = text_of(asked, "text")
        elif does == "sync":
            changes = _sync(desk, parts, conversation)
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
        parts.kept_as: {"me": conversation.me, "current": conversation.id},
    }


def _sync(desk: Desk, parts: Parts, conversation: Conversation) -> Changes:
    before = conversation.seen
    trouble = desk.memory.catch_up(conversation)
    if trouble or conversation.seen == before:
        return _told(parts, trouble)
    return {**shown(parts, conversation), parts.sources: conversation.sources()}


def _told(parts: Parts, trouble: str) -> Changes:
    return {parts.notice: notice_of(trouble)} if trouble else {}
