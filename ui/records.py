"""A finished exchange → text that can be kept → the exchange again. Data only, never HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from assistant import Answer, Status
from index import ArticleFilter, Hit

_NEAREST = 3


class RecordError(ValueError):
    """A text is not the record of an exchange."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A question and what became of it: an answer, or the text written until it was stopped."""

    question: str
    answer: Answer | None = None
    written: str = ""
    struck: tuple[str, ...] = ()
    """Sentences of the text that no passage supports."""
    standalone: str | None = None
    trouble: str = ""
    """Why there is no answer, in one sentence."""
    suggestions: tuple[str, ...] = ()
    """Questions to go on with."""
    within: ArticleFilter | None = None
    """Which articles it was asked of; None for all."""


_ADAPTER = TypeAdapter(Record)


def to_text(record: Record) -> str:
    """Return a record as JSON in ASCII."""
    return json.dumps(_ADAPTER.dump_python(record, mode="json"))


def from_text(text: str) -> Record:
    """Return the record of a text that `to_text` made. Raises RecordError for any other."""
    try:
        return _ADAPTER.validate_python(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not the record of an exchange ({type(error).__name__})") from None


def searchable(record: Record) -> str:
    """Return the words that an exchange can be found by."""
    said = record.answer.text if record.answer else record.written
    return f"{record.question} {said}"


def worth_keeping(answer: Answer) -> Answer:
    """Drop what is never shown again: of the hits, all but the cited ones, which tell how they were found.

    Where there is no answer, the nearest ones keep the texts of their passages; everything else loses its text.
    """
    if answer.status is not Status.NO_EVIDENCE:
        cited = {citation.passage_id for citation in answer.citations}
        return replace(answer, hits=tuple(_bare(hit) for hit in answer.hits if hit.passage.id in cited))
    nearest = nearest_hits(answer)
    return replace(answer, hits=tuple(replace(hit, article=replace(hit.article, text="")) for hit in nearest))


def _bare(hit: Hit) -> Hit:
    """Drop the texts of a hit."""
    return replace(
        hit, article=replace(hit.article, text=""), passage=replace(hit.passage, text=""), duplicates=()
    )


def nearest_hits(answer: Answer) -> list[Hit]:
    """Return the best hits of an answer, one for each article."""
    best: dict[str, Hit] = {}
    for hit in answer.hits:
        best.setdefault(hit.article.id, hit)
    return list(best.values())[:_NEAREST]
