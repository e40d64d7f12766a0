"""RTF → its text, with striprtf."""

from __future__ import annotations

import re

from ..errors import ExtractionError
from .document import Document, Documents, Request
from .headings import date_in_head
from .nexis import is_nexis, nexis_documents
from .plain import text_document

_INFO = re.compile(r"\{\\(?:title|author) [^{}]{1,500}\}")


def read_rtf(content: bytes, request: Request) -> Documents:
    """Yield the article of an RTF document, or the articles of a press database's export. Raises ExtractionError."""
    from striprtf.striprtf import rtf_to_text

    source = content.decode("latin-1")
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")
    except (ValueError, IndexError, KeyError, LookupError) as error:
        raise ExtractionError(f"it is a damaged RTF document ({type(error).__name__}).") from error
    text = re.sub(r"\n\s*\n|\n(?=\S)", "\n\n", text.replace("\r\n", "\n"))
    if is_nexis(text):
        yield from nexis_documents(text, request)
        return
    said = text_document(text.strip(), request)
    stated = {
        name: rtf_to_text("{\\rtf1 " + match.group()[len(name) + 3 : -1] + "}", errors="replace").strip()
        for match in _INFO.finditer(source[:20_000])
        for name in [match.group()[2:].split(" ", 1)[0]]
    }
    yield Document(
        **{
            **vars(said),
            "title": said.title or stated.get("title") or None,
            "author": said.author or stated.get("author") or None,
            "published": said.published or date_in_head(said.text, request.now),
        }
    )
