"""Measures by hand-computed values, and the statistics that tell noise from change."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.facts import fold_text
from assistant.evaluation.intervals import bootstrap_ratio, paired_ratio_test, sign_test, wilson
from assistant.evaluation.metrics import (
    alce,
    aurc,
    first_rank,
    holds_answer,
    recall,
    reciprocal_rank,
    risk_coverage,
    token_f1,
)

FOUND = [frozenset({"a"}), frozenset({"b", "copy of b"}), frozenset({"c"})]


def test_rank_and_recall_count_what_a_hit_stands_for() -> None:
    assert first_rank(FOUND, frozenset({"c", "copy of b"})) == 2
    assert first_rank(FOUND, frozenset({"z"})) == 0
    assert recall(FOUND, frozenset({"a", "z"})) == 0.5
    assert recall(FOUND, frozenset("abcdef")) == 1.0  # three hits cannot hold six articles
    assert (reciprocal_rank(4), reciprocal_rank(0), reciprocal_rank(11)) == (0.25, 0.0, 0.0)


def supported_by(*needed: set[str]) -> object:
    """A sentence is supported where the sources hold one of these sets."""
    return lambda _text, sources: any(group <= set(sources) for group in needed)


@pytest.mark.parametrize(
    ("needed", "cited", "expected"),
    [
        ([{"a"}], ["a"], (1.0, 1.0)),
        ([{"a"}], ["b"], (0.0, 0.0)),
        ([{"a"}], ["a", "b"], (1.0, 0.5)),  # b does not support it, and a does without b
        ([{"a", "b"}], ["a", "b"], (1.0, 1.0)),  # only both together
        ([{"a"}, {"b"}], ["a", "b"], (1.0, 1.0)),  # each by itself
        ([{"a", "b"}], ["a", "b", "c"], (1.0, 2 / 3)),
        ([{"a"}], [], (0.0, 0.0)),
    ],
)
def test_citation_recall_and_precision_are_those_of_alce(
    needed: list[set[str]], cited: list[str], expected: tuple[float, float]
) -> None:
    assert alce([("a sentence", cited)], supported_by(*needed)) == pytest.approx(expected)  # type: ignore[arg-type]


def test_alce_counts_sentences_and_citations_of_the_whole_answer() -> None:
    sentences = [("one", ["a"]), ("two", ["b", "c"]), ("three", [])]
    assert alce(sentences, supported_by({"a"})) == pytest.approx((1 / 3, 1 / 3))  # type: ignore[arg-type]
    assert alce([], supported_by({"a"})) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "gold", "held"),
    [
        ("Plus de 330 000 personnes", ["330,000"], True),
        ("He met ERDOĞAN in Ankara.", ["Erdogan"], True),
        ("There were 2700 of them", ["27"], False),
        ("An Iranian", ["Iran"], False),
        ("会議は東京で開かれた", ["東京"], True),
        ("anything", ["", "—"], False),
    ],
)
def test_an_answer_is_held_as_whole_words(text: str, gold: list[str], held: bool) -> None:
    assert holds_answer([text], gold) is held


def test_token_f1_takes_the_best_form() -> None:
    assert token_f1("the red ferry", ["a ferry", "red ferry"]) == pytest.approx(0.8)
    assert token_f1("nothing", ["else"]) == 0.0
    assert token_f1("東京", ["東 京"]) == 1.0


def test_risk_coverage_by_hand() -> None:
    points = risk_coverage([0.9, 0.8, 0.8, 0.1], [False, True, False, True])
    assert points == [(0.25, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]
    assert aurc(points) == pytest.approx(0.5 * (1 / 3) + 0.25 * 0.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_the_curve_ends_at_the_share_of_wrong_ones_whatever_the_order(
    cases: Sequence[tuple[float, bool]],
) -> None:
    shuffled = random.Random(1).sample(list(cases), len(cases))
    curve, other = (risk_coverage([c for c, _ in some], [w for _, w in some]) for some in (cases, shuffled))
    assert curve == other
    assert curve[-1] == (1.0, sum(wrong for _, wrong in cases) / len(cases))
    assert 0.0 <= aurc(curve) <= 1.0


def test_wilson_is_the_textbook_interval() -> None:
    interval = wilson(8, 10)
    assert (interval.low, interval.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 20).low == 0.0 < wilson(0, 20).high
    with pytest.raises(ValueError, match="nothing"):
        wilson(0, 0)


def test_the_bootstrap_covers_the_value_and_is_the_same_each_time() -> None:
    above, below = [1.0, 0.5, 0.0, 0.8] * 20, [1.0] * 80
    interval = bootstrap_ratio(above, below, seed=3)
    assert interval.value == pytest.approx(0.575)
    assert interval.low < interval.value < interval.high
    assert interval == bootstrap_ratio(above, below, seed=3)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 0.376 / 80**0.5, rel=0.15)


def test_only_a_lopsided_change_is_no_noise() -> None:
    assert sign_test(0, 8) == pytest.approx(2 / 2**8)
    assert sign_test(3, 5) > 0.7
    assert sign_test(0, 0) == 1.0
    same = ([1.0, 0.3, 0.0] * 30, [1.0] * 90)
    worse = ([0.6, 0.1, 0.0] * 30, [1.0] * 90)
    assert paired_ratio_test(same, same, seed=0) == 1.0
    assert paired_ratio_test(same, worse, seed=0) < 0.001


def test_folding_joins_the_digits_of_a_number_only() -> None:
    assert fold_text("1 234 567 in 12 34, 1,5") == "1234567 in 12 34 1 5"
