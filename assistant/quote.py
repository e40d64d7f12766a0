"""Choose the sentences that answer a question, and judge whether any does.

Every sentence of the passages found is described by a handful of numbers (closeness in meaning,
share of the question's terms, whether it holds what the question asks for, where it stands). A
linear model ranks them; a second one turns what the best ones look like into the probability that
the articles hold an answer. Both are fitted by `benchmarks/calibrate.py` and kept, with the
operating point, in `calibration.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from index import Hit, Index, PassageSentence

from .questions import Asks, holds, question_asks

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
ANSWER_FEATURES = (
    "best_similarity",
    "best_passage_similarity",
    "similarity_above_others",
    "best_coverage",
    "best_passage_coverage",
    "coverage_with_context",
    "passage_coverage_across",
    "holds_what_is_asked",
    "asks_something_definite",
    "same_language",
)
"""Coverage counts within a language; across languages only the names and numbers that are shared do."""
_SCALE_SIMILARITY = 20.0
"""E5 cosines lie within about 0.75 to 0.91; this brings their differences to the size of the others."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A sentence that may answer, with the hit it comes from and its score (higher is better)."""

    hit: Hit
    sentence: PassageSentence
    score: float


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The sentences of all passages, best first, and the probability that they hold an answer."""

    candidates: tuple[Candidate, ...]
    confidence: float
    across_languages: bool = False
    """The likeliest sentence is in another language than the question."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The fitted numbers: weights of the two models and the operating point."""

    sentence_weights: tuple[float, ...]
    answer_weights: tuple[float, ...]
    answer_bias: float
    threshold: float
    """Confidence below which the assistant abstains."""
    threshold_across: float
    """The same where the likeliest sentence is in another language than the question."""
    quote_share: float
    """A further sentence is quoted if its weight is at least this share of the best one's."""
    repetition: float
    """What a sentence loses for each quote that its outlet already has."""

    @staticmethod
    @cache
    def shipped() -> Calibration:
        """Read the calibration that ships with the package."""
        content = json.loads((files("assistant") / "calibration.json").read_text(encoding="utf-8"))
        sentence, answer = content["sentence_weights"], content["answer_weights"]
        return Calibration(
            sentence_weights=tuple(float(sentence[name]) for name in SENTENCE_FEATURES),
            answer_weights=tuple(float(answer[name]) for name in ANSWER_FEATURES),
            answer_bias=float(content["answer_bias"]),
            threshold=float(content["threshold"]),
            threshold_across=float(content["threshold_across"]),
            quote_share=float(content["quote_share"]),
            repetition=float(content["repetition"]),
        )


def choose(
    index: Index, question: str, language: str | None, hits: Sequence[Hit], calibration: Calibration
) -> Choice:
    """Rank the sentences of the hits by how well they answer, and judge whether they do."""
    pairs = [(hit, sentence) for hit in hits for sentence in index.sentences(hit.passage.id)]
    if not pairs:
        return Choice(candidates=(), confidence=0.0)
    features = sentence_features(index, question, language, pairs)
    scores = features @ list(calibration.sentence_weights)
    order = sorted(range(len(pairs)), key=lambda number: -scores[number])
    evidence = answer_features(question, language, hits, features, pairs, order)
    logit = float(evidence @ list(calibration.answer_weights)) + calibration.answer_bias
    return Choice(
        candidates=tuple(
            Candidate(hit=pairs[n][0], sentence=pairs[n][1], score=float(scores[n])) for n in order
        ),
        confidence=1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))),
        across_languages=pairs[order[0]][0].article.language != language,
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


def answer_features(
    question: str,
    language: str | None,
    hits: Sequence[Hit],
    features: Matrix,
    pairs: Sequence[tuple[Hit, PassageSentence]],
    order: Sequence[int],
) -> Matrix:
    """Return shape (len(ANSWER_FEATURES),): what the best sentences and passages look like."""
    import numpy as np

    top = list(order[:3])
    similarity = features[:, 0]
    asks = question_asks(question)
    held = max(holds(asks, pairs[number][1].text, question) for number in top)
    same = float(pairs[top[0]][0].article.language == language)
    passage_coverage = max(hit.coverage for hit in hits)
    return np.array(
        [
            similarity[top].max() - 17.0,
            max(hit.similarity for hit in hits) * _SCALE_SIMILARITY - 17.0,
            similarity[top].max() - similarity.mean(),
            features[top, 4].max() * same,
            passage_coverage * same,
            features[top, 5].max() * same,
            passage_coverage * (1 - same),
            held if asks is not Asks.OTHER else 0.5,
            float(asks is not Asks.OTHER),
            same,
        ]
    )


def _before(pairs: Sequence[tuple[Hit, PassageSentence]], number: int) -> str:
    same = number > 0 and pairs[number - 1][0].passage.id == pairs[number][0].passage.id
    return pairs[number - 1][1].text if same else ""
