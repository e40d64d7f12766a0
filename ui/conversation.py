"""One visitor's questions and answers, and what the page shows of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant import Answer, Draft, Event, Retrieved, Token, Turn
from index import ArticleFilter

from .filters import Part, scope_of
from .messages import (
    answer_html,
    partial_html,
    question_html,
    stopped_html,
    trouble_html,
    unanswered_html,
    waiting_html,
)
from .records import Record, worth_keeping
from .render import NO_SOURCES, reading_html, sources_html
from .seams import Library
from .store import new_id
from .threads import Stop
from .tools import suggestions_html
from .wishes import Wishes

_LONGEST = 200
_REMEMBERED = 10
_SHOWN = 30
_STEP = 10
UNANSWERED = (
    "This question has no answer yet: it is being answered in another window, "
    "or the page or the program was closed meanwhile."
)


@dataclass(kw_only=True)
class Exchange:
    """One question, its answer as far as it has come, and their HTML."""

    question: str
    turn: int
    """Its number in the conversation, from 1; the links between answer and sources have it."""
    answer: Answer | None = None
    written: str = ""
    """What has been written and checked so far."""
    struck: list[str] = field(default_factory=list)
    """Sentences of it that no passage supports."""
    standalone: str | None = None
    message: str = ""
    """HTML."""
    sources: str = ""
    """HTML."""
    trouble: str = ""
    """Why there is no answer, in one sentence."""
    suggestions: tuple[str, ...] = ()
    """Questions to go on with; shown while it is the last."""
    within: ArticleFilter | None = None
    """Which articles are asked; None for all."""
    scope: tuple[Part, ...] = ()
    """The same, to be shown."""
    over: bool = False
    kept: bool = False
    """Whether the store has it, at least its question."""
    before: Exchange | None = field(default=None, repr=False)
    """What it takes the place of, while it is answered."""
    keeping: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held while it is written to the store."""
    _waiting: str = ""
    _draft: str = ""

    def wait(self, sentence: str) -> None:
        """Show what is being waited for."""
        self._waiting = sentence
        self.show()

    def take(self, event: Event) -> bool:
        """Take in a step of the answer; tells whether the reader is to see it at once."""
        if isinstance(event, Retrieved):
            self.standalone = event.standalone
            found = len({hit.article.id for hit in event.hits})
            self._waiting = f"Reading the nearest passages, from {found} articles…"
            self.sources = reading_html(event.hits, self.turn)
            return True
        if isinstance(event, Draft):
            taken_back = bool(self._draft) and not event.text
            self._draft = event.text
            return taken_back
        if isinstance(event, Token):
            self._draft, self.written = "", self.written + event.text
            if event.sentence is not None and event.sentence.struck:
                self.struck.append(event.sentence.text)
        return False

    def show(self) -> None:
        """Show what is written so far and the sentence that is being written, or what is waited for."""
        if self.written.strip() or self._draft.strip():
            self.message = partial_html(self.written, self._draft, self.standalone, self.struck)
        else:
            self.message = waiting_html(self._waiting, self.standalone)

    def finish(self, library: Library, answer: Answer) -> None:
        """Show an answer and its sources."""
        self.sources = sources_html(library, answer, self.turn)
        self.message = answer_html(answer, self.turn)
        self.answer, self.over = answer, True

    def halt(self) -> None:
        """Show that the answer was stopped."""
        self.sources = ""
        self.message = stopped_html(self.written, self.turn, self.standalone, self.struck)
        self.over = True

    def fail(self, sentence: str) -> None:
        """Show why there is no answer."""
        self.sources, unanswered = "", sentence == UNANSWERED
        self.message = (unanswered_html if unanswered else trouble_html)(sentence, self.turn)
        self.trouble, self.over = sentence, True

    def record(self) -> Record:
        """Return what is to be kept of it."""
        if self.answer:
            answer = worth_keeping(self.answer)
            return Record(
                question=self.question, answer=answer, suggestions=self.suggestions, within=self.within
            )
        return Record(
            question=self.question,
            within=self.within,
            written=self.written,
            standalone=self.standalone,
            struck=tuple(self.struck),
            trouble=self.trouble if self.over else UNANSWERED,
        )


