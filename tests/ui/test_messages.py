"""Questions and answers in the chat."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import HOSTILE, MODEL, TRAP, FakeLibrary, make_answer, obedient_answer, written_answer

from assistant import Sentence, Status, Support
from ui.messages import answer_html, partial_html, question_html, stopped_html, trouble_html, waiting_html


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def test_each_sentence_links_to_its_own_sources() -> None:
    shown = answer_html(make_answer(FakeLibrary(), "lighthouse?"), 3)
    assert re.findall(r'<a class="cite" href="(#src-\d+-\d+)"[^>]*>\[(\d)\]</a>', shown) == [
        ("#src-3-1", "1"),
        ("#src-3-2", "2"),
    ]
    assert shown.count('<p dir="auto">') == 2


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


def test_quotes_that_only_come_near_are_shown_as_such() -> None:
    answer = make_answer(FakeLibrary(), "lighthouse?")
    shown = answer_html(replace(answer, tentative=True, language="de"), 1)
    assert "Not certain" in shown
    assert "Die Artikel beantworten diese Frage vielleicht nicht." in text_of(shown)
    assert shown.index("vielleicht") < shown.index('class="cite"')
    assert "Not certain" not in answer_html(answer, 1)


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


def test_a_weak_sentence_is_marked_and_says_why() -> None:
    shown = answer_html(written_answer(FakeLibrary(), "keeper?"), 1)
    assert '<span class="weak">The repair cost 43&#44;000 crowns&#46;</span>' in shown
    label = re.findall(r'<button type="button" class="flag.*?</button>', shown)
    assert [text_of(one) for one in label] == [
        "weakly supported: The passage does not have the number “43,000”."
    ]


def test_a_struck_sentence_is_shown_struck_out_with_the_reason_in_sight() -> None:
    shown = answer_html(written_answer(FakeLibrary(), "keeper?"), 1)
    struck, caught = re.findall(
        r'<del class="struck">([^<]*)</del> <span class="caught"[^>]*>(.*?)</span>', shown
    )[0]
    assert text_of(struck) == "Some 330 guests were rescued from the tower."
    assert text_of(caught) == (
        "Not supported. The passage does not have the number “330”. The passage does not say this."
    )


def test_a_quote_in_place_of_a_sentence_says_so_and_keeps_the_words_it_replaced() -> None:
    shown = answer_html(written_answer(FakeLibrary(), "keeper?"), 1)
    (block,) = re.findall(r"<blockquote.*?</blockquote>", shown)
    assert '<span class="quote" lang="fr" dir="auto">Le phare' in block and 'href="#src-1-2"' in block
    summary = text_of(re.findall(r"<summary>.*?</summary>", block)[0])
    assert summary.startswith("The model’s sentence was not supported and was replaced")
    removed = re.findall(r"<del.*?</del>", block)
    assert [text_of(one) for one in removed] == ["Admiral Brandt himself lit it again on Tuesday."]
    assert "the name “Admiral Brandt”" in text_of(block)


@pytest.mark.parametrize("support", [Support.WEAK, Support.UNSUPPORTED])
def test_a_marked_sentence_without_findings_has_a_reason_too(support: Support) -> None:
    answer = written_answer(FakeLibrary(), "keeper?")
    shown = answer_html(replace(answer, sentences=(Sentence(text="So it was.", support=support),)), 1)
    assert f'<span class="{support.value}">' in shown and text_of(shown).count("this") == 2


def test_it_says_who_wrote_an_answer() -> None:
    library = FakeLibrary()
    assert f"Written by {MODEL}, every sentence checked" in text_of(
        answer_html(written_answer(library, "keeper?"), 1)
    )
    assert "Quoted from the articles" in answer_html(make_answer(library, "phare?"), 1)
    assert "byline" not in answer_html(make_answer(library, "football?"), 1)


def test_the_completed_question_stands_above_the_answer_from_the_beginning() -> None:
    answer = replace(make_answer(FakeLibrary(), "phare?"), standalone="Who lit the <lamp>?")
    for shown in (
        answer_html(answer, 1),
        partial_html("So", "far", answer.standalone),
        waiting_html("Reading", answer.standalone),
        stopped_html("", 1, answer.standalone),
    ):
        assert "Searched for: Who lit the <lamp>?" in text_of(shown) and "<lamp>" not in shown
    assert "Searched for" not in answer_html(make_answer(FakeLibrary(), "phare?"), 1)


def test_a_sentence_links_to_each_of_its_sources_and_sentences_may_share_one() -> None:
    shown = answer_html(written_answer(FakeLibrary(), "keeper?"), 1)
    assert re.findall(r'href="#src-1-(\d)"', shown) == ["1", "2", "3", "2"]


def test_all_quotes_of_a_sentence_are_marked() -> None:
    answer = make_answer(FakeLibrary(), "lighthouse?")
    text = " and ".join(" ".join(one.quote.split()) for one in reversed(answer.citations))
    shown = answer_html(replace(answer, text=text, sentences=(Sentence(text=text, citations=(1, 2)),)), 1)
    assert re.findall(r'class="quote" lang="(..)"', shown) == ["fr", "en"]
    assert text_of(shown).startswith(text)


ALLOWED = {
    "div", "p", "span", "a", "button", "blockquote", "details", "summary", "del", "b", "br", "strong",
}  # fmt: skip


def only_ours(markup: str) -> bool:
    """Tell whether all markup is ours, and all on one line, so that it is no Markdown either."""
    tags = re.findall(r"<(/?)(\w*)([^>]*)>", markup)
    return (
        {name for _, name, _ in tags} <= ALLOWED
        and all("on" not in re.findall(r"\b(on)\w+=", rest) for _, _, rest in tags)
        and all(address.startswith("#src-") for address in re.findall(r'href="([^"]*)"', markup))
        and "src=" not in markup
        and "://" not in markup
        and "\n" not in markup
    )


def test_what_a_hostile_model_writes_is_only_text() -> None:
    answer = obedient_answer(FakeLibrary(), "obey")
    shown = answer_html(answer, 1)
    assert only_ours(shown)
    assert (
        text_of(shown).count(TRAP) >= 8
    )  # the question, sentences, replaced words, reasons, a warning, a name
    for part in (
        partial_html(TRAP, TRAP, TRAP),
        stopped_html(TRAP, 1, TRAP),
        trouble_html(TRAP, 1),
        waiting_html(TRAP),
    ):
        assert only_ours(part) and TRAP in text_of(part)


@given(st.text(max_size=60) | st.sampled_from([TRAP, HOSTILE.text]), st.booleans(), st.sampled_from(Support))
def test_no_text_of_a_model_becomes_markup(text: str, struck: bool, support: Support) -> None:
    sound = written_answer(FakeLibrary(), "keeper?")
    sentences = tuple(
        replace(one, text=text, struck=struck, support=support, replaced=one.replaced and text)
        for one in sound.sentences
    )
    answer = replace(sound, text=f"{text}\n\n{text}", sentences=sentences, model=text, standalone=text)
    assert only_ours(answer_html(answer, 1))
    assert only_ours(partial_html(f"{text}\n\n{text}", text, text))
