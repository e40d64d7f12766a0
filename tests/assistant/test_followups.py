"""Questions that are suggested: none that does not get a quoted answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pages import FakeLibrary, article, make_answer

from assistant import Answer, Citation, Status
from assistant.followups import about_title, answerable, follow_ups

TEXT = (
    "The lighthouse was repaired because its lamp had cracked. It was Hester Brandt who paid for it, "
    "and Hester Brandt came to see it. The mason Oskar Lindqvist built the new stairs."
)
TOWER = article("tower", "The tower", TEXT)
OTHER = article("other", "The harbour of Skerrow freezes over", "Nothing of the kind was seen before.")


def quoting(*quotes: str, tentative: bool = False, status: Status = Status.QUOTED) -> Answer:
    """Make an answer of quotes of the tower."""
    citations = tuple(
        Citation(
            number=number,
            passage_id="tower:1:0",
            article_id="tower",
            title="The tower",
            source=None,
            url=None,
            published=None,
            language="en",
            quote=quote,
            start=TEXT.index(quote),
            end=TEXT.index(quote) + len(quote),
        )
        for number, quote in enumerate(quotes, 1)
    )
    text = " ".join(quotes)
    return Answer(
        question="Why was it repaired?",
        status=status,
        text=text,
        language="en",
        citations=citations,
        tentative=tentative,
    )


FIRST, BRANDT, MASON = (
    "The lighthouse was repaired because its lamp had cracked.",
    "It was Hester Brandt who paid for it",
    "The mason Oskar Lindqvist built the new stairs.",
)


def asking(**answers: Answer) -> tuple[Callable[[str], Answer], list[str]]:
    """Answer by the first known word of a question; also return what is asked."""
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        found = next((answer for word, answer in answers.items() if word in question), None)
        return found or make_answer(FakeLibrary(), "nothing of it")

    return ask, asked


def test_names_of_the_cited_article_become_questions_if_they_are_answered() -> None:
    ask, _ = asking(Brandt=quoting(BRANDT), Lindqvist=quoting(MASON))
    assert follow_ups(ask, quoting(FIRST), [TOWER]) == [
        "What do the articles report about Hester Brandt?",
        "What do the articles report about Oskar Lindqvist?",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        quoting(BRANDT, tentative=True),
        quoting(FIRST),
        quoting(MASON),
        quoting(BRANDT, status=Status.NO_EVIDENCE),
        replace(quoting(BRANDT), citations=()),
    ],
)
def test_what_is_not_surely_answered_with_something_new_on_the_name_is_not_suggested(answer: Answer) -> None:
    ask, asked = asking(Brandt=answer)
    assert follow_ups(ask, quoting(FIRST), [TOWER]) == [] and asked


def test_what_was_said_or_asked_already_is_not_asked() -> None:
    ask, asked = asking(Brandt=quoting(BRANDT))
    assert follow_ups(ask, quoting(BRANDT, MASON), [TOWER]) == [] and asked == []
    known = "What do the articles report about Hester Brandt?"
    assert known not in follow_ups(ask, quoting(FIRST), [TOWER], asked={known})


def test_other_titles_that_were_found_come_after_names() -> None:
    ask, _ = asking(harbour=quoting(MASON), Brandt=quoting(BRANDT))
    assert follow_ups(ask, quoting(FIRST), [TOWER, OTHER, None])[1:] == [
        "What do the articles say about “The harbour of Skerrow freezes over”?"
    ]
    assert follow_ups(ask, quoting(FIRST), [replace(OTHER, title_derived=True)]) == []


def test_names_in_another_language_are_spelled_otherwise_and_left_out() -> None:
    ask, asked = asking(Brandt=quoting(BRANDT))
    assert follow_ups(ask, quoting(FIRST), [replace(TOWER, language="de")]) == [] and asked == []


def test_it_tries_a_few_and_ends_when_nobody_wants_it_any_more() -> None:
    names = " ".join(f"Then came Anna Berg{letter}{letter.lower()}." for letter in "ABCDEFGHIJKLMNOP")
    ask, asked = asking()
    assert follow_ups(ask, quoting(FIRST), [replace(TOWER, text=names)], tries=4) == [] and len(asked) == 4
    ask, asked = asking()
    assert (
        follow_ups(ask, quoting(FIRST), [replace(TOWER, text=names)], wanted=lambda: False) == []
        and not asked
    )


def test_two_questions_that_lead_to_the_same_quote_are_one() -> None:
    ask, _ = asking(Brandt=quoting(BRANDT, MASON), Lindqvist=quoting(MASON))
    assert follow_ups(ask, quoting(FIRST), [TOWER]) == ["What do the articles report about Hester Brandt?"]


def test_a_refusal_leads_nowhere() -> None:
    ask, asked = asking(Brandt=quoting(BRANDT))
    assert follow_ups(ask, make_answer(FakeLibrary(), "football"), [TOWER]) == [] and asked == []


def test_a_title_becomes_a_question_in_its_language() -> None:
    assert about_title("Le phare\nrallumé", "fr") == "Que disent les articles de « Le phare rallumé » ?"
    assert about_title("X", None) == about_title("X", "xx") == "What do the articles say about “X”?"


def test_a_question_to_begin_with_needs_a_quote() -> None:
    ask, _ = asking(Brandt=quoting(BRANDT))
    assert answerable(ask, "Brandt?") and not answerable(ask, "football?")
