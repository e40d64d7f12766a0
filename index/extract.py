"""What a file gives → the fields of an article, clean and judged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import ExtractionError, IndexingError, UnsupportedTypeError
from .formats.document import Document, Request
from .formats.kinds import HTML, MARKDOWN, TEXT
from .formats.reading import read
from .language import choose_language
from .text import clean_text, derive_title, is_web_address
from .types import Published
from .webpage import host_of

EXTRACTOR_VERSION = "3"
"""Changes when files give other articles than before: they are all read again."""
SHORTEST_ARTICLE = 20
"""Characters below which a text is no article."""
_LONGEST_FIELD = 300
_LONGEST_URL = 2_000


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """The fields of an article as its file gives them; text and title are clean."""

    title: str
    title_derived: bool
    text: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    section: str | None = None
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
    """Return the article in `content`, which is of type text/plain, text/markdown or text/html, in this process.

    For files and for what was fetched use `file_reader.FileReader`, which reads all formats in a process with
    limits. `name` is what error messages call it; `fetched` is the time by which dates are judged
    possible (default: now). Raises UnsupportedTypeError for other types and for binary content, and
    ExtractionError where no article text can be found.
    """
    if media_type not in (TEXT, MARKDOWN, HTML):
        raise UnsupportedTypeError(
            f"{name} was not read: the type {media_type} is not text, Markdown or HTML."
        )
    try:
        found = next(read(content, media_type, Request(now=fetched or datetime.now(UTC))))
    except IndexingError as error:
        raise type(error)(f"{name} was not read: {error}") from error
    assert isinstance(found, Document)
    return finished(found, name=name, language_hint=language_hint)


def finished(document: Document, *, name: str, language_hint: str | None = None) -> Extracted:
    """Return the clean fields of a document. Raises ExtractionError where it holds no article text."""
    text = clean_text(document.text)
    if len(text) < SHORTEST_ARTICLE or not re.search(r"\w", text):
        raise ExtractionError(f"{name} holds no article text.")
    title = _field(document.title)
    url = _url(document.url)
    return Extracted(
        title=title or derive_title(text) or name,
        title_derived=title is None,
        text=text,
        url=url,
        source=_field(document.source) or host_of(url),
        author=_field(document.author),
        section=_field(document.section),
        published=document.published,
        language=choose_language(text, document.language or language_hint),
    )


def _url(written: str | None) -> str | None:
    url = (written or "").strip()
    return url if url and len(url) <= _LONGEST_URL and is_web_address(url) else None


def _field(value: str | None) -> str | None:
    """Return a field as one clean line of sane length, or None."""
    line = " ".join(clean_text(value or "").split())
    return line[:_LONGEST_FIELD] or None
