"""Questions and answers → the HTML of the chat. Nothing of theirs is left to be markup."""

from __future__ import annotations

from collections.abc import Iterable

from assistant import Answer, Citation, Sentence, Status

from .escape import escape

_LONGEST_SHOWN = 1_500


def question_html(question: str) -> str:
    """Show a question as it was typed; of a very long one, the beginning."""
    shown = question if len(question) <= _LONGEST_SHOWN else question[:_LONGEST_SHOWN] + " …"
    return f'<div class="asked" dir="auto">{_lines(shown)}</div>'


def waiting_html(sentence: str) -> str:
    """Show what the page is waiting for."""
    return f'<div class="waiting" role="status">{escape(sentence)}</div>'


def trouble_html(sentence: str) -> str:
    """Show why there is no answer."""
    return f'<div class="trouble" role="alert"><p dir="auto">{escape(sentence)}</p></div>'


def partial_html(text: str) -> str:
    """Show an answer that is still being written; its markers are not links yet."""
    return (
        f'<div class="answer partial">{_paragraphs(escape(part) for part in text.split(chr(10) * 2))}</div>'
    )


def answer_html(answer: Answer, turn: int) -> str:
    """Show an answer: its sentences, a link for each of their citations, and its warnings."""
    classes = f"answer answer-{turn} {answer.status.value}"
    body = _paragraphs(_paragraph_texts(answer, turn)) or f"<p>{escape(answer.text)}</p>"
    warnings = "".join(
        f'<p class="warning" dir="auto"><strong>Note.</strong> {escape(one)}</p>' for one in answer.warnings
    )
    language = f' lang="{escape(answer.language)}"'
    return f'<div class="{classes}"{language}>{_abstention(answer)}{body}{warnings}</div>'


def _abstention(answer: Answer) -> str:
    if answer.status is not Status.NO_EVIDENCE:
        return ""
    return '<p class="verdict" lang="en">Not in the articles</p>'


def _paragraph_texts(answer: Answer, turn: int) -> list[str]:
    """Join the sentences into the paragraphs that the answer's text has."""
    paragraphs: list[str] = []
    position = 0
    for sentence in answer.sentences:
        found = answer.text.find(sentence.text, position)
        gap = answer.text[position:found] if found >= 0 else " "
        if not paragraphs or "\n" in gap:
            paragraphs.append("")
        joint = " " if paragraphs[-1] else ""
        paragraphs[-1] += joint + _sentence(sentence, answer.citations, turn)
        position = found + len(sentence.text) if found >= 0 else position
    return paragraphs


def _sentence(sentence: Sentence, citations: tuple[Citation, ...], turn: int) -> str:
    cited = [one for one in citations if one.number in sentence.citations]
    links = "".join(
        f'&#160;<a class="cite" href="#src-{turn}-{one.number}" title="Source {one.number}: {escape(one.title[:120])}">'
        f"[{one.number}]</a>"
        for one in cited
    )
    return _with_quotes(sentence.text, cited) + links


def _with_quotes(text: str, cited: list[Citation]) -> str:
    """Escape a sentence, and mark the words in it that are an article's own, with their language."""
    for citation in cited:
        quote = " ".join(citation.quote.split())
        before, found, after = text.partition(quote)
        if quote and found:
            language = f' lang="{escape(citation.language)}"' if citation.language else ""
            words = f'<span class="quote"{language} dir="auto">{escape(quote)}</span>'
            return f"{escape(before)}{words}{escape(after)}"
    return escape(text)


def _paragraphs(parts: Iterable[str]) -> str:
    texts = [part.strip() for part in parts]
    return "".join(f'<p dir="auto">{text}</p>' for text in texts if text).replace("\n", "<br>")


def _lines(text: str) -> str:
    return escape(text.strip()).replace("\n", "<br>")
