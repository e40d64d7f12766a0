"""Judge whether the passages found hold an answer, and tell what of the question they lack.

What speaks for an answer: a sentence close in meaning, a passage that stands out from the others
found, the question's words, names and numbers in it. Questions in the language of the likeliest
sentence are judged by one linear model, those in another by a second one that does without words.
The weights are in `calibration.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Hit

from .facts.entities import Mentions, Name, names_in
from .questions import Asks, Measure, gives, holds, is_statement, measure_asked, question_asks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

WITHIN_FEATURES = (
    "sentence_similarity",
    "passage_similarity",
    "passage_stands_out",
    "score_stands_out",
    "coverage",
    "coverage_in_context",
    "without_names",
    "names_lacking",
    "holds_what_is_asked",
    "asks_something_definite",
)
"""What is told where question and likeliest sentence are in one language; numbers are words there."""
ACROSS_FEATURES = (
    "sentence_similarity",
    "passage_similarity",
    "passage_stands_out",
    "score_stands_out",
    "passage_coverage",
    "without_names",
    "names_lacking",
    "numbers_lacking",
    "holds_what_is_asked",
    "asks_something_definite",
)
"""The same across languages: words are not shared, but names and numbers are."""
_SCALE_SIMILARITY = 20.0
_USUAL_SIMILARITY = 17.0
"""What an e5 cosine of about 0.85 is on that scale; subtracted, so that weights and bias stay small."""
_SCALE_SCORE = 10.0
_FEW = 5
_USUALLY_STANDS_OUT = 1.0
"""In a collection of a few passages nothing can stand out; this is what lies between yes and no elsewhere."""
_TOP = 3
_HELD = 0.5
"""Least share of a name's words that a text must mention to mention the name."""
_SAMPLE = 200
_ALPHABETIC = re.compile(r"[^\W\d_\u0590-\U0003ffff]")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """The sentences of the hits with what is known of them, in the order of the hits."""

    hit_numbers: Sequence[int]
    """Which hit each sentence stands in."""
    texts: Sequence[str]
    similarity: Vector
    """Cosine of sentence and question, times 20. Shape (sentences,), as the next two."""
    coverage: Vector
    coverage_in_context: Vector
    order: Sequence[int]
    """Numbers of the sentences, the likeliest answer first."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What speaks for an answer, by feature name, and what is missing."""

    features: dict[str, float]
    across: bool
    """The likeliest sentence is in another language than the question."""
    missing: tuple[str, ...]
    """Names of the question that no passage found mentions."""
    mentioning: Mapping[str, bool]
    """Articles, by id, and whether what was found of them mentions any name of the question, where that can be told."""
    lacks: Measure | None = None
    """What the question asks a number of, where the articles of the likeliest sentences have none of it."""

    @property
    def vector(self) -> list[float]:
        """The features that count, in the order of WITHIN_FEATURES or ACROSS_FEATURES."""
        return [self.features[name] for name in (ACROSS_FEATURES if self.across else WITHIN_FEATURES)]


def gather(question: str, language: str | None, hits: Sequence[Hit], ranked: Ranked) -> Evidence:
    """Describe how well the best of the hits and of their sentences fit the question."""
    top = list(ranked.order[:_TOP])
    best = ranked.hit_numbers[top[0]]
    asks = Asks.OTHER if is_statement(question) else question_asks(question)
    held = max(holds(asks, ranked.texts[number], question) for number in top)
    features = {
        "sentence_similarity": float(ranked.similarity[top].max()) - _USUAL_SIMILARITY,
        "passage_similarity": max(hit.similarity for hit in hits) * _SCALE_SIMILARITY - _USUAL_SIMILARITY,
        **_standing_out(hits, best),
        "coverage": float(ranked.coverage[top].max()),
        "coverage_in_context": float(ranked.coverage_in_context[top].max()),
        "passage_coverage": max(hit.coverage for hit in hits),
        "numbers_lacking": _numbers_lacking(question, hits),
        "holds_what_is_asked": held if asks is not Asks.OTHER else 0.5,
        "asks_something_definite": float(asks is not Asks.OTHER),
    }
    every = names_in(question, language)
    names = [name for name in every if name.strong]
    more = [name for name in every if not name.strong and _named_abroad(name, language, hits)]
    told = _told_of(hits, language) if names or more else {}
    lacking = _lacking(names, language, told)
    features["without_names"] = float(not names)
    features["names_lacking"] = sum(best in without for without in lacking) / max(1, len(names))
    nowhere = [name for name, without in zip(names, lacking, strict=True) if len(without) == len(hits)]
    return Evidence(
        features=features,
        across=hits[best].article.language != language,
        missing=tuple(dict.fromkeys(name.text for name in nowhere)),
        mentioning=_mentioning([*lacking, *_lacking(more, language, told)], told, hits),
        lacks=_measure_lacking(question, hits, {ranked.hit_numbers[number] for number in top}),
    )


