"""Reading files in a process of its own: what ends or blocks that process is the file's failure, not ours.

The process is started at the first file, kept for the next, and replaced when it dies, takes too
long or is worn out.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..config import IndexConfig
from ..errors import ExtractionError, IndexingError, TooLargeError, UnsupportedTypeError
from .archive import Member
from .document import Found, Problem, Request, from_wire
from .wire import receive, send

_LIMITS = ("max_file_bytes", "max_article_chars", "max_archive_bytes", "max_archive_members", "max_pdf_pages")
_ERRORS: dict[str, type[IndexingError]] = {
    one.__name__: one for one in (ExtractionError, UnsupportedTypeError, TooLargeError)
}
_CALL = """
import sys, types
package = types.ModuleType({name!r}); package.__path__ = [{path!r}]; sys.modules[{name!r}] = package
from {name}.formats.worker import main
sys.exit(main(sys.argv[1:]))
"""
"""What the process runs: the package without its public names, whose imports would take most of its start."""
_AHEAD = 4
"""Frames that are read before they are asked for."""
Frame = tuple[dict[str, Any], bytes]


@dataclass(kw_only=True)
class _Worker:
    process: subprocess.Popen[bytes]
    frames: queue.Queue[Frame | None]
    stopped: threading.Event


class Sandbox:
    """A process that reads files. One file at a time; safe to share between threads.

    `memory` in bytes of address space and `seconds` for each document are the limits of a file.
    """

    def __init__(self, *, memory: int, seconds: float) -> None:
        self._memory = memory
        self._seconds = seconds
        self._worker: _Worker | None = None
        self._guard = threading.Lock()

    def close(self) -> None:
        """End the process, also one that is at work for another thread."""
        self._end()

    def documents(self, content: bytes, kind: str, request: Request) -> Iterator[Found]:
        """Yield what `reading.read` yields, from the other process. Raises an IndexingError."""
        header = {
            "do": "read",
            "kind": kind,
            "now": request.now.isoformat(),
            "columns": dict(request.columns),
        }
        for found, _ in self._ask(header, content, request.limits):
            yield _checked(found)

    def members(self, content: bytes, limits: IndexConfig) -> Iterator[Member | Problem]:
        """Yield what `archive.members` yields, from the other process. Raises an IndexingError."""
        for found, payload in self._ask({"do": "unpack"}, content, limits):
            if "member" in found:
                yield Member(name=str(found["member"]), content=payload)
            else:
                problem = _checked(found)
                if isinstance(problem, Problem):
                    yield problem

    def _ask(self, header: dict[str, Any], content: bytes, limits: IndexConfig) -> Iterator[Frame]:
        with self._guard:
            done = False
            try:
                worker = self._ready()
                header["limits"] = {name: getattr(limits, name) for name in _LIMITS}
                try:
                    assert worker.process.stdin is not None
                    send(worker.process.stdin, header, content)
                except OSError as broken:
                    raise ExtractionError(self._died()) from broken
                error: IndexingError | None = None
                while "end" not in (frame := self._next(worker))[0]:
                    if "error" in frame[0]:
                        error = self._error(frame[0])
                    else:
                        yield frame
                done = bool(frame[0].get("fit"))
                if error:
                    raise error
            finally:
                if not done:
                    self._end()

    def _next(self, worker: _Worker) -> Frame:
        try:
            frame = worker.frames.get(timeout=self._seconds)
        except queue.Empty:
            raise ExtractionError(
                f"it took more than {self._seconds:.0f} seconds to read and was given up; it is very large or made to"
                " do harm."
            ) from None
        if frame is None:
            raise ExtractionError(self._died())
        return frame

    def _error(self, header: dict[str, Any]) -> IndexingError:
        name, reason = str(header["error"]), str(header["reason"])
        if name == "MemoryError":
            return ExtractionError(self._died())
        kind = _ERRORS.get(name)
        return (
            kind(reason) if kind else ExtractionError(f"it is damaged and could not be read ({reason[:60]}).")
        )

    def _died(self) -> str:
        return (
            f"reading it broke the reader or took more than {self._memory / 2**30:.1f} GiB of memory; it is damaged or"
            " made to do harm."
        )

    def _ready(self) -> _Worker:
        if self._worker is not None and self._worker.process.poll() is not None:
            self._end()
        if self._worker is None:
            self._worker = _start(self._memory, self._seconds)
        return self._worker

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.stopped.set()
        worker.process.kill()
        worker.process.wait()
        for stream in (worker.process.stdin, worker.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _start(memory: int, seconds: float) -> _Worker:
    package = Path(__file__).resolve().parent.parent
    path = os.pathsep.join(filter(None, [str(package.parent), os.environ.get("PYTHONPATH")]))
    call = _CALL.format(name=package.name, path=str(package))
    one_thread = {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", call, str(memory), str(seconds)],
        env={**os.environ, **one_thread, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    frames: queue.Queue[Frame | None] = queue.Queue(_AHEAD)
    worker = _Worker(process=process, frames=frames, stopped=threading.Event())
    assert process.stdout is not None
    threading.Thread(target=_listen, args=(process.stdout, worker), daemon=True).start()
    return worker


def _listen(stream: IO[bytes], worker: _Worker) -> None:
    """Put the frames of a process into its queue, and None when it has ended."""
    while True:
        try:
            frame = receive(stream)
        except (OSError, ValueError):
            frame = None
        while not worker.stopped.is_set():
            try:
                worker.frames.put(frame, timeout=1)
                break
            except queue.Full:
                continue
        if frame is None or worker.stopped.is_set():
            return


def _checked(header: dict[str, Any]) -> Found:
    try:
        return from_wire(header)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ExtractionError("it is damaged: what was read of it makes no sense.") from error
