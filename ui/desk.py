"""Where questions are answered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant import Done, Event, Style, Turn
from assistant.feedback.store import FILE_NAME as FEEDBACK
from assistant.feedback.store import FeedbackStore
from index import ArticleAssistantError, ArticleFilter, IndexConfig

from .conversation import Conversation, Exchange
from .escape import printable
from .filters import scope_of
from .memory import Memory
from .readiness import Readiness
from .seams import Answers, Keeping, Library, Warmable
from .store import FILE_NAME, ConversationStore, new_id
from .suggestions import Suggestions
from .threads import Stop, in_thread
from .wishes import QUOTES_ONLY

_log = logging.getLogger(__name__)
_BETWEEN_UPDATES = 0.04
_LONGEST_WAIT = 120.0

EMPTY_QUESTION = "Type a question first, then press Enter."
STILL_ANSWERING = "The last question is still being answered; wait for it, or stop it first."
UNEXPECTED = "Something went wrong while answering; the terminal says what. You can ask again."


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where questions are answered."""

    library: Library
    assistant: Answers
    readiness: Readiness
    longest_question: int
    memory: Memory
    """Where conversations are kept."""
    suggestions: Suggestions
    """What is offered to be asked."""
    others: tuple[Answers, ...] = ()
    """Who else can answer, where a reader asks again."""
    keeper: Keeping | None = None
    """What reads feeds in the background, if anything does."""
    clock: Callable[[], float] = time.monotonic

    @property
    def model_name(self) -> str | None:
        """The language model that writes the answers, if one does."""
        return self.assistant.model_name

    @property
    def writers(self) -> list[str]:
        """Who can answer, the first by default."""
        return [one.model_name or QUOTES_ONLY for one in (self.assistant, *self.others)]

    async def ask(
        self,
        conversation: Conversation,
        question: str,
        replacing: int | None = None,
        by: int | None = None,
        within: ArticleFilter | None = None,
    ) -> AsyncIterator[str]:
        """Add an exchange to a conversation and fill it in; yields "" whenever there is more to show.

        The last question is replaced where it has the turn `replacing`; where nothing comes of that, its
        answer stays. `by` numbers who answers: 0, or one of the `others` from 1; without it, who the reader
        prefers does. Articles that are not `within` a filter are left out. Anything else that is yielded is
        one sentence for the reader. A question that cannot be asked yields such a sentence only, and adds
        nothing.
        """
        question = printable(question).strip()
        refusal = self._refusal(conversation, question)
        if refusal:
            yield refusal
            return
        conversation.stopper = stop = Stop()
        conversation.id = kept_as = conversation.id or new_id()
        await asyncio.to_thread(self.memory.catch_up, conversation)
        scope = await asyncio.to_thread(scope_of, self.library, within)
        exchange = conversation.begin(question, replacing, within, scope)
        loop = asyncio.get_running_loop()
        beginning = loop.run_in_executor(None, self.memory.begin, conversation, exchange)
        keeping = None
        try:
            writer = self.writer(self.preferred(conversation) if by is None else by)
            style, history = conversation.wishes.style, conversation.history(exchange)
            events = partial(self._events, writer, question, history, within, stop, style)
            async for _ in self._answer(exchange, events, stop, beginning):
                yield ""
        finally:
            if not exchange.over:
                exchange.halt()
            if conversation.stopper is stop:
                conversation.stopper = None
            # Begun here, so that it is done for a reader, too, who has closed the page.
            if not conversation.take_back(exchange):
                keep = partial(self.memory.finish, conversation.owner, kept_as, exchange, conversation)
                keeping = loop.run_in_executor(None, keep)
        yield ""
        trouble = await keeping if keeping else exchange.trouble
        if trouble:
            yield trouble

    def _refusal(self, conversation: Conversation, question: str) -> str | None:
        if conversation.stopper:
            return STILL_ANSWERING
        if not question:
            return EMPTY_QUESTION
        if len(question) > self.longest_question:
            return f"The question has {len(question):,} characters; ask it in {self.longest_question:,} or fewer."
        return None

    async def _answer(
        self, exchange: Exchange, events: Callable[[], Iterator[Event]], stop: Stop, beginning: Awaitable[str]
    ) -> AsyncIterator[None]:
        """Fill an exchange in; `beginning` settles its number, which is shown from then on."""
        exchange.wait("Looking through the articles…")
        if self.readiness.loading:
            exchange.wait("The model is still loading; your question is answered right after.")
        yield
        shown_at = self.clock() - _BETWEEN_UPDATES
        try:
            async for event in in_thread(events, stop):
                if isinstance(event, Done):
                    self.readiness.note_writer(event.answer.model)
                    await beginning
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

    def writer(self, number: int) -> Answers:
        """Return who answers under a number; of a number of nobody, the first."""
        every = (self.assistant, *self.others)
        return every[number] if 0 <= number < len(every) else self.assistant

    def preferred(self, conversation: Conversation) -> int:
        """Return the number of who is to answer a reader, unless somebody else is named."""
        named = conversation.wishes.writer
        return self.writers.index(named) if named in self.writers else 0

    def suggest(self, conversation: Conversation) -> bool:
        """Find questions to go on with after the last answer; tells whether there are any."""
        exchange = conversation.exchanges[-1] if conversation.exchanges else None
        if exchange is None or exchange.answer is None or exchange.suggestions:
            return False
        exchange.suggestions = tuple(self.suggestions.following(conversation, exchange))
        if exchange.suggestions and conversation.id:
            self.memory.finish(conversation.owner, conversation.id, exchange, conversation)
        return bool(exchange.suggestions)

    def _events(
        self,
        writer: Answers,
        question: str,
        history: list[Turn],
        within: ArticleFilter | None,
        stop: Stop,
        style: Style,
    ) -> Iterator[Event]:
        """Run an assistant, in a thread, once everything is loaded."""
        self.readiness.wait(_LONGEST_WAIT)
        if not stop.uttered():
            with self.suggestions.giving_way():
                yield from writer.stream(question, history, within, style=style)


def open_desk(
    library: Library,
    assistant: Answers,
    folder: Path,
    *,
    model: Warmable | None = None,
    others: Sequence[Answers] = (),
    keeper: Keeping | None = None,
) -> Desk:
    """Return a desk that keeps its conversations in `folder`; nothing is loaded yet.

    Questions to be offered are tried by one of those who answer without a model, if there is one.
    """
    quoter = next((one for one in (assistant, *others) if one.model_name is None), None)
    return Desk(
        library=library,
        assistant=assistant,
        readiness=Readiness(library, model),
        longest_question=IndexConfig().max_question_chars,
        memory=Memory(library, ConversationStore(folder / FILE_NAME), FeedbackStore(folder / FEEDBACK)),
        suggestions=Suggestions(library, quoter),
        others=tuple(others),
        keeper=keeper,
    )
