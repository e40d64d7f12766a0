"""Answers → the source cards beside them; the collection's state → one line."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import Answer, Citation, Status, Support
from assistant.notes import also_in, changed, outlet
from assistant.phrases import format_date
from assistant.reasons import reasons
from index import Article, Hit, IndexStatus, Published

from .context import Paragraph, paragraphs_around
from .escape import escape, web_address
from .languages import language_name
from .records import nearest_hits
from .seams import Library
from .why import why_html
from .wishes import QUOTES_ONLY

_OPEN_CARDS = 3
_LONGEST_TITLE, _LONGEST_NAME = 300, 80
_MOST_COPIES = 20
_MOST_READ = 5
_DOUBTS = {Support.WEAK: "Weak support.", Support.UNSUPPORTED: "No support."}

NO_SOURCES = (
    '<p class="hint">The passages that an answer rests on appear here, with the quoted words marked, '
    "so that you can check every sentence.</p>"
)


def sources_html(library: Library, answer: Answer, turn: int) -> str:
    """Show the passages that an answer cites, or the articles nearest to a question without one."""
    if answer.status is Status.NO_EVIDENCE:
        cards, heading = _nearest(answer, turn), "Nearest articles"
        note = '<p class="hint">None of these answers the question; they are merely close to it.</p>'
    else:
        cards = [_card(library, answer, one, turn) for one in sorted(answer.citations, key=_number)]
        heading, note = "Sources", ""
    if not cards:
        return ""
    kind = "nearest" if answer.status is Status.NO_EVIDENCE else "cited"
    asked = f'<p class="for" dir="auto">{escape(short(answer.question, 140))}</p>'
    return (
        f'<section class="{kind}" aria-label="{heading} of answer {turn}">'
        f"<h2>{heading}</h2>{asked}{note}{''.join(cards)}</section>"
    )


def reading_html(hits: Sequence[Hit], turn: int) -> str:
    """Show what was found and is being read, before there is an answer; its best passages are open."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    cards = [
        _frame(
            anchor=f"read-{turn}-{number}",
            number="",
            article=hit.article,
            body=_blocks(paragraphs_around(hit.passage.text, 0, 0, around=240), hit.article.language),
            opened=number <= _OPEN_CARDS,
        )
        for number, hit in enumerate(list(best.values())[:_MOST_READ], 1)
    ]
    if not cards:
        return ""
    return (
        f'<section class="reading" aria-label="Passages found for question {turn}"><h2>Reading</h2>'
        '<p class="hint">The nearest passages; what the answer rests on stays here.</p>'
        f"{''.join(cards)}</section>"
    )


def _nearest(answer: Answer, turn: int) -> list[str]:
    return [
        _frame(
            anchor=f"near-{turn}-{number}",
            number="",
            article=hit.article,
            body=_blocks(paragraphs_around(hit.passage.text, 0, 0, around=240), hit.article.language)
            + _whole(hit.article, hit.passage.start, hit.passage.start),
            opened=True,
        )
        for number, hit in enumerate(nearest_hits(answer), 1)
    ]


def _card(library: Library, answer: Answer, citation: Citation, turn: int) -> str:
    article = library.article(citation.article_id)
    if article is not None and article.text[citation.start : citation.end] == citation.quote:
        body = _blocks(paragraphs_around(article.text, citation.start, citation.end), citation.language)
        body += _whole(article, citation.start, citation.end)
    else:
        body = _blocks(paragraphs_around(citation.quote, 0, len(citation.quote)), citation.language)
        body += '<p class="hint">The article has been changed or removed since this answer was given.</p>'
    back = f'<a class="back" href="#answer-{turn}-{citation.number}">Back to the answer</a>'
    return _frame(
        anchor=f"src-{turn}-{citation.number}",
        number=f'<span class="number" aria-hidden="true">{citation.number}</span>',
        article=citation,
        body=_doubts(answer, citation) + body + why_html(answer, citation) + _copies(citation) + back,
        opened=citation.number <= _OPEN_CARDS,
        also=_same_article(answer, citation) + _noted(citation),
    )


def _noted(citation: Citation) -> str:
    """Say that the article was corrected, and who else prints the words."""
    notes = {"changed": changed(citation), "also": also_in(citation)}
    return "".join(
        f'<span class="{kind}" dir="auto">{escape(short(note, 160))}</span>'
        for kind, note in notes.items()
        if note
    )


def _copies(citation: Citation) -> str:
    """List the articles that print the quoted words, too."""
    if not citation.also:
        return ""
    items = []
    for copy in citation.also[:_MOST_COPIES]:
        name, title = escape(short(outlet(copy), 120)), escape(short(copy.title, 160))
        date = date_html(copy.published) if copy.published else ""
        address = web_address(copy.url)
        link = (
            f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{title}</a>'
            if address
            else title
        )
        items.append(f'<li dir="auto"><span class="outlet">{name}</span> {link} {date}</li>')
    left = len(citation.also) - len(items)
    more = f"<li>… and {left} more</li>" if left > 0 else ""
    return (
        f'<details class="copies"><summary>The same words in {_count(len(citation.also), "other article")}'
        f"</summary><ul>{''.join(items)}{more}</ul></details>"
    )


