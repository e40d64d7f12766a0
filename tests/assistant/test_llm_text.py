"""The text of an answer as it comes in, and what is shown of an error."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.llm.failures import redacted
from assistant.llm.text import AnswerText, repetition_end


@example("SK", "00000000")
@example("key", "00000000")
@given(st.text(max_size=300), st.text(min_size=8, max_size=40))
def test_what_an_endpoint_says_is_made_fit_to_show(text: str, secret: str) -> None:
    shown = redacted(f"{text}{secret}{text} Bearer abcdefgh1 http://me:pw@host/", secret)
    assert len(shown) <= 160
    assert "abcdefgh1" not in shown and "pw@" not in shown
    assert not set(shown) & set('<>"`\n\x00')


# --- text


@given(st.lists(st.text(max_size=8), max_size=30))
def test_pieces_join_to_the_text(pieces: list[str]) -> None:
    text = AnswerText(1000)
    shown = "".join([*map(text.feed, pieces), text.end()])
    assert text.repeated or "think" in "".join(pieces) or shown == text.text
    shown.encode("utf-8")
    assert "\x00" not in shown and "\ufffd" not in shown


@given(
    st.text("abcdef <>/\n", max_size=40),
    st.text("thinkabc <>/", max_size=40),
    st.text("abcdef \n", min_size=1, max_size=40),
    st.integers(1, 7),
)
def test_thoughts_are_taken_out_wherever_they_are_cut(
    before: str, thought: str, after: str, step: int
) -> None:
    if any(
        tag in f"{part}<"
        for part in (before, thought)
        for tag in ("<think", "<thought", "</think", "</thought")
    ):
        return
    whole = f"{before}<think>{thought}</think>{after}"
    text = AnswerText(1000)
    shown = (
        "".join(text.feed(whole[start : start + step]) for start in range(0, len(whole), step)) + text.end()
    )
    assert text.repeated or shown == (before + after).lstrip()


@given(st.text("abcde .", min_size=1, max_size=80), st.integers(4, 6))
def test_repetitions_are_found(period: str, copies: int) -> None:
    text = "It began well: 1234567890. " + period * (copies * max(1, 60 // len(period)))
    end = repetition_end(text)
    assert end is not None and end <= len(text) - len(period)


@pytest.mark.parametrize(
    "text",
    [
        "The mayor said no. The mayor said no. And then the council met to vote on the plan for the year.",
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |",
        "He won in 2001 [1]. He won in 2002 [2]. He won in 2003 [3]. He won in 2004 [4].",
    ],
)
def test_what_only_looks_alike_is_no_repetition(text: str) -> None:
    assert all(repetition_end(text[:end]) is None for end in range(len(text) + 1))
