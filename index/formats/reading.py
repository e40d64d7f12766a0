"""A format → the function that reads it. This is what runs on hostile bytes, in a process with limits."""

from __future__ import annotations

import csv
from collections.abc import Callable
from importlib import import_module

from ..errors import ExtractionError, UnsupportedTypeError
from . import kinds
from .document import Documents, Request

Read = Callable[[bytes, Request], Documents]
_READERS = {
    kinds.TEXT: "plain.read_text",
    kinds.MARKDOWN: "plain.read_markdown",
    kinds.HTML: "page.read_page",
    kinds.MHTML: "mail.read_saved_page",
    kinds.EMAIL: "mail.read_message",
    kinds.MBOX: "mail.read_mailbox",
    kinds.PDF: "pdf.read_pdf",
    kinds.DOCX: "word.read_word",
    kinds.RTF: "rtf.read_rtf",
    kinds.EPUB: "epub.read_epub",
    kinds.CSV: "tables.read_csv",
    kinds.JSON: "tables.read_json",
    kinds.JSON_LINES: "tables.read_json_lines",
    kinds.EUROPRESSE: "exports.read_europresse",
    kinds.FACTIVA: "exports.read_factiva",
}


def read(content: bytes, kind: str, request: Request) -> Documents:
    """Yield the documents in `content`, which is of the format `kind` (see `kinds.kind_of`).

    What concerns a part is a Problem among them. Raises ExtractionError or UnsupportedTypeError.
    """
    if kind not in _READERS:
        raise UnsupportedTypeError(
            f"it is of the type {kind}, which is not read; read are {kinds.SUPPORTED}."
        )
    module, _, name = _READERS[kind].partition(".")
    function: Read = getattr(import_module(f".{module}", __package__), name)
    try:
        yield from function(content, request)
    except csv.Error as error:
        raise ExtractionError(f"it is a damaged CSV file ({error}).") from error
