"""Refusing over the sample collection with the real model: own questions, not fitted on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, Status
from index import Index

pytestmark = pytest.mark.quality
HERE = Path(__file__).parent
CASES = json.loads((HERE / "abstention_cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, float]]:
    """Share of the questions of each kind that are refused."""
    with Index.open(tmp_path_factory.mktemp("abstention")) as index:
        index.add([HERE.parent.parent / "articles"])
        assistant = Assistant(index)
        counts, asked = Counter[str](), Counter[str]()
        for case in CASES:
            answer = assistant.ask(case["question"])
            asked[case["kind"]] += 1
            counts[case["kind"]] += answer.status is Status.NO_EVIDENCE
        yield {kind: counts[kind] / asked[kind] for kind in asked}


def test_questions_that_the_samples_answer_are_answered(refused: dict[str, float]) -> None:
    assert refused["answerable"] <= 0.1


def test_questions_on_something_else_are_refused(refused: dict[str, float]) -> None:
    assert refused["off_topic"] >= 0.85


def test_some_near_misses_and_false_premises_are_refused(refused: dict[str, float]) -> None:
    """A floor under a weak spot: the right people and places with a fact that is not there."""
    assert refused["near_miss"] + refused["false_premise"] >= 0.1
