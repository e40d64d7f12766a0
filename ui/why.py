"""Why a passage is a source of an answer → HTML: how it was found, and which sentences rest on it."""

from __future__ import annotations

from types import MappingProxyType

from assistant import Answer, Citation, Sentence, Support
from assistant.reasons import reasons
from index import Hit, Via

from .escape import escape

_FOUND = MappingProxyType(
    {
        Via.BOTH: "by its meaning and by its words",
        Via.DENSE: "by its meaning",
        Via.LEXICAL: "by its words",
    }
)
_SUPPORT = MappingProxyType(
    {Support.SUPPORTED: "supported", Support.WEAK: "weakly supported", Support.UNSUPPORTED: "not supported"}
)
_LONGEST = 160


def why_html(answer: Answer, citation: Citation) -> str:
    """Tell how a passage was found and what it supports, folded away."""
    hit = next((one for one in answer.hits if one.passage.id == citation.passage_id), None)
    items = [_found(hit)] if hit else []
    items += [_rests(one, citation) for one in answer.sentences if citation.number in one.citations]
    if not items:
        return ""
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f'<details class="reason"><summary>Why this source</summary><ul>{listed}</ul></details>'


def _found(hit: Hit) -> str:
    place = "the first" if hit.rank == 1 else f"number {hit.rank}"
    found = (
        f"Found {_FOUND[hit.via]}, as {place} of the passages. Nearness in meaning {hit.similarity:.2f} of 1"
    )
    words = f", and {hit.coverage:.0%} of the weight of the question's words." if hit.coverage else "."
    return escape(found + words)


def _rests(sentence: Sentence, citation: Citation) -> str:
    text = " ".join(sentence.text.split())
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"
    word_for_word = " ".join(citation.quote.split()) in text
    support = "word for word" if word_for_word else _SUPPORT[sentence.support]
    why = "" if sentence.support is Support.SUPPORTED else f" {reasons(sentence)}"
    kind = sentence.support.value
    return (
        f'<bdi class="says">{escape(shown)}</bdi> <span class="support {kind}">{support}</span>{escape(why)}'
    )
