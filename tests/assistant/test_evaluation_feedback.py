"""Feedback as the questions of an evaluation: what was good is expected again, what was missed is to be found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Status
from assistant.cli import main
from assistant.evaluation import Evaluated, EvaluationError, Plan, evaluate, read_report, to_table
from assistant.evaluation.from_feedback import feedback_cases
from assistant.evaluation.run import run_cases
from assistant.feedback import Feedback, Reason, Thumb
from assistant.feedback.export import to_csv, to_jsonl
from assistant.feedback.types import sources_of
from assistant.quote import Calibration
from index import ArticleFilter, Index
from index.fakes import HashEmbedder, InMemoryVectors

ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
FERRY = (
    "A ferry caught fire off Port-Valmere on Sunday. Three people died, and 260 were taken off the ship.\n"
)
OLIVES = "The orchard at Almiron gave 4,200 tonnes of olives. The mill closes in spring.\n"
DAY = datetime(2018, 3, 1, tzinfo=UTC)
BURNED = "What caught fire off Port-Valmere?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    (folder / "olives.txt").write_text(OLIVES, encoding="utf-8")
    with Index.open(
        tmp_path_factory.mktemp("data"), embedder=HashEmbedder(), vectors=InMemoryVectors
    ) as opened:
        opened.add([folder])
        yield opened


def vote(answer: Answer, thumb: Thumb = Thumb.UP, reason: Reason | None = None, **more: object) -> Feedback:
    known: dict[str, object] = {
        "id": answer.question,
        "thumb": thumb,
        "reason": reason,
        "question": answer.question,
        "answer": answer.text,
        "status": str(answer.status),
        "language": "en",
        "sources": sources_of(answer),
        "given": DAY,
        "changed": DAY,
        **more,
    }
    return Feedback(**known)  # type: ignore[arg-type]


def refusal(question: str) -> Answer:
    return Answer(question=question, status=Status.NO_EVIDENCE, text="No.", language="en")


@pytest.fixture
def votes(index: Index) -> list[Feedback]:
    good = Assistant(index, calibration=ALWAYS).ask(BURNED)
    return [
        vote(good),
        vote(refusal("Who won the cup?")),
        vote(refusal("How many olives were there?"), Thumb.DOWN, Reason.NOT_FOUND),
        vote(replace(good, question="When does the mill close?"), Thumb.DOWN, Reason.WRONG),
    ]


@pytest.mark.parametrize("write", [to_jsonl, to_csv])
def test_each_vote_becomes_what_it_tells(
    index: Index, votes: list[Feedback], tmp_path: Path, write: Callable[[list[Feedback]], str]
) -> None:
    file = tmp_path / "votes"
    file.write_text(write(votes), encoding="utf-8", newline="")
    told = feedback_cases(file, index, 10, quotes=True)
    assert told.left_out == 1
    good, refused, missed = told.cases
    assert good.answerable and good.gold_articles and all(one in FERRY + OLIVES for one in good.gold_answers)
    assert not refused.answerable and not refused.gold_articles
    assert missed.answerable and missed.question == "How many olives were there?"
    assert [one.group for one in told.cases] == ["good answer", "rightly refused", "was not found"]
    assert feedback_cases(file, index, 10, quotes=False).cases[0].gold_answers == ()
    assert len(feedback_cases(file, index, 1, quotes=True).cases) == 1


def test_the_latest_vote_on_a_question_counts_and_a_follow_up_is_asked_whole(
    index: Index, votes: list[Feedback], tmp_path: Path
) -> None:
    later = vote(refusal(BURNED.lower()), changed=DAY + timedelta(days=1))
    follow_up = vote(refusal("And there?"), standalone="What burned at Almiron?")
    file = tmp_path / "votes"
    file.write_text(to_jsonl([*votes[:1], later, follow_up]), encoding="utf-8")
    told = feedback_cases(file, index, 10, quotes=True)
    assert {one.question: one.answerable for one in told.cases} == {
        BURNED.lower(): False,
        "What burned at Almiron?": False,
    }


def test_articles_that_are_gone_are_not_expected(index: Index, votes: list[Feedback], tmp_path: Path) -> None:
    gone = replace(votes[0], sources=tuple(replace(one, article_id="gone") for one in votes[0].sources))
    file = tmp_path / "votes"
    file.write_text(to_jsonl([gone]), encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"No vote of .* \(1 read\)"):
        feedback_cases(file, index, 10, quotes=True)


def test_an_evaluation_asks_them_and_reports(index: Index, votes: list[Feedback], tmp_path: Path) -> None:
    file, output = tmp_path / "votes", tmp_path / "report.json"
    file.write_text(to_jsonl(votes), encoding="utf-8")

    class Kept:
        def __enter__(self) -> Index:
            return index

        def __exit__(self, *_: object) -> None: ...

    evaluated = Evaluated(make_assistant=lambda one: Assistant(one, calibration=ALWAYS))
    plan = Plan(feedback=file, output=output)
    report, _ = evaluate(plan, evaluated, open_index=lambda _: Kept())  # type: ignore[arg-type,return-value]
    figures = {(one.group, one.name): one.value for one in report.figures}
    assert figures["good answer", "correct"] == figures["good answer", "cites_gold"] == 1
    assert figures["was not found", "wrongly_refused"] == 0
    assert figures["rightly refused", "refusal_recall"] == 0  # it never refuses here
    assert "no answer to expect are left out: 1." in to_table(report)
    assert read_report(output) == report
    old = json.loads(output.read_text(encoding="utf-8"))
    del old["notes"]  # of a report from before there were any
    output.write_text(json.dumps(old), encoding="utf-8")
    assert read_report(output) == replace(report, notes=())


def test_a_bad_file_is_one_sentence_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    data = tmp_path / "data"
    with Index.open(data, embedder=HashEmbedder(), vectors=InMemoryVectors) as opened:
        (articles / "ferry.txt").write_text(FERRY, encoding="utf-8")
        opened.add([articles])
    bad = tmp_path / "bad"
    bad.write_bytes(b"\x00\xff")
    assert main(["eval", "--data", str(data), "--feedback", str(bad)]) == 2
    assert main(["eval", "--data", str(data), "--feedback", str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and "no export of feedback" in said[0] and "No such file" in said[1]


@pytest.mark.parametrize("write", [to_jsonl, to_csv])
def test_what_was_asked_under_a_filter_is_asked_under_it_again(
    index: Index, tmp_path: Path, write: Callable[[list[Feedback]], str]
) -> None:
    within = ArticleFilter(sources=("Le Courrier",), since=date(2018, 1, 1))
    said = refusal(BURNED)
    file = tmp_path / "votes"
    both = [
        vote(said, within=within),
        vote(replace(said, status=Status.QUOTED), Thumb.DOWN, Reason.NOT_FOUND),
    ]
    file.write_text(write(both), encoding="utf-8", newline="")
    told = {one.within: one for one in feedback_cases(file, index, 10, quotes=True).cases}
    assert told.keys() == {within, None} and told[within].id != told[None].id
    assistant = Assistant(index, calibration=ALWAYS)
    [result] = run_cases(index, [told[within]], lambda _: assistant)
    assert result.refused or not result.quotes
    [result] = run_cases(index, [told[None]], lambda _: assistant)
    assert result.quotes
