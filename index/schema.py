"""The catalog's tables, and opening its file: SQLite's own errors become ours here."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from .errors import IndexCorruptError, IndexFullError, IndexLockedError, IndexVersionError, StoreError

Connection = sqlite3.Connection
Row = sqlite3.Row

APPLICATION_ID = 0x41525431
SCHEMA_VERSION = 4
_BUSY_SECONDS = 15.0
_MOST_IDLE = 8  # connections kept for whoever comes next: each may hold 2 MB of the file in memory

_EMBEDDINGS = """
CREATE TABLE {name} (
    passage INTEGER PRIMARY KEY REFERENCES passages (rowid) ON DELETE CASCADE,
    vector BLOB NOT NULL,
    sentences BLOB NOT NULL
);
"""
_LISTED = (
    "CREATE INDEX IF NOT EXISTS versions_listed ON versions"
    " (article_id, version, language, source, published_at, published_precision, title, author)"
)
"""Everything that lists are filtered and sorted by, beside the texts: they need not be passed over."""
RENEWED = _EMBEDDINGS.format(name="renewed_embeddings")

CONTAINERS = """
CREATE TABLE containers (
    path TEXT PRIMARY KEY,
    entries INTEGER NOT NULL,
    columns TEXT NOT NULL,
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    recipe TEXT NOT NULL,
    seen_ns INTEGER NOT NULL
) WITHOUT ROWID;
"""
FEEDS = """
CREATE TABLE feeds (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    title TEXT,
    added INTEGER NOT NULL,
    tried INTEGER,
    read INTEGER,
    wait INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    gone INTEGER NOT NULL DEFAULT 0,
    new_articles INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT
);
CREATE TABLE entries (
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    article_id TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    seen INTEGER NOT NULL,
    PRIMARY KEY (feed, key)
) WITHOUT ROWID;
CREATE INDEX entries_by_key ON entries (key) WHERE article_id IS NOT NULL;
CREATE INDEX entries_by_article ON entries (article_id) WHERE article_id IS NOT NULL;
CREATE TABLE dismissed (article_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""
"""Feeds, what was seen in them, and the articles that the user removed and that no feed may bring back."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    current_version TEXT NOT NULL,
    added INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX articles_by_version ON articles (current_version);
CREATE TABLE versions (
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'retired')),
    title TEXT NOT NULL,
    title_derived INTEGER NOT NULL,
    path TEXT,
    url TEXT,
    source TEXT,
    author TEXT,
    published_at INTEGER,
    published_precision TEXT,
    fetched TEXT,
    language TEXT,
    characters INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
);
CREATE INDEX versions_unfinished ON versions (state) WHERE state != 'ready';
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    FOREIGN KEY (article_id, version) REFERENCES versions ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX passages_by_article ON passages (article_id, version);
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    article_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'duplicate', 'shadowed')),
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    recipe TEXT NOT NULL,
    seen_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_by_article ON files (article_id);
"""
FULLTEXT = """
CREATE VIRTUAL TABLE fulltext USING fts5 (terms, tokenize = "ascii tokenchars '_-.@#+'");
"""
_VOCABULARY = """
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (fulltext, 'row');
"""
SCHEMA = _TABLES + FULLTEXT + _VOCABULARY + _EMBEDDINGS.format(name="embeddings")
# `seen_ns` is when the file was read: a file changed right before that may change again within the
# clock's tick and keep its time and size, so those are trusted for older changes only.

SINCE_4 = """
CREATE TABLE history (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT,
    source TEXT,
    published_at INTEGER,
    published_precision TEXT,
    fetched TEXT,
    text TEXT NOT NULL
);
CREATE INDEX history_by_article ON history (article_id);
CREATE TABLE held (
    article_id TEXT PRIMARY KEY,
    removed INTEGER NOT NULL,
    added INTEGER NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    title_derived INTEGER NOT NULL,
    path TEXT,
    url TEXT,
    source TEXT,
    author TEXT,
    published_at INTEGER,
    published_precision TEXT,
    fetched TEXT,
    language TEXT,
    section TEXT,
    characters INTEGER NOT NULL,
    text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE held_passages (
    article_id TEXT NOT NULL REFERENCES held ON DELETE CASCADE,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector BLOB NOT NULL,
    sentences BLOB NOT NULL,
    PRIMARY KEY (article_id, number)
) WITHOUT ROWID;
CREATE TABLE signatures (
    article INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL UNIQUE,
    signature BLOB NOT NULL
);
CREATE TABLE buckets (
    bucket INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (bucket, article)
) WITHOUT ROWID;
CREATE TABLE links (
    article_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    overlap REAL NOT NULL,
    PRIMARY KEY (article_id, other_id)
) WITHOUT ROWID;
"""
"""What format 4 has beyond 3: former versions, removed articles that can be restored, near-duplicates."""

_UPGRADES = {1: CONTAINERS + "ALTER TABLE versions ADD COLUMN section TEXT", 2: FEEDS, 3: SINCE_4}
"""By format: what makes the next one of it."""


class Database:
    """The catalog's file, open: a few connections that threads share out among themselves."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the file, made with its tables if it is missing. Raises a StoreError."""
        self.path = path
        self.read_only = read_only
        self._guard = threading.Lock()
        self._idle = [open_catalog(path, read_only=read_only)]
        if not read_only:
            with translated(path):
                self._idle[0].execute(_LISTED)

    def close(self) -> None:
        """Close the connections."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Give a connection that sees one state of the catalog throughout."""
        return self._transaction("DEFERRED")

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Give a connection whose changes become visible together, or not at all."""
        return self._transaction("IMMEDIATE")

    def truncate_log(self) -> None:
        """Move what was written into the catalog's file, and empty the log, unless a reader still needs it."""
        with self._guard:
            connection = self._idle.pop() if self._idle else None
        connection = connection or open_catalog(self.path, read_only=self.read_only)
        with translated(self.path):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with self._guard:
            self._idle.append(connection)

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._guard:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = open_catalog(self.path, read_only=self.read_only)
        try:
            with translated(self.path):
                connection.execute(f"BEGIN {kind}")
                yield connection
                connection.execute("COMMIT")
        except BaseException:
            connection.close()  # rolls back, also where SQLite already did
            raise
        with self._guard:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()


def open_catalog(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open the catalog's file, made with its tables unless `read_only`.

    Raises IndexCorruptError, IndexVersionError or another StoreError.
    """
    with translated(path):
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _prepare(connection, path, read_only)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path, read_only: bool) -> None:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what was deleted is not left in free pages
    if _format(connection, path) == SCHEMA_VERSION:
        return
    if read_only:
        if _format(connection, path) == 0:
            raise IndexCorruptError(_corrupt(path))
        _upgrade_for_reader(path)
        return
    connection.execute("BEGIN IMMEDIATE")
    _upgrade(connection, _format(connection, path))  # another process may have been faster
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection, found: int) -> None:
    """Bring the tables from format `found` (0: none yet) to the present one; nothing that is there changes."""
    if found == 0:
        _execute(connection, SCHEMA)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        found = 1
    for step in range(found, SCHEMA_VERSION):
        _execute(connection, _UPGRADES[step])
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _execute(connection: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";\n"):  # `executescript` would commit first
        connection.execute(statement)


def _upgrade_for_reader(path: Path) -> None:
    """Upgrade a catalog that is opened for reading: that must work right after an update of the program."""
    try:
        open_catalog(path, read_only=False).close()
    except StoreError as error:
        raise IndexVersionError(
            f"The collection in {path.parent} was made by an older version of this program and cannot be "
            "brought up to date from here; run `article-assistant rebuild` where you may write to it."
        ) from error


def _format(connection: sqlite3.Connection, path: Path) -> int:
    """Return the format of a finished catalog, 0 for an empty file; anything else raises."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application == 0 and version == 0 and tables == 0:
        return 0
    if application != APPLICATION_ID or version < 1:
        raise IndexCorruptError(_corrupt(path))
    if version > SCHEMA_VERSION:
        raise IndexVersionError(
            f"The collection in {path.parent} was made by a newer version of this program "
            f"(its format is {version}, known is {SCHEMA_VERSION}); update the program."
        )
    return int(version)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a StoreError that names the file and what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        translation = _translation(error, path)
        if translation is None:
            raise
        raise translation from error


def _translation(error: sqlite3.DatabaseError, path: Path) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "malformed" in str(error):
        return IndexCorruptError(_corrupt(path))
    if primary == sqlite3.SQLITE_FULL or code in (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE):
        return IndexFullError(full(path.parent))
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexLockedError(f"The catalog {path} is in use by another process; try again in a moment.")
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StoreError(
            f"The catalog {path} cannot be opened or written; "
            "check that its directory exists and that you may write to it."
        )
    if primary == sqlite3.SQLITE_IOERR:
        return StoreError(f"The disk reported an error at the catalog {path} ({error}); check the disk.")
    return None


def full(directory: Path) -> str:
    """Return the sentence for a disk without room."""
    return f"No room is left on the disk for {directory}; free some and run the same command again."


def is_full(error: BaseException) -> bool:
    """Tell whether an error, ours or a library's, means that the disk has no room."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    text = str(error).lower()
    return any(words in text for words in ("disk is full", "no space left", "file too large", "disk quota"))


def _corrupt(path: Path) -> str:
    return (
        f"The catalog {path} is damaged or is not a catalog of this program; "
        "restore it from a backup (article-assistant restore FILE --replace), "
        "or delete it and add the articles again."
    )
