"""What an answer waits for, on one line of a terminal, until it is there."""

from __future__ import annotations

import shutil
from typing import TextIO

from .types import Answer, Done, Draft, Event, Retrieved, Token

_LEAST_COLUMNS = 20


class StatusLine:
    """Show the course of an answer on `stream`; nothing where that is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shows = stream.isatty()
        self._drawn = ""
        self._checked = 0

    def __enter__(self) -> StatusLine:
        self._show("Looking through the articles…")
        return self

    def __exit__(self, *_: object) -> None:
        self._show("")

    def take(self, event: Event) -> Answer | None:
        """Take in a step of an answer; returns the answer once it is there."""
        if isinstance(event, Retrieved):
            count = len(event.hits)
            self._show(f"Reading {count} passage{'s' if count != 1 else ''}…")
        elif isinstance(event, Token) and event.sentence is not None:
            self._checked += 1
        elif isinstance(event, Draft) and event.text:
            done = f"{self._checked} checked; " if self._checked else ""
            self._show(f"({done}being written) {event.text}")
        return event.answer if isinstance(event, Done) else None

    def _show(self, text: str) -> None:
        if not self._shows:
            return
        room = max(_LEAST_COLUMNS, shutil.get_terminal_size().columns - 1)
        line = text if len(text) <= room else f"…{text[-room + 1 :]}"
        if line != self._drawn:
            self._stream.write(f"\r\x1b[K{line}")
            self._stream.flush()
            self._drawn = line
