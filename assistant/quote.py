"""Choose the sentences that answer a question, and judge whether any does.

Every sentence of the passages found is described by a handful of numbers (closeness in meaning,
share of the question's terms, whether it holds what the question asks for, where it stands). A
linear model ranks them; another one turns what `evidence` tells of the best ones into the
probability that the articles hold an answer. Where the index has a reader, what it makes of the
sentences changes their ranks, and not that probability. The numbers are fitted by
`benchmarks/calibrate.py` and `benchmarks/calibrate_reader.py` and kept, with the operating points,
in `calibration.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from index import UNREAD, Hit, Index, ModelUnavailableError, PassageSentence

from .evidence import ACROSS_FEATURES, WITHIN_FEATURES, Ranked, gather
from .questions import Asks, Measure, holds, question_asks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

SENTENCE_FEATURES = (
    "similarity",
    "similarity_behind_best",
    "passage_score",
    "passage_rank",
    "coverage",
    "coverage_with_context",
    "holds_person_or_place",
    "holds_time",
    "holds_number",
    "holds_reason",
    "length",
    "is_question",
    "opens_article",
)
READ_FEATURES = ("unread_score", "reading", "passage_reading")
"""What ranks the sentences of passages that were read with the question in mind: the score by the above,
the reader's own, and its best one of the passage."""
_SCALE_SIMILARITY = 20.0
"""E5 cosines lie within about 0.75 to 0.91; this brings their differences to the size of the others."""
READ, READ_CHARACTERS = 8, 6_000
"""How many passages are read with the question in mind, and how much text: reading takes time."""
_LONGEST_HEADING = 160
_MOST_READING = 12.0
"""Log-odds beyond which the reader's scores are cut."""


class Reading(Enum):
    """When the passages found are read with the question in mind."""

    NEVER = auto()
    WORTHWHILE = auto()
    """Where enough speaks for an answer; otherwise nothing is quoted."""
    ALWAYS = auto()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A sentence that may answer, with the hit it comes from and its score (higher is better)."""

    hit: Hit
    sentence: PassageSentence
    score: float
    mentions: bool | None = None
    """Whether what was found of its article mentions a name of the question; None where that cannot be told."""

    @property
    def is_heading(self) -> bool:
        """Whether it is a line of its own that ends like no sentence: a headline, which the text below says again."""
        after = self.hit.passage.text[self.sentence.end - self.hit.passage.start :].lstrip(" \t")
        text = self.sentence.text.rstrip()
        return after.startswith("\n") and text[-1:].isalnum() and len(text) <= _LONGEST_HEADING


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The sentences of all passages, best first, and the probability that they hold an answer."""

    candidates: tuple[Candidate, ...]
    confidence: float
    across_languages: bool = False
    """The likeliest sentence is in another language than the question."""
    missing: tuple[str, ...] = ()
    """Names of the question that no passage found mentions."""
    lacks: Measure | None = None
    """A sum, an age or a share that is asked for, where the likeliest articles have none."""
    trouble: str | None = None
    """A sentence on why the passages were not read, where they should have been."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A logistic model: weights, in the order of its features, and bias."""

    weights: tuple[float, ...]
    bias: float

    def probability(self, features: Sequence[float]) -> float:
        """Return the probability (0 to 1) of an answer."""
        logit = math.fsum(w * one for w, one in zip(self.weights, features, strict=True)) + self.bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The fitted numbers: weights of the models and the operating points."""

    sentence_weights: tuple[float, ...]
    within: Judge
    """Judges where question and likeliest sentence are in one language."""
    across: Judge
    threshold: float
    """Confidence below which the assistant abstains."""
    threshold_across: float
    """The same where the likeliest sentence is in another language than the question."""
    sure: float
    """Confidence below which quotes are called tentative."""
    sure_across: float
    """The same where the likeliest sentence is in another language than the question."""
    lacking: float
    """Factor of the confidence where a sum, an age or a share is asked for and the articles have none."""
    quote_share: float
    """A further sentence is quoted if its weight is at least this share of the best one's."""
    repetition: float
    """What a sentence loses for each quote that its outlet already has."""
    read_weights: tuple[float, ...]
    """Weights of READ_FEATURES."""

    def least(self, *, across: bool) -> float:
        """Return the confidence below which nothing is quoted; `across` languages or within one."""
        return self.threshold_across if across else self.threshold

    @staticmethod
    @cache
    def shipped() -> Calibration:
        """Read the calibration that ships with the package."""
        content = json.loads((files("assistant") / "calibration.json").read_text(encoding="utf-8"))
        sentence, read_weights = content["sentence_weights"], content["read"]["weights"]
        return Calibration(
            sentence_weights=tuple(float(sentence[name]) for name in SENTENCE_FEATURES),
            within=_judge(content["within"], WITHIN_FEATURES),
            across=_judge(content["across"], ACROSS_FEATURES),
            threshold=float(content["within"]["threshold"]),
            threshold_across=float(content["across"]["threshold"]),
            sure=float(content["within"]["sure"]),
            sure_across=float(content["across"]["sure"]),
            lacking=float(content["lacking"]),
            quote_share=float(content["quote_share"]),
            repetition=float(content["repetition"]),
            read_weights=tuple(float(read_weights[name]) for name in READ_FEATURES),
        )


