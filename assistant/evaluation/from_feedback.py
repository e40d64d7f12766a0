"""Feedback of readers → questions whose answers are known as far as the readers told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index import ArticleFilter, Index, detect_language

from ..feedback import Feedback, Reason, Thumb
from ..feedback.export import read_export
from ..types import Status
from .cases import Case, Kind
from .errors import EvaluationError


@dataclass(frozen=True, kw_only=True)
class FeedbackCases:
    """The cases of an export, and how many votes tell of no expected answer."""

    cases: tuple[Case, ...]
    left_out: int


def feedback_cases(path: Path, index: Index, limit: int, *, quotes: bool) -> FeedbackCases:
    """Return up to `limit` cases of an export, the latest votes first.

    An answer that was found good is expected again: its articles are cited and, where answers are quoted
    (`quotes`), one of its quotes is there. A refusal that was found good is expected again. What a
    reader says the articles hold is to be answered, whatever with. Other votes down tell what is wrong,
    not what would be right, and are left out, as are those whose articles are gone. What was asked
    under a filter is asked under it again.

    Raises FeedbackFileError, and EvaluationError where no vote tells anything.
    """
    votes = sorted(read_export(path), key=lambda one: one.changed.timestamp(), reverse=True)
    by_question: dict[tuple[str, ArticleFilter | None], Case] = {}
    left_out = 0
    for vote in votes:
        case = _case(vote, index, quotes=quotes)
        if case is None:
            left_out += 1
        else:
            case = replace(case, within=vote.within)
            by_question.setdefault((" ".join(case.question.split()).casefold(), case.within), case)
    if not by_question:
        raise EvaluationError(
            f"No vote of {path} tells of an answer to expect ({len(votes)} read); thumbs up do, while an article "
            "of theirs is in the collection, and thumbs down because an answer was not found."
        )
    return FeedbackCases(cases=tuple(by_question.values())[:limit], left_out=left_out)


def _case(vote: Feedback, index: Index, *, quotes: bool) -> Case | None:
    question = vote.standalone or vote.question
    refused = vote.status == Status.NO_EVIDENCE
    if vote.thumb is Thumb.UP and not refused:
        here = [one for one in vote.sources if index.article(one.article_id) is not None]
        articles = tuple(dict.fromkeys(one.article_id for one in here))
        said = tuple(dict.fromkeys(one.quote for one in here if one.quote)) if quotes else ()
        return _asking("good answer", question, articles, said) if articles else None
    if vote.thumb is Thumb.UP:
        return _asking("rightly refused", question, answerable=False)
    return _asking("was not found", question) if vote.reason is Reason.NOT_FOUND else None


def _asking(
    group: str,
    question: str,
    articles: Sequence[str] = (),
    answers: Sequence[str] = (),
    *,
    answerable: bool = True,
) -> Case:
    return Case(
        kind=Kind.GIVEN,
        question=question,
        language=detect_language(question),
        answerable=answerable,
        gold_articles=tuple(articles),
        gold_answers=tuple(answers),
        group=group,
    )
