"""Conversations that outlive the page: an SQLite file of records, each conversation with its owner."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.private_file import Connection, PrivateFile
from index import StoreError

from .store_schema import TITLE_LENGTH, make_ready
from .text_search import folded

FILE_NAME = "conversations.sqlite"
_DAY = 86_400.0
_ID = re.compile(r"[A-Za-z0-9_-]{43}")


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
    """Conversations of each owner that were used last; pinned ones stay besides."""
    days: float = 90.0
    """Since a conversation was used; pinned ones stay."""
    undo_seconds: float = 600.0
    """How long a deleted conversation can be brought back; after that, it is overwritten."""
    listed: int = 200
    """Most conversations in a list."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An exchange as it is kept."""

    turn: int
    """Its number in the conversation, from 1. It never changes."""
    revision: int
    """Grows with every change in the conversation."""
    record: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A conversation in a list."""

    id: str
    title: str
    pinned: bool
    used: float
    """Seconds since 1970."""
    exchanges: int


class ConversationStore:
    """The conversations of a collection. Safe to share between threads and processes.

    Each method is one transaction, and raises StoreError where the file cannot be used.
    """

    def __init__(
        self, path: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._open = PrivateFile(path, make_ready, "Conversations").open
        self._limits = limits or Limits()
        self._clock = clock

    def begin(
        self, owner: str, conversation: str, record: str, title: str, words: str = "", within: str = ""
    ) -> Kept:
        """Add an exchange to a conversation, which is made or brought back where it is not there.

        `title` names a new one; `words` are what the exchange can be found by; `within` is the
        conversation's filter. Drops what is beyond the limits.
        """
        title = title[:TITLE_LENGTH]
        with self._open() as file:
            row = file.execute("SELECT owner FROM conversations WHERE id = ?", (conversation,)).fetchone()
            if row and row[0] != owner:
                raise StoreError("This conversation is somebody else's; begin a new one.")
            file.execute(
                "INSERT INTO conversations (id, owner, title, words, used, within) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                " ON CONFLICT (id) DO UPDATE SET used = ?5, deleted = NULL, within = ?6,"
                " title = iif(title = '', ?3, title), words = iif(title = '', ?4, words)",
                (conversation, owner, title, folded(title), self._clock(), within),
            )
            revision = _next_revision(file, conversation)
            (turn,) = file.execute(
                "INSERT INTO exchanges (conversation, record, turn, revision, words) VALUES (?1, ?2,"
                " (SELECT coalesce(max(turn), 0) + 1 FROM exchanges WHERE conversation = ?1), ?3, ?4)"
                " RETURNING turn",
                (conversation, record, revision, folded(words)),
            ).fetchone()
            self._prune(file, owner, conversation)
            return Kept(turn=turn, revision=revision, record=record)

    def change(self, owner: str, conversation: str, turn: int, record: str, words: str = "") -> int | None:
        """Put another record in an exchange's place; returns its revision, None where it is gone."""
        with self._open() as file:
            if not _is_there(file, owner, conversation):
                return None
            revision = _next_revision(file, conversation)
            changed = file.execute(
                "UPDATE exchanges SET record = ?, words = ?, revision = ? WHERE conversation = ? AND turn = ?",
                (record, folded(words), revision, conversation, turn),
            ).rowcount
            file.execute("UPDATE conversations SET used = ? WHERE id = ?", (self._clock(), conversation))
            return revision if changed else None

    def exchanges(self, owner: str, conversation: str, after: int = 0) -> list[Kept]:
        """Return what changed in a conversation after a revision, oldest turn first; of another's, nothing."""
        if not self._path.exists():
            return []
        with self._open(writing=False) as file:
            rows = file.execute(
                "SELECT turn, revision, record FROM exchanges WHERE conversation = ? AND revision > ?"
                " AND EXISTS (SELECT 1 FROM conversations"
                " WHERE id = conversation AND owner = ? AND deleted IS NULL)"
                " ORDER BY turn",
                (conversation, after, owner),
            )
            return [Kept(turn=turn, revision=revision, record=record) for turn, revision, record in rows]

    def keep_filter(self, owner: str, conversation: str, within: str) -> None:
        """Keep the filter of a conversation, also of one in which nothing was asked yet."""
        if not within and not self._path.exists():
            return
        with self._open() as file:
            file.execute(
                "INSERT INTO conversations (id, owner, used, within) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id)"
                " DO UPDATE SET within = ?4 WHERE owner = ?2",
                (conversation, owner, self._clock(), within),
            )

    def kept_filter(self, owner: str, conversation: str) -> str | None:
        """Return the filter of a conversation, "" for none; None where the conversation is not there."""
        if not self._path.exists():
            return None
        with self._open(writing=False) as file:
            row = file.execute(
                "SELECT within FROM conversations WHERE id = ? AND owner = ? AND deleted IS NULL",
                (conversation, owner),
            ).fetchone()
        return str(row[0]) if row else None

    def adopt(self, owner: str, conversation: str) -> None:
        """Give a conversation that has no owner yet to who knows its id."""
        if self._path.exists():
            with self._open() as file:
                file.execute(
                    "UPDATE conversations SET owner = ? WHERE id = ? AND owner = ''", (owner, conversation)
                )

    def conversations(self, owner: str, text: str = "") -> list[Summary]:
        """Return the conversations of an owner, pinned ones first, then those used last.

        Of the words of `text`, the title or one exchange of a conversation holds all. Those in which
        nothing was asked yet are left out.
        """
        if not self._path.exists():
            return []
        words = folded(text).split()[:20]
        holds = " AND ".join(["instr({0}.words, ?)"] * len(words)) or "1"
        query = (
            "SELECT id, title, pinned, used, (SELECT count(*) FROM exchanges WHERE conversation = c.id)"  # noqa: S608 (marks only)
            " FROM conversations c WHERE owner = ? AND deleted IS NULL"
            " AND EXISTS (SELECT 1 FROM exchanges WHERE conversation = c.id)"
            f" AND ({holds.format('c')} OR EXISTS"
            f" (SELECT 1 FROM exchanges e WHERE e.conversation = c.id AND {holds.format('e')}))"
            " ORDER BY pinned DESC, used DESC LIMIT ?"
        )
        with self._open(writing=False) as file:
            rows = file.execute(query, (owner, *words, *words, self._limits.listed)).fetchall()
        return [
            Summary(id=one, title=title, pinned=bool(pinned), used=used, exchanges=exchanges)
            for one, title, pinned, used, exchanges in rows
        ]

    def everything(self, owner: str) -> list[tuple[Summary, list[Kept]]]:
        """Return all conversations of an owner with what is in them, those used last first."""
        if not self._path.exists():
            return []
        talks = (
            "SELECT id, title, pinned, used FROM conversations WHERE owner = ? AND deleted IS NULL"
            " ORDER BY used DESC"
        )
        parts = "SELECT turn, revision, record FROM exchanges WHERE conversation = ? ORDER BY turn"
        found = []
        with self._open(writing=False) as file:
            for one, title, pinned, used in file.execute(talks, (owner,)).fetchall():
                kept = [
                    Kept(turn=turn, revision=revision, record=record)
                    for turn, revision, record in file.execute(parts, (one,))
                ]
                summary = Summary(id=one, title=title, pinned=bool(pinned), used=used, exchanges=len(kept))
                found.append((summary, kept))
        return found

    def erase(self, owner: str) -> None:
        """Delete all conversations of an owner, also those that could have been brought back."""
        if self._path.exists():
            with self._open() as file:
                file.execute("DELETE FROM conversations WHERE owner = ?", (owner,))

    def rename(self, owner: str, conversation: str, title: str) -> bool:
        """Give a conversation another title; tells whether it is there."""
        title = " ".join(title.split())[:TITLE_LENGTH]
        return bool(title) and self._set(owner, conversation, "title = ?, words = ?", title, folded(title))

    def pin(self, owner: str, conversation: str, pinned: bool) -> bool:
        """Pin a conversation to the head of the list, or let go of it; tells whether it is there."""
        return self._set(owner, conversation, "pinned = ?", int(pinned))

    def delete(self, owner: str, conversation: str) -> bool:
        """Delete a conversation; tells whether it was there. For a while, it can be restored."""
        return self._set(owner, conversation, "deleted = ?", self._clock())

    def restore(self, owner: str, conversation: str) -> bool:
        """Bring a deleted conversation back; tells whether that was still possible."""
        with self._open() as file:
            self._overwrite_deleted(file)
            back = file.execute(
                "UPDATE conversations SET deleted = NULL WHERE id = ? AND owner = ?", (conversation, owner)
            )
            return back.rowcount > 0

    def _set(self, owner: str, conversation: str, what: str, *values: object) -> bool:
        if not self._path.exists():
            return False
        with self._open() as file:
            self._overwrite_deleted(file)
            done = file.execute(
                f"UPDATE conversations SET {what} WHERE id = ? AND owner = ? AND deleted IS NULL",  # noqa: S608 (ours)
                (*values, conversation, owner),
            )
            return done.rowcount > 0

    def _prune(self, file: Connection, owner: str, conversation: str) -> None:
        self._overwrite_deleted(file)
        file.execute(
            "DELETE FROM exchanges WHERE conversation = ?1 AND turn <= (SELECT turn FROM exchanges "
            "WHERE conversation = ?1 ORDER BY turn DESC LIMIT 1 OFFSET ?2)",
            (conversation, self._limits.exchanges),
        )
        oldest = self._clock() - self._limits.days * _DAY
        file.execute("DELETE FROM conversations WHERE used < ? AND NOT pinned", (oldest,))
        file.execute(
            "DELETE FROM conversations WHERE id IN (SELECT id FROM conversations"
            " WHERE owner = ? AND NOT pinned ORDER BY used DESC LIMIT -1 OFFSET ?)",
            (owner, self._limits.conversations),
        )

    def _overwrite_deleted(self, file: Connection) -> None:
        file.execute(
            "DELETE FROM conversations WHERE deleted < ?", (self._clock() - self._limits.undo_seconds,)
        )


def _is_there(file: Connection, owner: str, conversation: str) -> bool:
    query = "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND deleted IS NULL"
    return file.execute(query, (conversation, owner)).fetchone() is not None


def _next_revision(file: Connection, conversation: str) -> int:
    row = file.execute(
        "UPDATE conversations SET revision = revision + 1 WHERE id = ? RETURNING revision", (conversation,)
    ).fetchone()
    return int(row[0])
