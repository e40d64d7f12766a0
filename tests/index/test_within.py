"""A search within a filter finds the best passages of the articles that fit it, and nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from filtered import FILTERS, QUESTIONS, write_articles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import ArticleFilter, Index, IndexConfig, Via
from index import within as within_module
from index.fakes import HashEmbedder
from index.retriever import article_retriever
from index.within import Within


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A collection in a real Chroma."""
    folder = tmp_path_factory.mktemp("within")
    write_articles(folder / "articles")
    with Index.open(folder / "data", embedder=HashEmbedder()) as opened:
        assert not opened.add([folder / "articles"]).failures
        yield opened


@pytest.mark.parametrize("compared", [10_000, 1], ids=["compared", "asked of Chroma"])
def test_nothing_outside_of_a_filter_is_found_or_named(
    index: Index, compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(within_module, "COMPARED", compared)

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(wanted=FILTERS, question=st.sampled_from(QUESTIONS), limit=st.integers(1, 12))
    def check(wanted: ArticleFilter, question: str, limit: int) -> None:
        inside = {one.id for one in index.page(wanted, limit=1_000).articles}
        hits = index.search(question, limit, wanted)
        named = {hit.article.id for hit in hits} | {
            copy.article_id for hit in hits for copy in hit.duplicates
        }
        assert named <= inside
        assert bool(hits) == bool(inside)

    check()


def test_a_narrow_filter_still_finds_the_best_inside(index: Index, tmp_path: Path) -> None:
    """As if the collection held nothing else."""
    wanted = ArticleFilter(sources=("La Vigie",), languages=("de",))
    inside = index.page(wanted, limit=1_000).articles
    with Index.open(tmp_path / "small", embedder=HashEmbedder()) as small:
        small.add([one.path for one in inside if one.path])
        for question in QUESTIONS:
            found = [hit.passage.text for hit in index.search(question, 6, wanted)]
            assert sorted(found) == sorted(hit.passage.text for hit in small.search(question, 6))


def test_both_lists_look_inside_before_they_are_cut(tmp_path: Path) -> None:
    """What fits stands at the head of neither list of the whole collection, and is found in both."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(30):
        head = f"---\ntitle: Crane {number}\nsource: The Ledger\n---\n\n"
        text = (
            f"The harbour council voted for a crane at the pier, part {number}." + f" Note {number}." * number
        )
        (folder / f"{number}.md").write_text(head + text, "utf-8")
    last = (
        "---\ntitle: Tea\nsource: La Vigie\n---\n\nTea was served in the room where a council met for years."
    )
    (folder / "last.md").write_text(last, "utf-8")
    config = IndexConfig(candidates=3)
    with Index.open(tmp_path / "data", embedder=HashEmbedder(), config=config) as index:
        index.add([folder])
        question = "Did the harbour council vote for a crane?"
        assert "Tea" not in [hit.article.title for hit in index.search(question, 1)]
        [hit] = index.search(question, 1, ArticleFilter(sources=("La Vigie",)))
        assert hit.article.title == "Tea" and hit.via is Via.BOTH


def test_chroma_and_a_comparison_of_all_find_the_same(index: Index) -> None:
    within = Within(index.catalog, ArticleFilter(languages=("fr",)))
    for question in QUESTIONS:
        vector = index.embedder.embed_question(question)
        compared = within._by_comparison(vector, 3)
        asked = within._by_store(vector, 3, index.vectors, within.count()) or {}
        assert list(asked.values()) == pytest.approx(list(compared.values()), abs=1e-5)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2017, 12, 8), True),
        (date(2017, 12, 9), False),
        (date(2018, 2, 28), True),
        (date(2018, 3, 1), False),
    ],
)
def test_an_article_dated_to_a_month_counts_for_all_its_days(index: Index, day: date, found: bool) -> None:
    assert bool(index.search("harbour", 5, ArticleFilter(since=day, until=day))) == found


def test_without_vectors_a_filtered_search_has_those_of_the_catalog(index: Index) -> None:
    index.vectors.disable("The vectors are damaged; run rebuild.")
    try:
        hits = index.search("mill of Tarn", 3, ArticleFilter(languages=("fr",)))
        assert hits and {hit.article.language for hit in hits} == {"fr"}
        assert Via.BOTH in {hit.via for hit in hits} and index.degraded is None
    finally:
        index.vectors.disable(None)


def test_articles_of_a_feed_are_found_through_the_feed(index: Index) -> None:
    article = index.list_articles()[0]
    with index.catalog.writing() as connection:
        connection.execute("INSERT INTO feeds (id, url, key, added) VALUES (7, 'http://a.example/', 'a', 0)")
        connection.execute(
            "INSERT INTO entries (feed, key, fingerprint, article_id, seen) VALUES (7, 'k', 'f', ?, 0)",
            (article.id,),
        )
    assert {hit.article.id for hit in index.search("pier", 5, ArticleFilter(feeds=(7,)))} == {article.id}
    assert index.search("pier", 5, ArticleFilter(feeds=(8,))) == []


def test_a_retriever_has_a_filter_of_its_own(index: Index) -> None:
    nodes = article_retriever(index, 5, ArticleFilter(languages=("de",))).retrieve(QUESTIONS[0])
    assert nodes and {node.metadata["language"] for node in nodes} == {"de"}


def test_an_empty_filter_changes_nothing(index: Index) -> None:
    assert index.search(QUESTIONS[0], 5, ArticleFilter()) == index.search(QUESTIONS[0], 5)
