"""Conversations that are kept, found again and brought up to date with what other windows did."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from assistant.feedback import Feedback
from assistant.feedback.store import FeedbackStore
from index import ArticleAssistantError

from .conversation import Conversation, Exchange, restored
from .filters import from_text as filter_from
from .filters import to_text as filter_text
from .owners import Remembered, owner_of
from .records import RecordError, from_text, searchable, to_text
from .seams import Library
from .store import ConversationStore, Kept, Summary, is_id

_log = logging.getLogger(__name__)
P = ParamSpec("P")

NOT_KEPT = "This answer will be gone after a reload: {}"
NOT_FOUND_AGAIN = "The earlier conversation cannot be shown: {}"
NOT_DONE = "That could not be done: {}"
NO_SUCH = "This conversation is not here: it was deleted, or it is somebody else's."
SEE_TERMINAL = "the terminal says why."

Method = Callable[Concatenate["Memory", P], str]


def _told(sentence: str) -> Callable[[Method[P]], Method[P]]:
    """Have a method return a sentence where something is wrong, and raise nothing."""

    def decorate(method: Method[P]) -> Method[P]:
        @wraps(method)
        def told(memory: Memory, /, *args: P.args, **kwargs: P.kwargs) -> str:
            try:
                return method(memory, *args, **kwargs)
            except ArticleAssistantError as error:
                _log.warning("Conversations: %s", error)
                return sentence.format(error)
            except Exception:  # noqa: BLE001  the boundary: the page goes on, whatever the store does
                _log.exception("Conversations: %s failed", method.__name__)
                return sentence.format(SEE_TERMINAL)

        return told

    return decorate


@dataclass(frozen=True, kw_only=True)
class Belongings:
    """All that is kept of somebody."""

    talks: list[tuple[Summary, list[Kept]]]
    """Conversations with what is in them, those used last first."""
    feedback: list[Feedback]


@dataclass(frozen=True)
class Memory:
    """What is kept of conversations. Where something is wrong, each method returns why, in one sentence."""

    library: Library
    store: ConversationStore | None
    """None keeps nothing."""
    feedback: FeedbackStore | None = None
    """What is said of answers; it goes and comes with its conversation."""

    def recognise(self, conversation: Conversation, browser: Remembered, username: str | None) -> None:
        """Note whose conversation it is; what another user had open is left."""
        conversation.me = conversation.me or browser.me
        owner = owner_of(conversation.me, username)
        if conversation.owner not in ("", owner):
            conversation.leave()
        conversation.owner = owner

    @_told(NOT_FOUND_AGAIN)
    def recall(self, conversation: Conversation, kept_as: object) -> str:
        """Fill a conversation with what was kept under an id; an id of nothing leaves it empty."""
        if self.store is None or not conversation.owner or not is_id(kept_as):
            return ""
        self.store.adopt(conversation.owner, str(kept_as))
        kept = self.store.exchanges(conversation.owner, str(kept_as))
        within = filter_from(self.store.kept_filter(conversation.owner, str(kept_as)) or "")
        if kept or within:
            conversation.leave(str(kept_as))
            conversation.within = within
            self._take(conversation, kept)
        return ""

    @_told(NOT_FOUND_AGAIN)
    def open(self, conversation: Conversation, kept_as: object) -> str:
        """Go over to another conversation."""
        if kept_as == conversation.id:
            return self.catch_up(conversation)
        if self.store is None or not is_id(kept_as):
            return NO_SUCH
        kept = self.store.exchanges(conversation.owner, str(kept_as))
        if not kept:
            return NO_SUCH
        within = filter_from(self.store.kept_filter(conversation.owner, str(kept_as)) or "")
        conversation.leave(str(kept_as))
        conversation.within = within
        self._take(conversation, kept)
        return ""

    @_told(NOT_FOUND_AGAIN)
    def catch_up(self, conversation: Conversation) -> str:
        """Take in what other windows did in a conversation."""
        if self.store and conversation.owner and conversation.id:
            kept = self.store.exchanges(conversation.owner, conversation.id, conversation.seen)
            self._take(conversation, kept)
        return ""

    @_told(NOT_DONE)
    def keep_filter(self, conversation: Conversation) -> str:
        """Keep which articles the next question of a conversation is asked of."""
        if self.store and conversation.owner and conversation.id:
            self.store.keep_filter(conversation.owner, conversation.id, filter_text(conversation.within))
        return ""

    @_told(NOT_FOUND_AGAIN)
    def catch_up_filter(self, conversation: Conversation) -> str:
        """Take over the filter that another window gave a conversation."""
        if self.store and conversation.owner and conversation.id:
            kept = self.store.kept_filter(conversation.owner, conversation.id)
            if kept is not None:
                conversation.within = filter_from(kept)
        return ""

    @_told(NOT_KEPT)
    def begin(self, conversation: Conversation, exchange: Exchange) -> str:
        """Keep a question before it is answered; its number becomes what the store says."""
        if self.store is None or not conversation.owner or not conversation.id:
            return ""
        with exchange.keeping:
            if not exchange.kept:
                self._begin(self.store, conversation.owner, conversation.id, exchange, conversation)
        return ""

    @_told(NOT_KEPT)
    def finish(self, owner: str, kept_as: str, exchange: Exchange, conversation: Conversation) -> str:
        """Keep an exchange that is over, in the conversation that it was begun in."""
        if self.store is None or not owner or not kept_as:
            return ""
        with exchange.keeping:
            if not exchange.kept:
                self._begin(self.store, owner, kept_as, exchange, conversation)
                return ""
            record = exchange.record()
            revision = self.store.change(owner, kept_as, exchange.turn, to_text(record), searchable(record))
            if revision and conversation.id == kept_as:
                conversation.note(revision)
        return ""

    @_told(NOT_DONE)
    def rename(self, conversation: Conversation, kept_as: str, title: str) -> str:
        """Give a conversation of the same owner another title."""
        done = self.store and self.store.rename(conversation.owner, kept_as, title)
        return "" if done else NO_SUCH

    @_told(NOT_DONE)
    def pin(self, conversation: Conversation, kept_as: str, pinned: bool) -> str:
        """Pin a conversation of the same owner to the head of the list, or let go of it."""
        return "" if self.store and self.store.pin(conversation.owner, kept_as, pinned) else NO_SUCH

    @_told(NOT_DONE)
    def delete(self, conversation: Conversation, kept_as: str) -> str:
        """Delete a conversation of the same owner; for a while, it can be brought back."""
        if self.feedback:
            self.feedback.withdraw(conversation.owner, kept_as)
        return "" if self.store and self.store.delete(conversation.owner, kept_as) else NO_SUCH

    @_told(NOT_DONE)
    def restore(self, conversation: Conversation, kept_as: str) -> str:
        """Bring a deleted conversation back."""
        if not (self.store and self.store.restore(conversation.owner, kept_as)):
            return NO_SUCH
        if self.feedback:
            self.feedback.restore(conversation.owner, kept_as)
        return ""

    @_told(NOT_DONE)
    def erase(self, conversation: Conversation) -> str:
        """Delete all that is kept of the owner of a conversation; nothing of it can be brought back."""
        if conversation.owner and self.feedback:
            self.feedback.erase(conversation.owner)
        if conversation.owner and self.store:
            self.store.erase(conversation.owner)
        return ""

    def everything(self, conversation: Conversation) -> Belongings | str:
        """Return all that is kept of the owner of a conversation, or why it cannot be read."""
        owner = conversation.owner
        try:
            return Belongings(
                talks=self.store.everything(owner) if owner and self.store else [],
                feedback=self.feedback.all(owner) if owner and self.feedback else [],
            )
        except ArticleAssistantError as error:
            _log.warning("Conversations: %s", error)
            return NOT_DONE.format(error)

    def _begin(
        self,
        store: ConversationStore,
        owner: str,
        kept_as: str,
        exchange: Exchange,
        conversation: Conversation,
    ) -> None:
        record = exchange.record()
        title = " ".join(exchange.question.split())
        within = filter_text(conversation.within)
        kept = store.begin(owner, kept_as, to_text(record), title, searchable(record), within)
        exchange.turn, exchange.kept = kept.turn, True
        if conversation.id == kept_as:
            conversation.note(kept.revision)

    def _take(self, conversation: Conversation, kept: list[Kept]) -> None:
        exchanges = []
        for one in kept:
            try:
                exchanges.append(restored(self.library, from_text(one.record), one.turn))
            except RecordError as error:
                _log.warning("A kept answer was left out: %s", error)
        conversation.merge(exchanges)
        conversation.seen = max([conversation.seen, *(one.revision for one in kept)])

    def listed(self, conversation: Conversation, text: str = "") -> list[Summary] | str:
        """Return the conversations of who has this one open, or why they cannot be read."""
        if self.store is None or not conversation.owner:
            return []
        try:
            return self.store.conversations(conversation.owner, text)
        except ArticleAssistantError as error:
            _log.warning("Conversations: %s", error)
            return str(error)

    def title(self, conversation: Conversation) -> str:
        """Return the name of a conversation, by default its first question."""
        listed = self.listed(conversation)
        named = [one.title for one in listed if one.id == conversation.id] if isinstance(listed, list) else []
        first = conversation.exchanges[0].question if conversation.exchanges else ""
        return named[0] if named else first
