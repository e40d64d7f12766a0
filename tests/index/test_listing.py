"""Lists of articles: what a filter leaves, in which order, and in which parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import open_index

from index import Article, ArticleFilter, ArticleOrder, Index, Precision, Published
from index.fakes import HashEmbedder
from index.lexical import index_terms
from index.passages import embed_passages
from index.split import split_article


def put(index: Index, number: int, text: str = "", **fields: object) -> str:
    known: dict[str, object] = {
        "title": f"Title {number}",
        "language": "en",
        "source": "The Ledger",
        **fields,
    }
    article = Article(
        id=f"{number:016x}",
        version="1" * 12,
        text=text or f"Nothing much happened in village {number} that day, people said.",
        **known,  # type: ignore[arg-type]
    )
    passages = [(one, article) for one in split_article(article, 180)]
    index.catalog.add_pending(article, embed_passages(HashEmbedder(), passages))
    index.catalog.publish(article.id, article.version, [])
    return article.id


def dated(year: int, month: int = 1, day: int = 1, precision: Precision = Precision.DAY) -> Published:
    return Published(at=datetime(year, month, day, tzinfo=UTC), precision=precision)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(tmp_path / "data")
    opened.catalog._index_terms = index_terms
    yield opened
    opened.close()


def titles(index: Index, wanted: ArticleFilter | None = None, **how: object) -> list[str]:
    how.setdefault("order", ArticleOrder.TITLE)
    how.setdefault("descending", False)
    return [one.title for one in index.page(wanted, **how).articles]  # type: ignore[arg-type]


def test_an_empty_collection_has_an_empty_list(index: Index) -> None:
    page = index.page(ArticleFilter(text="anything"))
    assert (page.articles, page.total) == ((), 0)
    assert index.tally().sources == {} and index.tally().undated == 0


def test_titles_are_sorted_without_regard_to_case_and_accents(index: Index) -> None:
    for number, title in enumerate(("zebra", "Élan", "apple", "École", "Zoo", "eagle")):
        put(index, number, title=title)
    assert titles(index) == ["apple", "eagle", "École", "Élan", "zebra", "Zoo"]
    assert titles(index, descending=True) == ["Zoo", "zebra", "Élan", "École", "eagle", "apple"]


def test_what_is_not_known_comes_last_either_way(index: Index) -> None:
    put(index, 1, published=dated(2018))
    put(index, 2, published=None)
    put(index, 3, published=dated(2017))
    order = ArticleOrder.PUBLISHED
    assert titles(index, order=order) == ["Title 3", "Title 1", "Title 2"]
    assert titles(index, order=order, descending=True) == ["Title 1", "Title 3", "Title 2"]


def test_articles_are_sorted_by_their_passages(index: Index) -> None:
    put(index, 1, "One sentence follows the other in this long text of ours. " * 80)
    put(index, 2)
    assert titles(index, order=ArticleOrder.PASSAGES) == ["Title 2", "Title 1"]
    long = index.page(order=ArticleOrder.PASSAGES, descending=True).articles[0]
    assert long.passages == len(index.passages(long.id)) > 1


def test_filters_are_joined_by_and(index: Index) -> None:
    put(index, 1, source="Le Phare", language="fr", published=dated(2018, 2, 18))
    put(index, 2, source="Le Phare", language="de", published=dated(2018, 2, 18))
    put(index, 3, source=None, language="fr", published=dated(2018, 2, 18))
    put(index, 4, source="Le Phare", language="fr", published=None)
    wanted = ArticleFilter(
        sources=("Le Phare",), languages=("fr",), since=date(2018, 2, 18), until=date(2018, 2, 18)
    )
    assert titles(index, wanted) == ["Title 1"]
    assert titles(index, ArticleFilter(sources=("",))) == ["Title 3"]
    assert titles(index, ArticleFilter(sources=("", "Le Phare"), languages=("de",))) == ["Title 2"]
    tally = index.tally()
    assert tally.sources == {"Le Phare": 3, "": 1}
    assert (tally.articles, tally.languages, tally.undated) == (4, {"fr": 3, "de": 1}, 1)
    assert tally.published == {(date(2018, 2, 18), Precision.DAY): 3}


def test_each_kind_is_counted_within_what_is_chosen_of_the_others(index: Index) -> None:
    put(index, 1, source="Le Phare", language="fr", published=dated(2018, 2, 18))
    put(index, 2, source="Le Phare", language="de", published=dated(2019, precision=Precision.YEAR))
    put(index, 3, source="The Ledger", language="fr", published=dated(2018, 2, precision=Precision.MONTH))
    article = put(index, 4, source="The Ledger", language="fr", published=None)
    with index.catalog.writing() as connection:
        connection.execute("INSERT INTO feeds (id, url, key, added) VALUES (7, 'http://a.example/', 'a', 0)")
        entry = "INSERT INTO entries (feed, key, fingerprint, article_id, seen) VALUES (7, ?, 'f', ?, 0)"
        connection.executemany(entry, [("one", article), ("again", article), ("unread", None)])
    tally = index.tally(ArticleFilter(sources=("Le Phare",), languages=("fr",), until=date(2018, 12, 31)))
    assert tally.articles == 1
    assert tally.sources == {"Le Phare": 1, "The Ledger": 1}
    assert tally.languages == {"fr": 1}
    assert tally.published == {(date(2018, 2, 18), Precision.DAY): 1} and tally.undated == 0
    assert index.tally(ArticleFilter(sources=("The Ledger",))).feeds == {7: 1}
    assert index.tally().published == {
        (date(2018, 2, 1), Precision.MONTH): 1,
        (date(2018, 2, 18), Precision.DAY): 1,
        (date(2019, 1, 1), Precision.YEAR): 1,
    }


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (date(2017, 12, 31), None, ["month", "second", "year"]),
        (date(2018, 1, 1), None, []),
        (date(2017, 6, 1), date(2017, 6, 1), ["year"]),
        (None, date(2016, 12, 31), []),
        (date(2017, 12, 12), date(2017, 12, 12), ["day", "month", "year"]),
        (date(2017, 12, 13), date(2017, 12, 30), ["month", "year"]),
    ],
)
def test_a_date_counts_for_all_days_that_it_may_mean(
    index: Index, since: date | None, until: date | None, found: list[str]
) -> None:
    put(index, 1, title="year", published=dated(2017, precision=Precision.YEAR))
    put(index, 2, title="month", published=dated(2017, 12, precision=Precision.MONTH))
    put(index, 3, title="day", published=dated(2017, 12, 12))
    at = datetime(2017, 12, 31, 23, 59, 59, tzinfo=UTC)
    put(index, 4, title="second", published=Published(at=at, precision=Precision.SECOND))
    put(index, 5, title="undated", published=None)
    assert titles(index, ArticleFilter(since=since, until=until)) == found


def test_a_search_looks_into_titles_outlets_and_texts(index: Index) -> None:
    put(index, 1, title="Le président à Ankara", source="Aperçu")
    put(index, 2, "The reactor of Akkuyu will cost twenty billion dollars, engineers said.", title="Energy")
    put(index, 3, "Two words apart: reactor here.\n\n" + "Filler text goes on. " * 200 + "Akkuyu there.")
    assert titles(index, ArticleFilter(text="PRESIDENT ankara")) == ["Le président à Ankara"]
    assert titles(index, ArticleFilter(text="apercu")) == ["Le président à Ankara"]
    assert titles(index, ArticleFilter(text="akkuyu reactor")) == ["Energy"]
    assert titles(index, ArticleFilter(text="engin")) == ["Energy"], "a word finds those that begin with it"
    assert titles(index, ArticleFilter(text="énergy reactor")) == []


@pytest.mark.parametrize(
    "text", ['"', "a* OR b", "NEAR(", "'; DROP TABLE articles; --", "%", "_", "*", "\0", "ﷺ"]
)
def test_a_search_is_never_a_query_of_the_readers_own(index: Index, text: str) -> None:
    put(index, 1)
    assert index.page(ArticleFilter(text=text)).total in (0, 1)
    assert index.page().total == 1


def test_deleted_articles_are_in_no_list(index: Index) -> None:
    gone = put(index, 1, "The secret harbour of Brannock was dug in a single night.")
    put(index, 2)
    index.remove([gone])
    assert titles(index) == ["Title 2"]
    assert titles(index, ArticleFilter(text="Brannock")) == []
    assert index.tally().sources == {"The Ledger": 1}


@given(sizes=st.lists(st.integers(1, 4), max_size=6), order=st.sampled_from(ArticleOrder), down=st.booleans())
@settings(max_examples=15, deadline=None)
def test_the_parts_of_a_list_are_the_list(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], order: ArticleOrder, down: bool
) -> None:
    index = open_index(tmp_path_factory.mktemp("data"))
    for number in range(9):
        put(index, number, title=f"Title {number % 3}", source=None if number % 4 else "The Ledger")
    whole = [one.id for one in index.page(order=order, descending=down, limit=100).articles]
    parts: list[str] = []
    for size in sizes:
        page = index.page(order=order, descending=down, limit=size, offset=len(parts))
        assert page.total == 9
        parts += [one.id for one in page.articles]
    assert parts == whole[: len(parts)] and len(set(whole)) == 9
    index.close()


def test_lists_come_from_an_index_beside_the_texts(index: Index) -> None:
    put(index, 1)
    with index.catalog.reading() as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT a.id FROM articles a JOIN versions v ON v.article_id = a.id"
            " AND v.version = a.current_version ORDER BY v.published_at"
        ).fetchall()
    assert any("COVERING INDEX versions_listed" in row[3] for row in plan)
