"""Hostile files, read in a process of its own: whatever they do, they are one failure with one reason."""

from __future__ import annotations

import io
import os
import random
import signal
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import sample_files as files
from sample_files import PARAGRAPHS, TITLE

from index.config import IndexConfig
from index.errors import ExtractionError, IndexingError
from index.file_reader import FileReader
from index.formats import kinds
from index.formats.archive import Member
from index.formats.document import Document, Found, Problem, Request
from index.formats.sandbox import Sandbox

LIMITS = IndexConfig(embedding_model=None, reader_seconds=10.0, max_archive_bytes=20_000_000)
REQUEST = Request(now=datetime(2020, 6, 1, tzinfo=UTC), limits=LIMITS)
MOST_MEMORY = LIMITS.reader_memory_bytes


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    one = Sandbox(memory=MOST_MEMORY, seconds=LIMITS.reader_seconds)
    yield one
    one.close()


@pytest.fixture(scope="module")
def reader() -> Iterator[FileReader]:
    one = FileReader(LIMITS)
    yield one
    one.close()


def read(sandbox: Sandbox, content: bytes, kind: str | None = None) -> list[Found]:
    return list(sandbox.documents(content, kind or kinds.kind_of(content, None), REQUEST))


def still_reads(sandbox: Sandbox) -> bool:
    (document,) = read(sandbox, files.article_pdf())
    return isinstance(document, Document) and document.title == TITLE


def unpacked(reader: FileReader, content: bytes) -> list[Found]:
    return list(reader.documents(content, kinds.ZIP, REQUEST))


def pid_of(sandbox: Sandbox) -> int:
    assert sandbox._worker is not None
    return sandbox._worker.process.pid


def test_one_process_serves_many_files_also_after_one_that_is_no_good(sandbox: Sandbox) -> None:
    assert still_reads(sandbox)
    first = pid_of(sandbox)
    with pytest.raises(ExtractionError, match="damaged"):
        read(sandbox, b"%PDF-1.4 and nothing else")
    assert still_reads(sandbox)
    assert pid_of(sandbox) == first


def test_a_process_that_is_killed_fails_its_file_and_is_replaced(sandbox: Sandbox) -> None:
    assert still_reads(sandbox)
    os.kill(pid_of(sandbox), signal.SIGSEGV)
    time.sleep(0.2)
    assert still_reads(sandbox)
    found = sandbox.documents(files.mailbox([files.mail(number=n) for n in range(500)]), kinds.MBOX, REQUEST)
    assert isinstance(next(found), Document)
    os.kill(pid_of(sandbox), signal.SIGSEGV)
    with pytest.raises(ExtractionError, match="broke the reader"):
        list(found)
    assert still_reads(sandbox)


def test_what_takes_too_long_is_given_up() -> None:
    slow = Sandbox(memory=MOST_MEMORY, seconds=2.0)
    content = ("<table><tr><td>" * 100_000).encode()
    started = time.monotonic()
    with pytest.raises(ExtractionError, match=r"took more than 2 seconds"):
        read(slow, b"<html><body>" + content)
    assert time.monotonic() - started < 8
    slow.close()


@pytest.mark.faults
def test_what_takes_too_much_memory_is_given_up() -> None:
    small = Sandbox(memory=400 * 2**20, seconds=60.0)
    content = b"From: a@b.c\nMIME-Version: 1.0\n\n" + b"word after word\n" * 4_000_000
    with pytest.raises(ExtractionError, match=r"0\.4 GiB of memory"):
        read(small, content)
    assert still_reads(small)
    small.close()


def test_the_process_ends_with_its_owner_and_has_no_way_to_write() -> None:
    one = Sandbox(memory=MOST_MEMORY, seconds=10.0)
    assert still_reads(one)
    process = psutil.Process(pid_of(one))
    limits = Path(f"/proc/{process.pid}/limits").read_text() if Path("/proc/self/limits").exists() else ""
    if limits:
        assert [line.split()[3] for line in limits.split("\n") if line.startswith("Max file size")] == ["0"]
    one.close()
    assert not process.is_running()


