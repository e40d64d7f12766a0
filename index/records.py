"""Rows of the catalog ↔ our types; vectors ↔ bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .schema import Row
from .types import Article, ArticleVersion, Copy, Passage, PassageSentence, Precision, Published

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ARTICLE_COLUMNS = (
    "v.article_id, v.version, v.title, v.title_derived, v.path, v.url, v.source, v.author, v.published_at,"
    " v.published_precision, v.fetched, v.language, v.section"
)
VERSION_FIELDS = (
    "article_id, version, state, title, title_derived, path, url, source, author, published_at,"
    " published_precision, fetched, language, section, characters, text"
)


@dataclass(frozen=True, kw_only=True)
class ArticleSummary:
    """An article in a list: everything but its text."""

    id: str
    version: str
    title: str
    path: str | None
    url: str | None
    source: str | None
    author: str | None
    published: Published | None
    language: str | None
    section: str | None
    added: datetime
    passages: int
    characters: int


@dataclass(frozen=True, kw_only=True)
class HeldArticle:
    """A removed article that can be restored."""

    id: str
    title: str
    path: str | None
    url: str | None
    source: str | None
    published: Published | None
    language: str | None
    removed: datetime


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """What the catalog knows of a file that was read: its state then, and the article it is."""

    path: str
    article_id: str
    role: str
    """owner: the article was read from it; duplicate: same content; shadowed: same URL, older content."""
    mtime_ns: int
    size: int
    hash: str
    recipe: str
    seen_ns: int


@dataclass(frozen=True, kw_only=True)
class ContainerRecord:
    """What the catalog knows of a file that holds many articles, all of which are on record."""

    path: str
    entries: int
    """Articles that were in it."""
    columns: str
    """JSON object: field of an article → column, as the user named them."""
    mtime_ns: int
    size: int
    hash: str
    recipe: str
    seen_ns: int


@dataclass(frozen=True, kw_only=True)
class PassageRecord:
    """A passage with its vectors, as it goes into the catalog."""

    passage: Passage
    spans: tuple[tuple[int, int], ...]
    """(start, end) of its sentences, in the article."""
    vector: NDArray[np.float32] = field(repr=False, compare=False)
    sentence_vectors: NDArray[np.float32] = field(repr=False, compare=False)


def to_epoch(moment: datetime | None) -> int | None:
    """Return whole seconds since 1970, also before it."""
    return None if moment is None else int((moment - _EPOCH).total_seconds())


def from_epoch(seconds: int) -> datetime:
    """Return the moment `seconds` after 1970 began, in UTC."""
    return _EPOCH + timedelta(seconds=seconds)


def version_row(article: Article, state: str) -> tuple[Any, ...]:
    """Return the values of VERSION_FIELDS for an article."""
    published = article.published
    return (
        article.id,
        article.version,
        state,
        article.title,
        int(article.title_derived),
        article.path,
        article.url,
        article.source,
        article.author,
        to_epoch(published.at) if published else None,
        published.precision.value if published else None,
        article.fetched.isoformat() if article.fetched else None,
        article.language,
        article.section,
        len(article.text),
        article.text,
    )


def article_from(row: Row, text: str) -> Article:
    """Return the article of a row with ARTICLE_COLUMNS."""
    return Article(
        id=row["article_id"],
        version=row["version"],
        title=row["title"],
        title_derived=bool(row["title_derived"]),
        text=text,
        path=row["path"],
        url=row["url"],
        source=row["source"],
        author=row["author"],
        published=_published(row),
        fetched=datetime.fromisoformat(row["fetched"]) if row["fetched"] else None,
        language=row["language"],
        section=row["section"],
    )


def summary_from(row: Row) -> ArticleSummary:
    """Return the list entry of a row with ARTICLE_COLUMNS, added, passages and characters."""
    return ArticleSummary(
        id=row["article_id"],
        version=row["version"],
        title=row["title"],
        path=row["path"],
        url=row["url"],
        source=row["source"],
        author=row["author"],
        published=_published(row),
        language=row["language"],
        section=row["section"],
        added=from_epoch(row["added"]),
        passages=row["passages"],
        characters=row["characters"],
    )


def held_from(row: Row) -> HeldArticle:
    """Return the removed article of a row of `held`."""
    return HeldArticle(
        id=row["article_id"],
        title=row["title"],
        path=row["path"],
        url=row["url"],
        source=row["source"],
        published=_published(row),
        language=row["language"],
        removed=from_epoch(row["removed"]),
    )


def version_from(row: Row, number: int, *, current: bool) -> ArticleVersion:
    """Return the version of a row of `history`, or of the current one with the same columns."""
    return ArticleVersion(
        number=number,
        version=row["version"],
        title=row["title"],
        text=row["text"],
        author=row["author"],
        source=row["source"],
        published=_published(row),
        seen=datetime.fromisoformat(row["fetched"]) if row["fetched"] else None,
        current=current,
    )


def _published(row: Row) -> Published | None:
    if row["published_at"] is None:
        return None
    return Published(at=from_epoch(row["published_at"]), precision=Precision(row["published_precision"]))


def passage_from(row: Row, text: str) -> Passage:
    """Return the passage of a row of `passages`, cut out of its article's text."""
    return Passage(
        id=row["id"],
        article_id=row["article_id"],
        version=row["version"],
        number=row["number"],
        start=row["start"],
        end=row["end"],
        text=text[row["start"] : row["end"]],
    )


