"""Hybrid retrieval: by meaning (dense) and by words (lexical), fused.

Plain fusion of two ranked lists ruins retrieval across languages, where the lexical list is mostly
noise. Here every candidate of either list gets both kinds of evidence: the cosine of its vector, and
the share of the question's term weight that it and its article hold (names and numbers are found in
every language, other words in their own). A weighted sum of the three ranks them.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from .config import IndexConfig
from .embed import Embedder
from .errors import QuestionError, StoreError
from .folding import fold
from .language import detect_language
from .lexical import QuestionTerm, index_terms, question_terms
from .listing import ArticleFilter
from .types import Article, Hit, Passage, Via
from .vectors import VectorStore
from .within import Within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .catalog import Catalog

# The weights of the fused score, fitted on training questions and rounded; `benchmarks/retrieval.py`
# shows what they give.
PASSAGE_COVERAGE = 3.0
PASSAGE_COVERAGE_ACROSS = 2.0
"""The same where question and passage are in different languages."""
ARTICLE_COVERAGE = 4.0
SIMILARITY_E5 = 80.0
"""Cosines of e5 lie close together: 0.05 of it weigh as much as all the words of a question."""
OTHER_LANGUAGE_E5 = 2.5
"""Given to passages in other languages, to make up for e5's leaning towards the question's own."""
SIMILARITY = 20.0
"""For other models, whose cosines spread further; not fitted."""
_OVERFETCH = 3
_TERMS_KEPT = 4_000

Weighed = dict[QuestionTerm, float]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A passage of either list with its evidence. Ranks count from 1; None where a list lacks it."""

    passage: Passage
    article: Article
    terms: frozenset[str]
    similarity: float
    coverage: float
    dense_rank: int | None
    lexical_rank: int | None
    score: float = 0.0

    @property
    def via(self) -> Via:
        """Which list found it."""
        if self.dense_rank and self.lexical_rank:
            return Via.BOTH
        return Via.DENSE if self.dense_rank else Via.LEXICAL


class Searcher:
    """Search a catalog and its vectors. Safe to share between threads."""

    def __init__(
        self, catalog: Catalog, vectors: VectorStore, embedder: Embedder, config: IndexConfig
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._config = config
        self._e5 = "e5" in embedder.id.lower()
        self.degraded: str | None = None
        """A sentence where the last search had to do without the vectors."""

    def search(self, question: str, limit: int = 10, within: ArticleFilter | None = None) -> list[Hit]:
        """Return the passages that answer a question best, best first. Raises QuestionError, StoreError.

        Of other articles than those `within` a filter, no passage is looked at.
        """
        question = checked(question, self._config.max_question_chars)
        if limit < 1:
            return []
        wanted = max(self._config.candidates, _OVERFETCH * limit)
        inside = Within(self._catalog, within) if within and within != ArticleFilter() else None
        try:
            candidates = self.candidates(question, wanted, inside)
        except KeyError:  # an article was replaced between two looks into the catalog
            candidates = self.candidates(question, wanted, inside)
        return fold(candidates, limit, inside or self._catalog)

    def candidates(self, question: str, wanted: int, within: Within | None = None) -> list[Candidate]:
        """Return the `wanted` best passages of each list with their evidence, best fused score first."""
        language = detect_language(question)
        weighed = weigh(self._catalog, question_terms(question, language))
        vector = self._embedder.embed_question(question)
        dense = self._dense(vector, wanted, within)
        by_row = self._catalog.passages_by_rowid(self._lexical(weighed, wanted, within))
        found = {passage.id: (passage, article) for passage, article in by_row.values()}
        lexical = {one: rank for rank, one in enumerate(found, 1)}
        found |= self._catalog.passages_by_id([one for one in dense if one not in found])
        ranks = {one: rank for rank, one in enumerate((one for one in dense if one in found), 1)}
        similar = dense | self._similarities([one for one in found if one not in dense], vector)
        candidates = []
        for one, (passage, article) in found.items():
            terms = term_set(passage.text, article.language)
            titled = terms | term_set(article.title, article.language)
            candidates.append(
                Candidate(
                    passage=passage,
                    article=article,
                    terms=terms,
                    similarity=similar[one],
                    coverage=coverage(weighed, titled),
                    dense_rank=ranks.get(one),
                    lexical_rank=lexical.get(one),
                )
            )
        return _ranked(candidates, weighed, language, e5=self._e5)

    def _lexical(self, weighed: Weighed, wanted: int, within: Within | None) -> list[int]:
        """Return the rows of the passages found by words, best BM25 first."""
        terms = sorted({alternative for term in weighed for alternative in term.alternatives})
        if not terms:
            return []
        expression = " OR ".join(f'"{term}"' for term in terms)
        return [row for row, _ in (within or self._catalog).match(expression, wanted)]

    def _dense(self, vector: NDArray[np.float32], wanted: int, within: Within | None) -> dict[str, float]:
        """Return the cosines of the nearest passages, nearest first; none where the store fails."""
        try:
            if within is not None:
                found = within.nearest(vector, wanted, self._vectors)
            else:
                found = dict(self._vectors.query(vector, wanted))
        except StoreError as error:
            self.degraded = f"The vectors cannot be read, so only words are searched: {error}"
            return {}
        self.degraded = None
        return found

    def _similarities(self, ids: Sequence[str], vector: NDArray[np.float32]) -> dict[str, float]:
        if not ids:
            return {}
        return dict(zip(ids, map(float, self._catalog.passage_vectors(ids) @ vector), strict=True))


def checked(question: str, most: int) -> str:
    """Return a question without surrounding blanks. Raises QuestionError where it cannot be asked."""
    question = question.strip()
    if not any(sign.isalnum() for sign in question):
        raise QuestionError("The question is empty; type one.")
    if len(question) > most:
        raise QuestionError(
            f"The question has {len(question):,} characters; the most is {most:,}. Ask a shorter one."
        )
    return question


class _Frequencies(Protocol):
    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]: ...

    def passage_count(self) -> int: ...


