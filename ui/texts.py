"""The page's own texts in other languages: catalogs, and the script that puts them into the page.

Python and scripts write plain English; `texts.js` says it in the reader's language as it comes into
the page. So that it can:

- Text of articles, readers and models stands in elements with `dir="auto"` or in `<bdi>`; it is never
  looked up. What the page says amid such text is marked `lang="en"`.
- A number stands in one text node with its noun: "5 articles" is looked up as "{n} articles", the
  singular as "{n} article". What stands in “…” is looked up as {q}. Anything else that varies, such as
  a name in a label, is {x}, which costs more: keep such texts few.
- Each text node is looked up by itself, or sentence by sentence: write whole sentences, not halves.
- `<time datetime="2017-12-11">` is written as the language writes dates.
- A script that says a text again and again uses `articleSay(element, text)`, which leaves it where it
  is said already; one that compares texts compares with `pageText(text)`, or both scripts would
  change the page for ever.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español"}
"""The languages of the page by their codes, each named in itself."""
COOKIE = "language"
"""Names the cookie in which a reader's choice is kept; without it the browser's languages decide."""


@cache
def catalog(language: str) -> dict[str, str]:
    """Return English text → text in another language of the page."""
    texts: dict[str, str] = json.loads((_HERE / "catalogs" / f"{language}.json").read_text("utf-8"))
    return texts


@cache
def script() -> str:
    """Return the script that says the page's texts, with all catalogs in it."""
    catalogs = {one: catalog(one) for one in LANGUAGES if one != "en"}
    texts = json.dumps(catalogs, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"window.pageTexts = {texts};\n{(_HERE / 'texts.js').read_text('utf-8')}"
