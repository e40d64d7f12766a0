"""Numbers written in digits: separators, groups, decimals, and digits that are part of a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_BLANKS = " \u00a0\u202f\u2009"
_RUN = re.compile(
    rf"(?<![\d.,٫٬])\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?![\d])(?:[.,٫]\d+)?"  # 330 000,5
    r"|\d+(?:[.,'’٬٫]\d+)*"
)
_PHONE = re.compile(r"(?:\+\d|\b0)\d*(?:[ .()/-]{1,2}\d+){3,}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,100}")
_POINT = frozenset({"en", "zh", "ja", "ko", "th", "he", "ar"})
"""Languages that write a decimal point; other languages write a comma."""
_COMMA = frozenset("fr de es it pt nl ru cs tr pl sv da fi no nb uk ro hu el bg hr sk sl sr id vi ca".split())
_LONGEST = 15


@dataclass(frozen=True, kw_only=True)
class Digits:
    """A run of digits: what it can mean, likeliest first, and how many decimals are written."""

    readings: tuple[Decimal, ...]
    start: int
    end: int
    decimals: int = 0


def digits_in(text: str, language: str | None) -> list[Digits]:
    """Return the numbers that `text` writes in digits; telephone numbers and addresses are none."""
    skipped = [match.span() for pattern in (_PHONE, _ADDRESS) for match in pattern.finditer(text)]
    skipped = [
        (a, b)
        for a, b in skipped
        if sum(c.isdigit() for c in text[a:b]) >= 8 or not text[a : a + 1].isdigit()
    ]
    taken = {at for start, end in skipped for at in range(start, end)}
    found: list[Digits] = []
    for match in _RUN.finditer(text):
        if match.start() not in taken:
            found += _read(match.group(), match.start(), language)
    return found


def is_part_of_name(text: str, start: int) -> bool:
    """Tell whether the digits at `start` belong to a name, as in G20, Covid-19 or F-16."""
    before = text[max(0, start - 24) : start]
    if re.search(r"[^\W\d_]$", before) and not re.search(r"[\u0600-\u06ff\u3040-\u9fff]$", before):
        return re.search(r"\b(?:US|EUR|USD|GBP|CZK|Kč|Rs|CHF|mid)$", before) is None
    return re.search(r"(?:^|[^\w-])(?:[^\W\d_]*[A-ZÀ-ÝА-Я][^\W\d_]*|[^\W\d_])[-‑]$", before) is not None


def _read(run: str, start: int, language: str | None) -> list[Digits]:
    marks = [character for character in run if not character.isdigit()]
    if not marks:
        return [_whole(run, start)] if len(run) <= _LONGEST and not _is_code(run) else []
    if marks[0] in _BLANKS:
        whole, _, part = re.sub(f"[{_BLANKS}]", "", run).replace(",", ".").replace("٫", ".").partition(".")
        return [_number(run, start, whole, part)]
    readings = _readings(run, marks, language)
    if readings:
        return [
            Digits(readings=tuple(readings), start=start, end=start + len(run), decimals=_decimals(readings))
        ]
    if len(set(marks)) == 1 and marks[0] == ",":  # a list without blanks
        return [
            _whole(m.group(), start + m.start()) for m in re.finditer(r"\d+", run) if not _is_code(m.group())
        ]
    return []


def _is_code(run: str) -> bool:
    return len(run) >= 3 and run.startswith("0")


def _whole(run: str, start: int) -> Digits:
    return Digits(readings=(Decimal(run),), start=start, end=start + len(run))


def _number(run: str, start: int, whole: str, part: str) -> Digits:
    value = Decimal(f"{whole}.{part}" if part else whole)
    return Digits(readings=(value,), start=start, end=start + len(run), decimals=len(part))


def _decimals(readings: list[Decimal]) -> int:
    return max(0, -int(readings[0].as_tuple().exponent))


def _readings(run: str, marks: list[str], language: str | None) -> list[Decimal]:
    """Return the values that digits with points and commas can mean; none if they are no number."""
    parts = re.split(r"\D", run)
    if len(set(marks)) == 1:
        return _of_one_mark(parts, marks, language)
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1 and _are_groups(parts[:-1]):
        return [Decimal("".join(parts[:-1]) + "." + parts[-1])]
    return []


def _of_one_mark(parts: list[str], marks: list[str], language: str | None) -> list[Decimal]:
    mark, grouped = marks[0], _are_groups(parts)
    thousands = [Decimal("".join(parts))] if grouped else []
    if len(marks) > 1 or mark in "'’٬":
        return thousands
    decimal = Decimal(f"{parts[0]}.{parts[1]}")
    if mark == "٫" or not grouped:
        return [decimal] if len(parts[0]) <= _LONGEST else []
    if parts[1] == "000":  # nobody writes three zeros after the point
        return thousands
    return _in_order(mark, decimal, thousands[0], language)


def _in_order(mark: str, decimal: Decimal, thousands: Decimal, language: str | None) -> list[Decimal]:
    if language in _COMMA:
        return [thousands] if mark == "." else [decimal, thousands]
    if language in _POINT:
        return [thousands] if mark == "," else [decimal, thousands]
    return [thousands, decimal]


def _are_groups(parts: list[str]) -> bool:
    """Tell whether the parts are thousands, or lakhs and crores as in 1,20,00,000."""
    first, *groups = parts
    if not groups:
        return True
    if not 1 <= len(first) <= 3 or first.startswith("0") or len(groups[-1]) != 3:
        return False
    return all(len(g) == 3 for g in groups) or (len(first) <= 2 and all(len(g) == 2 for g in groups[:-1]))
