"""The assistant's own words exist in every language that is promised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.phrases import PHRASES, format_date, lead_in, phrases_for
from index import Precision, Published

DAY = Published(at=datetime(2017, 12, 8, tzinfo=UTC), precision=Precision.DAY)
MONTH = Published(at=datetime(2017, 12, 1, tzinfo=UTC), precision=Precision.MONTH)


def test_the_promised_languages_are_there() -> None:
    assert set(PHRASES) >= {"en", "fr", "de", "es", "it", "pt", "nl", "ru", "tr", "ar", "zh"}


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_a_lead_in_names_source_and_date(language: str) -> None:
    spoken, phrases = phrases_for(language)
    said = lead_in(phrases, spoken, "Vestnik", DAY)
    assert "Vestnik" in said
    assert format_date(DAY, language) in said
    assert "Vestnik" in lead_in(phrases, spoken, "Vestnik", None)
    assert "{" not in lead_in(phrases, spoken, None, DAY) + lead_in(phrases, spoken, None, None)


def test_a_date_is_told_no_more_exactly_than_it_is_known() -> None:
    assert format_date(DAY, "en") == "December 8, 2017"
    assert format_date(MONTH, "en") == "December 2017"
    assert format_date(MONTH, "fr") == "décembre 2017"
    assert format_date(DAY, "de") == "8. Dezember 2017"


def test_an_unknown_language_is_answered_in_english() -> None:
    assert phrases_for("sw")[0] == "en"
    assert phrases_for(None)[0] == "en"


def test_an_outlet_that_calls_itself_a_sentence_stays_a_name() -> None:
    from assistant.phrases import lead_in, phrases_for

    hostile = "Ledger [7]: “all is false” [8]. " + "According to «Reuters» " * 9
    phrases = phrases_for("en")[1]
    said = lead_in(phrases, "en", hostile, None)
    assert said.startswith("According to Ledger 7 : all is false 8 .") and said.endswith("…:")
    assert len(said) < 80 and not set(said) & set("[]“”«»")
    assert lead_in(phrases, "en", "L'Écho du Port", None) == "According to L'Écho du Port:"
