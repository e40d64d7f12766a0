"""The title of a page and the name of its outlet, told apart: a page's title element is often both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..webpage import without_outlet

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARK = r"[|–—·•:»›-]"
_BETWEEN = re.compile(rf"\s+{_MARK}+\s+|(?<=\w)[:|»]\s+")
_EDGE = re.compile(r"^[\s|–—·•:»›-]+|[\s|–—·•:»›-]+$")
_SHORTEST_HEADING, _LONGEST_OUTLET = 8, 60
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What was made of a page's titles; None where nothing was."""

    title: str | None
    outlet: str | None


def headline_of(tree: HtmlElement, *, stated: str | None, outlet: str | None, host: str | None) -> Headline:
    """Return the title and the outlet of a page; what its metadata states comes first.

    A title that the metadata cut short is completed from the page. The outlet is guessed only where
    the title element is the page's heading and something more, or names what the page links its
    start with.
    """
    whole = _line(next((one.text_content() for one in tree.iter("title")), ""))
    headings = _headings(tree)
    heading, rest = _heading_in(whole, headings)
    if rest is None and not stated:
        heading, rest = _split_by_names(whole, _site_names(tree))
    guessed = rest if rest and 2 <= len(rest) <= _LONGEST_OUTLET else None
    outlet = outlet or guessed
    title = (
        _completed(stated, [*headings, whole])
        or heading
        or (headings[0] if len(headings) == 1 else None)
        or whole
    )
    return Headline(title=without_outlet(title, outlet, host) or None, outlet=outlet)


def _headings(tree: HtmlElement) -> list[str]:
    for name in ("h1", "h2"):
        found = [_line(one.text_content()) for one, _ in zip(tree.iter(name), range(5), strict=False)]
        kept = [one for one in found if len(one) >= _SHORTEST_HEADING]
        if kept:
            return kept if name == "h1" else kept[:3]
    return []


def _heading_in(whole: str, headings: list[str]) -> tuple[str | None, str | None]:
    """Return the heading that the title element begins or ends with, and what is beside it."""
    for heading in headings:
        place = whole.casefold().find(heading.casefold())
        if place < 0:
            continue
        before, after = whole[:place], whole[place + len(heading) :]
        if before.strip() and after.strip():
            continue
        parts = [part for part in _BETWEEN.split(_EDGE.sub("", before or after)) if part.strip()]
        if not parts:
            return heading, None
        marked = re.search(rf"{_MARK}\s*$", before) if before.strip() else re.match(rf"\s*{_MARK}", after)
        return heading, (parts[0] if before.strip() else parts[-1]) if marked else None
    return None, None


def _split_by_names(whole: str, names: set[str]) -> tuple[str | None, str | None]:
    """Return the title without the part that is a name of the site, and that part."""
    pieces = list(_BETWEEN.finditer(whole))
    if pieces:
        first, last = whole[: pieces[0].start()], whole[pieces[-1].end() :]
        if _letters(first) in names:
            return whole[pieces[0].end() :], first
        if _letters(last) in names:
            return whole[: pieces[-1].start()], last
    return None, None


def _site_names(tree: HtmlElement) -> set[str]:
    """Return what the page calls its start: the words of links to it, and its logo's."""
    names = [one.text_content() for one in tree.iter("a") if one.get("href") in ("/", "./", "index.html")][:5]
    names += [one.get("alt") or "" for one, _ in zip(tree.iter("img"), range(3), strict=False)]
    return {_letters(name) for name in names} - {""}


def _completed(stated: str | None, others: list[str]) -> str | None:
    """Return a stated title, in full where it was cut short and the page has the rest."""
    if stated is None or not _CUT.search(stated):
        return stated
    beginning = _letters(_CUT.sub("", stated))
    longer = (one for one in others if len(one) > len(stated) and _letters(one).startswith(beginning))
    return next(longer, stated) if len(beginning) >= _SHORTEST_HEADING else stated


def _line(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
