"""How closely a passage says what a sentence says: a handful of numbers, and what they add up to.

The deterministic checks (`verify`) find contradictions: another number, another name. What they
cannot see, that a passage simply does not say something, shows in these: closeness in meaning, the
words and names that the two share, and whether another passage is much closer. A logistic model,
fitted by `benchmarks/verification.py` on true and on faulty sentences, weighs them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from index import Hit, Index, PassageSentence, Precision, fold

from .cite import Span
from .facts.aliases import is_known_place
from .facts.entities import Mentions, Name, is_acronym, is_generic, names_in
from .facts.moments import Moment, moments_in
from .facts.numbers import Number, numbers_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

SUPPORT_FEATURES = (
    "closeness",
    "closeness_across",
    "behind_best",
    "coverage",
    "coverage_across",
    "coverage_behind_best",
    "names_missing",
    "names_missing_across",
    "weak_names_missing",
    "names_elsewhere",
    "no_names",
    "same_language",
)
_DAYS = (Precision.DAY, Precision.SECOND)
_NEAR_VERBATIM = 0.7
"""Share of its plain words that a sentence must have from the passage to count as taken from it."""
_TAKEN_ELSEWHERE = 0.75
"""Share of a claim's term weight from which a passage in its language, not a translation, is its source."""
_SHORTEST_PLAIN = 4
_FEW_ADDED = 2
_ENDING = 3
"""Letters at the end of a word that may differ."""
_SCALE = 20.0
_MIDDLE = 0.87
"""About where the cosines of e5 between a sentence and its translation begin."""


@dataclass(frozen=True, kw_only=True)
class SupportModel:
    """The fitted weights and the two operating points."""

    weights: tuple[float, ...]
    bias: float
    supported: float
    """Probability from which a sentence counts as supported."""
    weak: float
    """Probability below which it counts as unsupported."""

    @staticmethod
    @cache
    def shipped() -> SupportModel:
        """Read the fit that ships with the package."""
        content = json.loads((files("assistant") / "verification.json").read_text(encoding="utf-8"))
        return SupportModel(
            weights=tuple(float(content["weights"][name]) for name in SUPPORT_FEATURES),
            bias=float(content["bias"]),
            supported=float(content["supported"]),
            weak=float(content["weak"]),
        )

    def probability(self, features: Sequence[float]) -> float:
        """Return the probability that a passage with these features supports the sentence."""
        logit = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


