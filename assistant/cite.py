"""Sentences ↔ citations: every quote is an exact span of its article."""

from __future__ import annotations

from collections.abc import Sequence

from index import Hit, Index

from .phrases import lead_in, phrases_for
from .quote import Candidate
from .types import Answer, Citation, Sentence, Status

_GAP = 3
"""Most characters between two sentences that are quoted as one: blanks and a line end."""


def cited_answer(
    index: Index,
    question: str,
    language: str | None,
    hits: tuple[Hit, ...],
    chosen: Sequence[Candidate],
    confidence: float,
    status: Status,
    warnings: tuple[str, ...],
) -> Answer:
    """Make an answer of chosen sentences: who says it and when, the words, and a citation each."""
    spoken, phrases = phrases_for(language)
    citations, sentences = [], []
    for number, (hit, start, end) in enumerate(_spans(index, chosen), 1):
        article = hit.article
        text = _full_text(index, hit)
        quote = text[start:end]
        citations.append(
            Citation(
                number=number,
                passage_id=hit.passage.id,
                article_id=article.id,
                title=article.title,
                source=article.source,
                url=article.url,
                published=article.published,
                language=article.language,
                quote=quote,
                start=start,
                end=end,
            )
        )
        said = lead_in(phrases, spoken, article.source, article.published)
        opening, closing = phrases.quotes
        sentences.append(
            Sentence(text=f"{said} {opening}{' '.join(quote.split())}{closing}", citations=(number,))
        )
    return Answer(
        question=question,
        status=status,
        text="\n\n".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences),
        language=spoken,
        sentences=tuple(sentences),
        citations=tuple(citations),
        hits=hits,
        confidence=confidence,
        warnings=warnings,
    )


def no_evidence_answer(
    question: str, language: str | None, hits: tuple[Hit, ...], confidence: float, warnings: tuple[str, ...]
) -> Answer:
    """Say in the question's language that the articles hold no answer; the hits are what is near."""
    spoken, phrases = phrases_for(language)
    text = f"{phrases.no_evidence} {phrases.nearest}" if hits else phrases.empty_collection
    return Answer(
        question=question,
        status=Status.NO_EVIDENCE,
        text=text,
        language=spoken,
        sentences=(Sentence(text=text),),
        hits=hits,
        confidence=confidence,
        warnings=warnings,
    )


def _spans(index: Index, chosen: Sequence[Candidate]) -> list[tuple[Hit, int, int]]:
    """Join chosen sentences that follow each other in an article; keep the order of the best of each."""
    spans: list[tuple[Hit, int, int]] = []
    for candidate in chosen:
        hit, start, end = candidate.hit, candidate.sentence.start, candidate.sentence.end
        for number, (other, first, last) in enumerate(spans):
            if other.article.id != hit.article.id:
                continue
            if 0 <= start - last <= _GAP or 0 <= first - end <= _GAP:
                spans[number] = (other, min(first, start), max(last, end))
                break
        else:
            spans.append((hit, start, end))
    return spans


def _full_text(index: Index, hit: Hit) -> str:
    if hit.article.text:
        return hit.article.text
    article = index.article(hit.article.id)
    return article.text if article else ""
