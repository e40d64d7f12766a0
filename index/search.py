"""Hybrid retrieval: by meaning (dense) and by words (lexical), fused.

Plain fusion of two lists ruins retrieval across languages, where the lexical list is noise. Here
every candidate of either list gets both kinds of evidence, and the words count by what they are
worth: by the share of the question's rare terms that a passage holds, and by whether question and
passage are in one language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .config import IndexConfig
from .embed import Embedder
from .errors import QuestionError, StoreError
from .language import detect_language
from .lexical import QuestionTerm, index_terms, question_terms
from .types import Article, Hit, Passage, Via
from .vectors import VectorStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .catalog import Catalog

# Weights of the fused score, fitted on training questions by `benchmarks/fit_fusion.py`.
SIMILARITY_WEIGHT = 1.0
COVERAGE_WEIGHT_SAME = 4.0
"""Share of the question's term weight held, question and passage in one language."""
COVERAGE_WEIGHT_OTHER = 1.5
"""The same across languages, where only names and numbers are shared."""
BM25_WEIGHT_SAME = 2.0
"""BM25 relative to the best passage's, in one language."""
_SCALE = 40.0
"""E5 cosines of candidates lie within about 0.1; this brings their differences to the size of the rest."""
_DUPLICATE = 0.8
"""Jaccard overlap of terms from which two passages are near-identical."""
_PER_ARTICLE = 3
"""Most passages of one article among the hits."""


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    passage: Passage
    article: Article
    similarity: float
    coverage: float
    bm25: float
    via: Via
    score: float
    terms: frozenset[str]


class Searcher:
    """Search a catalog and its vectors. Safe to share between threads."""

    def __init__(
        self, catalog: Catalog, vectors: VectorStore, embedder: Embedder, config: IndexConfig
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._config = config
        self.degraded: str | None = None
        """A sentence where the last search had to do without the vectors."""

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """Return the passages that answer a question best, best first. Raises QuestionError, StoreError."""
        question = checked(question, self._config.max_question_chars)
        candidates = self.candidates(question)
        candidates.sort(key=lambda candidate: (-candidate.score, candidate.passage.id))
        return _hits(candidates, limit)

    def candidates(self, question: str) -> list[_Candidate]:
        """Return every passage of either list with all its evidence, in no order."""
        language = detect_language(question)
        weighed = weigh(self._catalog, question_terms(question, language))
        lexical = self._lexical(weighed)
        vector = self._embedder.embed_question(question)
        dense = self._dense(vector)
        by_row = self._catalog.passages_by_rowid(list(lexical))
        bm25 = {passage.id: lexical[row] for row, (passage, _) in by_row.items()}
        found = {passage.id: (passage, article) for passage, article in by_row.values()}
        found |= self._catalog.passages_by_id([one for one in dense if one not in found])
        missing = [one for one in found if one not in dense]
        if missing:
            similarities = self._catalog.passage_vectors(missing) @ vector
            similar = dense | dict(zip(missing, map(float, similarities), strict=True))
        else:
            similar = dense
        return [
            _weigh_evidence(passage, article, similar[one], bm25.get(one, 0.0), weighed, language,
                            _via(one in dense, one in bm25))
            for one, (passage, article) in found.items()
        ]  # fmt: skip

    def _lexical(self, weighed: dict[QuestionTerm, float]) -> dict[int, float]:
        """Return the BM25 of the passages found by words, relative to the best one's."""
        terms = sorted({alternative for term in weighed for alternative in term.alternatives})
        if not terms:
            return {}
        found = self._catalog.match(" OR ".join(f'"{term}"' for term in terms), self._config.candidates)
        best = max((score for _, score in found), default=0.0)
        return {row: score / best for row, score in found} if best > 0 else {}

    def _dense(self, vector: NDArray[np.float32]) -> dict[str, float]:
        try:
            found = self._vectors.query(vector, self._config.candidates)
        except StoreError as error:
            self.degraded = f"The vectors cannot be read, so only words are searched: {error}"
            return {}
        self.degraded = None
        return dict(found)


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


def weigh(catalog: _Frequencies, terms: Sequence[QuestionTerm]) -> dict[QuestionTerm, float]:
    """Return each term's inverse document frequency: log(1 + N/df), of its commonest form."""
    count = max(1, catalog.passage_count())
    frequencies = catalog.document_frequencies([form for term in terms for form in term.alternatives])
    return {
        term: math.log(1 + count / max(0.5, max(frequencies[form] for form in term.alternatives)))
        for term in terms
    }


def coverage(weighed: dict[QuestionTerm, float], terms: frozenset[str]) -> float:
    """Return the share (0 to 1) of the question's term weight that a text's terms hold."""
    total = sum(weighed.values())
    held = sum(weight for term, weight in weighed.items() if any(form in terms for form in term.alternatives))
    return held / total if total else 0.0


def _weigh_evidence(
    passage: Passage,
    article: Article,
    similarity: float,
    bm25: float,
    weighed: dict[QuestionTerm, float],
    language: str | None,
    via: Via,
) -> _Candidate:
    terms = frozenset(index_terms(passage.text, article.language).split())
    title = index_terms(article.title, article.language).split()
    held = coverage(weighed, terms.union(title))
    same = article.language == language
    words = COVERAGE_WEIGHT_SAME * held + BM25_WEIGHT_SAME * bm25 if same else COVERAGE_WEIGHT_OTHER * held
    return _Candidate(
        passage=passage,
        article=article,
        similarity=similarity,
        coverage=held,
        bm25=bm25,
        via=via,
        score=SIMILARITY_WEIGHT * _SCALE * similarity + words,
        terms=terms,
    )


def _via(dense: bool, lexical: bool) -> Via:
    return Via.BOTH if dense and lexical else Via.DENSE if dense else Via.LEXICAL


def _hits(candidates: Sequence[_Candidate], limit: int) -> list[Hit]:
    """Take the best candidates; near-identical ones are folded, one article does not crowd out others."""
    kept: list[_Candidate] = []
    copies: dict[str, list[str]] = {}
    per_article: dict[str, int] = {}
    for candidate in candidates:
        twin = next((other for other in kept if _near_identical(candidate, other)), None)
        if twin is not None:
            copies.setdefault(twin.passage.id, []).append(candidate.article.id)
            continue
        if len(kept) == limit or per_article.get(candidate.article.id, 0) == _PER_ARTICLE:
            continue
        per_article[candidate.article.id] = per_article.get(candidate.article.id, 0) + 1
        kept.append(candidate)
    top = _SCALE * SIMILARITY_WEIGHT + COVERAGE_WEIGHT_SAME + BM25_WEIGHT_SAME
    return [
        Hit(
            passage=candidate.passage,
            article=candidate.article,
            score=max(0.0, min(1.0, candidate.score / top)),
            rank=rank,
            via=candidate.via,
            similarity=candidate.similarity,
            coverage=candidate.coverage,
            duplicates=tuple(dict.fromkeys(copies.get(candidate.passage.id, []))),
        )
        for rank, candidate in enumerate(kept, 1)
    ]


def _near_identical(one: _Candidate, other: _Candidate) -> bool:
    if one.article.id == other.article.id:
        return False
    shared = len(one.terms & other.terms)
    return shared >= _DUPLICATE * (len(one.terms) + len(other.terms) - shared)
