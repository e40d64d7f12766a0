"""The index as a LlamaIndex retriever, for those who build with LlamaIndex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever

    from .listing import ArticleFilter
    from .types import Hit


class Searchable(Protocol):
    """What can be asked for hits: an `Index`."""

    def search(self, question: str, limit: int = 10, within: ArticleFilter | None = None) -> list[Hit]:
        """Return the passages that answer a question best, best first."""


def article_retriever(
    index: Searchable, limit: int = 10, within: ArticleFilter | None = None
) -> BaseRetriever:
    """Return a LlamaIndex `BaseRetriever` over an index, or over the articles in it that fit a filter.

    Its nodes are passages: `id_` is the passage's id, `score` the hit's, and the metadata hold
    article_id, title, source, url, published (ISO 8601), language, start and end (of the passage in
    the article). Raises what `Index.search` raises.
    """
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle

    class ArticleRetriever(BaseRetriever):  # type: ignore[misc]
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            return [_node(hit) for hit in index.search(query_bundle.query_str, limit, within)]

    return ArticleRetriever()


def _node(hit: Hit) -> Any:
    from llama_index.core.schema import NodeWithScore, TextNode

    passage, article = hit.passage, hit.article
    metadata = {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "start": passage.start,
        "end": passage.end,
    }
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=metadata,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["article_id", "start", "end"],
    )
    return NodeWithScore(node=node, score=hit.score)
