from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import parse_date, take_leading_date
from index.types import Precision

NOW = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2017", "2017"),
        ("2017-12", "2017-12"),
        ("12/2017", "2017-12"),
        ("2017-12-08", "2017-12-08"),
        ("2017/12/08", "2017-12-08"),
        ("2017.12.8", "2017-12-08"),
        ("20171208", "2017-12-08"),
        ("08/12/2017", "2017-12-08"),
        ("08.12.2017", "2017-12-08"),
        ("12/25/2017", "2017-12-25"),
        ("2017-12-11T21:55:00Z", "2017-12-11T21:55:00Z"),
        ("2017-12-11T21:55", "2017-12-11T21:55:00Z"),
        ("2017-12-11 21:55:03.123+03:00", "2017-12-11T18:55:03Z"),
        ("2018-01-01T01:00:00+0300", "2017-12-31T22:00:00Z"),
        ("Fri, 08 Dec 2017 10:11:12 +0300", "2017-12-08T07:11:12Z"),
        ("Fri, 8 Dec 2017 10:11:12 EST", "2017-12-08T15:11:12Z"),
        ("8 décembre 2017", "2017-12-08"),
        ("vendredi 8 décembre 2017 à 18h30", "2017-12-08T18:30:00Z"),
        ("1er janvier 2018", "2018-01-01"),
        ("août 2018", "2018-08"),
        ("décembre 2017", "2017-12"),
        ("December 8, 2017", "2017-12-08"),
        ("Friday, December 8, 2017 at 10:30 PM", "2017-12-08T22:30:00Z"),
        ("8th of December 2017", "2017-12-08"),
        ("8 Dec. 2017", "2017-12-08"),
        ("8. Dezember 2017 um 10.30 Uhr", "2017-12-08T10:30:00Z"),
        ("3. März 2018", "2018-03-03"),
        ("8 de diciembre de 2017", "2017-12-08"),
        ("diciembre de 2017", "2017-12"),
        ("8 Aralık 2017", "2017-12-08"),
        ("8 ARALIK 2017", "2017-12-08"),
        ("15 Ağustos 2018 Çarşamba", "2018-08-15"),
        ("8 декабря 2017", "2017-12-08"),
        ("11 декабря 2017 года, 18:20", "2017-12-11T18:20:00Z"),
        ("9 мая 2018 г.", "2018-05-09"),
        ("8 dicembre 2017", "2017-12-08"),
        ("1º de março de 2018", "2018-03-01"),
        ("8 maart 2018", "2018-03-08"),
        ("8 ديسمبر 2017", "2017-12-08"),
        ("2017年12月8日", "2017-12-08"),
    ],
)
def test_dates_as_they_are_written(written: str, expected: str) -> None:
    published = parse_date(written, now=NOW)
    assert published is not None
    assert published.isoformat() == expected
    assert published.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "1599", "2022", "2017-13", "2017-02-30", "31/02/2017", "31/31/2017", "8 foo 2017", "2 de 2017",
     "2017-12-08T25:00:00", "0000", "99999999", "2017-12-08T10:00 XYZ", "1 2 3", "a" * 10_000],
)  # fmt: skip
def test_what_is_no_possible_date(written: str) -> None:
    assert parse_date(written, now=NOW) is None


def test_next_year_is_the_latest() -> None:
    assert parse_date("2021-12-31", now=NOW) is not None


@given(st.dates(min_value=date(1600, 1, 1), max_value=date(2021, 12, 31)))
def test_every_iso_date_comes_back(day: date) -> None:
    published = parse_date(day.isoformat(), now=NOW)
    assert published is not None
    assert published.isoformat() == day.isoformat()
    assert published.precision is Precision.DAY


@given(st.text(max_size=60) | st.text(alphabet="0123456789-/.:+TZ, de", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    parse_date(text, now=NOW)
    published, rest = take_leading_date(text, now=NOW)
    assert text.endswith(rest)
    assert published is not None or rest == text


@pytest.mark.parametrize(
    ("text", "published", "rest"),
    [
        (" date 2017-12 Le président russe", "2017-12", "Le président russe"),
        ("date 2017 Le président", "2017", "Le président"),
        ("Date: 2017-12-08\n\nthe council met", "2017-12-08", "the council met"),
        ("DATE 2017-12-08T10:30:00Z the council", "2017-12-08T10:30:00Z", "the council"),
        ("date : 2017 the year", "2017", "the year"),
        ("date 2017-12 首相は", "2017-12", "首相は"),
    ],
)
def test_a_leading_date_is_taken_off(text: str, published: str, rest: str) -> None:
    found, after = take_leading_date(text, now=NOW)
    assert found is not None
    assert (found.isoformat(), after) == (published, rest)


@pytest.mark.parametrize(
    "text",
    ["Date limite des inscriptions : lundi", "date 2017 was a good year", "dates 2017-12 are given", "update 2017-12 x",
     "date 2017-13 Le", "date 2017-12", "date 2017-12-08, the council met", "date 20171 x", "Le 8 date 2017-12 x"],
)  # fmt: skip
def test_a_sentence_is_not_taken_for_a_date(text: str) -> None:
    assert take_leading_date(text, now=NOW) == (None, text)
