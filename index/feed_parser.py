"""Bytes → a feed, in any of the formats that are read: RSS, Atom, JSON Feed, news sitemap."""

from __future__ import annotations

import io
import re
from calendar import timegm
from datetime import UTC, datetime
from typing import Any

from .dates import EARLIEST_YEAR, parse_date
from .errors import FeedError
from .feed_types import Entry, ParsedFeed, believable
from .feed_xml import parse_sitemap, refuse_entities, root_name, tidy_feed
from .html_text import LONGEST_MARKUP, html_to_text, to_line
from .json_feed import parse_json_feed
from .text import is_web_address
from .types import Precision, Published

FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "urlset", "sitemapindex"})
_SHORTEST_ARTICLE = 600
"""Characters from which a `content` element counts as the whole article."""
_SHORTEST_DESCRIPTION = 1_500
"""The same for a `description`, which is a summary as a rule."""
_CUT = re.compile(
    r"(?:…|\.{3}|\[…\]|\[\.{3}\]|read more|continue reading|lire la suite|weiterlesen|leer más|seguir leyendo"
    r"|read on|more »|continua a leggere)[\s\])»>→.]*$",
    re.IGNORECASE,
)


def is_feed(content: bytes) -> bool:
    """Tell whether bytes look like a feed, by their first element."""
    return is_json(content) or root_name(content) in FEED_ROOTS


def is_json(content: bytes) -> bool:
    """Tell whether bytes look like a JSON object."""
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_feed(content: bytes, *, url: str, now: datetime, most: int = 1_000) -> ParsedFeed:
    """Return what a feed holds, its first `most` entries. Raises FeedError where it is none.

    `url` is where it came from: relative links start there. Links that lead nowhere on the web
    (javascript:, file:) are left out and counted.
    """
    if is_json(content):
        feed = parse_json_feed(content, url=url, now=now)
    elif root_name(content) in ("urlset", "sitemapindex"):
        feed = parse_sitemap(content, now=now)
    elif root_name(content) in FEED_ROOTS:
        feed = _parse_xml(content, url, now, most)
    else:
        refuse_entities(content)
        raise FeedError("it is not a feed (RSS, Atom, JSON Feed or news sitemap)")
    return ParsedFeed(
        title=feed.title,
        entries=feed.entries[:most],
        language=feed.language,
        sitemaps=feed.sitemaps,
        unlinked=feed.unlinked,
    )


def _parse_xml(content: bytes, url: str, now: datetime, most: int) -> ParsedFeed:
    import feedparser

    # Only ever a stream: feedparser opens strings, and bytes, as files and addresses.
    found = feedparser.parse(
        io.BytesIO(tidy_feed(content, most)),
        response_headers={"content-location": url},
        resolve_relative_uris=False,
        sanitize_html=False,  # nothing of the markup is kept
    )
    if not found.get("version") and not found.entries:
        raise FeedError("it is not a valid feed")
    if found.get("bozo") and not found.entries and not found.feed.get("title"):
        raise FeedError("it is damaged: nothing in it could be read")
    entries = [_entry(one, now) for one in found.entries]
    return ParsedFeed(
        title=to_line(found.feed.get("title")),
        language=found.feed.get("language") or None,
        entries=tuple(entry for entry in entries if entry),
        unlinked=sum(entry is None for entry in entries),
    )


def _entry(found: Any, now: datetime) -> Entry | None:
    link = _link(found)
    if link is None:
        return None
    content = max(
        (html_to_text(str(one.get("value", ""))[:LONGEST_MARKUP]) for one in found.get("content", ())),
        key=len,
        default="",
    )
    summary = html_to_text(str(found.get("summary", ""))[:LONGEST_MARKUP])
    text = content if len(content) >= len(summary) else summary
    enough = _SHORTEST_ARTICLE if text is content else _SHORTEST_DESCRIPTION
    return Entry(
        link=link,
        title=to_line(found.get("title")),
        text=text,
        complete=len(text) >= enough and not _CUT.search(text[-80:]),
        author=to_line(found.get("author")),
        published=believable(_date(found, now), now),
        updated=str(dict.get(found, "updated") or "")[:100] or None,
        language=found.get("language") or None,
    )


def _link(found: Any) -> str | None:
    """Return the address of an entry's page: where a redirecting service names the original, that one."""
    links = [found.get("feedburner_origlink"), found.get("link")]
    if found.get("guidislink"):
        links.append(found.get("id"))
    for one in links:
        if isinstance(one, str) and is_web_address(one):
            return one.strip()
    return None


def _date(found: Any, now: datetime) -> Published | None:
    """Return when an entry was published; the day of its last change where that is all it says."""
    for name in ("published", "updated"):
        if not dict.get(found, name):
            continue
        date = parse_date(str(dict.get(found, name)), now=now)
        parsed = dict.get(found, f"{name}_parsed")
        if date is None and parsed and EARLIEST_YEAR <= parsed.tm_year <= now.year + 1:
            date = Published(at=datetime.fromtimestamp(timegm(parsed), UTC), precision=Precision.SECOND)
        if date is not None:
            return date
    return None
