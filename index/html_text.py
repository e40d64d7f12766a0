"""A piece of HTML, as feeds hold it → its text in paragraphs. Nothing of the markup remains."""

from __future__ import annotations

import html
import re
from typing import Any

from .text import clean_text
from .webpage import flattened

_LONGEST = 3_000_000
_UNREAD = frozenset(
    "script style template noscript iframe object embed svg math form button select textarea audio video head".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4"
    " h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_MARKUP = re.compile(r"<[a-zA-Z!/?]|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")


def html_to_text(markup: str) -> str:
    """Return the clean text of a piece of HTML, its blocks separated by blank lines.

    Scripts, forms and media are left out, and so are addresses of links and images. Text without
    markup comes back as it is.
    """
    markup = markup[:_LONGEST].replace("\0", "")
    if not _MARKUP.search(markup):
        return clean_text(markup)
    if "<" not in markup:
        return clean_text(html.unescape(markup))
    return clean_text(_text_of(flattened(markup)))


def to_line(markup: str | None, limit: int = 300) -> str | None:
    """Return a title or a name, which may be HTML, as one line of text, or None where nothing is left."""
    return " ".join(html_to_text(markup or "").split())[:limit] or None


def _text_of(markup: str) -> str:
    import lxml.etree
    import lxml.html

    try:
        root = lxml.html.fragment_fromstring(markup, create_parent="div")
    except (lxml.etree.LxmlError, ValueError):
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup))
    parts: list[str] = []
    skipped: Any = None
    for event, element in lxml.etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        named = element.tag if isinstance(element.tag, str) else ""
        if skipped is None and event == "start":
            if named in _UNREAD:
                skipped = element
            else:
                parts.append("\n\n" if named in _BLOCKS else "\n" if named == "br" else "")
                parts.append(_one_line(element.text))
        if event == "start":
            continue
        if skipped is element:
            skipped = None
        if skipped is None and element is not root:
            parts.append("\n\n" if named in _BLOCKS else "")
            parts.append(_one_line(element.tail))
    return "".join(parts)


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