def _judge(content: Mapping[str, Any], features: Sequence[str]) -> Judge:
    weights = content["weights"]
    return Judge(weights=tuple(float(weights[name]) for name in features), bias=float(content["bias"]))


def choose(
    index: Index,
    question: str,
    language: str | None,
    hits: Sequence[Hit],
    calibration: Calibration,
    *,
    reading: Reading = Reading.WORTHWHILE,
) -> Choice:
    """Rank the sentences of the hits by how well they answer, and judge whether they do.

    `reading` changes the ranks only, not the confidence.
    """
    pairs = pair(index, hits)
    if not pairs:
        return Choice(candidates=(), confidence=0.0)
    features = sentence_features(index, question, language, pairs)
    scores = features @ list(calibration.sentence_weights)
    evidence = gather(question, language, hits, ranked(hits, pairs, features, _best_first(scores)))
    judge = calibration.across if evidence.across else calibration.within
    confidence = judge.probability(evidence.vector) * (calibration.lacking if evidence.lacks else 1.0)
    worthwhile = reading is not Reading.NEVER and confidence >= calibration.least(across=evidence.across)
    readings = read(index, question, pairs) if worthwhile or reading is Reading.ALWAYS else None
    trouble = readings if isinstance(readings, str) else None
    if isinstance(readings, list):
        scores = read_features(pairs, scores, readings) @ list(calibration.read_weights)
    return Choice(
        candidates=tuple(
            Candidate(
                hit=pairs[n][0],
                sentence=pairs[n][1],
                score=float(scores[n]),
                mentions=evidence.mentioning.get(pairs[n][0].article.id),
            )
            for n in _best_first(scores)
        ),
        confidence=confidence,
        across_languages=evidence.across,
        missing=evidence.missing,
        lacks=evidence.lacks,
        trouble=trouble,
    )


def _best_first(scores: NDArray[np.float64]) -> list[int]:
    return sorted(range(len(scores)), key=lambda number: -scores[number])


def read(
    index: Index, question: str, pairs: Sequence[tuple[Hit, PassageSentence]]
) -> list[float] | str | None:
    """Return what the index's reader makes of the sentences; a sentence on why it cannot; None without one."""
    try:
        found = index.read(question, to_read(pairs))
    except ModelUnavailableError as error:
        return f"The passages are ranked without reading them. {error}"
    if found is None:
        return None
    readings = [one for of_passage in found for one in of_passage]
    return readings + [UNREAD] * (len(pairs) - len(readings))


