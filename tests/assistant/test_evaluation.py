"""An evaluation from end to end over the sample articles: questions, figures, reports, regressions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant import (
    Answer,
    Citation,
    Done,
    Event,
    Finding,
    Problem,
    Retrieved,
    Sentence,
    Status,
    Support,
    Turn,
)
from assistant.cli import main
from assistant.evaluation import (
    Evaluated,
    EvaluationError,
    Kind,
    Plan,
    Report,
    command,
    evaluate,
    read_report,
    to_json,
    to_table,
    write_report,
)
from assistant.evaluation.compare import compare, to_text
from assistant.evaluation.facts import fold_text, overlap
from assistant.evaluation.questions import Collection, make_cases, read_collection
from assistant.evaluation.run import run_cases
from assistant.evaluation.written import read_question
from index import ArticleFilter, Hit, Index
from index.fakes import HashEmbedder, InMemoryVectors


class Quoting:
    """Quote the sentence found that shares most words with the question; refuse below `least`.

    With `confused`, every second question gets the sentence that shares fewest.
    """

    def __init__(self, index: Index, least: float = 0.35, confused: bool = False) -> None:
        self._index, self._least, self._confused = index, least, confused
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    def stream(
        self, question: str, history: Sequence[Turn] = (), within: ArticleFilter | None = None
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        hits = tuple(self._index.search(question, 10, within))
        yield Retrieved(hits=hits)
        pairs = [(hit, one) for hit in hits for one in self._index.sentences(hit.passage.id)]
        pairs.sort(key=lambda pair: -overlap(question, pair[1].text))
        confidence = overlap(question, pairs[0][1].text) if pairs else 0.0
        answer = Answer(
            question=question,
            status=Status.NO_EVIDENCE,
            text="No.",
            language="en",
            hits=hits,
            confidence=confidence,
        )
        if confidence >= self._least:
            hit, one = pairs[-1] if self._confused and len(question) % 2 else pairs[0]
            answer = replace(
                answer,
                status=Status.QUOTED,
                sentences=(Sentence(text=f"It says: “{one.text}”", citations=(1,)),),
                citations=(citation(hit, one.text, one.start, one.end),),
            )
        yield Done(answer=answer)


def citation(hit: Hit, quote: str, start: int, end: int) -> Citation:
    return Citation(
        number=1,
        passage_id=hit.passage.id,
        article_id=hit.article.id,
        title=hit.article.title,
        source=None,
        url=None,
        published=None,
        language=None,
        quote=quote,
        start=start,
        end=end,
    )


@dataclass(frozen=True)
class Said:
    support: Support
    findings: tuple[Finding, ...] = ()
    moved: bool = False


class Wording:
    """A verifier that believes a sentence whose every word the cited passages hold."""

    def __init__(self, index: Index, hits: Sequence[Hit]) -> None:
        self._texts = [fold_text(hit.passage.text) for hit in hits]

    def check(self, text: str, language: str | None, cited: Sequence[int]) -> Said:
        held = " ".join(self._texts[number - 1] for number in cited)
        if fold_text(text) in held:
            return Said(Support.SUPPORTED)
        return Said(Support.UNSUPPORTED, (Finding(problem=Problem.MEANING),))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    samples = Path(__file__).parent.parent.parent / "articles"
    data = tmp_path_factory.mktemp("data")
    with Index.open(data, embedder=HashEmbedder(), vectors=InMemoryVectors) as opened:
        opened.add([samples])
        yield opened


@pytest.fixture(scope="module")
def collection(index: Index) -> Collection:
    return read_collection(index, seed=0)


@pytest.fixture(scope="module")
def measure(index: Index) -> Callable[..., Report]:
    class Kept:
        """The index, left open when an evaluation is done with it."""

        def __enter__(self) -> Index:
            return index

        def __exit__(self, *_: object) -> None: ...

    def measured(make: Callable[[Index], Quoting] = Quoting, **options: object) -> Report:
        evaluated = Evaluated(make_assistant=make, verifier=Wording)
        plan = Plan(limit=100, **options)  # type: ignore[arg-type]
        return evaluate(plan, evaluated, open_index=lambda _: Kept())[0]  # type: ignore[arg-type,return-value]

    return measured


@pytest.fixture(scope="module")
def report(measure: Callable[..., Report]) -> Report:
    return measure()


def value(report: Report, name: str, group: str = "all") -> float:
    return next(one.value for one in report.figures if (one.name, one.group) == (name, group))


def test_questions_are_of_every_kind_and_the_same_for_the_same_seed(collection: Collection) -> None:
    cases = make_cases(collection, 80, seed=1)
    assert {case.kind for case in cases} == set(Kind) - {Kind.GIVEN, Kind.WRITTEN}
    assert [case.id for case in cases] == [case.id for case in make_cases(collection, 80, seed=1)]
    assert [case.id for case in cases] != [case.id for case in make_cases(collection, 80, seed=2)]
    assert len({case.id for case in cases}) == len(cases) <= 80
    assert len({case.language for case in cases if case.kind is Kind.GAP}) >= 5


def test_what_a_question_claims_of_its_answer_is_so(collection: Collection) -> None:
    texts = {article.id: fold_text(f"{article.title} {article.text}") for article in collection.articles}
    for case in make_cases(collection, 120, seed=3):
        assert case.answerable == bool(case.gold_articles)
        for one in case.gold_answers:
            assert f" {fold_text(one)} " not in f" {fold_text(case.question)} "
            assert all(fold_text(one) in texts[article] for article in case.gold_articles)
        if case.kind is Kind.HIDDEN:
            assert case.hidden


def test_a_hidden_article_is_not_found_and_others_are(index: Index, collection: Collection) -> None:
    hidden = [case for case in make_cases(collection, 80, seed=0) if case.kind is Kind.HIDDEN]
    asked: list[Answer] = []

    class Watching(Quoting):
        def stream(
            self, question: str, history: Sequence[Turn] = (), within: ArticleFilter | None = None
        ) -> Iterator[Event]:
            for event in super().stream(question, history, within):
                if isinstance(event, Done):
                    asked.append(event.answer)
                yield event

    assert len(list(run_cases(index, hidden, Watching))) == len(hidden) > 3
    for case, answer in zip(hidden, asked, strict=True):
        assert answer.hits
        assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
        assert not {hit.article.id for hit in answer.hits} & set(case.hidden)
        assert {hit.article.id for hit in index.search(case.question)} & set(case.hidden)


def test_figures_of_an_honest_assistant(report: Report) -> None:
    assert value(report, "quotes_exact") == value(report, "citation_recall") == 1.0
    assert value(report, "correct") > 0.9
    assert value(report, "refusal_recall", "off_topic") > 0.5
    assert 0.0 <= value(report, "aurc") < 0.7
    for figure in report.figures:
        assert figure.low <= figure.value <= figure.high
        assert figure.cases > 0
    text = to_table(report)
    assert "correct" in text
    assert "off_topic" in text


def test_the_verifier_is_measured_on_true_sentences_and_on_faults(report: Report) -> None:
    assert value(report, "true_rejected", "verification") == 0.0
    for fault in ("altered_number", "altered_name", "negated", "swapped_citation", "added_sentence"):
        assert value(report, f"caught_{fault}", "verification") == 1.0


def test_a_misplaced_quote_counts_against_the_answer(index: Index, collection: Collection) -> None:
    class Misplacing(Quoting):
        def stream(
            self, question: str, history: Sequence[Turn] = (), within: ArticleFilter | None = None
        ) -> Iterator[Event]:
            for event in super().stream(question, history, within):
                if isinstance(event, Done) and event.answer.citations:
                    moved = replace(event.answer.citations[0], start=event.answer.citations[0].start + 1)
                    event = Done(answer=replace(event.answer, citations=(moved,)))
                yield event

    cases = [case for case in make_cases(collection, 40, seed=0) if case.kind is Kind.GAP]
    results = list(run_cases(index, cases, Misplacing))
    assert [one.citation_recall for one in results if not one.refused] == [0.0] * len(results)
    assert sum(one.quotes_exact for one in results) == 0


def test_an_equal_run_is_no_regression_and_a_worse_one_is(
    report: Report, measure: Callable[..., Report]
) -> None:
    again = compare(report, measure())
    assert again.regressions == ()
    assert "No figure" in to_text(again)
    confused = compare(report, measure(lambda index: Quoting(index, confused=True)))
    assert "correct" in {change.name for change in confused.regressions}
    assert "Worse: correct" in to_text(confused)
    assert not compare(measure(lambda index: Quoting(index, confused=True)), report).regressions
    refusing = compare(report, measure(lambda index: Quoting(index, least=0.9)))
    assert "wrongly_refused" in {change.name for change in refusing.regressions}


def test_other_questions_are_compared_by_their_figures(
    report: Report, measure: Callable[..., Report]
) -> None:
    other = compare(report, measure(seed=5))
    assert not other.regressions
    assert any(not change.paired for change in other.changes)
    assert any("seed" in note for note in other.notes)
    worse = compare(report, measure(lambda index: Quoting(index, least=2.0), seed=5))
    assert {"correct", "wrongly_refused"} <= {change.name for change in worse.regressions}


def test_slower_answers_are_a_regression_unless_the_machine_is_busier(report: Report) -> None:
    def slowed(wall: float, processor: float) -> Report:
        results = [
            replace(one, seconds=wall * (1 + n % 3), cpu_seconds=processor * (1 + n % 3))
            for n, one in enumerate(report.results)
        ]
        return replace(report, results=tuple(results))

    quick = slowed(0.1, 0.1)
    assert [one.name for one in compare(quick, slowed(0.3, 0.3)).regressions] == ["cpu_seconds"]
    assert not compare(quick, slowed(0.12, 0.12)).regressions
    busy = compare(quick, slowed(0.9, 0.3))
    assert not busy.regressions
    assert any("busier" in note for note in busy.notes)


def test_a_report_survives_being_written_and_read(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(report, path)
    assert read_report(path) == report
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["schema"] == 1
    assert content["risk_coverage"][-1][0] == 1.0
    assert content["results"][0]["question"]
    assert to_json(report)["seed"] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json", "not JSON"),
        ("[]", "no report"),
        ('{"kind": "something else"}', "no report"),
        ('{"kind": "article-assistant evaluation", "schema": 99}', "form 99"),
        ('{"kind": "article-assistant evaluation", "schema": 1}', "damaged"),
        ('{"kind": "article-assistant evaluation", "schema": 1, "results": [{"x": 1}], "checks": [], "figures": []}', "damaged"),
    ],
)  # fmt: skip
def test_a_foreign_report_is_refused_in_a_sentence(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "earlier.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=said):
        read_report(path)


def test_an_interrupted_run_reports_what_it_has(index: Index, measure: Callable[..., Report]) -> None:
    class Leaving(Quoting):
        def stream(
            self, question: str, history: Sequence[Turn] = (), within: ArticleFilter | None = None
        ) -> Iterator[Event]:
            if len(self.asked) == 20:
                raise KeyboardInterrupt
            return super().stream(question, history, within)

    report = measure(Leaving)
    assert report.interrupted
    assert len(report.results) == 20
    assert "Interrupted" in to_table(report)


def write_set(folder: Path, questions: list[dict[str, object]], corpus: list[dict[str, object]]) -> Path:
    folder.mkdir(parents=True)
    for name, rows in (("corpus", corpus), ("questions", questions)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


CORPUS: list[dict[str, object]] = [
    {"id": "a/1", "title": "Ferry: “fire”\nat sea", "text": "The ferry burned off Valmere.", "lang": "en"},
    {"id": "a_1", "title": "", "text": "The orchard gave 4,200 tonnes of olives.", "date": "2018-02-01"},
    {"id": "copy", "title": "", "text": "The orchard gave 4,200 tonnes of olives.", "date": "2018-02-01"},
]
QUESTIONS: list[dict[str, object]] = [
    {"question": "How many tonnes of olives did the orchard give?", "answerable": True, "lang": "en",
     "gold_doc_ids": ["copy"], "gold_answers": ["none"], "gold_answers_en": ["4200"]},
    {"question": "And where did it burn?", "answerable": True, "gold_doc_ids": ["a/1"], "gold_answers": ["Valmere"],
     "history": [{"role": "user", "text": "What about the ferry?"}, {"role": "agent", "text": "It burned."}]},
    {"question": "Who wrote Middlemarch?", "answerable": False, "gold_doc_ids": [], "gold_answers": []},
]  # fmt: skip


@pytest.fixture
def hash_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every collection be opened with the hash embedder."""
    opened = Index.open.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(
        Index, "open", classmethod(lambda cls, *a, **k: opened(cls, *a, **k, embedder=HashEmbedder()))
    )


