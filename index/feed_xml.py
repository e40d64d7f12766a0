"""Sitemaps and OPML, parsed without entities, external files or network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .dates import parse_date
from .errors import FeedError
from .feed_types import Entry, ParsedFeed, believable
from .html_text import to_line
from .text import is_web_address

_HEAD = 200_000
"""Bytes in which a document's first element must begin."""
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})")
ENTITY = b"<!ENTITY"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
MOST_FEEDS = 5_000
"""Most feeds that are taken from one OPML file."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A feed that an OPML file names."""

    url: str
    title: str | None


def root_name(content: bytes) -> str:
    """Return the name of the first element in lower case, without its prefix; "" where there is none."""
    head = content[:_HEAD].replace(b"\0", b"")
    position = 0
    while (start := head.find(b"<", position)) >= 0:
        if head.startswith(b"<!--", start):
            end = head.find(b"-->", start)
            if end < 0:
                return ""
            position = end
        elif match := _ROOT.match(head, start):
            return match.group(1).decode("ascii").lower()
        else:
            position = start + 1
    return ""


def refuse_entities(content: bytes) -> None:
    """Raise FeedError where XML declares entities: no feed needs them, and they can grow beyond measure."""
    if ENTITY in content.replace(b"\0", b""):
        raise FeedError("it declares XML entities, which are not accepted")


def parse_sitemap(content: bytes, *, now: datetime) -> ParsedFeed:
    """Return the entries of a news sitemap, or the sitemaps that an index names. Raises FeedError."""
    root = _parse(content)
    if _name(root) == "sitemapindex":
        found = [_child_text(child, "loc") for child in root if _name(child) == "sitemap"]
        return ParsedFeed(title=None, entries=(), sitemaps=tuple(url for url in found if url))
    entries: list[Entry] = []
    unlinked = urls = 0
    for child in root:
        if _name(child) != "url":
            continue
        urls += 1
        news = next((one for one in child if one.tag == f"{{{_NEWS}}}news"), None)
        if news is None:
            continue
        entry = _sitemap_entry(child, news, now)
        if entry is None:
            unlinked += 1
        else:
            entries.append(entry)
    if urls and not entries and not unlinked:
        raise FeedError("it is a sitemap without news entries, which lists pages and not articles")
    return ParsedFeed(title=None, entries=tuple(entries), unlinked=unlinked)


def parse_opml(content: bytes) -> list[Outline]:
    """Return the feeds that an OPML file names, each address once. Raises FeedError."""
    if root_name(content) != "opml":
        raise FeedError("it is not an OPML file")
    root = _parse(content)
    found: dict[str, Outline] = {}
    for element in root.iter("{*}outline"):
        attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        url = attributes.get("xmlurl", "").strip()
        if url:
            title = to_line(attributes.get("title") or attributes.get("text"))
            found.setdefault(url, Outline(url=url, title=title))
    if not found:
        raise FeedError("it is an OPML file that names no feed")
    return list(found.values())[:MOST_FEEDS]


def _sitemap_entry(url: Any, news: Any, now: datetime) -> Entry | None:
    link = _child_text(url, "loc") or ""
    if not is_web_address(link):
        return None
    publication = next((one for one in news if _name(one) == "publication"), None)
    date = _child_text(news, "publication_date")
    language = _child_text(publication, "language")
    return Entry(
        link=link,
        title=to_line(_child_text(news, "title")),
        published=believable(parse_date(date, now=now), now) if date else None,
        updated=_child_text(url, "lastmod"),
        language=language[:2].lower() if language else None,
        outlet=to_line(_child_text(publication, "name")),
    )


def _parse(content: bytes) -> Any:
    import lxml.etree

    refuse_entities(content)
    parser = lxml.etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.etree.fromstring(content.strip(), parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise FeedError("it is not valid XML") from error
    if root is None:
        raise FeedError("it is not valid XML")
    return root


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _child_text(element: Any, name: str) -> str | None:
    children: Iterator[Any] = iter(element) if element is not None else iter(())
    child = next((one for one in children if _name(one) == name), None)
    return (child.text or "").strip()[:2_000] or None if child is not None else None
