"""What feeds consist of, whatever format they are in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .types import Published

_LATEST_AHEAD = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of a feed; title and text are clean, without markup."""

    link: str
    """Absolute address of its page; what it leads to is checked when it is fetched."""
    title: str | None = None
    text: str = ""
    complete: bool = False
    """True where the text seems to be the whole article, not a summary."""
    author: str | None = None
    published: Published | None = None
    updated: str | None = None
    """When it was changed, as the feed writes it: only to notice that it was."""
    language: str | None = None
    outlet: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParsedFeed:
    """A feed as it was read."""

    title: str | None
    entries: tuple[Entry, ...]
    language: str | None = None
    sitemaps: tuple[str, ...] = ()
    """For an index of sitemaps: those that it names."""
    unlinked: int = 0
    """Entries that were left out because they link to no page on the web."""


def believable(published: Published | None, now: datetime) -> Published | None:
    """Return a date of publication unless it lies in the future: nothing is published tomorrow."""
    if published is None or published.at > now.astimezone(UTC) + _LATEST_AHEAD:
        return None
    return published