def test_a_set_is_indexed_once_and_its_questions_asked(tmp_path: Path, hash_embedder: None) -> None:
    folder = write_set(tmp_path / "sets" / "olives", QUESTIONS, CORPUS)
    asked: list[Quoting] = []

    def make(index: Index) -> Quoting:
        asked.append(Quoting(index))
        return asked[-1]

    plan = Plan(data=tmp_path / "sets", cache=tmp_path / "cache")
    report, _ = evaluate(plan, Evaluated(make_assistant=make))
    assert report.articles == 2  # the copy is one article with its original
    by_question = {result.question: result for result in report.results}
    olives = by_question["How many tonnes of olives did the orchard give?"]
    assert (olives.kind, olives.correct, olives.rank, olives.cites_gold) == ("olives", True, 1, True)
    assert by_question["Who wrote Middlemarch?"].refused
    histories = {history for one in asked for _, history in one.asked if history}
    assert histories == {(Turn(question="What about the ferry?", answer="It burned."),)}
    files = next((tmp_path / "cache").iterdir()) / "articles"
    before = {path: path.stat().st_mtime_ns for path in files.iterdir()}
    again, _ = evaluate(replace(plan, data=folder, limit=1), Evaluated(make_assistant=make))
    assert len(again.results) == 1
    assert {path: path.stat().st_mtime_ns for path in files.iterdir()} == before


