"""An answer being written: tries, limits, heartbeats, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from ..config import MODEL_ENV, ModelConfig
from ..errors import LanguageModelError, ModelNonsenseError, ModelTimeoutError
from .failures import Failure
from .stream import End, Pump, Request
from .text import AnswerText

_HEARTBEAT = 0.5  # seconds between signs of life while the model is silent
_FIRST_PAUSE = 0.5  # seconds before the first further try; doubles each time
_LONGEST_PAUSE = 10.0
_CHARACTERS_PER_TOKEN = 8  # more than any language needs on average; a limit for models that know none


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a generation works with; `sleep`, `random` (0 to 1) and `clock` may be a test's own."""

    name: str
    config: ModelConfig
    start: Callable[[Request], Pump]
    random: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], object] | None = None


class Finished(StrEnum):
    """Why a generation ended."""

    NOT_YET = ""
    STOP = "stop"
    """The model had said what it wanted to."""
    LENGTH = "length"
    """Cut at the longest answer allowed; the last sentence may be half."""
    REPETITION = "repetition"
    """Cut because the model said the same over and over."""
    BROKEN = "broken"
    """The stream could not be read any further; the last sentence may be half."""
    CLOSED = "closed"
    """The reader left."""
    FAILED = "failed"
    """An error was raised."""


class Generation:
    """An answer being written: iterate over its pieces.

    Pieces may be empty: one comes at least every half second while the model is silent, so that a caller
    which is itself a generator can be left meanwhile. `close()` cancels the request at once and may be
    called from any thread; leaving the `with` block or dropping the object does so too.
    """

    def __init__(self, means: Means, request: Request) -> None:
        self._run = _Run(means, request)
        self._steps = self._run.steps()

    @property
    def text(self) -> str:
        """The whole answer so far. After a repetition it ends with the first copy; the pieces do not."""
        return self._run.answer.text

    @property
    def finished(self) -> Finished:
        """Why it ended."""
        return self._run.finished

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        return next(self._steps)

    def close(self) -> None:
        """Cancel the request, if it is not over."""
        self._run.close()
        try:
            self._steps.close()
        except ValueError:  # another thread waits for a word: the line before has woken it
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Run:
    """The course of one generation."""

    def __init__(self, means: Means, request: Request) -> None:
        self.answer = AnswerText(request.max_tokens * _CHARACTERS_PER_TOKEN)
        self.finished = Finished.NOT_YET
        self._means = means
        self._request = request
        self._left = threading.Event()
        self._pump: Pump | None = None
        self._began = means.clock()
        self._begun = False

    def close(self) -> None:
        """Leave, from any thread."""
        self._left.set()
        if self._pump is not None:
            self._pump.close()

    def steps(self) -> Generator[str]:
        """Yield the pieces of the answer."""
        self._began = self._means.clock()
        tries = 0
        try:
            while failure := (yield from self._attempt()):
                if failure.without_system and self._request.system:
                    self._request = self._request.without_system()
                    continue
                asked = failure.wait or 0.0
                final = self._begun or not failure.transient or asked > _LONGEST_PAUSE
                if final or tries >= self._means.config.retries:
                    raise failure.error
                pause = _FIRST_PAUSE * 2**tries * (0.5 + self._means.random() / 2)
                yield from self._pause(min(max(asked, pause), _LONGEST_PAUSE))
                tries += 1
        except LanguageModelError:
            self.finished = Finished.FAILED
            raise
        finally:
            self.finished = self.finished or Finished.CLOSED

    def _attempt(self) -> Generator[str, None, Failure | None]:
        if self._left.is_set():
            return None
        pump = self._pump = self._means.start(self._request)
        try:
            return (yield from self._pieces(pump))
        finally:
            pump.close()

    def _pieces(self, pump: Pump) -> Generator[str, None, Failure | None]:
        waits = _Waits(self._means, self._began)
        while not self._left.is_set():
            item = pump.get(min(_HEARTBEAT, waits.left()))
            if self._left.is_set():
                break
            if isinstance(item, End):
                return (yield from self._end(item))
            waits.check()
            if item is None:
                yield ""
                continue
            waits.heard()
            self._begun = True
            yield self.answer.feed(item.text)
            if self.answer.garbled:
                raise self._nonsense("sends broken text")
            if self.answer.done:
                self.finished = Finished.REPETITION if self.answer.repeated else Finished.LENGTH
                break
        return None

    def _end(self, end: End) -> Generator[str, None, Failure | None]:
        unreadable = end.failure is not None and isinstance(end.failure.error, ModelNonsenseError)
        if end.failure is not None and not (unreadable and self._begun):
            return end.failure
        yield self.answer.end()
        if self.answer.thought_only:
            raise self._nonsense(
                f"did nothing but think; a larger ${MODEL_ENV}_MAX_ANSWER_TOKENS may help, or"
            )
        if self.answer.worthless:
            raise self._nonsense("sends broken text" if self.answer.text else "answered nothing")
        whole = Finished.LENGTH if end.reason == "length" or self.answer.full else Finished.STOP
        self.finished = Finished.BROKEN if unreadable or end.missing else whole
        return None

    def _pause(self, seconds: float) -> Generator[str]:
        sleep = self._means.sleep or self._left.wait
        while seconds > 0 and not self._left.is_set():
            sleep(min(_HEARTBEAT, seconds))
            seconds -= _HEARTBEAT
            yield ""

    def _nonsense(self, what: str) -> ModelNonsenseError:
        joint = "" if what.endswith("or") else ";"
        return ModelNonsenseError(f"The language model {self._means.name} {what}{joint} try another model.")


class _Waits:
    """How long a model may be silent, and how long it may take in all."""

    def __init__(self, means: Means, began: float) -> None:
        self._means = means
        self._began = began
        self._last = means.clock()
        self._heard = False

    def heard(self) -> None:
        """Take note of a piece."""
        self._last = self._means.clock()
        self._heard = True

    def left(self) -> float:
        """Return the seconds until the nearest limit."""
        now = self._means.clock()
        return min(self._last + self._silence - now, self._began + self._means.config.total_seconds - now)

    def check(self) -> None:
        """Raise ModelTimeoutError if a limit is over."""
        if self.left() > 0:
            return
        config, name = self._means.config, f"The language model {self._means.name}"
        if self._means.clock() - self._began >= config.total_seconds:
            raise ModelTimeoutError(
                f"{name} took longer than {config.total_seconds:g} seconds; try again or a faster one."
            )
        if self._heard:
            raise ModelTimeoutError(
                f"{name} stopped for {config.stall_seconds:g} seconds in its answer; try again."
            )
        text = (
            f"{name} said nothing within {config.first_token_seconds:g} seconds; try again or a faster one."
        )
        raise ModelTimeoutError(text)

    @property
    def _silence(self) -> float:
        config = self._means.config
        return config.stall_seconds if self._heard else config.first_token_seconds
