"""Where dates and times stand in a text, and their parts as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from .calendar_words import is_short_month, month_patterns, relative_patterns, weekday_patterns
from .number_lists import folded
from .number_units import unit_after
from .number_words import number_words


class Parts(TypedDict, total=False):
    """The parts of a date or time, named as in `Moment`."""

    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    decade: int
    unit: str
    distance: int
    either_order: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """A date or time and where it stands."""

    start: int
    end: int
    parts: Parts


_YEAR = r"(?:1[1-9]\d\d|20\d\d)(?![\d.,]\d|\d)"
_OF = r"(?:\s+(?:of|de|del|van)\s+|\s+d['’]|\s*)"
_DAY = r"(?<![\d.,:/])(?P<day>[12]?\d|3[01])(?:\s?(?:st|nd|rd|th|er|\.|º|°|-?го|-?е))?"
_DECADES = {
    "twenties zwanzigerjahre": 20,
    "thirties dreißiger dreissiger": 30,
    "forties vierziger": 40,
    "fifties fünfziger": 50,
    "sixties sechziger": 60,
    "seventies siebziger": 70,
    "eighties achtziger": 80,
    "nineties neunziger": 90,
}
_DECADE_WORDS = {word: decade for words, decade in _DECADES.items() for word in words.split()}
_DECADE = re.compile(
    r"(?<!\d)['’]?(?P<a>(?:1[5-9]|20)?\d0)(?:['’]?s\b|er(?:n)?[- ]?jahren?\b|-(?:е|х|ые|ых|м)\b(?:\s+год\w*)?|['’]?l[ıi]\s+yıl|['’]?l[ae]r\b|年代)"
    r"|\b(?:années|años|anni|anos|jaren|década d[eo]s?|decennio)\s+['’]?(?P<b>(?:1[5-9]|20)?\d0)\b"
    r"|\b(?P<c>(?:1[5-9]|20)?\d0)\.\s?let"
    rf"|\b(?P<word>{'|'.join(_DECADE_WORDS)})"
)
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?:(?P<y1>\d{4})[-/](?P<m1>\d{1,2})[-/](?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?P<mark>[./-])\s?(?P<m2>\d{1,2})(?P=mark)\s?(?P<y2>(?:1[5-9]|20)\d\d|\d\d))(?![\d/-]|[.,]\d)"
)
_DAY_MONTH = re.compile(r"(?<![\d.,])(?P<day>[12]?\d|3[01])\.\s?(?P<month>1[0-2]|0?[1-9])\.(?!\s?\d)")
_HAN = re.compile(
    r"(?:(?P<year>\d{4})\s?年)?\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号])?|(?P<only>(?:1\d|20)\d\d)\s?年(?!代)"
)
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<at>\b(?:d?alle|ore|las|um|at|à|a las|klo|в|saat)\s)?(?P<hour>[01]?\d|2[0-4])(?:"
    r"(?:[:.,]|\s?h\s?|\s?heures?\s)(?P<minute>[0-5]\d)(?![\d:]|\.\d)\s?(?P<half>[ap]\.?\s?m\b\.?)?(?P<name>\s?(?:uhr|hodin|h\b|čas|uur))?"
    r"|\s?h\b(?!\s?\d)|\s?(?P<half2>[ap]\.m\.|[ap]m\b)|\s?(?P<o>uhr\b|o['’]clock))"
)
_ALONE = re.compile(
    rf"(?<![\w.,€$£-])(?<!\d[-–/ ])(?P<year>{_YEAR})(?!\w|[.,]\d|\s\d{{3}}\b)|(?<=\d[-–/])(?P<until>{_YEAR})(?!\w)"
)
_SUFFIXED_YEAR = re.compile(rf"(?<![\w.,])(?P<year>{_YEAR})['’](?:[dt][ae]|n[iı]n|y[eia])")
_DOT_DATES = frozenset({"de", "cs", "ru", "pl", "sk", "fi", "no", "da", "tr", "hu"})
_MONTH_FIRST = frozenset({"en", None})
_VERBS_TOO = re.compile(r"\b(?:may|march|mar)\b")


def found_in(text: str, language: str | None) -> list[Found]:
    """Return the dates and times of `text` in order; none overlaps another."""
    low = folded(text)
    if len(low) != len(text):  # offsets must stay
        low = "".join(one if len(one := folded(letter)) == 1 else letter for letter in text)
    taken: set[int] = set()
    kept: list[Found] = []
    for scan in (_numeric, _named, _decades, _han, _clock, _relative, _weekdays, _years):
        for found in scan(text, low, language):
            span = range(found.start, found.end)
            if taken.isdisjoint(span):
                taken.update(span)
                kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def _at(match: re.Match[str], parts: Parts) -> Found:
    return Found(start=match.start(), end=match.end(), parts=parts)


def _numeric(text: str, low: str, language: str | None) -> Iterator[Found]:
    for match in _NUMERIC.finditer(low):
        if match["y1"]:
            year, month, day = int(match["y1"]), int(match["m1"]), int(match["d1"])
        else:
            if len(match["y2"]) == 2 and match["mark"] == "-":
                continue
            year, month, day = int(match["y2"]), int(match["m2"]), int(match["d2"])
            year += (2000 if year < 50 else 1900) * (year < 100)
            if month > 12 >= day:
                month, day = day, month
        if 1 <= month <= 12 and 1 <= day <= 31:
            either = language in _MONTH_FIRST and match["mark"] != "." and not match["y1"] and day <= 12
            yield _at(match, {"year": year, "month": month, "day": day, "either_order": either})
    if language in _DOT_DATES:
        for match in _DAY_MONTH.finditer(low):
            yield _at(match, {"month": int(match["month"]), "day": int(match["day"])})


@cache
def _month_pattern(language: str | None) -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    months = month_patterns(language)
    name = rf"(?P<name>\b(?:{'|'.join(p for p in months if p)})(?!\w))" if any(months) else "(?P<name>(?!))"
    whole = (
        rf"(?:{_DAY}{_OF})?{name}(?:\.?\s+(?P<day2>[12]?\d|3[01])(?:st|nd|rd|th)?(?![\d%]|[.,:]\d|\s?%))?"
        rf"(?:\.?,?{_OF}(?P<year>{_YEAR})(?:\s*(?:года?|г)\b)?)?"
    )
    return re.compile(whole), tuple(re.compile(p or "(?!)") for p in months)


def _named(text: str, low: str, language: str | None) -> Iterator[Found]:
    whole, months = _month_pattern(language)
    for match in whole.finditer(low):
        name = match["name"]
        month = next((n for n, pattern in enumerate(months, 1) if pattern.fullmatch(name)), None)
        if month is None or not _is_month(text, match, language):
            continue
        parts: Parts = {"month": month}
        day = match["day"] or match["day2"]
        if day and int(day):
            parts["day"] = int(day)
        if match["year"]:
            parts["year"] = int(match["year"])
        yield _at(match, parts)


def _is_month(text: str, match: re.Match[str], language: str | None) -> bool:
    """Tell a month from a word that is spelt like one: may, march, Mars, mai-."""
    if match["day"] or match["day2"] or match["year"]:
        return True
    if is_short_month(match["name"], language):
        return False
    at, end = match.span("name")
    name, before = text[at:end], text[max(0, at - 12) : at].casefold()
    if len(name) <= 3 or (language in ("en", None) and _VERBS_TOO.fullmatch(match["name"])):
        after_preposition = re.search(
            r"\b(?:in|of|since|by|until|till|from|last|next|this|early|late|mid|every|for)[\s-]$", before
        )
        if language in ("en", None):
            return name[0].isupper() and after_preposition is not None
        return (
            len(name) == 3
            and (language != "de" or name[0].isupper())
            and name.lower() in ("mai", "mei", "май", "мая", "мае")
        )
    if language == "fr":
        return name != "Mars"
    return language not in ("en", "de", "nl", "tr", None) or name[0].isupper() or language == "nl"


def _decades(text: str, low: str, language: str | None) -> Iterator[Found]:
    for match in _DECADE.finditer(low):
        digits = match["a"] or match["b"] or match["c"]
        decade = int(digits) if digits else _DECADE_WORDS[match["word"]]
        yield _at(match, {"decade": decade})


def _han(text: str, low: str, language: str | None) -> Iterator[Found]:
    for match in _HAN.finditer(low):
        parts: Parts = {}
        if match["only"] or match["year"]:
            parts["year"] = int(match["only"] or match["year"])
        if match["month"] and 1 <= int(match["month"]) <= 12:
            parts["month"] = int(match["month"])
        if match["day"]:
            parts["day"] = int(match["day"])
        if parts:
            yield _at(match, parts)


def _clock(text: str, low: str, language: str | None) -> Iterator[Found]:
    for match in _CLOCK.finditer(low):
        half = match["half"] or match["half2"]
        dotted = match["minute"] and low[match.end("hour")] in ".,"
        hour = int(match["hour"])
        if (dotted and not half and not match["name"] and not match["at"]) or (
            hour == 24 and not match["minute"]
        ):
            continue
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        parts: Parts = {"hour": hour % 24, "minute": int(match["minute"] or 0)}
        yield Found(start=match.start("hour"), end=match.end(), parts=parts)


@cache
def _relative_pattern(language: str | None) -> tuple[re.Pattern[str], tuple[tuple[str, int], ...]]:
    patterns = relative_patterns(language)
    # Chinese is written without blanks, so a boundary would never be met
    joined = "|".join(f"(?P<r{n}>{pattern})" for n, pattern in enumerate(patterns.values()))
    return re.compile(rf"(?:(?<!\w)|(?<=[\u4e00-\u9fff]))(?:{joined})(?:(?!\w)|(?=[\u4e00-\u9fff]))"), tuple(
        patterns
    )


def _relative(text: str, low: str, language: str | None) -> Iterator[Found]:
    pattern, keys = _relative_pattern(language)
    for match in pattern.finditer(low):
        unit, distance = keys[int((match.lastgroup or "r0")[1:])]
        yield _at(match, {"unit": unit, "distance": distance})


@cache
def _weekday_pattern(language: str | None) -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    days = weekday_patterns(language)
    edge = "" if language == "zh" else r"\b"
    joined = "|".join(p for p in days if p) or "(?!)"
    return re.compile(f"{edge}(?:{joined}){edge}"), tuple(re.compile(f"(?:{p or '(?!)'})") for p in days)


def _weekdays(text: str, low: str, language: str | None) -> Iterator[Found]:
    whole, days = _weekday_pattern(language)
    for match in whole.finditer(low):
        for number, pattern in enumerate(days):
            found = pattern.match(low, match.start())
            if found and found.end() == match.end():
                yield _at(match, {"weekday": number})
                break


def _years(text: str, low: str, language: str | None) -> Iterator[Found]:
    for pattern in (_ALONE, _SUFFIXED_YEAR):
        for match in pattern.finditer(low):
            group = match.lastgroup or "year"
            unit = unit_after(text, match.end(group))
            following = re.match(r"\s([^\W\d_]+)", low[match.end(group) :])
            if following and following[1] in number_words(language).scales:
                continue
            if unit is None or unit[0] == "year":
                yield Found(start=match.start(group), end=match.end(group), parts={"year": int(match[group])})
