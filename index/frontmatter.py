"""What a text or Markdown file says about itself before the article begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .dates import parse_date, take_leading_date
from .types import Published

_KEYS = {
    "title": "title",
    "headline": "title",
    "date": "date",
    "published": "date",
    "source": "source",
    "outlet": "source",
    "publisher": "source",
    "author": "author",
    "authors": "author",
    "by": "author",
    "url": "url",
    "link": "url",
    "language": "language",
    "lang": "language",
    "section": "section",
    "category": "section",
}
_LONGEST = 20_000
"""Characters of front matter that are looked at: more is text, or an attack on the YAML reader."""
_MOST_BRACKETS = 200
"""Brackets that YAML is read with: nested ones take quadratic time."""
_FENCED = re.compile(
    r"\s*---[ \t]*\n(?P<inner>.*?)\n?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_HEADER = re.compile(r"(?P<key>[A-Za-z][A-Za-z _-]{0,30})[ \t]*:[ \t]*(?P<value>.*)")


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """What was said, as it was written; the date also as a date where it is one."""

    title: str | None = None
    date: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None
    section: str | None = None
    published: Published | None = None


def take_front_matter(text: str, *, now: datetime) -> tuple[FrontMatter, str]:
    """Return what `text` says about itself and the text after it.

    Three forms, the first that fits: YAML between lines of three dashes; header lines
    ("Title: …") up to a blank line, when all of them look like headers and one is known; and, alone
    or after either, the leading form "date 2017-12 …". Text without any comes back as it was.
    """
    found, rest = _fenced(text)
    if found is None:
        found, rest = _header_lines(text)
    given = found or {}
    matter = FrontMatter(
        title=given.get("title"),
        date=given.get("date"),
        source=given.get("source"),
        author=given.get("author"),
        url=given.get("url"),
        language=given.get("language"),
        section=given.get("section"),
    )
    published = parse_date(matter.date, now=now) if matter.date else None
    leading, without = take_leading_date(rest, now=now)
    if leading:
        published, rest = published or leading, without
    return replace(matter, published=published), rest


def _fenced(text: str) -> tuple[dict[str, str] | None, str]:
    match = _FENCED.match(text[:_LONGEST])
    if match is None:
        return None, text
    inner = match["inner"]
    fields = _known(_yaml(inner) or _line_wise(inner))
    if not fields and inner.strip():
        return None, text  # a text that happens to begin with a rule
    return fields, text[match.end() :]


def _yaml(inner: str) -> dict[Any, Any] | None:
    """Return the mapping that `inner` is, all scalars as strings; None for anything else."""
    import yaml

    if inner.count("[") + inner.count("{") > _MOST_BRACKETS:
        return None
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(inner, Loader=yaml.BaseLoader)):
            return None
        loaded = yaml.BaseLoader(inner).get_single_data()  # builds strings, lists and dicts, no objects
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) else None


def _line_wise(inner: str) -> dict[Any, Any]:
    matches = (_HEADER.fullmatch(line.strip()) for line in inner.split("\n"))
    return {match["key"]: match["value"].strip().strip("\"'") for match in matches if match}


def _header_lines(text: str) -> tuple[dict[str, str] | None, str]:
    body = text.lstrip("\n")
    head, blank, rest = body.partition("\n\n")
    lines = head.split("\n")
    matches = [_HEADER.fullmatch(line.strip()) for line in lines]
    if not blank or len(head) > _LONGEST or not all(matches):
        return None, text
    fields = _known({match["key"]: match["value"].strip() for match in matches if match})
    return (fields, rest) if fields else (None, text)


def _known(found: dict[Any, Any]) -> dict[str, str]:
    """Return the known fields of `found` that hold something; a list of authors becomes one line."""
    fields: dict[str, str] = {}
    for key, value in found.items():
        name = _KEYS.get(str(key).strip().lower())
        if isinstance(value, list) and name == "author":
            value = ", ".join(item for item in value if isinstance(item, str))
        if name and isinstance(value, str) and value.strip() and value.strip() not in ("null", "~"):
            fields.setdefault(name, " ".join(value.split()))
    return fields
