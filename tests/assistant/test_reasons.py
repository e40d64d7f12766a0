"""Why a sentence is marked, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Finding, Problem, Sentence, Support
from assistant.reasons import reason, reasons


def test_the_words_in_question_are_named() -> None:
    assert (
        reason(Finding(problem=Problem.NUMBER, detail="330")) == "The passage does not have the number “330”."
    )
    assert reason(Finding(problem=Problem.NAME, detail="{0}")) == "The passage does not have the name “{0}”."


@pytest.mark.parametrize("problem", Problem)
@given(st.text(max_size=500))
def test_every_problem_is_one_short_sentence(problem: Problem, detail: str) -> None:
    said = reason(Finding(problem=problem, detail=detail))
    assert said.endswith(".") and len(said) < 200 and "\n" not in said
    assert reason(Finding(problem=problem)).endswith(".")


def test_a_marked_sentence_always_has_a_reason_and_says_it_once() -> None:
    for support in (Support.WEAK, Support.UNSUPPORTED):
        assert reasons(Sentence(text="x", support=support))
    assert reasons(Sentence(text="x")) == ""
    twice = Sentence(text="x", support=Support.WEAK, findings=(Finding(problem=Problem.MEANING),) * 2)
    assert reasons(twice) == "The passage does not say this."
