"""The process that reads hostile files: it takes requests on standard input and gives documents back.

It has limits on memory and on the time of each request, can write no file, and dies with its parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from ..config import IndexConfig
from ..errors import IndexingError
from .archive import Member, members
from .document import Request, to_wire
from .reading import read
from .wire import receive, send

_MOST_REQUESTS = 1_000
"""Requests after which the process makes way for a new one: libraries leak."""


def main(arguments: list[str]) -> int:
    """Serve requests until standard input ends."""
    memory, seconds = int(arguments[0]), float(arguments[1])
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a library prints must not get among the frames
    _limit(memory)
    for _ in range(_MOST_REQUESTS):
        frame = receive(sys.stdin.buffer)
        if frame is None:
            return 0
        if not _answer(answers, *frame, seconds=seconds):
            return 1
    return 0


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock still ends it
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS does not limit the address space
            resource.setrlimit(kind, (most, most))


def _answer(answers: BinaryIO, header: dict[str, Any], content: bytes, *, seconds: float) -> bool:
    """Answer one request; False where the process is no longer fit for another."""
    fit = True
    try:
        for found, payload in _found(header, content, seconds):
            send(answers, found, payload)
    except IndexingError as error:
        send(answers, {"error": type(error).__name__, "reason": str(error)})
    except MemoryError:
        fit = False
        send(answers, {"error": "MemoryError", "reason": ""})
    except Exception as error:  # noqa: BLE001 - the boundary: libraries raise anything for damaged files
        fit = False
        send(answers, {"error": "Exception", "reason": type(error).__name__})
    _alarm(0)
    send(answers, {"end": True, "fit": fit})
    return fit


def _found(header: dict[str, Any], content: bytes, seconds: float) -> Iterator[tuple[dict[str, Any], bytes]]:
    _alarm(seconds)
    limits = replace(IndexConfig(embedding_model=None), **header["limits"])
    if header["do"] == "unpack":
        for one in members(content, limits):
            _alarm(0)  # waiting for the reader of the other end costs no time
            if isinstance(one, Member):
                yield {"member": one.name}, one.content
            else:
                yield to_wire(one), b""
            _alarm(seconds)
        return
    request = Request(
        now=datetime.fromisoformat(header["now"]), columns=header.get("columns") or {}, limits=limits
    )
    for found in read(content, header["kind"], request):
        _alarm(0)
        yield to_wire(found), b""
        _alarm(seconds)


def _alarm(seconds: float) -> None:
    """Let the system end this process, even inside a library, in case the parent that watches the time is gone."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
