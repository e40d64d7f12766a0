"""The export of Nexis Uni and Lexis+ as RTF or Word: many articles in one text, each up to "End of Document".

Publicly described form of an article: its title, the outlet, the date, then labelled lines
("Section:", "Length:", "Byline:", "Highlight:"), the word "Body", the text, "Load-Date:".
"""

from __future__ import annotations

import re

from ..dates import parse_date
from ..text import content_hash
from .document import Document, Documents, Problem, Request

_END = re.compile(r"^\s*End of Document\s*$", re.MULTILINE)
_LABELLED = re.compile(
    r"^(Copyright|Section|Length|Byline|Dateline|Highlight|Body|Load-Date|Language|Graphic)\b:?\s*(.*)$"
)
_DAY = re.compile(r"\s*\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*$", re.IGNORECASE)


def is_nexis(text: str) -> bool:
    """Tell whether a text is such an export."""
    return (
        bool(_END.search(text))
        and bool(re.search(r"^\s*Load-Date:", text, re.M))
        and bool(re.search(r"^\s*Body\s*$", text, re.M))
    )


def nexis_documents(text: str, request: Request) -> Documents:
    """Yield the articles of an export; each is known by its title, outlet and date."""
    seen: dict[str, int] = {}
    for number, block in enumerate(_END.split(text), 1):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        body = next((at for at, line in enumerate(lines) if line == "Body"), None)
        if body is None:
            if any("Load-Date:" in line for line in lines):
                yield Problem(reason=f"article {number} of the export has no body.", key=f"article-{number}")
            continue
        yield _document(lines[:body], lines[body + 1 :], request, seen)


def _document(head: list[str], body: list[str], request: Request, seen: dict[str, int]) -> Document:
    labels = [_LABELLED.match(line) for line in head]
    said = {match[1]: match[2].strip() for match in labels if match}
    plain = [line for line, match in zip(head, labels, strict=True) if not match]
    published, at = None, None
    for place, line in enumerate(plain[:8]):
        published = parse_date(_DAY.sub("", line), now=request.now) or parse_date(line, now=request.now)
        if published:
            at = place
            break
    before = plain[: at if at is not None else 2]
    source = before[-1] if len(before) > 1 else None
    title = " ".join(before[:-1] if source else before) or None
    text = [line for line in body if not line.startswith(("Load-Date:", "Classification"))]
    key = content_hash("\x1f".join([title or "", source or "", plain[at] if at is not None else ""]))[:12]
    count = seen[key] = seen.get(key, 0) + 1
    return Document(
        text="\n\n".join(text),
        title=title,
        source=source,
        author=said.get("Byline") or None,
        section=(said.get("Section") or "").partition(";")[0] or None,
        published=published,
        key=key if count == 1 else f"{key}-{count}",
    )
