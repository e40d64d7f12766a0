"""PDF → its text, with PDFium. When a PDF was made is no date of its article: it is often the day of printing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import ExtractionError
from .document import Document, Documents, Problem, Request
from .headings import date_in_head
from .pdf_edges import without_running_heads
from .pdf_lines import Line, heading_of, paragraphs

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_HYPHEN = re.compile("[\x02\ufffe\xad]")
_SHORTEST_PAGE = 20
"""Letters below which a page with a picture counts as scanned."""
_GENERIC = re.compile(
    r"(?:microsoft word - |untitled|sans titre|document\d*$|.*\.(?:docx?|indd|qxd|pdf|pages|odt|rtf|html?)$|https?:)",
    re.I,
)
_PASSWORD, _SECURITY = 4, 5


def read_pdf(content: bytes, request: Request) -> Documents:
    """Yield the article of a PDF, and a problem for its pages that are pictures. Raises ExtractionError.

    A file that needs a password, or all of whose pages are scanned, is said to be so.
    """
    document = _open(content)
    count = len(document)
    if count > request.limits.max_pdf_pages:
        raise ExtractionError(
            f"it has {count:,} pages, more than the limit of {request.limits.max_pdf_pages:,}; split it."
        )
    pages, scanned = _pages(document, request.limits.max_article_chars)
    if not any(pages) or sum(len(line.text) for page in pages for line in page) < _SHORTEST_PAGE:
        raise ExtractionError(
            "its pages are scanned pictures without a text layer; run text recognition (OCR) over it first."
            if scanned
            else "it holds no text."
        )
    lines = without_running_heads(pages)
    facts = document.get_metadata_dict()
    heading = heading_of(lines)
    stated = " ".join(facts.get("Title", "").split())
    title = heading if not stated or _GENERIC.match(stated) else stated
    text = paragraphs(lines)
    if heading and title and text.startswith(heading):
        text = text[len(heading) :].lstrip("\n")
    yield Document(
        text=text,
        title=title,
        author=" ".join(facts.get("Author", "").split()) or None,
        published=date_in_head(text, request.now),
    )
    if scanned:
        numbers = ", ".join(str(number) for number in scanned[:10]) + (", …" if len(scanned) > 10 else "")
        which = (
            f"page {numbers} is a scanned picture"
            if len(scanned) == 1
            else f"pages {numbers} are scanned pictures"
        )
        yield Problem(reason=f"its {which} without a text layer; the other pages were read.")


def _open(content: bytes) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(content)
    except PdfiumError as error:
        if error.err_code in (_PASSWORD, _SECURITY):
            raise ExtractionError(
                "it is encrypted and needs a password; save it without one first."
            ) from error
        raise ExtractionError("it is damaged and cannot be opened as a PDF.") from error


def _pages(document: PdfDocument, most: int) -> tuple[list[list[Line]], list[int]]:
    """Return the lines of each page, and the numbers of the pages that are pictures."""
    from pypdfium2 import PdfiumError

    pages, scanned, characters = [], [], 0
    for number in range(len(document)):
        try:
            page = document.get_page(number)
        except PdfiumError as error:
            raise ExtractionError(f"it is damaged: its page {number + 1} cannot be read.") from error
        lines = _lines(page.get_textpage(), page.get_height())
        letters = sum(len(line.text) for line in lines)
        characters += letters
        if characters > most:
            raise ExtractionError(f"it holds more than {most:,} characters of text; split it.")
        if letters < _SHORTEST_PAGE and _has_picture(page):
            scanned.append(number + 1)
        pages.append(lines)
        page.close()
    return pages, scanned


def _has_picture(page: PdfPage) -> bool:
    from pypdfium2 import raw

    kinds = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
    return any(True for _ in page.get_objects(filter=kinds, max_depth=2))


def _lines(page: PdfTextPage, height: float) -> list[Line]:
    from pypdfium2 import raw

    lines, position = [], 0
    for written in page.get_text_range().split("\r\n"):
        text = written.strip()
        start = position + len(written) - len(written.lstrip())
        position += len(written) + 2
        if not text:
            continue
        middle = len(text) // 2  # at its ends may be a bullet or a word in another font
        letter = next((at for at in range(middle, len(text)) if text[at].isalnum()), middle)
        places = (start, start + letter, start + len(text) - 1)
        found = [raw.FPDFText_GetCharIndexFromTextIndex(page, at) for at in places]
        first, body, last = (page.get_charbox(max(at, 0), loose=True) for at in found)
        lines.append(
            Line(
                text=_HYPHEN.sub("\xad", text),
                left=first[0],
                right=last[2],
                bottom=body[1],
                top=body[3],
                page_height=height,
            )
        )
    return lines
