"""The feeds that are followed → HTML: a line for the head of the page, a list, and what they brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from index import ArticlePage, Feed, Moment

from .articles import UNTITLED
from .escape import escape, printable
from .render import date_html, short

_LONGEST_TITLE = 120
_MOST_SHOWN = 300
_MOST_NEWS = 50
NEWS = "new"
"""The choice, among the feeds, of what they brought since the reader last looked."""


def line_html(feeds: Sequence[Feed], *, reading: bool = False, trouble: str | None = None) -> str:
    """Show in a line how many feeds there are and how they are doing; "" where there are none."""
    if not feeds:
        return ""
    failed = sum(feed.error is not None for feed in feeds)
    facts = [count(len(feeds), "feed")]
    if failed:
        facts.append(f"{failed:,} failing")
    if reading:
        facts.append("reading…")
    warning = f'<p class="warning" role="alert" lang="en">{escape(trouble)}</p>' if trouble else ""
    return f'<p class="feeds-line"><a href="#/library" data-feeds>{" · ".join(facts)}</a></p>{warning}'


def list_html(feeds: Sequence[Feed], *, kept_current: bool, now: datetime) -> str:
    """Show each feed: when it was read and is read next, what it brought, and what is wrong with it."""
    # Those with trouble first: they are what somebody looks for here.
    ordered = sorted(feeds, key=lambda feed: feed.error is None)
    rows = "".join(_row(feed, kept_current, now) for feed in ordered[:_MOST_SHOWN])
    if len(ordered) > _MOST_SHOWN:
        rows += f'<li class="more">and {len(ordered) - _MOST_SHOWN:,} more</li>'
    return rows


def choices_html(feeds: Sequence[Feed], news: int) -> str:
    """Show the feeds that the list of articles can be filtered by; "" where there are none."""
    if not feeds:
        return ""
    named = sorted(feeds, key=lambda feed: _name(feed).casefold())
    options = "".join(
        f'<option value="={feed.id}" dir="auto">{escape(short(_name(feed), 60))} ({feed.articles:,})</option>'
        for feed in named
    )
    return (
        '<option value="">All articles</option>'
        f'<option value="{NEWS}">New from feeds ({news:,})</option>{options}'
    )


def news_html(page: ArticlePage, since: Moment) -> str:
    """Show what feeds brought since a moment: titles that lead to the articles."""
    lines = []
    for one in page.articles[:_MOST_NEWS]:
        language = f' lang="{escape(one.language)}"' if one.language else ""
        title = escape(short(" ".join(one.title.split()), 300)) or UNTITLED
        facts = [
            f'<span dir="auto">{escape(short(one.source, 80))}</span>' if one.source else "",
            date_html(one.published) if one.published else "",
            "<b>updated</b>" if one.added.timestamp() < since.added else "",
        ]
        lines.append(
            f'<li><a href="#/library/{escape(one.id)}" dir="auto"{language}>{title}</a>'
            f'<span class="facts">{"".join(fact for fact in facts if fact)}</span></li>'
        )
    if page.total > len(lines):
        lines.append(f'<li class="more">and {page.total - len(lines):,} more</li>')
    return "".join(lines)


def feed_name(feed: Feed) -> str:
    """Return what a feed is called, as plain text."""
    return short(_name(feed), _LONGEST_TITLE)


def count(number: int, noun: str) -> str:
    """Return "1 feed", "2 feeds"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _row(feed: Feed, kept_current: bool, now: datetime) -> str:
    name = escape(feed_name(feed))
    kind = ' class="failing"' if feed.error else ""
    address = feed.url.partition("://")[2].rstrip("/")
    shown = f'<bdi class="address" dir="ltr">{escape(short(address, 90))}</bdi>' if feed.title else ""
    articles = (
        f'<button type="button" class="inline" data-do="list-feed">{count(feed.articles, "article")}</button>'
        if feed.articles
        else "<span>no articles yet</span>"
    )
    facts = [
        f"<span>read {_when(feed.read)}</span>" if feed.read else "<span>never read</span>",
        _next(feed, kept_current, now),
        articles,
    ]
    return (
        f'<li data-feed="{feed.id}"{kind}><div><p class="name"><bdi class="title" dir="auto">{name}</bdi> {shown}</p>'
        f'<p class="facts">{"".join(fact for fact in facts if fact)}</p>{_doubt(feed)}</div>'
        '<p class="ways"><button type="button" class="quiet" data-do="refresh-feed" '
        f'aria-label="Refresh {name}">Refresh</button><button type="button" class="quiet danger" '
        f'data-do="remove-feed" aria-label="Remove {name}">Remove…</button></p></li>'
    )


def _next(feed: Feed, kept_current: bool, now: datetime) -> str:
    """Tell when a feed is read next: by itself, or not before its server allows it."""
    if feed.gone:
        return ""
    if feed.not_before and feed.not_before > now:
        return f"<span>its server asks to be left alone until {_when(feed.not_before)}</span>"
    if not kept_current:
        return ""
    return (
        f"<span>next {_when(feed.due)}</span>" if feed.due and feed.due > now else "<span>next: soon</span>"
    )


def _doubt(feed: Feed) -> str:
    if not feed.error:
        return ""
    said = escape(feed.error)
    if feed.gone:
        said += " It is not read any more unless you refresh it here."
    elif feed.failures > 1:
        said += f" It failed {feed.failures:,} times in a row."
    return f'<p class="doubt" lang="en">{said}</p>'


def _when(moment: datetime) -> str:
    """Return a moment in UTC; the page's script shows it in the reader's own time."""
    utc = moment.astimezone(UTC)
    return f'<time datetime="{utc.isoformat()}" data-moment>{utc:%Y-%m-%d %H:%M} UTC</time>'


def _name(feed: Feed) -> str:
    return " ".join(printable(feed.title or feed.url).split()) or feed.url
