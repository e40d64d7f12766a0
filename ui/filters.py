"""Which articles are asked: what a browser says of it, and the row of chips that shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from assistant.phrases import format_date
from assistant.render import filter_dict
from index import ArticleAssistantError, ArticleFilter, Feed, Precision, Published

from .escape import escape
from .icons import icon
from .languages import language_name
from .render import date_html
from .seams import Library

_MOST = 200
"""Outlets, languages or feeds in a filter."""
_LONGEST = 500
_LONGEST_SHOWN = 60
_MOST_CHIPS = 8
_FURTHEST = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that a filter asks of the articles."""

    kind: str
    """outlets, languages, feeds or dates."""
    value: str
    """As the browser says it; "" for dates."""
    name: str
    """What a reader sees, in plain English."""
    theirs: bool = False
    """The name is in the words of an article or a feed."""
    since: Published | None = None
    until: Published | None = None


def filter_of(asked: object) -> ArticleFilter | None:
    """Return the filter that a browser asks for, or that was kept; None where it leaves nothing out."""
    if not isinstance(asked, Mapping):
        return None
    since, until = _date(asked.get("since")), _date(asked.get("until"))
    if since and until and since > until:
        since, until = until, since
    numbers = [one for one in _list(asked, "feeds") if isinstance(one, int) and not isinstance(one, bool)]
    wanted = ArticleFilter(
        sources=_texts(asked, "outlets"),
        languages=_texts(asked, "languages"),
        feeds=tuple(dict.fromkeys(one for one in numbers if 0 <= one <= _FURTHEST)),
        since=since,
        until=until,
    )
    return None if wanted == ArticleFilter() else wanted


def to_text(within: ArticleFilter | None) -> str:
    """Return a filter as text that can be kept; "" for none."""
    return json.dumps(filter_dict(within)) if within else ""


def from_text(text: str) -> ArticleFilter | None:
    """Return the filter of a text that `to_text` made; None for any other."""
    try:
        return filter_of(json.loads(text)) if text else None
    except (ValueError, RecursionError):
        return None


def scope_of(library: Library, within: ArticleFilter | None) -> tuple[Part, ...]:
    """Return what a filter asks of the articles, part by part."""
    if within is None:
        return ()
    try:
        feeds = library.feeds.all() if within.feeds else ()
    except ArticleAssistantError:
        feeds = ()  # their numbers must do
    outlets = [
        Part(kind="outlets", value=one, name=one or "no outlet", theirs=bool(one)) for one in within.sources
    ]
    languages = [
        Part(kind="languages", value=one, name=language_name(one) if one else "language not known")
        for one in within.languages
    ]
    return (*outlets, *languages, *(_feed(one, feeds) for one in within.feeds), *_dates(within))


def feed_name(feed: Feed) -> str:
    """Return the title of a feed, or its address."""
    return feed.title or feed.url


def scope_text(scope: Sequence[Part]) -> str:
    """Say in one line what articles were asked; "" where all were."""
    return " · ".join(part.name for part in scope)


def scope_html(scope: Sequence[Part]) -> str:
    """Show in one line what articles were asked."""
    if not scope:
        return ""
    shown = '<span class="dot"> · </span>'.join(f"<span>{_name_html(part)}</span>" for part in scope)
    return f'<p class="within" lang="en"><span>Filter:</span> {shown}</p>'


def row_html(
    within: ArticleFilter | None,
    scope: Sequence[Part],
    fitting: int | None = None,
    articles: int | None = None,
) -> str:
    """Show the filter as chips, each of which can be removed, and how many of all `articles` are `fitting`."""
    chips = "".join(_chip(part) for part in scope[:_MOST_CHIPS])
    more = len(scope) - _MOST_CHIPS
    if more > 0:
        chips += f'<button type="button" class="more" data-do="open-filters">and {more:,} more</button>'
    count = ""
    if within is not None and fitting is not None and articles is not None:
        count = f'<span class="fitting" role="status">{fitting:,} of {articles:,} articles</span>'
    state = escape(json.dumps(filter_dict(within or ArticleFilter())))
    return (
        f'<div class="filter-row" role="group" aria-label="Which articles are asked" data-filter="{state}">'
        f'<button type="button" class="open-filters" data-do="open-filters" aria-haspopup="dialog">'
        f"{icon('filter')}<span>{'Filter' if scope else 'Add filter'}</span></button>{chips}{count}</div>"
    )


def row_of(library: Library, within: ArticleFilter | None) -> str:
    """Show a filter with the articles of a library counted, if that can be told."""
    fitting = articles = None
    try:
        if within is not None:
            fitting, articles = library.page(within, limit=0).total, library.page(limit=0).total
    except ArticleAssistantError:
        pass  # the state of the collection says what is wrong
    return row_html(within, scope_of(library, within), fitting, articles)


def _chip(part: Part) -> str:
    return (
        f'<button type="button" class="chip" data-kind="{part.kind}" data-value="{escape(part.value)}">'
        f'<span class="unseen">Remove filter</span><span class="name">{_name_html(part)}</span>{icon("close")}</button>'
    )


def _name_html(part: Part) -> str:
    if part.theirs:
        name = part.name if len(part.name) <= _LONGEST_SHOWN else part.name[:_LONGEST_SHOWN] + "…"
        return f'<bdi dir="auto">{escape(name)}</bdi>'
    if part.since and part.until:
        ends = [date_html(part.since), date_html(part.until)]
        return ends[0] if part.since == part.until else " – ".join(ends)
    if part.since:
        return f"<span>since</span> {date_html(part.since)}"
    return f"<span>until</span> {date_html(part.until)}" if part.until else escape(part.name)


def _dates(within: ArticleFilter) -> list[Part]:
    """Tell the time in years or months where it is made of whole ones."""
    ends = [day for day in (within.since, within.until and _next(within.until)) if day]
    if not ends:
        return []
    precision = max(map(_precision, ends), key=_EXACTER.index)
    since = _at(within.since, precision) if within.since else None
    until = _at(within.until, precision) if within.until else None
    first, last = (format_date(one, "en") if one else "" for one in (since, until))
    if since and until:
        name = first if since == until else f"{first} – {last}"
    else:
        name = f"since {first}" if since else f"until {last}"
    return [Part(kind="dates", value="", name=name, since=since, until=until)]


_EXACTER = (Precision.YEAR, Precision.MONTH, Precision.DAY)


def _precision(begins: date) -> Precision:
    """Return the longest time that begins with a day."""
    if begins.day > 1:
        return Precision.DAY
    return Precision.YEAR if begins.month == 1 else Precision.MONTH


def _next(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _at(day: date, precision: Precision) -> Published:
    month = 1 if precision is Precision.YEAR else day.month
    at = datetime(day.year, month, day.day if precision is Precision.DAY else 1, tzinfo=UTC)
    return Published(at=at, precision=precision)


def _feed(number: int, feeds: Sequence[Feed]) -> Part:
    known = next((one for one in feeds if one.id == number), None)
    name = feed_name(known) if known else f"a feed that is not followed any more ({number})"
    return Part(kind="feeds", value=str(number), name=name, theirs=known is not None)


def _list(asked: Mapping[object, object], name: str) -> list[object]:
    value = asked.get(name)
    return value[:_MOST] if isinstance(value, list) else []


def _texts(asked: Mapping[object, object], name: str) -> tuple[str, ...]:
    texts = [one for one in _list(asked, name) if isinstance(one, str) and len(one) <= _LONGEST]
    return tuple(dict.fromkeys(texts))


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
