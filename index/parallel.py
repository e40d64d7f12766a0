"""Work on groups of things at the same time, each group in order, in threads that keep no program alive."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    groups: Sequence[Sequence[Item]],
    work: Callable[[Item], Result],
    *,
    workers: int,
    stop: threading.Event,
) -> Iterator[Result]:
    """Yield `work(item)` for every item of every group as it is done; items of one group follow each other.

    Ends early, without the rest, once `stop` is set. When the caller goes away, no further item is
    begun. `work` must not raise: what it raises ends the iteration.
    """
    waiting: queue.SimpleQueue[Sequence[Item]] = queue.SimpleQueue()
    for group in groups:
        waiting.put(group)
    done: queue.Queue[Result | BaseException] = queue.Queue(maxsize=workers)
    over = threading.Event()

    def put(result: Result | BaseException) -> None:
        while not over.is_set():
            try:
                done.put(result, timeout=0.2)
            except queue.Full:
                continue
            return

    def run() -> None:
        while not (over.is_set() or stop.is_set()):
            try:
                group = waiting.get_nowait()
            except queue.Empty:
                return
            for item in group:
                if over.is_set() or stop.is_set():
                    return
                try:
                    result: Result | BaseException = work(item)
                except BaseException as error:  # noqa: BLE001  raised again by the caller's thread
                    result = error
                put(result)

    for number in range(min(workers, len(groups))):
        threading.Thread(target=run, name=f"reader-{number}", daemon=True).start()
    try:
        for _ in range(sum(len(group) for group in groups)):
            yield _next(done, stop)
    except _StoppedError:
        return
    finally:
        over.set()


class _StoppedError(Exception):
    pass


def _next(done: queue.Queue[Result | BaseException], stop: threading.Event) -> Result:
    while True:
        try:
            result = done.get(timeout=0.2)
        except queue.Empty:
            if stop.is_set():
                raise _StoppedError from None
            continue
        if isinstance(result, BaseException):
            raise result
        return result
