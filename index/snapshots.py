"""Whole copies of SQLite files that are in use, and a look at whether such a file is what it should be."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import IndexCorruptError, IndexFullError
from .schema import full, translated

DatabaseError = sqlite3.DatabaseError
"""What SQLite raises where a file is not as its reader takes it to be."""
SQLITE_VERSION = sqlite3.sqlite_version
_PAGES = 1024
_MOST_FINDINGS = 20


def is_database(path: Path) -> bool:
    """Tell whether a file is a database, by SQLite's own means.

    To open it otherwise, and close it again, would let go of the locks that this process has on it.
    """
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    ) as connection:
        try:
            return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone())
        except sqlite3.DatabaseError as error:
            return error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_NOTADB


def copy_database(source: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy one state of a database, whatever is written to it meanwhile, into one new file.

    `progress` is given the bytes copied and those in all. Raises a StoreError.
    """
    with _opened(source) as origin, closing(sqlite3.connect(target, isolation_level=None)) as copy:
        size = int(origin.execute("PRAGMA page_size").fetchone()[0])
        # A reader's transaction: without it each change by another process would begin the copy anew.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_schema").fetchone()

        def tell(status: int, remaining: int, total: int) -> None:
            if progress:
                progress((total - remaining) * size, total * size)

        try:
            origin.backup(copy, pages=_PAGES, progress=tell)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
                _try_to_write(target)  # SQLite does not tell here which of the two files it was
            raise
        origin.execute("COMMIT")
        copy.execute("PRAGMA journal_mode = DELETE")  # all in one file


def _try_to_write(path: Path) -> None:
    """Raise IndexFullError where a file can grow no further."""
    try:
        with path.open("ab", buffering=0) as file:
            file.write(bytes(1 << 16))
            os.fsync(file.fileno())
    except OSError as error:
        raise IndexFullError(full(path.parent)) from error


def findings(path: Path, *, quick: bool = False) -> list[str]:
    """Return what SQLite finds wrong with a file, in its words: none where all is well. Raises a StoreError."""
    with _opened(path) as connection:
        pragma = "quick_check" if quick else "integrity_check"
        wrong = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}({_MOST_FINDINGS})")]
        if wrong == ["ok"]:
            wrong = []
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_FINDINGS)
        return wrong + [
            f"row {row[1]} of {row[0]} belongs to a row of {row[2]} that is not there" for row in orphans
        ]


def check_database(path: Path) -> None:
    """Raise IndexCorruptError where a file is damaged, or no database."""
    wrong = findings(path, quick=True)
    if wrong:
        raise IndexCorruptError(f"The database {path} is damaged ({wrong[0]}).")


@dataclass(frozen=True, kw_only=True)
class CatalogFacts:
    """What a catalog holds, in whatever format it is."""

    schema: int
    articles: int
    passages: int
    embedder: str | None


def catalog_facts(path: Path) -> CatalogFacts:
    """Count what is in a catalog; it is not brought up to date for that. Raises a StoreError."""
    passages = "SELECT count(*) FROM passages p JOIN articles a ON a.id = p.article_id AND a.current_version = p.version"
    with _opened(path) as connection:

        def value(query: str) -> Any:
            row = connection.execute(query).fetchone()
            return row[0] if row else None

        return CatalogFacts(
            schema=int(value("PRAGMA user_version")),
            articles=int(value("SELECT count(*) FROM articles")),
            passages=int(value(passages)),
            embedder=value("SELECT value FROM meta WHERE key = 'embedder'"),
        )


def parts(path: Path) -> dict[str, tuple[str, str]]:
    """Return what a database is made of: name → its type (table, index, trigger, view) and its definition."""
    with _opened(path) as connection:
        rows = connection.execute("SELECT name, type, coalesce(sql, '') FROM sqlite_schema")
        return {str(row[0]): (str(row[1]), str(row[2])) for row in rows}


def in_use(path: Path) -> bool:
    """Tell whether any other connection has a database open, as far as its file lets that be told."""
    with closing(sqlite3.connect(path, timeout=0.2, isolation_level=None)) as connection:
        try:
            # To leave the log behind takes the file for oneself; it is taken up again by the next who opens it.
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return True
            raise
        except DatabaseError:  # damaged: nobody works with it
            return False
        return str(mode) == "wal"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for reading; nothing that its tables say is run."""
    with (
        translated(path),
        closing(
            sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=15.0, isolation_level=None
            )
        ) as connection,
    ):
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        yield connection


def reindex(path: Path) -> None:
    """Make all indexes of a database again from its tables. Raises a StoreError."""
    with translated(path), closing(sqlite3.connect(path, timeout=15.0, isolation_level=None)) as connection:
        connection.execute("REINDEX")


def has_fulltext() -> bool:
    """Tell whether SQLite has the full-text search that the catalog needs."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE one USING fts5 (terms)")
        except sqlite3.OperationalError:
            return False
    return True
