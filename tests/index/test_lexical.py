"""Words of passages and questions meet in the same terms."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import index_terms, question_terms
from index.names import name_key
from index.stopwords import STOP_WORDS


def found(question: str, asked: str | None, text: str, spoken: str | None) -> set[str]:
    """Return the words of the question that the text holds."""
    terms = set(index_terms(text, spoken).split())
    return {term.surface for term in question_terms(question, asked) if terms & set(term.alternatives)}


@pytest.mark.parametrize(
    ("language", "question", "text"),
    [
        ("fr", "élections présidentielles", "L'élection présidentielle approche."),
        ("fr", "elections presidentielles", "L’élection présidentielle approche."),
        ("fr", "chevaux", "Un cheval s'est échappé."),
        ("en", "elections visiting", "He visits during the election."),
        ("de", "Häuser Wahlen", "Das Haus vor der Wahl"),
        ("de", "Strasse", "Die Straße ist gesperrt."),
        ("es", "elecciones", "La elección fue limpia."),
        ("it", "università", "L'accordo dell'universita"),
        ("pt", "presidentes", "O presidente chegou."),
        ("nl", "verkiezingen", "De verkiezing is voorbij."),
        ("ru", "выборы президента", "Президент победил на выборах."),
        ("tr", "Ankara", "Putin Ankara'ya gidiyor."),
        ("tr", "İstanbul", "istanbul'da toplantı"),
        ("ar", "الكتاب", "قرأت كتاب جديد"),
        ("hi", "हिन्दी", "यह हिन्दी है।"),
    ],
)
def test_inflected_and_accented_words_meet(language: str, question: str, text: str) -> None:
    asked = {term.surface for term in question_terms(question, language)}
    assert asked
    assert found(question, language, text, language) == asked


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("l'État", "etat"),
        ("d’Ankara", "ankara"),
        ("qu'Erdogan", "erdogan"),
        ("jusqu'Alep", "alep"),
        ("dell'Europa", "europa"),
        ("Ankara'ya", "ankara"),
        ("Trump's", "trump"),
    ],
)
def test_elided_articles_and_suffixes_are_taken_off(text: str, term: str) -> None:
    assert index_terms(text, None).split()[0] == term


@pytest.mark.parametrize(
    "written", ["330 000", "330,000", "330.000", "330\u202f000", "330'000", "330000", "٣٣٠٠٠٠"]
)
def test_a_number_is_one_term_however_it_is_written(written: str) -> None:
    assert index_terms(f"Il y a {written} habitants", "fr").split().count("330000") == 1


def test_neighbouring_numbers_stay_apart() -> None:
    assert {"2017", "500"} <= set(index_terms("En 2017 500 personnes", "fr").split())


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("北京大学", "zh", "他在北京大学学习"),
        ("北京", "zh", "他在北京大学学习"),
        ("京", "zh", "他在北京大学学习"),
        ("東京タワー", "ja", "昨日東京タワーに行った"),
        ("กรุงเทพ", "th", "เขาไปกรุงเทพเมื่อวาน"),
        ("서울", "ko", "그는 서울에 갔다"),
    ],
)
def test_scripts_without_spaces_are_found(question: str, language: str, text: str) -> None:
    asked = {term.surface for term in question_terms(question, language)}
    assert asked
    assert found(question, language, text, language) == asked


@pytest.mark.parametrize(
    "spellings",
    [
        ("Putin", "Poutine", "Путин", "Πούτιν"),
        ("Erdogan", "Erdoğan", "Эрдоган"),
        ("Netanyahu", "Netanyahou", "Нетаньяху"),
        ("Jerusalem", "Jérusalem", "Иерусалим"),
        ("Chekhov", "Tchekhov", "Чехов"),
    ],
)
def test_spellings_of_a_name_share_a_key(spellings: tuple[str, ...]) -> None:
    keys = {name_key(one) for one in spellings}
    assert len(keys) == 1
    assert None not in keys


def test_different_names_have_different_keys() -> None:
    names = ["Putin", "Ankara", "Merkel", "Macron", "Moscow", "Damascus", "Obama", "Trump", "Berlin", "Syria"]
    assert len({name_key(one) for one in names}) == len(names)


def test_a_name_is_found_across_alphabets_but_a_common_word_is_no_name() -> None:
    assert found("Why is Putin visiting Ankara?", "en", "Путин прибыл в Анкару.", "ru") >= {"putin"}
    assert name_key("poutine") is None


@pytest.mark.parametrize(
    ("language", "question", "words"),
    [
        ("fr", "Pourquoi Poutine se rend-il à Ankara ?", ["poutine", "rend", "ankara"]),
        ("en", "Why is Putin visiting Ankara?", ["putin", "visiting", "ankara"]),
        ("de", "Warum besucht Putin Ankara?", ["besucht", "putin", "ankara"]),
        ("tr", "Putin neden Ankara'ya gidiyor?", ["putin", "ankara", "gidiyor"]),
        ("ru", "Зачем Путин едет в Анкару?", ["путин", "едет", "анкару"]),
    ],
)
def test_stop_words_are_no_part_of_a_question(language: str, question: str, words: list[str]) -> None:
    assert [term.surface for term in question_terms(question, language)] == words


def test_a_question_of_stop_words_alone_keeps_them() -> None:
    assert question_terms("Qui est-ce ?", "fr")


def test_stop_words_are_folded_as_questions_are() -> None:
    from index.lexical import fold

    unfolded = {word for words in STOP_WORDS.values() for word in words if fold(word) != word}
    assert not unfolded


@given(st.text(max_size=200), st.sampled_from(["fr", "en", "tr", "zh", "xx", None]))
def test_any_text_gives_terms_that_the_full_text_index_takes_and_finds(
    text: str, language: str | None
) -> None:
    terms = index_terms(text, language).split()
    assert all('"' not in term and not any(sign.isspace() for sign in term) for term in terms)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE fulltext USING fts5 (terms, tokenize = 'ascii')")
    database.execute("INSERT INTO fulltext VALUES (?)", (" ".join(terms),))
    for term in question_terms(text, language):
        assert set(term.alternatives) & set(terms), term
        for one in set(term.alternatives) & set(terms):
            assert database.execute("SELECT 1 FROM fulltext WHERE fulltext MATCH ?", (f'"{one}"',)).fetchone()
    database.close()
