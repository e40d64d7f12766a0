"""Where feedback is kept: an SQLite file beside the conversations, each vote with its owner."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ..private_file import Connection, PrivateFile, newer
from ..types import Answer
from .records import RecordError, from_text, to_text
from .types import Feedback, Vote, fingerprint, sources_of

_log = logging.getLogger(__name__)
FILE_NAME = "feedback.sqlite"
VERSION = 1
MOST = 10_000
"""Votes of each owner; the oldest make room."""
_TABLES = """
CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    conversation TEXT NOT NULL,
    turn INTEGER NOT NULL,
    answered TEXT NOT NULL,   -- which answer of that turn
    given REAL NOT NULL,
    record TEXT NOT NULL,
    withdrawn REAL,           -- when its conversation was deleted; NULL while that is there
    UNIQUE (conversation, turn, answered)
);
CREATE INDEX IF NOT EXISTS feedback_by_owner ON feedback (owner, given);
"""


class FeedbackStore:
    """The feedback of a collection. Safe to share between threads and processes.

    What is deleted is overwritten. Each method is one transaction, and raises StoreError where the
    file cannot be used.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, *, undo_seconds: float = 600.0
    ) -> None:
        """`undo_seconds` is how long the votes of a deleted conversation can be brought back with it."""
        self._file = PrivateFile(path, _make_ready, "Feedback")
        self._clock = clock
        self._undo_seconds = undo_seconds

    def give(self, owner: str, conversation: str, turn: int, answer: Answer, vote: Vote) -> Feedback:
        """Keep a vote on an answer, in the place of an earlier one of the same owner."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        feedback = Feedback(
            id=secrets.token_hex(6),
            thumb=vote.thumb,
            reason=vote.reason,
            comment=vote.comment,
            question=answer.question,
            standalone=answer.standalone,
            answer=answer.text,
            status=str(answer.status),
            language=answer.language,
            model=answer.model,
            sources=sources_of(answer),
            within=answer.within,
            given=now,
            changed=now,
        )
        key = (conversation, turn, fingerprint(answer))
        with self._file.open() as file:
            self._overwrite_withdrawn(file)
            row = file.execute(
                "SELECT owner, record FROM feedback WHERE (conversation, turn, answered) = (?, ?, ?)", key
            ).fetchone()
            if row and row[0] == owner:
                before = _read(row[1])
                feedback = replace(feedback, id=before.id, given=before.given) if before else feedback
                file.execute("DELETE FROM feedback WHERE (conversation, turn, answered) = (?, ?, ?)", key)
            file.execute(
                "INSERT INTO feedback (id, owner, conversation, turn, answered, given, record)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (feedback.id, owner, *key, feedback.given.timestamp(), to_text(feedback)),
            )
            file.execute(
                "DELETE FROM feedback WHERE id IN"
                " (SELECT id FROM feedback WHERE owner = ? ORDER BY given DESC LIMIT -1 OFFSET ?)",
                (owner, MOST),
            )
        return feedback

    def remove(self, owner: str, conversation: str, turn: int, answer: Answer) -> bool:
        """Take a vote back; tells whether there was one."""
        return self._change(
            "DELETE FROM feedback WHERE (owner, conversation, turn, answered) = (?, ?, ?, ?)",
            (owner, conversation, turn, fingerprint(answer)),
        )

    def votes(self, owner: str, conversation: str) -> dict[tuple[int, str], Vote]:
        """Return the votes in a conversation, by turn and `fingerprint` of the answer."""
        if not self._file.path.exists():
            return {}
        query = (
            "SELECT turn, answered, record FROM feedback"
            " WHERE owner = ? AND conversation = ? AND withdrawn IS NULL"
        )
        with self._file.open(writing=False) as file:
            rows = file.execute(query, (owner, conversation)).fetchall()
        found = {(turn, answered): _read(record) for turn, answered, record in rows}
        return {key: vote_of(one) for key, one in found.items() if one}

    def all(self, owner: str | None = None) -> list[Feedback]:
        """Return all feedback, or that of an owner, oldest first."""
        if not self._file.path.exists():
            return []
        query = (
            "SELECT record FROM feedback WHERE withdrawn IS NULL AND (?1 IS NULL OR owner = ?1)"
            " ORDER BY given, rowid"
        )
        with self._file.open(writing=False) as file:
            return [one for (record,) in file.execute(query, (owner,)) if (one := _read(record))]

    def delete(self, ids: Iterable[str]) -> list[str]:
        """Delete feedback, whosever it is; returns the ids that were there."""
        if not self._file.path.exists():
            return []
        with self._file.open() as file:
            self._overwrite_withdrawn(file)
            return [
                one
                for one in dict.fromkeys(ids)
                if file.execute("DELETE FROM feedback WHERE id = ?", (one,)).rowcount
            ]

    def erase(self, owner: str) -> None:
        """Delete all that an owner has said, also what could have been brought back."""
        self._change("DELETE FROM feedback WHERE owner = ?", (owner,))

    def withdraw(self, owner: str, conversation: str) -> None:
        """Withdraw the votes in a conversation that is deleted; for a while, they can be restored with it."""
        self._change(
            "UPDATE feedback SET withdrawn = ? WHERE owner = ? AND conversation = ? AND withdrawn IS NULL",
            (self._clock(), owner, conversation),
        )

    def restore(self, owner: str, conversation: str) -> None:
        """Bring the votes in a conversation back."""
        self._change(
            "UPDATE feedback SET withdrawn = NULL WHERE owner = ? AND conversation = ?", (owner, conversation)
        )

    def _change(self, statement: str, values: tuple[object, ...]) -> bool:
        if not self._file.path.exists():
            return False
        with self._file.open() as file:
            self._overwrite_withdrawn(file)
            return file.execute(statement, values).rowcount > 0

    def _overwrite_withdrawn(self, file: Connection) -> None:
        file.execute("DELETE FROM feedback WHERE withdrawn < ?", (self._clock() - self._undo_seconds,))


def vote_of(feedback: Feedback) -> Vote:
    """Return the vote alone."""
    return Vote(thumb=feedback.thumb, reason=feedback.reason, comment=feedback.comment)


def _read(record: str) -> Feedback | None:
    try:
        return from_text(record)
    except RecordError as error:
        _log.warning("A feedback is damaged and is left out: %s", error)
        return None


def _make_ready(file: Connection, path: Path) -> None:
    """Make the tables where there are none. Raises StoreError for a file of a newer program."""
    version = int(file.execute("PRAGMA user_version").fetchone()[0])
    if version == VERSION:
        return
    if version > VERSION:
        raise newer(path)
    file.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
