"""The types of feedback: frozen, keyword-only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from index import ArticleFilter

from ..types import Answer

_NEAREST = 3
SHOWN = 12
"""Signs of a fingerprint that tell the answers of a conversation apart."""
LONGEST_COMMENT = 2_000
"""Characters of what a reader adds in words."""


class Thumb(StrEnum):
    """Whether an answer was of use."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """Why an answer was of no use."""

    WRONG = "wrong"
    """What it says is wrong."""
    CITATION = "citation"
    """A citation does not support its sentence."""
    NOT_FOUND = "not_found"
    """The articles hold the answer, and it was not found."""
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Vote:
    """What a reader says of an answer. Only a thumb down has a reason; without one given, it is OTHER."""

    thumb: Thumb
    reason: Reason | None = None
    comment: str = ""

    @staticmethod
    def of(thumb: Thumb, reason: Reason | None = None, comment: str = "") -> Vote:
        """Return a vote that is whole, and no longer than may be."""
        if thumb is Thumb.UP:
            return Vote(thumb=thumb)
        return Vote(
            thumb=thumb, reason=reason or Reason.OTHER, comment=comment.strip()[:LONGEST_COMMENT].strip()
        )


@dataclass(frozen=True, kw_only=True)
class FeedbackSource:
    """An article that the answer cites, or the nearest where it cites none, with the words quoted."""

    article_id: str
    title: str
    source: str | None = None
    url: str | None = None
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """A vote with what it is about."""

    id: str
    thumb: Thumb
    reason: Reason | None = None
    comment: str = ""
    question: str
    standalone: str | None = None
    """The question that was searched for, where it was a follow-up."""
    answer: str
    """Its text, with the markers of its citations."""
    status: str
    """The answer's status."""
    language: str
    """Language of the answer (ISO 639-1)."""
    model: str | None = None
    """Who wrote it; None where it is quoted."""
    sources: tuple[FeedbackSource, ...] = ()
    within: ArticleFilter | None = None
    """Which articles were asked; None for all."""
    given: datetime
    """When the vote was first cast."""
    changed: datetime


def sources_of(answer: Answer) -> tuple[FeedbackSource, ...]:
    """Return what an answer rests on, in the order of its citations; of a refusal, the articles it named."""
    if answer.citations:
        return tuple(
            FeedbackSource(
                article_id=one.article_id, title=one.title, source=one.source, url=one.url, quote=one.quote
            )
            for one in answer.citations
        )
    nearest = {hit.article.id: hit.article for hit in answer.hits}
    return tuple(
        FeedbackSource(article_id=one.id, title=one.title, source=one.source, url=one.url)
        for one in list(nearest.values())[:_NEAREST]
    )


def fingerprint(answer: Answer) -> str:
    """Tell an answer from others to the same question: a vote is for what was read, not for what replaced it."""
    said = [answer.question, answer.text, answer.model or "", *(one.quote for one in answer.citations)]
    return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]
