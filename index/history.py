"""What the catalog keeps of articles that are not current: former versions, and removed articles for a while.

Neither can be found: no passage, term or vector of them is left in what is searched.
"""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .records import (
    ARTICLE_COLUMNS,
    HeldArticle,
    PassageRecord,
    article_from,
    held_from,
    stored_record,
    to_epoch,
    version_from,
)
from .schema import Connection, Database
from .types import Article, ArticleVersion

MOST_LEVELS = 500
"""Levels of the full-text index from which it is built anew instead of merged."""
MOST_VERSIONS = 100
"""Former versions kept of one article, the latest: a live report may be read again every few minutes."""
_SHOWN = "title, author, source, published_at, published_precision, text"
_KEPT = f"article_id, version, {_SHOWN}, fetched"
_HELD_FIELDS = (
    "article_id, version, title, title_derived, path, url, source, author, published_at, published_precision,"
    " fetched, language, section, characters, text"
)
_OF_VERSION = "article_id = ? AND version = ?"


class History(Database):
    """Former versions and removed articles of a catalog."""

    def versions(self, article_id: str) -> list[ArticleVersion]:
        """Return the versions of a current article, oldest first and the current one last; none for others."""
        current = (
            f"SELECT {ARTICLE_COLUMNS}, v.text FROM articles a JOIN versions v"
            " ON v.article_id = a.id AND v.version = a.current_version WHERE a.id = ?"
        )
        former = f"SELECT {_KEPT} FROM history WHERE article_id = ? ORDER BY number"
        with self.reading() as connection:
            last = connection.execute(current, (article_id,)).fetchone()
            rows = connection.execute(former, (article_id,)).fetchall() if last else []
        kept = [version_from(row, number, current=False) for number, row in enumerate(rows, 1)]
        return [*kept, version_from(last, len(kept) + 1, current=True)] if last else []

    def held(self) -> list[HeldArticle]:
        """Return the removed articles that can be restored, the latest removed first."""
        query = "SELECT * FROM held ORDER BY removed DESC, article_id"
        with self.reading() as connection:
            return [held_from(row) for row in connection.execute(query)]

    def held_article(self, article_id: str) -> tuple[Article, list[PassageRecord]] | None:
        """Return a removed article with its passages and their vectors; None where it is not held."""
        with self.reading() as connection:
            row = connection.execute("SELECT * FROM held WHERE article_id = ?", (article_id,)).fetchone()
            if row is None:
                return None
            query = "SELECT * FROM held_passages WHERE article_id = ? ORDER BY number"
            passages = connection.execute(query, (article_id,)).fetchall()
        article = article_from(row, row["text"])
        return article, [stored_record(one, article) for one in passages]

    def purge(self, article_ids: Sequence[str] | None = None, *, before: datetime | None = None) -> list[str]:
        """Delete removed articles with their histories: those named, those removed before a moment, or all."""
        named = None if article_ids is None else set(article_ids)
        with self.writing() as connection:
            query = "SELECT article_id FROM held WHERE removed < coalesce(?, removed + 1) ORDER BY article_id"
            rows = connection.execute(query, (to_epoch(before),)).fetchall()
            purged = [row[0] for row in rows if named is None or row[0] in named]
            for one in purged:
                forget_held(connection, one)
        if purged:
            self.scrub()
        return purged

    def scrub(self) -> None:
        """Overwrite what deleted articles left in the full-text index and in the log."""
        with self.writing() as connection:  # deleted terms stay in the index until its parts are merged
            # Each "optimize" moves all terms one level up, and beyond 2,000 levels FTS5 takes its index for damaged.
            high = _levels(connection) >= MOST_LEVELS
            connection.execute(
                "INSERT INTO fulltext (fulltext) VALUES (?)", ("rebuild" if high else "optimize",)
            )
        self.truncate_log()


def _levels(connection: Connection) -> int:
    """Return the levels of the full-text index: a varint behind four bytes, https://sqlite.org/fts5.html."""
    row = connection.execute("SELECT block FROM fulltext_data WHERE id = 10").fetchone()
    levels = 0
    for byte in bytes(row[0])[4:6] if row else b"":
        levels = levels << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return levels


def keep_version(connection: Connection, article_id: str, version: str, *, former: str | None = None) -> None:
    """Copy the current version of an article into its history, unless `version`, the next, shows the same.

    With `former`, it is the current version of that article, which `article_id` takes the place of.
    """
    former = former or article_id
    query = "SELECT current_version FROM articles WHERE id = ?"
    row = connection.execute(query, (former,)).fetchone()
    if row is None:
        return
    query = f"SELECT {_SHOWN} FROM versions WHERE {_OF_VERSION}"
    old = connection.execute(query, (former, row[0])).fetchone()
    new = connection.execute(query, (article_id, version)).fetchone()
    if tuple(old) == tuple(new):
        return
    kept = _KEPT.replace("article_id", "?", 1)
    connection.execute(
        f"INSERT INTO history ({_KEPT}) SELECT {kept} FROM versions WHERE {_OF_VERSION}",
        (article_id, former, row[0]),
    )
    connection.execute(
        "DELETE FROM history WHERE article_id = ?1 AND number NOT IN"
        " (SELECT number FROM history WHERE article_id = ?1 ORDER BY number DESC LIMIT ?2)",
        (article_id, MOST_VERSIONS),
    )


def hold(connection: Connection, article_id: str, removed: datetime) -> None:
    """Set a current article aside, with all that is needed to restore it."""
    forget_held(connection, article_id, history=False)
    connection.execute(
        f"INSERT INTO held (removed, added, {_HELD_FIELDS}) SELECT ?, a.added, "
        + ", ".join(f"v.{name.strip()}" for name in _HELD_FIELDS.split(","))
        + " FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.current_version WHERE a.id = ?",
        (to_epoch(removed), article_id),
    )
    connection.execute(
        "INSERT INTO held_passages (article_id, number, start, end, vector, sentences)"
        " SELECT p.article_id, p.number, p.start, p.end, e.vector, e.sentences FROM passages p"
        " JOIN articles a ON a.id = p.article_id AND a.current_version = p.version"
        " JOIN embeddings e ON e.passage = p.rowid WHERE a.id = ?",
        (article_id,),
    )


def end_hold(connection: Connection, article_id: str, *, restored: bool) -> int | None:
    """Let go of a removed article that is there again; returns when it was first added, if it was restored.

    Where it was added anew and not restored, its former history is not its own any more.
    """
    row = connection.execute("SELECT added FROM held WHERE article_id = ?", (article_id,)).fetchone()
    if row is None:
        return None
    forget_held(connection, article_id, history=not restored)
    return int(row[0]) if restored else None


def forget_held(connection: Connection, article_id: str, *, history: bool = True) -> None:
    """Delete a removed article, with its history unless told otherwise."""
    connection.execute("DELETE FROM held WHERE article_id = ?", (article_id,))
    if history:
        connection.execute("DELETE FROM history WHERE article_id = ?", (article_id,))
