"""Answer → text for a terminal, and → plain values for JSON."""

from __future__ import annotations

import textwrap
from typing import Any

from index import ArticleFilter

from .notes import also_in, changed
from .phrases import format_date, phrases_for
from .reasons import reasons
from .types import Answer, Citation, Status, Support


def to_dict(answer: Answer) -> dict[str, Any]:
    """Return the answer as one JSON object: question, status, text, sentences, citations, nearest…"""
    return {
        "question": answer.question,
        "status": str(answer.status),
        "text": answer.text,
        "standalone": answer.standalone,
        "within": filter_dict(answer.within) if answer.within else None,
        "model": answer.model,
        "language": answer.language,
        "confidence": round(answer.confidence, 4),
        "tentative": answer.tentative,
        "sentences": [
            {
                "text": sentence.text,
                "citations": list(sentence.citations),
                "support": str(sentence.support),
                "findings": [
                    {"problem": str(one.problem), "detail": one.detail} for one in sentence.findings
                ],
                "struck": sentence.struck,
                "replaced": sentence.replaced,
            }
            for sentence in answer.sentences
        ],
        "citations": [_citation(citation) for citation in answer.citations],
        "nearest": nearest(answer),
        "warnings": list(answer.warnings),
    }


def filter_dict(within: ArticleFilter) -> dict[str, Any]:
    """Return a filter as plain values: outlets, languages, feeds, and the first and last day."""
    return {
        "outlets": list(within.sources),
        "languages": list(within.languages),
        "feeds": list(within.feeds),
        "since": within.since.isoformat() if within.since else None,
        "until": within.until.isoformat() if within.until else None,
    }


def nearest(answer: Answer, limit: int = 3) -> list[dict[str, Any]]:
    """Return the articles to offer where there is no answer: id, title, source, published, best first."""
    if answer.status is not Status.NO_EVIDENCE:
        return []
    articles = {hit.article.id: hit.article for hit in answer.hits}
    return [
        {
            "article_id": article.id,
            "title": article.title,
            "source": article.source,
            "published": article.published.isoformat() if article.published else None,
        }
        for article in list(articles.values())[:limit]
    ]


def to_terminal(answer: Answer, width: int = 88) -> str:
    """Return the answer with its sources below, wrapped to `width` columns."""
    blocks = [f"Searched for: {answer.standalone}"] if answer.standalone else []
    if answer.tentative:
        blocks.append(_wrapped(phrases_for(answer.language)[1].tentative, width))
    blocks += [_wrapped(part, width) for part in _marked(answer).split("\n\n")]
    if answer.model:
        blocks.append(f"Written by {answer.model}; every sentence was checked against its source.")
    blocks.extend(_wrapped(note, width) for note in _notes(answer))
    if answer.citations:
        blocks.append("\n".join(_source_line(citation, answer.language) for citation in answer.citations))
    offered = [
        f"  - {entry['title']}" + (f" ({entry['source']})" if entry["source"] else "")
        for entry in nearest(answer)
    ]
    if offered:
        blocks.append("\n".join(offered))
    if answer.within and answer.status is Status.NO_EVIDENCE:
        blocks.append("Leave the filter out to ask all articles.")
    blocks.extend(f"Note: {warning}" for warning in answer.warnings)
    return "\n\n".join(blocks)


def _wrapped(text: str, width: int) -> str:
    """Wrap between words only: a name or an address broken at a hyphen cannot be searched for."""
    return textwrap.fill(text, width, break_on_hyphens=False, break_long_words=False)


def _marked(answer: Answer) -> str:
    """Return the answer's text with its struck sentences between ~~."""
    text, at = "", 0
    for sentence in answer.sentences:
        if sentence.struck:
            start = answer.text.index(sentence.text, at)
            text += f"{answer.text[at:start]}~~{sentence.text}~~"
            at = start + len(sentence.text)
    return text + answer.text[at:]


def _notes(answer: Answer) -> list[str]:
    """Say which sentences are weak, struck out or replaced, and why."""
    notes = []
    for sentence in answer.sentences:
        why = reasons(sentence)
        if sentence.struck:
            notes.append(f"Struck out, not supported: {sentence.text} {why}")
        elif sentence.replaced:
            notes.append(f"Replaced by a quote, not supported: {sentence.replaced} {why}")
        elif sentence.support is Support.WEAK:
            notes.append(f"Weakly supported: {sentence.text} {why}")
    return notes


def _source_line(citation: Citation, language: str) -> str:
    parts = [citation.source, format_date(citation.published, language) if citation.published else None]
    known = ", ".join(part for part in [*parts, changed(citation), also_in(citation)] if part)
    link = f"\n      {citation.url}" if citation.url else ""
    return f"  [{citation.number}] {citation.title}" + (f" — {known}" if known else "") + link


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "article_id": citation.article_id,
        "passage_id": citation.passage_id,
        "title": citation.title,
        "source": citation.source,
        "url": citation.url,
        "published": citation.published.isoformat() if citation.published else None,
        "language": citation.language,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "support": str(citation.support),
        "also": [
            {"article_id": one.article_id, "title": one.title, "source": one.source, "url": one.url}
            for one in citation.also
        ],
        "correction": _correction(citation),
    }


def _correction(citation: Citation) -> dict[str, Any] | None:
    noted = citation.correction
    if noted is None:
        return None
    return {
        "kind": str(noted.kind),
        "published": noted.published.isoformat() if noted.published else None,
        "start": noted.start,
        "end": noted.end,
    }
