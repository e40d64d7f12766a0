"""The catalog: what goes in comes out, nothing that is not current is seen, and damage is named."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import make_first_format, plain_terms

from index.catalog import Catalog
from index.errors import IndexCorruptError, IndexFullError, IndexVersionError, StoreError
from index.fakes import HashEmbedder
from index.feed_store import FeedStore
from index.passages import embed_passages
from index.records import FileRecord
from index.schema import APPLICATION_ID, SCHEMA
from index.split import split_article
from index.text import clean_text
from index.types import Article, Precision, Published

ROOT = Path(__file__).parents[2]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite", index_terms=plain_terms)
    yield opened
    opened.close()


def an_article(text: str, *, id: str = "a" * 16, version: str = "1" * 12, **fields: object) -> Article:
    return Article(id=id, version=version, title="A title", text=text, **fields)  # type: ignore[arg-type]


def put(catalog: Catalog, article: Article, *, publish: bool = True) -> None:
    passages = split_article(article, 60)
    catalog.add_pending(article, embed_passages(HashEmbedder(), [(one, article) for one in passages]))
    if publish:
        for old in catalog.publish(article.id, article.version, []):
            catalog.discard(old)


dates = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
names = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
articles = st.builds(
    Article,
    id=st.just("b" * 16),
    version=st.just("2" * 12),
    title=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    title_derived=st.booleans(),
    text=st.text(max_size=2000).map(clean_text).filter(str.strip),
    path=names,
    url=names,
    source=names,
    author=names,
    published=st.none() | st.builds(Published, at=dates, precision=st.sampled_from(Precision)),
    fetched=st.none() | dates,
    language=st.none() | st.sampled_from(["fr", "en", "zh"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(article=articles)
def test_an_article_comes_out_as_it_went_in(catalog: Catalog, article: Article) -> None:
    catalog.retire(article.id)
    for old in catalog.unfinished():
        catalog.discard(old)
    put(catalog, article)
    assert catalog.article(article.id) == article
    assert list(catalog.articles()) == [article]
    passages = catalog.passages(article.id)
    assert passages == split_article(article, 60)
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        assert catalog.passages_by_id([passage.id]) == {passage.id: (passage, article)}
        for sentence in catalog.sentences(passage.id):
            assert article.text[sentence.start : sentence.end] == sentence.text
            assert passage.start <= sentence.start < sentence.end <= passage.end
    assert catalog.list_articles()[0].characters == len(article.text)
    assert catalog.list_articles()[0].published == article.published


def test_vectors_come_out_as_they_went_in(catalog: Catalog) -> None:
    article = an_article("The river rose. The bridge held. " * 30)
    put(catalog, article)
    passages = catalog.passages(article.id)
    expected = embed_passages(HashEmbedder(), [(one, article) for one in passages])
    stored = catalog.passage_vectors([one.id for one in passages])
    assert np.array_equal(stored, np.stack([one.vector for one in expected]))
    for one in expected:
        sentences = catalog.sentences(one.passage.id)
        assert [(s.start, s.end) for s in sentences] == list(one.spans)
        cosines = (np.stack([s.vector for s in sentences]) * one.sentence_vectors).sum(axis=1)
        assert cosines.min() > 0.999_99
    with pytest.raises(KeyError):
        catalog.passage_vectors(["unknown"])


def test_a_pending_version_is_invisible(catalog: Catalog) -> None:
    put(catalog, an_article("The old lighthouse stands."))
    put(catalog, an_article("The new reactor runs.", version="3" * 12), publish=False)
    put(catalog, an_article("The unborn glacier melts.", id="c" * 16), publish=False)
    assert catalog.match("reactor OR glacier", 10) == []
    assert catalog.document_frequencies(["reactor", "glacier", "lighthouse"]) == {
        "reactor": 0,
        "glacier": 0,
        "lighthouse": 1,
    }
    assert catalog.article("c" * 16) is None
    assert [one.text for one in catalog.passages("a" * 16)] == ["The old lighthouse stands."]
    assert catalog.passages_by_id([f"{'a' * 16}:{'3' * 12}:0", f"{'c' * 16}:{'1' * 12}:0"]) == {}
    assert catalog.sentences(f"{'a' * 16}:{'3' * 12}:0") == []
    counts = catalog.counts()
    assert (counts.articles, counts.passages, counts.pending) == (1, 1, 2)
    assert catalog.passage_count() == len(catalog.passage_ids()) == 1
    assert sorted(one.state for one in catalog.unfinished()) == ["pending", "pending"]


def test_a_replaced_text_is_found_nowhere(catalog: Catalog) -> None:
    put(catalog, an_article("The secret lighthouse stands."))
    old = [rowid for rowid, _ in catalog.match("lighthouse", 10)]
    put(catalog, an_article("The new reactor runs.", version="3" * 12))
    assert catalog.match("lighthouse", 10) == []
    assert catalog.passages_by_rowid(old) == {}
    assert [article.text for article in catalog.articles()] == ["The new reactor runs."]
    assert tables_with(catalog, "lighthouse") == ["history"]
    catalog.retire("a" * 16)
    assert tables_with(catalog, "lighthouse") == tables_with(catalog, "reactor") == []


def tables_with(catalog: Catalog, word: str) -> list[str]:
    """Return the tables that hold a word in any of their texts."""
    with catalog.reading() as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()
            for table in tables
            if "vocab" not in table
        }
    return [
        table
        for table, found in rows.items()
        if any(word in value for row in found for value in tuple(row) if isinstance(value, str))
    ]


def test_a_retired_article_is_gone_before_it_is_cleaned_up(catalog: Catalog) -> None:
    put(catalog, an_article("The old lighthouse stands."))
    (left,) = catalog.retire("a" * 16)
    assert left.passage_ids == (f"{'a' * 16}:{'1' * 12}:0",)
    assert catalog.match("lighthouse", 10) == []
    assert catalog.article("a" * 16) is None
    assert catalog.unfinished() == [left]
    catalog.discard(left)
    assert catalog.unfinished() == []
    assert catalog.retire("a" * 16) == []


def test_a_discard_never_touches_a_current_version(catalog: Catalog) -> None:
    put(catalog, an_article("The old lighthouse stands."), publish=False)
    (pending,) = catalog.unfinished()
    catalog.publish("a" * 16, "1" * 12, [])
    catalog.discard(pending)
    assert catalog.article("a" * 16) is not None


def test_better_matches_come_first(catalog: Catalog) -> None:
    put(catalog, an_article("The ferry met the ferry beside another ferry.", id="a" * 16))
    put(catalog, an_article("A ferry was late; the bridge and the river were calm.", id="b" * 16))
    put(catalog, an_article("Orchards and museums.", id="c" * 16))
    found = catalog.match("ferry", 10)
    assert [score > 0 for _, score in found] == [True, True]
    assert found[0][1] > found[1][1]
    both = catalog.passages_by_rowid([rowid for rowid, _ in found])
    assert [article.id[0] for _, article in both.values()] == ["a", "b"]
    assert len(catalog.match("ferry OR museums", 2)) == 2
    assert catalog.document_frequencies(["ferry", "bridge", "nothing"]) == {
        "ferry": 2,
        "bridge": 1,
        "nothing": 0,
    }


@pytest.mark.parametrize("expression", ['"open', "AND AND", "", "nocolumn:x", "a b) c"])
def test_an_invalid_expression_is_refused(catalog: Catalog, expression: str) -> None:
    with pytest.raises(ValueError, match="full-text"):
        catalog.match(expression, 10)


def test_terms_are_kept_whole(catalog: Catalog) -> None:
    put(catalog, an_article("été 東京 мост co-op 3.5"))
    terms = ["été", "東京", "мост"]
    assert catalog.document_frequencies(terms) == dict.fromkeys(terms, 1)


def test_many_ids_at_once(catalog: Catalog) -> None:
    put(
        catalog,
        an_article("\n".join(f"Line number{i} speaks of the river and the bridge." for i in range(3000))),
    )
    ids = catalog.passage_ids()
    assert len(ids) > 500
    assert list(catalog.passages_by_id([*ids, "unknown"])) == ids
    assert catalog.passage_vectors(ids[::-1]).shape == (len(ids), 128)
    assert len(catalog.sentences_by_id(ids)) == len(ids)
    assert len(catalog.document_frequencies([f"number{i}" for i in range(3000)])) == 3000


def test_files_are_remembered(catalog: Catalog) -> None:
    record = FileRecord(
        path="/x/\\xff.txt",
        article_id="a" * 16,
        role="owner",
        mtime_ns=1,
        size=2,
        hash="h",
        recipe="1",
        seen_ns=2**62,
    )
    put(catalog, an_article("The lighthouse."))
    catalog.save_files([record])
    assert catalog.file(record.path) == record
    assert catalog.files_of("a" * 16) == [record]
    catalog.retire("a" * 16)
    assert catalog.file(record.path) is None


def test_threads_read_while_one_writes(catalog: Catalog) -> None:
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                for article in catalog.articles():
                    passages = catalog.passages(article.id)
                    current = catalog.article(article.id)
                    assert {one.version for one in passages} <= {"%012d" % n for n in range(40)}
                    assert current is not None
                    assert len({one.version for one in passages}) == 1
        except BaseException as error:
            errors.append(error)

    put(catalog, an_article("Version 0 of the river. " * 40, version="%012d" % 0))
    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for number in range(1, 20):
        put(catalog, an_article(f"Version {number} of the river. " * 40, version="%012d" % number))
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []


def test_another_process_sees_what_is_committed(catalog: Catalog) -> None:
    code = (
        "import sys; from pathlib import Path; from index.catalog import Catalog;"
        "c = Catalog(Path(sys.argv[1]), index_terms=lambda t, l: t, read_only=True);"
        "[print(c.passage_count(), flush=True) for _ in sys.stdin]"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(catalog.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def seen() -> int:
        process.stdin.write("?\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        return int(process.stdout.readline())  # type: ignore[union-attr]

    assert seen() == 0
    put(catalog, an_article("The lighthouse."), publish=False)
    assert seen() == 0
    catalog.publish("a" * 16, "1" * 12, [])
    assert seen() == 1
    process.communicate()


def test_a_file_that_is_no_catalog_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(b"not a database, by no means" * 100)
    with pytest.raises(
        IndexCorruptError,
        match=r"restore it from a backup .article-assistant restore FILE --replace., or delete it",
    ) as error:
        Catalog(path, index_terms=plain_terms)
    assert str(path) in str(error.value)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(IndexCorruptError):
        Catalog(path, index_terms=plain_terms)
    with sqlite3.connect(path) as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")] == ["theirs"]


def test_a_newer_format_is_refused(catalog: Catalog) -> None:
    with sqlite3.connect(catalog.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexVersionError, match="update the program"):
        Catalog(catalog.path, index_terms=plain_terms)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_catalog_of_an_earlier_format_is_brought_up_to_date(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "catalog.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;"
        "INSERT INTO articles VALUES ('a', 'v', 0);"
        "INSERT INTO versions (article_id, version, state, title, title_derived, characters, text)"
        " VALUES ('a', 'v', 'ready', 'Old', 0, 4, 'Text');"
    )
    connection.close()
    catalog = Catalog(path, index_terms=plain_terms, read_only=read_only)
    article = catalog.article("a")
    assert article is not None
    assert (article.title, article.section) == ("Old", None)
    assert catalog.containers() == []
    catalog.close()


def test_overwritten_pages_are_corruption_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog(path, index_terms=plain_terms)
    for number in range(30):
        put(catalog, an_article(f"Article {number} of the river. " * 50, id=f"{number:016}"))
    catalog.close()
    content = bytearray(path.read_bytes())
    noise = random.Random(7)
    for start in range(4096, len(content), 4096):
        content[start : start + 4096] = noise.randbytes(4096)
    path.write_bytes(content)
    with pytest.raises(IndexCorruptError, match="damaged"):
        list(Catalog(path, index_terms=plain_terms).articles())


def test_a_full_disk_is_named_and_nothing_is_half_written(catalog: Catalog) -> None:
    put(catalog, an_article("The lighthouse stands."))
    with catalog.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    big = an_article("Much about the river. " * 5000, id="b" * 16)
    with pytest.raises(IndexFullError, match="free some"):
        put(catalog, big)
    assert catalog.unfinished() == []
    put(catalog, big)  # a new connection has no such limit
    assert catalog.counts().articles == 2


def test_reading_only_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Catalog(tmp_path / "catalog.sqlite", index_terms=plain_terms, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_dates_before_1970_survive(catalog: Catalog) -> None:
    at = datetime(1794, 3, 21, tzinfo=UTC) + timedelta(hours=3)
    put(catalog, an_article("An old gazette.", published=Published(at=at, precision=Precision.SECOND)))
    assert catalog.list_articles()[0].published == Published(at=at, precision=Precision.SECOND)


def test_a_catalog_of_the_first_format_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog(path, index_terms=plain_terms)
    put(catalog, an_article("The old reactor runs."))
    catalog.close()
    make_first_format(path)
    reader = Catalog(path, index_terms=plain_terms, read_only=True)
    assert FeedStore(reader).feeds() == [] and FeedStore(reader).dismissed(["a" * 16]) == set()
    assert [article.text for article in reader.articles()] == ["The old reactor runs."]
    writer = Catalog(path, index_terms=plain_terms)
    (added,) = FeedStore(writer).add([("http://news.example/feed", None)], datetime.now(UTC))
    assert [feed.url for feed in FeedStore(reader).feeds()] == [added.url]
    assert [article.text for article in writer.articles()] == ["The old reactor runs."]
    reader.close()
    writer.close()


def test_many_readers_at_once_leave_few_connections_open(tmp_path: Path) -> None:
    """A crowd that has gone must not keep files open and the catalog in memory, once for each."""
    catalog = Catalog(tmp_path / "catalog.sqlite", index_terms=lambda text, language: "")
    together = threading.Barrier(30)

    def read() -> None:
        with catalog.reading() as connection:
            together.wait(60)
            assert connection.execute("SELECT count(*) FROM articles").fetchone()[0] == 0

    readers = [threading.Thread(target=read) for _ in range(30)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert 1 <= len(catalog._idle) <= 8
    assert catalog.passage_count() == 0
    catalog.close()
