from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.facts.moments import moments_in, unmatched_moments

LANGUAGES = "en fr de es it pt nl ru cs tr ar zh".split()
PUBLISHED = date(2017, 12, 12)  # a Tuesday


def unmatched(
    sentence: str, language: str, passage: str, passage_language: str, reference: date | None = PUBLISHED
) -> list[str]:
    found = unmatched_moments(sentence, language, passage, passage_language, reference)
    return [moment.text for moment in found]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "on 18 December 2017"),
        ("en", "on Dec. 18, 2017"),
        ("en", "2017-12-18"),
        ("fr", "le 18 décembre 2017"),
        ("de", "am 18. Dezember 2017"),
        ("de", "am 18.12.2017"),
        ("es", "el 18 de diciembre de 2017"),
        ("it", "il 18 dicembre 2017"),
        ("pt", "em 18 de dezembro de 2017"),
        ("nl", "op 18 december 2017"),
        ("ru", "18 декабря 2017 года"),
        ("cs", "18. prosince 2017"),
        ("tr", "18 Aralık 2017"),
        ("ar", "18 ديسمبر 2017"),
        ("zh", "2017年12月18日"),
    ],
)
def test_reads_a_date_as_each_language_writes_it(language: str, text: str) -> None:
    (moment,) = moments_in(text, language, None)
    assert (moment.year, moment.month, moment.day) == (2017, 12, 18)
    assert moment.dates == (date(2017, 12, 18),)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", text) for text in ("at 3.30 pm", "at 15:30", "3:30 p.m.")),
        ("fr", "à 15h30"),
        ("de", "um 15.30 Uhr"),
    ],
)
def test_reads_times_of_day(language: str, text: str) -> None:
    (moment,) = moments_in(text, language, None)
    assert (moment.hour, moment.minute) == (15, 30)


def test_words_that_are_spelt_like_a_month_are_none() -> None:
    assert moments_in("He may march to the planet.", "en", None) == []
    assert moments_in("La planète Mars a dix-sept ans.", "fr", None) == []
    assert [moment.month for moment in moments_in("in May and by March 2018", "en", None)] == [5, 3]


@pytest.mark.parametrize(
    ("sentence", "language", "passage", "passage_language"),
    [
        ("on Monday", "en", "lundi", "fr"),
        ("am Montag", "de", "on Monday", "en"),
        ("on 11 December 2017", "en", "lundi soir", "fr"),
        ("on 11 December", "en", "hier", "fr"),
        ("in December 2017", "en", "lundi", "fr"),
        ("on Monday 11 December", "en", "le 11 décembre", "fr"),
        ("in 2017", "en", "en décembre", "fr"),
        ("in 2016", "en", "l'an dernier", "fr"),
        ("in the 1990s", "en", "dans les années 90", "fr"),
        ("at 3 pm", "en", "um 15 Uhr", "de"),
        ("v lednu", "cs", "in January", "en"),
        ("в среду", "ru", "on Wednesday", "en"),
        ("The article of 12 December 2017 says so.", "en", "Le ministre a parlé.", "fr"),
    ],
)
def test_what_the_passage_or_its_day_says_is_found(
    sentence: str, language: str, passage: str, passage_language: str
) -> None:
    assert unmatched(sentence, language, passage, passage_language) == []


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("on 12 November", "on 11 November"),
        ("on 11 October 2017", "on 11 November 2017"),
        ("in 2015", "in 2014"),
        ("on Friday", "on Thursday"),
        ("in June", "in July"),
        ("in the 1980s", "in the 1990s"),
        ("at 4 pm", "at 3 pm"),
        ("on 11 November 2003", "on 11 November"),
    ],
)
def test_an_altered_date_is_reported(sentence: str, passage: str) -> None:
    assert unmatched(sentence, "en", passage, "en")


def test_a_year_is_not_taken_from_nowhere() -> None:
    assert unmatched("on 11 December 2017", "en", "le 11 décembre", "fr", None) == ["11 December 2017"]


def test_a_number_of_four_digits_is_found_whether_it_looks_like_a_year_or_not() -> None:
    assert unmatched("2000 people", "en", "2.000 Menschen", "de", None) == []


@given(
    day=st.dates(min_value=date(1900, 1, 1), max_value=date(2050, 12, 31)),
    language=st.sampled_from([code for code in LANGUAGES if code != "ar"]),
)
def test_dates_come_back_from_every_languages_long_format(day: date, language: str) -> None:
    text = format_date(day, "long", locale=language)
    assert any(day in moment.dates for moment in moments_in(text, language, None))


@given(
    day=st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 12, 31)),
    pair=st.tuples(st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES)),
)
def test_a_date_is_the_same_in_two_languages(day: date, pair: tuple[str, str]) -> None:
    one, other = (format_date(day, "d MMMM yyyy", locale=language) for language in pair)
    assert unmatched_moments(one, pair[0], other, pair[1], None) == []


@settings(max_examples=300)
@given(st.text(), st.sampled_from([*LANGUAGES, None, "ja", "xx"]), st.none() | st.dates())
def test_any_text_can_be_read_and_spans_slice_it(text: str, language: str | None, day: date | None) -> None:
    found = moments_in(text, language, day)
    assert all(text[moment.start : moment.end] == moment.text for moment in found)
    unmatched_moments(text, language, text[::-1], language, day)
