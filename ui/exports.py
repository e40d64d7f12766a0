"""A conversation → a file to keep: Markdown, HTML, JSON, or the bibliography of what it cites."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from assistant import Answer
from assistant.bibliography import Reference, bibtex, plain, references, ris
from assistant.render import filter_dict, to_dict

from .conversation import Conversation
from .escape import printable
from .export_html import to_html
from .export_markdown import to_markdown
from .exported import Exported
from .seams import Library

_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class File:
    """A file for the reader to save."""

    name: str
    type: str
    text: str


def export(library: Library, conversation: Conversation, title: str, kind: str, now: datetime) -> File | None:
    """Return a conversation as a file of a kind, "" being none of ours; None for an unknown kind."""
    form = _FORMS.get(kind)
    if form is None:
        return None
    exported = gather(library, conversation, title, now)
    return File(name=f"{_file_name(title)}.{form.ending}", type=form.type, text=form.write(exported))


def gather(library: Library, conversation: Conversation, title: str, now: datetime) -> Exported:
    """Return what is exported of a conversation: what is over."""
    over = tuple(one for one in conversation.exchanges if one.over)
    return Exported(
        title=printable(" ".join(title.split())) or "Conversation",
        moment=now,
        exchanges=over,
        references=tuple(cited(library, [one.answer for one in over if one.answer])),
    )


def cited(library: Library, answers: Sequence[Answer]) -> list[Reference]:
    """Return the articles that answers cite, each once, with their authors where these are known."""
    citations = [citation for answer in answers for citation in answer.citations]
    ids = dict.fromkeys(one.article_id for one in citations)
    return references(citations, [library.article(one) for one in ids])


def answer_text(library: Library, answer: Answer) -> str:
    """Return an answer as plain text for the clipboard: its sentences with their numbers, then the sources."""
    by_id = {one.article_id: plain(one) for one in cited(library, [answer])}
    lines = [f"[{one.number}] {by_id[one.article_id]}" for one in answer.citations]
    said = _said(answer)
    return printable("\n".join([said, "", *lines]) if lines else said) + "\n"


def _said(answer: Answer) -> str:
    """Return the answer's text without sentences that no passage supports."""
    if not any(sentence.struck for sentence in answer.sentences):
        return answer.text.strip()
    kept = [
        sentence.text.strip() + "".join(f" [{number}]" for number in sentence.citations)
        for sentence in answer.sentences
        if not sentence.struck
    ]
    return " ".join(kept)


def to_json(exported: Exported) -> str:
    """Return a conversation as JSON: what was asked and answered, with all citations, and the bibliography."""
    return json.dumps(
        {
            "format": "article-assistant conversation",
            "version": 1,
            "title": exported.title,
            "exported": exported.moment.isoformat(timespec="seconds"),
            "exchanges": [
                {
                    "turn": one.turn,
                    "question": one.question,
                    "within": filter_dict(one.within) if one.within else None,
                    "answer": to_dict(one.answer) if one.answer else None,
                    "written": "" if one.answer else one.written,
                    "trouble": one.trouble,
                }
                for one in exported.exchanges
            ],
            "bibliography": {"bibtex": bibtex(exported.references), "ris": ris(exported.references)},
        },
        ensure_ascii=True,  # half a surrogate pair cannot be written otherwise
        indent=1,
    )


def _file_name(title: str) -> str:
    """Return a title as the name of a file on any system."""
    name = re.sub(r"[^\w-]+", "-", title)[:_LONGEST_NAME].strip("-_")
    return name or "conversation"


@dataclass(frozen=True, kw_only=True)
class _Form:
    ending: str
    type: str
    write: Callable[[Exported], str]


_FORMS = MappingProxyType(
    {
        "markdown": _Form(ending="md", type="text/markdown", write=to_markdown),
        "html": _Form(ending="html", type="text/html", write=to_html),
        "json": _Form(ending="json", type="application/json", write=to_json),
        "bibtex": _Form(ending="bib", type="application/x-bibtex", write=lambda one: bibtex(one.references)),
        "ris": _Form(
            ending="ris", type="application/x-research-info-systems", write=lambda one: ris(one.references)
        ),
    }
)
KINDS = tuple(_FORMS)
