"""Articles' passages → their records with vectors, and the version that an article has with a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .embed import Embedder
from .records import PassageRecord
from .split import SPLITTER_VERSION, split_sentences
from .text import article_version
from .types import Article, Passage

if TYPE_CHECKING:
    from .embed import PassageEmbedding


def embed_passages(embedder: Embedder, passages: Sequence[tuple[Passage, Article]]) -> list[PassageRecord]:
    """Embed passages with their sentences, in the context of their articles' titles."""
    spans = [split_sentences(passage.text, article.language) for passage, article in passages]
    embeddings: list[PassageEmbedding] = embedder.embed_passages(
        [passage.text for passage, _ in passages],
        [_context(passage, article) for passage, article in passages],
        spans,
    )
    return [
        PassageRecord(
            passage=passage,
            spans=tuple((passage.start + start, passage.start + end) for start, end in inside),
            vector=embedding.vector,
            sentence_vectors=embedding.sentence_vectors,
        )
        for (passage, _), inside, embedding in zip(passages, spans, embeddings, strict=True)
    ]


def _context(passage: Passage, article: Article) -> str:
    # A derived title is the beginning of the first passage, which need not be told twice.
    return "" if article.title_derived and passage.number == 0 else article.title + "\n"


def version_of(article: Article, embedder_id: str) -> str:
    """Return the version that an article has with an embedding model."""
    return article_version(
        title=article.title,
        text=article.text,
        url=article.url,
        source=article.source,
        author=article.author,
        published=article.published,
        language=article.language,
        section=article.section,
        splitter_version=SPLITTER_VERSION,
        embedder_id=embedder_id,
    )