def flate(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


def pdf_of(objects: list[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    for number, one in enumerate(objects, 1):
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    return bytes(out) + b"trailer\n<< /Size %d %s >>\nstartxref\n0\n%%%%EOF" % (len(objects) + 1, trailer)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"


def flate_bomb(times: int) -> bytes:
    stream = flate(b"BT (a) Tj ET " * 12_000_000, times)
    head = b"<< /Length %d /Filter [%s] >>" % (len(stream), b"/FlateDecode " * times)
    return pdf_of(
        [
            CATALOG,
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            PAGE,
            head + b"\nstream\n" + stream + b"\nendstream",
        ]
    )


PDF_BOMBS = {
    "a million pages": lambda: pdf_of([CATALOG, b"<< /Type /Pages /Count 1000000 /Kids [3 0 R] >>", PAGE, b"<< >>"]),
    "a million kids": lambda: pdf_of([CATALOG, b"<< /Type /Pages /Count 1000000 /Kids [" + b"3 0 R " * 1_000_000 + b"] >>", PAGE, b"<< >>"]),
    "pages that hold themselves": lambda: pdf_of([CATALOG, b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"]),
    "a page of 150 MB deflated": lambda: flate_bomb(1),
    "a page of 150 MB deflated three times": lambda: flate_bomb(3),
    "a table of places that leads to itself": lambda: files.article_pdf().replace(b"/Size", b"/Prev 9 /Size")[:-40] + b"startxref\n9\n%%EOF",
    "deep arrays": lambda: pdf_of([CATALOG, b"<< /Type /Pages /Count 1 /Kids " + b"[" * 500_000 + b"]" * 500_000 + b" >>"]),
}  # fmt: skip


def marked(names: Iterable[str]) -> list[Any]:
    """Return the cases, those that take many seconds for `make test-faults` alone."""
    return [pytest.param(one, marks=pytest.mark.faults if one in SLOW else ()) for one in names]


SLOW = {
    "a page of 150 MB deflated",
    "a page of 150 MB deflated three times",
    "rtf: deep",
    "mail: parts in parts",
    "json: a hundred million empty lists",
    "json: deep",
    "json lines: one line of commas",
    "csv: a row of commas",
    "page: of 50 MB in one line",
}


@pytest.mark.parametrize("name", marked(PDF_BOMBS))
def test_pdf_bombs_are_one_failure(sandbox: Sandbox, name: str) -> None:
    content = PDF_BOMBS[name]()
    started = time.monotonic()
    with pytest.raises(IndexingError):
        read(sandbox, content, kinds.PDF)
    assert time.monotonic() - started < LIMITS.reader_seconds + 5
    assert still_reads(sandbox)


def zipped(names: dict[str, bytes]) -> bytes:
    return files.archive(names)


def test_a_zip_of_all_kinds_is_read(reader: FileReader) -> None:
    content = zipped(
        {
            "wall.html": files.page().encode(),
            "deep/er/wall.pdf": files.article_pdf(),
            "rows.csv": b"id,title,text\n7,A,Some text of a row\n8,B,Some text of another row\n",
            "note.txt": PARAGRAPHS[0].encode(),
            "picture.png": b"\x89PNG\r\n\x1a\n",
            ".hidden.txt": b"hidden",
            "__MACOSX/note.txt": b"of no use",
            "locked.pdf": files.encrypted_pdf("x"),
        }
    )
    found = {one.key: one for one in unpacked(reader, content)}
    assert set(found) == {
        "wall.html",
        "deep/er/wall.pdf",
        "rows.csv//7",
        "rows.csv//8",
        "note.txt",
        "locked.pdf",
    }
    problem = found["locked.pdf"]
    assert isinstance(problem, Problem)
    assert problem.reason.startswith("locked.pdf was not read: it is encrypted")
    assert [type(one) for key, one in found.items() if key != "locked.pdf"] == [Document] * 5


@pytest.mark.parametrize("name", ["../up.txt", "/etc/up.txt", "a/../../up.txt", "..\\up.txt", "c:\\up.txt"])
def test_names_that_lead_out_of_an_archive_are_refused(reader: FileReader, name: str) -> None:
    document, problem = unpacked(reader, zipped({"good.txt": PARAGRAPHS[0].encode(), name: b"some text"}))
    assert isinstance(document, Document)
    assert isinstance(problem, Problem)
    assert "leads out of the archive" in problem.reason


def test_links_twins_and_archives_in_an_archive_are_refused(reader: FileReader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        out.writestr(link, "/etc/passwd")
        out.writestr("inner.zip", zipped({"a.txt": b"text"}))
        out.writestr("disguised.txt", zipped({"a.txt": b"text"}))
        out.writestr("twice.txt", PARAGRAPHS[0])
        with pytest.warns(UserWarning, match="Duplicate name"):
            out.writestr("twice.txt", PARAGRAPHS[1])
    reasons = [one.reason for one in unpacked(reader, buffer.getvalue()) if isinstance(one, Problem)]
    assert [
        "is a link" in reasons[0],
        "archive inside" in reasons[1],
        "archive inside" in reasons[2],
        "two files of this name" in reasons[3],
    ] == [True] * 4


def test_an_archive_that_would_fill_memory_is_refused(reader: FileReader) -> None:
    small = replace(LIMITS, max_archive_bytes=5_000_000, max_file_bytes=2_000_000)
    strict = FileReader(small)
    bomb = zipped({"bomb.txt": b"\0" * 1_900_000, "good.txt": PARAGRAPHS[0].encode()})
    problem, document = unpacked(strict, bomb)
    assert isinstance(problem, Problem)
    assert "taken for a bomb" in problem.reason
    assert isinstance(document, Document)
    with pytest.raises(ExtractionError, match=r"unpack to 9,000,000 bytes, more than the limit of 5,000,000"):
        unpacked(strict, zipped({"a.txt": b"\0" * 4_500_000, "b.txt": b"\0" * 4_500_000}))
    (large,) = unpacked(strict, zipped({"a.txt": os.urandom(2_500_000)}))
    assert "larger than the limit of 2,000,000 bytes" in large.reason  # type: ignore[union-attr]
    strict.close()
    many = FileReader(replace(LIMITS, max_archive_members=100))
    with pytest.raises(ExtractionError, match="more than 100 files"):
        unpacked(many, zipped({f"{n}.txt": b"x" for n in range(101)}))
    many.close()


def test_a_size_that_lies_yields_no_more_than_it_says(reader: FileReader) -> None:
    honest = zipped({"a.txt": b"word " * 100_000})
    info = zipfile.ZipFile(io.BytesIO(honest)).getinfo("a.txt")
    lying = honest.replace(info.file_size.to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lying != honest
    found = unpacked(reader, lying)
    assert all(isinstance(one, Problem) or len(one.text) <= 50 for one in found)


def test_a_damaged_or_empty_archive_says_so(reader: FileReader) -> None:
    for content in (b"PK\x03\x04 no more", zipped({"a.txt": PARAGRAPHS[0].encode()})[:60]):
        with pytest.raises(ExtractionError, match="damaged ZIP"):
            unpacked(reader, content)
    with pytest.raises(ExtractionError, match="no files of a kind that is read"):
        unpacked(reader, zipped({"a.png": b"x"}))


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (str(n - 1).encode() if n else b"") * 20) for n in range(12)
    )
    + b"]>"
)


def office(document: bytes) -> bytes:
    base = zipfile.ZipFile(io.BytesIO(files.word(PARAGRAPHS)))
    return files.archive(
        {name: document if name == "word/document.xml" else base.read(name) for name in base.namelist()}
    )


WORD = b'<?xml version="1.0"?>%s<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
HOSTILE = {
    "word: laughs": lambda: office(WORD % (LAUGHS, b"<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>")),
    "word: a file of this machine": lambda: office(
        WORD
        % (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', b"<w:p><w:r><w:t>&f;</w:t></w:r></w:p>")
    ),
    "word: deep": lambda: office(WORD % (b"", b"<w:tbl><w:tr><w:tc>" * 50_000)),
    "word: too large": lambda: office(WORD % (b"", b" " * 21_000_000)),
    "epub: laughs": lambda: files.archive(
        {"mimetype": b"application/epub+zip", "META-INF/container.xml": LAUGHS + b"<x>&a11;</x>"},
        compression=0,
    ),
    "epub: nothing in it": lambda: files.archive({"mimetype": b"application/epub+zip"}, compression=0),
    "rtf: deep": lambda: b"{\\rtf1 " + b"{" * 3_000_000,
    "rtf: cut": lambda: files.rtf("x")[:9],
    "mail: parts in parts": lambda: b"".join(
        b'From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n)
        for n in range(5_000)
    ),
    "mail: message in message": lambda: (
        b"From: a@b.c\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n" * 5_000
    ),
    "saved page: nothing in it": lambda: files.saved_page("")[:300],
    "page: of 50 MB in one line": lambda: b"<html><body>" + b"<b>x</b>" * 6_000_000,
    "json: a hundred million empty lists": lambda: b"[" + b"[]," * 60_000_000 + b"[]]",
    "json: deep": lambda: b"[" * 5_000_000,
    "json lines: one line of commas": lambda: b'{"text": [' + b'"",' * 30_000_000 + b'""]}',
    "csv: a row of commas": lambda: b"id,text\n" + b"," * 30_000_000,
    "page: scripts": lambda: b"<html>" + b"<script>" * 500_000,
}


@pytest.mark.parametrize("name", marked(HOSTILE))
def test_hostile_files_of_every_format_are_one_failure(sandbox: Sandbox, name: str) -> None:
    content = HOSTILE[name]()
    started = time.monotonic()
    try:
        declared = {"json": kinds.JSON, "json lines": kinds.JSON_LINES, "csv": kinds.CSV}.get(
            name.partition(":")[0]
        )
        found = read(sandbox, content, declared)
    except IndexingError as error:
        assert str(error).endswith(".")
    else:
        texts = [one.text if isinstance(one, Document) else one.reason for one in found]
        assert "root:" not in "".join(texts)
        assert sum(map(len, texts)) < 1_000_000
    assert time.monotonic() - started < LIMITS.reader_seconds + 5
    assert still_reads(sandbox)


@pytest.mark.parametrize(
    "kind", [kinds.PDF, kinds.DOCX, kinds.RTF, kinds.EPUB, kinds.MHTML, kinds.EMAIL, kinds.EUROPRESSE]
)
@pytest.mark.faults
def test_damaged_files_never_raise_anything_but_one_reason(sandbox: Sandbox, kind: str) -> None:
    whole = {
        kinds.PDF: files.article_pdf(),
        kinds.DOCX: files.word(PARAGRAPHS),
        kinds.RTF: files.rtf(TITLE),
        kinds.EPUB: files.epub({"a.xhtml": ("A", PARAGRAPHS[0])}),
        kinds.MHTML: files.saved_page(files.page()),
        kinds.EMAIL: bytes(files.mail(rich=files.page())),
        kinds.EUROPRESSE: files.europresse(
            [{"outlet": "O", "header": "13 mars 2018", "title": "T", "body": "<p>x</p>", "number": "n"}]
        ),
    }[kind]
    chance = random.Random(2)
    for _ in range(40):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        cut = bytes(content[: chance.randrange(len(content))]) if chance.random() < 0.5 else bytes(content)
        try:
            read(sandbox, cut, kind)
        except IndexingError as error:
            assert str(error)
    assert still_reads(sandbox)


@pytest.mark.faults
def test_a_member_of_an_archive_that_breaks_the_reader_fails_alone(reader: FileReader) -> None:
    bomb = PDF_BOMBS["a page of 150 MB deflated three times"]()
    content = zipped({"a.txt": PARAGRAPHS[0].encode(), "bomb.pdf": bomb, "b.pdf": files.article_pdf()})
    kinds_found = [type(one) for one in unpacked(reader, content)]
    assert kinds_found == [Document, Problem, Document]


def test_members_come_with_their_bytes(reader: FileReader) -> None:
    content = os.urandom(300_000)
    (member,) = Sandbox(memory=MOST_MEMORY, seconds=10.0).members(zipped({"a.txt": content}), LIMITS)
    assert member == Member(name="a.txt", content=content)
