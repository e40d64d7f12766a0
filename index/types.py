"""The types that the index takes in and gives out: frozen, and without imports of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Precision(StrEnum):
    """How exactly the date of an article is known."""

    SECOND = "second"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Via(StrEnum):
    """Which list a hit was found in."""

    DENSE = "dense"
    LEXICAL = "lexical"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Published:
    """When an article was published: the start of the known period, in UTC, and how exact it is."""

    at: datetime
    precision: Precision

    def isoformat(self) -> str:
        """Return the date in ISO 8601, cut to its precision: 2017, 2017-12, 2017-12-08 or a full time."""
        if self.precision is Precision.SECOND:
            return self.at.isoformat().replace("+00:00", "Z")
        length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[self.precision]
        return self.at.date().isoformat()[:length]


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article, as it was read. `text` is clean; all offsets in the project count its characters."""

    id: str
    version: str
    title: str
    text: str
    path: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: Published | None = None
    fetched: datetime | None = None
    language: str | None = None
    """ISO 639-1 code, or None where it could not be told."""
    section: str | None = None
    """The part of the outlet that it appeared in, as it is written: "International", "Sport"."""
    title_derived: bool = False
    """True where the article had no title and the text's beginning stands for it."""


@dataclass(frozen=True, kw_only=True)
class ArticleVersion:
    """An article as it was, or is, at one time. Versions count from 1, the oldest that is kept."""

    number: int
    version: str
    title: str
    text: str
    author: str | None
    source: str | None
    published: Published | None
    seen: datetime | None
    """When it was first read in this form."""
    current: bool


class EditKind(StrEnum):
    """What became of a stretch of text from one version to the next."""

    EQUAL = "equal"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A stretch of text that stayed, went or came."""

    kind: EditKind
    text: str


@dataclass(frozen=True, kw_only=True)
class VersionDiff:
    """What changed between two versions of an article, by words.

    The equal and deleted stretches joined are the old text, the equal and inserted ones the new.
    """

    old: ArticleVersion
    new: ArticleVersion
    title: tuple[Edit, ...]
    text: tuple[Edit, ...]


class CorrectionKind(StrEnum):
    """What a note at the head or foot of an article says of it."""

    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A note in which an article tells that it was changed: `article.text[start:end]`."""

    kind: CorrectionKind
    published: Published | None
    """When it was changed, where the note says so."""
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Another article that prints the same words."""

    article_id: str
    title: str
    source: str | None
    url: str | None
    published: Published | None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of an article: `article.text[start:end] == text`, always."""

    id: str
    article_id: str
    version: str
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class PassageSentence:
    """A sentence of a passage with its vector in the context of that passage (offsets in the article)."""

    start: int
    end: int
    text: str
    vector: NDArray[np.float32] = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A passage found for a question. `score` falls with the rank, from 1 (best possible) towards 0."""

    passage: Passage
    article: Article
    score: float
    rank: int
    via: Via
    similarity: float
    """Cosine of question and passage."""
    coverage: float
    """Share of the question's term weight that the passage holds, from 0 to 1."""
    duplicates: tuple[Copy, ...] = ()
    """Other articles that print the passage, for which this hit stands."""


@dataclass(frozen=True, kw_only=True)
class SourceFailure:
    """A file that could not be indexed, and why, in one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an ingest has come: `done` of `total` articles, and the one at hand."""

    done: int
    total: int
    passages: int
    current: str


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What an ingest did, by article id; failures are named with their reasons."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    failures: tuple[SourceFailure, ...] = ()
    duplicates: tuple[SourceFailure, ...] = ()
    """Files whose content is the same as that of an article already in the collection."""
    warnings: tuple[str, ...] = ()
    passages: int = 0
    """Passages embedded in this run."""


@dataclass(frozen=True, kw_only=True)
class IndexStatus:
    """The state of a collection."""

    data_dir: str
    articles: int
    passages: int
    embedding_model: str
    languages: dict[str, int]
    sources: dict[str, int]
    degraded: str | None = None
    """A sentence where something does not work as it should, with what to do about it."""
    pending: int = 0
    """Articles whose indexing was interrupted."""
