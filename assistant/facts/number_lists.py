"""What the number words of a language are made of, and how their tables are written.

In a table a blank separates numbers and a stroke the forms of one number.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class NumberWords:
    """The number words of one language."""

    small: dict[str, int] = field(default_factory=dict)
    """Words that are added up: ones, teens, tens, in some languages hundreds."""
    ordinals: dict[str, int] = field(default_factory=dict)
    hundred: frozenset[str] = frozenset()
    """Words that multiply what stands before them by 100."""
    scales: dict[str, int] = field(default_factory=dict)
    """Words that multiply by a thousand and more."""
    short_scales: dict[str, int] = field(default_factory=dict)
    """Abbreviated scales; they count after digits only."""
    groups: dict[str, int] = field(default_factory=dict)
    """Nouns for about so many: a dozen, une centaine."""
    bare: frozenset[str] = frozenset()
    """Of `hundred` and `scales`, those that are a number without a word before them."""
    articles: frozenset[str] = frozenset()
    """Words that are 1 before a scale and nothing elsewhere."""
    joiners: frozenset[str] = frozenset()
    """Words between the parts of a number."""
    halves: frozenset[str] = frozenset()
    parts: dict[str, int] = field(default_factory=dict)
    """Denominators: third, quarter."""
    one_and_half: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    """Words that are often something else than a number."""
    stems: tuple[str, str] = ("", "")
    """Hundred and thousand inside a compound word."""
    suffixes: tuple[str, ...] = ()
    """Second halves of compound words that begin with a number."""


def folded(word: str) -> str:
    """Return `word` in the form that the tables have: lower case, NFC, Russian without ё."""
    word = word.replace("İ", "i").casefold().replace("ё", "е")
    return unicodedata.normalize("NFC", word)


def counted(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    """Return the words of a list with what they are worth: `first`, then `step` more each; "a/b" are one number."""
    numbers = enumerate(words.split())
    return {folded(form): first + step * n for n, forms in numbers for form in forms.split("/")}


def inflected(stems: str, endings: str, first: int = 1, step: int = 1) -> dict[str, int]:
    """Return stems counted as by `counted`, each with every ending of "a/b/c"."""
    stem_values = counted(stems, first, step)
    return {stem + ending: n for stem, n in stem_values.items() for ending in endings.split("/")}


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(folded(word) for word in words.split())


def powers(text: str) -> dict[str, int]:
    """Read "6 million/millions 9 billion": powers of ten, each with its forms."""
    parts = text.split()
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {folded(form): 10 ** int(power) for power, forms in pairs for form in forms.split("/")}
