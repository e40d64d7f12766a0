"""Which format a file is in: by its content first, by the ending of its name where that says nothing."""

from __future__ import annotations

import re

from ..errors import UnsupportedTypeError

TEXT, MARKDOWN, HTML = "text/plain", "text/markdown", "text/html"
PDF, RTF, EPUB = "application/pdf", "application/rtf", "application/epub+zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP, JSON, JSON_LINES, CSV = "application/zip", "application/json", "application/jsonl", "text/csv"
UNKNOWN = "application/octet-stream"
MHTML, EMAIL, MBOX = "multipart/related", "message/rfc822", "application/mbox"
EUROPRESSE, FACTIVA = "text/html; export=europresse", "text/html; export=factiva"

MEDIA_TYPES = {
    ".txt": TEXT,
    ".text": TEXT,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".mht": MHTML,
    ".mhtml": MHTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".rtf": RTF,
    ".epub": EPUB,
    ".eml": EMAIL,
    ".mbox": MBOX,
    ".csv": CSV,
    ".tsv": CSV,
    ".json": JSON,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".zip": ZIP,
}
SUPPORTED = (
    "text, Markdown, HTML, saved web pages (.mhtml), PDF, Word (.docx), RTF, EPUB, e-mail (.eml, .mbox), JSON Lines,"
    " CSV and ZIP files"
)
MANY = frozenset({EPUB, ZIP, JSON, JSON_LINES, CSV, MBOX, EUROPRESSE, FACTIVA})
"""Formats that hold many articles, each with a key of its own."""
ISOLATED = frozenset({*MEDIA_TYPES.values(), EUROPRESSE, FACTIVA}) - {TEXT, MARKDOWN, ZIP}
"""Formats that are parsed in a process of their own; ZIP files are unpacked in another one."""
_ALIASES = {
    "application/xhtml+xml": HTML,
    "text/x-markdown": MARKDOWN,
    "text/rtf": RTF,
    "text/tab-separated-values": CSV,
    "text/json": JSON,
    "application/feed+json": JSON,
    "application/x-ndjson": JSON_LINES,
    "application/jsonlines": JSON_LINES,
    "application/x-zip-compressed": ZIP,
    "application/x-pdf": PDF,
}
_TOLD_BY_CONTENT = frozenset({HTML, MHTML, EMAIL, MBOX, PDF, DOCX, RTF, EPUB, ZIP})
"""Formats that have a beginning of their own: what lacks it is text, whatever its name says."""

_HEAD = 4_096
_OFFICE = {
    b"word/document.xml": DOCX,
    b"xl/workbook.xml": "an Excel workbook; save it as CSV.",
    b"ppt/presentation.xml": "a PowerPoint presentation; save it as PDF.",
    b"mimetypeapplication/vnd.oasis.opendocument": "an OpenDocument file; save it as .docx or PDF.",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER = {
    b"\x89PNG\r\n": "a picture; only text that is stored as text can be read.",
    b"\xff\xd8\xff": "a picture; only text that is stored as text can be read.",
    b"GIF8": "a picture; only text that is stored as text can be read.",
    b"\x1f\x8b\x08": "a gzip archive; unpack it first.",
    b"BZh": "a bzip2 archive; unpack it first.",
    b"\xfd7zXZ": "an xz archive; unpack it first.",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first.",
    b"Rar!\x1a\x07": "a RAR archive; unpack it first.",
    b"SQLite format 3\x00": "an SQLite database; export its articles as CSV or JSON Lines.",
}
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_HEADER = re.compile(
    rb"^(From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path)[ \t]*:", re.I | re.M
)


def kind_of(content: bytes, declared: str | None) -> str:
    """Return the media type that `content` really is; `declared` is the one that its name or server gives it.

    Raises UnsupportedTypeError for what is recognised and not read.
    """
    declared = (declared or TEXT).partition(";")[0].strip().lower()
    declared = _ALIASES.get(declared, declared)
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zipped(content)
    if head.startswith(b"{\\rtf"):
        return RTF
    if head.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise UnsupportedTypeError(
            "it is encrypted; remove its password first."
            if encrypted
            else "it is an old office document; save it as .docx or PDF."
        )
    for magic, kind in _OTHER.items():
        if head.startswith(magic):
            raise UnsupportedTypeError(f"it is {kind}")
    return _textual(content, head, declared)


def _zipped(content: bytes) -> str:
    if content[30:58] == b"mimetypeapplication/epub+zip":
        return EPUB
    for mark, kind in _OFFICE.items():
        if mark in content:
            if " " in kind:
                raise UnsupportedTypeError(f"it is {kind}")
            return kind
    return ZIP


def _textual(content: bytes, head: bytes, declared: str) -> str:
    if declared in (CSV, JSON, JSON_LINES, MARKDOWN):
        return declared
    if declared == MBOX or (head.startswith(b"From ") and len(_HEADER.findall(head)) >= 3):
        return MBOX
    if _is_message(head):
        return MHTML if re.search(rb"^Content-Type:\s*multipart/related", head, re.I | re.M) else EMAIL
    if declared in (MHTML, EMAIL):
        return HTML if _PAGE.match(head) else declared
    if declared == HTML or _PAGE.match(head):
        return export_of(content)
    return declared if declared in MEDIA_TYPES.values() and declared not in _TOLD_BY_CONTENT else TEXT


def export_of(content: bytes) -> str:
    """Return which press database a page was exported from, as a kind of its own, or plain HTML."""
    if b"DocPublicationName" in content and b"<article" in content:
        return EUROPRESSE
    if re.search(rb"class=[\"']article \w{2}\w{2}Article", content) and re.search(
        rb">\s*(?:HD|LP|SN)\s*<", content
    ):
        return FACTIVA
    return HTML


def _is_message(head: bytes) -> bool:
    top = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    names = {name.lower() for name in _HEADER.findall(top)}
    return b"from" in names and bool(names & {b"mime-version", b"message-id", b"received", b"return-path"})
