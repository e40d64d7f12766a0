"""Articles of the library → HTML: the rows of the list, and an article in full with its passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

from index import Article, ArticlePage, ArticleSummary, ArticleTally, Passage, Precision, Published

from .context import paragraphs_within
from .escape import escape, web_address
from .languages import language_name
from .render import date_html, pieces_html, short

_LONGEST_TITLE = 300
_MOST_OUTLETS = 400
UNTITLED = "Untitled"


def rows_html(page: ArticlePage) -> str:
    """Show a part of the list."""
    return "".join(_row(one) for one in page.articles)


def _row(one: ArticleSummary) -> str:
    language = f' lang="{escape(one.language)}"' if one.language else ""
    title = escape(short(" ".join(one.title.split()), _LONGEST_TITLE)) or UNTITLED
    key = escape(one.id)
    added = Published(at=one.added, precision=Precision.DAY)
    return (
        f'<tr data-article="{key}">'
        f'<td class="pick"><input type="checkbox" value="{key}" aria-label="Select: {title}"></td>'
        f'<td class="title"><a href="#/library/{key}" dir="auto"{language}>{title}</a></td>'
        f'<td class="outlet" dir="auto">{escape(short(one.source or "", 80))}</td>'
        f'<td class="date">{date_html(one.published) if one.published else "<span>undated</span>"}</td>'
        f'<td class="language">{escape(language_name(one.language)) if one.language else ""}</td>'
        f'<td class="passages">{one.passages:,}<span class="unit"> passage{"" if one.passages == 1 else "s"}</span></td>'
        f'<td class="added">{date_html(added)}</td></tr>'
    )


def outlets_html(tally: ArticleTally) -> str:
    """Show the outlets to choose from, those with most articles first."""
    shown = list(tally.sources.items())[:_MOST_OUTLETS]
    choices = [(name, short(name, 60) or "no outlet", count) for name, count in shown]
    return _options("All outlets", choices, theirs=True)


def languages_html(tally: ArticleTally) -> str:
    """Show the languages to choose from."""
    names = [(code, language_name(code) if code else "not known", n) for code, n in tally.languages.items()]
    return _options("All languages", names)


def _options(everything: str, choices: Sequence[tuple[str, str, int]], *, theirs: bool = False) -> str:
    foreign = ' dir="auto"'
    options = "".join(
        f'<option value="={escape(value)}"{foreign if theirs and value else ""}>{escape(name)} ({count:,})</option>'
        for value, name, count in choices
    )
    return f'<option value="">{everything}</option>{options}'


def article_html(
    article: Article,
    passages: Sequence[Passage],
    *,
    quote: tuple[int, int] | None,
    changed: bool = False,
    from_answer: bool = False,
    versions: str = "",
) -> str:
    """Show an article in full, each passage set off and numbered, with the characters of `quote` marked.

    `versions` is HTML that tells of its versions.
    """
    language = f' lang="{escape(article.language)}"' if article.language else ""
    title = escape(short(" ".join(article.title.split()), _LONGEST_TITLE)) or UNTITLED
    start, end = quote or (0, 0)
    note = (
        '<p class="hint">The article has been changed since it was quoted; this is how it reads now.</p>'
        if changed
        else ""
    )
    again = (
        '<button type="button" class="quiet" data-do="again">Read again</button>'
        if web_address(article.url) and not article.path
        else ""
    )
    back = "Back to the answer" if from_answer else "Back to the list"
    return (
        f'<header><p class="bar"><button type="button" class="quiet" data-do="close">'
        f'<span aria-hidden="true">←</span> {back}</button>'
        f'<span>{again}<button type="button" class="quiet danger" data-do="remove">Delete…</button></span></p>'
        f'<h2 id="reader-title" tabindex="-1" dir="auto"{language}>{title}</h2>{_facts(article, len(passages))}'
        f"{note}{versions}</header>"
        f'<div class="whole-text"{language}>{_text(article, passages, start, end)}</div>'
    )


def _text(article: Article, passages: Sequence[Passage], start: int, end: int) -> str:
    """Show the text, passage by passage; a passage that begins within a paragraph goes on from the last."""
    spans = [(one.start, one.end) for one in passages] or [(0, len(article.text))]
    blocks, position = [], 0
    for number, (first, last) in enumerate(spans, 1):
        goes_on = " goes-on" if number > 1 and "\n" not in article.text[position:first] else ""
        position = last
        paragraphs = "".join(
            f'<p dir="auto">{pieces_html(one)}</p>'
            for one in paragraphs_within(article.text, first, last, start, end)
        )
        blocks.append(
            f'<section class="piece{goes_on}" aria-label="Passage {number}">'
            f'<span class="piece-number" aria-hidden="true" title="Passage {number}">{number}</span>'
            f"{paragraphs}</section>"
        )
    return "".join(blocks)


def _facts(article: Article, passages: int) -> str:
    facts = [
        f'<span class="outlet" dir="auto">{escape(short(article.source, 120))}</span>'
        if article.source
        else "",
        f'<span dir="auto">{escape(short(article.author, 120))}</span>' if article.author else "",
        date_html(article.published) if article.published else "<span>undated</span>",
        f"<span>{escape(language_name(article.language))}</span>" if article.language else "",
        f"<span>{passages:,} passage{'' if passages == 1 else 's'}</span>",
        _origin(article),
    ]
    return f'<p class="facts">{"".join(fact for fact in facts if fact)}</p>'


def _origin(article: Article) -> str:
    """Link to the original, or name the file."""
    address = web_address(article.url)
    if address:
        host = escape(short(urlsplit(article.url or "").hostname or "original", 60))
        return (
            f'<a class="original" href="{address}" target="_blank" rel="noopener noreferrer nofollow">'
            f'original at {host}<span class="unseen"> (opens in a new tab)</span></a>'
        )
    if article.path:
        return f'<span class="file" dir="auto">{escape(short(PurePath(article.path).name, 80))}</span>'
    return ""
