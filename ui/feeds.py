"""The feeds that are followed → one line, and behind it how each is doing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from index import Feed

from .escape import escape

_LONGEST_TITLE = 120
_MOST_SHOWN = 200


def feeds_html(
    feeds: Sequence[Feed], *, now: datetime, reading: bool = False, trouble: str | None = None
) -> str:
    """Show the feeds: how many, what they brought last, and when each was read; "" where there are none."""
    if not feeds:
        return ""
    new = sum(feed.new_articles for feed in feeds)
    failed = [feed for feed in feeds if feed.error]
    facts = [_count(len(feeds), "feed")]
    if new:
        facts.append(f"{new:,} new")
    if failed:
        facts.append(f"{len(failed):,} failing")
    if reading:
        facts.append("reading…")
    last = max((feed.read for feed in feeds if feed.read), default=None)
    facts.append(f"last read {_when(last, now)}" if last else "not read yet")
    # Those with trouble first: they are what somebody looks for here.
    ordered = [*failed, *(feed for feed in feeds if not feed.error)]
    rows = "".join(_row(feed, now) for feed in ordered[:_MOST_SHOWN])
    if len(ordered) > _MOST_SHOWN:
        rows += f"<li>… and {len(ordered) - _MOST_SHOWN:,} more</li>"
    warning = f'<p class="warning" role="alert">{escape(trouble)}</p>' if trouble else ""
    return (
        f'<details class="feeds"><summary>{" · ".join(facts)}</summary>'
        f'<ul aria-label="Feeds">{rows}</ul></details>{warning}'
    )


def _row(feed: Feed, now: datetime) -> str:
    title = escape(_short(feed.title or feed.url))
    read = f"read {_when(feed.read, now)}" if feed.read else "never read"
    new = f" · {feed.new_articles:,} new" if feed.new_articles else ""
    error = f'<span class="doubt">{escape(feed.error)}</span>' if feed.error else ""
    return (
        f'<li><bdi class="title">{title}</bdi><span class="facts">{read} · '
        f"{_count(feed.articles, 'article')}{new}</span>{error}</li>"
    )


def _when(moment: datetime, now: datetime) -> str:
    """Return a moment in UTC, without its date where that is today's."""
    form = "%H:%M UTC" if moment.date() == now.astimezone(UTC).date() else "%Y-%m-%d %H:%M UTC"
    return f'<time datetime="{moment.isoformat()}">{moment:{form}}</time>'


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else text[:_LONGEST_TITLE] + "…"
