"""Dates as articles write them, in several languages, with how exactly they are known."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from .types import Precision, Published

EARLIEST_YEAR = 1600

_MONTHS = (  # January to December: every name and abbreviation, in en fr de es it pt nl tr ru ar
    "january jan janvier janv januar jänner enero ene gennaio gen janeiro januari ocak oca январь января янв يناير",
    "february feb février fév févr februar feber febrero febbraio fevereiro fev februari şubat şub"
    " февраль февраля фев فبراير",
    "march mar mars märz mär mrz marzo março maart mrt mart марта март мар مارس",
    "april apr avril avr abril abr aprile nisan nis апрель апреля апр أبريل ابريل",
    "may mai mayo maggio mag maio mei mayıs май мая مايو",
    "june jun juin juni junio giugno giu junho haziran haz июнь июня июн يونيو",
    "july jul juillet juil juli julio luglio lug julho temmuz tem июль июля июл يوليو",
    "august aug août aoû agosto ago augustus ağustos ağu август августа авг أغسطس اغسطس",
    "september sept sep septembre septiembre setiembre settembre set setembro eylül eyl сентябрь сентября сен"
    " сент سبتمبر",
    "october oct octobre oktober okt octubre ottobre ott outubro out ekim eki октябрь октября окт أكتوبر اكتوبر",
    "november nov novembre noviembre novembro kasım kas ноябрь ноября ноя نوفمبر",
    "december dec décembre déc dezember dez diciembre dic dicembre dezembro aralık ara декабрь декабря дек ديسمبر",
)
_ZONES = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "trt": 3,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "jst": 9,
}
_CLOCK = (
    r"(?:[,\s]*(?:[t\s–—-]|\b(?:at|a|um|a las|alle|ore|as|om|saat|в)\b)\s*"
    r"(?P<hour>\d{1,2})\s?[:h.]\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?:uhr|h\b)?\s*(?P<zone>z|[a-z]{3,4}|[+-]\d{2}:?(?:\d{2})?)?)?"
)
_WEEKDAY = r"(?:(?P<weekday>[^\W\d_]+(?:-feira)?)\.?,?\s+)?"
_OF = r"(?:\s+(?:de|del|of)\s+|\s+d['’]|\s*)"
_AFTER = r"(?:\s*(?:года?|г)\b\.?)?(?:,?\s+[^\W\d_]{4,}(?:-feira)?)?"  # "of the year" in Russian, a day of the week
_NUMERIC = re.compile(
    rf"(?:(?P<year>\d{{4}})(?:(?P<sep>[-/.])(?P<month>\d{{1,2}})(?:(?P=sep)(?P<day>\d{{1,2}}){_CLOCK})?)?"
    r"|(?P<month2>\d{1,2})[-/.](?P<year2>\d{4}))"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<half>)(?P<zone>z|[+-]\d{2}:?(?:\d{2})?)?)?"
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<a>\d{{1,2}})(?P<sep>[-/.])\s?(?P<b>\d{{1,2}})(?P=sep)\s?(?P<year>\d{{4}}){_CLOCK}"
)
_HAN = re.compile(
    r"(?P<year>\d{4})\s?年(?:\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?日" + _CLOCK + ")?)?"
)
_NAMED = re.compile(
    rf"{_WEEKDAY}(?:(?:den|le|el|il)\s+)?(?:(?P<day>\d{{1,2}})\s?(?:\.|er|st|nd|rd|th|º|°|o)?{_OF})?"
    rf"(?!(?:del?|of)\b)(?P<name>[^\W\d_]+)\.?,?{_OF}(?P<year>\d{{4}}){_AFTER}{_CLOCK}"
)
_NAME_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_CLOCK}"
)
_LEADING = re.compile(
    r"\s*date\b(?P<colon>\s*:)?\s*"
    r"(?P<date>\d{4}(?:-\d{2}(?:-\d{2}(?:t\d{2}:\d{2}(?::\d{2})?(?:z|[+-]\d{2}:?\d{2})?)?)?)?)\s+(?=\S)",
    re.IGNORECASE,
)


def parse_date(value: str, *, now: datetime | None = None) -> Published | None:
    """Return the date that `value` is, in UTC and with its precision, or None where it is none.

    Understands ISO 8601, RFC 2822, day-first numbers (month-first only where the day cannot be a
    month) and named months of en, fr, de, es, it, pt, nl, tr, ru and ar. A time without a zone is
    taken as UTC. Years before 1600 or after next year (of `now`, by default the clock's) and
    impossible dates are None.
    """
    text = _folded(value)[:100]
    latest = (now or datetime.now(UTC)).year + 1
    for pattern in (_NUMERIC, _COMPACT, _HAN, _DAY_FIRST, _NAMED, _NAME_FIRST):
        match = pattern.fullmatch(text)
        if match:
            published = _published(match.groupdict())
            break
    else:
        published = _internet_date(value.strip()[:100])
    if published is None or not EARLIEST_YEAR <= published.at.year <= latest:
        return None
    return published


def take_leading_date(text: str, *, now: datetime | None = None) -> tuple[Published | None, str]:
    """Return the date that `text` begins with, as in " date 2017-12 Le président…", and the text after it.

    Where there is none the text comes back as it was. A year alone counts as a date only before a
    colon's blank or a word that begins a sentence, so that "date 2017 was a good year" stays whole.
    """
    match = _LEADING.match(text)
    if match is None:
        return None, text
    rest = text[match.end() :]
    if len(match["date"]) == 4 and not match["colon"] and rest[0].islower():
        return None, text
    published = parse_date(match["date"], now=now)
    return (published, rest) if published else (None, text)


def _folded(value: str) -> str:
    """Return `value` in lower case, without accents, with single blanks and no full stop at its end."""
    plain = unicodedata.normalize("NFD", value.strip().lower().replace("ı", "i"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


_MONTH_NUMBERS = {_folded(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}


def _published(found: dict[str, str | None]) -> Published | None:
    year = int(found.get("year") or found.get("year2") or 0)
    month_text = found.get("month") or found.get("month2")
    day_text = found.get("day")
    if "a" in found:
        day_text, month_text = found["a"], found["b"]
        if int(month_text or 0) > 12 >= int(day_text or 0):
            day_text, month_text = month_text, day_text
    month = int(month_text) if month_text else None
    if found.get("name") is not None:
        month = _MONTH_NUMBERS.get(found["name"] or "")
        if month is None:
            return None
    try:
        if month is None:
            return Published(at=datetime(year, 1, 1, tzinfo=UTC), precision=Precision.YEAR)
        if day_text is None:
            return Published(at=datetime(year, month, 1, tzinfo=UTC), precision=Precision.MONTH)
        return _with_clock(datetime(year, month, int(day_text), tzinfo=UTC), found)
    except (ValueError, OverflowError):  # the 30th of February, 25 o'clock, the year 0
        return None


def _with_clock(day: datetime, found: dict[str, str | None]) -> Published:
    if not found.get("hour"):
        return Published(at=day, precision=Precision.DAY)
    hour, half = int(found["hour"] or 0), found.get("half")
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    local = day.replace(hour=hour, minute=int(found["minute"] or 0), second=int(found.get("second") or 0))
    at = local.replace(tzinfo=_zone(found.get("zone"))).astimezone(UTC)
    return Published(at=at, precision=Precision.SECOND)


def _zone(zone: str | None) -> timezone:
    if not zone:
        return UTC
    if zone[0] not in "+-":
        if zone not in _ZONES:
            raise ValueError(f"unknown zone {zone}")
        return timezone(timedelta(hours=_ZONES[zone]))
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)


def _internet_date(value: str) -> Published | None:
    if not re.search(r"\d:\d\d", value):
        return None
    try:
        at = parsedate_to_datetime(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return Published(at=at, precision=Precision.SECOND)
