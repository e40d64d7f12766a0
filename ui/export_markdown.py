"""A conversation → Markdown that shows what was said, and in which no text of others is markup."""

from __future__ import annotations

import re

from assistant import Answer, Citation, Sentence, Support
from assistant.bibliography import plain
from assistant.phrases import format_date
from assistant.reasons import reasons

from .escape import printable
from .exported import Exported
from .filters import scope_text
from .messages import STOPPED

_MARKS = re.compile(r"([\\`*_{}\[\]<>|~^$&@]|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|:(?=//)|(?<=\bwww)\.)")
"""What is markup anywhere, or at the beginning of a line, or makes an address a link."""


def to_markdown(exported: Exported) -> str:
    """Return a conversation in Markdown with footnotes, one for each citation, and the list of the articles."""
    blocks = [f"# {literal(exported.title)}", f"Article Assistant, {exported.moment:%Y-%m-%d %H:%M %Z}"]
    for one in exported.exchanges:
        blocks.append(f"## {literal(one.question)}")
        if one.scope:
            blocks.append(f"*Filter: {literal(scope_text(one.scope))}*")
        if one.answer:
            blocks += _answer(one.answer, one.turn)
        else:
            blocks += [literal(part) for part in (one.written, one.trouble or STOPPED) if part.strip()]
    if exported.references:
        blocks.append("## Articles")
        blocks.append("\n".join(f"- {literal(plain(one))}" for one in exported.references))
    return "\n\n".join(blocks) + "\n"


def literal(text: str) -> str:
    """Return Markdown that shows a text letter by letter, in one line."""
    return _MARKS.sub(r"\\\1", " ".join(printable(text).split()))


def _answer(answer: Answer, turn: int) -> list[str]:
    said = [_sentence(one, turn) for one in answer.sentences] or [literal(answer.text)]
    notes = [f"*Note: {literal(one)}*" for one in answer.warnings]
    if answer.standalone:
        notes.insert(0, f"*Searched for: {literal(answer.standalone)}*")
    by = f"*Written by {literal(answer.model)}, every sentence checked.*" if answer.model else ""
    footnotes = [_footnote(one, turn) for one in answer.citations]
    return [*(part for part in (*notes, "\n\n".join(said), by) if part), *footnotes]


def _sentence(sentence: Sentence, turn: int) -> str:
    text = literal(sentence.text)
    marks = "".join(f"[^{turn}-{number}]" for number in sentence.citations)
    if sentence.struck:
        return f"~~{text}~~ *(not supported: {literal(reasons(sentence))})*"
    if sentence.replaced is not None:
        return f"> {text}{marks} *(in place of a sentence that no article supports)*"
    doubt = "" if sentence.support is Support.SUPPORTED else f" *({_doubt(sentence)})*"
    return f"{text}{marks}{doubt}"


def _doubt(sentence: Sentence) -> str:
    word = "weakly supported" if sentence.support is Support.WEAK else "not supported"
    return f"{word}: {literal(reasons(sentence))}"


def _footnote(citation: Citation, turn: int) -> str:
    date = format_date(citation.published, "en") if citation.published else "undated"
    facts = ", ".join(part for part in (f"“{citation.title}”", citation.source, date, citation.url) if part)
    return f"[^{turn}-{citation.number}]: {literal(facts)}: “{literal(citation.quote)}”"
