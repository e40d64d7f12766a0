"""The HTML exports of the press databases Europresse and Factiva: many articles in one page.

Both forms are known from the public tools that researchers parse them with. Europresse: an
`article` element each, with spans and paragraphs of telling classes. Factiva ("full article plus
indexing"): a table each, whose rows begin with a code of two or three letters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..dates import parse_date
from ..decode import decode
from ..errors import ExtractionError
from ..html_text import html_to_text
from ..text import content_hash, is_web_address
from ..types import Published
from ..webpage import flattened
from .document import Document, Documents, Problem, Request

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DATE = re.compile(
    r"(?:\b[^\W\d_]+ )?(?:\d{1,2}(?:er|st|nd|rd|th)? [^\W\d_]+,? \d{4}|[^\W\d_]+ \d{1,2},? \d{4}|\d{1,2}/\d{1,2}/\d{4})"
)
_EDITION = re.compile(
    r"(?:,? n[o°º]\.? ?\d.*|\s{2,}.*| \(site web\).*|,? \d{1,2}(?:er)? [^\W\d_]+ \d{4}.*)$", re.I
)
_CODE = re.compile(r"[A-Z]{2,3}$")


def read_europresse(content: bytes, request: Request) -> Documents:
    """Yield the articles of an export from Europresse, each known by its document number. Raises ExtractionError."""
    articles = list(_tree(content).iter("article"))
    seen: dict[str, int] = {}
    for number, article in enumerate(articles, 1):
        yield _europresse(article, number, request, seen)


def _europresse(
    article: HtmlElement, number: int, request: Request, seen: dict[str, int]
) -> Document | Problem:
    outlet = _EDITION.sub("", _of_class(article, "DocPublicationName")).strip(" ,;-") or None
    header = _of_class(article, "DocHeader")
    title = _of_class(article, "titreArticleVisu") or _of_class(article, "titreArticle") or None
    own = re.search(r"(?:news|web|web|TVRadio)?[·•](\d{8}[·•]\S+)", _of_class(article, "publiC-lblNodoc"))
    body = _node(article, "docOcurrContainer")
    body = body if body is not None else _node(article, "DocText")
    text = _markup_text(body)
    key = _once(own.group(1).strip(" .") if own else _told(title, outlet, header), seen)
    if not text:
        return Problem(reason=f"article {number} of the export has no text.", key=key)
    links = [
        one.get("href")
        for one in (body.iter("a") if body is not None else ())
        if "paru dans" in one.text_content()
    ]
    return Document(
        text=text,
        title=title,
        source=outlet,
        author=_of_class(article, "docAuthors") or _author_line(article),
        section=_section(header),
        published=_date_in(header, request) or _date_of_number(own.group(1) if own else "", request),
        url=next((link for link in links if link and is_web_address(link)), None),
        key=key,
    )


def _author_line(article: HtmlElement) -> str | None:
    for element in article.iter("p", "div"):
        if (element.get("class") or "").split() == ["sm-margin-bottomNews"]:
            line = " ".join(element.text_content().split())
            return line if 0 < len(line) < 120 else None
    return None


def _section(header: str) -> str | None:
    """Return the section of a header such as "Europe, vendredi 8 décembre 2017 612 mots, p. 4"."""
    before = _DATE.split(header, maxsplit=1)[0].strip(" ,;-")
    return before if 1 < len(before) < 60 and not re.search(r"\d", before) else None


def _date_of_number(number: str, request: Request) -> Published | None:
    return parse_date(number[:8], now=request.now)


def read_factiva(content: bytes, request: Request) -> Documents:
    """Yield the articles of an export from Factiva, each known by its accession number. Raises ExtractionError."""
    seen: dict[str, int] = {}
    number = 0
    for table in _tree(content).iter("table"):
        rows = dict(_rows(table))
        if "HD" not in rows:
            continue
        number += 1
        yield _factiva(rows, number, request, seen)
    if not number:
        raise ExtractionError(
            "it is an export from Factiva without the codes HD, SN, PD; choose the format with indexing."
        )


def _factiva(
    rows: dict[str, HtmlElement], number: int, request: Request, seen: dict[str, int]
) -> Document | Problem:
    said = {code: " ".join(cell.text_content().split()) for code, cell in rows.items()}
    own = re.sub(r"^Document\s+", "", said.get("AN", ""))
    key = _once(own or _told(said["HD"], said.get("SN"), said.get("PD", "")), seen)
    text = "\n\n".join(filter(None, (_markup_text(rows.get("LP")), _markup_text(rows.get("TD")))))
    if not text:
        return Problem(reason=f"article {number} of the export has no text.", key=key)
    return Document(
        text=text,
        title=said["HD"],
        source=said.get("SN") or None,
        author=re.sub(r"^(?:by|par|von|por|di)\s+", "", said.get("BY", ""), flags=re.I) or None,
        section=said.get("SE") or None,
        published=parse_date(said.get("PD", ""), now=request.now),
        key=key,
    )


def _rows(table: HtmlElement) -> list[tuple[str, HtmlElement]]:
    found = []
    for row in table.iter("tr"):
        cells = list(row.iterchildren("td", "th"))
        code = " ".join(cells[0].text_content().split()) if len(cells) == 2 else ""
        if _CODE.match(code):
            found.append((code, cells[1]))
    return found


def _tree(content: bytes) -> HtmlElement:
    from lxml.etree import LxmlError
    from lxml.html import document_fromstring

    try:
        return document_fromstring(
            flattened(decode(content, html=True).replace("\0", "")).encode(), parser=_parser()
        )
    except (LxmlError, ValueError, AssertionError) as error:
        raise ExtractionError(f"it is a damaged page ({type(error).__name__}).") from error


def _parser() -> object:
    from lxml.html import HTMLParser

    return HTMLParser(encoding="utf-8", huge_tree=True)


def _node(article: HtmlElement, name: str) -> HtmlElement | None:
    return next((one for one in article.iter() if name in str(one.get("class") or "").split()), None)


def _of_class(article: HtmlElement, name: str) -> str:
    node = _node(article, name)
    return "" if node is None else " ".join(node.text_content().split())


def _markup_text(node: HtmlElement | None) -> str:
    from lxml.html import tostring

    return "" if node is None else html_to_text(tostring(node, encoding="unicode", with_tail=False))


def _date_in(header: str, request: Request) -> Published | None:
    dates = (parse_date(match.group(), now=request.now) for match in _DATE.finditer(header))
    return next((date for date in dates if date), None)


def _told(*facts: str | None) -> str:
    return content_hash("\x1f".join(one or "" for one in facts))[:12]


def _once(key: str, seen: dict[str, int]) -> str:
    count = seen[key] = seen.get(key, 0) + 1
    return key if count == 1 else f"{key}-{count}"
