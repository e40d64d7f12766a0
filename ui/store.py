"""Conversations that outlive the page: records in an SQLite file, under ids that cannot be guessed."""

from __future__ import annotations

import contextlib
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index import StoreError

FILE_NAME = "conversations.sqlite"
_VERSION = 1
_BUSY_SECONDS = 5.0
_DAY = 86_400.0
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS conversations (id TEXT PRIMARY KEY, used REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversations_by_use ON conversations (used);
CREATE TABLE IF NOT EXISTS exchanges (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS exchanges_by_conversation ON exchanges (conversation, number);
PRAGMA user_version = {_VERSION};
COMMIT;
"""


def new_id() -> str:
    """Return the id of a new conversation: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_id(value: object) -> bool:
    """Tell whether a value has the form of an id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much is kept."""

    exchanges: int = 200
    """Latest exchanges of each conversation."""
    conversations: int = 1_000
    """Conversations used last."""
    days: float = 90.0
    """Since a conversation was used."""


class ConversationStore:
    """The conversations of a collection. Safe to share between threads and processes."""

    def __init__(
        self, path: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._limits = limits or Limits()
        self._clock = clock

    def add(self, conversation: str, record: str) -> None:
        """Add a record to a conversation, and drop what is beyond the limits. Raises StoreError."""
        with self._open() as file:
            file.execute(
                "INSERT INTO conversations VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET used = ?2",
                (conversation, self._clock()),
            )
            file.execute("INSERT INTO exchanges (conversation, record) VALUES (?, ?)", (conversation, record))
            self._prune(file, conversation)

    def records(self, conversation: str) -> list[str]:
        """Return the records of a conversation, oldest first; none for an unknown id. Raises StoreError."""
        if not self._path.exists():
            return []
        with self._open() as file:
            rows = file.execute(
                "SELECT record FROM exchanges WHERE conversation = ? ORDER BY number", (conversation,)
            )
            return [str(record) for (record,) in rows]

    def _prune(self, file: sqlite3.Connection, conversation: str) -> None:
        file.execute(
            "DELETE FROM exchanges WHERE conversation = ?1 AND number <= (SELECT number FROM exchanges "
            "WHERE conversation = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
            (conversation, self._limits.exchanges),
        )
        oldest = self._clock() - self._limits.days * _DAY
        file.execute("DELETE FROM conversations WHERE used < ?", (oldest,))
        file.execute(
            "DELETE FROM conversations WHERE id IN "
            "(SELECT id FROM conversations ORDER BY used DESC LIMIT -1 OFFSET ?)",
            (self._limits.conversations,),
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction; SQLite's errors become ours."""
        try:
            if not self._path.exists():
                self._path.touch(mode=0o600)  # what was asked is nobody else's business
            with contextlib.closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as file:
                self._make_ready(file)
                with file:
                    yield file
        except (sqlite3.Error, OSError, UnicodeError) as error:
            raise StoreError(
                f"Conversations cannot be kept in {self._path} ({error}); if it stays so, move that file away."
            ) from error

    def _make_ready(self, file: sqlite3.Connection) -> None:
        (version,) = file.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise StoreError(
                f"{self._path} was made by a newer version of this program; update it, or move that file away."
            )
        if version < _VERSION:
            file.executescript(_SCHEMA)
        file.execute("PRAGMA foreign_keys = ON")