def _measure_lacking(question: str, hits: Sequence[Hit], likeliest: set[int]) -> Measure | None:
    """Return the measure that a question asks for and none of the likeliest hits' articles, as found, has."""
    measure = measure_asked(question)
    articles = {hits[number].article.id for number in likeliest}
    told = [hit for hit in hits if hit.article.id in articles]
    if measure is None or any(gives(measure, f"{hit.article.title}\n{hit.passage.text}") for hit in told):
        return None
    return measure


def _standing_out(hits: Sequence[Hit], best: int) -> dict[str, float]:
    """Return how far the best passage lies above the last one found; the usual values where few are."""
    if len(hits) < _FEW:
        return {"passage_stands_out": _USUALLY_STANDS_OUT, "score_stands_out": _USUALLY_STANDS_OUT / 2}
    last = min(hit.similarity for hit in hits)
    return {
        "passage_stands_out": (hits[best].similarity - last) * _SCALE_SIMILARITY,
        "score_stands_out": (hits[0].score - hits[-1].score) * _SCALE_SCORE,
    }


def _told_of(hits: Sequence[Hit], language: str | None) -> dict[int, Mentions]:
    """Return what the hits mention, by their numbers, as far as names can be looked for in their script."""
    return {
        number: Mentions(_told(hit), hit.article.language)
        for number, hit in enumerate(hits)
        if hit.article.language == language or _transliterates(hit.passage.text)
    }


def _lacking(names: Sequence[Name], language: str | None, told: Mapping[int, Mentions]) -> list[set[int]]:
    """Return, for each name, the numbers of the hits that do not mention it, as far as that can be told."""
    return [
        {number for number, mentions in told.items() if mentions.share(name, language) < _HELD}
        for name in names
    ]


def _mentioning(
    lacking: Sequence[set[int]], told: Mapping[int, Mentions], hits: Sequence[Hit]
) -> dict[str, bool]:
    """Return whether any hit of an article, by its id, mentions a name, given the hits that lack each name."""
    mentioning: dict[str, bool] = {}
    for number in told:
        held = any(number not in without for without in lacking)
        article = hits[number].article.id
        mentioning[article] = mentioning.get(article, False) or held
    return mentioning


def _named_abroad(name: Name, language: str | None, hits: Sequence[Hit]) -> bool:
    """Tell whether a noun of the question is a name: a text in another language has it, in capitals."""
    spelled = re.compile(rf"(?<![\W\d_]) {re.escape(name.text)}(?!\w)")
    return any(
        hit.article.language not in (language, "de") and spelled.search(hit.passage.text) for hit in hits
    )


def _transliterates(text: str) -> bool:
    """Tell whether names can be looked for in the text's script: Latin, Cyrillic or Greek."""
    start = text[:_SAMPLE]
    return len(_ALPHABETIC.findall(start)) * 2 > sum(map(str.isalpha, start))


def _numbers_lacking(question: str, hits: Sequence[Hit]) -> float:
    """Return the share of the question's numbers that even the passage with most of them lacks."""
    asked = set(_DIGITS.findall(question))
    if not asked:
        return 0.0
    return min(len(asked - set(_DIGITS.findall(_told(hit)))) for hit in hits) / len(asked)


def _told(hit: Hit) -> str:
    published = hit.article.published.isoformat() if hit.article.published else ""
    return f"{hit.article.title}\n{hit.passage.text}\n{published}"
