"""Why a source is one."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from pages import FakeLibrary, make_answer, written_answer

from index import Via
from ui.records import Record, from_text, to_text, worth_keeping
from ui.render import sources_html
from ui.why import why_html


def said(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_it_tells_how_a_passage_was_found_and_what_rests_on_it() -> None:
    answer = make_answer(FakeLibrary(), "lighthouse?")
    first, second = (said(why_html(answer, one)) for one in answer.citations)
    assert "Found by its meaning and by its words, as the first of the passages." in first
    assert "Nearness in meaning 0.80 of 1, and 50% of the weight" in first
    assert "lamp had cracked" in first and "word for word" in first and "vieux gardien" not in first
    assert "as number 2 of the passages" in second
    by_words = replace(answer, hits=tuple(replace(one, via=Via.LEXICAL, coverage=0.0) for one in answer.hits))
    assert "Found by its words," in said(why_html(by_words, answer.citations[0]))


def test_the_support_of_each_sentence_is_named() -> None:
    answer = written_answer(FakeLibrary(), "keeper?")
    texts = {one.number: said(why_html(answer, one)) for one in answer.citations}
    assert "it was lit again. supported" in texts[1]
    assert "43,000 crowns. weakly supported The passage does not have the number" in texts[3]


def test_what_was_kept_tells_the_same() -> None:
    answer = make_answer(FakeLibrary(), "lighthouse?")
    record = from_text(to_text(Record(question="?", answer=worth_keeping(answer))))
    assert record.answer and sources_html(FakeLibrary(), record.answer, 1) == sources_html(
        FakeLibrary(), answer, 1
    )
    assert len(record.answer.hits) == 2 and not any(one.passage.text for one in record.answer.hits)


def test_of_an_unknown_passage_only_the_sentences_are_told() -> None:
    answer = replace(make_answer(FakeLibrary(), "lighthouse?"), hits=())
    assert "Found" not in why_html(answer, answer.citations[0]) and "word for word" in why_html(
        answer, answer.citations[0]
    )
    assert why_html(replace(answer, sentences=()), answer.citations[0]) == ""


def test_nothing_of_an_article_becomes_markup() -> None:
    answer = make_answer(FakeLibrary(), "vault?")
    assert not re.search(r"<(img|script|b)\b", why_html(answer, answer.citations[0]))
