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
    "text", ["The park has 5 km² of woods.", "It grew to 10² metres.", "He said “no [sic] way”."]
)
def test_units_and_brackets_of_other_kinds_stay(text: str) -> None:
    assert cited(text) == [(text, ())]


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


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    stream = SentenceStream(None)
    sentences = [sentence for sign in text for sentence in stream.feed(sign)]
    sentences += stream.finish()
    assert all(any(sign.isalnum() for sign in sentence.text) for sentence in sentences)
