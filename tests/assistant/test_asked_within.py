"""Answers under a filter rest on the articles that fit it, and refusals say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from filtered import FILTERS, QUESTIONS, write_articles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Status, Turn
from assistant.cli import main
from assistant.fakes import ScriptedModel
from assistant.llm import LanguageModel
from assistant.phrases import PHRASES
from assistant.quote import Calibration
from assistant.render import to_dict, to_terminal
from assistant.rewrite import standalone
from index import ArticleFilter, Index
from index.fakes import HashEmbedder

ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
NEVER = replace(Calibration.shipped(), threshold=1.1, threshold_across=1.1)
Ask = Callable[[str, ArticleFilter], Answer]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection in a real Chroma."""
    folder = tmp_path_factory.mktemp("within")
    write_articles(folder / "articles")
    with Index.open(folder / "data", embedder=HashEmbedder()) as index:
        index.add([folder / "articles"])
    return folder / "data"


@pytest.fixture(scope="module")
def index(data: Path) -> Iterator[Index]:
    with Index.open(data, embedder=HashEmbedder()) as opened:
        yield opened


def named(answer: Answer) -> set[str]:
    """Return the ids of all articles that an answer names in any way."""
    copies = {copy.article_id for one in answer.citations for copy in one.also}
    hits = {hit.article.id for hit in answer.hits}
    return copies | hits | {one.article_id for one in answer.citations}


@pytest.mark.parametrize("writes", [False, True], ids=["quoted", "written"])
def test_an_answer_names_no_article_outside_of_its_filter(index: Index, writes: bool) -> None:
    model = LanguageModel.of(
        ScriptedModel(["The harbour council voted for a new crane [1]. The mill grinds rye [2]."])
    )
    assistant = Assistant(index, calibration=ALWAYS, model=model if writes else None)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(within=FILTERS, question=st.sampled_from(QUESTIONS))
    def check(within: ArticleFilter, question: str) -> None:
        inside = {one.id for one in index.page(within, limit=1_000).articles}
        answer = assistant.ask(question, within=within)
        assert named(answer) <= inside
        assert bool(answer.citations) == bool(inside)
        assert answer.within == (None if within == ArticleFilter() else within)

    check()


def test_copies_are_named_where_nothing_is_filtered(index: Index) -> None:
    answer = Assistant(index, calibration=ALWAYS).ask(QUESTIONS[0])
    assert any(one.also for one in answer.citations)


def test_a_refusal_under_a_filter_says_of_how_many_articles(index: Index) -> None:
    within = ArticleFilter(sources=("La Vigie",))
    answer = Assistant(index, calibration=NEVER).ask("Who won the chess tournament?", within=within)
    assert answer.status is Status.NO_EVIDENCE
    assert answer.text.startswith("None of the articles that fit the filter (18) answers this question.")
    assert to_terminal(answer).endswith("Leave the filter out to ask all articles.")
    assert to_dict(answer)["within"]["outlets"] == ["La Vigie"]
    anywhere = Assistant(index, calibration=NEVER).ask("Who won the chess tournament?")
    assert "filter" not in to_terminal(anywhere) and to_dict(anywhere)["within"] is None


def test_where_no_article_fits_one_sentence_says_so(index: Index) -> None:
    within = ArticleFilter(sources=("La Vigie",), since=date(2030, 1, 1))
    answer = Assistant(index).ask("Quel conseil a voté pour la grue du port ?", within=within)
    assert (
        answer.text == "Aucun article ne correspond au filtre. Modifiez-le, ou interrogez tous les articles."
    )
    assert not answer.hits and answer.status is Status.NO_EVIDENCE


def test_an_empty_collection_is_called_so_under_a_filter_too(tmp_path: Path) -> None:
    with Index.open(tmp_path, embedder=HashEmbedder()) as empty:
        answer = Assistant(empty).ask("Who won?", within=ArticleFilter(languages=("fr",)))
    assert answer.text == PHRASES["en"].empty_collection


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_nothing_of_a_refusal_completes_a_follow_up(language: str) -> None:
    asked = "Why did the harbour council of Skerrow vote for the crane?"
    plain = standalone("and when?", [Turn(question=asked, answer="")])
    for said in (PHRASES[language].none_within.format(count="1,204"), PHRASES[language].nothing_fits):
        assert standalone("and when?", [Turn(question=asked, answer=f"{said} Admiral Brandt Holm.")]) == plain


@pytest.fixture
def run(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setattr("index.collection.make_embedder", lambda *_: HashEmbedder())
    monkeypatch.setattr(Calibration, "shipped", staticmethod(lambda: ALWAYS))

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--data", str(data)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_the_command_line_asks_within_a_filter(run: Callable[..., tuple[int, str, str]]) -> None:
    options = [
        "--outlet",
        "le courrier",
        "--outlet",
        "the ledger",
        "--language",
        "FR",
        "--since",
        "2017",
        "--until",
        "2018-02",
    ]
    code, out, err = run("ask", QUESTIONS[0], *options, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["within"] == {
        "outlets": ["Le Courrier", "The Ledger"],
        "languages": ["fr"],
        "feeds": [],
        "since": "2017-01-01",
        "until": "2018-02-28",
    }
    assert {one["language"] for one in answer["citations"]} == {"fr"}
    assert all(one["published"] in ("2017-12-08", "2018-02") for one in answer["citations"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--since", "yesterday-ish"],
            "“yesterday-ish” is no date that is understood; write 2017, 2017-12 or 2017-12-08.",
        ),
        (["--until", "2017-02-30"], "“2017-02-30” is no date"),
        (["--since", "2019", "--until", "2018"], "--since 2019 is after --until 2018; exchange them."),
        (["--outlet", "vigie"], "No article has the outlet “vigie”; there is “La Vigie”."),
        (["--outlet", "Le Courier"], "there is “Le Courrier”."),
        (["--outlet", "x" * 500], "there is “La Vigie”, “Le Courrier”, “The Ledger”."),
        (["--language", "klingon"], "No article is in the language “klingon”; there is “de”, “en”, “fr”."),
        (["--feed", "http://a.example/rss"], "No feed has the address or number http://a.example/rss"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_in_a_sentence(
    run: Callable[..., tuple[int, str, str]], options: list[str], said: str
) -> None:
    code, out, err = run("ask", QUESTIONS[0], *options)
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1
