"""The file of the conversations: its tables, and how a file of an earlier format is brought up to date."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.private_file import Connection, newer

from .text_search import folded

VERSION = 3
TITLE_LENGTH = 80
_TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL DEFAULT '',  -- '' until the browser that knows the id comes back (format 1)
    title TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',  -- the title, folded
    pinned INTEGER NOT NULL DEFAULT 0,
    used REAL NOT NULL,
    deleted REAL,                    -- when; NULL while it is there
    revision INTEGER NOT NULL DEFAULT 0,
    within TEXT NOT NULL DEFAULT ''  -- which articles the next question is asked of; '' for all
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS exchanges (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    record TEXT NOT NULL,
    turn INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    words TEXT NOT NULL DEFAULT ''   -- question and answer, folded
);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, used);
CREATE UNIQUE INDEX IF NOT EXISTS exchanges_by_turn ON exchanges (conversation, turn);
"""
_ADDED_IN_2 = {
    "conversations": (
        "owner TEXT NOT NULL DEFAULT ''",
        "title TEXT NOT NULL DEFAULT ''",
        "words TEXT NOT NULL DEFAULT ''",
        "pinned INTEGER NOT NULL DEFAULT 0",
        "deleted REAL",
        "revision INTEGER NOT NULL DEFAULT 0",
    ),
    "exchanges": (
        "turn INTEGER NOT NULL DEFAULT 0",
        "revision INTEGER NOT NULL DEFAULT 0",
        "words TEXT NOT NULL DEFAULT ''",
    ),
}


def make_ready(file: Connection, path: Path) -> None:
    """Make the tables of the file at `path` where there are none, or bring them up to date, in one transaction.

    Raises StoreError for a file of a newer program.
    """
    if _version(file) == VERSION:
        return
    file.execute("BEGIN IMMEDIATE")
    version = _version(file)  # another program may have been quicker
    if version > VERSION:
        raise newer(path)
    if version == 1:
        _bring_up(file)
    if version in (1, 2):
        file.execute("ALTER TABLE conversations ADD COLUMN within TEXT NOT NULL DEFAULT ''")
    for statement in (*_TABLES.split(";\n"), *_INDEXES.split(";\n"), f"PRAGMA user_version = {VERSION}"):
        if statement.strip():
            file.execute(statement)
    file.commit()


def _version(file: Connection) -> int:
    return int(file.execute("PRAGMA user_version").fetchone()[0])


def _bring_up(file: Connection) -> None:
    """Give the conversations of format 1 what they lack: titles, turns, and words to be found by."""
    for table, columns in _ADDED_IN_2.items():
        for column in columns:
            file.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    file.execute("DROP INDEX IF EXISTS conversations_by_use")
    file.execute("DROP INDEX IF EXISTS exchanges_by_conversation")
    turns: dict[str, int] = {}
    rows = file.execute("SELECT number, conversation, record FROM exchanges ORDER BY number").fetchall()
    for number, conversation, record in rows:
        question, words = _words(record)
        turn = turns[conversation] = turns.get(conversation, 0) + 1
        if turn == 1:
            title = question[:TITLE_LENGTH]
            file.execute(
                "UPDATE conversations SET title = ?, words = ? WHERE id = ?",
                (title, folded(title), conversation),
            )
        file.execute(
            "UPDATE exchanges SET turn = ?1, revision = ?1, words = ?2 WHERE number = ?3",
            (turn, words, number),
        )
    for conversation, turn in turns.items():
        file.execute("UPDATE conversations SET revision = ? WHERE id = ?", (turn, conversation))


def _words(record: str) -> tuple[str, str]:
    """Return the question of a record, and what it can be found by; nothing of one that is damaged."""
    try:
        said = json.loads(record)
        question = " ".join(str(said["question"]).split())
        answer = said.get("answer") or {}
        return question, folded(f"{question} {answer.get('text') or said.get('written') or ''}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
