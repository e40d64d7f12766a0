"""The types of an answer: frozen, keyword-only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index import ArticleFilter, Copy, Correction, Hit, Published


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


class Style(StrEnum):
    """How much an answer says."""

    SHORT = "short"
    """One quote, or one or two sentences of a model."""
    NORMAL = "normal"
    DETAILED = "detailed"
    """More quotes or sentences than usual, where the articles have more to say."""


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
    also: tuple[Copy, ...] = ()
    """Other articles that print the quoted words; this citation stands for them, too."""
    correction: Correction | None = None
    """The note in which the article tells that it was corrected, clarified or updated."""


class Problem(StrEnum):
    """Why a sentence is not, or only weakly, supported."""

    NO_CITATION = "no_citation"
    """It cites nothing, and no passage found says it."""
    NUMBER = "number"
    """It has a number that the passage lacks."""
    DATE = "date"
    """It has a date that the passage lacks."""
    NAME = "name"
    """It has a name that the passage lacks."""
    NEGATION = "negation"
    """It denies what the passage affirms, or the reverse."""
    QUOTE = "quote"
    """It puts words in quotation marks that the passage does not have."""
    SPEAKER = "speaker"
    """It gives a quote to somebody else than the passage does."""
    UNATTRIBUTED = "unattributed"
    """It quotes somebody's words and does not say whose they are; the detail is who the passage says."""
    WORD = "word"
    """A small model put a word of its own into a sentence of the passage."""
    SCATTERED = "scattered"
    """It brings together what the passage says in different places, perhaps of different things."""
    MEANING = "meaning"
    """The passage does not say it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem with a sentence, and the words of the sentence that it is about, if any."""

    problem: Problem
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of an answer, without its markers, and the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...] = ()
    support: Support = Support.SUPPORTED
    findings: tuple[Finding, ...] = ()
    """Why it is weak or unsupported, or, of a quote that stands in for a sentence, why that one was."""
    struck: bool = False
    """Shown struck out: the model wrote it, and no passage supports it."""
    replaced: str | None = None
    """What the model had written where this quote stands now."""


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
    tentative: bool = False
    """Quoted, but with a confidence at which the quotes often only come near an answer."""
    warnings: tuple[str, ...] = ()
    standalone: str | None = None
    """The question that was searched for, where a follow-up was completed from the history."""
    model: str | None = None
    """The language model that wrote the answer; None where it is quoted."""
    within: ArticleFilter | None = None
    """What the articles had to be that were asked; None where all were."""


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """First event of a stream: the passages that the answer will rest on."""

    hits: tuple[Hit, ...]
    standalone: str | None = None
    """The question that was searched for, where a follow-up was completed from the history."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The sentence a model is writing, not checked yet; each replaces the one before, "" takes it back."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Token:
    """A piece of the answer's text, checked; all pieces joined are `Answer.text`."""

    text: str
    sentence: Sentence | None = None
    """The sentence that the piece is, where a model wrote it: struck out, replaced or sound."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """Last event of a stream."""

    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An earlier question and its answer's text."""

    question: str
    answer: str


Event = Retrieved | Draft | Token | Done
