"""What a web page says about itself: JSON-LD, OpenGraph, Dublin Core, meta tags. Nothing here is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ..dates import parse_date
from ..text import canonical_url, is_web_address
from ..types import Precision, Published

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TITLE = "og:title twitter:title dc.title dcterms.title citation_title parsely-title sailthru.title headline"
_AUTHOR = (
    "article:author author byl byline dc.creator dcterms.creator citation_author parsely-author sailthru.author"
    " article:author_name og:article:author cxenseparse:author"
)
_SOURCE = "og:site_name citation_journal_title dc.publisher dcterms.publisher publisher copyright-holder application-name"
_DATE = (
    "article:published_time og:article:published_time og:published_time datepublished parsely-pub-date sailthru.date"
    " dc.date.issued dcterms.issued dcterms.created dc.date dcterms.date citation_publication_date"
    " cxenseparse:recs:publishtime publish-date publication_date pubdate date"
)
_SECTION = "article:section og:article:section parsely-section cxenseparse:section section dc.subject.section"
_LANGUAGE = "og:locale dc.language dcterms.language content-language language"
_URL = "og:url twitter:url parsely-link"
_ARTICLE_TYPE = re.compile(r"(?:\w*Article|\w*Posting|Report|Review|AnalysisNews)$")
_ADDRESS = re.compile(r"https?:|www\.|^@|\S@\S")
_BY = re.compile(r"(?:by|par|von|por|di|door|yazan|автор)\b:?\s+(?=[^\W\d_])", re.IGNORECASE)
_MOST_NODES = 2_000
_DEEPEST = 12


@dataclass(kw_only=True)
class PageFacts:
    """The facts that a page's metadata states; None where it states none."""

    title: str | None = None
    author: str | None = None
    source: str | None = None
    section: str | None = None
    language: str | None = None
    url: str | None = None
    published: Published | None = None
    body: str | None = None
    """The article's whole text, where the metadata holds it."""
    names: dict[str, list[str]] = field(default_factory=dict)


def page_facts(tree: HtmlElement, *, base: str | None, now: datetime) -> PageFacts:
    """Return what a page's metadata states; `base` is the address that it was read from, if that is known."""
    named = _meta(tree)
    url = _address(tree, named, base)
    nodes = list(_nodes(tree))
    article = _resolved(_article(nodes, url), nodes)
    publisher = _names(article.get("publisher")) or _names(article.get("sourceOrganization"))
    facts = PageFacts(
        title=_line(article.get("headline") or article.get("name")) or _first(named, _TITLE),
        author=_people(_names(article.get("author") or article.get("creator"))) or _author(named, tree),
        source=(publisher[0] if publisher else None) or _first(named, _SOURCE) or _published_by(tree),
        section=_line(_flat(article.get("articleSection"))) or _first(named, _SECTION),
        language=_line(_flat(article.get("inLanguage"))) or tree.get("lang") or _first(named, _LANGUAGE),
        url=url or _node_url(article, base),
        published=_published(article, named, tree, now),
        body=_body(article),
    )
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    facts.language = declared or facts.language
    return facts


def _meta(tree: HtmlElement) -> dict[str, list[str]]:
    """Return the contents of the meta tags by name, in lower case; several of one name in their order."""
    named: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = _line(element.get("content"))
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and element.get(attribute):
                named.setdefault(element.get(attribute).strip().lower(), []).append(content)
    return named


def _first(named: dict[str, list[str]], names: str) -> str | None:
    return next((named[name][0] for name in names.split() if named.get(name)), None)


def _author(named: dict[str, list[str]], tree: HtmlElement) -> str | None:
    for name in _AUTHOR.split():
        people = _people(named.get(name, []))
        if people:
            return people
    marked = [
        _name_in(element)
        for element in tree.iter("a", "span", "p", "div", "address", "meta")
        if element.get("rel") == "author" or "author" in (element.get("itemprop") or "").split()
    ]
    return _people(marked[:10])


def _published_by(tree: HtmlElement) -> str | None:
    """Return the name of the publisher in the page's microdata."""
    marked = (one for one in tree.iter() if "publisher" in (one.get("itemprop") or "").split())
    return next((name for name in map(_name_in, marked) if 1 < len(name) <= 100), None)


