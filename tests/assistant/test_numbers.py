from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.facts.moments import moments_in
from assistant.facts.numbers import numbers_in, unmatched_numbers

LANGUAGES = "en fr de es it pt nl ru cs tr ar zh".split()


def values(text: str, language: str | None) -> list[Decimal]:
    return [number.value for number in numbers_in(text, language)]


def hard(sentence: str, language: str | None, passage: str, passage_language: str | None) -> list[str]:
    found = unmatched_numbers(sentence, language, passage, passage_language)
    return [number.text for number in found if not number.weak]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "330,000 people", 330_000),
        ("fr", "330 000 personnes", 330_000),
        ("fr", "330\u202f000 personnes", 330_000),
        ("de", "330.000 Menschen", 330_000),
        ("en", "1.3 million", 1_300_000),
        ("fr", "1,5 million d'euros", 1_500_000),
        ("de", "3,3 Millionen", 3_300_000),
        ("de", "2 Mrd. Euro", 2_000_000_000),
        ("en", "$5bn", 5_000_000_000),
        ("en", "two and a half million", 2_500_000),
        ("en", "half a million", 500_000),
        ("en", "a hundred and five", 105),
        ("en", "twenty-first", 21),
        ("fr", "deux cent soixante", 260),
        ("fr", "quatre-vingt-dix-sept", 97),
        ("fr", "soixante et onze", 71),
        ("fr", "un million et demi", 1_500_000),
        ("de", "zweihundertsechzig", 260),
        ("de", "dreiunddreißig Tote", 33),
        ("de", "dreihunderttausend", 300_000),
        ("de", "ein zwölfjähriger Junge", 12),
        ("es", "dos mil millones", 2_000_000_000),
        ("es", "6,6 miles de millones", 6_600_000_000),
        ("es", "treinta y cinco", 35),
        ("it", "duecentosessanta", 260),
        ("it", "tremila", 3000),
        ("it", "cinquanta secondi", 50),
        ("pt", "cento e vinte e três mil", 123_000),
        ("nl", "drieëntwintig", 23),
        ("nl", "tweehonderdzestig", 260),
        ("ru", "два миллиона", 2_000_000),
        ("ru", "двести шестьдесят", 260),
        ("ru", "330 тысяч", 330_000),
        ("ru", "двадцатипятилетний", 25),
        ("ru", "полумиллиона", 500_000),
        ("cs", "dvě stě šedesát", 260),
        ("cs", "pětadvacet", 25),
        ("cs", "tři a půl milionu", 3_500_000),
        ("tr", "iki yüz altmış", 260),
        ("tr", "on beş", 15),
        ("ar", "خمسة وعشرون", 25),
        ("ar", "330 ألف", 330_000),
        ("zh", "二百六十人", 260),
        ("zh", "3.3万人", 33_000),
        ("zh", "三百三十万", 3_300_000),
    ],
)
def test_reads_numbers_as_each_language_writes_them(language: str, text: str, value: int) -> None:
    assert values(text, language) == [value]


def test_a_separator_is_read_by_language_and_both_ways_without_one() -> None:
    assert values("1.234", "de") == [1234]
    assert values("1,234", "en") == [1234]
    assert numbers_in("1.234", None)[0].readings == (Decimal(1234), Decimal("1.234"))
    assert values("2.6 Prozent", "de") == [Decimal("2.6")]  # by its form


def test_names_telephone_numbers_and_addresses_are_no_numbers() -> None:
    text = "G20, A380, Covid-19, F-16, MH370, +33 1 23 45 67 89, 01 23 45 67 89, 192.168.0.1, www.a.org/12"
    assert numbers_in(text, "en") == []


def test_articles_and_indefinite_plurals_are_no_numbers() -> None:
    assert numbers_in("un homme et une femme", "fr") == []
    assert numbers_in("ein Mann und eine Frau", "de") == []
    assert numbers_in("a man, thousands of people, several hundred houses", "en") == []


def test_dates_and_times_are_left_to_moments() -> None:
    assert values("On 18 December 2017 at 3.30 pm, 12 people met.", "en") == [12]


