"""The types of an answer: frozen, keyword-only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index import Hit, Published


class Status(StrEnum):
    """What kind of answer this is."""

    ANSWERED = "answered"
    """Written by a language model."""
    QUOTED = "quoted"
    """Made of sentences of the articles, word for word."""
    NO_EVIDENCE = "no_evidence"
    """The articles do not hold an answer."""
    DEGRADED = "degraded"
    """Answered, but with less than usual; `warnings` says what."""


class Support(StrEnum):
    """How well the cited passages support a sentence."""

    SUPPORTED = "supported"
    WEAK = "weak"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A quote from an article: `article.text[start:end] == quote`, always."""

    number: int
    passage_id: str
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: Published | None
    language: str | None
    quote: str
    start: int
    end: int
    support: Support = Support.SUPPORTED


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of an answer, without its markers, and the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...] = ()
    support: Support = Support.SUPPORTED


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer. `text` is its sentences with their markers, as [1]."""

    question: str
    status: Status
    text: str
    language: str
    """Language of the answer's own words (ISO 639-1)."""
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    """The passages that were looked at, best first."""
    confidence: float = 0.0
    """Calibrated probability that the articles hold the answer."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """First event of a stream: the passages that the answer will rest on."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, kw_only=True)
class Token:
    """A piece of the answer's text; all pieces joined are `Answer.text`."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """Last event of a stream."""

    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An earlier question and its answer's text."""

    question: str
    answer: str


Event = Retrieved | Token | Done