@pytest.mark.parametrize(
    ("questions", "corpus", "said"),
    [
        ([{"question": "What?"}], CORPUS, "lacks its `question` or its `answerable`"),
        (QUESTIONS, [{"id": "x", "text": " "}], "no article with a text"),
        ([], CORPUS, "no questions"),
    ],
)
def test_a_set_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path,
    hash_embedder: None,
    questions: list[dict[str, object]],
    corpus: list[dict[str, object]],
    said: str,
) -> None:
    folder = write_set(tmp_path / "set", questions, corpus)
    with pytest.raises(EvaluationError, match=said):
        evaluate(Plan(data=folder, cache=tmp_path / "cache"), Evaluated(make_assistant=Quoting))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data", "{tmp}/missing"],
        ["--data", "{tmp}/empty"],
        ["--data", "{tmp}/empty", "--limit", "0"],
        ["--data", "{tmp}/empty", "--output", "{tmp}/no/such/folder.json"],
        ["--data", "{tmp}/empty", "--compare", "{tmp}/no-report.json"],
        ["--data", "{tmp}/broken"],
    ],
)
def test_the_command_fails_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    Index.open(tmp_path / "empty", embedder=HashEmbedder()).close()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "questions.jsonl.gz").write_bytes(b"no gzip")
    assert main(["eval", *(one.format(tmp=tmp_path) for one in arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert "Traceback" not in printed.err


def test_the_command_exits_with_1_where_something_got_worse(
    tmp_path: Path,
    hash_embedder: None,
    samples: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Index.open(tmp_path / "data") as index:
        index.add([samples])

    def run(least: float, *options: str) -> tuple[int, str]:
        made = Evaluated(make_assistant=lambda index: Quoting(index, least=least))
        monkeypatch.setattr(command, "evaluated", lambda _: made)
        code = main(["eval", "--data", str(tmp_path / "data"), "--limit", "40", "--quiet", *options])
        return code, capsys.readouterr().out

    earlier = tmp_path / "earlier.json"
    assert run(0.35, "--output", str(earlier))[0] == 0
    code, printed = run(0.35, "--compare", str(earlier))
    assert (code, "No figure" in printed) == (0, True)
    code, printed = run(2.0, "--compare", str(earlier), "--json")
    changes = {change["name"]: change for change in json.loads(printed)["comparison"]["changes"]}
    assert code == 1
    assert changes["wrongly_refused"]["regression"]
    assert not changes["hit@5"]["regression"]


def test_the_command_measures_the_assistant_and_its_verifier(
    tmp_path: Path, hash_embedder: None, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Index.open(tmp_path / "data") as index:
        index.add([samples])
    assert main(["eval", "--data", str(tmp_path / "data"), "--limit", "16", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    figures = {(figure["group"], figure["name"]): figure["value"] for figure in report["figures"]}
    assert len(report["results"]) <= 16
    assert ("verification", "caught_negated") in figures
    assert figures["all", "errors"] == 0.0
    assert figures["all", "hit@10"] > 0.5


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        ("How many people died in the fire?\nAnswer: three", True),
        ("Question: How many people died in the fire?\nAnswer: three.", True),
        ("How many people died in the fire?\nAnswer: four", False),
        ("Did three people die in the fire?\nAnswer: three", False),
        ("Combien de personnes sont mortes dans l'incendie ?\nRéponse : three", False),
        ("I cannot do that.", False),
        ("", False),
    ],
)
def test_a_written_question_is_kept_where_the_passage_holds_its_answer(
    collection: Collection, output: str, kept: bool
) -> None:
    text = "The fire on the ferry killed three people."
    english = next(one for one in collection.material.sentences if one.language == "en")
    case = read_question(output, replace(english, passage=replace(english.passage, text=text)))
    assert (case is not None) is kept
    if case:
        assert case.gold_answers == ("three",)