def to_read(pairs: Sequence[tuple[Hit, PassageSentence]]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Return the texts of the passages that are read, the first ones, each with the spans of its sentences."""
    by_passage: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    for hit, sentence in pairs:
        spans = by_passage.setdefault(hit.passage.id, (hit.passage.text, []))[1]
        spans.append((sentence.start - hit.passage.start, sentence.end - hit.passage.start))
    texts: list[tuple[str, list[tuple[int, int]]]] = []
    left = READ_CHARACTERS
    for text, spans in list(by_passage.values())[:READ]:
        left -= len(text)
        if texts and left < 0:
            break
        texts.append((text, spans))
    return texts


def pair(index: Index, hits: Sequence[Hit]) -> list[tuple[Hit, PassageSentence]]:
    """Return the sentences of the hits, each with its hit."""
    sentences = index.sentences_by_id([hit.passage.id for hit in hits])
    return [(hit, sentence) for hit in hits for sentence in sentences.get(hit.passage.id, [])]


def ranked(
    hits: Sequence[Hit],
    pairs: Sequence[tuple[Hit, PassageSentence]],
    features: Matrix,
    order: Sequence[int],
) -> Ranked:
    """Return what `evidence` looks at."""
    numbers = {hit.passage.id: number for number, hit in enumerate(hits)}
    return Ranked(
        hit_numbers=[numbers[hit.passage.id] for hit, _ in pairs],
        texts=[sentence.text for _, sentence in pairs],
        similarity=features[:, SENTENCE_FEATURES.index("similarity")],
        coverage=features[:, SENTENCE_FEATURES.index("coverage")],
        coverage_in_context=features[:, SENTENCE_FEATURES.index("coverage_with_context")],
        order=order,
    )


def sentence_features(
    index: Index, question: str, language: str | None, pairs: Sequence[tuple[Hit, PassageSentence]]
) -> Matrix:
    """Return shape (sentences, len(SENTENCE_FEATURES))."""
    import numpy as np

    vector = index.embed_question(question)
    similarities = np.array([float(sentence.vector @ vector) for _, sentence in pairs])
    texts = [(sentence.text, hit.article.language) for hit, sentence in pairs]
    contexts = [
        (f"{hit.article.title} {_before(pairs, number)} {sentence.text}", hit.article.language)
        for number, (hit, sentence) in enumerate(pairs)
    ]
    coverages = index.coverage(question, language, [*texts, *contexts])
    best, best_score = similarities.max(), max(hit.score for hit, _ in pairs) or 1.0
    asks = question_asks(question)
    rows = []
    for number, (hit, sentence) in enumerate(pairs):
        held = holds(asks, sentence.text, question)
        rows.append(
            [
                similarities[number] * _SCALE_SIMILARITY,
                (similarities[number] - best) * _SCALE_SIMILARITY,
                hit.score / best_score,
                1 / hit.rank,
                coverages[number],
                coverages[number + len(pairs)],
                held if asks in (Asks.PERSON, Asks.PLACE) else 0.0,
                held if asks is Asks.TIME else 0.0,
                held if asks is Asks.NUMBER else 0.0,
                held if asks is Asks.REASON else 0.0,
                math.log(1 + len(sentence.text)) / 5,
                float(sentence.text.rstrip(" »”\"'").endswith(("?", "？", "؟"))),
                float(sentence.start < 20),
            ]
        )
    return np.array(rows)


def read_features(
    pairs: Sequence[tuple[Hit, PassageSentence]], scores: NDArray[np.float64], readings: Sequence[float]
) -> Matrix:
    """Return shape (sentences, len(READ_FEATURES))."""
    import numpy as np

    own = np.clip(readings, -_MOST_READING, _MOST_READING)
    best: dict[str, float] = {}
    for (hit, _), score in zip(pairs, own, strict=True):
        best[hit.passage.id] = max(best.get(hit.passage.id, -_MOST_READING), score)
    return np.column_stack([scores, own, [best[hit.passage.id] for hit, _ in pairs]])


def _before(pairs: Sequence[tuple[Hit, PassageSentence]], number: int) -> str:
    same = number > 0 and pairs[number - 1][0].passage.id == pairs[number][0].passage.id
    return pairs[number - 1][1].text if same else ""
