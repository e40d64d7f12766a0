"""Injected faults: each makes one false sentence, the same each time, in the language it had."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation.facts import Names, dates, fold_text, numbers, overlap
from assistant.evaluation.faults import (
    FaultKind,
    TrueSentence,
    added_sentence,
    altered_date,
    altered_number,
    inject,
    negated,
    swapped_citation,
)
from assistant.evaluation.questions import Collection, read_collection
from index import Index, Passage, detect_language
from index.fakes import HashEmbedder, InMemoryVectors

ALTERING = (FaultKind.NUMBER, FaultKind.NAME, FaultKind.DATE, FaultKind.NEGATION)


def passage(text: str, name: str = "p1", article: str = "a1") -> Passage:
    return Passage(id=name, article_id=article, version="1", number=0, start=0, end=len(text), text=text)


def sentence(text: str, language: str = "en") -> TrueSentence:
    return TrueSentence(text=text, language=language, passage=passage(text))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    samples = Path(__file__).parent.parent.parent / "articles"
    data = tmp_path_factory.mktemp("data")
    with Index.open(data, embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        index.add([samples])
        yield read_collection(index, seed=0)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_kind_finds_sentences_and_is_the_same_each_time(
    collection: Collection, kind: FaultKind
) -> None:
    material, made = collection.material, 0
    texts = {one.id: " ".join(one.text.split()) for one in material.passages}
    for number, one in enumerate(material.sentences):
        near = {one.passage.id: tuple(p for p in material.passages if p.id != one.passage.id)}
        fault = inject(kind, one, random.Random(number), replace(material, near=near))
        if number % 10 == 0:
            assert fault == inject(kind, one, random.Random(number), replace(material, near=near))
        if fault is None:
            continue
        made += 1
        assert fault.kind is kind
        assert (fault.text, fault.cited) != (one.text, (one.passage.id,))
        if kind in ALTERING:
            assert fault.cited == (one.passage.id,)
            assert overlap(one.text, fault.text) > 0.4
        elif kind is FaultKind.ADDED:
            assert fault.cited == (one.passage.id,)
            assert fault.text not in one.passage.text
        else:
            assert fault.text == one.text
            assert one.text not in texts[fault.cited[0]]
    assert made >= len(material.sentences) * 0.2


def test_faults_keep_the_language(collection: Collection) -> None:
    kept = total = 0
    for number, one in enumerate(collection.material.sentences):
        for kind in ALTERING:
            fault = inject(kind, one, random.Random(number), collection.material)
            if fault and detect_language(one.text) == one.language:
                total += 1
                kept += detect_language(fault.text) == one.language
    assert total > 200
    assert kept >= 0.98 * total


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The crew of 48 took 1,200 litres and 3.5 tonnes.", ["48", "1,200", "3.5"]),
        ("The Su-24 fell in 2015, on 24 November.", []),
        ("It is 85 % of 38 000 bones.", ["85", "38 000"]),
        ("A 71-year-old flew a B-52 with A4 paper.", ["71"]),
    ],
)
def test_numbers_are_no_dates_and_no_codes(text: str, found: list[str]) -> None:
    assert [span.text for span in numbers(text, "en")] == found


def test_an_altered_number_is_another_one_and_the_rest_stays() -> None:
    one = sentence("The crew of 48 took 1,200 litres aboard, five cats and a dog.")
    for seed in range(60):
        fault = altered_number(one, random.Random(seed))
        assert fault is not None
        old, new = fault.changed.split(" → ")
        assert fold_text(old) != fold_text(new)
        assert fault.text == one.text.replace(old, new, 1)
        assert fold_text(new) not in fold_text(one.text).split()
    assert altered_number(sentence("Nobody counted the cats."), random.Random(0)) is None


def test_an_altered_date_stays_in_its_form() -> None:
    fault = altered_date(sentence("Он прилетел 11 декабря и уехал.", "ru"), random.Random(2))
    assert fault is not None
    assert re.fullmatch(r"декабря → \w+[ая]", fault.changed)  # the genitive, as in the sentence
    assert [span.text for span in dates("On Monday, 3 May 2017", "en")] == ["Monday", "May", "2017"]
    assert not dates("May it rain 2017 m deep", "en")[1:]


@pytest.mark.parametrize(
    ("language", "text", "denied"),
    [
        ("en", "The ferry was towed to port.", "The ferry was not towed to port."),
        ("en", "They did not agree.", "They did agree."),
        ("fr", "Le ferry a quitté le port.", "Le ferry n'a pas quitté le port."),
        ("fr", "Ils ne sont pas venus.", "Ils sont venus."),
        ("fr", "Il y a deux ans, ils sont partis.", "Il y a deux ans, ils ne sont pas partis."),
        ("de", "Die Fähre wurde in den Hafen geschleppt.", "Die Fähre wurde nicht in den Hafen geschleppt."),
        ("de", "Es gibt keine Spur.", "Es gibt eine Spur."),
        ("es", "El barco ha llegado tarde.", "El barco no ha llegado tarde."),
        ("it", "La nave è arrivata tardi.", "La nave non è arrivata tardi."),
        ("pt", "O navio foi rebocado ontem.", "O navio não foi rebocado ontem."),
        ("nl", "Het schip werd gisteren gesleept.", "Het schip werd niet gisteren gesleept."),
        ("ru", "Судно прибыло в порт, капитан сообщил об этом.", "Судно не прибыло в порт, капитан сообщил об этом."),
        ("cs", "Loď byla odtažena do přístavu.", "Loď nebyla odtažena do přístavu."),
    ],
)  # fmt: skip
def test_negation_by_language(language: str, text: str, denied: str) -> None:
    fault = negated(sentence(text, language))
    assert fault is not None
    assert fault.text == denied


def test_negation_leaves_quotations_and_unknown_languages_alone() -> None:
    assert negated(sentence("He said: “It is over now.”")) is None
    assert negated(sentence("Geldi ve gitti.", "tr")) is None
    assert negated(sentence("Ninguna de las dos ha hablado de ello.", "es")) is None  # "no ha" says the same


def test_german_nouns_are_no_names() -> None:
    names = Names(
        [
            (
                "Am Montag sah der Kapitän die Fähre. Wladimir Putin reiste nach Ankara. Die Reise endete.",
                "de",
            ),
            ("On Monday Putin went to Ankara with a turkey.", "en"),
        ]
    )
    text = "Gestern sah die Fähre den Kapitän, und Wladimir Putin war in Ankara."
    assert [span.text for span in names.find(text, "de")] == ["Wladimir Putin", "Ankara"]


def test_what_says_the_same_is_no_other_passage() -> None:
    one = sentence("The ferry caught fire off Valmere and three people died.")
    copy = passage("Three people died when the ferry caught fire off Valmere.", "p2", "a2")
    other = passage("The orchard gave fewer olives than last year.", "p3", "a3")
    fault = swapped_citation(one, random.Random(0), [copy, other])
    assert fault is not None
    assert fault.cited == ("p3",)
    assert swapped_citation(one, random.Random(0), [copy]) is None
    assert added_sentence(one, random.Random(0), [sentence("The same article has more.")]) is None