def _name_in(element: HtmlElement) -> str:
    """Return the name that an element of microdata has, or else its words."""
    inner = (one for one in element.iter() if (one.get("itemprop") or "") == "name")
    for one in (*inner, element):
        words = " ".join((one.get("content") or one.text_content()).split())
        if words:
            return words
    return ""


def _people(names: list[str]) -> str | None:
    """Return names as one line, each once, without "By", addresses and handles."""
    kept: dict[str, str] = {}
    for written in names:
        for name in re.split(r"\s*[;|]\s*", written):
            plain = _BY.sub("", " ".join(name.split()), count=1).strip(" ,")
            if 1 < len(plain) <= 120 and not _ADDRESS.search(plain) and re.search(r"[^\W\d_]", plain):
                kept.setdefault(plain.casefold(), plain)
    return ", ".join(kept.values()) or None


def _address(tree: HtmlElement, named: dict[str, list[str]], base: str | None) -> str | None:
    links = [one.get("href") for one in tree.iter("link") if (one.get("rel") or "").lower() == "canonical"]
    for written in (*links, _first(named, _URL)):
        address = _absolute(written, base)
        if address:
            return address
    return None


def _absolute(written: str | None, base: str | None) -> str | None:
    try:
        address = urljoin(base or "", (written or "").strip())
    except ValueError:
        return None
    return address if is_web_address(address) else None


def _published(
    article: dict[str, Any], named: dict[str, list[str]], tree: HtmlElement, now: datetime
) -> Published | None:
    """Return the most exact of the dates of publication that are stated, the surest first."""
    written = [article.get("datePublished"), article.get("dateCreated")]
    written += [named[name][0] for name in _DATE.split() if named.get(name)]
    for element in tree.iter("time", "span", "meta", "div", "p"):
        if "datePublished" in (element.get("itemprop") or "").split() or element.get("pubdate") is not None:
            written.append(element.get("datetime") or element.get("content") or element.text_content()[:100])
    dates = [date for date in (parse_date(str(text), now=now) for text in written if text) if date]
    if not dates:
        return None
    # A second kind of metadata may know the hour of the same day; it never overrules the day.
    exact = (one for one in dates if one.precision is Precision.SECOND and _same_day(one, dates[0]))
    return next(exact, dates[0])


def _same_day(one: Published, other: Published) -> bool:
    return abs((one.at - other.at).total_seconds()) < 36 * 3600


def _article(nodes: list[dict[str, Any]], url: str | None) -> dict[str, Any]:
    """Return the JSON-LD node of the page's article: the one with its address, else the first; {} without one."""
    nodes = [node for node in nodes if any(_ARTICLE_TYPE.search(kind) for kind in _kinds(node))]
    if url:
        wanted = canonical_url(url)
        for node in nodes:
            address = _node_url(node, url)
            if address and canonical_url(address) == wanted:
                return node
    return next((node for node in nodes if node.get("headline") or node.get("datePublished")), {})


def _resolved(article: dict[str, Any], nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the node with its people and publisher put in the place of references to them."""
    told = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and node.get("name")}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(one) for one in value[:30] if not isinstance(one, list)]
        reference = value.get("@id") if isinstance(value, dict) and not value.get("name") else None
        return told.get(reference, value) if isinstance(reference, str) else value

    people: dict[str, Any] = {
        name: named(article[name]) for name in ("author", "creator", "publisher") if name in article
    }
    return {**article, **people}


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    count = 0
    for script in tree.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        text = re.sub(
            r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$", "", script.text or ""
        )
        try:
            loaded = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _walk(loaded, 0):
            count += 1
            if count > _MOST_NODES:
                return
            yield node


def _walk(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"):
            yield from _walk(value.get(name), depth + 1)


def _kinds(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [one.rpartition("/")[2] for one in kinds if isinstance(one, str)]


def _node_url(node: dict[str, Any], base: str | None) -> str | None:
    for value in (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")):
        written = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        address = _absolute(written, base) if isinstance(written, str) else None
        if address:
            return address
    return None


def _names(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    names = (one.get("name") if isinstance(one, dict) else one for one in values[:30])
    return [line for line in (_line(_flat(name)) for name in names) if line and not _ADDRESS.match(line)]


def _body(article: dict[str, Any]) -> str | None:
    body = article.get("articleBody")
    return body if isinstance(body, str) and body.strip() else None


def _flat(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _line(value: Any) -> str | None:
    import html

    return " ".join(html.unescape(value).split()) or None if isinstance(value, str) else None
