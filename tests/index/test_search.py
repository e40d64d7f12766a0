"""Hits are right, in order, from both lists, without copies, and bad questions are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collection import Index
from index.config import IndexConfig
from index.duplicates import near_identical
from index.errors import QuestionError
from index.fakes import HashEmbedder, InMemoryVectors
from index.retriever import article_retriever
from index.search import Searcher, coverage, weigh
from index.types import Hit, Via

STORY = (
    "The Russian president Vladimir Putin landed in Ankara on Monday to discuss Jerusalem and Syria with his"
    " Turkish counterpart Recep Tayyip Erdogan. The two men had already met in Sochi three weeks earlier."
    " Some 330,000 people live in the area that they spoke about, and aid has been slow to arrive there."
)
OTHERS = {
    "garden": "Tomatoes like warmth and a sunny wall. Water them in the morning and pinch out the side shoots.",
    "bridge": "The old bridge over the river will be closed for repairs until the summer, the mayor announced.",
    "chess": "The young master won the chess tournament after a long endgame with rook against bishop.",
    "ru": "Президент России Владимир Путин прибыл в Анкару, где его встретил турецкий лидер.",
    "zh": "记者昨天在北京大学采访了几位学生，他们谈到了新的图书馆。",
}

Write = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> Write:
    def one(name: str, text: str, **head: str) -> None:
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        (folder / f"{name}.md").write_text(f"---\n{lines}---\n\n{text}\n", encoding="utf-8")

    return one


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(
        tmp_path / "data",
        config=IndexConfig(),
        embedder=HashEmbedder(),
        vectors=lambda pointer: InMemoryVectors(pointer),
    ) as opened:
        yield opened


def names(hits: list[Hit]) -> list[str]:
    return [Path(hit.article.path or "").stem for hit in hits]


@pytest.fixture
def filled(index: Index, folder: Path, write: Write) -> Index:
    write("story", STORY, title="Putin in Ankara")
    for name, text in OTHERS.items():
        write(name, text, title=name)
    index.add([folder])
    return index


def test_the_article_that_answers_comes_first_with_its_evidence(filled: Index) -> None:
    hit = filled.search("Why is Putin visiting Ankara?")[0]
    assert names([hit]) == ["story"]
    assert hit.via is Via.BOTH
    assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text
    assert 0.3 < hit.coverage < 1  # both names, but no word of visiting


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Куда прилетел Путин?", "ru"),
        ("北京大学", "zh"),
        ("330 000", "story"),
        ("Do TOMATOES like a sunny wall?", "garden"),
        ("qu'a dit le maire du pont ? bridge", "bridge"),
    ],
)
def test_words_numbers_and_scripts_are_found(filled: Index, question: str, name: str) -> None:
    assert names(filled.search(question))[0] == name


def test_a_name_is_found_in_another_alphabet_by_words(filled: Index) -> None:
    filled.vectors.disable("no vectors")
    assert "ru" in names(filled.search("Putin"))


def test_ranks_count_from_one_and_scores_fall(filled: Index) -> None:
    hits = filled.search("Putin and Erdogan in Ankara", limit=6)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_limit_holds_and_the_same_question_gives_the_same_hits(filled: Index) -> None:
    assert len(filled.search("Putin in Ankara", limit=2)) == 2
    assert filled.search("Putin in Ankara", limit=0) == []
    assert filled.search("Putin in Ankara") == filled.search("Putin in Ankara")


@pytest.mark.parametrize("question", ["", "   \n", "?!…", "\u200b"])
def test_an_empty_question_is_refused(filled: Index, question: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        filled.search(question)


def test_an_endless_question_is_refused(filled: Index) -> None:
    with pytest.raises(QuestionError, match="100,000 characters"):
        filled.search("a" * 100_000)


@pytest.mark.parametrize(
    "question",
    [
        '"',
        'putin" OR "x',
        "putin AND (",
        "NEAR(putin ankara)",
        "terms:putin",
        "putin*",
        "-putin ^ankara",
        "a\x00b",
        "'; --",
    ],
)
def test_no_question_is_taken_for_a_query_language(filled: Index, question: str) -> None:
    if any(sign.isalnum() for sign in question):
        filled.search(question)
    else:
        with pytest.raises(QuestionError):
            filled.search(question)


@given(question=st.text(min_size=1, max_size=60))
def test_any_question_is_answered_or_refused(question: str, searcher: Searcher) -> None:
    try:
        hits = searcher.search(question, 5)
    except QuestionError:
        return
    assert len(hits) <= 5


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("searcher")
    (folder / "one.txt").write_text(STORY, encoding="utf-8")
    with Index.open(
        folder / "data", embedder=HashEmbedder(), vectors=lambda pointer: InMemoryVectors(pointer)
    ) as index:
        index.add([folder / "one.txt"])
        yield Searcher(index.catalog, index.vectors, index.embedder, index.config)


def test_without_vectors_words_are_searched_and_it_is_said(filled: Index) -> None:
    filled.vectors.disable("The vectors are damaged; run rebuild.")
    hits = filled.search("Why is Putin visiting Ankara?")
    assert names(hits)[0] == "story"
    assert {hit.via for hit in hits} == {Via.LEXICAL}
    assert hits[0].similarity > 0  # from the catalog
    assert "damaged" in (filled.degraded or "")
    filled.vectors.disable(None)
    filled.search("Putin")
    assert filled.degraded is None


def test_wire_copies_share_one_hit_that_names_the_earliest(index: Index, folder: Path, write: Write) -> None:
    write("late", STORY + " More soon.", title="Putin visits Ankara", date="2017-12-12")
    write("early", STORY, title="Visit to Ankara", date="2017-12-11")
    write("garden", OTHERS["garden"], title="Garden")
    index.add([folder])
    hits = index.search("Why is Putin visiting Ankara?")
    assert names(hits).count("early") == 1
    assert "late" not in names(hits)
    copies = hits[names(hits).index("early")].duplicates
    assert [names_of(index, one.article_id) for one in copies] == ["late"]


def names_of(index: Index, article_id: str) -> str:
    article = index.article(article_id)
    assert article is not None
    return Path(article.path or "").stem


def test_a_corrected_figure_is_not_hidden_behind_the_first_one(
    index: Index, folder: Path, write: Write
) -> None:
    write("first", STORY, title="Putin in Ankara", date="2017-12-11")
    write("corrected", STORY.replace("330,000", "350,000"), title="Putin in Ankara", date="2017-12-12")
    index.add([folder])
    hits = index.search("How many people live in the area Putin spoke about?")
    assert {"first", "corrected"} <= set(names(hits))


def test_one_long_article_does_not_crowd_out_others(index: Index, folder: Path, write: Write) -> None:
    long = "\n\n".join(
        f"Putin came to Ankara for talk number {number}. " + f"The delegation {number} sat down. " * 25
        for number in range(1, 12)
    )
    write("long", long, title="Talks")
    for name, text in OTHERS.items():
        write(name, text, title=name)
    index.add([folder])
    hits = index.search("Putin Ankara", limit=6)
    assert names(hits)[:3] == ["long"] * 3
    assert names(hits).count("long") == 3


def test_a_single_article_may_fill_the_list(index: Index, folder: Path, write: Write) -> None:
    write(
        "long", "\n\n".join(f"Putin came to Ankara, part {n}. " + f"Word{n} is said. " * 40 for n in range(8))
    )
    index.add([folder])
    assert len(index.search("Putin Ankara", limit=6)) == 6


def test_a_replaced_article_is_found_in_its_new_words_only(filled: Index, folder: Path, write: Write) -> None:
    write("story", "Submarines were seen near the island of Gotland this week, the navy said.", title="Navy")
    filled.add([folder])
    assert names(filled.search("submarines Gotland"))[0] == "story"
    assert not any("Sochi" in hit.passage.text for hit in filled.search("Putin Erdogan Sochi"))


def test_rare_words_weigh_more_than_common_ones() -> None:
    from index.lexical import question_terms

    class Frequencies:
        def document_frequencies(self, terms: object) -> dict[str, int]:
            return dict.fromkeys(terms, 0) | {"president": 90, "gotland": 2}  # type: ignore[call-overload, no-any-return]

        def passage_count(self) -> int:
            return 100

    weighed = weigh(Frequencies(), question_terms("president gotland", None))
    assert coverage(weighed, frozenset({"gotland"})) > 0.8
    assert coverage(weighed, frozenset({"gotland", "president"})) == pytest.approx(1)
    assert coverage(weighed, frozenset()) == 0


@given(
    st.frozensets(st.text(min_size=1, max_size=4), max_size=40),
    st.frozensets(st.text(min_size=1, max_size=4)),
)
def test_near_identity_is_symmetric_and_holds_of_a_text_and_itself(
    one: frozenset[str], other: frozenset[str]
) -> None:
    assert near_identical(one, one)
    assert near_identical(one, other) == near_identical(other, one)


def test_the_retriever_gives_nodes_with_what_a_citation_needs(filled: Index) -> None:
    nodes = article_retriever(filled, limit=2).retrieve("Why is Putin visiting Ankara?")
    hits = filled.search("Why is Putin visiting Ankara?", limit=2)
    assert [node.node.node_id for node in nodes] == [hit.passage.id for hit in hits]
    assert [node.score for node in nodes] == [hit.score for hit in hits]
    first = nodes[0]
    assert first.node.get_content() == hits[0].passage.text
    assert first.metadata["article_id"] == hits[0].article.id
    assert hits[0].article.text[first.metadata["start"] : first.metadata["end"]] == hits[0].passage.text
    assert {"title", "source", "url", "published", "language"} <= set(first.metadata)
