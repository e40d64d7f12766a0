"""What a question asks for is told from its question word, in the languages we speak."""

from __future__ import annotations

import pytest

from assistant.questions import Asks, holds, question_asks


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
