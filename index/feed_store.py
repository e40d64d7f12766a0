"""The feeds in the catalog: their state, what was seen in them, and what must not come back."""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .records import from_epoch, to_epoch
from .schema import Connection, Database, Row
from .text import canonical_url

_FIELDS = "id, url, title, added, tried, read, wait, not_before, failures, error, gone, new_articles, etag, last_modified"
_SEEN_FOR = 180 * 86_400
"""Seconds for which an entry is remembered after the feed has dropped it."""
_AT_ONCE = 500
_ONLY_ITS_OWN = (
    "SELECT article_id FROM entries WHERE feed = :feed AND article_id IS NOT NULL"
    " EXCEPT SELECT article_id FROM entries WHERE feed != :feed"
)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed that is followed, and how it is doing."""

    id: int
    url: str
    title: str | None
    added: datetime
    tried: datetime | None
    """When it was last asked for, whatever came of it."""
    read: datetime | None
    """When it was last read in full, or found unchanged."""
    wait: int
    """Seconds from the last try to the next."""
    not_before: datetime | None
    """Until when its server asked to be left alone, if it did."""
    failures: int
    """Tries in a row that failed."""
    error: str | None
    """Why the last try failed."""
    gone: bool
    """True where the server says that it is gone for good; it is asked again only by name."""
    new_articles: int
    """Articles that the last reading added."""
    etag: str | None
    last_modified: str | None
    articles: int = 0
    """Articles of the collection that it has brought."""

    @property
    def due(self) -> datetime | None:
        """Return when it is read next; None for one that is gone or was never tried."""
        if self.gone or self.tried is None:
            return None
        return from_epoch(int(self.tried.timestamp()) + self.wait)


@dataclass(frozen=True, kw_only=True)
class SeenEntry:
    """What is known of an entry of a feed."""

    key: str
    """The canonical form of its link."""
    fingerprint: str
    """Changes when the feed says something else of it."""
    article_id: str | None = None
    """The article that it became; None where it could not be read."""
    tries: int = 0
    """Failed tries to read its page."""
    error: str | None = None


class FeedStore:
    """What the catalog knows of feeds. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """Use the catalog's file. One of an older format, open for reading only, has no feeds."""
        self._database = database

    def feeds(self) -> list[Feed]:
        """Return all feeds, in the order in which they were added."""
        counted = (
            "(SELECT count(DISTINCT a.id) FROM entries e JOIN articles a ON a.id = e.article_id"
            " WHERE e.feed = feeds.id) AS articles"
        )
        with self._database.reading() as connection:
            if not _exists(connection):
                return []
            rows = connection.execute(f"SELECT {_FIELDS}, {counted} FROM feeds ORDER BY id").fetchall()
        return [_feed(row) for row in rows]

    def add(self, feeds: Iterable[tuple[str, str | None]], now: datetime) -> list[Feed]:
        """Record feeds by (url, title); returns those that were not there. Raises ValueError for a bad URL."""
        added = []
        with self._database.writing() as connection:
            for url, title in feeds:
                values = (url, canonical_url(url), title, to_epoch(now))
                query = (
                    "INSERT INTO feeds (url, key, title, added) VALUES (?,?,?,?)"
                    f" ON CONFLICT (key) DO NOTHING RETURNING {_FIELDS}"
                )
                row = connection.execute(query, values).fetchone()
                if row is not None:
                    added.append(_feed(row))
        return added

    def remove(self, feed_id: int, *, anew: bool = False) -> None:
        """Forget a feed and what was seen in it; its articles stay.

        With `anew` it is also forgotten which of its articles the user removed, where no other feed has them.
        """
        with self._database.writing() as connection:
            if anew:
                connection.execute(
                    f"DELETE FROM dismissed WHERE article_id IN ({_ONLY_ITS_OWN})", {"feed": feed_id}
                )
            connection.execute("DELETE FROM feeds WHERE id = ?", (feed_id,))

    def own_articles(self, feed_id: int) -> list[str]:
        """Return the articles of the collection that this feed has brought, and no other one."""
        query = f"SELECT id FROM articles WHERE id IN ({_ONLY_ITS_OWN}) ORDER BY added, id"
        with self._database.reading() as connection:
            return [row[0] for row in connection.execute(query, {"feed": feed_id})]

    def note_success(
        self,
        feed: Feed,
        *,
        title: str | None,
        etag: str | None,
        last_modified: str | None,
        new_articles: int,
        wait: int,
        now: datetime,
    ) -> None:
        """Record that a feed was read, and when it is to be read next."""
        self._update(
            feed.id,
            title=title or feed.title,
            tried=to_epoch(now),
            read=to_epoch(now),
            wait=wait,
            not_before=None,
            failures=0,
            error=None,
            gone=0,
            new_articles=new_articles,
            etag=etag,
            last_modified=last_modified,
        )

    def note_failure(
        self, feed: Feed, error: str, *, wait: int, retry_after: float | None, gone: bool, now: datetime
    ) -> None:
        """Record that a feed could not be read, why, and when it is to be tried next."""
        moment = int(now.timestamp())
        self._update(
            feed.id,
            tried=moment,
            wait=wait,
            not_before=moment + int(retry_after) if retry_after else None,
            failures=feed.failures + 1,
            error=error,
            gone=int(gone),
            new_articles=0,
        )

    def entries(self, feed: Feed, keys: Sequence[str]) -> dict[str, SeenEntry]:
        """Return what is known of a feed's entries, by key."""
        found: dict[str, SeenEntry] = {}
        with self._database.reading() as connection:
            for some in _chunks(keys):
                query = (
                    "SELECT key, fingerprint, article_id, tries, error FROM entries"
                    f" WHERE feed = ? AND key IN ({_marks(some)})"
                )
                rows = connection.execute(query, (feed.id, *some))
                found |= {row["key"]: SeenEntry(**dict(row)) for row in rows}
        return found

    def articles_by_key(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the articles that entries of any feed with these keys became, while they are there."""
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for some in _chunks(keys):
                query = (
                    "SELECT e.key, e.article_id FROM entries e JOIN articles a ON a.id = e.article_id"
                    f" WHERE e.article_id IS NOT NULL AND e.key IN ({_marks(some)})"
                )
                found |= {row[0]: row[1] for row in connection.execute(query, some)}
        return found

    def holds(self, article_id: str) -> bool:
        """Tell whether an article is in the collection."""
        with self._database.reading() as connection:
            query = "SELECT 1 FROM articles WHERE id = ?"
            return connection.execute(query, (article_id,)).fetchone() is not None

    def save_entries(self, feed: Feed, entries: Iterable[SeenEntry], now: datetime) -> None:
        """Record what became of entries, and forget those long gone from the feed."""
        moment = int(now.timestamp())
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO entries (feed, key, fingerprint, article_id, tries, error, seen)"
                " SELECT id, ?, ?, ?, ?, ?, ? FROM feeds WHERE id = ?",  # the feed may be gone by now
                [
                    (one.key, one.fingerprint, one.article_id, one.tries, one.error, moment, feed.id)
                    for one in entries
                ],
            )
            connection.execute(
                "DELETE FROM entries WHERE feed = ? AND seen < ?", (feed.id, moment - _SEEN_FOR)
            )

    def dismissed(self, article_ids: Iterable[str]) -> set[str]:
        """Return those of the articles that the user has removed."""
        found: set[str] = set()
        with self._database.reading() as connection:
            if not _exists(connection):
                return found
            for some in _chunks(list(article_ids)):
                query = f"SELECT article_id FROM dismissed WHERE article_id IN ({_marks(some)})"
                found |= {row[0] for row in connection.execute(query, some)}
        return found

    def welcome_back(self, feed: Feed) -> None:
        """Let a feed bring back what the user removed; it is then read in full the next time."""
        with self._database.writing() as connection:
            query = "SELECT article_id FROM entries WHERE feed = ?"
            connection.execute(f"DELETE FROM dismissed WHERE article_id IN ({query})", (feed.id,))
        self.forget_validators(feed)

    def forget_validators(self, feed: Feed) -> None:
        """Let a feed come in full the next time, changed or not."""
        self._update(feed.id, etag=None, last_modified=None)

    def _update(self, feed_id: int, **values: object) -> None:
        names = ", ".join(f"{name} = :{name}" for name in values)
        with self._database.writing() as connection:
            connection.execute(f"UPDATE feeds SET {names} WHERE id = :id", {**values, "id": feed_id})


def _exists(connection: Connection) -> bool:
    query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'feeds'"
    return connection.execute(query).fetchone() is not None


def _feed(row: Row) -> Feed:
    values = dict(row)
    for name in ("added", "tried", "read", "not_before"):
        values[name] = None if values[name] is None else from_epoch(values[name])
    return Feed(**{**values, "gone": bool(values["gone"])})


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