@dataclass
class Conversation:
    """The exchanges of one visitor, oldest first."""

    exchanges: list[Exchange] = field(default_factory=list)
    id: str | None = None
    """Under which it is kept; None before the first question."""
    owner: str = ""
    """Whose it is; "" before that is known, and then it is not kept."""
    me: str = ""
    """The secret of the browser that shows it."""
    wishes: Wishes = field(default_factory=Wishes)
    """How its reader wants answers."""
    seen: int = 0
    """The latest revision in the store up to which everything is here."""
    sought: str = ""
    """What the list of conversations is searched for."""
    within: ArticleFilter | None = None
    """Which articles the next question is asked of; None for all."""
    editing: int | None = None
    """The turn whose question is being changed in the box; it is the last one."""
    stopper: Stop | None = None
    """Ends the answer that is being written, if one is."""
    shown: int = _SHOWN
    """How many exchanges the page shows at least: it gets slow with hundreds."""

    def next_turn(self) -> int:
        """Return the number of the next exchange."""
        return self.exchanges[-1].turn + 1 if self.exchanges else 1

    def exchange(self, turn: int) -> Exchange | None:
        """Return the exchange of a turn, if it is there."""
        return next((one for one in self.exchanges if one.turn == turn), None)

    def begin(
        self,
        question: str,
        replacing: int | None = None,
        within: ArticleFilter | None = None,
        scope: tuple[Part, ...] = (),
    ) -> Exchange:
        """Add a question, or put it in the place of the last one, if that has the turn `replacing`.

        The oldest exchange makes room where there are too many.
        """
        last = self.exchanges[-1] if self.exchanges else None
        if last is not None and last.turn == replacing:
            exchange = Exchange(question=question, turn=last.turn, kept=last.kept, before=last)
            self.exchanges = [*self.exchanges[:-1], exchange]
        else:
            exchange = Exchange(question=question, turn=self.next_turn())
            self.exchanges = [*self.exchanges, exchange][-_LONGEST:]
        exchange.within, exchange.scope = within, scope
        self.shown = _SHOWN  # every step of an answer brings all that is shown to the page
        return exchange

    def take_back(self, exchange: Exchange) -> bool:
        """Put what an exchange had replaced back in its place, if that has an answer and it has nothing."""
        before, exchange.before = exchange.before, None
        if before is None or before.answer is None or exchange.answer or exchange.written.strip():
            return False
        self.exchanges = [before if one is exchange else one for one in self.exchanges]
        return True

    def note(self, revision: int) -> None:
        """Note a change of our own in the store; where others came in between, they are still to be fetched."""
        if revision == self.seen + 1:
            self.seen = revision

    def merge(self, others: Sequence[Exchange]) -> None:
        """Take in exchanges as another window has them; what is being written here stays."""
        by_turn = {one.turn: one for one in self.exchanges}
        for other in others:
            mine = by_turn.get(other.turn)
            if mine is None or mine.over:
                by_turn[other.turn] = other
        self.exchanges = [by_turn[turn] for turn in sorted(by_turn)][-_LONGEST:]

    def leave(self, other: str | None = None) -> None:
        """Leave everything behind, for another conversation or a new one; what is being written is stopped."""
        self.stop()
        self.id, self.exchanges, self.shown, self.seen = other or new_id(), [], _SHOWN, 0
        self.editing = self.within = None

    def show_turn(self, turn: int) -> None:
        """Show enough of a long conversation for a turn to be seen."""
        after = sum(one.turn >= turn for one in self.exchanges)
        self.shown = max(self.shown, after)

    def show_earlier(self) -> None:
        """Show more of the earlier exchanges."""
        self.shown += _SHOWN

    def stop(self) -> None:
        """Stop the answer that is being written, if one is."""
        if self.stopper:
            self.stopper.utter()

    def hidden(self) -> int:
        """Return how many of the earliest exchanges are not shown.

        It grows in steps: whenever it does, the browser renders all messages anew.
        """
        return max(0, len(self.exchanges) - self.shown) // _STEP * _STEP

    def messages(self) -> list[dict[str, str]]:
        """Return the chat as Gradio wants it: questions and answers in turn, as HTML."""
        messages = [
            message
            for one in self.exchanges[self.hidden() :]
            for message in (
                {"role": "user", "content": question_html(one.question, one.turn, one.scope)},
                {"role": "assistant", "content": one.message},
            )
        ]
        if messages and self.exchanges[-1].over:
            messages[-1]["content"] += suggestions_html(self.exchanges[-1].suggestions)
        return messages

    def sources(self) -> str:
        """Return the cards of the answers shown, all but the latest hidden; the page brings others back."""
        cards = [one.sources for one in self.exchanges[self.hidden() :] if one.sources]
        if not cards:
            return NO_SOURCES
        earlier = "".join(f'<div class="turn" hidden>{one}</div>' for one in cards[:-1])
        return f'{earlier}<div class="turn">{cards[-1]}</div>'

    def history(self, before: Exchange | None = None) -> list[Turn]:
        """Return what was last asked and answered before, without what turned out to be unsupported."""
        until = before.turn if before else self.next_turn()
        answered = [one for one in self.exchanges if one.answer and one.turn < until][-_REMEMBERED:]
        return [Turn(question=one.question, answer=_said(one.answer)) for one in answered if one.answer]


def restored(library: Library, record: Record, turn: int) -> Exchange:
    """Return the exchange of a record, shown anew from the articles as they are now."""
    exchange = Exchange(
        question=record.question,
        turn=turn,
        written=record.written,
        standalone=record.standalone,
        struck=list(record.struck),
        suggestions=record.suggestions,
        within=record.within,
        scope=scope_of(library, record.within),
        kept=True,
    )
    if record.answer:
        exchange.finish(library, record.answer)
    elif record.trouble:
        exchange.fail(record.trouble)
    else:
        exchange.halt()
    return exchange


def _said(answer: Answer) -> str:
    if any(sentence.struck for sentence in answer.sentences):
        return " ".join(sentence.text for sentence in answer.sentences if not sentence.struck)
    return answer.text
