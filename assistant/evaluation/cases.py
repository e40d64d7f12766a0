"""A question to ask and what is known of its answer; and what came of asking it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from index import ArticleFilter

from ..types import Turn


class Kind(StrEnum):
    """How a question was made, and so what it measures."""

    TITLE = "title"
    """An article's title; the article should be found."""
    ABOUT = "about"
    """What is said about a name; the articles that hold it should be found."""
    GAP = "gap"
    """A sentence of an article with a name, number or date left out, which the answer should hold."""
    WRITTEN = "written"
    """Written by a language model from a passage; the answer is words of the passage."""
    GIVEN = "given"
    """From an evaluation set."""
    HIDDEN = "hidden"
    """A gap question whose article is hidden while it is asked. Unanswerable."""
    SWAPPED = "swapped"
    """A gap question in which a name is changed for that of another article. Unanswerable."""
    NEAR_MISS = "near_miss"
    """A name of the collection, and something that no article says of it. Unanswerable."""
    FALSE_PREMISE = "false_premise"
    """Why somebody did what no article says was done. Unanswerable."""
    OFF_TOPIC = "off_topic"
    """A question about something that the collection never mentions. Unanswerable."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A question with what is known of its answer."""

    kind: Kind
    question: str
    language: str | None = None
    answerable: bool = True
    gold_articles: tuple[str, ...] = ()
    """Ids of the articles that answer it."""
    gold_answers: tuple[str, ...] = ()
    """Accepted forms of the answer."""
    hidden: tuple[str, ...] = ()
    """Ids of the articles that are not searched while it is asked."""
    history: tuple[Turn, ...] = ()
    within: ArticleFilter | None = None
    """Which articles are asked; None for all."""
    group: str = ""
    """What its figures are given under; its kind where this is empty."""

    @property
    def id(self) -> str:
        """Name the case by what is asked, the same in every run."""
        parts = [self.kind, self.question, str(self.answerable), *self.hidden]
        parts += [f"{turn.question}\n{turn.answer}" for turn in self.history]
        parts += [repr(self.within)] if self.within else []
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a case. None where the case cannot tell. Times are in seconds."""

    id: str
    kind: str
    question: str
    language: str | None
    answerable: bool
    status: str
    """The answer's status, or "error"."""
    refused: bool
    confidence: float
    rank: int | None = None
    """Rank of the first passage of a gold article; 0 where none was found, None where there is no gold."""
    recall: float | None = None
    """Share of the gold articles (ten at most) among the passages found."""
    correct: bool | None = None
    """The answer holds a gold answer; a refusal does not. None where no gold answer is known."""
    token_f1: float | None = None
    cites_gold: bool | None = None
    """The answer cites a gold article; None where it was refused or there is no gold."""
    citation_recall: float | None = None
    citation_precision: float | None = None
    quotes: int = 0
    quotes_exact: int = 0
    """Citations whose quote stands at its offsets in its article."""
    unsupported: int = 0
    """Sentences that the assistant itself struck out or replaced."""
    first_seconds: float | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    """Of all threads of this process: other programs on the machine hardly change it."""
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a verifier said of a sentence that is true (fault "none") or was made false."""

    id: str
    fault: str
    language: str | None
    text: str
    support: str
    moved: bool = False
    """The verifier found another passage than the one cited to support it."""
    seconds: float = 0.0
    changed: str = ""
    findings: tuple[str, ...] = field(default=())
