"""What the panel of filters may ask the server: how many articles there are of everything one can choose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from index import ArticleFilter, fold

from .escape import printable
from .filters import feed_name, filter_of
from .histogram import histogram
from .languages import language_name
from .requests import text_of
from .seams import Library
from .services import Reply, Service, answered

_MOST_LISTED = 60
_LONGEST_NAME = 80
Choice = tuple[str, str, int, bool]
"""What it is in a filter, its name, its number of articles, and whether it is chosen."""


class FilterRoom:
    """The choices of a library. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def services(self) -> list[Service]:
        """Return what the page may call."""
        return [answered(self.facets)]

    def facets(self, asked: Any) -> Reply:
        """Count what can be chosen, each kind within what is chosen of the others."""
        named: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {}
        within = filter_of(named.get("within")) or ArticleFilter()
        tally = self._library.tally(within)
        outlets = _listed(tally.sources, within.sources, "no outlet", text_of(named, "sought"))
        languages = _listed(tally.languages, within.languages, "not known", name=language_name)
        bars = histogram(tally.published, within.since, within.until)
        return {
            "articles": tally.articles,
            "outlets": outlets[:_MOST_LISTED],
            "hidden": max(0, len(outlets) - _MOST_LISTED),
            "languages": languages[:_MOST_LISTED],
            "feeds": self._feeds(tally.feeds, within.feeds),
            "undated": tally.undated,
            "bars": bars
            and {
                "unit": bars.unit,
                "starts": [day.isoformat() for day in bars.starts],
                "last": bars.last.isoformat(),
                "counts": list(bars.counts),
            },
        }

    def _feeds(self, counts: Mapping[int, int], chosen: Collection[int]) -> list[Choice]:
        """List all feeds that are followed, and what is chosen of others."""
        names = {feed.id: feed_name(feed) for feed in self._library.feeds.all()}
        names |= {one: f"feed {one}, not followed any more" for one in chosen if one not in names}
        listed = [(str(one), _shown(name), counts.get(one, 0), one in chosen) for one, name in names.items()]
        return sorted(listed, key=lambda choice: -choice[2])


def _listed(
    counts: Mapping[str, int],
    chosen: Collection[str],
    unknown: str,
    sought: str = "",
    *,
    name: Callable[[str], str] = str,
) -> list[Choice]:
    """List what is chosen, then all else that has articles, and of that only what holds the words `sought`."""
    words = [fold(word) for word in sought.split()]

    def fits(one: str) -> bool:
        key = " ".join(fold(word) for word in (name(one) if one else unknown).split())
        return all(word in key for word in words)

    rest = [one for one in counts if one not in chosen and (not words or fits(one))]
    every = [*chosen, *rest]
    return [(one, _shown(name(one)) if one else unknown, counts.get(one, 0), one in chosen) for one in every]


def _shown(name: str) -> str:
    shown = " ".join(printable(name).split())
    return shown if len(shown) <= _LONGEST_NAME else shown[:_LONGEST_NAME] + "…"
