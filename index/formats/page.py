"""A web page → its article, with trafilatura; its facts from the page's metadata before they are guessed."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from ..dates import parse_date
from ..decode import decode
from ..errors import ExtractionError
from ..text import is_web_address
from ..types import Published
from ..webpage import flattened, host_of, without_heading, without_outlet
from .document import Document, Documents, Request
from .metadata import PageFacts, page_facts

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_PAGE = 3_000_000
"""Characters of HTML that are parsed: a page is mostly markup, and its tree takes many times its size."""
_SHORTEST = 20
_EMBEDDED = re.compile(r"data:[\w/+.-]{0,99}(?:;[\w=.-]{0,99}){0,5},[A-Za-z0-9+/=%_.~-]{200,}")
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(?P<url>https?://[^\s<>\"]{1,2000})",
    re.IGNORECASE,
)


def read_page(content: bytes, request: Request) -> Documents:
    """Yield the article of a web page, also of one that was saved as a single file."""
    yield page_document(decode(content, html=True), request)


def page_document(page: str, request: Request, *, base: str | None = None) -> Document:
    """Return the article of a page; `base` is its address where that is known. Raises ExtractionError."""
    from trafilatura.utils import load_html

    page = _EMBEDDED.sub("", page.replace("\0", ""))  # pictures and fonts of a single-file page
    if len(page) > LONGEST_PAGE:
        raise ExtractionError(
            f"it is a page of more than {LONGEST_PAGE:,} characters; save the article alone."
        )
    saved = _SAVED_FROM.search(page[:5_000])
    base = base or (saved["url"] if saved and is_web_address(saved["url"]) else None)
    page = re.sub(r"(?:<br\s{0,9}/?>\s{0,99}){3,}", "<br><br>", flattened(page), flags=re.IGNORECASE)
    if not re.search(r"<(?:html|body)\b", page, re.IGNORECASE):
        page = f"<html><body>{page}</body></html>"  # trafilatura takes a bare fragment for no page at all
    tree = load_html(page)
    facts = page_facts(tree, base=base, now=request.now) if tree is not None else PageFacts()
    return _document(facts, _boiled_down(page, tree), base, request)


def _document(facts: PageFacts, found: dict[str, Any], base: str | None, request: Request) -> Document:
    url = facts.url or base or (found.get("url") if is_web_address(found.get("url") or "") else None)
    source = facts.source or found.get("sitename") or host_of(url)
    written = facts.title or found.get("title") or ""
    title = without_outlet(" ".join(written.split()), source, host_of(url))
    author = facts.author or re.sub(r"\s*;\s*", ", ", found.get("author") or "") or None
    paragraphs = [line.strip() for line in (found.get("text") or "").split("\n") if line.strip()]
    text = "\n\n".join(without_heading(paragraphs, title, author))
    return Document(
        text=_longer(text, facts.body),
        title=title or None,
        url=url,
        source=source,
        author=author,
        section=facts.section,
        published=facts.published or _guessed(found.get("date"), request),
        language=facts.language,
    )


def _guessed(date: str | None, request: Request) -> Published | None:
    """Return a date that was found in the address or the text; today's may be that of the page's header."""
    published = parse_date(date or "", now=request.now)
    return published if published and published.at.date() != request.now.date() else None


def _longer(text: str, body: str | None) -> str:
    """Return the article's text; that of the metadata where the page itself shows less than half of it."""
    if body is None:
        return text
    if "</" in body or "<br" in body:
        body = re.sub(r"<[^<>]{0,500}>", "\n", body)
    whole = "\n\n".join(line.strip() for line in html.unescape(body).split("\n") if line.strip())
    return whole if len(whole) > 2 * len(text) else text


def _boiled_down(page: str, tree: HtmlElement | None) -> dict[str, Any]:
    """Return what trafilatura finds in a page: text, title, author, sitename, date, url."""
    import trafilatura

    document = trafilatura.bare_extraction(
        page if tree is None else tree,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        favor_precision=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    found = dict(document.as_dict()) if document is not None and not isinstance(document, dict) else {}
    if len(found.get("text") or "") < _SHORTEST:
        found["text"] = trafilatura.html2txt(page)
    if not found.get("title"):
        match = re.search(r"<title\b[^<>]{0,500}>([^<]{1,500})", page, re.IGNORECASE)
        found["title"] = html.unescape(match.group(1)) if match else None
    return found
