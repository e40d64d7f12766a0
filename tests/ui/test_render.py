"""The cards beside an answer, and the state of the collection."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

from pages import HOSTILE, LIGHTHOUSE, TRAP, FakeLibrary, make_answer, obedient_answer, written_answer

from assistant.notes import also_in
from index import Copy, Correction, CorrectionKind, Precision, Published
from ui.render import sources_html, state_html


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def marked(markup: str) -> list[str]:
    return [text_of(one) for one in re.findall(r"<mark>.*?</mark>", markup, re.DOTALL)]


def test_a_card_shows_the_quote_in_its_place_and_what_is_known_of_the_article() -> None:
    library = FakeLibrary()
    shown = sources_html(library, make_answer(library, "lighthouse?"), 2)
    assert marked(shown) == [
        "The lighthouse was repaired because its lamp had cracked.",
        "It cost forty thousand crowns.",
        "Le phare a été rallumé mardi soir par le vieux gardien.",
    ]
    assert 'id="src-2-1"' in shown and 'id="src-2-2"' in shown
    for fact in ("The Harbour Ledger", "December 2017", "French", LIGHTHOUSE.title):
        assert fact in text_of(shown)
    assert re.findall(r'target="_blank" rel="([^"]+)"', shown) == ["noopener noreferrer nofollow"]


def test_hostile_articles_are_only_text() -> None:
    library = FakeLibrary()
    shown = sources_html(library, make_answer(library, "vault?"), 1)
    assert set(re.findall(r"<(\w+)", shown)) <= {
        "ul",
        "li",
        "bdi",
        "section",
        "h2",
        "p",
        "details",
        "summary",
        "span",
        "div",
        "time",
        "blockquote",
        "mark",
        "a",
    }
    assert "javascript" not in shown and '<a class="original' not in shown
    assert marked(shown) == [HOSTILE.text]


def test_an_article_that_changed_since_still_shows_the_quote() -> None:
    library = FakeLibrary()
    answer = make_answer(library, "phare?")
    for shelf in ((), tuple(replace(one, text="new " + one.text) for one in library.shelf)):
        shown = sources_html(FakeLibrary(shelf=shelf), answer, 1)
        assert marked(shown) == [answer.citations[0].quote]
        assert "changed or removed" in shown


def test_the_nearest_articles_are_shown_as_such() -> None:
    library = FakeLibrary()
    shown = sources_html(library, make_answer(library, "football?"), 1)
    assert "Nearest articles" in shown and "None of these answers" in shown
    assert "<mark>" not in shown and "src-1" not in shown
    assert shown.count("<details") == 3


def test_the_state_tells_what_is_there_and_what_is_wrong() -> None:
    library = FakeLibrary(degraded="The vectors are <gone>; run rebuild.")
    shown = state_html(library.status(), "loading the model…", None)
    for fact in (
        "4 articles",
        "12 passages",
        "3 languages",
        "loading the model…",
        "The vectors are <gone>",
    ):
        assert fact in text_of(shown)
    assert "<gone>" not in shown


def test_a_card_says_what_it_carries_only_weakly_and_which_card_has_the_same_article() -> None:
    library = FakeLibrary()
    answer = written_answer(library, "keeper?")
    shown = sources_html(library, replace(answer, citations=answer.citations[::-1]), 1)
    cards = re.findall(r"<details.*?</details>", shown)
    assert [re.findall(r'id="src-1-(\d)"', card) for card in cards] == [["1"], ["2"], ["3"]]
    assert "same article as 3" in cards[0] and "same article as 1" in cards[2] and "same" not in cards[1]
    assert "Weak support. The passage does not have the number “43,000”." in text_of(cards[2])
    assert "doubt" not in cards[0] + cards[1]
    assert marked(cards[2]) == ["It cost forty thousand crowns."]


def test_a_hostile_model_gets_no_markup_into_the_cards_or_the_state() -> None:
    library = FakeLibrary()
    for shown in (
        sources_html(library, obedient_answer(library, "obey"), 1),
        state_html(library.status(), None, None, TRAP, TRAP),
    ):
        assert not set(re.findall(r"<(\w+)", shown)) & {"img", "script"} and "evil.example/m" not in shown


def test_the_state_names_the_model_that_answers_and_what_is_wrong_with_it() -> None:
    library = FakeLibrary()
    shown = state_html(library.status(), None, None, "keeper-7b", "Nothing answers there.")
    assert "answers by keeper-7b" in text_of(shown) and "Nothing answers there." in text_of(shown)
    assert "needs attention" in shown and "answers by" not in state_html(library.status(), None, None)


def test_a_card_says_who_else_prints_the_words_and_that_they_were_corrected() -> None:
    library = FakeLibrary()
    answer = make_answer(library, "lighthouse?")
    hostile = Copy(
        article_id="c3",
        title="<img src=x onerror=alert(1)>",
        source="<b>Bold</b>",
        url="javascript:alert(2)",
        published=None,
    )
    copies = (
        Copy(
            article_id="c1", title="The lamp", source="The Courier", url="https://c.example/1", published=None
        ),
        Copy(article_id="c2", title="The lamp", source="The Vigil", url=None, published=None),
        hostile,
    )
    noted = Correction(
        kind=CorrectionKind.CORRECTION,
        published=Published(at=datetime(2017, 12, 9, tzinfo=UTC), precision=Precision.DAY),
        start=0,
        end=9,
    )
    first = replace(answer.citations[0], also=copies, correction=noted)
    shown = sources_html(library, replace(answer, citations=(first, *answer.citations[1:])), 1)
    assert "also in The Courier, The Vigil and <b>Bold</b>" in text_of(shown)
    assert "corrected December 9, 2017" in text_of(shown)
    assert "The same words in 3 other articles" in text_of(shown)
    assert 'href="https://c.example/1"' in html.unescape(shown)
    assert "<b>" not in shown and "<img" not in shown and "javascript" not in re.sub(r">[^<]*<", "><", shown)
    assert "same words" not in text_of(sources_html(library, answer, 1))


def test_many_outlets_are_counted() -> None:
    citation = make_answer(FakeLibrary(), "lighthouse?").citations[0]

    def printed(*sources: str | None) -> str | None:
        copies = tuple(
            Copy(article_id=str(n), title="T", source=source, url=None, published=None)
            for n, source in enumerate(sources)
        )
        return also_in(replace(citation, also=copies))

    assert printed() is None
    assert printed("A") == "also in A"
    assert printed("A", "A", "B") == "also in A and B"
    assert printed(*"ABCDEF") == "also in 6 outlets"
    assert printed(None) == "also in 1 other article"
    assert printed(citation.source) == "also in 1 other article"
    assert printed("A", None, None) == "also in 3 other places"
