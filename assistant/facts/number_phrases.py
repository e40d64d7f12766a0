"""Numbers as they stand in a text: digits and number words put together into values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .number_digits import Digits
from .number_lists import NumberWords, folded
from .number_pieces import Kind, Piece, fits, pieces_in
from .number_units import Bound, bound_before
from .number_words import number_words

_INDEFINITE = re.compile(
    r"\b(?:several|many|few|mehrere|einige|viele|paar|plusieurs|quelques|varios|varias|algun[oa]s|alcun[ie]|diversi|несколько"
    r"|několik|pár|birkaç|vári[oa]s|algun[sa]s?|enkele|meerdere|desít\w+|stov\w+|dizaines de|centaines de)\s$"
)
_TO = re.compile(
    r"\s?(?:[-–—]|to|and|or|à|et|ou|bis|und|oder|a|y|o|e|ed|tot|en|of|до|и|или|až|nebo|ve|ila|إلى|و|至|到)\s?[€$£]?"
)


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """Pieces that make one number."""

    values: tuple[Decimal, ...]
    start: int
    end: int
    step: Decimal
    """Worth of the last digit that is not a closing zero."""
    written_step: Decimal
    """Worth of the last digit."""
    digits: bool
    scale: Decimal = Decimal(1)
    """Scale words, multiplied: a million, a thousand."""
    ordinal: bool = False
    rough: bool = False
    fraction: bool = False
    doubtful: bool = False


def phrases_in(text: str, language: str | None, digits: Sequence[Digits]) -> list[Phrase]:
    """Return the numbers of `text` in order: `digits`, number words and the two combined."""
    words = number_words(language)
    pieces = pieces_in(text, language, words, digits)
    found: list[Phrase] = []
    at = 0
    while at < len(pieces):
        phrase, used = _Reader(text, pieces, at, words, language).read()
        if phrase is not None:
            if found:
                found[-1] = _before_range_end(text, found[-1], phrase)
            found.append(phrase)
        at += max(used, 1)
    return found


def _before_range_end(text: str, phrase: Phrase, following: Phrase) -> Phrase:
    """Return the first number of "30 to 40 million" with 30 million among its readings."""
    if (
        phrase.scale > 1
        or following.scale == 1
        or not _TO.fullmatch(folded(text[phrase.end : following.start]))
    ):
        return phrase
    return replace(phrase, values=(*phrase.values, phrase.values[0] * following.scale))


class _Reader:
    """Reads one number from a list of pieces, as far as it goes."""

    def __init__(
        self, text: str, pieces: list[Piece], at: int, words: NumberWords, language: str | None
    ) -> None:
        self.text, self.pieces, self.first, self.words, self.language = text, pieces, at, words, language
        self.at = at
        self.total = self.current = Decimal(0)
        self.open = False
        """There is a part below a thousand that waits for its scale."""
        self.last_scale = Decimal(0)
        self.rough = self.fraction = self.ordinal = False

    def read(self) -> tuple[Phrase | None, int]:
        """Return the number, if there is one, and how many pieces it took."""
        first = self.pieces[self.first]
        if first.kind is Kind.BOTH:
            return self._phrase(Decimal(2)), 1
        if not self._start(first):
            return None, 1
        while self.at < len(self.pieces) and self._touches() and self._take():
            pass
        value = self.total + self.current
        return self._phrase(value), self.at - self.first

    def _start(self, first: Piece) -> bool:
        following = self.pieces[self.first + 1] if self.first + 1 < len(self.pieces) else None
        touching = following is not None and self._gap(first, following)
        self.at += 1
        if _INDEFINITE.search(folded(self.text[max(0, first.start - 12) : first.start])):
            return False
        if first.kind in (Kind.DIGITS, Kind.SMALL, Kind.ORDINAL):
            self.current, self.open = first.value, True
            self.ordinal = first.kind is Kind.ORDINAL
            return True
        if first.kind is Kind.HALF:
            return self._start_with_half(following)
        if first.kind is Kind.ARTICLE:
            takes = (Kind.HUNDRED, Kind.SCALE, Kind.GROUP, Kind.PART, Kind.HALF)
            if not (
                touching
                and following
                and following.kind in takes
                and following.text not in self.words.short_scales
            ):
                return False
            if following.kind is Kind.HALF:
                return False
            self.current, self.open = Decimal(1), True
            return True
        if first.kind is Kind.GROUP and first.text not in self.words.doubtful:
            self.current, self.rough = first.value, True
            return not first.text.endswith("s") or self.language == "ru"
        if first.text in self.words.bare or (first.kind is Kind.SCALE and self._is_bounded(first)):
            self.current, self.open = first.value, first.kind is Kind.HUNDRED
            if first.kind is Kind.SCALE:
                self.total, self.current, self.last_scale = first.value, Decimal(0), first.value
            return True
        return False

    def _is_bounded(self, first: Piece) -> bool:
        """Tell whether a word as more than makes one of a scale that stands alone."""
        return self.language in ("ru", "cs") and bound_before(self.text, first.start) is not Bound.EXACT

    def _start_with_half(self, following: Piece | None) -> bool:
        self.current, self.open, self.fraction = Decimal("0.5"), True, True
        if following and following.kind is Kind.GROUP and self._gap(self.pieces[self.first], following):
            self.current, self.rough = following.value / 2, True
            self.at += 1
        elif following and following.kind is Kind.ARTICLE and self.at + 1 < len(self.pieces):
            scale = self.pieces[self.at + 1]
            if scale.kind in (Kind.SCALE, Kind.GROUP) and self._gap(following, scale) and self._touches():
                self.at += 1
        return True

    def _gap(self, one: Piece, other: Piece) -> bool:
        between = self.text[one.end : other.start]
        if between == " de " and one.kind is Kind.SCALE and other.kind is Kind.SCALE:  # miles de millones
            return True
        return len(between) <= 2 and not between.strip(" \u00a0\u202f\u2009-‑.") and ". " not in between

    def _touches(self) -> bool:
        before, piece = self.pieces[self.at - 1], self.pieces[self.at]
        if self.text[before.end : before.end + 1] == ".":  # after an abbreviation only a smaller part goes on
            return False
        return self._gap(before, piece)

    def _take(self) -> bool:
        piece = self.pieces[self.at]
        if piece.kind is Kind.JOINER:
            return self._take_joined()
        return self._add(piece)

    def _take_joined(self) -> bool:
        if self.at + 1 >= len(self.pieces) or not self._gap_joined():
            return False
        after = self.pieces[self.at + 1]
        joiner = self.pieces[self.at].text
        if after.kind is Kind.ARTICLE and self.at + 2 < len(self.pieces):
            half = self.pieces[self.at + 2]
            if half.kind is Kind.HALF and self._gap(after, half):
                self._add_half()
                self.at += 3
                return True
        if after.kind is Kind.HALF:
            self._add_half()
            self.at += 2
            return True
        if joiner == "and" and not (self.current % 100 == 0 and (self.current or self.total)):
            return False
        if after.kind is Kind.DIGITS or (after.kind is Kind.ARTICLE and self.language == "de"):
            return False
        if self.language in ("it", "ru", "cs"):
            return False
        if self._add(after, joined=True):
            self.at += 1
            return True
        return False

    def _gap_joined(self) -> bool:
        return self._gap(self.pieces[self.at], self.pieces[self.at + 1]) or self.language == "ar"

    def _add_half(self) -> None:
        if self.open:
            self.current += Decimal("0.5")
        else:
            self.total += self.last_scale * Decimal("0.5")

    def _add(self, piece: Piece, *, joined: bool = False) -> bool:
        if self.ordinal:
            return False
        if (
            piece.kind is Kind.ORDINAL
            and piece.text in self.words.parts
            and 0 < self.current < 20
            and self.open
        ):
            added = self._add_part(piece)
        elif piece.kind in (Kind.SMALL, Kind.ORDINAL):
            added = self._add_small(piece, joined=joined)
        elif piece.kind is Kind.ARTICLE and joined:
            added = self._add_small(piece, joined=True)
        elif piece.kind is Kind.HUNDRED:
            added = (
                self.open
                and (self.language == "en" or not self._only_digits())
                and 1 <= self.current < 100
                and self.current == int(self.current)
            )
            self.current *= 100 if added else 1
        elif piece.kind is Kind.SCALE:
            added = self._add_scale(piece)
        elif piece.kind is Kind.GROUP:
            added = self.open and self.total == 0
            self.current, self.rough = (
                (self.current * piece.value, True) if added else (self.current, self.rough)
            )
        elif piece.kind is Kind.PART:
            added = self._add_part(piece)
        elif piece.kind is Kind.HALF and self.language == "tr":
            self._add_half()
            added = True
        else:
            added = False
        self.at += added
        return added

    def _only_digits(self) -> bool:
        return self.pieces[self.first].kind is Kind.DIGITS and not self.last_scale

    def _add_small(self, piece: Piece, *, joined: bool) -> bool:
        value = piece.value
        if self._only_digits():
            return False
        if not self.open:
            if not self.last_scale or value >= self.last_scale:
                return False
            self.current, self.open = value, True
            self.ordinal = piece.kind is Kind.ORDINAL
            return True
        total = self._sum(int(self.current), int(value), joined=joined)
        if total is None:
            return False
        self.current, self.ordinal = Decimal(total), piece.kind is Kind.ORDINAL
        return True

    def _sum(self, current: int, value: int, *, joined: bool) -> int | None:
        if self.language == "fr" and current % 100 == 4 and value == 20:
            return current + 76
        if self.language == "fr" and current % 100 in (60, 80) and 10 <= value < 20:
            return current + value
        if self.language == "tr" and current % 100 == 10 and 0 < value < 10:
            return current + value
        if self.language == "ar" and current % 100 < 10 and (value == 10 or (joined and 20 <= value < 100)):
            return current + value
        if current % 100 == 0 and joined and self.language in ("es", "fr"):
            return None
        return current + value if fits(current, value) else None

    def _add_scale(self, piece: Piece) -> bool:
        if piece.text in self.words.short_scales and piece.text not in self.words.scales:
            before = self.pieces[self.at - 1]
            if before.kind is not Kind.DIGITS:
                return False
        if self.open:
            if self.last_scale and piece.value >= self.last_scale:
                self.total = (self.total + self.current) * piece.value
            else:
                self.total += self.current * piece.value
        elif self.total and piece.value >= self.last_scale:
            self.total *= piece.value
        else:
            return False
        self.current, self.open, self.fraction = Decimal(0), False, False
        self.last_scale = piece.value
        return True

    def _add_part(self, piece: Piece) -> bool:
        if not (self.open and self.total == 0 and self.current < piece.value):
            return False
        self.current, self.fraction = self.current / piece.value, True
        return True

    def _phrase(self, value: Decimal) -> Phrase:
        pieces = self.pieces[self.first : max(self.at, self.first + 1)]
        first = pieces[0]
        digits = first.digits
        values = [value]
        if digits and len(digits.readings) > 1 and digits.readings[0]:
            values += [value / digits.readings[0] * reading for reading in digits.readings[1:]]
        return Phrase(
            values=tuple(values),
            start=first.start,
            end=pieces[-1].end,
            step=_step(value, digits.decimals if digits else 0, self.last_scale or Decimal(1)),
            written_step=(self.last_scale or Decimal(1)).scaleb(-(digits.decimals if digits else 0)),
            digits=digits is not None,
            scale=self.last_scale or Decimal(1),
            ordinal=self.ordinal,
            rough=self.rough,
            fraction=self.fraction,
            doubtful=digits is None
            and (len(pieces) == 1 or self.fraction)
            and self._is_doubtful(pieces, value),
        )

    def _is_doubtful(self, pieces: list[Piece], value: Decimal) -> bool:
        return (
            value < 4
            or (self.language == "zh" and len(pieces[0].text) == 1)
            or any(piece.text in self.words.doubtful for piece in pieces)
        )


def _step(value: Decimal, decimals: int, scale: Decimal) -> Decimal:
    if decimals:
        return scale.scaleb(-decimals)
    if not value:
        return Decimal(1)
    return Decimal(1).scaleb(int(value.normalize().as_tuple().exponent))
