"""Text of others → HTML that shows it, and nothing else."""

from __future__ import annotations

import re
import unicodedata

_KEPT = {"\n", "\t"}
_TURNS_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPECIAL = re.compile(r"[!-/:-@\[-`{-~]")


def printable(text: str) -> str:
    """Drop what cannot be shown or would change the text around it: controls, surrogates, bidi overrides."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        char
        for char in text
        if char in _KEPT or (unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNS_DIRECTION)
    )


def escape(text: str) -> str:
    """Return HTML that shows `text` letter by letter.

    All ASCII punctuation becomes a numeric entity: that leaves nothing for HTML, for Markdown, for
    a formula or for a template to take hold of, wherever the text ends up.
    """
    return _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", printable(text))


def web_address(url: str | None) -> str | None:
    """Return `url` escaped if it is an address on the web, else None."""
    if url and re.match(r"https?://[^\s/]", url, re.IGNORECASE) and not re.search(r"[\s\x00-\x1f\x7f]", url):
        return escape(url)
    return None
