"""Thumbs below answers: what a reader says of them, kept and shown again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import gradio as gr

from assistant.feedback import Reason, Thumb, Vote
from assistant.feedback.store import FeedbackStore
from assistant.feedback.types import LONGEST_COMMENT, SHOWN, fingerprint
from index import ArticleAssistantError

from .conversation import Conversation
from .desk import Desk
from .escape import escape, printable
from .handlers import settle
from .requests import number_of, text_of

_log = logging.getLogger(__name__)
REPLACED = "This answer has been replaced meanwhile; nothing was kept."
THANKS = "Thank you. It is kept on the machine that this program runs on, and goes nowhere else."
TAKEN_BACK = "Taken back."
NOT_KEPT = "Conversations are not kept here, and so neither is what you say of answers."


def voter(desk: Desk) -> Callable[..., str]:
    """Return what keeps a vote, or takes it back, and shows the votes in the conversation that is open."""

    def vote(conversation: Conversation, kept_as: object, event: gr.EventData, request: gr.Request) -> str:
        asked = event._data if isinstance(event._data, dict) else {}
        settle(desk, conversation, kept_as, request)
        store = desk.memory.feedback
        if store is None or not conversation.id:
            return votes_html({}, NOT_KEPT if asked.get("do") != "show" else "")
        try:
            told = _do(store, conversation, asked)
            return votes_html(_votes(store, conversation), told)
        except ArticleAssistantError as error:
            _log.warning("Feedback: %s", error)
            return votes_html({}, str(error))

    return vote


def votes_html(votes: dict[str, Vote], told: str = "") -> str:
    """Hand the votes over to the script, which marks the thumbs; `told` is a sentence for the reader."""
    content = {
        "votes": {
            one: {"thumb": vote.thumb, "reason": vote.reason, "comment": printable(vote.comment)}
            for one, vote in votes.items()
        },
        "told": told,
    }
    return f'<pre hidden data-votes="{token_hex(8)}">{escape(json.dumps(content))}</pre>'


def _do(store: FeedbackStore, conversation: Conversation, asked: Any) -> str:
    """Do what was clicked; returns what to say of it."""
    does = text_of(asked, "do")
    if does not in ("give", "remove"):
        return ""
    exchange = conversation.exchange(number_of(asked, "turn"))
    answer = exchange.answer if exchange else None
    if exchange is None or answer is None or fingerprint(answer)[:SHOWN] != text_of(asked, "said"):
        return REPLACED
    key = conversation.owner, str(conversation.id), exchange.turn, answer
    if does == "remove":
        store.remove(*key)
        return TAKEN_BACK
    store.give(*key, _vote(asked))
    return THANKS


def _vote(asked: Any) -> Vote:
    thumb = Thumb.UP if text_of(asked, "thumb") == Thumb.UP else Thumb.DOWN
    named = text_of(asked, "reason")
    reason = Reason(named) if named in list(Reason) else None
    return Vote.of(thumb, reason, printable(text_of(asked, "comment", LONGEST_COMMENT)))


def _votes(store: FeedbackStore, conversation: Conversation) -> dict[str, Vote]:
    """Return the votes on the answers that are shown, by turn and name of the answer."""
    kept = store.votes(conversation.owner, str(conversation.id))
    return {f"{turn}-{answered[:SHOWN]}": vote for (turn, answered), vote in kept.items()}
