from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import sample_files as files
from sample_files import PARAGRAPHS, TITLE

from index.errors import ExtractionError, UnsupportedTypeError
from index.formats import kinds
from index.formats.document import Document, Problem, Request
from index.formats.reading import read

NOW = datetime(2020, 6, 1, tzinfo=UTC)
TEXT = "\n\n".join(PARAGRAPHS)


def found(
    content: bytes, declared: str | None = None, columns: Mapping[str, str] | None = None
) -> list[Document | Problem]:
    request = Request(now=NOW, columns=columns or {})
    return list(read(content, kinds.kind_of(content, declared), request))


def documents(
    content: bytes, declared: str | None = None, columns: Mapping[str, str] | None = None
) -> list[Document]:
    everything = found(content, declared, columns)
    assert all(isinstance(one, Document) for one in everything), everything
    return [one for one in everything if isinstance(one, Document)]


def only(content: bytes, declared: str | None = None) -> Document:
    (document,) = documents(content, declared)
    return document


def date(document: Document) -> str | None:
    return document.published.isoformat() if document.published else None


@pytest.mark.parametrize(
    ("content", "declared", "kind"),
    [
        (files.article_pdf(), "text/plain", kinds.PDF),
        (b"\xef\xbb\xbf\n%PDF-1.7 after a mark", "text/html", kinds.PDF),
        (files.word(PARAGRAPHS), "application/zip", kinds.DOCX),
        (files.archive({"a.txt": b"x"}), "application/pdf", kinds.ZIP),
        (files.epub({"a.xhtml": ("A", "x")}), "application/zip", kinds.EPUB),
        (files.rtf("x"), "text/plain", kinds.RTF),
        (files.page().encode(), "text/plain", kinds.HTML),
        (b"<?xml version='1.0'?>\n<!-- saved -->\n<html><body>x</body></html>", None, kinds.HTML),
        (files.saved_page(files.page()), "text/plain", kinds.MHTML),
        (bytes(files.mail()), "text/plain", kinds.EMAIL),
        (files.mailbox([files.mail()]), "text/plain", kinds.MBOX),
        (b"Title: A\nDate: 2018\n\nA text with front matter is no mail.", "text/plain", kinds.TEXT),
        (b"From here to there: a text that begins with From is no mailbox.", "text/plain", kinds.TEXT),
        (b"title,text\na,b", "text/csv; charset=utf-8", kinds.CSV),
        (b"some text", "application/pdf", kinds.TEXT),
        (b"some text", "application/octet-stream", kinds.TEXT),
    ],
)  # fmt: skip
def test_what_a_file_is_is_told_by_its_content(content: bytes, declared: str | None, kind: str) -> None:
    assert kinds.kind_of(content, declared) == kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (files.archive({"xl/workbook.xml": b"<x/>"}), "Excel workbook; save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old office document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
    ],
)
def test_what_is_recognised_and_not_read_is_named(content: bytes, said: str) -> None:
    with pytest.raises(UnsupportedTypeError, match=said):
        kinds.kind_of(content, "text/plain")


def test_a_pdf_gives_its_title_date_and_paragraphs() -> None:
    document = only(files.article_pdf())
    assert (document.title, document.author, date(document)) == (TITLE, "Ann Alder", "2018-03-13")
    assert document.text.split("\n\n")[-3:] == PARAGRAPHS


def test_the_day_on_which_a_pdf_was_made_is_no_date_of_its_article() -> None:
    content = files.pdf([files.set_lines(PARAGRAPHS)], facts={"CreationDate": "D:20200101000000Z"})
    assert only(content).published is None


def test_columns_pages_and_hyphens_do_not_break_sentences() -> None:
    left = [
        (50.0, 700.0 - 14 * n, 11.0, line)
        for n, line in enumerate(["The council voted to re-", "pair the wall, which the"])
    ]
    right = [(320.0, 700.0, 11.0, "storms had damaged in")]
    content = files.pdf([left + right, [(50.0, 700.0, 11.0, "January of this year.")]])
    assert (
        only(content).text
        == "The council voted to repair the wall, which the storms had damaged in January of this year."
    )


def test_scanned_pages_are_said_to_be_scanned() -> None:
    with pytest.raises(ExtractionError, match=r"scanned pictures .* text recognition \(OCR\)"):
        found(files.pdf([[], []], picture=[0, 1]))
    with pytest.raises(ExtractionError, match="holds no text"):
        found(files.pdf([[]]))
    document, problem = found(files.pdf([files.set_lines(PARAGRAPHS), []], picture=[1]))
    assert isinstance(document, Document)
    assert document.text == TEXT
    assert problem == Problem(
        reason="its page 2 is a scanned picture without a text layer; the other pages were read."
    )


