"""The pieces that numbers are made of: digits, number words, words joined into one."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cache

from .number_digits import Digits
from .number_lists import NumberWords, folded
from .number_words import number_words

_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"(?!百分之)[〇零一二两兩三四五六七八九十百千万萬亿億]+")
_HAN_VALUES = dict(
    zip(
        "〇零一二两兩三四五六七八九十百千万萬亿億",
        (0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 1000, 10**4, 10**4, 10**8, 10**8),
        strict=True,
    )
)
_SMALLEST_TENS = 20


class Kind(Enum):
    """The part that a piece plays in a number."""

    DIGITS = auto()
    SMALL = auto()
    ORDINAL = auto()
    HUNDRED = auto()
    SCALE = auto()
    GROUP = auto()
    HALF = auto()
    PART = auto()
    ARTICLE = auto()
    JOINER = auto()
    BOTH = auto()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A word or a run of digits that can be part of a number."""

    kind: Kind
    start: int
    end: int
    text: str
    value: Decimal = Decimal(1)
    digits: Digits | None = None


def pieces_in(text: str, language: str | None, words: NumberWords, digits: Sequence[Digits]) -> list[Piece]:
    """Return everything in `text` that can be part of a number, in order."""
    taken = {n for run in digits for n in range(run.start, run.end)}
    pieces = [
        Piece(
            kind=Kind.DIGITS,
            start=d.start,
            end=d.end,
            text=text[d.start : d.end],
            value=d.readings[0],
            digits=d,
        )
        for d in digits
    ]
    if language == "zh":
        return sorted(pieces + _han_pieces(text), key=lambda piece: piece.start)
    for match in _WORD.finditer(text):
        after_digits = match.start() > 0 and text[match.start() - 1].isdigit()
        if match.start() not in taken and not after_digits:
            pieces += _word_pieces(match, language, words)
        elif after_digits:
            pieces += _scale_suffix(match, words)
    return sorted(pieces, key=lambda piece: piece.start)


def _han_pieces(text: str) -> list[Piece]:
    pieces = []
    for match in _HAN.finditer(text):
        run, start, end = match.group(), match.start(), match.end()
        scale = start > 0 and text[start - 1].isdigit() and all(_HAN_VALUES[c] >= 10 for c in run)
        value = math.prod(_HAN_VALUES[character] for character in run) if scale else _han_value(run)
        kind = Kind.SCALE if scale else Kind.SMALL
        pieces.append(Piece(kind=kind, start=start, end=end, text=run, value=Decimal(value)))
    return pieces


def _han_value(run: str) -> int:
    """Return what Chinese numerals are worth: by place, as 二〇一七, or with powers of ten, as 二百六十."""
    values = [_HAN_VALUES[character] for character in run]
    if all(value < 10 for value in values):
        return int("".join(map(str, values)))
    total = group = digit = 0
    for value in values:
        if value >= 10**4:
            total, group, digit = (total + group + digit or 1) * value, 0, 0
        elif value >= 10:
            group, digit = group + (digit or 1) * value, 0
        else:
            digit = value
    return total + group + digit


def _word_pieces(match: re.Match[str], language: str | None, words: NumberWords) -> list[Piece]:
    word, start = folded(match.group()), match.start()
    found = _lookup(word, language)
    if not found and language == "ar" and word.startswith("و") and len(word) > 2:
        rest = _lookup(word[1:], language)
        if rest:
            joiner = Piece(kind=Kind.JOINER, start=start, end=start + 1, text="و")
            kind, value = rest
            return [joiner, Piece(kind=kind, start=start + 1, end=match.end(), text=word[1:], value=value)]
    if not found and word in words.short_scales:
        found = Kind.SCALE, Decimal(words.short_scales[word])
    if not found:
        return []
    return [Piece(kind=found[0], start=start, end=match.end(), text=word, value=found[1])]


