"""What is read from a web page's source by looking at it, before and beside the HTML parser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

DEEPEST = 200
"""Levels of nesting that are kept; the parser drops text below 256 without a word."""
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
_BETWEEN = re.compile(r"\s+[|\-–—·•:»]+\s+")
_SHORTEST_TITLE = 10
_CLOCK_OR_YEAR = re.compile(r"\d{4}|\d{1,2}\s?[:h]\s?\d{2}")
_BYLINE = re.compile(
    r"(?:by|par|von|por|da|di|door|from|автор|yazan|published|posted|updated|last updated|publié|mis à jour|rédigé"
    r"|veröffentlicht|aktualisiert|stand|publicado|actualizado|pubblicato|aggiornato|gepubliceerd|опубликовано"
    r"|обновлено|yayınlanma|güncelleme|yayın tarihi)\b",
    re.IGNORECASE,
)


def flattened(page: str) -> str:
    """Return a page that the HTML parser reads without loss or harm; in one pass, without a parser.

    Elements nested deeper than DEEPEST lose their tags, not their text, which the parser would drop;
    so do tags with very many attributes, which take quadratic time.
    """
    kept: list[str] = []
    stack: list[str] = []
    open_count: dict[str, int] = {}
    dropped: dict[str, int] = {}
    position = start = 0
    while match := _TAG.search(page, position):
        position = match.end()
        if match["comment"]:
            position = page.find("-->", position)
            if position < 0:
                break
            continue
        name = match["name"].lower()
        end = page.find(">", position)
        if end < 0:
            break
        many = end - position > 5_000 and len(_ANY_ATTRIBUTE.findall(page, position, end)) > _MOST_ATTRIBUTES
        position = end + 1
        if match["close"]:
            if dropped.get(name):
                dropped[name] -= 1
                kept.append(page[start : match.start()])
                start = position
            else:
                _close(name, stack, open_count)
        elif name in _RAW:
            closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(page, position)
            position = closing.end() if closing else len(page)
        elif name not in _VOID and page[end - 1] != "/":
            while stack and stack[-1] in _CLOSED_BY.get(name, ()):
                open_count[stack.pop()] -= 1
            if many or len(stack) >= DEEPEST:
                dropped[name] = dropped.get(name, 0) + 1
                kept.append(page[start : match.start()] + " ")
                start = position
            else:
                stack.append(name)
                open_count[name] = open_count.get(name, 0) + 1
        elif many:
            kept.append(page[start : match.start()])
            start = position
    return "".join(kept) + page[start:] if kept else page


def _close(name: str, stack: list[str], open_count: dict[str, int]) -> None:
    while open_count.get(name):
        top = stack.pop()
        open_count[top] -= 1
        if top == name:
            return


def without_outlet(title: str, source: str | None, host: str | None) -> str:
    """Return a page title without the outlet's name after a bar or dash at its end."""
    names = {_letters(name) for name in (source, host, (host or "").rpartition(".")[0]) if name}
    for match in reversed(list(_BETWEEN.finditer(title))):
        if match.start() >= _SHORTEST_TITLE and _letters(title[match.end() :]) in names:
            return title[: match.start()]
    return title


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
