"""One visitor's questions and answers, and what the page shows of them."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from assistant import Answer, Done, Retrieved, Token, Turn
from index import ArticleAssistantError

from .escape import printable
from .messages import answer_html, partial_html, question_html, trouble_html, waiting_html
from .readiness import Readiness
from .render import NO_SOURCES, sources_html
from .seams import Answers, Library
from .threads import in_thread

_log = logging.getLogger(__name__)
_BETWEEN_UPDATES = 0.04
_LONGEST_WAIT = 120.0

EMPTY_QUESTION = "Type a question first, then press Enter."
UNEXPECTED = "Something went wrong while answering; the terminal says what. You can ask again."


@dataclass(kw_only=True)
class Exchange:
    """One question, and the HTML of its answer and sources as far as they have come."""

    question: str
    message: str
    sources: str = ""
    answer: Answer | None = None


@dataclass
class Conversation:
    """The exchanges of one visitor, oldest first."""

    exchanges: list[Exchange] = field(default_factory=list)

    def messages(self) -> list[dict[str, str]]:
        """Return the chat as Gradio wants it: questions and answers in turn, as HTML."""
        return [
            message
            for one in self.exchanges
            for message in (
                {"role": "user", "content": question_html(one.question)},
                {"role": "assistant", "content": one.message},
            )
        ]

    def sources(self) -> str:
        """Return the cards of all answers, all but the latest hidden; the page brings others back."""
        cards = [one.sources for one in self.exchanges if one.sources]
        if not cards:
            return NO_SOURCES
        earlier = "".join(f'<div class="turn" hidden>{one}</div>' for one in cards[:-1])
        return f'{earlier}<div class="turn">{cards[-1]}</div>'

    def history(self) -> list[Turn]:
        """Return what was asked and answered so far."""
        return [Turn(question=one.question, answer=one.answer.text) for one in self.exchanges if one.answer]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where questions are answered."""

    library: Library
    assistant: Answers
    readiness: Readiness
    longest_question: int
    clock: Callable[[], float] = time.monotonic

    async def ask(self, conversation: Conversation, question: str) -> AsyncIterator[str]:
        """Add an exchange to a conversation and fill it in; yields "" whenever there is more to show.

        A question that cannot be asked yields one sentence that says why, and adds nothing.
        """
        question = printable(question).strip()
        if not question:
            yield EMPTY_QUESTION
            return
        if len(question) > self.longest_question:
            yield (
                f"The question has {len(question):,} characters; ask it in {self.longest_question:,} or fewer."
            )
            return
        history = conversation.history()
        exchange = Exchange(question=question, message=waiting_html("Looking through the articles…"))
        conversation.exchanges.append(exchange)
        turn = len(conversation.exchanges)
        if self.readiness.loading:
            exchange.message = waiting_html(
                "The model is still loading; your question is answered right after."
            )
        yield ""
        try:
            async for _ in in_thread(lambda: self._fill(exchange, turn, history)):
                yield ""
        except ArticleAssistantError as error:
            exchange.message = trouble_html(str(error))
            yield ""
        except Exception:  # noqa: BLE001  the boundary: one visitor's trouble must not be the page's
            _log.exception("A question could not be answered")
            exchange.message = trouble_html(UNEXPECTED)
            yield ""

    def _fill(self, exchange: Exchange, turn: int, history: list[Turn]) -> Iterator[None]:
        """Run the assistant, and yield when what it has said so far is worth showing."""
        self.readiness.wait(_LONGEST_WAIT)
        written, shown_at = "", self.clock()
        for event in self.assistant.stream(exchange.question, history):
            if isinstance(event, Retrieved):
                found = len({hit.article.id for hit in event.hits})
                exchange.message = waiting_html(f"Reading the nearest passages, from {found} articles…")
                yield
            elif isinstance(event, Token):
                written += event.text
                if self.clock() - shown_at >= _BETWEEN_UPDATES:
                    exchange.message, shown_at = partial_html(written), self.clock()
                    yield
            elif isinstance(event, Done):
                exchange.sources = sources_html(self.library, event.answer, turn)
                exchange.message = answer_html(event.answer, turn)
                exchange.answer = event.answer
                yield
