"""A piece of HTML → its text in paragraphs. Nothing of the markup remains.

For pieces that are text and nothing else: an entry of a feed, a newsletter, a chapter, a field of a
table. What has navigation around it goes to `formats/page.py`.
"""

from __future__ import annotations

import html
import re
from typing import Any

from .text import clean_text
from .webpage import flattened

LONGEST_MARKUP = 3_000_000
"""Characters of a feed's entry that are looked at: its tree takes many times its size."""
_UNREAD = frozenset(
    "script style template noscript title iframe object embed svg math form button select textarea audio video"
    " head".split()
)
_PARAGRAPHS = frozenset(
    "address article aside blockquote body center details div dl fieldset figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hr main nav ol p pre section summary table tbody tfoot thead ul".split()
)
_LINES = frozenset("br caption dd dt li tr".split())
_CELLS = frozenset({"td", "th"})
_PARAGRAPH, _LINE = "\x1d", "\x1e"
_CONCEALED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:max-height|font-size)\s*:\s*0(?:px|;|$)", re.I
)
_MARKUP = re.compile(r"<[a-zA-Z!/?]|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|&(?:[a-zA-Z]{2,8}|#\d{1,7});")
_CLOSED = re.compile(rf"<({'|'.join(sorted(_UNREAD))})((?:\s[^<>]{{0,5000}}[\"'\s])?)/>", re.I)
"""An element that XHTML closes in its own tag; HTML's parser would take all that follows for its content."""


def html_to_text(markup: str) -> str:
    """Return the clean text of a piece of HTML, its blocks separated by blank lines, list items and rows by line ends.

    Scripts, forms, media and what is not shown are left out, and so are addresses of links and
    images. Text without markup comes back as it is.
    """
    markup = markup.replace("\0", "")
    if not _MARKUP.search(markup):
        return clean_text(markup)
    if "<" not in markup:
        return clean_text(html.unescape(markup))
    return clean_text(_text_of(flattened(_CLOSED.sub(r"<\1\2></\1>", markup))))


def to_line(markup: str | None, limit: int = 300) -> str | None:
    """Return a title or a name, which may be HTML, as one line of text, or None where nothing is left."""
    return " ".join(html_to_text((markup or "")[:LONGEST_MARKUP]).split())[:limit] or None


def looks_like_markup(text: str) -> bool:
    """Tell whether a field's text is HTML: tags or entities at more than one place."""
    return len(_TAG.findall(text[:20_000])) > 1


def _text_of(markup: str) -> str:
    import lxml.etree
    import lxml.html

    content = markup.encode("utf-8", "replace")  # as bytes, so that a declared encoding does not count
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        root = lxml.html.document_fromstring(content, parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup))
    parts: list[str] = []
    skipped: Any = None
    for event, element in lxml.etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        named = element.tag if isinstance(element.tag, str) else ""
        if skipped is None and event == "start":
            if named in _UNREAD or _CONCEALED.search(element.get("style") or ""):
                skipped = element
            else:
                parts += (_break(named), _plain(element.text))
        if event == "start":
            continue
        if skipped is element:
            skipped = None
        if skipped is None:
            parts += (_break(named), _plain(element.tail))
    return _in_paragraphs("".join(parts))


def _break(name: str) -> str:
    if name in _PARAGRAPHS:
        return _PARAGRAPH
    return _LINE if name in _LINES else " " if name in _CELLS else ""


def _plain(text: str | None) -> str:
    return (text or "").replace(_PARAGRAPH, " ").replace(_LINE, " ")


def _in_paragraphs(text: str) -> str:
    paragraphs = (
        [" ".join(line.split()) for line in paragraph.split(_LINE)] for paragraph in text.split(_PARAGRAPH)
    )
    found = ("\n".join(filter(None, lines)) for lines in paragraphs)
    return "\n\n".join(filter(None, found))
