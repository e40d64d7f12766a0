"""Questions and answers in the chat."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from pages import FakeLibrary, make_answer

from assistant import Status
from ui.messages import answer_html, question_html


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def test_each_sentence_links_to_its_own_sources() -> None:
    shown = answer_html(make_answer(FakeLibrary(), "lighthouse?"), 3)
    assert re.findall(r'<a class="cite" href="(#src-\d+-\d+)"[^>]*>\[(\d)\]</a>', shown) == [
        ("#src-3-1", "1"),
        ("#src-3-2", "2"),
    ]
    assert shown.count("<p") == 2


def test_a_quote_carries_its_articles_language() -> None:
    shown = answer_html(make_answer(FakeLibrary(), "lighthouse?"), 1)
    assert (
        text_of(re.findall(r'<span class="quote" lang="fr" dir="auto">.*?</span>', shown)[0])
        == "Le phare a été rallumé mardi soir par le vieux gardien."
    )


def test_a_marker_inside_a_quote_is_no_link() -> None:
    shown = answer_html(make_answer(FakeLibrary(), "vault?"), 1)
    assert shown.count("<a ") == 1 and "<img" not in shown and "<script" not in shown
    assert "holds [1] secret" in text_of(shown)


def test_an_answer_that_is_not_in_the_articles_says_so_calmly() -> None:
    shown = answer_html(make_answer(FakeLibrary(), "football?"), 1)
    assert "Not in the articles" in shown and "<a " not in shown and "no_evidence" in shown


def test_warnings_are_shown() -> None:
    answer = replace(
        make_answer(FakeLibrary(), "phare"), status=Status.DEGRADED, warnings=("Words only <b>.",)
    )
    shown = answer_html(answer, 1)
    assert "Words only <b>." in text_of(shown) and "<b>" not in shown


@pytest.mark.parametrize("question", ["<b>x</b>\n\n# y", "a\n\n![i](http://evil.example/i.png)\n\n- z"])
def test_a_question_is_shown_as_typed_in_one_block(question: str) -> None:
    shown = question_html(question)
    assert "\n" not in shown and text_of(shown.replace("<br>", "\n")) == question


def test_only_the_beginning_of_a_very_long_question_is_shown() -> None:
    assert len(text_of(question_html("x" * 100_000))) < 2_000
