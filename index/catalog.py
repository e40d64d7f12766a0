"""The catalog in SQLite: articles, versions, passages, vectors and full-text search. It is the truth.

Readers see only passages of current versions: a version being written (`pending`) or on its way
out (`retired`) is invisible to them. Chroma can be built again from what is here. Changes are in
`changes.py`.
"""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .changes import Changes
from .errors import IndexCorruptError
from .listing import (
    CURRENT,
    PASSAGES,
    ArticleFilter,
    ArticleOrder,
    ArticlePage,
    ArticleTally,
    Moment,
    conditions,
    moment,
    select_page,
    tally,
)
from .records import (
    ARTICLE_COLUMNS,
    ArticleSummary,
    article_from,
    passage_from,
    summary_from,
    unpack_sentences,
    unpack_vectors,
)
from .types import Article, Passage, PassageSentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATALOG_NAME = "catalog.sqlite"
TERMS_DAMAGED = "The full-text search is damaged, so passages are found by meaning only; run `article-assistant doctor --repair`."
_CURRENT = "JOIN articles a ON a.id = p.article_id AND a.current_version = p.version"
_MOST_PARAMETERS = 500
_PAGE = 200
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much a catalog holds; languages and sources by number of articles, most first."""

    articles: int
    passages: int
    languages: dict[str, int]
    sources: dict[str, int]
    pending: int


class Catalog(Changes):
    """One catalog. Safe to share between threads; other processes see each change once it is whole."""

    def match(
        self, expression: str, limit: int, within: ArticleFilter | None = None
    ) -> list[tuple[int, float]]:
        """Return (rowid, BM25) of the passages that an FTS5 expression finds; higher is better.

        Of other articles than those `within` a filter, none are looked at. Raises ValueError where the
        expression is not valid.
        """
        with self._noting_damage(), self.reading() as connection:
            inside = ""
            values: list[object] = []
            if within is not None:
                where, values = conditions(connection, within)
                inside = f" AND +rowid IN (SELECT p.rowid {CURRENT} CROSS JOIN {PASSAGES} {where})"
            query = (
                f"SELECT rowid, -bm25(fulltext) FROM fulltext WHERE fulltext MATCH ?{inside}"
                " ORDER BY rank LIMIT ?"
            )
            try:
                return [(row[0], row[1]) for row in connection.execute(query, (expression, *values, limit))]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
                raise ValueError(f"Not a valid full-text expression: {expression!r}.") from error
        return []

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        """Go on without the full-text search where it is damaged: it is made from the rest, and can be again."""
        try:
            yield
        except IndexCorruptError:
            self.terms_trouble = TERMS_DAMAGED

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """Return how many passages hold each term; 0 for unknown ones."""
        frequencies = dict.fromkeys(terms, 0)
        with self._noting_damage(), self.reading() as connection:
            for some in _chunks(list(frequencies)):
                query = f"SELECT term, doc FROM vocabulary WHERE term IN ({_marks(some)})"
                frequencies.update((row[0], row[1]) for row in connection.execute(query, some))
        return frequencies

    def languages_of(self, terms: Sequence[str], limit: int = 500) -> dict[str, int]:
        """Return how many passages of each language hold any of the terms, of the first `limit` that do."""
        query = (
            "SELECT v.language, count(*) FROM (SELECT rowid FROM fulltext WHERE fulltext MATCH ? LIMIT ?) f"
            f" JOIN passages p ON p.rowid = f.rowid {_CURRENT}"
            " JOIN versions v ON v.article_id = p.article_id AND v.version = p.version GROUP BY v.language"
        )
        expression = " OR ".join(f'"{term}"' for term in terms)
        with self._noting_damage(), self.reading() as connection:
            rows = connection.execute(query, (expression, limit)) if terms else []
            return {row[0]: row[1] for row in rows if row[0]}
        return {}

    def passage_count(self) -> int:
        """Count the passages that can be found."""
        with self.reading() as connection:
            return _number(connection, f"SELECT count(*) FROM passages p {_CURRENT}")

    def passages_ever(self) -> int:
        """Count the passages that were ever written, also those that are gone."""
        with self.reading() as connection:
            return _number(
                connection, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'"
            )

    def passage_ids(self) -> list[str]:
        """Return the ids of all passages that can be found."""
        with self.reading() as connection:
            return [row[0] for row in connection.execute(f"SELECT p.id FROM passages p {_CURRENT}")]

    def passages_by_id(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """Return passages with their articles, in the order of `ids`; unknown and outdated ones are left out."""
        with self.reading() as connection:
            found = {row["id"]: row for row in _rows(connection, "p.id", ids)}
            texts = _articles_of(connection, found.values())
        return {one: _pair(found[one], texts) for one in ids if one in found}

    def passages_by_rowid(self, rowids: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Return passages with their articles, in the order of `rowids`; outdated ones are left out."""
        with self.reading() as connection:
            found = {row["rowid"]: row for row in _rows(connection, "p.rowid", rowids)}
            texts = _articles_of(connection, found.values())
        return {one: _pair(found[one], texts) for one in rowids if one in found}

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article, in order; none for an unknown one."""
        with self.reading() as connection:
            rows = list(_rows(connection, "p.article_id", [article_id]))
            texts = _articles_of(connection, rows)
        return sorted((_pair(row, texts)[0] for row in rows), key=lambda passage: passage.number)

    def sentences(self, passage_id: str) -> list[PassageSentence]:
        """Return the sentences of a passage with their vectors; none for an unknown one."""
        return self.sentences_by_id([passage_id]).get(passage_id, [])

    def sentences_by_id(self, passage_ids: Sequence[str]) -> dict[str, list[PassageSentence]]:
        """Return the sentences of many passages, in the order of `passage_ids`."""
        with self.reading() as connection:
            rows = list(_rows(connection, "p.id", passage_ids))
            texts = _articles_of(connection, rows)
            blobs = dict(_blobs(connection, "sentences", passage_ids))
        texts_by_id = {row["id"]: texts[row["article_id"]].text for row in rows}
        return {
            one: unpack_sentences(blobs[one], texts_by_id[one]) for one in passage_ids if one in texts_by_id
        }

    def passage_vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of passages, shape (len(ids), dimension). Raises KeyError for an unknown id."""
        with self.reading() as connection:
            blobs = dict(_blobs(connection, "vector", ids))
        return unpack_vectors([blobs[one] for one in ids])

    def article(self, article_id: str) -> Article | None:
        """Return an article with its text, or None."""
        with self.reading() as connection:
            return _articles(connection, [article_id]).get(article_id)

    def articles(self) -> Iterator[Article]:
        """Yield all articles with their texts, by id."""
        last = ""
        while True:
            with self.reading() as connection:
                query = "SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?"
                ids = [row[0] for row in connection.execute(query, (last, _PAGE))]
                page = _articles(connection, ids)
            if not ids:
                return
            yield from (page[one] for one in ids)
            last = ids[-1]

    def list_articles(self) -> list[ArticleSummary]:
        """Return all articles without their texts, in the order in which they were first added."""
        query = (
            f"SELECT {ARTICLE_COLUMNS}, v.characters, a.added, (SELECT count(*) FROM passages p"
            " WHERE p.article_id = v.article_id AND p.version = v.version) AS passages FROM articles a"
            " JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
            " ORDER BY a.added, a.id"
        )
        with self.reading() as connection:
            return [summary_from(row) for row in connection.execute(query)]

    def page(
        self, wanted: ArticleFilter, *, order: ArticleOrder, descending: bool, limit: int, offset: int
    ) -> ArticlePage:
        """Return a part of a filtered and sorted list of articles, without their texts."""
        with self.reading() as connection:
            return select_page(
                connection, wanted, order=order, descending=descending, limit=limit, offset=offset
            )

    def tally(self, wanted: ArticleFilter) -> ArticleTally:
        """Count the articles that fit a filter by outlet, language, feed and date."""
        with self.reading() as connection:
            return tally(connection, wanted)

    def moment(self) -> Moment:
        """Return the present moment of the collection."""
        with self.reading() as connection:
            return moment(connection)

    def ids_beginning(self, prefix: str) -> list[str]:
        """Return the ids of articles that begin with `prefix`."""
        query = "SELECT id FROM articles WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id"
        with self.reading() as connection:
            return [row[0] for row in connection.execute(query, (prefix,))]

    def counts(self) -> Counts:
        """Count articles and passages, by language and source."""
        current = "FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
        with self.reading() as connection:
            return Counts(
                articles=_number(connection, "SELECT count(*) FROM articles"),
                passages=_number(connection, f"SELECT count(*) FROM passages p {_CURRENT}"),
                languages=_tally(connection, f"SELECT v.language, count(*) {current} GROUP BY 1"),
                sources=_tally(connection, f"SELECT v.source, count(*) {current} GROUP BY 1"),
                pending=_number(connection, "SELECT count(*) FROM versions WHERE state = 'pending'"),
            )


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _tally(connection: sqlite3.Connection, query: str) -> dict[str, int]:
    rows = sorted(connection.execute(query), key=lambda row: (-row[1], row[0] or ""))
    return {row[0] or "": row[1] for row in rows}


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), _MOST_PARAMETERS):
        yield values[start : start + _MOST_PARAMETERS]


