"""Lists of articles: filtered, sorted and cut into pages by SQLite, without loading a text."""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

from .records import ARTICLE_COLUMNS, ArticleSummary, summary_from, to_epoch
from .schema import Connection
from .types import Precision

CURRENT = "FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
PASSAGES = "passages p ON p.article_id = a.id AND p.version = a.current_version"
"""Joined to `CURRENT`; CROSS JOIN keeps SQLite from going through all passages first."""
_PASSAGES = "(SELECT count(*) FROM passages p WHERE p.article_id = a.id AND p.version = a.current_version)"
_PERIOD_END = (
    "CASE v.published_precision"
    " WHEN 'year' THEN CAST(strftime('%s', v.published_at, 'unixepoch', '+1 year') AS INTEGER)"
    " WHEN 'month' THEN CAST(strftime('%s', v.published_at, 'unixepoch', '+1 month') AS INTEGER)"
    " WHEN 'day' THEN v.published_at + 86400 ELSE v.published_at + 1 END"
)
_LONGEST_SEARCH = 200
_MOST_WORDS = 12
_SHORTEST_BEGINNING = 3
"""Letters from which on a word also finds the words that begin with it."""


class ArticleOrder(StrEnum):
    """What a list of articles is sorted by."""

    TITLE = "title"
    SOURCE = "source"
    PUBLISHED = "published"
    LANGUAGE = "language"
    PASSAGES = "passages"
    ADDED = "added"


_SORTED_BY = {
    ArticleOrder.TITLE: "fold(v.title)",
    ArticleOrder.SOURCE: "fold(v.source)",
    ArticleOrder.PUBLISHED: "v.published_at",
    ArticleOrder.LANGUAGE: "v.language",
    ArticleOrder.PASSAGES: _PASSAGES,
    ArticleOrder.ADDED: "a.added",
}


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A point in the life of a collection, by what it held then."""

    added: int
    """The second, since 1970."""
    changes: int
    """The number of the latest change of an article."""
    passages: int
    """The number of the latest passage in use, which tells apart what is added within that second."""


@dataclass(frozen=True, kw_only=True)
class ArticleFilter:
    """Which articles are wanted; what is left empty excludes none."""

    text: str = ""
    """Words that stand all in the title, outlet and author, or all in one passage."""
    sources: tuple[str, ...] = ()
    """Outlets as they are written in the catalog; "" stands for those without one."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; "" stands for unknown."""
    since: date | None = None
    """First day (UTC). An article dated to a month or year counts for all days of it; an undated one for none."""
    until: date | None = None
    """Last day (UTC), inclusive."""
    feeds: tuple[int, ...] = ()
    """Numbers of feeds; an article counts for each that has brought it."""
    brought_since: Moment | None = None
    """Only what feeds have brought since then: new, or in a new version."""


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """A part of a list of articles."""

    articles: tuple[ArticleSummary, ...]
    total: int
    """Articles in the whole list."""


@dataclass(frozen=True, kw_only=True)
class ArticleTally:
    """How many articles there are of each kind, most first; "" stands for those of which it is not known.

    Under a filter, each kind is counted as if nothing were chosen of it yet: what one can choose besides.
    """

    articles: int
    """All that fit the filter."""
    sources: dict[str, int]
    languages: dict[str, int]
    feeds: dict[int, int]
    """By the number of the feed; an article counts for each that has brought it."""
    published: dict[tuple[date, Precision], int]
    """By the first day (UTC) of the time of publication and how exactly that is known, earliest first."""
    undated: int


def select_page(
    connection: Connection,
    wanted: ArticleFilter,
    *,
    order: ArticleOrder,
    descending: bool,
    limit: int,
    offset: int,
) -> ArticlePage:
    """Return `limit` articles of a list from the `offset`-th on, and how many it has.

    Of what an article is sorted by and does not have, it comes last, either way.
    """
    where, values = conditions(connection, wanted)
    direction = "DESC" if descending else "ASC"
    query = (
        f"SELECT a.id {CURRENT} {where} ORDER BY {_SORTED_BY[order]} {direction} NULLS LAST,"
        f" a.added {direction}, a.id"
    )
    # All ids come at once: a second query, to count, would search the titles a second time.
    ids = [row[0] for row in connection.execute(query, values)]
    part = ids[max(0, offset) : max(0, offset) + max(0, limit)]
    return ArticlePage(articles=_summaries(connection, part), total=len(ids))


def moment(connection: Connection) -> Moment:
    """Return the present moment of a collection."""
    changes = connection.execute("SELECT max(number) FROM history").fetchone()[0]
    passages = connection.execute(
        "SELECT coalesce((SELECT min(p.rowid) - 1 FROM versions v JOIN passages p"
        " ON p.article_id = v.article_id AND p.version = v.version WHERE v.state = 'pending'),"
        " (SELECT max(rowid) FROM passages))"
    ).fetchone()[0]
    return Moment(added=int(clock.time()), changes=changes or 0, passages=passages or 0)


