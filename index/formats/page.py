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
from ..webpage import flattened, host_of, without_heading
from .document import Document, Documents, Request
from .headline import Headline, headline_of
from .metadata import PageFacts, page_facts

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_PAGE = 3_000_000
"""Characters of HTML that are parsed: a page is mostly markup, and its tree takes many times its size."""
_SHORTEST = 20
_SIGNPOST = re.compile(
    r"(?:read (?:also|more|next)|see also|related|(?:à )?lire (?:aussi|également)|voir aussi|lesen sie (?:auch|hier)"
    r"|mehr zum thema|lea? también|te puede interesar|más información|leia (?:também|mais)|leggi anche|lees ook"
    r"|ilgili haber|читайте также|по теме)\b\s*:?",
    re.IGNORECASE,
)
_LONGEST_SIGNPOST = 300
_REFERENCES = [
    f"//{name}[contains(concat(' ', normalize-space(@class), ' '), ' references ') or @id='references']"
    for name in ("section", "div", "ol", "ul")
]
"""Lists of literature and sources: what they say is not what the article says."""
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
    if tree is None:
        return _document(
            PageFacts(), Headline(title=None, outlet=None), _boiled_down(page, tree), base, request
        )
    facts = page_facts(tree, base=base, now=request.now)
    head = headline_of(tree, stated=facts.title, outlet=facts.source, host=host_of(facts.url or base))
    _drop_signposts(tree)
    return _document(facts, head, _boiled_down(page, tree), base, request)


def _document(
    facts: PageFacts, head: Headline, found: dict[str, Any], base: str | None, request: Request
) -> Document:
    url = facts.url or base or (found.get("url") if is_web_address(found.get("url") or "") else None)
    source = head.outlet or host_of(url)
    title = head.title or " ".join((found.get("title") or "").split())
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


def _drop_signposts(tree: HtmlElement) -> None:
    """Take out paragraphs inside the text that only lead to another article."""
    for element in list(tree.iter("p", "div", "li", "h3", "h4")):
        words = _beginning(element)
        if len(words) < _LONGEST_SIGNPOST and _SIGNPOST.match(words) and element.find(".//a") is not None:
            element.drop_tree()


def _beginning(element: HtmlElement) -> str:
    """Return the first words of an element, a little more than a signpost has."""
    parts, length = [], 0
    for part in element.itertext():
        parts.append(part)
        length += len(part.strip())
        if length >= _LONGEST_SIGNPOST:
            break
    return " ".join("".join(parts).split())


def _longer(text: str, body: str | None) -> str:
    """Return the article's text; that of the metadata where the page itself shows less than two thirds of it."""
    if body is None:
        return text
    if "</" in body or "<br" in body:
        body = re.sub(r"<[^<>]{0,500}>", "\n", body)
    whole = "\n\n".join(line.strip() for line in html.unescape(body).split("\n") if line.strip())
    held = _letters(whole)
    shown = sum(len(letters) for letters in map(_letters, text.split("\n")) if letters and letters in held)
    return whole if shown < 0.66 * len(held) else text


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


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
        prune_xpath=_REFERENCES,
    )
    found = dict(document.as_dict()) if document is not None and not isinstance(document, dict) else {}
    if len(found.get("text") or "") < _SHORTEST:
        found["text"] = trafilatura.html2txt(page)
    if not found.get("title"):
        match = re.search(r"<title\b[^<>]{0,500}>([^<]{1,500})", page, re.IGNORECASE)
        found["title"] = html.unescape(match.group(1)) if match else None
    return found