def _scale_suffix(match: re.Match[str], words: NumberWords) -> list[Piece]:
    word = folded(match.group())
    factor = words.scales.get(word) or words.short_scales.get(word)
    if factor is None:
        return []
    return [Piece(kind=Kind.SCALE, start=match.start(), end=match.end(), text=word, value=Decimal(factor))]


@cache
def _lookup(word: str, language: str | None) -> tuple[Kind, Decimal] | None:
    words = number_words(language)
    for kind, table in (
        (Kind.SMALL, words.small),
        (Kind.SCALE, words.scales),
        (Kind.GROUP, words.groups),
        (Kind.ORDINAL, words.ordinals),
        (Kind.PART, words.parts),
    ):
        if word in table:
            return kind, Decimal(table[word])
    for kind, names in (
        (Kind.HUNDRED, words.hundred),
        (Kind.ARTICLE, words.articles),
        (Kind.JOINER, words.joiners),
        (Kind.HALF, words.halves),
        (Kind.BOTH, words.both),
    ):
        if word in names:
            return kind, {Kind.HUNDRED: Decimal(100), Kind.BOTH: Decimal(2)}.get(kind, Decimal(1))
    value = _compound(word, words)
    return (Kind.SMALL, value) if value is not None else None


def _compound(word: str, words: NumberWords) -> Decimal | None:
    """Read a number written as one word, as zweihundertsechzig, also before a suffix as -jährig."""
    if re.match(r"(?:(?:десяти|сто|тысяче)лети|(?:deset|sto|tisíci)let[íi])", word):  # a decade, a century
        return None
    if word.startswith("пол") and word[3:] in words.groups:
        return Decimal(words.groups[word[3:]]) / 2
    if word.startswith("пол") and (word[3:] in words.scales or word[4:] in words.scales):
        return Decimal(words.scales.get(word[3:]) or words.scales[word[4:]]) / 2
    if word in words.one_and_half:
        return Decimal("1.5")
    if word.endswith("einhalb") and word[:-7] in words.small:
        return words.small[word[:-7]] + Decimal("0.5")
    value = None
    for suffix in words.suffixes:
        head, found, tail = word.partition(suffix)
        if found and len(tail) <= 5 and head and value is None:
            value = _whole_word(head, words)
    if value is None and words.stems[0]:
        value = _whole_word(word, words)
    return None if value is None else Decimal(value)


def _whole_word(word: str, words: NumberWords) -> int | None:
    hundred, thousand = words.stems
    if word in words.small:
        return words.small[word]
    if not hundred:
        return _genitives(word, words)
    for stem in {thousand, "mille"} if thousand == "mila" else {thousand}:
        head, found, tail = word.partition(stem)
        if found:
            above, below = _below_thousand(head, words, hundred), _below_thousand(tail, words, hundred)
            return None if above is None or below is None else (above or 1) * 1000 + below
    return _below_thousand(word, words, hundred) if hundred in word else None


def _below_thousand(word: str, words: NumberWords, hundred: str) -> int | None:
    head, found, tail = word.partition(hundred)
    if not found:
        return _below_hundred(word, words)
    above, below = _below_hundred(head, words), _below_hundred(tail, words)
    return None if above is None or below is None else (above or 1) * 100 + below


def _below_hundred(word: str, words: NumberWords) -> int | None:
    word = word.removeprefix("und") if len(word) > 3 else word
    if not word:
        return 0
    return 1 if word in words.articles else words.small.get(word)


def _genitives(word: str, words: NumberWords) -> int | None:
    """Read parts that are simply joined, as двадцатипяти or pětadvaceti."""
    for cut in range(len(word) - 2, 2, -1):
        first, rest = words.small.get(word[:cut]), words.small.get(word[cut:])
        if first is not None and rest is not None and fits(first, rest):
            return first + rest
    return None


def fits(current: int, value: int) -> bool:
    """Tell whether `value` can be added to `current`: there are zeros where its digits would go."""
    if current == 0:
        return False
    if current % 100 == 0:
        return value < 100
    return current % 10 == 0 and current % 100 >= _SMALLEST_TENS and 0 < value < 10