def _whole(article: Article, start: int, end: int) -> str:
    """Link to the article in full, opened at a place in it."""
    return (
        f'<a class="whole" href="#/library/{escape(article.id)}" data-version="{escape(article.version)}" '
        f'data-start="{start}" data-end="{end}">Read the whole article</a> '
    )


def _doubts(answer: Answer, citation: Citation) -> str:
    """Say which sentences the passage carries only weakly, or not at all, and why."""
    doubts = [
        f'<p class="doubt"><b>{_DOUBTS[sentence.support]}</b> {escape(reasons(sentence))}</p>'
        for sentence in answer.sentences
        if citation.number in sentence.citations and sentence.support is not Support.SUPPORTED
    ]
    return "".join(dict.fromkeys(doubts))


def _same_article(answer: Answer, citation: Citation) -> str:
    others = [
        one.number
        for one in answer.citations
        if one.article_id == citation.article_id and one.number != citation.number
    ]
    return f"<span>same article as {', '.join(map(str, others))}</span>" if others else ""


def _number(citation: Citation) -> int:
    return citation.number


def _frame(
    *, anchor: str, number: str, article: Article | Citation, body: str, opened: bool, also: str = ""
) -> str:
    language = f' lang="{escape(article.language)}"' if article.language else ""
    title = escape(short(article.title, _LONGEST_TITLE)) or "Untitled"
    return (
        f'<details class="card" id="{anchor}"{" open" if opened else ""}>'
        f'<summary>{number}<span class="title" dir="auto"{language}>{title}</span></summary>'
        f'<div class="inside">{_facts(article, also)}{body}</div></details>'
    )


def _facts(article: Article | Citation, also: str) -> str:
    facts = [
        f'<span class="outlet"><bdi>{escape(short(article.source, 120))}</bdi></span>'
        if article.source
        else "",
        date_html(article.published) if article.published else "<span>undated</span>",
        f"<span>{escape(language_name(article.language))}</span>" if article.language else "",
        also,
    ]
    address = web_address(article.url)
    if address:
        facts.append(
            f'<a class="original" href="{address}" target="_blank" rel="noopener noreferrer nofollow">'
            "original<span class='unseen'> (opens in a new tab)</span></a>"
        )
    return f'<p class="facts">{"".join(fact for fact in facts if fact)}</p>'


def date_html(published: Published) -> str:
    """Show a date, as exactly as it is known."""
    return f'<time datetime="{escape(published.isoformat())}">{escape(format_date(published, "en"))}</time>'


def pieces_html(paragraph: Paragraph) -> str:
    """Show a paragraph, with the quote in it marked."""
    return "".join(f"<mark>{escape(p.text)}</mark>" if p.quoted else escape(p.text) for p in paragraph)


def _blocks(paragraphs: list[Paragraph], language: str | None) -> str:
    tongue = f' lang="{escape(language)}"' if language else ""
    blocks = "".join(f'<p dir="auto">{pieces_html(paragraph)}</p>' for paragraph in paragraphs)
    return f'<blockquote class="passage"{tongue}>{blocks}</blockquote>'


def state_html(
    status: IndexStatus,
    loading: str | None,
    trouble: str | None,
    model: str | None = None,
    model_trouble: str | None = None,
) -> str:
    """Show the state of the collection in one line, and below it what is wrong, if anything.

    `model` is the language model that writes the answers, `model_trouble` why it cannot now.
    """
    languages = len(status.languages)
    facts = [
        _count(status.articles, "article"),
        _count(status.passages, "passage"),
        _count(languages, "language") if languages else "",
    ]
    if model:
        name = escape(short(" ".join(model.split()), 60))
        facts.append(f'<span class="writer">answers by <bdi>{name}</bdi></span>')
    line = "".join(fact if fact.startswith("<") else f"<span>{fact}</span>" for fact in facts if fact)
    wrong = trouble or status.degraded or model_trouble
    light = "loading" if loading else "trouble" if wrong else "ready"
    word = escape(loading or ("needs attention" if light == "trouble" else "ready"))
    notes = [trouble, status.degraded, model_trouble]
    if status.pending:
        notes.append(
            f"The indexing of {_count(status.pending, 'article')} was interrupted; add them again to complete it."
        )
    warnings = "".join(f'<p class="warning" role="alert" lang="en">{escape(one)}</p>' for one in notes if one)
    return f'<p class="state {light}" role="status">{line}<span class="light">{word}</span></p>{warnings}'


def writer_html(name: str, element_id: str = "") -> str:
    """Show the name of who answers: a model's as it is, the page's own words in the reader's language."""
    tag = "span" if name == QUOTES_ONLY else "bdi"
    named = f' id="{element_id}"' if element_id else ""
    return f"<{tag}{named}>{escape(name[:_LONGEST_NAME])}</{tag}>"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def short(text: str, longest: int) -> str:
    """Return a text, or its beginning up to a word's end where it is longer than `longest` characters."""
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"
