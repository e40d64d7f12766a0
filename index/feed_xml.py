"""Sitemaps and OPML, parsed without entities, external files or network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .dates import parse_date
from .decode import decode
from .errors import FeedError, IndexingError
from .feed_types import Entry, ParsedFeed, believable
from .html_text import to_line
from .text import is_web_address

_HEAD = 200_000
"""Bytes in which a document's first element must begin."""
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})")
ENTITY = b"<!ENTITY"
_DECLARATION = re.compile(r"<\?xml\b[^<>]{0,500}\?>")
_MOST_ATTRIBUTES = 50
_TOO_MANY_ATTRIBUTES = 1_000
_LONGEST_FIELD = 2_000
"""Characters of a title, name, date or link that are read."""
_TEXTS = frozenset("description encoded content summary body fullitem tagline subtitle info".split())
_USUAL_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
}
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
    root = parse_xml(content)
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
    root = parse_xml(content)
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


def parse_xml(content: bytes) -> Any:
    """Return the root of an XML document, mended where it is broken, in any encoding. Raises FeedError.

    libxml2 takes time in proportion to the bytes and reads no deeper than 256 levels.
    """
    import lxml.etree

    try:
        text = decode(content, html=True)
    except IndexingError as error:
        raise FeedError("it is not text") from error
    text = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)
    body = text.encode("utf-8", "replace")
    refuse_entities(body)
    parser = lxml.etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise FeedError("it is not valid XML") from error
    if root is None:
        raise FeedError("it is not valid XML")
    if any(len(element.attrib) > _TOO_MANY_ATTRIBUTES for element in root.iter(lxml.etree.Element)):
        raise FeedError(
            f"one of its tags has more than {_TOO_MANY_ATTRIBUTES:,} attributes"
        )  # quadratic time
    return root


def tidy_feed(content: bytes, most: int) -> bytes:
    """Return a feed as well-formed XML with its first `most` entries and nothing of unusual length but texts.

    What parses feeds after this is slow, out of proportion, on what is broken, has many attributes
    or very long names, dates and authors. Raises FeedError.
    """
    import lxml.etree

    root = parse_xml(content)
    entries = [one for one in root.iter(lxml.etree.Element) if _name(one) in ("item", "entry")]
    for extra in entries[most:]:
        if extra.getparent() is not None:
            extra.getparent().remove(extra)
    walk = lxml.etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if not isinstance(element.tag, str):
            continue
        _bind(element)
        _trim_attributes(element)
        if _name(element) in _TEXTS:
            for inner in element.iterdescendants(lxml.etree.Element):
                _bind(inner)
                inner.attrib.clear()  # nothing of the markup is kept
            walk.skip_subtree()
        elif element.text and len(element.text) > _LONGEST_FIELD:
            element.text = element.text[:_LONGEST_FIELD]
    return bytes(lxml.etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _trim_attributes(element: Any) -> None:
    kept = {
        name: value
        for name, value in list(element.attrib.items())[:_MOST_ATTRIBUTES]
        if len(value) <= _LONGEST_FIELD and (name.startswith("{") or ":" not in name)
    }
    if len(kept) != len(element.attrib):
        element.attrib.clear()
        element.attrib.update(kept)


def _bind(element: Any) -> None:
    """Give an element its namespace where the document forgot to declare it."""
    prefix, colon, local = str(element.tag).rpartition(":")
    if colon and not element.tag.startswith("{"):
        namespace = _USUAL_PREFIXES.get(prefix.lower())
        element.tag = f"{{{namespace}}}{local}" if namespace else re.sub(r"[^\w.-]", "_", element.tag)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _child_text(element: Any, name: str) -> str | None:
    children: Iterator[Any] = iter(element) if element is not None else iter(())
    child = next((one for one in children if _name(one) == name), None)
    return (child.text or "").strip()[:2_000] or None if child is not None else None
