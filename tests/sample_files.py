"""Files of many formats, made for the tests; all sentences are our own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

PARAGRAPHS = [
    "The council of Skerrow voted on Tuesday to repair the old harbour wall, which the storms of January had damaged.",
    "Work will begin in April and cost 2.4 million pounds, half of it from the islands fund, the treasurer said.",
    "Fishing boats must use the northern quay until the autumn, when the last stones are to be laid.",
]
TITLE = "Harbour wall to be repaired"


def pdf(
    pages: Sequence[Sequence[tuple[float, float, float, str]]],
    *,
    facts: Mapping[str, str] | None = None,
    picture: Sequence[int] = (),
) -> bytes:
    """Return a PDF with lines at (x, y, size) on each page; pages of which `picture` has the index show one."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    objects.append(image + b"\nstream\n\x80\nendstream")
    kids = []
    for number, lines in enumerate(pages):
        drawn = [
            f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj ET" for x, y, size, text in lines
        ]
        if number in picture:
            drawn.append("q 400 0 0 600 100 100 cm /Im1 Do Q")
        stream = "\n".join(drawn).encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>" % len(objects)
        )
        kids.append(len(objects))
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{listed}] >>".encode()
    said = "".join(f"/{name} ({_escaped(value)}) " for name, value in (facts or {}).items())
    objects.append(f"<< {said}>>".encode("latin-1"))
    return _pdf_file(objects, info=len(objects))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _pdf_file(objects: Sequence[bytes], *, info: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        info,
        start,
    )
    return bytes(out)


def set_lines(
    paragraphs: Sequence[str], *, top: float = 760, size: float = 11, width: int = 80
) -> list[tuple[float, float, float, str]]:
    """Return the lines of paragraphs, broken at `width` characters, with a gap between them."""
    import textwrap

    lines, y = [], top
    for paragraph in paragraphs:
        for line in textwrap.wrap(paragraph, width):
            lines.append((72.0, y, size, line))
            y -= 1.3 * size
        y -= size
    return lines


def article_pdf() -> bytes:
    """Return a PDF of the article, with its title in large type."""
    head = [(72.0, 790.0, 20.0, TITLE), (72.0, 770.0, 9.0, "13 March 2018")]
    return pdf(
        [head + set_lines(PARAGRAPHS, top=740)],
        facts={"Author": "Ann Alder", "CreationDate": "D:20200101000000Z"},
    )


def encrypted_pdf(password: str) -> bytes:
    """Return the article's PDF, locked."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(article_pdf())))
    writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def archive(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return buffer.getvalue()


def word(paragraphs: Sequence[str], *, title: str = "", author: str = "", heading: str = "") -> bytes:
    """Return a Word document."""
    import docx

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    if heading:
        document.add_heading(heading, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def epub(
    chapters: Mapping[str, tuple[str | None, str]],
    *,
    facts: str = "",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return an EPUB 3: file → (name in the table of contents or None, XHTML of the body)."""
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    entries = "".join(
        f'<li><a href="{name}">{label}</a></li>' for name, (label, _) in chapters.items() if label
    )
    files = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": (
            b'<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            b'<rootfile full-path="OPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
        ),
        "OPS/package.opf": (
            '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/">{facts}</metadata><manifest>{items}<item id="nav" href="nav.xhtml"'
            f' properties="nav" media-type="application/xhtml+xml"/></manifest><spine>{spine}</spine></package>'
        ).encode(),
        "OPS/nav.xhtml": (
            f'<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol>{entries}</ol></nav></body></html>'
        ).encode(),
        **{
            f"OPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'.encode()
            for name, (_, body) in chapters.items()
        },
        **(more or {}),
    }
    return archive(files, compression=zipfile.ZIP_STORED)


def page(*, head: str = "", paragraphs: Sequence[str] = PARAGRAPHS, lang: str = "en") -> str:
    """Return a web page with the article."""
    inner = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{TITLE}</h1>{inner}</article><footer>All rights reserved.</footer></body></html>"
    )


