"""A piece of HTML → text with paragraph breaks, on the standard library's parser: linear, and without a tree to nest.

For pieces that are an article and nothing else: a newsletter, a chapter, a field of a table. What
has navigation around it goes to `page.py`.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HIDDEN = frozenset(
    "script style head title template noscript svg math iframe object form button select".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_PARAGRAPHS = frozenset(
    "p div section article aside header footer main blockquote pre ul ol dl table figure figcaption h1 h2 h3 h4 h5 h6"
    " hr body center address".split()
)
_LINES = frozenset("li tr dt dd caption".split())
_CONCEALED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:max-height|font-size)\s*:\s*0(?:px|;|$)", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|&(?:[a-zA-Z]{2,8}|#\d{1,7});")


def looks_like_markup(text: str) -> bool:
    """Tell whether a field's text is HTML: tags or entities at more than one place."""
    return len(_TAG.findall(text[:20_000])) > 1


def markup_to_text(markup: str) -> str:
    """Return the text of a piece of HTML; hidden parts, scripts and forms are left out."""
    parser = _TextParser()
    parser.feed(markup)
    parser.close()
    return parser.text()


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden: list[str] = []
        """Names of the open elements from the outermost hidden one inwards."""

    def text(self) -> str:
        paragraphs = "".join(self._parts).split("\x1d")
        lines = ([" ".join(line.split()) for line in one.split("\x1e")] for one in paragraphs)
        return "\n\n".join(text for text in ("\n".join(filter(None, one)) for one in lines) if text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            if tag not in _VOID and len(self._hidden) < 1_000:
                self._hidden.append(tag)
            return
        style = next((value for name, value in attributes if name == "style" and value), "")
        if tag not in _VOID and (tag in _HIDDEN or _CONCEALED.search(style)):
            self._hidden.append(tag)
        self._break(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                del self._hidden[len(self._hidden) - 1 - self._hidden[::-1].index(tag) :]
            return
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data.replace("\x1d", " ").replace("\x1e", " "))

    def _break(self, tag: str) -> None:
        if self._hidden:
            return
        if tag in _PARAGRAPHS:
            self._parts.append("\x1d")
        elif tag in _LINES or tag == "br":
            self._parts.append("\x1e")
        elif tag in ("td", "th"):
            self._parts.append(" ")
