"""Dates and times in sentences, in a form that can be compared across languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .calendar_words import DAYS, MONTHS, YEARS
from .moment_patterns import Found, found_in
from .number_digits import digits_in
from .number_phrases import phrases_in

_NEAR = 183
"""A day without a year is taken in the year that brings it nearest to the reference, in days."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A date or a time of day in a text: `text[start:end]`, and as much of it as is written there."""

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    """Monday is 0."""
    hour: int | None = None
    minute: int | None = None
    decade: int | None = None
    """1990, or 90 where the century is not written."""
    unit: str | None = None
    """`days`, `months` or `years`, of words seen from the day of publication, as yesterday."""
    distance: int = 0
    either_order: bool = False
    """Day and month can be the other way round."""
    dates: tuple[date, ...] = ()
    """The days that it can mean, where they can be told."""


def moments_in(text: str, language: str | None, reference: date | None) -> list[Moment]:
    """Return the dates and times of `text` in order.

    `reference` is the day of publication: days of the week, days without a year and words such as
    yesterday are resolved by it, and not at all without it.
    """
    return [_moment(text, found, reference) for found in found_in(text, language)]


def unmatched_moments(
    sentence: str,
    sentence_language: str | None,
    passage: str,
    passage_language: str | None,
    reference: date | None,
) -> list[Moment]:
    """Return the dates and times of `sentence` that `passage` does not hold.

    `reference`, the day on which the passage was published, explains a year, a month or a day that
    the passage leaves out. Words such as today or last year are reported only where they name
    another day than the passage does.
    """
    wanted = moments_in(sentence, sentence_language, reference)
    if not wanted:
        return []
    held = moments_in(passage, passage_language, reference)
    known = _Known.of(passage, passage_language, held, reference)
    return [moment for moment in wanted if not known.explains(moment)]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What a passage and its day of publication say of time."""

    moments: tuple[Moment, ...]
    days: frozenset[date]
    years: frozenset[int]
    numbers: frozenset[Decimal]
    reference: date | None

    @classmethod
    def of(cls, passage: str, language: str | None, held: Iterable[Moment], reference: date | None) -> _Known:
        held = tuple(held)
        digits = digits_in(passage, language)
        phrases = phrases_in(passage, language, digits)
        numbers = {value for phrase in phrases for value in phrase.values}
        numbers |= {value for run in digits for value in run.readings}
        years = {moment.year for moment in held if moment.year} | _relative_years(held, reference)
        days = {day for moment in held for day in moment.dates}
        for moment in held:
            if moment.month and moment.day and not moment.year:
                days |= {day for year in years if (day := _day(year, moment.month, moment.day))}
        if reference:
            days.add(reference)
            years.add(reference.year)
        years |= {day.year for day in days}
        return cls(
            moments=held,
            days=frozenset(days),
            years=frozenset(years),
            numbers=frozenset(numbers),
            reference=reference,
        )

    def explains(self, moment: Moment) -> bool:
        """Tell whether the passage, with its day of publication, says `moment`."""
        if moment.unit is not None:
            return self._explains_relative(moment)
        if moment.hour is not None:
            return self._explains_time(moment)
        if moment.decade is not None:
            return self._explains_decade(moment.decade)
        if any(_names(day, moment) for day in self.days):
            return True
        if moment.year and moment.month is None:
            return moment.year in self.years or moment.year in self.numbers or self._in_decade(moment.year)
        return any(self._same(moment, other) for other in self.moments)

    def _same(self, moment: Moment, other: Moment) -> bool:
        """Tell whether `other` has every part of `moment`, save a year or day that stands elsewhere."""
        if moment.month is None:
            return moment.weekday is not None and moment.weekday == other.weekday
        if moment.month != other.month and not (other.either_order and moment.month == other.day):
            return moment.month == _relative_month(other, self.reference) and moment.day is None
        days = {other.day, other.month} if other.either_order else {other.day}
        if (
            moment.day is not None
            and moment.day not in days
            and not (other.day is None and moment.day in self.numbers)
        ):
            return False
        return moment.year is None or (moment.year == other.year if other.year else moment.year in self.years)

    def _explains_relative(self, moment: Moment) -> bool:
        if moment.unit != DAYS or moment.distance == 0 or self.reference is None:
            return True
        return any(day in self.days for day in moment.dates)

    def _explains_time(self, moment: Moment) -> bool:
        hour, minute = moment.hour or 0, moment.minute or 0
        for other in self.moments:
            if other.hour is not None and (other.hour - hour) % 12 == 0 and (other.minute or 0) == minute:
                return True
        hours = {hour, hour % 12, hour % 12 + 12}
        return any(other + Decimal(minute) / 100 in self.numbers for other in hours)

    def _explains_decade(self, decade: int) -> bool:
        decades = {moment.decade for moment in self.moments if moment.decade is not None}
        decades |= {year // 10 * 10 for year in self.years} | {int(n) for n in self.numbers if n < 2100}
        return any(
            decade == other or (decade % 100 == other % 100 and min(decade, other) < 100) for other in decades
        )

    def _in_decade(self, year: int) -> bool:
        return year % 10 == 0 and any(moment.decade in (year, year % 100) for moment in self.moments)


def _moment(text: str, found: Found, reference: date | None) -> Moment:
    parts = found.parts
    moment = Moment(start=found.start, end=found.end, text=text[found.start : found.end], **parts)
    dates = _dates(moment, reference)
    return Moment(start=found.start, end=found.end, text=moment.text, dates=dates, **parts)


def _dates(moment: Moment, reference: date | None) -> tuple[date, ...]:
    if moment.month and moment.day:
        pairs = [(moment.month, moment.day)] + [(moment.day, moment.month)] * moment.either_order
        years = [moment.year] if moment.year else _years_around(reference)
        days = [day for year in years for month, d in pairs if (day := _day(year, month, d))]
        if moment.year or reference is None:
            return tuple(days)
        return tuple(day for day in days if abs((day - reference).days) <= _NEAR)
    if reference is None:
        return ()
    if moment.unit == DAYS:
        return (reference + timedelta(days=moment.distance),)
    if moment.weekday is not None:  # the last such day, the publication's included, and the next
        back = (reference.weekday() - moment.weekday) % 7
        return tuple(reference + timedelta(days=n) for n in (-back, 7 - back, -back - 7))
    return ()


def _years_around(reference: date | None) -> list[int]:
    return [] if reference is None else [reference.year - 1, reference.year, reference.year + 1]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _names(day: date, moment: Moment) -> bool:
    """Tell whether everything that `moment` says is true of `day`."""
    said = (moment.year, moment.month, moment.day, moment.weekday)
    if all(part is None for part in said):
        return False
    orders = [(day.month, day.day)] + [(day.day, day.month)] * moment.either_order
    return any(
        all(
            wanted is None or wanted == part
            for wanted, part in zip(said, (day.year, *order, day.weekday()), strict=True)
        )
        for order in orders
    )


def _relative_years(held: Iterable[Moment], reference: date | None) -> set[int]:
    if reference is None:
        return set()
    return {reference.year + moment.distance for moment in held if moment.unit == YEARS}


def _relative_month(moment: Moment, reference: date | None) -> int | None:
    if reference is None or moment.unit != MONTHS:
        return None
    return (reference.month - 1 + moment.distance) % 12 + 1