def weigh(catalog: _Frequencies, terms: Sequence[QuestionTerm]) -> Weighed:
    """Return each term's inverse document frequency (as in BM25), of its commonest form."""
    count = catalog.passage_count()
    frequencies = catalog.document_frequencies([form for term in terms for form in term.alternatives])
    weights = {}
    for term in terms:
        most = min(count, max(frequencies[form] for form in term.alternatives))
        weights[term] = math.log(1 + (count - most + 0.5) / (most + 0.5))
    return weights


def coverage(weighed: Weighed, terms: frozenset[str]) -> float:
    """Return the share (0 to 1) of the question's term weight that a text's terms hold."""
    return _share(weighed, _held(weighed, terms))


def _held(weighed: Weighed, terms: frozenset[str]) -> set[QuestionTerm]:
    return {term for term in weighed if not terms.isdisjoint(term.alternatives)}


def _share(weighed: Weighed, held: Iterable[QuestionTerm]) -> float:
    total = math.fsum(weighed.values())
    return min(1.0, math.fsum(weighed[term] for term in held) / total) if total else 0.0


@lru_cache(maxsize=_TERMS_KEPT)
def term_set(text: str, language: str | None) -> frozenset[str]:
    """Return the search terms of a text; the last ones asked for are kept, each word once: half the memory."""
    return frozenset(map(sys.intern, index_terms(text, language).split()))


def _ranked(
    candidates: Sequence[Candidate], weighed: Weighed, language: str | None, *, e5: bool
) -> list[Candidate]:
    """Give each candidate its fused score, between 0 and 1, and sort: best first."""
    similarity, bonus = (SIMILARITY_E5, OTHER_LANGUAGE_E5) if e5 else (SIMILARITY, 0.0)
    best = similarity + ARTICLE_COVERAGE + PASSAGE_COVERAGE + bonus
    by_article: defaultdict[str, set[QuestionTerm]] = defaultdict(set)
    for one in candidates:
        by_article[one.article.id] |= _held(weighed, one.terms)
    shares = {article: _share(weighed, held) for article, held in by_article.items()}
    scored = []
    for one in candidates:
        raw = similarity * one.similarity + ARTICLE_COVERAGE * max(one.coverage, shares[one.article.id])
        if one.article.language == language:
            raw += PASSAGE_COVERAGE * one.coverage
        else:
            raw += PASSAGE_COVERAGE_ACROSS * one.coverage + bonus
        scored.append((raw, replace(one, score=max(0.0, min(1.0, raw / best)))))
    scored.sort(key=lambda pair: (-pair[0], pair[1].passage.id))
    return [one for _, one in scored]
