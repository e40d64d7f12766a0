"""The options that say which articles are asked: outlet, language, date, feed."""

from __future__ import annotations

import argparse
from calendar import monthrange
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches

from index import ArticleFilter, Index, Precision, fold, parse_date

from ..errors import FilterError

_MOST_NAMED = 5
_LONGEST = 60


def add_filter(command: argparse.ArgumentParser) -> None:
    """Give a command the options of a filter."""
    group = command.add_argument_group("filter", "ask only some of the articles")
    group.add_argument(
        "--outlet", action="append", default=[], metavar="NAME", help="of this outlet; may be repeated"
    )
    group.add_argument(
        "--language",
        action="append",
        default=[],
        metavar="CODE",
        help="in this language, as fr; may be repeated",
    )
    group.add_argument("--since", metavar="DATE", help="published then or later: 2017, 2017-12 or 2017-12-08")
    group.add_argument("--until", metavar="DATE", help="published then or before")
    group.add_argument(
        "--feed",
        action="append",
        default=[],
        metavar="URL|NUMBER",
        help="brought by this feed; may be repeated",
    )


def filter_of(arguments: argparse.Namespace, index: Index) -> ArticleFilter | None:
    """Return the filter that the options say, or None. Raises FilterError for one that no article can fit."""
    since, until = _day(arguments.since, last=False), _day(arguments.until, last=True)
    if since and until and since > until:
        raise FilterError(f"--since {arguments.since} is after --until {arguments.until}; exchange them.")
    tally = index.tally() if arguments.outlet or arguments.language else None
    wanted = ArticleFilter(
        sources=tuple(_outlet(name, tally.sources) for name in arguments.outlet) if tally else (),
        languages=tuple(_language(code, tally.languages) for code in arguments.language) if tally else (),
        feeds=tuple(_feeds(arguments.feed, index)),
        since=since,
        until=until,
    )
    return None if wanted == ArticleFilter() else wanted


def _day(written: str | None, *, last: bool) -> date | None:
    """Return the first or last day of a date that may be a month or a year."""
    if written is None:
        return None
    published = parse_date(written)
    if published is None:
        raise FilterError(
            f"“{_short(written)}” is no date that is understood; write 2017, 2017-12 or 2017-12-08."
        )
    day = published.at.date()
    if not last or published.precision not in (Precision.YEAR, Precision.MONTH):
        return day
    month = 12 if published.precision is Precision.YEAR else day.month
    return date(day.year, month, monthrange(day.year, month)[1])


def _outlet(name: str, known: Collection[str]) -> str:
    """Return an outlet as the articles have it, whatever the case and the accents."""
    if name in known:
        return name
    by_key = {_key(one): one for one in known if one}
    if _key(name) in by_key:
        return by_key[_key(name)]
    near = [one for key, one in by_key.items() if _key(name) and _key(name) in key]
    near += [by_key[key] for key in get_close_matches(_key(name), by_key)]
    named = _listed(list(dict.fromkeys(near)) or sorted(by_key.values()))
    raise FilterError(f"No article has the outlet “{_short(name)}”; there is {named}.")


def _language(code: str, known: Collection[str]) -> str:
    if code.lower() in known:
        return code.lower()
    raise FilterError(
        f"No article is in the language “{_short(code)}”; there is {_listed(sorted(filter(None, known)))}."
    )


def _feeds(targets: Collection[str], index: Index) -> Iterator[int]:
    found, failures = index.feeds.named(targets) if targets else ((), ())
    if failures:
        raise FilterError(failures[0].reason)
    return (feed.id for feed in found)


def _key(name: str) -> str:
    return " ".join(fold(word) for word in name.split())


def _listed(names: Collection[str]) -> str:
    """Name some of many."""
    shown = [f"“{_short(name)}”" for name in list(names)[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return ", ".join([*shown, *([f"and {more:,} more"] if more else [])]) or "none"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
