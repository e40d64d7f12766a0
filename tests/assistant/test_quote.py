"""Choosing sentences and judging whether they answer: what is ranked, what is missing, what counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant, Status
from assistant.evidence import ACROSS_FEATURES, WITHIN_FEATURES, gather
from assistant.quote import (
    READ,
    READ_FEATURES,
    SENTENCE_FEATURES,
    Calibration,
    Choice,
    choose,
    pair,
    ranked,
    read,
    read_features,
    sentence_features,
)
from index import UNREAD, ArticleFilter, Index, detect_language
from index.fakes import HashEmbedder, InMemoryVectors, WordReader

SHIPPED = Calibration.shipped()
ARTICLES = {
    "visit.md": "---\ntitle: Putin in Ankara\nlanguage: en\n---\n"
    "Vladimir Putin met Recep Tayyip Erdogan in Ankara on 11 December 2017. They spoke about Syria.\n",
    "ferry.md": "---\ntitle: Three dead in ferry fire\nlanguage: en\n---\n"
    "Three people died when a ferry caught fire off Port-Valmere. The fire began on the car deck.\n",
    "mill.md": "---\ntitle: The mill of Almiron\nlanguage: en\n---\n"
    "The orchards gave 4,200 tonnes of olives. The mill will close in spring.\n",
    "shop.md": "---\ntitle: Der Dorfladen\nlanguage: de\n---\n"
    "Der Laden in Wendelshorst bleibt offen. Die Einwohner haben 93.600 Euro gesammelt.\n",
    "turbine.md": "---\ntitle: A turbine for Skerrow\nlanguage: en\n---\n"
    "The tidal turbine of Skerrow supplies 1,150 homes. It stands 38 metres under the sea.\n",
    "school.md": "---\ntitle: The herbarium\nlanguage: en\n---\n"
    "A teacher found 412 dried plants in the attic of her school. They date from 1794.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with _indexed(tmp_path_factory.mktemp("some"), ARTICLES) as opened:
        yield opened


def _indexed(folder: Path, articles: dict[str, str], reader: WordReader | None = None) -> Index:
    (folder / "articles").mkdir()
    for name, text in articles.items():
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    opened = Index.open(folder / "data", embedder=HashEmbedder(), vectors=InMemoryVectors, reader=reader)
    assert len(opened.add([folder / "articles"]).added) == len(articles)
    return opened


def asked(index: Index, question: str, language: str | None = "en") -> Choice:
    return choose(index, question, language, index.search(question), SHIPPED)


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("What is the capital of Mongolia?", "en", ("Mongolia",)),
        ("Did Vladimir Putin sing with Taylor Swift?", "en", ("Taylor Swift",)),
        ("Why did Vladimir Putin visit Ankara?", "en", ()),
        ("Зачем Владимир Путин приехал в Анкару?", "ru", ()),
        ("Où est la turbine de Skerrow ?", "fr", ()),
        ("how many homes have power?", "en", ()),
    ],
)
def test_names_that_no_passage_mentions_are_missing(
    index: Index, question: str, language: str, missing: tuple[str, ...]
) -> None:
    assert asked(index, question, language).missing == missing


def test_a_missing_name_or_number_makes_an_answer_less_likely(index: Index) -> None:
    plain = asked(index, "How many homes does the turbine of Skerrow supply?").confidence
    assert asked(index, "How many homes does the turbine of Mongolia supply?").confidence < plain
    assert asked(index, "How many homes does the turbine of Skerrow supply in 2031?").confidence < plain


def test_a_question_on_nothing_there_is_less_likely_answered(index: Index) -> None:
    there = asked(index, "How many homes does the tidal turbine of Skerrow supply?").confidence
    assert asked(index, "Who painted the Mona Lisa in Florence?").confidence < there


def test_without_passages_there_is_no_confidence(index: Index) -> None:
    assert choose(index, "Who won?", "en", [], SHIPPED) == Choice(candidates=(), confidence=0.0)


def test_a_single_article_is_not_held_against_an_answer(tmp_path: Path) -> None:
    question = "How many homes does the tidal turbine of Skerrow supply?"
    with _indexed(tmp_path, {"turbine.md": ARTICLES["turbine.md"]}) as alone:
        hits = alone.search(question)
        pairs = pair(alone, hits)
        features = sentence_features(alone, question, "en", pairs)
        evidence = gather(question, "en", hits, ranked(hits, pairs, features, range(len(pairs))))
        assert evidence.features["passage_stands_out"] > 0
        assert evidence.features["score_stands_out"] > 0
        assert "1,150" in asked(alone, question).candidates[0].sentence.text


def test_the_likeliest_sentence_tells_whether_languages_are_crossed(index: Index) -> None:
    assert (
        asked(index, "Wie viel Euro haben die Einwohner von Wendelshorst gesammelt?", "de").across_languages
        is False
    )
    assert asked(index, "Wendelshorst Euro 93.600", "fr").across_languages is True


@settings(max_examples=40, deadline=None)
@given(question=st.text(min_size=1, max_size=120).filter(lambda text: any(map(str.isalnum, text))))
def test_every_sentence_found_is_ranked_once_best_first(index: Index, question: str) -> None:
    hits = index.search(question)
    choice = choose(index, question, detect_language(question), hits, SHIPPED)
    assert 0 <= choice.confidence <= 1
    scores = [one.score for one in choice.candidates]
    assert scores == sorted(scores, reverse=True)
    spans = [(one.hit.passage.id, one.sentence.start) for one in choice.candidates]
    assert sorted(spans) == sorted((hit.passage.id, one.start) for hit, one in pair(index, hits))


def test_the_features_of_both_judges_are_always_told(index: Index) -> None:
    for question in ("?a", "Putin", "Why did the ferry burn in 2018?"):
        hits = index.search(question)
        pairs = pair(index, hits)
        features = sentence_features(index, question, "en", pairs)
        assert features.shape == (len(pairs), len(SENTENCE_FEATURES))
        evidence = gather(question, "en", hits, ranked(hits, pairs, features, range(len(pairs))))
        assert len(evidence.vector) == len(WITHIN_FEATURES)
        assert len(replace(evidence, across=True).vector) == len(ACROSS_FEATURES)


def test_the_shipped_calibration_has_a_weight_for_every_feature_and_no_other() -> None:
    content = json.loads((files("assistant") / "calibration.json").read_text(encoding="utf-8"))
    assert set(content["sentence_weights"]) == set(SENTENCE_FEATURES)
    assert set(content["within"]["weights"]) == set(WITHIN_FEATURES)
    assert set(content["across"]["weights"]) == set(ACROSS_FEATURES)
    assert set(content["read"]["weights"]) == set(READ_FEATURES)
    assert 0 < SHIPPED.threshold < 1
    assert 0 < SHIPPED.threshold_across < 1


READING = replace(SHIPPED, read_weights=tuple(float(name == "reading") for name in READ_FEATURES))
"""Listens to the reader alone."""


def test_what_the_reader_finds_is_quoted_and_the_confidence_is_as_without_it(
    tmp_path: Path, index: Index
) -> None:
    reader = WordReader()
    question = "when did the plants of the attic date from?"
    with _indexed(tmp_path, ARTICLES, reader) as read_index:
        assistant = Assistant(read_index, calibration=READING)
        answer = assistant.ask(question)
        assert answer.status is Status.QUOTED
        assert reader.passages_read == len(answer.hits) <= READ
        assert "dried plants in the attic" in assistant.rank(question)[0].sentence.text
        assert answer.confidence == Assistant(index, calibration=READING).ask(question).confidence


@pytest.mark.parametrize(
    "question",
    [
        "when did the plants of the attic date from?",
        "How many homes does the tidal turbine of Skerrow supply?",
        "Who painted the Mona Lisa in Florence?",
    ],
)
def test_a_question_that_is_only_tried_is_judged_as_ever_and_nothing_is_read_for_it(
    tmp_path: Path, question: str
) -> None:
    reader = WordReader()
    with _indexed(tmp_path, ARTICLES, reader) as read_index:
        assistant = Assistant(read_index)
        tried = assistant.skim(question)
        assert reader.passages_read == 0
        asked = assistant.ask(question)
        verdict = (tried.status, tried.tentative, tried.confidence)
        assert verdict == (asked.status, asked.tentative, asked.confidence)
        for citation in tried.citations:
            found = read_index.article(citation.article_id)
            assert found and found.text[citation.start : citation.end] == citation.quote
        german = ArticleFilter(languages=("de",))
        assert {one.language for one in assistant.skim(question, german).citations} <= {"de"}


def test_a_reader_that_cannot_load_is_one_sentence_and_the_answer_as_without_it(
    tmp_path: Path, index: Index
) -> None:
    question = "How many homes does the tidal turbine of Skerrow supply?"
    failing = WordReader(failure="The reader's weights are damaged; reinstall this package.")
    with _indexed(tmp_path, ARTICLES, failing) as broken:
        answer = Assistant(broken, calibration=READING).ask(question)
        without = Assistant(index, calibration=READING).ask(question)
    assert answer.text == without.text
    assert answer.confidence == without.confidence
    assert answer.status is Status.DEGRADED
    assert answer.warnings == (
        "The passages are ranked without reading them. "
        "The reader's weights are damaged; reinstall this package.",
    )


def test_passages_beyond_the_first_are_not_read(tmp_path: Path) -> None:
    many = {f"{n}.md": f"---\ntitle: Note {n}\n---\nThe harbour has {n} piers.\n" for n in range(READ + 4)}
    with _indexed(tmp_path, many, WordReader()) as read_index:
        hits = read_index.search("How many piers has the harbour?", READ + 3)
        pairs = pair(read_index, hits)
        readings = read(read_index, "How many piers has the harbour?", pairs)
        assert isinstance(readings, list)
        assert len(readings) == len(pairs) == READ + 3
        assert set(readings[READ:]) == {UNREAD}
        scores = sentence_features(read_index, "How many piers?", "en", pairs)[:, 0]
        features = read_features(pairs, scores, readings)
        assert features.shape == (len(pairs), len(READ_FEATURES))
        assert features[READ:, 1].max() < features[:READ, 1].min()