def saved_page(html: str, *, address: str = "https://skerrow.example/news/wall") -> bytes:
    """Return a page as a browser saves it in one file (.mhtml)."""
    import quopri

    body = quopri.encodestring(html.encode()).decode()
    return (
        "From: <Saved by Blink>\r\n"
        f"Snapshot-Content-Location: {address}\r\nSubject: {TITLE}\r\nDate: Fri, 1 May 2020 09:00:00 -0000\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----sep"\r\n\r\n'
        "------sep\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: {address}\r\n\r\n{body}\r\n"
        "------sep\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location:"
        " https://skerrow.example/a.png\r\n\r\niVBORw0KGgo=\r\n------sep--\r\n"
    ).encode()


def mail(*, subject: str = TITLE, plain: str = "", rich: str = "", number: int = 1) -> EmailMessage:
    """Return a newsletter."""
    message = EmailMessage()
    message["From"] = "The Skerrow Letter <letter@skerrow.example>"
    message["To"] = "reader@example.org"
    message["Subject"] = subject
    message["Date"] = "Tue, 13 Mar 2018 18:20:00 +0200"
    message["Message-ID"] = f"<{number}@skerrow.example>"
    message.set_content(plain or "\n\n".join(PARAGRAPHS))
    if rich:
        message.add_alternative(rich, subtype="html")
    return message


def mailbox(messages: Sequence[EmailMessage]) -> bytes:
    """Return a mailbox (.mbox)."""
    return b"".join(
        b"From letter@skerrow.example Tue Mar 13 18:20:00 2018\n" + bytes(one) + b"\n\n" for one in messages
    )


def europresse(articles: Sequence[Mapping[str, str]]) -> bytes:
    """Return an export from Europresse, in its form of 2019 and later."""
    parts = [
        "<article><header><div class='rdp__DocPublicationName'><span class='DocPublicationName'>"
        f"{one['outlet']}, no. 22655<br></span></div><div><span class='DocHeader'>{one['header']}</span></div>"
        f"<div class='titreArticle'><p class='titreArticleVisu rdp__articletitle'>{one['title']}</p></div>"
        f"<div class='docAuthors'>{one.get('author', '')}</div></header><section><div class='DocText clearfix'>"
        f"<div class='docOcurrContainer'>{one['body']}</div></div></section><footer><small>© tous droits réservés</small>"
        f"<div class='publiC-lblNodoc'>{one['number']}</div></footer></article>"
        for one in articles
    ]
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>" + "".join(parts) + "</body></html>"
    ).encode()


def factiva(articles: Sequence[Mapping[str, str]]) -> bytes:
    """Return an export from Factiva: full articles with indexing."""
    parts = []
    for one in articles:
        rows = "".join(
            f"<tr><td><b>{code}</b>&nbsp;</td><td>{value}</td></tr>" for code, value in one.items()
        )
        parts.append(
            f"<div class='article enArticle'><div class='article enGBArticle'><table>{rows}</table></div></div>"
        )
    return (
        "<html><head><meta charset='utf-8'></head><body>" + "<br>".join(parts) + "</body></html>"
    ).encode()


def nexis(articles: Sequence[Mapping[str, str]]) -> str:
    """Return the text of an export from Nexis Uni."""
    return "\n".join(
        f"{one['title']}\n{one['outlet']}\n{one['date']}\n\nCopyright {one['outlet']} All Rights Reserved\nSection: {one['section']};"
        f" Pg. 4\nLength: 212 words\nByline: {one['author']}\nBody\n\n{one['body']}\n\nLoad-Date: March 14, 2018\n\nEnd of Document\n"
        for one in articles
    )


def rtf(text: str) -> bytes:
    """Return a text as RTF."""
    coded = "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text.replace("\\", "\\\\"))
    return (
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times;}}\\f0 " + coded.replace("\n", "\\par\n") + "}"
    ).encode()