def _rows(connection: sqlite3.Connection, column: str, values: Sequence[object]) -> Iterator[sqlite3.Row]:
    for some in _chunks(values):
        yield from connection.execute(
            f"SELECT p.* FROM passages p {_CURRENT} WHERE {column} IN ({_marks(some)})", some
        )


def _blobs(
    connection: sqlite3.Connection, column: str, passage_ids: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    for some in _chunks(passage_ids):
        query = (
            f"SELECT p.id, e.{column} FROM passages p JOIN embeddings e ON e.passage = p.rowid"
            f" WHERE p.id IN ({_marks(some)})"
        )
        yield from ((row[0], row[1]) for row in connection.execute(query, some))


def _articles(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Article]:
    articles = {}
    for some in _chunks(ids):
        query = (
            f"SELECT {ARTICLE_COLUMNS}, v.text FROM articles a"
            " JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
            f" WHERE a.id IN ({_marks(some)})"
        )
        for row in connection.execute(query, some):
            articles[row["article_id"]] = article_from(row, row["text"])
    return articles


def _articles_of(connection: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> dict[str, Article]:
    return _articles(connection, sorted({row["article_id"] for row in rows}))


def _pair(row: sqlite3.Row, articles: dict[str, Article]) -> tuple[Passage, Article]:
    article = articles[row["article_id"]]
    return passage_from(row, article.text), article
