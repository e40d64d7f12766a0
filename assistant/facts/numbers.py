"""Numbers in sentences, in a form that can be compared across languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .moments import Moment, moments_in
from .number_digits import Digits, digits_in, is_part_of_name
from .number_phrases import Phrase, phrases_in
from .number_units import PER_CENT, Bound, bound_after, bound_before, unit_after, unit_before, units_differ

_SUFFIX = re.compile(r"[^\W\d_\u0600-\u06ff\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7a3]+")
_ORDINAL_SUFFIX = re.compile(
    r"(?:st|nd|rd|th|ers?|ère|res?|re|es?|ème|eme|nde?|de|ste|os?|as?|[ºª]|го|й|я|е|ти|х|му|м|er|ern|ten?|n[ciuüı]+)$"
)
_SCALE_SUFFIX = re.compile(r"(?:k|m|mn|bn|b|tn|mln|mio|mrd|md|mds|млн|млрд|тыс|x)$", re.IGNORECASE)
_ROMAN = re.compile(r"\b(?P<roman>(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?:e|er|ème|ᵉ)?\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LARGEST_SLIP = {True: Decimal("0.1"), False: Decimal("0.05")}
"""Most that a number in round form may differ from what it rounds, as a share of it: with a word as about, without."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number in a text: `text[start:end]`, what it is worth, and what it counts."""

    value: Decimal
    """The likeliest reading; per cent are not divided by 100."""
    readings: tuple[Decimal, ...]
    """Every reading that the separators allow, likeliest first."""
    start: int
    end: int
    text: str
    unit: str | None = None
    """`%`, a currency (ISO code or its family, as "dollar"), or a measure, as "km" or "year"."""
    bound: Bound = Bound.EXACT
    ordinal: bool = False
    weak: bool = False
    """Small number words and words that are often no number: a reader counts these together himself."""
    scaled: bool = False
    """Written with a scale word, as 1.3 million."""
    step: Decimal = Decimal(1)
    """Worth of its last digit that is not a closing zero."""
    written_step: Decimal = Decimal(1)
    """Worth of its last digit."""

    @property
    def approximate(self) -> bool:
        """Tell whether a word beside it makes it rough: about, more than, nearly."""
        return self.bound is not Bound.EXACT


def numbers_in(text: str, language: str | None) -> list[Number]:
    """Return the numbers of `text` in order, without those that belong to dates, times and names.

    `language` (ISO 639-1) decides on separators and number words; without it only digits are read,
    with every reading of their separators.
    """
    taken = _offsets((moment.start, moment.end) for moment in moments_in(text, language, None))
    digits = [run for run in digits_in(text, language) if not _is_name(text, run)]
    found: list[Number] = []
    for phrase in phrases_in(text, language, digits):
        number = _number(text, phrase)
        if taken.isdisjoint(range(number.start, number.end)):
            found.append(number)
            taken |= _offsets([(number.end, _unit_end(text, number))])  # the hundred of per cent is none
    return found


def _offsets(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def unmatched_numbers(
    sentence: str, sentence_language: str | None, passage: str, passage_language: str | None
) -> list[Number]:
    """Return the numbers of `sentence` that `passage` does not hold.

    Values are compared, not words. A sentence may round (to the digits that it writes itself) where
    it says about, more than, nearly, or writes a scale word. A number with a unit does not match one
    with another unit. Weak numbers are returned with `weak` set; they are no fault by themselves.
    """
    wanted = numbers_in(sentence, sentence_language)
    if not wanted:
        return []
    held = _held(passage, passage_language)
    return [number for number in wanted if not any(_matches(number, other) for other in held)]


def _held(passage: str, language: str | None) -> list[Number]:
    """Return every number that the passage can be said to hold, those of dates and names as well."""
    digits = digits_in(passage, language)
    phrases = phrases_in(passage, language, digits)
    numbers = [_number(passage, phrase) for phrase in phrases]
    for moment in moments_in(passage, language, None):
        numbers += [_bare(moment.start, moment.end, part) for part in _parts(moment)]
    return numbers + [_roman(match) for match in _ROMAN.finditer(passage) if match["roman"]]


def _parts(moment: Moment) -> list[int]:
    """Return numbers that a moment holds beside its digits: 4 pm is 16, the 1990s are the nineties."""
    parts = [moment.decade % 100] if moment.decade else []
    return parts + ([moment.hour % 12, moment.hour % 12 + 12] if moment.hour is not None else [])


def _is_name(text: str, run: Digits) -> bool:
    if is_part_of_name(text, run.start):
        return True
    suffix = _SUFFIX.match(text, run.end)
    if suffix is None:
        return False
    word = suffix.group()
    if _ORDINAL_SUFFIX.match(word.casefold()) or _SCALE_SUFFIX.match(word):
        return False
    return unit_after(text, run.end) is None


def _unit_end(text: str, number: Number) -> int:
    after = unit_after(text, number.end)
    return after[1] if after else number.end


def _number(text: str, phrase: Phrase) -> Number:
    start, end = phrase.start, phrase.end
    unit = unit_before(text, start)
    if unit is not None:
        start = unit[1]
    else:
        unit = unit_after(text, end)
    bound = bound_before(text, start)
    if bound is Bound.EXACT:
        bound = bound_after(text, end)
    if bound is Bound.EXACT and phrase.rough:
        bound = Bound.ABOUT
    return Number(
        value=phrase.values[0],
        readings=phrase.values,
        start=phrase.start,
        end=end,
        text=text[phrase.start : end],
        unit=unit[0] if unit else None,
        bound=bound,
        ordinal=phrase.ordinal,
        weak=phrase.doubtful,
        scaled=phrase.scale > 1,
        step=phrase.step,
        written_step=phrase.written_step,
    )


def _roman(match: re.Match[str]) -> Number:
    values = [_ROMAN_VALUES[letter] for letter in match["roman"]]
    total = sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=False))
    return _bare(match.start(), match.end(), total)


def _bare(start: int, end: int, value: int) -> Number:
    return Number(value=Decimal(value), readings=(Decimal(value),), start=start, end=end, text="")


def _matches(number: Number, other: Number) -> bool:
    return any(_agree(number, a, other, b) for a in number.readings for b in other.readings)


def _agree(number: Number, value: Decimal, other: Number, held: Decimal) -> bool:
    if 0 < value < 1 and held >= 1 and other.unit == PER_CENT:  # a half is 50 %
        return abs(value * 100 - held) < 1
    if 0 < held < 1 and value >= 1 and number.unit == PER_CENT:
        return abs(held * 100 - value) < 1
    if units_differ(number.unit, other.unit):
        return False
    return value == held or ((number.scaled or number.approximate) and _rounds(number, value, other, held))


def _rounds(number: Number, value: Decimal, other: Number, held: Decimal) -> bool:
    """Tell whether `held`, written as the sentence writes its number, is `value`."""
    step = number.written_step if other.scaled and not number.approximate else number.step
    step = min(step, abs(held) * _LARGEST_SLIP[number.approximate] * 2)
    if number.bound is Bound.MORE:
        return value <= held < value + step
    if number.bound is Bound.LESS:
        return value - step < held <= value
    return abs(value - held) * 2 <= step
