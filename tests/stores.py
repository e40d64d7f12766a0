"""What the tests of the store share: articles on disk, a collection over fakes, and what must always hold."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from index.catalog import CATALOG_NAME, Catalog
from index.collection import Index
from index.config import IndexConfig
from index.duplicates import overlap, shingles
from index.fakes import HashEmbedder, InMemoryVectors
from index.fetch import Fetching
from index.health import VECTORS_NAME, collection_name
from index.opening import make_directory
from index.vectors import ChromaVectors, VectorStore

WORDS = (
    "harbour council bridge winter minister election river factory strike museum orchestra railway storm "
    "lighthouse vineyard parliament glacier tunnel bakery theatre satellite reactor orchard embassy ferry"
).split()


def plain_terms(text: str, language: str | None) -> str:
    """Return the words of a text in lower case."""
    return " ".join(re.findall(r"\w+", text.lower()))


def open_index(
    data_dir: Path,
    *,
    embedder: HashEmbedder | None = None,
    chroma: bool = False,
    read_only: bool = False,
    vectors: VectorStore | None = None,
    config: IndexConfig | None = None,
    fetcher: Fetching | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Index:
    """Open a collection with the hash embedder, and vectors in memory unless `chroma`."""
    if not read_only:
        make_directory(data_dir, read_only)
    catalog = Catalog(data_dir / CATALOG_NAME, index_terms=plain_terms, read_only=read_only)
    pointer: Callable[[], str] = lambda: collection_name(catalog)  # noqa: E731
    store: VectorStore = (
        ChromaVectors(data_dir / VECTORS_NAME, pointer) if chroma else InMemoryVectors(pointer)
    )
    return Index(
        data_dir,
        catalog=catalog,
        vectors=vectors or store,
        embedder=embedder or HashEmbedder(),
        config=config or IndexConfig(),
        read_only=read_only,
        fetcher=fetcher,
        now=now,
    )


def article_text(number: int, version: int = 1, paragraphs: int = 4) -> str:
    """Return a text that names itself in every sentence: marker<number>v<version>."""
    lines = []
    for paragraph in range(paragraphs):
        words = [WORDS[(number * 7 + paragraph * 5 + step * 3) % len(WORDS)] for step in range(12)]
        marker = f"marker{number}v{version}"
        sentences = [
            f"The {words[i]} report of {marker} says that the {words[i + 1]} met the {words[i + 2]} in part {paragraph}{i}."
            for i in range(9)
        ]
        lines.append(" ".join(sentences))
    return "\n\n".join(lines) + "\n"


def write_article(folder: Path, number: int, version: int = 1, paragraphs: int = 4) -> Path:
    """Write an article's file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"article-{number:03}.txt"
    path.write_text(article_text(number, version, paragraphs), encoding="utf-8")
    return path


LOST_SHARE = 0.0005
"""Passages that the approximate search (HNSW) may miss by their own vectors: one where there are thousands."""


def check_invariants(index: Index, *, lost_share: float = LOST_SHARE) -> None:
    """Assert that catalog, full-text search and vectors hold the same passages, each found by its own vector."""
    ids = index.catalog.passage_ids()
    assert len(ids) == len(set(ids)) == index.catalog.passage_count()
    with index.catalog.reading() as connection:
        searchable = [
            row[0]
            for row in connection.execute(
                "SELECT p.id FROM fulltext f LEFT JOIN passages p ON p.rowid = f.rowid"
            )
        ]
    assert sorted(searchable) == sorted(ids)
    assert index.catalog.unfinished() == []
    check_links(index)
    if not ids and not index.vectors.exists():
        return
    assert sorted(index.vectors.ids()) == sorted(ids)
    assert index.vectors.count() == len(ids)
    lost = []
    for one, vector in zip(ids, index.catalog.passage_vectors(ids), strict=True):
        nearest = index.vectors.query(vector, 10)
        if one not in {name for name, _ in nearest} and nearest[-1][1] <= 0.9999:
            lost.append(one)
    assert len(lost) <= lost_share * len(ids), f"{len(lost)} of {len(ids)} are not found by their own vectors"
    for article in index.articles():
        passages = index.passages(article.id)
        assert passages, "an article without passages"
        assert all(article.text[p.start : p.end] == p.text for p in passages)


def check_links(index: Index) -> None:
    """Assert that each article has a signature, and that the links are those of its text and no others."""
    articles = {article.id: shingles(article.text) for article in index.articles()}
    expected = {
        (one, other)
        for one, ours in articles.items()
        for other, theirs in articles.items()
        if one != other and overlap(ours, theirs) is not None
    }
    with index.catalog.reading() as connection:
        signed = {row[0] for row in connection.execute("SELECT article_id FROM signatures")}
        links = {(row[0], row[1]) for row in connection.execute("SELECT article_id, other_id FROM links")}
        lost = connection.execute(
            "SELECT count(*) FROM buckets WHERE article NOT IN (SELECT article FROM signatures)"
        ).fetchone()[0]
        kept = {row[0] for row in connection.execute("SELECT article_id FROM history")}
        held = {row[0] for row in connection.execute("SELECT article_id FROM held")}
    assert signed == {one for one, ours in articles.items() if ours}
    assert links <= expected
    assert all((other, one) in links for one, other in links)
    assert not lost
    assert kept <= articles.keys() | held, "a history of no article"
    assert not held & articles.keys()


def texts(index: Index) -> dict[str, str]:
    """Return the whole collection as {path: text}."""
    return {str(article.path): article.text for article in index.articles()}


def found_words(index: Index, word: str) -> list[str]:
    """Return the ids of articles that the full-text search finds for a word."""
    rowids = [rowid for rowid, _ in index.catalog.match(f'"{word}"', 1000)]
    return sorted({passage.article_id for passage, _ in index.catalog.passages_by_rowid(rowids).values()})


def make_first_format(path: Path) -> None:
    """Take away from a catalog what the formats after the first brought: tables, and a column."""
    later = "links buckets signatures held_passages held history dismissed entries feeds containers".split()
    with sqlite3.connect(path) as connection:
        for table in later:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE versions DROP COLUMN section")
        connection.execute("DELETE FROM meta WHERE key = 'duplicates'")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
