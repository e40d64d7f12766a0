from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.facts.quotations import quotation_in, quotations, speaker_conflict, unnamed_speaker


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “we will never give up” twice.", "we will never give up"),
        ("Il a dit : « Nous ne céderons pas », puis « non ».", "Nous ne céderons pas"),
        ("„Wir geben nie auf“, sagte er.", "Wir geben nie auf"),
        ("»Wir geben nie auf«, sagte er.", "Wir geben nie auf"),
        ('She said "we will win it" and left.', "we will win it"),
        ("'We will win it,' he said of the dogs' food.", "We will win it,"),
        ("‘It’s not my fault,’ she said.", "It’s not my fault,"),
        ("他说：“我们永远不会放弃。”", "我们永远不会放弃。"),
    ],
)
def test_finds_quotations_in_every_kind_of_marks(text: str, quoted: str) -> None:
    (quotation,) = quotations(text)
    assert quotation.text == quoted
    assert text[quotation.start : quotation.end] == quoted


def test_apostrophes_and_single_words_are_no_quotations() -> None:
    assert quotations("It's the dogs' food, it isn't Tom's, and the “so-called” deal.") == []


def test_a_quote_is_found_whatever_its_marks_dashes_and_blanks() -> None:
    passage = "Elle a dit : « Nous n’avons\u00a0pas peur – jamais… », mardi."
    place = quotation_in("Nous n'avons pas peur - jamais...", passage)
    assert place is not None
    assert passage[slice(*place)] == "Nous n’avons\u00a0pas peur – jamais"


@pytest.mark.parametrize(
    "quote",
    ["Nous n'avons plus peur", "nous n'avons pas peur", "ous n'avons pas peur", "Nous n'avons pas", ""],
)
def test_a_quote_that_differs_by_a_word_or_cuts_one_is_not_found(quote: str) -> None:
    passage = "« Nous n’avons passé que deux jours ici, nous n’avons pas eu peur », dit-elle."
    assert quotation_in(quote, passage) is None


@settings(max_examples=200)
@given(st.text(min_size=1), st.data())
def test_words_cut_out_of_a_passage_are_found_there(passage: str, data: st.DataObject) -> None:
    words = unicodedata.normalize("NFC", passage).split()
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    place = quotation_in(quote, passage)
    if any(letter.isalnum() for letter in quote):
        assert place is not None
    if place:
        assert 0 <= place[0] < place[1] <= len(passage)


@given(st.text(alphabet=st.sampled_from("ab c.,'\"“”„«»‘’‚「」é\u0301")))
def test_spans_slice_the_text_and_do_not_overlap(text: str) -> None:
    found = quotations(text)
    assert all(text[quotation.start : quotation.end] == quotation.text for quotation in found)
    assert all(one.end < other.start for one, other in pairwise(found))


PASSAGE = (
    "“We will not give in to pressure,” said French president Emma Laurent on Monday. "
    "Tom Berger wrote: “It will be a great day for us.”"
)


def test_a_quote_given_to_another_speaker_is_a_conflict() -> None:
    conflict = speaker_conflict("Tom Berger said: “We will not give in to pressure.”", PASSAGE)
    assert conflict is not None
    assert (conflict.named, str(conflict)) == ("Tom Berger", "Tom Berger")
    assert "Emma Laurent" in conflict.speaker
    assert speaker_conflict("“It will be a great day for us,” said Emma Laurent.", PASSAGE)


@pytest.mark.parametrize(
    "sentence",
    [
        "« We will not give in to pressure », a déclaré Emma Laurent.",
        "Laurent said: “We will not give in to pressure.”",
        "She said: “We will not give in to pressure.”",
        "“We will not give in to pressure” is the new line.",
        "“We will not give in at all,” said Tom Berger.",
    ],
)
def test_no_conflict_with_the_same_speaker_a_pronoun_or_none(sentence: str) -> None:
    assert speaker_conflict(sentence, PASSAGE) is None


def test_a_quote_whose_speaker_goes_unsaid_is_told() -> None:
    assert unnamed_speaker("“We will not give in to pressure” is the new line.", PASSAGE) == "Emma Laurent"
    assert unnamed_speaker("Am Montag hieß es: “It will be a great day for us.”", PASSAGE) == "Tom Berger"


@pytest.mark.parametrize(
    "sentence",
    [
        "“We will not give in to pressure” is the line of Laurent.",
        "“We will not give in to pressure,” she said.",
        "“We will not give in to pressure,” said the president.",
        "“We will not give in at all” is the new line.",
        "« We will not give in to pressure », selon la présidente.",
    ],
)
def test_a_speaker_who_is_named_or_meant_is_not(sentence: str) -> None:
    assert unnamed_speaker(sentence, PASSAGE) is None


def test_a_name_spelt_another_way_is_the_same_speaker() -> None:
    passage = "« Nous ne céderons pas à la pression », a déclaré lundi Vladimir Poutine."
    assert speaker_conflict("Putin said: “Nous ne céderons pas à la pression”.", passage) is None
    assert speaker_conflict("Selon Tom Berger, « Nous ne céderons pas à la pression ».", passage)
