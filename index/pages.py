"""What was fetched → an article with the identity of its web address."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .addresses import shorten
from .config import IndexConfig
from .errors import ExtractionError, FetchError, TooLargeError, UnsupportedTypeError
from .extract import SHORTEST_ARTICLE, Extracted
from .feed_parser import is_feed
from .feed_types import Entry, ParsedFeed, believable
from .fetch import Fetched
from .formats.kinds import MEDIA_TYPES
from .language import choose_language
from .politeness import HTML_TYPES
from .split import SPLITTER_VERSION
from .text import article_id, article_version, canonical_url, derive_title
from .types import Article
from .webpage import host_of

if TYPE_CHECKING:
    from .file_reader import FileReader

_MARKUP = re.compile(
    rb"\s{0,1000}(?:\xef\xbb\xbf)?<(?:!doctype html|html|head|body|article|\?xml)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """An article from the web, as the ingest takes it."""

    article: Article
    trusted: bool = True
    """False where the text comes from a feed of another site, and may not stand for what the site says."""

    @property
    def identity(self) -> str:
        """Return the canonical form of its address."""
        return canonical_url(self.article.url or "")

    @property
    def mtime_ns(self) -> int:
        """Return when it was fetched, in nanoseconds since 1970."""
        fetched = self.article.fetched
        return int(fetched.timestamp()) * 1_000_000_000 if fetched else 0

    @property
    def size(self) -> int:
        """Count its characters."""
        return len(self.article.text)


def read_page(
    fetched: Fetched,
    config: IndexConfig,
    reader: FileReader,
    *,
    now: datetime,
    embedder_id: str,
    asked: str | None = None,
    entry: Entry | None = None,
) -> Page:
    """Return the article on a page; what the page does not tell is taken from the feed's `entry`.

    `asked` is the address that was asked for. Raises IndexingError.
    """
    shown = shorten(fetched.url)
    if asked and _is_front_page(fetched.url) and not _is_front_page(asked):
        raise FetchError(f"{shorten(asked)} could not be read: it now leads to the front page.", status=404)
    if fetched.media_type not in HTML_TYPES and is_feed(fetched.content):
        raise UnsupportedTypeError(f"{shown} is a feed; follow it with: article-assistant feeds add {shown}")
    found = reader.fetched(
        in_utf8(fetched.content, fetched.charset),
        _media_type(fetched),
        name=shown,
        now=now,
        language_hint=entry.language if entry else None,
    )
    if len(found.text) > config.max_article_chars:
        raise TooLargeError(
            f"{shown} holds {len(found.text):,} characters of text, more than the limit of "
            f"{config.max_article_chars:,}."
        )
    url = fetched.url
    if found.url and same_site(found.url, fetched.url) and not _is_front_page(found.url):
        url = found.url  # what a page says of another site's address is not believed
    return Page(article=_article(found, url, entry, now, embedder_id))


def page_from_entry(
    entry: Entry, feed: ParsedFeed, feed_url: str, *, now: datetime, embedder_id: str
) -> Page:
    """Return the article that an entry of a feed holds itself. Raises ExtractionError where it holds none."""
    if len(entry.text) < SHORTEST_ARTICLE:
        raise ExtractionError(f"{shorten(entry.link)}: its feed holds no text of it.")
    own = speaks_for(feed_url, entry.link)
    found = Extracted(
        title=entry.title or derive_title(entry.text) or shorten(entry.link),
        title_derived=entry.title is None,
        text=entry.text,
        url=entry.link,
        source=(entry.outlet or host_of(entry.link)) if own else (feed.title or host_of(feed_url)),
        language=choose_language(entry.text, entry.language or feed.language),
    )
    return Page(article=_article(found, entry.link, entry, now, embedder_id), trusted=own)


def same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are of one host, be it the mobile one, and one port."""
    try:
        return _site(one) == _site(other)
    except ValueError:
        return False


def speaks_for(feed_url: str, link: str) -> bool:
    """Tell whether a feed's host is that of a link, or one above it: what it says of the page is believed."""
    try:
        (host, port), (linked, linked_port) = _site(feed_url), _site(link)
    except ValueError:
        return False
    return port == linked_port and (host == linked or linked.endswith(f".{host}"))


def in_utf8(content: bytes, charset: str | None) -> bytes:
    """Return text in UTF-8 where the server named its charset and the bytes do not contradict it."""
    if not charset or content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode(charset).encode("utf-8")
        except (LookupError, ValueError):
            return content
    return content


def _article(found: Extracted, url: str, entry: Entry | None, now: datetime, embedder_id: str) -> Article:
    published = believable(found.published, now) or (entry.published if entry else None)
    author = found.author or (entry.author if entry else None)
    title, derived = found.title, found.title_derived
    if derived and entry and entry.title:
        title, derived = entry.title, False
    source = found.source or (entry.outlet if entry else None) or host_of(url)
    return Article(
        id=article_id(url=url),
        version=article_version(
            title=title,
            text=found.text,
            url=url,
            source=source,
            author=author,
            published=published,
            language=found.language,
            section=found.section,
            splitter_version=SPLITTER_VERSION,
            embedder_id=embedder_id,
        ),
        title=title,
        title_derived=derived,
        text=found.text,
        url=url,
        source=source,
        author=author,
        section=found.section,
        published=published,
        fetched=now,
        language=found.language,
    )


def _media_type(fetched: Fetched) -> str:
    if fetched.media_type == "application/xhtml+xml":
        return "text/html"
    if fetched.media_type in ("", "application/octet-stream", "text/plain"):
        if _MARKUP.match(fetched.content):
            return "text/html"
        ending = re.search(r"\.\w{1,8}$", urlsplit(fetched.url).path)
        return MEDIA_TYPES.get(ending.group().lower() if ending else "", "text/plain")
    return fetched.media_type


def _site(url: str) -> tuple[str, int | None]:
    parts = urlsplit(canonical_url(url))
    host = re.sub(r"^(?:(?:www|m|amp|mobile)\.)+(?=[^.]+\.)", "", parts.hostname or "")
    return host, parts.port


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