def stored_record(row: Row, article: Article) -> PassageRecord:
    """Return the passage of a row of `held_passages` with its vectors."""
    import numpy as np

    passage = Passage(
        id=f"{article.id}:{article.version}:{row['number']}",
        article_id=article.id,
        version=article.version,
        number=row["number"],
        start=row["start"],
        end=row["end"],
        text=article.text[row["start"] : row["end"]],
    )
    vector = unpack_vectors([row["vector"]])[0]
    sentences = unpack_sentences(row["sentences"], article.text)
    none = np.zeros((0, len(vector)), dtype=np.float32)
    return PassageRecord(
        passage=passage,
        spans=tuple((one.start, one.end) for one in sentences),
        vector=vector,
        sentence_vectors=np.stack([one.vector for one in sentences]) if sentences else none,
    )


def pack_vector(vector: NDArray[np.float32]) -> bytes:
    """Return the little-endian float32 bytes of a vector."""
    return vector.astype("<f4").tobytes()


def unpack_vectors(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Return vectors of one dimension as a matrix, shape (len(blobs), dimension)."""
    import numpy as np

    if not blobs:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), -1).astype(np.float32)


def pack_sentences(spans: Sequence[tuple[int, int]], vectors: NDArray[np.float32]) -> bytes:
    """Return u32 count, that many pairs of u32 offsets, and the vectors in float16."""
    import numpy as np

    head = np.array([len(spans), *(offset for span in spans for offset in span)], dtype="<u4")
    return head.tobytes() + vectors.astype("<f2").tobytes()


def unpack_sentences(blob: bytes, text: str) -> list[PassageSentence]:
    """Return the sentences packed by `pack_sentences`, cut out of the article's text; vectors of length 1."""
    import numpy as np

    count = int(np.frombuffer(blob, dtype="<u4", count=1)[0])
    if not count:
        return []
    spans = np.frombuffer(blob, dtype="<u4", count=2 * count, offset=4).reshape(count, 2).tolist()
    vectors = np.frombuffer(blob, dtype="<f2", offset=4 + 8 * count).reshape(count, -1).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return [
        PassageSentence(start=start, end=end, text=text[start:end], vector=vector)
        for (start, end), vector in zip(spans, vectors, strict=True)
    ]


def unpack_signature(blob: bytes) -> NDArray[np.uint32]:
    """Return the MinHash signature in a row of `signatures`."""
    import numpy as np

    return np.frombuffer(blob, dtype="<u4").astype(np.uint32)


def copy_from(row: Row) -> Copy:
    """Return the near-duplicate that a row with its article's fields stands for."""
    return Copy(
        article_id=row["other_id"],
        title=row["title"],
        source=row["source"],
        url=row["url"],
        published=_published(row),
    )
