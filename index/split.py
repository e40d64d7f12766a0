"""Article → passages → sentences, with exact character offsets.

Passages come from LlamaIndex's SentenceSplitter, sentences from sentencex (rules for about 300
languages). Neither overlaps: joined with the blanks between them they give the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from .types import Article, Passage

if TYPE_CHECKING:
    from llama_index.core.node_parser import SentenceSplitter

SPLITTER_VERSION = "1"
"""Part of every article's version: a change here re-indexes articles when they are read again."""

_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]"  # scripts without spaces: each sign
    r"|[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{1,5}"  # five letters of a word
    r"|[^\w\s]"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"'’])(?:M|MM|Mme|Mmes|Mlle|Mgr|art|av|env|St|Ste|vol|chap|fig|Hr|Fr|bzw|ca|Nr|Sr|Sra|D|Dña"
    r"|Sig|Av|No|[A-ZÀ-ÖØ-ÞА-Я])\.\s*$"
)


def count_tokens(text: str) -> int:
    """Return an estimate of the tokens in `text`, the same for every embedding model."""
    return sum(1 for _ in _TOKEN.finditer(text))


def split_sentences(text: str, language: str | None = None) -> list[tuple[int, int]]:
    """Return (start, end) of the sentences of `text`, without surrounding blanks, in order.

    A line end that closes a paragraph closes a sentence. Abbreviations that sencentex does not
    know for the language ("M. Dupont") do not.
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for piece in _segments(text, language or "en"):
        start = text.find(piece, position)
        if start < 0:  # a segmenter must not change the text; if one does, the rest is one sentence
            piece, start = text[position:], position
        position = start + len(piece)
        spans.append((start, position))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        previous = text[joined[-1][0] : joined[-1][1]] if joined else ""
        if joined and "\n" not in previous[-2:] and _ABBREVIATION.search(previous):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [span for span in (_strip(text, *span) for span in joined) if span[0] < span[1]]


def split_article(article: Article, passage_tokens: int) -> list[Passage]:
    """Return the passages of an article, each of at most about `passage_tokens` tokens."""
    passages: list[Passage] = []
    position = 0
    for number, chunk in enumerate(_splitter(passage_tokens).split_text(article.text)):
        start = article.text.find(chunk, position)
        if start < 0:
            raise AssertionError(f"the splitter changed the text of article {article.id}")
        position = start + len(chunk)
        passages.append(
            Passage(
                id=f"{article.id}:{article.version}:{number}",
                article_id=article.id,
                version=article.version,
                number=number,
                start=start,
                end=position,
                text=chunk,
            )
        )
    return passages


@lru_cache(maxsize=4)
def _splitter(passage_tokens: int) -> SentenceSplitter:
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(
        chunk_size=passage_tokens,
        chunk_overlap=0,
        paragraph_separator="\n",
        tokenizer=_tokens,
        chunking_tokenizer_fn=_sentences_with_blanks,
    )


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _sentences_with_blanks(text: str) -> list[str]:
    """Cut `text` into sentences that joined give `text` again."""
    starts = [start for start, _ in split_sentences(text)]
    if not starts:
        return [text]
    starts[0] = 0
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _segments(text: str, language: str) -> Iterator[str]:
    import sentencex

    yield from sentencex.segment(language, text)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
