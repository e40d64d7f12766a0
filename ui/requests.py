"""What a browser asks for → our types. It is not trusted: what is not as it should be is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from index import ArticleFilter, ArticleOrder, Moment

from .feeds import NEWS

PAGE = 50
_MOST_IDS = 1_000
_LONGEST = 500
_FURTHEST = 10_000_000
_LATEST = 2**60


@dataclass(frozen=True, kw_only=True)
class ListRequest:
    """A part of a list of articles."""

    wanted: ArticleFilter
    order: ArticleOrder
    descending: bool
    offset: int


def list_request(asked: object) -> ListRequest:
    """Read which articles are to be listed."""
    named = asked if isinstance(asked, Mapping) else {}
    order = text_of(named, "order")
    return ListRequest(
        wanted=ArticleFilter(
            text=text_of(named, "text"),
            sources=_choice(named, "source"),
            languages=_choice(named, "language"),
            since=_date(text_of(named, "since")),
            until=_date(text_of(named, "until")),
            feeds=_feeds(text_of(named, "feed")),
            brought_since=moment_of(named, "since_moment") if text_of(named, "feed") == NEWS else None,
        ),
        order=ArticleOrder(order) if order in list(ArticleOrder) else ArticleOrder.ADDED,
        descending=named.get("descending") is True,
        offset=number_of(named, "offset"),
    )


def text_of(asked: object, name: str, longest: int = _LONGEST) -> str:
    """Return the text under a name, or ""."""
    value = asked.get(name) if isinstance(asked, Mapping) else None
    return value[:longest] if isinstance(value, str) else ""


def number_of(asked: object, name: str) -> int:
    """Return the whole number under a name, 0 or more, or 0."""
    value = asked.get(name) if isinstance(asked, Mapping) else None
    return min(max(0, value), _FURTHEST) if isinstance(value, int) and not isinstance(value, bool) else 0


def ids_of(asked: object) -> list[str]:
    """Return the ids of articles under "ids", each once."""
    value = asked.get("ids") if isinstance(asked, Mapping) else None
    ids = [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []
    return list(dict.fromkeys(ids))[:_MOST_IDS]


def moment_of(asked: object, name: str) -> Moment | None:
    """Return the moment under a name, as it was given out before, or None."""
    parts = text_of(asked, name, 60).split(".")
    if len(parts) != 3 or not all(one.isascii() and one.isdigit() for one in parts):
        return None
    added, changes, passages = (min(int(one), _LATEST) for one in parts)
    return Moment(added=added, changes=changes, passages=passages)


def _feeds(text: str) -> tuple[int, ...]:
    number = text[1:]
    return (min(int(number), _FURTHEST),) if text[:1] == "=" and number.isascii() and number.isdigit() else ()


def _choice(named: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return what was chosen: nothing for all, one with "=" before it for one ("=" alone: not known)."""
    value = named.get(name)
    return (value[1:],) if isinstance(value, str) and value.startswith("=") else ()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
