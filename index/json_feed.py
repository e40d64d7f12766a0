"""JSON Feed (https://www.jsonfeed.org/version/1.1/) → entries."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from .dates import parse_date
from .errors import FeedError
from .feed_types import Entry, ParsedFeed, believable
from .html_text import LONGEST_MARKUP, html_to_text, to_line
from .text import clean_text, is_web_address


def parse_json_feed(content: bytes, *, url: str, now: datetime) -> ParsedFeed:
    """Return the entries of a JSON Feed. Raises FeedError."""
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FeedError("it is not valid JSON") from error
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version")):
        raise FeedError("it is JSON, but not a JSON Feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedError("it is a JSON Feed without items")
    entries = [_entry(item, url, now) for item in items if isinstance(item, dict)]
    return ParsedFeed(
        title=to_line(_text(feed, "title")),
        language=_text(feed, "language") or None,
        entries=tuple(entry for entry in entries if entry),
        unlinked=sum(entry is None for entry in entries),
    )


def _entry(item: dict[str, Any], base: str, now: datetime) -> Entry | None:
    written = _text(item, "url") or _text(item, "external_url") or _text(item, "id")
    try:
        link = urljoin(base, written) if written else ""
    except ValueError:
        link = ""
    if not is_web_address(link):
        return None
    content, plain = _text(item, "content_html"), _text(item, "content_text")
    text = html_to_text(content[:LONGEST_MARKUP]) if content else clean_text(plain)
    return Entry(
        link=link,
        title=to_line(_text(item, "title")),
        text=text or html_to_text(_text(item, "summary")[:LONGEST_MARKUP]),
        complete=bool(text),
        author=_authors(item),
        published=believable(parse_date(_text(item, "date_published"), now=now), now),
        updated=_text(item, "date_modified") or None,
        language=_text(item, "language") or None,
    )


def _authors(item: dict[str, Any]) -> str | None:
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    names = [to_line(_text(one, "name")) for one in people[:20] if isinstance(one, dict)]
    return ", ".join(name for name in names if name) or None


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
