"""Bytes + media type → the fields of an article."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .config import IndexConfig
from .dates import parse_date
from .decode import decode
from .errors import ExtractionError, TooLargeError, UnsupportedTypeError
from .frontmatter import FrontMatter, take_front_matter
from .language import choose_language
from .markdown import markdown_to_text
from .sources import Source, printable, read_bytes
from .split import SPLITTER_VERSION
from .text import article_id, article_version, clean_text, derive_title, is_web_address
from .types import Article, Published
from .webpage import (
    declared_language,
    host_of,
    published_in,
    reason_to_refuse,
    without_heading,
    without_outlet,
)

SHORTEST_ARTICLE = 20
"""Characters below which a text is no article."""
_LONGEST_FIELD = 300
_LONGEST_PAGE = 3_000_000
"""Characters of HTML that are parsed: a page is mostly markup, and its tree takes many times its size."""


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """The fields of an article as its file gives them; text and title are clean."""

    title: str
    title_derived: bool
    text: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: Published | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Raw:
    text: str
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: Published | None = None
    language: str | None = None


def extract(
    content: bytes,
    media_type: str,
    *,
    name: str,
    fetched: datetime | None = None,
    language_hint: str | None = None,
) -> Extracted:
    """Return the article in `content`, which is of type text/plain, text/markdown or text/html.

    `name` is what error messages call it; `fetched` is the time by which dates are judged possible
    (default: now). Raises UnsupportedTypeError for other types and for binary content, and
    ExtractionError where no article text can be found.
    """
    now = fetched or datetime.now(UTC)
    try:
        raw = _read(content, media_type, now)
    except (ExtractionError, UnsupportedTypeError) as error:
        raise type(error)(f"{name} was not read: {error}") from error
    text = clean_text(raw.text)
    if len(text) < SHORTEST_ARTICLE or not re.search(r"\w", text):
        raise ExtractionError(f"{name} holds no article text.")
    title = _field(raw.title)
    url = raw.url.strip() if raw.url and is_web_address(raw.url) else None
    return Extracted(
        title=title or derive_title(text) or name,
        title_derived=title is None,
        text=text,
        url=url,
        source=_field(raw.source) or host_of(url),
        author=_field(raw.author),
        published=raw.published,
        language=choose_language(text, raw.language or language_hint),
    )


def read_article(source: Source, config: IndexConfig, *, now: datetime, embedder_id: str) -> Article:
    """Return the article in a source, with its identity and version.

    The identity is that of the article's URL, or of the file's path where it has none. Raises the
    IndexingError that says why it cannot be indexed.
    """
    found = extract(read_bytes(source, config), source.media_type, name=printable(source.path), fetched=now)
    if len(found.text) > config.max_article_chars:
        raise TooLargeError(
            f"{printable(source.path)} holds {len(found.text):,} characters of text, more than the limit of"
            f" {config.max_article_chars:,}; split it or raise max_article_chars."
        )
    return Article(
        id=article_id(url=found.url) if found.url else article_id(path=source.identity),
        version=article_version(
            title=found.title,
            text=found.text,
            url=found.url,
            source=found.source,
            author=found.author,
            published=found.published,
            language=found.language,
            splitter_version=SPLITTER_VERSION,
            embedder_id=embedder_id,
        ),
        title=found.title,
        title_derived=found.title_derived,
        text=found.text,
        path=source.identity,
        url=found.url,
        source=found.source,
        author=found.author,
        published=found.published,
        fetched=now,
        language=found.language,
    )


def _read(content: bytes, media_type: str, now: datetime) -> _Raw:
    if media_type == "text/html":
        return _html(decode(content, html=True), now)
    if media_type not in ("text/plain", "text/markdown"):
        raise UnsupportedTypeError(f"the type {media_type} is not supported; use text, Markdown or HTML.")
    matter, text = take_front_matter(re.sub(r"\r\n?", "\n", decode(content)).lstrip("\ufeff"), now=now)
    heading = None
    if media_type == "text/markdown":
        heading, plain = markdown_to_text(text)
        if matter.title and heading and matter.title.casefold() != heading.casefold():
            plain = f"{heading}\n\n{plain}"
        text = plain
    return _raw(matter, text, heading)


def _raw(matter: FrontMatter, text: str, heading: str | None) -> _Raw:
    return _Raw(
        text=text,
        title=matter.title or heading,
        url=matter.url,
        source=matter.source,
        author=matter.author,
        published=matter.published,
        language=matter.language,
    )


def _html(page: str, now: datetime) -> _Raw:
    if len(page) > _LONGEST_PAGE:
        raise ExtractionError(
            f"it is a page of more than {_LONGEST_PAGE:,} characters; save the article alone."
        )
    refused = reason_to_refuse(page)
    if refused:
        raise ExtractionError(refused)
    page = re.sub(r"(?:<br\s{0,9}/?>\s{0,99}){3,}", "<br><br>", page.replace("\0", ""), flags=re.IGNORECASE)
    if not re.search(r"<(?:html|body)\b", page, re.IGNORECASE):
        page = f"<html><body>{page}</body></html>"  # trafilatura takes a bare fragment for no page at all
    document = _boiled_down(page)
    url = document.get("url")
    source = document.get("sitename") or host_of(url if url and is_web_address(url) else None)
    title = without_outlet(" ".join((document.get("title") or "").split()), source, host_of(url))
    author = re.sub(r"\s*;\s*", ", ", document.get("author") or "") or None
    paragraphs = [line.strip() for line in (document.get("text") or "").split("\n") if line.strip()]
    return _Raw(
        text="\n\n".join(without_heading(paragraphs, title, author)),
        title=title or None,
        url=url,
        source=source,
        author=author,
        published=published_in(page, now=now) or parse_date(document.get("date") or "", now=now),
        language=declared_language(page),
    )


def _boiled_down(page: str) -> dict[str, Any]:
    """Return what trafilatura finds in a page: text, title, author, sitename, date, url."""
    import trafilatura

    document = trafilatura.bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        favor_precision=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    found = dict(document.as_dict()) if document is not None and not isinstance(document, dict) else {}
    if len(found.get("text") or "") < SHORTEST_ARTICLE:
        found["text"] = trafilatura.html2txt(page)
    if not found.get("title"):
        match = re.search(r"<title\b[^<>]{0,500}>([^<]{1,500})", page, re.IGNORECASE)
        found["title"] = html.unescape(match.group(1)) if match else None
    return found


def _field(value: str | None) -> str | None:
    """Return a field as one clean line of sane length, or None."""
    line = " ".join(clean_text(value or "").split())
    return line[:_LONGEST_FIELD] or None