class Evidence:
    """A passage as evidence: its sentences with their vectors, and what it mentions."""

    def __init__(self, index: Index, hit: Hit) -> None:
        self.hit = hit
        self.language = hit.article.language
        self._index = index

    @cached_property
    def sentences(self) -> list[PassageSentence]:
        """The passage's sentences."""
        return self._index.sentences(self.hit.passage.id)

    @cached_property
    def told(self) -> str:
        """What a sentence may say on the strength of this passage: its words, title and outlet."""
        article = self.hit.article
        return "\n".join(part for part in (self.hit.passage.text, article.title, article.source) if part)

    @property
    def dated(self) -> str:
        """Its words and title, without the outlet, for numbers and dates."""
        return f"{self.hit.passage.text}\n{self.hit.article.title}"

    @property
    def published(self) -> date | None:
        """The day it was published; None where no day is known."""
        published = self.hit.article.published
        return published.at.date() if published and published.precision in _DAYS else None

    @cached_property
    def mentions(self) -> Mentions:
        """The names in it."""
        return Mentions(self.told, self.language)

    @cached_property
    def _vectors(self) -> Vector:
        import numpy as np

        rows = [sentence.vector for sentence in self.sentences]
        return np.array(rows, dtype=np.float32).reshape(len(rows), -1)

    def closest(self, vector: Vector) -> tuple[float, int, int]:
        """Return the cosine of the closest sentence or pair of neighbours, and its first and last sentence."""
        import numpy as np

        if not self.sentences:
            return 0.0, 0, 0
        single = self._vectors @ vector
        best = int(np.argmax(single))
        closest = (float(single[best]), best, best)
        if len(self.sentences) > 1:
            pairs = self._vectors[:-1] + self._vectors[1:]
            both = pairs @ vector / np.maximum(np.linalg.norm(pairs, axis=1), 1e-9)
            first = int(np.argmax(both))
            if float(both[first]) > closest[0] + 0.01:
                closest = (float(both[first]), first, first + 1)
        return closest

    def around(self, vector: Vector) -> str:
        """Return the closest sentence or pair with its neighbours and the title."""
        _, first, last = self.closest(vector)
        near = self.sentences[max(0, first - 1) : last + 2]
        return "\n".join([*(sentence.text for sentence in near), self.hit.article.title])

    def nearest_first(self, vector: Vector) -> list[int]:
        """Return the places of the sentences, the closest first."""
        similar = self._vectors @ vector
        return sorted(range(len(self.sentences)), key=lambda place: -float(similar[place]))

    def texts(self, first: int, last: int) -> str:
        """Return the words of the sentences from one to another."""
        return " ".join(sentence.text for sentence in self.sentences[first : last + 1])

    def span(self, first: int, last: int) -> Span:
        """Return the span from one sentence to another."""
        if not self.sentences:
            passage = self.hit.passage
            return Span(hit=self.hit, start=passage.start, end=passage.end)
        return Span(hit=self.hit, start=self.sentences[first].start, end=self.sentences[last].end)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A sentence to be checked, with what checking needs of it."""

    text: str
    language: str | None
    vector: Vector
    names: tuple[Name, ...]

    @staticmethod
    def of(index: Index, text: str, language: str | None) -> Claim:
        """Embed a sentence and find its names; what is part of a number or a date is none."""
        counted: list[Number | Moment] = [*numbers_in(text, language), *moments_in(text, language, None)]
        names = [
            name
            for name in names_in(text, language)
            if not any(one.start < name.end and name.start < one.end for one in counted)
        ]
        return Claim(text=text, language=language, vector=index.embed_question(text), names=tuple(names))


def missing_names(claim: Claim, evidence: Sequence[Evidence]) -> list[Name]:
    """Return the names of a claim that none of the passages mentions."""
    return [
        name for name in claim.names if not any(one.mentions.holds(name, claim.language) for one in evidence)
    ]


def strange_names(index: Index, claim: Claim, cited: Sequence[Evidence]) -> list[Name]:
    """Return the names that are surely another one's: the passages would have them if they said it.

    In the claim's own language every name counts; a capitalised word that may be none counts where
    the rest of the sentence is the passage's. Across languages, where some names are translated,
    places count, and names that the collection has in several languages.
    """
    missing = missing_names(claim, cited)
    if not missing:
        return []
    if any(one.language == claim.language for one in cited):
        taken = near_verbatim(claim, cited)
        return [
            name
            for name in missing
            if name.strong or (taken and not name.opens and not is_generic(name.text))
        ]
    return [name for name in missing if name.strong and _is_shared(index, name, claim.language)]


def _is_shared(index: Index, name: Name, language: str | None) -> bool:
    """Tell whether a name is called the same, or known by its other names, in other languages."""
    proper = _proper(name)
    return bool(proper) and all(
        is_known_place(word, language) or len(index.languages_of(word)) > 1 for word in proper
    )


def _proper(name: Name) -> list[str]:
    """Return the words of a name that are transcribed, not translated."""
    return [word for word in name.words if not is_generic(word) and not is_acronym(word)]


def near_verbatim(claim: Claim, cited: Sequence[Evidence]) -> bool:
    """Tell whether most of a claim's plain words are the passages' own."""
    names = {(name.start, name.end) for name in claim.names}
    words = [
        fold(match.group())
        for match in re.finditer(r"[^\W\d_]+", claim.text)
        if len(match.group()) >= _SHORTEST_PLAIN
        and not any(start <= match.start() < end for start, end in names)
    ]
    held = {fold(word) for one in cited for word in re.findall(r"[^\W\d_]+", one.told)}
    return bool(words) and sum(word in held for word in words) >= _NEAR_VERBATIM * len(words)


def strange_words(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    """Return the few plain words that a sentence, otherwise taken from passages in its language, adds.

    None where it adds many: then it says the passage in other words. Endings may differ.
    """
    alike = [one for one in cited if one.language == claim.language]
    if not alike or not near_verbatim(claim, alike):
        return []
    told = {_stem(fold(word)) for one in alike for word in re.findall(r"[^\W\d_]+", one.told)}
    named = [(name.start, name.end) for name in claim.names]
    added = [
        match.group()
        for match in re.finditer(r"[^\W\d_]+", claim.text)
        if len(match.group()) >= _SHORTEST_PLAIN
        and _stem(fold(match.group())) not in told
        and not any(start <= match.start() < end for start, end in named)
    ]
    return added if len(added) <= _FEW_ADDED else []


def _stem(word: str) -> str:
    return word[: max(_SHORTEST_PLAIN, len(word) - _ENDING)]


def support_features(
    index: Index, claim: Claim, cited: Sequence[Evidence], others: Sequence[Evidence]
) -> list[float]:
    """Return the numbers named in SUPPORT_FEATURES for a claim and the passages it cites."""
    # A passage in the claim's language looks closer than one in another that says the same.
    alike = {one.language for one in cited}
    closeness = max((one.closest(claim.vector)[0] for one in cited), default=0.0)
    best = max((one.closest(claim.vector)[0] for one in others if one.language in alike), default=closeness)
    same = float(any(one.language == claim.language for one in cited))
    told = [(one.told, one.language) for one in (*cited, *others)]
    coverages = index.coverage(claim.text, claim.language, told)
    covered = max(coverages[: len(cited)], default=0.0)
    rivals = [
        share
        for share, one in zip(coverages[len(cited) :], others, strict=True)
        if one.language == claim.language and (same or share >= _TAKEN_ELSEWHERE)
    ]
    missing = missing_names(claim, cited)
    strong = [name for name in claim.names if name.strong and (same or _proper(name))]
    strong_missing = [name for name in missing if name in strong]
    weak = [name for name in claim.names if not name.strong and not name.opens]
    weak_missing = sum(name in missing for name in weak) / len(weak) if weak else 0.0
    elsewhere = any(one.mentions.holds(name, claim.language) for one in others for name in strong_missing)
    share = len(strong_missing) / len(strong) if strong else 0.0
    close = (closeness - _MIDDLE) * _SCALE
    return [
        close * same,
        close * (1 - same),
        max(0.0, best - closeness) * _SCALE,
        covered * same,
        covered * (1 - same),
        max(0.0, max(rivals, default=covered) - covered),
        share * same,
        share * (1 - same),
        weak_missing * same,
        float(elsewhere),
        float(not strong),
        same,
    ]
