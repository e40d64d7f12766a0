"""What is read from a web page's source by looking at it, before and beside the HTML parser."""

from __future__ import annotations

import html
import re
from datetime import datetime
from urllib.parse import urlsplit

from .dates import parse_date
from .types import Precision, Published

DEEPEST = 200
"""Levels of nesting that are read; the parser drops text below 256 without a word."""
_TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*))")
_MOST_ATTRIBUTES = 1_000
_ANY_ATTRIBUTE = re.compile(r"[^\s=\"'>]+(?:\s{0,9}=\s{0,9}(?:\"[^\"]*\"|'[^']*'))?")
_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())
_RAW = frozenset("script style textarea title".split())
_CLOSED_BY = {  # elements whose end tag may be left out, with what ends them
    **{name: frozenset({name}) for name in ("p", "option", "colgroup")},
    "li": frozenset({"li", "p"}),
    **{name: frozenset({"dt", "dd", "p"}) for name in ("dt", "dd")},
    **{name: frozenset({"td", "th", "p"}) for name in ("td", "th")},
    "tr": frozenset({"tr", "td", "th", "p"}),
    **{
        name: frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "p"})
        for name in ("thead", "tbody", "tfoot")
    },
}
_META = re.compile(r"<meta\b(?P<attributes>[^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "date",
    "pubdate",
)
_JSON_DATE = re.compile(r"\"datePublished\"\s{0,9}:\s{0,9}\"([^\"]{4,60})\"")
_TIME = re.compile(r"<time\b([^<>]{1,500})>", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"<html\b[^<>]{0,1000}?\s(?:xml:)?lang\s{0,9}=\s{0,9}[\"']?([\w-]{2,20})", re.IGNORECASE
)
_CLOCK_OR_YEAR = re.compile(r"\d{4}|\d{1,2}\s?[:h]\s?\d{2}")
_BYLINE = re.compile(
    r"(?:by|par|von|por|da|di|door|from|автор|yazan|published|posted|updated|last updated|publié|mis à jour|rédigé"
    r"|veröffentlicht|aktualisiert|stand|publicado|actualizado|pubblicato|aggiornato|gepubliceerd|опубликовано"
    r"|обновлено|yayınlanma|güncelleme|yayın tarihi)\b",
    re.IGNORECASE,
)


def reason_to_refuse(page: str) -> str | None:
    """Return why a page must not be given to the HTML parser, or None; in one pass, without a parser.

    Elements nested deeper than DEEPEST lose their text, and very many attributes take quadratic time.
    """
    too_deep = f"its elements are nested more than {DEEPEST} levels deep; save it as plain text."
    stack: list[str] = []
    open_count: dict[str, int] = {}
    position = 0
    while match := _TAG.search(page, position):
        position = match.end()
        if match["comment"]:
            end = page.find("-->", position)
            if end < 0:
                return None
            position = end
            continue
        name = match["name"].lower()
        end = page.find(">", position)
        if end < 0:
            return None
        if end - position > 5_000 and len(_ANY_ATTRIBUTE.findall(page, position, end)) > _MOST_ATTRIBUTES:
            return f"one of its tags has more than {_MOST_ATTRIBUTES} attributes; save it as plain text."
        position = end + 1
        if match["close"]:
            while open_count.get(name):
                top = stack.pop()
                open_count[top] -= 1
                if top == name:
                    break
        elif name in _RAW:
            closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(page, position)
            position = closing.end() if closing else len(page)
        elif name not in _VOID and page[end - 1] != "/":
            while stack and stack[-1] in _CLOSED_BY.get(name, ()):
                open_count[stack.pop()] -= 1
            stack.append(name)
            open_count[name] = open_count.get(name, 0) + 1
            if len(stack) > DEEPEST:
                return too_deep
    return None


def declared_language(page: str) -> str | None:
    """Return the language that the page's html element names, as it is written."""
    match = _LANGUAGE.search(page[:20_000])
    return match.group(1) if match else None


def published_in(page: str, *, now: datetime) -> Published | None:
    """Return the date of publication in the page's metadata: the most exact of the first of each kind."""
    named: dict[str, str] = {}
    for match in _META.finditer(page[:500_000]):
        attributes = _attributes(match["attributes"])
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        named.setdefault(name.lower(), attributes.get("content", ""))
    written = [named[name] for name in _DATE_NAMES if named.get(name)]
    written += _JSON_DATE.findall(page)[:1]
    for match in _TIME.finditer(page):
        attributes = _attributes(match.group(1))
        if "datetime" in attributes and (
            attributes.get("itemprop") == "datePublished" or "pubdate" in match.group(1)
        ):
            written.append(attributes["datetime"])
    dates = [date for date in (parse_date(text, now=now) for text in written) if date]
    exact = [date for date in dates if date.precision is Precision.SECOND]
    return next(iter(exact + dates), None)


def _attributes(text: str) -> dict[str, str]:
    return {
        m.group(1).lower(): html.unescape(m.group(2) or m.group(3) or m.group(4) or "")
        for m in _ATTRIBUTE.finditer(text)
    }


def without_outlet(title: str, source: str | None, host: str | None) -> str:
    """Return a page title without the outlet's name after a bar or dash at its end."""
    match = re.fullmatch(r"(?P<title>.{10,}?)\s+[|\-–—·•:»]+\s+(?P<outlet>[^|–—·•]{2,60})", title)
    if match is None:
        return title
    names = {_letters(name) for name in (source, host, (host or "").rpartition(".")[0]) if name}
    return match["title"] if _letters(match["outlet"]) in names else title


def host_of(url: str | None) -> str | None:
    """Return the host of a web address without "www.", or None."""
    host = urlsplit(url).hostname if url else None
    return re.sub(r"^www\.", "", host) if host else None


def without_heading(paragraphs: list[str], title: str | None, author: str | None) -> list[str]:
    """Return the paragraphs without the title and the byline that they begin with."""
    rest = list(paragraphs)
    if rest and title and _letters(rest[0]) == _letters(title):
        del rest[0]
    for index, line in enumerate(rest[:2]):
        names = bool(author) and (author or "").casefold() in line.casefold()
        byline = (names or _BYLINE.match(line)) and (_CLOCK_OR_YEAR.search(line) or line == author)
        if byline and len(line) < 150 and not re.search(r"[.!?…][\"'»”’)]?$", line):
            del rest[index]
            break
    return rest


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