def test_units_and_words_that_make_a_number_rough() -> None:
    share, money, rough = numbers_in("15 %, 20 euros, more than 300 people", "en")
    assert (share.unit, money.unit, rough.unit) == ("%", "EUR", None)
    assert rough.approximate and not share.approximate
    for language, text in (
        ("fr", "15 pour cent"),
        ("de", "15 Prozent"),
        ("ru", "15 процентов"),
        ("tr", "yüzde 15"),
    ):
        (number,) = numbers_in(text, language)
        assert (number.value, number.unit) == (15, "%")


@pytest.mark.parametrize(
    ("sentence", "language", "passage", "passage_language"),
    [
        ("There were 330,000 people.", "en", "Plus de 330 000 personnes étaient là.", "fr"),
        ("There were 330,000 people.", "en", "330 тысяч человек", "ru"),
        ("0.33 million people", "en", "330.000 Menschen", "de"),
        ("about 330,000 people", "en", "331,204 people", "en"),
        ("1.3 million people", "en", "1 298 000 personnes", "fr"),
        ("more than 300 people", "en", "312 people", "en"),
        ("nearly 400 people", "en", "390 people", "en"),
        ("half of them", "en", "50 % d'entre eux", "fr"),
        ("fifteen per cent", "en", "15 %", "fr"),
        ("the 21st century", "en", "au XXIe siècle", "fr"),
        ("between 30 and 40 million", "en", "entre 30 millions et 40 millions", "fr"),
        ("15 people", "en", "15 pour cent", "fr"),
        ("Both countries agreed.", "en", "La France et l'Allemagne sont d'accord.", "fr"),
    ],
)
def test_the_same_number_in_another_form_is_found(
    sentence: str, language: str, passage: str, passage_language: str
) -> None:
    assert hard(sentence, language, passage, passage_language) == []


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("4,300 people came", "4,200 people came"),
        ("13 people came", "12 people came"),
        ("3 people came", "2 people came"),
        ("15 % left", "15 euros"),
        ("80 million people", "81 million people"),
        ("2 million people", "1.6 million people"),
        ("1,298,000 people", "1.3 million people"),
        ("about 300 people", "450 people"),
        ("more than 300 people", "250 people"),
        ("330 people", "330,000 people"),
    ],
)
def test_an_altered_number_is_reported(sentence: str, passage: str) -> None:
    assert hard(sentence, "en", passage, "en")


def test_a_small_number_word_that_the_reader_may_have_counted_is_weak() -> None:
    (number,) = unmatched_numbers("The two countries agreed.", "en", "France and Germany agreed.", "en")
    assert number.weak


@given(
    number=st.integers(min_value=0, max_value=10**12),
    language=st.sampled_from([code for code in LANGUAGES if code != "ar"]),
)
def test_whole_numbers_come_back_from_every_languages_format(number: int, language: str) -> None:
    text = format_decimal(number, locale=language)
    held = {reading for found in numbers_in(text, language) for reading in found.readings}
    held |= {Decimal(moment.year) for moment in moments_in(text, language, None) if moment.year}
    assert number in held


@given(st.decimals(min_value=1, max_value=99_999, places=2), st.sampled_from(LANGUAGES))
def test_decimals_come_back_from_every_languages_format(number: Decimal, language: str) -> None:
    text = f"({format_decimal(number, locale=language)} %)"
    assert number in {reading for found in numbers_in(text, language) for reading in found.readings}


@settings(max_examples=300)
@given(st.text(), st.sampled_from([*LANGUAGES, None, "ja"]))
def test_any_text_can_be_read_and_spans_slice_it(text: str, language: str | None) -> None:
    found = numbers_in(text, language)
    assert all(text[number.start : number.end] == number.text for number in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(LANGUAGES))
def test_a_passage_holds_its_own_numbers(number: int, language: str) -> None:
    text = f"({format_decimal(number, locale=language)} km)"
    assert unmatched_numbers(text, language, text, language) == []
