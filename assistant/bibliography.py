"""Cited articles → a bibliography: BibTeX, RIS, and plain lines.

Formats: BibTeX with biblatex's `date`; RIS as Refworks, Zotero and EndNote
read it (https://en.wikipedia.org/wiki/RIS_(file_format)).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index import Article, Precision, Published

from .phrases import format_date
from .types import Citation

_LONGEST_TITLE = 500
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_UNSAFE_IN_URL = re.compile(r"[\s{}\\\"<>|^`\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An article as it stands in a bibliography."""

    article_id: str
    title: str
    outlet: str | None
    author: str | None
    published: Published | None
    url: str | None
    language: str | None


def references(citations: Iterable[Citation], articles: Iterable[Article | None] = ()) -> list[Reference]:
    """Return the cited articles, each once, in the order of their first citation.

    `articles`, where they are at hand, name the authors; citations do not.
    """
    authors = {article.id: article.author for article in articles if article}
    found: dict[str, Reference] = {}
    for one in citations:
        found.setdefault(
            one.article_id,
            Reference(
                article_id=one.article_id,
                title=_line(one.title)[:_LONGEST_TITLE],
                outlet=_line(one.source) or None,
                author=_line(authors.get(one.article_id)) or None,
                published=one.published,
                url=_address(one.url),
                language=one.language,
            ),
        )
    return list(found.values())


def plain(reference: Reference) -> str:
    """Return one line: author, title, outlet, date, address."""
    date = format_date(reference.published, "en") if reference.published else "undated"
    parts = [reference.author, f"“{reference.title or 'Untitled'}”", reference.outlet, date, reference.url]
    return ", ".join(part for part in parts if part)


def bibtex(entries: Sequence[Reference]) -> str:
    """Return the entries in BibTeX, in UTF-8, with keys that are unique among them."""
    keys: set[str] = set()
    blocks = []
    for one in entries:
        key = _key(one, keys)
        keys.add(key)
        fields = {
            "title": f"{{{_tex(one.title or 'Untitled')}}}",
            "author": f"{{{_tex(one.author)}}}" if one.author else "",
            "journal": _tex(one.outlet or ""),
            **_bibtex_date(one.published),
            "url": one.url or "",
            "language": one.language or "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        blocks.append("\n".join([f"@article{{{key},", *lines, "}"]))
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def ris(entries: Sequence[Reference]) -> str:
    """Return the entries in RIS, as newspaper articles, in UTF-8 with CRLF."""
    lines: list[str] = []
    for one in entries:
        fields = [
            ("TY", "NEWS"),
            ("TI", one.title or "Untitled"),
            ("AU", one.author),
            ("T2", one.outlet),
            ("PY", str(one.published.at.year) if one.published else None),
            ("DA", _ris_date(one.published)),
            ("UR", one.url),
            ("LA", one.language),
            ("ID", one.article_id),
            ("ER", ""),
        ]
        lines += [f"{tag}  - {value}" for tag, value in fields if value is not None]
        lines.append("")
    return "".join(f"{line}\r\n" for line in lines)


def _line(text: str | None) -> str:
    """Return a text in one line, without what cannot be printed."""
    kept = (
        char if unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") else " " for char in text or ""
    )
    return " ".join("".join(kept).split())


def _address(url: str | None) -> str | None:
    if url and re.match(r"https?://", url, re.IGNORECASE) and not _UNSAFE_IN_URL.search(url):
        return url
    return None


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(char, char) for char in text)


def _key(reference: Reference, taken: set[str]) -> str:
    """Return a key of ASCII letters and digits: outlet, year, first long word of the title."""
    words = _ascii(reference.title).split()
    word = next((one for one in words if len(one) > 3), words[0] if words else "untitled")
    year = str(reference.published.at.year) if reference.published else "undated"
    stem = f"{''.join(_ascii(reference.outlet or '').split())[:16]}{year}{word[:20]}"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}{number}", number + 1
    return key


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", folded)


def _bibtex_date(published: Published | None) -> dict[str, str]:
    if published is None:
        return {}
    date = published.at.date().isoformat()
    length = {Precision.YEAR: 4, Precision.MONTH: 7}.get(published.precision, 10)
    month = {} if length == 4 else {"month": _MONTHS[published.at.month - 1]}
    return {"year": date[:4], **month, "date": date[:length]}


def _ris_date(published: Published | None) -> str | None:
    """Return YYYY/MM/DD/, with nothing between the slashes where that is not known."""
    if published is None:
        return None
    year, month, day = published.at.date().isoformat().split("-")
    if published.precision is Precision.YEAR:
        return f"{year}///"
    return f"{year}/{month}//" if published.precision is Precision.MONTH else f"{year}/{month}/{day}/"
