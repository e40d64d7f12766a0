"""What is in a collection: articles, lists of them, passages, sentences, words. Nothing is changed here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .listing import ArticleFilter, ArticleOrder, ArticlePage, ArticleTally, Moment
from .records import ArticleSummary
from .types import Article, Passage, PassageSentence

if TYPE_CHECKING:
    from .catalog import Catalog
    from .reader import Reader


class Contents(ABC):
    """The part of an `Index` that tells what is in it; `Index` brings the catalog and the reader."""

    catalog: Catalog
    reader: Reader | None

    @abstractmethod
    def resolve(self, article_id: str) -> tuple[str | None, str]:
        """Return the one article that an id or its beginning names, or None and why."""

    def article(self, article_id: str) -> Article | None:
        """Return an article with its text, by its id or the beginning of it; None where there is none."""
        resolved, _ = self.resolve(article_id)
        return self.catalog.article(resolved) if resolved else None

    def articles(self) -> Iterator[Article]:
        """Yield all articles with their texts."""
        return self.catalog.articles()

    def list_articles(self) -> list[ArticleSummary]:
        """Return all articles without their texts, in the order in which they were first added."""
        return self.catalog.list_articles()

    def page(
        self,
        wanted: ArticleFilter | None = None,
        *,
        order: ArticleOrder = ArticleOrder.ADDED,
        descending: bool = True,
        limit: int = 50,
        offset: int = 0,
    ) -> ArticlePage:
        """Return a part of a filtered and sorted list of articles, without their texts."""
        return self.catalog.page(
            wanted or ArticleFilter(), order=order, descending=descending, limit=limit, offset=offset
        )

    def tally(self, wanted: ArticleFilter | None = None) -> ArticleTally:
        """Count the articles, or those that fit a filter, by outlet, language, feed and date."""
        return self.catalog.tally(wanted or ArticleFilter())

    def fitting(self, ids: Iterable[str], wanted: ArticleFilter) -> set[str]:
        """Return which of some articles fit a filter."""
        from .within import Within

        return Within(self.catalog, wanted).fitting(ids)

    def moment(self) -> Moment:
        """Return the present moment of the collection, for `ArticleFilter.brought_since` later."""
        return self.catalog.moment()

    def passages(self, article_id: str) -> list[Passage]:
        """Return the passages of an article, in order."""
        return self.catalog.passages(article_id)

    def sentences(self, passage_id: str) -> list[PassageSentence]:
        """Return the sentences of a passage with their vectors."""
        return self.catalog.sentences(passage_id)

    def sentences_by_id(self, passage_ids: Sequence[str]) -> dict[str, list[PassageSentence]]:
        """Return the sentences of many passages at once."""
        return self.catalog.sentences_by_id(passage_ids)

    def coverage(
        self, question: str, language: str | None, texts: Sequence[tuple[str, str | None]]
    ) -> list[float]:
        """Return, for each (text, its language), the share of the question's term weight it holds, 0 to 1."""
        from .lexical import question_terms
        from .search import coverage, term_set, weigh

        weighed = weigh(self.catalog, question_terms(question, language))
        return [coverage(weighed, term_set(text, spoken)) for text, spoken in texts]

    def languages_of(self, name: str) -> dict[str, int]:
        """Return how many passages of each language hold a name's word, in Latin, Cyrillic or Greek spelling.

        A word that texts of several languages share is no word of one of them: most likely a name.
        """
        from .lexical import NAME_MARK, fold
        from .names import name_key

        key, folded = name_key(name), fold(name)
        terms = [folded] if folded.isalnum() else []
        return self.catalog.languages_of([*terms, NAME_MARK + key] if key else terms)

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    ) -> list[list[float]] | None:
        """Return what each sentence of texts, given with the (start, end) of its sentences, scores as an answer.

        The scores are log-odds; see `Reader`. None where there is no reader. Raises
        ModelUnavailableError where its weights are missing or altered.
        """
        return self.reader.read(question, passages) if self.reader is not None else None
