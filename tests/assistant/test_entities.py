"""Names, and the same names in other languages and spellings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.facts.entities import Mentions, holds_name, names_in

FRENCH = (
    "Le président russe Vladimir Poutine se rend lundi à Ankara, où il parlera avec son homologue turc Recep Tayyip"
    " Erdogan de Jérusalem, de l'Otan, des États-Unis et de l'Allemagne, a dit Moscou. L'Agence internationale de"
    " l'énergie atomique n'a rien dit."
)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Putin", "en"), ("Путин", "ru"), ("Путина", "ru"), ("Vladimir Putin", "en"), ("Wladimir Putin", "de"),
        ("Erdoğan", "tr"), ("Эрдоганом", "ru"), ("Recep Tayyip Erdoğan", "tr"), ("Erdogan", "en"),
        ("NATO", "en"), ("OTAN", "es"), ("IAEA", "en"), ("AIEA", "fr"),
        ("Germany", "en"), ("Deutschland", "de"), ("Германия", "ru"), ("German", "en"), ("Almanya", "tr"),
        ("United States", "en"), ("US", "en"), ("USA", "de"), ("American", "en"), ("Estados Unidos", "es"),
        ("Moscow", "en"), ("Moskau", "de"), ("Москва", "ru"), ("Jerusalem", "en"), ("Russia", "en"), ("Turkey", "en"),
        ("President Putin", "en"),
    ],
)  # fmt: skip
def test_a_name_is_found_in_another_language(name: str, language: str) -> None:
    assert holds_name(name, FRENCH, language, "fr")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Macron", "fr"), ("Emmanuel Macron", "en"), ("Donald Trump", "en"), ("France", "en"), ("Iran", "en"),
        ("Syria", "en"), ("Berlin", "de"), ("Londres", "es"), ("Зеленский", "ru"), ("EU", "en"), ("Putnam", "en"),
    ],
)  # fmt: skip
def test_another_name_is_not(name: str, language: str) -> None:
    assert not holds_name(name, FRENCH, language, "fr")


def test_iran_is_not_iraq_and_austria_is_not_australia() -> None:
    assert not holds_name("Iraq", "Talks with Iran failed.", "en", "en")
    assert not holds_name("Austria", "Talks with Australia failed.", "en", "en")


def test_names_are_runs_of_capitalised_words() -> None:
    found = {name.text: name.strong for name in names_in(FRENCH, "fr")}
    assert found["Vladimir Poutine"]
    assert found["Recep Tayyip Erdogan"]
    assert found["Otan"]
    assert "lundi" not in found


def test_what_opens_a_sentence_and_a_german_noun_are_weak() -> None:
    german = {
        n.text: n.strong
        for n in names_in("Gestern kam der Minister Peter Altmaier an. Brot ist knapp.", "de")
    }
    assert german["Brot"] is False
    assert any("Peter Altmaier" in name and strong for name, strong in german.items())
    english = {n.text: n.strong for n in names_in("Traders met on Monday in Oslo.", "en")}
    assert english == {"Traders": False, "Oslo": True}


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["en", "fr", "de", "ru", "tr", "ar", "zh", None]))
def test_names_slice_the_text_and_each_is_mentioned_in_it(text: str, language: str | None) -> None:
    mentions = Mentions(text, language)
    for name in names_in(text, language):
        assert text[name.start : name.end] == name.text
        assert mentions.holds(name, language)
