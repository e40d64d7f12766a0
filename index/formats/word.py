"""Word documents (.docx) → their text, with python-docx. When a document was made is no date of its article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ExtractionError
from .archive import opened
from .document import Document, Documents, Request
from .headings import date_in_head
from .nexis import is_nexis, nexis_documents
from .plain import text_document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table, _Cell

_GENERIC = re.compile(
    r"(?:word|microsoft word)?\s*(?:document|untitled|sans titre|titre|title)?\s*\d*$", re.I
)
_MAKERS = {"python-docx", "microsoft office user", "user", "author", "windows user", "utilisateur windows"}


def read_word(content: bytes, request: Request) -> Documents:
    """Yield the article of a Word document, or the articles of a press database's export. Raises ExtractionError."""
    opened(content, request.limits).close()
    document = _open(content)
    blocks = list(_blocks(document))
    text = "\n\n".join(words for _, words in blocks)
    if is_nexis(text):
        yield from nexis_documents(text, request)
        return
    facts = document.core_properties
    said = text_document(text, request)
    titles = (words for style, words in blocks[:5] if style in ("Title", "Heading 1"))
    title = said.title or _stated(facts.title) or next(titles, None)
    author = said.author or (facts.author if facts.author.strip().lower() not in _MAKERS else None)
    yield Document(
        **{
            **vars(said),
            "text": _without(said.text, title),
            "title": title,
            "author": author or None,
            "section": said.section or facts.category or None,
            "published": said.published or date_in_head(said.text, request.now),
            "language": said.language or facts.language or None,
        }
    )


def _open(content: bytes) -> WordDocument:
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        return docx.Document(io.BytesIO(content))
    except (
        PackageNotFoundError,
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        LxmlError,
        AttributeError,
    ) as error:
        raise ExtractionError(f"it is a damaged Word document ({type(error).__name__}).") from error


def _blocks(document: WordDocument) -> Iterator[tuple[str, str]]:
    """Yield (style, text) of the paragraphs and tables, in order; a table row is a line."""
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            text = "\n".join(filter(None, _rows(block)))
            style = ""
        else:
            text, style = block.text.strip(), (block.style.name or "") if block.style else ""
        if text:
            yield style, text


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells: list[_Cell] = []
        for cell in row.cells:
            if not cells or cell._tc is not cells[-1]._tc:  # merged cells are given once for each column
                cells.append(cell)
        yield " | ".join(filter(None, (" ".join(cell.text.split()) for cell in cells)))


def _stated(title: str) -> str | None:
    return None if _GENERIC.match(title.strip()) else title.strip()


def _without(text: str, title: str | None) -> str:
    first, _, rest = text.partition("\n\n")
    return rest if title and rest and first.strip().casefold() == title.strip().casefold() else text
