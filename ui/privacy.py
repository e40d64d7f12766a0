"""All that is kept of a reader: handed over as one file, or deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from assistant.feedback.records import to_record

from .conversation import Conversation
from .desk import Desk
from .exports import File
from .handlers import Changes, Parts, begin_anew, listing, notice_of, settle
from .memory import Belongings
from .parcels import packed, told
from .requests import text_of
from .texts import COOKIE
from .wishes import STYLE, WRITER

FILE_NAME = "article-assistant-my-data.json"
ERASED = "All your conversations and feedback are deleted."


def privacy_actor(desk: Desk, parts: Parts) -> Callable[..., Changes]:
    """Return what hands over or deletes all that is kept of who asks for it."""

    def act(conversation: Conversation, kept_as: object, event: gr.EventData, request: gr.Request) -> Changes:
        settle(desk, conversation, kept_as, request)
        does = text_of(event._data, "do")
        if does == "erase":
            return _erase(desk, parts, conversation)
        if does != "export-all":
            return {parts.notice: gr.skip()}
        found = desk.memory.everything(conversation)
        if isinstance(found, str):
            return {parts.parcel: told(found)}
        return {parts.parcel: packed(_file(found, dict(request.cookies)))}

    return act


def _erase(desk: Desk, parts: Parts, conversation: Conversation) -> Changes:
    conversation.stop()
    trouble = desk.memory.erase(conversation)
    if trouble:
        return {parts.notice: notice_of(trouble), parts.parcel: told(trouble)}
    conversation.sought = ""
    changes = begin_anew(parts, conversation)
    return {**changes, parts.talks: listing(desk, conversation), parts.parcel: told(ERASED)}


def _file(found: Belongings, cookies: dict[str, str]) -> File:
    content = {
        "format": "article-assistant reader",
        "version": 1,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "conversations": [
            {
                "id": talk.id,
                "title": talk.title,
                "pinned": talk.pinned,
                "used": datetime.fromtimestamp(talk.used, UTC).isoformat(timespec="seconds"),
                "exchanges": [{"turn": one.turn, **_record(one.record)} for one in kept],
            }
            for talk, kept in found.talks
        ],
        "feedback": [to_record(one) for one in found.feedback],
        "settings": {name: cookies[name] for name in (COOKIE, STYLE, WRITER) if name in cookies},
    }
    return File(name=FILE_NAME, type="application/json", text=json.dumps(content))


def _record(text: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return {"damaged": text}
    return record if isinstance(record, dict) else {"damaged": text}
