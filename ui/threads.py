"""A blocking iterator → an asynchronous one, run in one thread of its own and always closed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TypeVar

T = TypeVar("T")


class _End:
    """Stands behind the last item."""


class Stop:
    """A wish to end an iteration, uttered in any thread and heard at once."""

    def __init__(self) -> None:
        self._uttered = threading.Event()
        self._listeners: list[Callable[[], None]] = []

    def utter(self) -> None:
        """Ask for the end; asking twice is the same."""
        self._uttered.set()
        for listener in tuple(self._listeners):
            listener()

    def uttered(self) -> bool:
        """Tell whether the end was asked for."""
        return self._uttered.is_set()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener`, in the asking thread, once the end is asked for, or now if it was."""
        self._listeners.append(listener)
        if self.uttered():
            listener()


async def in_thread(start: Callable[[], Iterator[T]], stop: Stop | None = None) -> AsyncIterator[T]:
    """Yield what the iterator of `start()` yields; its errors are raised here.

    It ends at once when `stop` is uttered. Then, and when the listener goes away (a closed browser
    tab), the iterator is closed, in the thread that it runs in, as soon as it comes to its next item.
    """
    stop = stop or Stop()
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | Exception | type[_End]] = asyncio.Queue()

    def put(item: T | Exception | type[_End]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed, and nobody listens
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def work() -> None:
        try:
            _pass_on(start(), put, stop)
        except Exception as error:  # noqa: BLE001  handed over to the listener, whatever it is
            put(error)
        finally:
            put(_End)

    stop.listen(lambda: put(_End))
    # A daemon: a model that never answers must not keep the program from ending.
    threading.Thread(target=work, name="answer", daemon=True).start()
    try:
        while (item := await queue.get()) is not _End:
            if isinstance(item, Exception):
                raise item
            yield item  # type: ignore[misc]
    finally:
        stop.utter()


def _pass_on(items: Iterator[T], put: Callable[[T], None], stop: Stop) -> None:
    try:
        for item in items:
            if stop.uttered():
                return
            put(item)
    finally:
        if isinstance(items, Generator):
            items.close()
