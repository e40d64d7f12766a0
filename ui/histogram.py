"""How many articles there are of each day, month or year → bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from index import Precision

_MOST_DAYS = 124
_MOST_MONTHS = 144
_MOST_YEARS = 120
_STEPS = (1, 2, 5, 10, 20, 50)
"""Years in a bar, where single ones would be too many."""
Published = Mapping[tuple[date, Precision], int]


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Bars that follow each other without gaps."""

    unit: str
    """day, month or year; a bar of years may hold several."""
    starts: tuple[date, ...]
    """The first day of each bar."""
    last: date
    """The last day of the last bar."""
    counts: tuple[int, ...]
    """The articles that a filter for the days of the bar would leave; one dated to a year is in all its months."""


def histogram(published: Published, *also: date | None) -> Histogram | None:
    """Return the bars that hold all dates, and the days in `also`; None where there are none."""
    spans = [(first, _end(first, precision), count) for (first, precision), count in published.items()]
    days = [day for first, last, _ in spans for day in (first, last)]
    if not days:
        return None
    days += [day for day in also if day]
    first, last = min(days), max(days)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if (last - first).days < _MOST_DAYS:
        unit, step = "day", 1
    elif months <= _MOST_MONTHS:
        unit, step = "month", 1
    else:
        unit = "year"
        years = last.year - first.year + 1
        step = next((one for one in _STEPS if years <= one * _MOST_YEARS), _STEPS[-1])
    origin = _floor(first, unit, step)
    size = _place(last, origin, unit, step) + 1
    changes = [0] * (size + 1)
    for begins, ends, count in spans:
        changes[_place(begins, origin, unit, step)] += count
        changes[_place(ends, origin, unit, step) + 1] -= count
    counts, total = [], 0
    for change in changes[:-1]:
        total += change
        counts.append(total)
    starts = tuple(_start(number, origin, unit, step) for number in range(size + 1))
    return Histogram(unit=unit, starts=starts[:-1], last=starts[-1] - timedelta(days=1), counts=tuple(counts))


def _end(first: date, precision: Precision) -> date:
    """Return the last day of the time that an article is dated to."""
    if precision is Precision.YEAR:
        return date(first.year, 12, 31)
    if precision is Precision.MONTH:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first


def _floor(day: date, unit: str, step: int) -> date:
    if unit == "day":
        return day
    return day.replace(day=1) if unit == "month" else date(max(1, day.year // step * step), 1, 1)


def _place(day: date, origin: date, unit: str, step: int) -> int:
    """Return the number of the bar that holds a day."""
    if unit == "day":
        return (day - origin).days
    if unit == "month":
        return (day.year - origin.year) * 12 + day.month - origin.month
    return (day.year - origin.year) // step


def _start(number: int, origin: date, unit: str, step: int) -> date:
    if unit == "day":
        return origin + timedelta(days=number)
    if unit == "month":
        years, month = divmod(origin.month - 1 + number, 12)
        return date(origin.year + years, month + 1, 1)
    return date(origin.year + number * step, 1, 1)