def test_an_encrypted_pdf_is_said_to_be_encrypted() -> None:
    with pytest.raises(ExtractionError, match="encrypted and needs a password"):
        found(files.encrypted_pdf("secret"))
    assert only(files.encrypted_pdf("")).title == TITLE  # no password is needed to read it


def test_a_word_document_gives_its_properties_or_its_heading() -> None:
    document = only(files.word(PARAGRAPHS, title="Given", author="Ann Alder"))
    assert (document.title, document.author, document.text, document.published) == (
        "Given",
        "Ann Alder",
        TEXT,
        None,
    )
    headed = only(
        files.word(["13 March 2018", *PARAGRAPHS], heading=TITLE, title="Word Document", author="python-docx")
    )
    assert (headed.title, headed.author, date(headed)) == (TITLE, None, "2018-03-13")
    assert headed.text == f"13 March 2018\n\n{TEXT}"


def test_the_tables_of_a_word_document_keep_their_rows() -> None:
    import io

    import docx

    document = docx.Document()
    document.add_paragraph(PARAGRAPHS[0])
    table = document.add_table(rows=2, cols=2)
    for row, words in zip(table.rows, (("Quay", "Boats"), ("North", "14")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    buffer = io.BytesIO()
    document.save(buffer)
    assert only(buffer.getvalue()).text == f"{PARAGRAPHS[0]}\n\nQuay | Boats\nNorth | 14"


def test_rtf_in_other_letters_is_read() -> None:
    document = only(files.rtf(f"Digue réparée à Skerrow\n\n{TEXT}"))
    assert document.text == f"Digue réparée à Skerrow\n\n{TEXT}"


def test_the_chapters_of_an_epub_are_articles() -> None:
    chapters = {
        "cover.xhtml": (None, "<p>Cover</p>"),
        "one.xhtml": ("The wall", f"<h1>The wall</h1><p>{PARAGRAPHS[0]}</p>"),
        "two.xhtml": ("The quay &amp; the boats", f"<p>{PARAGRAPHS[1]}</p>"),
        "two-b.xhtml": (None, f"<p>{PARAGRAPHS[2]}</p>"),
    }
    facts = (
        "<dc:title>Skerrow Review</dc:title><dc:creator>Ann Alder</dc:creator><dc:creator>Bo Birk</dc:creator>"
        "<dc:date>2018-03</dc:date><dc:language>en-GB</dc:language>"
    )
    first, second = documents(files.epub(chapters, facts=facts))
    assert (first.key, first.title, first.text) == ("OPS/one.xhtml", "The wall", PARAGRAPHS[0])
    assert (first.source, first.author, date(first), first.language) == (
        "Skerrow Review",
        "Ann Alder, Bo Birk",
        "2018-03",
        "en-GB",
    )
    assert (second.title, second.text) == ("The quay & the boats", "\n\n".join(PARAGRAPHS[1:]))


def test_a_magazine_made_by_calibre_names_the_addresses_of_its_articles() -> None:
    note = '<p>This article was downloaded by <strong>calibre</strong> from <a href="https://skerrow.example/a">x</a></p>'
    (document,) = documents(files.epub({"a.xhtml": ("A", f"<p>{TEXT}</p>{note}")}))
    assert document.url == "https://skerrow.example/a"


def test_a_protected_epub_is_said_to_be_protected() -> None:
    encryption = (
        b'<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><e:EncryptedData'
        b' xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptionMethod Algorithm="%s"/></e:EncryptedData></encryption>'
    )
    for method, protected in (
        (b"http://www.w3.org/2001/04/xmlenc#aes256-cbc", True),
        (b"http://www.idpf.org/2008/embedding", False),
    ):
        content = files.epub({"a.xhtml": ("A", TEXT)}, more={"META-INF/encryption.xml": encryption % method})
        if protected:
            with pytest.raises(ExtractionError, match="digital rights"):
                found(content)
        else:
            assert documents(content)


def test_a_saved_page_knows_its_address_and_not_the_day_of_saving() -> None:
    document = only(files.saved_page(files.page()))
    assert (document.title, document.url, document.text) == (TITLE, "https://skerrow.example/news/wall", TEXT)
    assert document.published is None


@pytest.mark.parametrize(
    "note",
    ["<!-- saved from url=(0033)https://skerrow.example/news/wall -->",
     "<!--\n Page saved with SingleFile \n url: https://skerrow.example/news/wall \n saved date: Fri May 01 2020 -->"],
)  # fmt: skip
def test_a_page_saved_as_one_file_knows_its_address_and_loses_its_pictures(note: str) -> None:
    picture = f'<img src="data:image/png;base64,{"A" * 4_000_000}">'
    document = only(f"{note}{files.page(paragraphs=[*PARAGRAPHS, picture])}".encode())
    assert (document.url, document.text, document.published) == (
        "https://skerrow.example/news/wall",
        TEXT,
        None,
    )


def test_a_newsletter_gives_its_subject_sender_and_date() -> None:
    rich = (
        '<div style="display:none">Hidden preview text</div><p><a href="https://x.example/v">View in browser</a></p>'
        + "".join(f"<td><p>{text}</p></td>" for text in PARAGRAPHS)
        + "<p>You received this as a reader. <a href='u'>Unsubscribe</a></p>"
    )
    document = only(bytes(files.mail(rich=rich)))
    assert (document.title, document.source, date(document)) == (
        TITLE,
        "The Skerrow Letter",
        "2018-03-13T16:20:00Z",
    )
    assert document.text == TEXT
    plain = "\n\n".join(f"{text[:60]}\n{text[60:]} ( https://x.example/track?id=1 )" for text in PARAGRAPHS)
    assert "https" not in only(bytes(files.mail(plain=plain))).text


def test_the_mails_of_a_mailbox_are_known_by_their_ids() -> None:
    messages = [
        files.mail(number=1),
        files.mail(number=2, subject="Second", plain=">From here on the text is quoted. " * 3),
    ]
    first, second = documents(files.mailbox(messages))
    assert (first.key, second.key, second.title) == ("1@skerrow.example", "2@skerrow.example", "Second")


CSV = (
    "Headline;Body;Published at;Outlet;Byline;Link\n"
    'Wall;"First line,\nsecond line";13/03/2018;The Chronicle;Ann Alder;https://skerrow.example/a\n'
    "Quay;Other text;;;;\n"
)


def test_the_usual_names_of_columns_are_known() -> None:
    first, second = documents(CSV.encode(), "text/csv")
    assert (first.title, first.text, first.source, first.author) == (
        "Wall",
        "First line,\nsecond line",
        "The Chronicle",
        "Ann Alder",
    )
    assert (date(first), first.url) == ("2018-03-13", "https://skerrow.example/a")
    assert (second.text, second.published, second.source) == ("Other text", None, None)


@pytest.mark.parametrize("separator", [",", "\t", "|", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_of_all_separators_and_encodings_are_read(separator: str, encoding: str) -> None:
    row = separator.join(
        ('"Digue réparée"', '"La digue sera réparée dès avril, a annoncé le maire."', "2018-03")
    )
    content = f"titre{separator}texte{separator}date\n{row}\n".encode(encoding)
    document = only(content, "text/csv")
    assert (document.title, document.text, date(document)) == (
        "Digue réparée",
        "La digue sera réparée dès avril, a annoncé le maire.",
        "2018-03",
    )


def test_columns_can_be_named() -> None:
    content = b"a,b,c\nWall,The text of it,x\n"
    (document,) = documents(content, "text/csv", {"text": "b", "title": "a"})
    assert (document.title, document.text) == ("Wall", "The text of it")
    with pytest.raises(ExtractionError, match="no column 'z' for text; its columns are 'a', 'b', 'c'"):
        found(content, "text/csv", {"text": "z"})
    nested = json.dumps({"doc": {"body": "The text of it"}, "h": "Wall"}).encode()
    (document,) = documents(nested, "application/json", {"text": "doc.body", "title": "h"})
    assert (document.title, document.text) == ("Wall", "The text of it")


def test_a_table_with_wrong_columns_says_which_it_has() -> None:
    with pytest.raises(ExtractionError, match=r"--column text=NAME\. Its columns are 'a', 'b'"):
        found(b"a,b\n1,2\n", "text/csv")
    with pytest.raises(ExtractionError, match="no rows"):
        found(b"title,text\n", "text/csv")
    document, problem = found(b"title,text\nA,Some text\nB,Some, more text\n", "text/csv")
    assert isinstance(document, Document)
    assert problem == Problem(
        reason="row 3 has 3 fields where the header names 2; it was not read.", key="row-3"
    )


def test_a_line_cut_off_loses_itself_alone() -> None:
    lines = [json.dumps({"title": f"Wall {n}", "content": TEXT, "id": n}) for n in range(3)]
    cut = ("\n".join(lines))[:-40].encode()
    first, second, problem = found(cut, "application/jsonl")
    assert [one.key for one in (first, second)] == ["0", "1"]
    assert isinstance(problem, Problem)
    assert problem.reason == "line 3 is not valid JSON. It is the last one; the file may have been cut off."
    middle = "\n".join([lines[0], lines[1][:30], lines[2]]).encode()
    assert [isinstance(one, Problem) for one in found(middle, "application/jsonl")] == [False, True, False]
    with pytest.raises(ExtractionError, match=r"line 1, column \d+\); it may have been cut off"):
        found(f'[{lines[0]}, {{"title": "x'.encode(), "application/json")


@pytest.mark.parametrize(
    "form",
    ["[%s, %s]", '{"status": "ok", "articles": [%s, %s]}', '{"response": {"docs": [%s, %s]}}', "%s\n%s\n"],
)
def test_json_in_its_usual_forms_is_read(form: str) -> None:
    one = {"headline": "Wall", "content_html": f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", "source": {"id": None, "name": "The Chronicle"},
           "authors": [{"name": "Ann Alder"}, "Bo Birk"], "publishedAt": 1520958000, "section": "Islands"}  # fmt: skip
    first, second = documents(
        (form % (json.dumps(one), json.dumps({**one, "headline": "Quay"}))).encode(), "application/json"
    )
    assert (first.title, first.text) == ("Wall", "\n\n".join(PARAGRAPHS[:2]))
    assert (first.source, first.author, first.section) == ("The Chronicle", "Ann Alder, Bo Birk", "Islands")
    assert (date(first), second.title) == ("2018-03-13T16:20:00Z", "Quay")


def test_an_export_from_europresse_is_split_into_its_articles() -> None:
    one = {
        "outlet": "Le Courrier de Skerrow",
        "header": "Europe, mardi 13 mars 2018 612 mots, p. 4",
        "title": "La digue sera réparée",
        "author": "Anne Aulne",
        "body": "<p>La digue sera réparée dès avril.</p><p>Le port restera <mark>ouvert</mark>.</p>",
        "number": "news·20180313·CS·0a1b2c",
    }
    other = {
        **one,
        "title": "Le port",
        "header": "mars 2018",
        "number": "news·20180314·CS·0a1b2d",
        "body": "",
    }
    document, problem = found(files.europresse([one, other]), "text/html")
    assert isinstance(document, Document)
    assert (document.title, document.source, document.author) == (
        "La digue sera réparée",
        "Le Courrier de Skerrow",
        "Anne Aulne",
    )
    assert (date(document), document.section, document.key) == ("2018-03-13", "Europe", "20180313·CS·0a1b2c")
    assert document.text == "La digue sera réparée dès avril.\n\nLe port restera ouvert."
    assert problem == Problem(reason="article 2 of the export has no text.", key="20180314·CS·0a1b2d")


def test_an_export_from_factiva_is_split_into_its_articles() -> None:
    one = {"SE": "Islands", "HD": f"<span>{TITLE}</span>", "BY": "By Ann Alder", "WC": "212 words", "PD": "13 March 2018",
           "SN": "The Skerrow Chronicle", "LA": "English", "LP": f"<p>{PARAGRAPHS[0]}</p>", "TD": f"<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>",
           "AN": "Document SKERC00020180313ee3d0001x"}  # fmt: skip
    first, second = documents(
        files.factiva([one, {**one, "HD": "Other", "AN": "Document SKERC00020180313ee3d0002y"}]), "text/html"
    )
    assert (first.title, first.source, first.author, first.section) == (
        TITLE,
        "The Skerrow Chronicle",
        "Ann Alder",
        "Islands",
    )
    assert (first.text, date(first), first.key) == (TEXT, "2018-03-13", "SKERC00020180313ee3d0001x")
    assert second.title == "Other"


@pytest.mark.parametrize("form", ["rtf", "word"])
def test_an_export_from_nexis_is_split_into_its_articles(form: str) -> None:
    one = {"title": TITLE, "outlet": "The Skerrow Chronicle (Isles)", "date": "March 13, 2018 Tuesday 6:20 PM GMT", "section": "NEWS",
           "author": "Ann Alder", "body": TEXT}  # fmt: skip
    text = files.nexis([one, {**one, "title": "Other", "date": "14 March 2018"}])
    first, second = documents(
        files.rtf(text) if form == "rtf" else files.word([line for line in text.split("\n") if line])
    )
    assert (first.title, first.source, first.author, first.section) == (
        TITLE,
        "The Skerrow Chronicle (Isles)",
        "Ann Alder",
        "NEWS",
    )
    assert (first.text, date(first)) == (TEXT, "2018-03-13")
    assert (second.title, date(second)) == ("Other", "2018-03-14")
    assert first.key != second.key


def test_a_bullet_or_a_first_word_in_another_size_begins_no_paragraph_of_its_own() -> None:
    lines = [(72.0, 700.0, 16.0, "W"), (90.0, 700.0, 11.0, "hen the council of Skerrow met on Tuesday, it voted to"),
             (72.0, 686.0, 11.0, "repair the old harbour wall, which the storms of January had damaged.")]  # fmt: skip
    assert "voted to repair the old" in only(files.pdf([lines])).text
