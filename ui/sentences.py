"""The sentences of an answer → HTML: their citations, and what the check found."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import Answer, Citation, Sentence, Support
from assistant.reasons import reasons

from .escape import escape

REPLACED = "The model’s sentence was not supported and was replaced by this quote."
_LABELS = {Support.WEAK: "weakly supported", Support.UNSUPPORTED: "not supported"}


def blocks_html(answer: Answer, turn: int) -> str:
    """Show all sentences, in the paragraphs that the answer's text has; a replacement stands alone."""
    blocks: list[str] = []
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            blocks.append(f'<p dir="auto">{" ".join(paragraph)}</p>')
            paragraph.clear()

    position = 0
    for sentence in answer.sentences:
        found = answer.text.find(sentence.text, position)
        if found >= 0 and "\n" in answer.text[position:found]:
            close()
        position = found + len(sentence.text) if found >= 0 else position
        if sentence.replaced is None:
            paragraph.append(_sentence(sentence, answer.citations, turn))
        else:
            close()
            blocks.append(_replacement(sentence, answer.citations, turn))
    close()
    return "".join(blocks).replace("\n", "<br>")


def _sentence(sentence: Sentence, citations: Sequence[Citation], turn: int) -> str:
    cited = [one for one in citations if one.number in sentence.citations]
    text = _with_quotes(sentence.text.strip(), cited)
    links = _links(cited, turn)
    if sentence.struck:
        why = escape(reasons(sentence) or _why_unsupported(sentence))
        caught = f'<span class="caught" lang="en"><b>Not supported.</b> {why}</span>'
        return f"{struck_out(text)}{links} {caught}"
    if sentence.support is Support.SUPPORTED:
        return text + links
    kind = sentence.support.value
    return f'<span class="{kind}">{text}</span>{links} {_flag(sentence, kind)}'


def _why_unsupported(sentence: Sentence) -> str:
    """Return why nothing was found that says a sentence, whatever its support is given as."""
    return reasons(Sentence(text=sentence.text, support=Support.UNSUPPORTED, findings=sentence.findings))


def _flag(sentence: Sentence, kind: str) -> str:
    """A label that shows the reason on hover and on focus, and reads it out."""
    why = escape(reasons(sentence))
    return (
        f'<span class="doubted" lang="en"><button type="button" class="flag {kind}">{_LABELS[sentence.support]}'
        f'<span class="unseen">: {why}</span></button><span class="why" role="tooltip">{why}</span></span>'
    )


def _replacement(sentence: Sentence, citations: Sequence[Citation], turn: int) -> str:
    cited = [one for one in citations if one.number in sentence.citations]
    quote = _with_quotes(sentence.text.strip(), cited) + _links(cited, turn)
    why = escape(_why_unsupported(sentence))
    return (
        f'<blockquote class="standin"><p dir="auto">{quote}</p>'
        f'<details class="removed" lang="en"><summary>{escape(REPLACED)} <span class="more">What it said</span></summary>'
        f'<p dir="auto">{struck_out(escape((sentence.replaced or "").strip()))}</p>'
        f'<p class="reason">{why}</p></details></blockquote>'
    )


def struck_out(markup: str) -> str:
    """Strike out; screen readers mostly pass over <del>, so that it is said as well."""
    return f'<span class="unseen" lang="en">Struck out: </span><del class="struck">{markup}</del>'


def _links(cited: Sequence[Citation], turn: int) -> str:
    return "".join(
        f'&#160;<a class="cite" href="#src-{turn}-{one.number}" '
        f'title="Source {one.number}: {escape(one.title[:120])}">[{one.number}]</a>'
        for one in cited
    )


def _with_quotes(text: str, cited: Sequence[Citation]) -> str:
    """Escape a sentence, and mark the words in it that are an article's own, with their language."""
    if not cited:
        return escape(text)
    citation, others = cited[0], cited[1:]
    quote = " ".join(citation.quote.split())
    before, found, after = text.partition(quote) if quote else (text, "", "")
    if not found:
        return _with_quotes(text, others)
    language = f' lang="{escape(citation.language)}"' if citation.language else ""
    words = f'<span class="quote"{language} dir="auto">{escape(quote)}</span>'
    return f"{_with_quotes(before, others)}{words}{_with_quotes(after, others)}"
