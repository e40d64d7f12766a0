"""A conversation → one HTML file that needs nothing else and fetches nothing."""

from __future__ import annotations

from assistant import Answer, Citation, Sentence, Support
from assistant.bibliography import Reference, plain
from assistant.phrases import format_date
from assistant.reasons import reasons

from .escape import escape, web_address
from .exported import Exported
from .filters import scope_text
from .messages import STOPPED

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
h1, h2 { line-height: 1.25; } h2 { margin-top: 2.5rem; font-size: 1.25rem; }
.small, li { font: 0.92rem/1.5 system-ui, sans-serif; } .small { opacity: 0.8; }
.doubt { font: 0.85rem/1.5 system-ui, sans-serif; color: #9c2f1f; } del { opacity: 0.75; }
li q { font-family: Georgia, serif; background: #fbe7a1; color: #2b2205; }
a { color: inherit; } sup a { text-decoration: none; font: 600 0.8em system-ui, sans-serif; }
li:target { outline: 2px solid; outline-offset: 4px; }
@media (prefers-color-scheme: dark) { .doubt { color: #f3a08d; } }
"""


def to_html(exported: Exported) -> str:
    """Return a conversation as a page; its policy forbids scripts, images and every request."""
    body = [f"<h1>{escape(exported.title)}</h1>"]
    body.append(
        f'<p class="small">Article Assistant, {escape(exported.moment.strftime("%Y-%m-%d %H:%M %Z"))}</p>'
    )
    for one in exported.exchanges:
        body.append(f'<section id="q{one.turn}"><h2 dir="auto">{escape(one.question)}</h2>')
        body.append(_paragraph(f"Filter: {scope_text(one.scope)}" if one.scope else "", "small"))
        if one.answer:
            body.append(_answer(one.answer, one.turn))
        else:
            body.append(_paragraph(one.written) + _paragraph(one.trouble or STOPPED, "small"))
        body.append("</section>")
    if exported.references:
        items = "".join(_reference(one) for one in exported.references)
        body.append(f"<section><h2>Articles</h2><ul>{items}</ul></section>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(exported.title)}</title><style>{_STYLE}</style></head>\n"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _answer(answer: Answer, turn: int) -> str:
    searched = _paragraph(f"Searched for: {answer.standalone}", "small") if answer.standalone else ""
    said = "".join(_sentence(one, turn) for one in answer.sentences) or _paragraph(answer.text)
    notes = "".join(_paragraph(f"Note: {one}", "small") for one in answer.warnings)
    by = f"Written by {answer.model}, every sentence checked." if answer.model else ""
    items = "".join(_citation(one, turn) for one in answer.citations)
    sources = f'<ol class="sources">{items}</ol>' if items else ""
    return f'<div lang="{escape(answer.language)}">{searched}{said}{notes}{_paragraph(by, "small")}</div>{sources}'


def _sentence(sentence: Sentence, turn: int) -> str:
    text = escape(" ".join(sentence.text.split()))
    marks = "".join(f'<sup><a href="#s{turn}-{number}">[{number}]</a></sup>' for number in sentence.citations)
    why = ""
    if sentence.struck:
        text, why = f"<del>{text}</del>", f"Not supported. {reasons(sentence)}"
    elif sentence.replaced is not None:
        why = "In place of a sentence that no article supports."
    elif sentence.support is not Support.SUPPORTED:
        why = f"{'Weakly' if sentence.support is Support.WEAK else 'Not'} supported. {reasons(sentence)}"
    doubt = f' <span class="doubt" lang="en">{escape(why)}</span>' if why else ""
    return f'<p dir="auto">{text}{marks}{doubt}</p>'


def _citation(citation: Citation, turn: int) -> str:
    date = format_date(citation.published, "en") if citation.published else "undated"
    facts = ", ".join(part for part in (citation.source, date) if part)
    tongue = f' lang="{escape(citation.language)}"' if citation.language else ""
    return (
        f'<li id="s{turn}-{citation.number}" value="{citation.number}">{_linked(citation.title, citation.url)}, '
        f'{escape(facts)}: <q dir="auto"{tongue}>{escape(" ".join(citation.quote.split()))}</q></li>'
    )


def _reference(reference: Reference) -> str:
    return f'<li dir="auto">{_linked(plain(reference), reference.url)}</li>'


def _linked(text: str, url: str | None) -> str:
    address = web_address(url)
    shown = f"<bdi>{escape(' '.join(text.split()) or 'Untitled')}</bdi>"
    return f'<a href="{address}" rel="noopener noreferrer nofollow">{shown}</a>' if address else shown


def _paragraph(text: str, kind: str = "") -> str:
    if not text.strip():
        return ""
    return f'<p dir="auto"{f" class={kind}" if kind else ""}>{escape(text.strip())}</p>'
