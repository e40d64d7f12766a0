"""What a question asks for is told from its question word, in the languages we speak."""

from __future__ import annotations

import pytest

from assistant.questions import Asks, Measure, gives, holds, is_statement, measure_asked, question_asks


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("why is Putin visiting Ankara?", Asks.REASON),
        ("Pourquoi Poutine se rend-il à Ankara ?", Asks.REASON),
        ("Warum reist Putin nach Ankara?", Asks.REASON),
        ("Putin neden Ankara'ya gidiyor?", Asks.REASON),
        ("Зачем Путин едет в Анкару?", Asks.REASON),
        ("How many people died?", Asks.NUMBER),
        ("Combien de passagers étaient à bord ?", Asks.NUMBER),
        ("Wie viele Passagiere waren an Bord?", Asks.NUMBER),
        ("¿Cuántos muertos hubo?", Asks.NUMBER),
        ("Сколько человек погибло?", Asks.NUMBER),
        ("Feribotta kaç kişi öldü?", Asks.NUMBER),
        ("When did the ferry sail?", Asks.TIME),
        ("Quand le ferry est-il parti ?", Asks.TIME),
        ("Where is the turbine?", Asks.PLACE),
        ("Où se trouve l'herbier ?", Asks.PLACE),
        ("Who found the mammoth?", Asks.PERSON),
        ("Кто нашёл мамонта?", Asks.PERSON),
        ("Yarışı kim kazandı?", Asks.PERSON),
        ("Tell me about the ferry", Asks.OTHER),
    ],
)
def test_question_asks(question: str, kind: Asks) -> None:
    assert question_asks(question) is kind


@pytest.mark.parametrize(
    ("kind", "with_it", "without"),
    [
        (Asks.NUMBER, "The fire killed 5 people.", "The fire killed people."),
        (Asks.TIME, "Elle est arrivée mardi 12 décembre.", "Elle est arrivée tard."),
        (Asks.REASON, "Der Laden bleibt, weil das Dorf ihn kauft.", "Der Laden bleibt."),
        (Asks.PERSON, "It was found by Prokopy Yarotsky.", "It was found by a fisherman."),
    ],
)
def test_a_sentence_holds_what_is_asked(kind: Asks, with_it: str, without: str) -> None:
    assert holds(kind, with_it, "?") > holds(kind, without, "?")


@pytest.mark.parametrize(
    ("question", "with_it", "without"),
    [
        ("How much did the turbine cost?", "It cost 14.6 million pounds.", "It lies 38 metres down."),
        ("Combien a coûté le voyage ?", "La facture atteint 18 000 euros.", "412 plantes étaient là."),
        ("Wie alt ist Gerda Harms?", "Inhaberin Gerda Harms, 68, hört auf.", "312 Einwohner zahlten."),
        ("¿Qué edad tiene la víctima?", "Murió una mujer de 58 años.", "Hubo 31 heridos."),
        ("What percentage of the skeleton is left?", "About 85 per cent is left.", "It is 3 metres high."),
        ("Сколько стоит билет?", "Билет обойдётся в 300 рублей.", "Скелету 38 тысяч лет."),
    ],
)
def test_a_number_needs_the_unit_that_is_asked_for(question: str, with_it: str, without: str) -> None:
    assert question_asks(question) is Asks.NUMBER
    assert holds(Asks.NUMBER, with_it, question) > holds(Asks.NUMBER, without, question)


@pytest.mark.parametrize(
    "headline",
    [
        "Three dead in ferry fire",
        "Un herbier de 1794 dormait dans le grenier de l'école",
        "Un chirurgien de marine a rassemblé cet herbier, qui a résisté à deux siècles d'oubli.",
        "Elf deutsche Urlauber wieder an Land",
    ],
)
def test_a_headline_asks_nothing(headline: str) -> None:
    assert is_statement(headline)


@pytest.mark.parametrize(
    "question",
    [
        "why is Putin visiting Ankara",
        "Putin neden Ankara'ya gidiyor",
        "The fire began where?",
        "普京为什么访问安卡拉",
        "كم عدد القتلى؟",
        "Ποιος βρήκε το μαμούθ;",
    ],
)
def test_a_question_is_told_by_its_mark_or_its_first_words(question: str) -> None:
    assert not is_statement(question)


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("How much did the turbine cost?", Measure.MONEY),
        ("Quel est l'âge de Joaquín Berlanga ?", Measure.AGE),
        ("Сколько денег рыбак получил за мамонта?", Measure.MONEY),
        ("Wie viel Prozent des Skeletts sind erhalten?", Measure.SHARE),
        ("How many people died?", None),
        ("What did the turbine cost the islanders in friendships?", None),
    ],
)
def test_the_measure_that_is_asked_for(question: str, measure: Measure | None) -> None:
    assert measure_asked(question) is measure


def test_a_text_gives_a_measure_or_does_not() -> None:
    assert gives(Measure.MONEY, "La facture atteint 18 000 euros.")
    assert not gives(Measure.MONEY, "412 plantes étaient là.")
    assert not gives(Measure.AGE, "31 passengers were hurt.")
