"""Quoted answers: every quote stands in its article, and refusals cite nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Done, Retrieved, Status, Style, Token, Turn
from assistant.quote import Calibration
from assistant.render import to_dict, to_terminal
from index import Index, QuestionError
from index.fakes import HashEmbedder, InMemoryVectors

ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
NEVER = replace(Calibration.shipped(), threshold=1.1, threshold_across=1.1)
FERRY = """---
title: Three dead in ferry fire
date: 2018-02-18
source: Northgate Wire
url: https://northgate.example/ferry
---
Three people died when a ferry caught fire off Port-Valmere. Rescuers took 260 people off the ship.

The fire began on the car deck. Two people are missing. "We saw smoke," said one passenger.
"""
ORCHARD = "The orchard at Almiron gave 4,200 tonnes of olives. The mill closes in spring."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "ferry.md").write_text(FERRY, encoding="utf-8")
    (folder / "orchard.txt").write_text(ORCHARD, encoding="utf-8")
    data = tmp_path_factory.mktemp("data")
    with Index.open(data, embedder=HashEmbedder(), vectors=InMemoryVectors) as opened:
        assert len(opened.add([folder]).added) == 2
        yield opened


def check(index: Index, answer: Answer) -> None:
    """What holds for every answer, whatever was asked."""
    for citation in answer.citations:
        article = index.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert (citation.title, citation.url) == (article.title, article.url)
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for sentence in answer.sentences:
        assert set(sentence.citations) <= set(numbers)
        assert sentence.text in answer.text
        assert bool(sentence.citations) == (answer.status is not Status.NO_EVIDENCE)
    if answer.status is Status.NO_EVIDENCE:
        assert not answer.citations


def test_the_sentence_that_answers_is_quoted_with_who_says_it_and_when(index: Index) -> None:
    answer = Assistant(index, calibration=ALWAYS).ask("How many people died in the ferry fire?")
    check(index, answer)
    assert answer.status is Status.QUOTED
    assert "Three people died" in answer.citations[0].quote
    assert answer.sentences[0].text.startswith("According to Northgate Wire (February 18, 2018):")
    assert answer.text.startswith(answer.sentences[0].text + " [1]")
    assert answer.citations[0].url == "https://northgate.example/ferry"


def test_quotes_that_only_come_near_are_called_tentative(index: Index) -> None:
    question = "Combien de personnes sont mortes dans l'incendie du ferry ?"
    doubtful = replace(ALWAYS, sure=1.1, sure_across=1.1)
    answer = Assistant(index, calibration=doubtful).ask(question)
    check(index, answer)
    assert answer.status is Status.QUOTED
    assert answer.tentative
    assert to_terminal(answer).startswith("Les articles ne répondent peut-être pas à cette question.")
    assert to_dict(answer)["tentative"] is True
    certain = replace(ALWAYS, sure=0.0, sure_across=0.0)
    answer = Assistant(index, calibration=certain).ask(question)
    assert not answer.tentative
    assert "peut-être" not in to_terminal(answer)


def test_a_sum_that_no_article_gives_is_said_to_be_missing(index: Index) -> None:
    sure = replace(ALWAYS, threshold=1e-12, threshold_across=1e-12, lacking=0.0)
    answer = Assistant(index, calibration=sure).ask("How much money did the ferry off Port-Valmere cost?")
    check(index, answer)
    assert answer.status is Status.NO_EVIDENCE
    assert "They give no sum of money." in answer.text
    assert Assistant(index, calibration=sure).ask("How many people died in the ferry fire?").citations


@pytest.mark.parametrize("question", ["What gave olives in Almiron?", "Was gab in Almiron Oliven?"])
def test_what_mentions_no_name_of_the_question_is_not_quoted_beside_what_does(
    index: Index, question: str
) -> None:
    everything = replace(ALWAYS, quote_share=0.0)
    answer = Assistant(index, calibration=everything).ask(question, style=Style.DETAILED)
    check(index, answer)
    assert answer.citations
    assert all(citation.title.startswith("The orchard") for citation in answer.citations)
    nameless = Assistant(index, calibration=everything).ask("what gave olives?", style=Style.DETAILED)
    assert len({citation.title for citation in nameless.citations}) == 2


def test_a_headline_neither_stands_for_the_sentence_below_it_nor_runs_into_it(tmp_path: Path) -> None:
    articles = {
        "mill.txt": "The mill of Brannock is sold\n\nThe mill of Brannock was sold on Friday to a baker from Tarn. "
        "It had stood still since the flood.\n",
        "list.txt": "Harbour fees\n\nBoats of the mill\n\nCranes of the mill\n",
    }
    for name, text in articles.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Index.open(tmp_path / "data", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        index.add([tmp_path / name for name in articles])
        assistant = Assistant(index, calibration=replace(ALWAYS, quote_share=0.0))
        answer = assistant.ask("Is the mill of Brannock sold?")
        check(index, answer)
        quotes = [citation.quote for citation in answer.citations]
        assert any("sold on Friday to a baker" in quote for quote in quotes)
        assert not any("is sold" in quote or "\n" in quote for quote in quotes)
        assistant = Assistant(index, calibration=replace(ALWAYS, quote_share=1.0))
        answer = assistant.ask("Boats of the mill")  # no sentence comes near
        check(index, answer)
        assert [citation.quote for citation in answer.citations] == ["Boats of the mill"]


def test_a_refusal_speaks_the_askers_language_and_offers_what_is_near(index: Index) -> None:
    answer = Assistant(index, calibration=NEVER).ask("Combien de personnes sont mortes dans l'incendie ?")
    check(index, answer)
    assert answer.status is Status.NO_EVIDENCE
    assert answer.language == "fr"
    assert answer.text.startswith("Les articles ne répondent pas")
    assert answer.hits


def test_a_stream_gives_sources_first_and_its_pieces_make_the_text(index: Index) -> None:
    events = list(Assistant(index, calibration=ALWAYS).stream("Where did the fire begin?"))
    assert isinstance(events[0], Retrieved)
    assert isinstance(events[-1], Done)
    pieces = [event.text for event in events if isinstance(event, Token)]
    assert len(pieces) > 3
    assert "".join(pieces) == events[-1].answer.text


def test_a_short_answer_quotes_once_and_a_detailed_one_more_than_usual(index: Index) -> None:
    assistant = Assistant(index, calibration=replace(ALWAYS, quote_share=0.0))
    question = "What do the articles say of the ferry and the orchard?"
    answers = [assistant.ask(question, style=style) for style in Style]
    short, normal, detailed = (sum(len(one.quote) for one in answer.citations) for answer in answers)
    assert len(answers[0].citations) == 1 and short < normal < detailed  # neighbours are quoted as one
    assert assistant.ask(question) == assistant.ask(question, style=Style.NORMAL)


def test_an_empty_collection_says_so(tmp_path: Path) -> None:
    with Index.open(tmp_path / "empty", embedder=HashEmbedder(), vectors=InMemoryVectors) as empty:
        answer = Assistant(empty).ask("Who won?")
    assert answer.status is Status.NO_EVIDENCE
    assert "no articles" in answer.text


@pytest.mark.parametrize("question", ["", "   \n", "?!", "x" * 100_000])
def test_a_question_that_cannot_be_asked_is_refused_in_a_sentence(index: Index, question: str) -> None:
    with pytest.raises(QuestionError, match="question"):
        Assistant(index).ask(question)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_every_quote_stands_in_its_article_whatever_is_asked(index: Index, question: str) -> None:
    try:
        answer = Assistant(index, calibration=ALWAYS).ask(question)
    except QuestionError:
        return
    check(index, answer)


def test_a_history_of_500_turns_is_no_burden(index: Index) -> None:
    history = [Turn(question=f"What about item {n}?", answer=f"Item {n} is a boat. [1]") for n in range(499)]
    history.append(
        Turn(question="How did the ferry fire off Port-Valmere begin?", answer="On the car deck. [1]")
    )
    answer = Assistant(index, calibration=ALWAYS).ask("And how many died?", history)
    check(index, answer)
    assert answer.question == "And how many died?"
    assert answer.standalone is not None
    assert answer.standalone.startswith("And how many died?")
    assert "Port-Valmere" in answer.standalone
    assert len(answer.standalone) < 400


def test_a_new_topic_is_not_completed(index: Index) -> None:
    history = [Turn(question="How did the ferry fire begin?", answer="On the car deck. [1]")]
    answer = Assistant(index, calibration=ALWAYS).ask(
        "How many tonnes of olives did the orchard at Almiron give?", history
    )
    assert answer.standalone is None


@pytest.mark.parametrize(
    "question",
    ["なぜプーチンはアンカラを訪れるのか？", "למה פוטין מבקר באנקרה?", "ทำไมปูตินถึงไปอังการา", "🔥🔥 why?"],
)
def test_a_question_in_a_script_the_collection_lacks_gets_an_answer_or_a_refusal(
    index: Index, question: str
) -> None:
    check(index, Assistant(index).ask(question))
    check(index, Assistant(index, calibration=ALWAYS).ask(question))


WIRE = "The strike at the Almiron mill ended on Friday after nine days, the union of the millers said. "
MORE = "Work begins again on Monday at six, and the first olives are expected from the southern groves. "


def test_wire_copy_is_cited_once_with_the_other_outlets(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    outlets = {"Northgate Wire": "2018-02-18", "The Courier": "2018-02-19", "The Vigil": "2018-02-20"}
    for number, (source, date) in enumerate(outlets.items()):
        head = f"---\ntitle: Strike at the mill ends\nsource: {source}\ndate: {date}\n---\n"
        own = f"\n\nOur reporter in the valley counts {number} new houses by the river this year."
        (folder / f"{number}.md").write_text(f"{head}{WIRE}{MORE}{own if number else ''}", encoding="utf-8")
    with Index.open(tmp_path / "data", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        index.add([folder])
        answer = Assistant(index, calibration=ALWAYS).ask("When did the strike at the Almiron mill end?")
        check(index, answer)
        first = answer.citations[0]
        assert first.source == "Northgate Wire"
        assert {copy.source for copy in first.also} == {"The Courier", "The Vigil"}
        assert [one for one in answer.citations if "strike" in one.quote] == [first], "cited once"
        assert "also in The Courier and The Vigil" in to_terminal(answer)
        assert {one["source"] for one in to_dict(answer)["citations"][0]["also"]} == {
            "The Courier",
            "The Vigil",
        }
        index.remove([copy.article_id for copy in first.also], for_good=True)
        alone = Assistant(index, calibration=ALWAYS).ask("When did the strike at the Almiron mill end?")
        assert alone.citations[0].also == ()
        assert "also in" not in to_terminal(alone)


def test_a_correction_is_shown_with_the_citation(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    note = "Correction (9 March 2018): An earlier version of this article gave the wrong day."
    (folder / "a.md").write_text(
        f"---\ntitle: Strike ends\nsource: Northgate Wire\ndate: 2018-03-08\n---\n{WIRE}\n\n{note}\n",
        encoding="utf-8",
    )
    with Index.open(tmp_path / "data", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        index.add([folder])
        answer = Assistant(index, calibration=ALWAYS).ask("When did the strike at the Almiron mill end?")
        assert answer.citations[0].correction is not None
        assert "corrected March 9, 2018" in to_terminal(answer)
        assert to_dict(answer)["citations"][0]["correction"]["published"] == "2018-03-09"


def test_an_updated_article_is_answered_from_in_its_new_words_only(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    path = folder / "a.md"
    question = "When did the strike at the Almiron mill end?"
    with Index.open(tmp_path / "data", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        for day, date in (("Friday", "2018-02-18"), ("Thursday", "2018-02-19")):
            path.write_text(
                f"---\ntitle: Strike ends\ndate: {date}\n---\n{WIRE.replace('Friday', day)}", encoding="utf-8"
            )
            index.add([folder])
            answer = Assistant(index, calibration=ALWAYS).ask(question)
        check(index, answer)
        assert "Thursday" in answer.text
        assert "Friday" not in answer.text + "".join(hit.passage.text for hit in answer.hits)
        assert [one.published.isoformat() for one in answer.citations if one.published] == ["2018-02-19"]
        assert ["Friday" in one.text for one in index.versions(answer.citations[0].article_id)] == [
            True,
            False,
        ]
