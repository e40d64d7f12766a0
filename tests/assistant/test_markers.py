"""A model's text → sentences with the passage numbers they cite, however it is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.markers import SentenceStream, sentences_of


def cited(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.text, one.cited) for one in sentences_of(text, "en")]


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        (" [1].", (1,)),
        (".[1]", (1,)),
        (". [1]", (1,)),
        (" [1, 2].", (1, 2)),
        (" [1][2].", (1, 2)),
        (" [1] [2].", (1, 2)),
        (" [1-3].", (1, 2, 3)),
        (" [2 and 4].", (2, 4)),
        (" 【1】.", (1,)),
        (" 【4†source】.", (4,)),
        ("¹.", (1,)),
        (".¹²", (12,)),
        (" ¹ ².", (1, 2)),
        (". ¹", (1,)),
        (" ②.", (2,)),
        (" [1], [2].", (1, 2)),
        (" [1] and [2].", (1, 2)),
        (" [1]–[3].", (1, 2, 3)),
        (" ([1]).", (1,)),
        (" (see [1]).", (1,)),
        (" (Source: [1][2]).", (1, 2)),
        (" [[1]].", (1,)),
        (" [1](#1).", (1,)),
        (" [1](http://evil.example/?q=1).", (1,)),
        (" \\[1\\].", (1,)),
        (" [1 2].", (1, 2)),
        (" [1 to 3].", (1, 2, 3)),
        (" [1-3, 5].", (1, 2, 3, 5)),
        (" [passage 1, passage 2].", (1, 2)),
        (" [citation:1].", (1,)),
        (" [ID:1].", (1,)),
        (" [1: Northgate Wire, 9 December 2017].", (1,)),
        (" [1, Northgate Wire].", (1,)),
        (" [1†L3-L5].", (1,)),
        (" [^1^].", (1,)),
        (" {1}.", (1,)),
        ("<sup>1</sup>.", (1,)),
        (" <sup>[1]</sup>.", (1,)),
        (" 〔1〕.", (1,)),
        (" [１，２].", (1, 2)),
        (" [١، ٢].", (1, 2)),
        (" (1).", (1,)),
        (" (1, 2).", (1, 2)),
        (". (1)", (1,)),
        (" (passage 1).", (1,)),
        (" (see passage 1).", (1,)),
        (" [see 1].", (1,)),
        (" [1 – Northgate Wire].", (1,)),
        (" ^[1]^.", (1,)),
        (" according to [1] and [2].", (1, 2)),
        (", according to passage 1.", (1,)),
        (", as reported by passages 1 and 2.", (1, 2)),
        (" [].", ()),
        (" [Northgate Wire, 18 February 2018].", ()),
        (" [?].", ()),
        (" [number].", ()),
        (" [citation needed].", ()),
        (" [123456].", (123456,)),
        (" [passage 2].", (2,)),
        (" [^3].", (3,)),
        (" [Source: 3].", (3,)),
        (" ［１］.", (1,)),
        (" [0].", (0,)),
        (" [99].", (99,)),
        (" [1][1].", (1,)),
        (" [1-99].", (99,)),
    ],
)
def test_markers_of_many_forms_are_read_and_taken_out(marker: str, numbers: tuple[int, ...]) -> None:
    assert cited(f"The ferry caught fire{marker} Two people died [7].") == [
        ("The ferry caught fire.", numbers),
        ("Two people died.", (7,)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The park has 5 km² of woods.",
        "It grew to 10² metres.",
        "He said “no [sic] way”.",
        "“The dog[s] ran,” he said.",
        "“It was […] over.”",
        "Among the dead is Marta Olden (34).",
        "It burned down (2017).",
        "The first (1) and the second (2) came late.",
        "The act {of 1901} holds.",
    ],
)
def test_units_and_brackets_of_other_kinds_stay(text: str) -> None:
    assert cited(text) == [(text, ())]


def test_superscripts_in_a_row_are_one_number_only_where_there_is_such_a_passage() -> None:
    text = "The ferry caught fire.¹² Two died.³"
    assert [one.cited for one in sentences_of(text, "en", 10)] == [(1, 2), (3,)]
    assert [one.cited for one in sentences_of(text, "en", 12)] == [(12,), (3,)]


def test_round_brackets_are_a_marker_only_of_a_passage_that_there_is() -> None:
    assert sentences_of("Three died (4).", "en", 3)[0].text == "Three died (4)."
    assert sentences_of("Three died (3).", "en", 3)[0].cited == (3,)
    assert sentences_of("Three died (2) [1].", "en", 3)[0].text == "Three died (2)."


def test_an_answer_cut_in_a_marker_shows_nothing_of_it() -> None:
    for end in ("", "[", " [1", " 【2", " [1, "):
        [sentence] = sentences_of(f"Three people died{end}", "en")
        assert sentence.text == "Three people died", end


def test_markers_in_the_middle_belong_to_their_sentence() -> None:
    assert cited("Le Havre [1] and Brest [2] were closed.") == [("Le Havre and Brest were closed.", (1, 2))]


def test_markup_links_images_and_addresses_are_taken_out() -> None:
    text = (
        "**Bold** news ![x](http://evil.example/?q=1) from [the site](https://evil.example) <img src=x onerror=y>"
        " and https://evil.example/a?b or //evil.example/c [1]."
    )
    assert cited(text) == [("Bold news from the site and or.", (1,))]


def test_a_list_of_sources_at_the_end_is_left_out() -> None:
    assert cited("It rained [1].\n\nSources:\n[1] The Harbour Ledger\n[2] Le Courrier") == [
        ("It rained.", (1,))
    ]


def test_list_items_and_headings_become_sentences() -> None:
    assert cited("# Answer\n- One thing [1]\n- Another thing [2]") == [
        ("Answer", ()),
        ("One thing", (1,)),
        ("Another thing", (2,)),
    ]


@pytest.mark.parametrize("text", ["NO_ANSWER", "NO_ANSWER.", "**NO_ANSWER**", "no answer", "[NO_ANSWER]"])
def test_the_sentinel_is_understood_and_never_shown(text: str) -> None:
    stream = SentenceStream("en")
    assert [*stream.feed(text), *stream.finish()] == []
    assert stream.declined
    assert stream.draft == ""


@pytest.mark.parametrize(
    "text", ["The minister gave no answer to the press.", "No answer came.", "He has no answers, she said."]
)
def test_words_that_are_like_the_sentinel_are_no_sentinel(text: str) -> None:
    stream = SentenceStream("en")
    assert [one.text for one in [*stream.feed(text), *stream.finish()]] == [text]
    assert not stream.declined


def test_a_passage_named_in_words_is_a_citation() -> None:
    assert cited("According to passage 1, three died. As stated in [2], two left.") == [
        ("three died.", (1,)),
        ("two left.", (2,)),
    ]
    assert cited("According to the mayor, three died [1].") == [("According to the mayor, three died.", (1,))]


def test_the_numbers_of_a_list_are_no_sentences() -> None:
    assert cited("1. Three died [1].\n2. They saved 260 people [2].") == [
        ("Three died.", (1,)),
        ("They saved 260 people.", (2,)),
    ]


def test_the_sentinel_is_not_seen_while_it_is_being_written() -> None:
    stream = SentenceStream("en")
    for sign in "NO_ANSWER":
        stream.feed(sign)
        assert stream.draft == ""


def test_a_sentence_is_given_as_soon_as_the_next_has_begun() -> None:
    stream = SentenceStream("en")
    assert stream.feed("It rained [1]. ") == []
    assert stream.draft == "It rained."
    assert stream.feed("Then ") == []
    [first] = stream.feed("it sn")
    assert (first.text, first.cited) == ("It rained.", (1,))
    assert stream.draft == "Then it sn"


TEXTS = st.lists(
    st.sampled_from(
        ["It rained", "M. Dupont came", "普京访问安卡拉", " [1]", "[2, 3]", "【1】", ".", ". ", "\n\n", "!", "¹", "[", "]", "**",
         "http://x.example", "<b>", "NO_ANSWER", "- ", " “quoted words”", "[a](b)", "![", "](", "12,5 %", " "]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(TEXTS, st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_what_is_shown_holds_no_marker_link_or_markup_however_it_streams(text: str, steps: list[int]) -> None:
    stream = SentenceStream("en")
    sentences, at, turn = [], 0, 0
    while at < len(text):
        step = steps[turn % len(steps)]
        sentences += stream.feed(text[at : at + step])
        assert "://" not in stream.draft
        at, turn = at + step, turn + 1
    sentences += stream.finish()
    for sentence in sentences:
        assert sentence.text == " ".join(sentence.text.split())
        assert "://" not in sentence.text
        assert "[1]" not in sentence.text
        assert "NO_ANSWER" not in sentence.text
        assert all(0 < number < 1000 for number in sentence.cited)


MARKERS = st.sampled_from(
    ["[1].", " [1, 2].", " [1][2].", ".[3]", ". [3] [4]", " 【1】.", " 【4†source】.", "¹².", " (1).", ". (2)", " (see [1]).",
     " [1](http://evil.example).", "<sup>1</sup>.", " [passage 1, passage 2].", " {3}.", " [99].", " [0-3].", " \\[1\\].", "."]
)  # fmt: skip
CLAIMS = st.sampled_from(
    ["The ferry caught fire", "Mr. Olden, 34, left on 3 May", "He said “no”", "It cost 3.5 million"]
)


@settings(deadline=None)
@given(st.lists(st.tuples(CLAIMS, MARKERS), min_size=1, max_size=5), st.lists(st.integers(1, 9), min_size=1))
def test_a_marker_counts_the_same_wherever_the_stream_cuts_it(
    parts: list[tuple[str, str]], steps: list[int]
) -> None:
    text = " ".join(claim + marker for claim, marker in parts)
    stream = SentenceStream("en")
    sentences, at, turn = [], 0, 0
    while at < len(text):
        step = steps[turn % len(steps)]
        sentences += stream.feed(text[at : at + step])
        at, turn = at + step, turn + 1
        assert not set(stream.draft) & set("[]【】{}<>")
    assert sentences + stream.finish() == sentences_of(text, "en")


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    stream = SentenceStream(None)
    sentences = [sentence for sign in text for sentence in stream.feed(sign)]
    sentences += stream.finish()
    assert all(any(sign.isalnum() for sign in sentence.text) for sentence in sentences)