def tally(connection: Connection, wanted: ArticleFilter) -> ArticleTally:
    """Count the articles that fit a filter by outlet, language, feed and date."""
    anytime = replace(wanted, since=None, until=None)
    dates = _counted(
        connection, anytime, "date(v.published_at, 'unixepoch') || ' ' || v.published_precision", order="1"
    )
    undated = dates.pop(None, 0)
    of_feeds = "(SELECT DISTINCT feed, article_id FROM entries WHERE article_id IS NOT NULL) e"
    return ArticleTally(
        articles=_counted(connection, wanted, "1").get(1, 0),
        sources=_counted(connection, replace(wanted, sources=()), "coalesce(v.source, '')"),
        languages=_counted(connection, replace(wanted, languages=()), "coalesce(v.language, '')"),
        feeds=_counted(
            connection, replace(wanted, feeds=()), "e.feed", f"JOIN {of_feeds} ON e.article_id = a.id"
        ),
        published={_period(written): count for written, count in dates.items()},
        undated=undated,
    )


def _counted(
    connection: Connection, wanted: ArticleFilter, kind: str, joined: str = "", order: str = "2 DESC, 1"
) -> dict[Any, int]:
    """Return how many articles there are of each kind."""
    where, values = conditions(connection, wanted)
    query = f"SELECT {kind}, count(*) {CURRENT} {joined} {where} GROUP BY 1 ORDER BY {order}"
    return {row[0]: int(row[1]) for row in connection.execute(query, values)}


def _period(written: str) -> tuple[date, Precision]:
    day, precision = written.split()
    exact = precision in (Precision.DAY, Precision.SECOND)
    return date.fromisoformat(day), Precision.DAY if exact else Precision(precision)


def _summaries(connection: Connection, ids: Sequence[str]) -> tuple[ArticleSummary, ...]:
    query = (
        f"SELECT {ARTICLE_COLUMNS}, v.characters, a.added, {_PASSAGES} AS passages {CURRENT}"
        f" WHERE a.id IN ({','.join('?' * len(ids))})"
    )
    found = {row["article_id"]: summary_from(row) for row in connection.execute(query, ids)}
    return tuple(found[one] for one in ids if one in found)


def conditions(connection: Connection, wanted: ArticleFilter) -> tuple[str, list[object]]:
    """Return a WHERE clause for queries of `CURRENT` on this connection, "" for all, and its parameters."""
    connection.create_function("fold", 1, _folded, deterministic=True)
    parts: list[str] = []
    values: list[object] = []
    for column, choices in (("source", wanted.sources), ("language", wanted.languages)):
        if choices:
            parts.append(f"coalesce(v.{column}, '') IN ({','.join('?' * len(choices))})")
            values += choices
    if wanted.since:
        parts.append(f"{_PERIOD_END} > ?")
        values.append(_midnight(wanted.since))
    if wanted.until:
        parts.append("v.published_at < ?")
        values.append(_midnight(wanted.until) + 86400)
    if wanted.feeds:
        parts.append(
            f"a.id IN (SELECT article_id FROM entries WHERE feed IN ({','.join('?' * len(wanted.feeds))}))"
        )
        values += wanted.feeds
    if wanted.brought_since:
        parts.append(
            "(a.added > ? OR a.id IN (SELECT article_id FROM history WHERE number > ?)"
            " OR (a.added = ? AND EXISTS (SELECT 1 FROM passages n WHERE n.article_id = a.id AND n.rowid > ?)))"
            " AND a.id IN (SELECT article_id FROM entries WHERE article_id IS NOT NULL)"
        )
        since = wanted.brought_since
        values += (since.added, since.changes, since.added, since.passages)
    words = (_folded(wanted.text[:_LONGEST_SEARCH]) or "").split()[:_MOST_WORDS]
    if words:
        name = "fold(v.title || ' ' || coalesce(v.source, '') || ' ' || coalesce(v.author, ''))"
        either = " AND ".join([f"instr({name}, ?) > 0"] * len(words))
        expression = _expression(wanted.text[:_LONGEST_SEARCH])
        if expression:
            either = (
                "a.id IN (SELECT p.article_id FROM passages p WHERE p.rowid IN"
                f" (SELECT rowid FROM fulltext WHERE fulltext MATCH ?)) OR ({either})"
            )
            values.append(expression)
        values += words
        parts.append(f"({either})")
    return ("WHERE " + " AND ".join(parts) if parts else ""), values


def _expression(text: str) -> str:
    """Return the FTS5 expression for passages with all words of `text`, or "" where it has none."""
    from .lexical import question_terms

    words = []
    for term in question_terms(text, None)[:_MOST_WORDS]:
        beginning = "*" if len(term.surface) >= _SHORTEST_BEGINNING else ""
        name = f' OR "{term.name}"' if term.name else ""
        words.append(f'("{term.surface}"{beginning}{name})')
    return " AND ".join(words)


@lru_cache(maxsize=100_000)
def _folded(text: str | None) -> str | None:
    """Return a text as it is compared and sorted: without case and accents."""
    from .lexical import fold

    if text is None or text.isascii():
        return text and text.lower()
    return fold.__wrapped__(text)


def _midnight(day: date) -> int:
    """Return when a day begins, in seconds since 1970."""
    return to_epoch(datetime.combine(day, time(), UTC)) or 0
