"""One key for the spellings of a name: Poutine, Putin, Путин; Erdogan, Erdoğan, Эрдоган."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґђћљњџјќѓ",
        "a b v g d e j z i i k l m n o p r s t u f h s s s s - i - e iu ia e i i g j s li ni s i k g".split(),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωσ",
        "a v g d e z i t i k l m n ks o p r s t i f h ps o s".split(),
        strict=True,
    )
)
_LATIN = str.maketrans({sign: to.replace("-", "") for sign, to in (_CYRILLIC | _GREEK).items()})
_SHORTEST_NAME = 4
_SHORTEST_KEY = 4
_RULES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("ph", "f"),
        ("tsch|tch|sch|tsh|ch(?=[aeiouy])|sh|cz|tz|ts", "s"),
        ("c(?=[eiy])", "s"),
        ("kh", "h"),
        ("ck|c|q", "k"),
        ("x", "ks"),
        ("w", "v"),
        ("(?:dj|dzh|zh|j)(?=[aeiou])", "i"),
        ("z", "s"),
        ("(?<=[^aeiouy])h", ""),
        ("[aeiouyj]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=50_000)
def name_key(word: str) -> str | None:
    """Return the key of a word of Latin, Cyrillic or Greek letters that begins with a capital, else None.

    Vowels become one sign, since it is in them that spellings differ most. Short words get no key.
    """
    if len(word) < _SHORTEST_NAME or not word[0].isupper():
        return None
    key = latin(word)
    if not (key.isascii() and key.isalpha()):
        return None
    key = key.removesuffix("e")
    for pattern, to in _RULES:
        key = pattern.sub(to, key)
    return key if len(key) >= _SHORTEST_KEY else None


@lru_cache(maxsize=50_000)
def latin(word: str) -> str:
    """Return the letters of a word in lower case, without accents, Cyrillic and Greek ones in Latin script."""
    word = "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if sign.isalpha())
    return word.replace("ı", "i").replace("ς", "σ").translate(_LATIN)
