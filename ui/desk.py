"""Where questions are answered, and conversations are kept and found again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from assistant import Done, Event, Turn
from index import ArticleAssistantError

from .conversation import Conversation, Exchange, restored
from .escape import printable
from .readiness import Readiness
from .records import Record, RecordError, from_text, to_text
from .seams import Answers, Keeping, Library
from .store import ConversationStore, is_id
from .threads import Stop, in_thread

_log = logging.getLogger(__name__)
_BETWEEN_UPDATES = 0.04
_LONGEST_WAIT = 120.0

EMPTY_QUESTION = "Type a question first, then press Enter."
UNEXPECTED = "Something went wrong while answering; the terminal says what. You can ask again."
NOT_KEPT = "This answer will be gone after a reload: {}"
NOT_FOUND_AGAIN = "The earlier conversation cannot be shown: {}"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where questions are answered."""

    library: Library
    assistant: Answers
    readiness: Readiness
    longest_question: int
    store: ConversationStore | None = None
    """Where conversations are kept; None keeps none."""
    keeper: Keeping | None = None
    """What reads feeds in the background, if anything does."""
    clock: Callable[[], float] = time.monotonic

    @property
    def model_name(self) -> str | None:
        """The language model that writes the answers, if one does."""
        return self.assistant.model_name

    async def ask(self, conversation: Conversation, question: str) -> AsyncIterator[str]:
        """Add an exchange to a conversation and fill it in; yields "" whenever there is more to show.

        Anything else it yields is one sentence for the reader. A question that cannot be asked yields
        such a sentence only, and adds nothing.
        """
        question = printable(question).strip()
        refusal = self._refusal(question)
        if refusal:
            yield refusal
            return
        history, stop = conversation.history(), Stop()
        exchange = conversation.begin(question)
        conversation.stopper, kept_as = stop, conversation.id or ""
        try:
            async for _ in self._answer(exchange, history, stop):
                yield ""
        finally:
            if not exchange.over:
                exchange.halt()
            if conversation.stopper is stop:
                conversation.stopper = None
            # Begun here, so that it is done for a reader, too, who has closed the page.
            keeping = asyncio.get_running_loop().run_in_executor(None, self._keep, kept_as, exchange)
        yield ""
        trouble = await keeping
        if trouble:
            yield trouble

    def recall(self, conversation: Conversation, kept_as: object) -> str:
        """Fill a conversation with what was kept under an id; returns what is wrong, in one sentence.

        An id that is none, or of nothing, leaves the conversation empty.
        """
        if self.store is None or not isinstance(kept_as, str) or not is_id(kept_as):
            return ""
        try:
            records = _read(self.store.records(kept_as))
            if records:
                conversation.resume(kept_as, restored(self.library, records))
        except ArticleAssistantError as error:
            _log.warning("A conversation could not be read: %s", error)
            return NOT_FOUND_AGAIN.format(error)
        except Exception:  # noqa: BLE001  the boundary: the page must open, whatever was kept
            _log.exception("A conversation could not be read")
            return NOT_FOUND_AGAIN.format("the terminal says why.")
        return ""

    def _refusal(self, question: str) -> str | None:
        if not question:
            return EMPTY_QUESTION
        if len(question) > self.longest_question:
            return f"The question has {len(question):,} characters; ask it in {self.longest_question:,} or fewer."
        return None

    async def _answer(self, exchange: Exchange, history: list[Turn], stop: Stop) -> AsyncIterator[None]:
        exchange.wait("Looking through the articles…")
        if self.readiness.loading:
            exchange.wait("The model is still loading; your question is answered right after.")
        yield
        shown_at = self.clock() - _BETWEEN_UPDATES
        try:
            async for event in in_thread(lambda: self._events(exchange.question, history, stop), stop):
                if isinstance(event, Done):
                    self.readiness.note_writer(event.answer.model)
                    await asyncio.to_thread(exchange.finish, self.library, event.answer)
                    yield
                elif exchange.take(event):
                    exchange.show()
                    yield
                elif self.clock() - shown_at >= _BETWEEN_UPDATES:
                    exchange.show()
                    shown_at = self.clock()
                    yield
        except ArticleAssistantError as error:
            exchange.fail(str(error))
        except Exception:  # noqa: BLE001  the boundary: one visitor's trouble must not be the page's
            _log.exception("A question could not be answered")
            exchange.fail(UNEXPECTED)

    def _events(self, question: str, history: list[Turn], stop: Stop) -> Iterator[Event]:
        """Run the assistant, in a thread, once everything is loaded."""
        self.readiness.wait(_LONGEST_WAIT)
        if not stop.uttered():
            yield from self.assistant.stream(question, history)

    def _keep(self, kept_as: str, exchange: Exchange) -> str | None:
        """Store an exchange that is over; returns what is wrong, in one sentence."""
        if self.store is None or not (exchange.answer or exchange.stopped):
            return None
        try:
            self.store.add(kept_as, to_text(exchange.record()))
        except ArticleAssistantError as error:
            _log.warning("An answer could not be kept: %s", error)
            return NOT_KEPT.format(error)
        except Exception:  # noqa: BLE001  the boundary: an answer that was given must not fail afterwards
            _log.exception("An answer could not be kept")
            return NOT_KEPT.format("the terminal says why.")
        return None


def _read(texts: list[str]) -> list[Record]:
    records = []
    for text in texts:
        try:
            records.append(from_text(text))
        except RecordError as error:
            _log.warning("A kept answer was left out: %s", error)
    return records
