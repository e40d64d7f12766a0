"""A blocking iterator → an asynchronous one, run in one thread of its own and always closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TypeVar

T = TypeVar("T")


class _End:
    """Stands behind the last item."""


async def in_thread(start: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """Yield what the iterator of `start()` yields; its errors are raised here.

    Whoever stops listening (a closed browser tab) stops the iterator after the item at hand, and
    it is closed in the thread that it ran in.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | Exception | type[_End]] = asyncio.Queue()
    stop = threading.Event()

    def put(item: T | Exception | type[_End]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def work() -> None:
        try:
            _pass_on(start(), put, stop)
        except Exception as error:  # noqa: BLE001  handed over to the listener, whatever it is
            put(error)
        finally:
            put(_End)

    thread = loop.run_in_executor(None, work)
    try:
        while (item := await queue.get()) is not _End:
            if isinstance(item, Exception):
                raise item
            yield item  # type: ignore[misc]
        await thread
    finally:
        stop.set()


def _pass_on(items: Iterator[T], put: Callable[[T], None], stop: threading.Event) -> None:
    try:
        for item in items:
            if stop.is_set():
                return
            put(item)
    finally:
        if isinstance(items, Generator):
            items.close()
