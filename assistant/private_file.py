"""A small SQLite file that is its owner's alone: opened for one transaction at a time, nothing deleted stays in it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index import StoreError

Connection = sqlite3.Connection
_BUSY_SECONDS = 5.0


class PrivateFile:
    """A file in which a collection keeps what its readers do. Safe to share between threads and processes."""

    def __init__(self, path: Path, make_ready: Callable[[Connection, Path], None], what: str) -> None:
        """`make_ready` brings the tables up to date; `what` is kept in them, as a sentence begins with it."""
        self.path = path
        self._make_ready = make_ready
        self._what = what
        # SQLite has those who wait try again and again, and some never get their turn.
        self._turnstile = threading.Lock()

    @contextmanager
    def open(self, *, writing: bool = True) -> Iterator[Connection]:
        """Open the file for one transaction, made if it is missing; SQLite's errors become StoreErrors."""
        try:
            if not self.path.exists():
                self.path.touch(mode=0o600)  # what was asked is nobody else's business
            with (
                self._turnstile,
                contextlib.closing(
                    sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
                ) as file,
            ):
                file.execute("PRAGMA journal_mode = WAL")  # half the waiting for the disk, and as safe
                file.execute("PRAGMA foreign_keys = ON")
                file.execute("PRAGMA secure_delete = ON")
                self._make_ready(file, self.path)
                file.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
                yield file
                file.commit()
        except (sqlite3.Error, OSError, UnicodeError) as error:
            raise StoreError(
                f"{self._what} cannot be kept in {self.path} ({error}); if it stays so, move that file away."
            ) from error


def newer(path: Path) -> StoreError:
    """Return what to raise for a file of a format that is not known yet."""
    return StoreError(
        f"{path} was made by a newer version of this program; update it, or move that file away."
    )
