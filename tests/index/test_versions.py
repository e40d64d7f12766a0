"""Truth over time: updates leave a history, removal leaves nothing, and can be undone for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import article_text, check_invariants, found_words, make_first_format, open_index, write_article

from index import history, ingest
from index.catalog import TERMS_DAMAGED
from index.collection import Index
from index.config import IndexConfig
from index.diff import word_diff
from index.fakes import HashEmbedder, InMemoryVectors
from index.types import EditKind


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2017, 12, 9, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "articles"


@pytest.fixture
def index(tmp_path: Path, clock: Clock) -> Iterator[Index]:
    opened = open_index(tmp_path / "data", config=IndexConfig(undo_days=7))
    opened._now = clock
    yield opened
    opened.close()


def everything(data: Path) -> bytes:
    """Return all bytes of a collection's files."""
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def test_an_update_keeps_the_former_version(index: Index, folder: Path, clock: Clock) -> None:
    write_article(folder, 1)
    (one,) = index.add([folder]).added
    clock.now += timedelta(hours=3)
    write_article(folder, 1, version=2)
    assert index.add([folder]).updated == (one,)
    first, second = index.versions(one)
    assert (first.number, second.number) == (1, 2)
    assert (first.current, second.current) == (False, True)
    assert first.text.strip() == article_text(1, 1).strip()
    assert second.text.strip() == article_text(1, 2).strip()
    assert first.seen == clock.now - timedelta(hours=3)
    assert second.seen == clock.now
    assert found_words(index, "marker1v1") == []
    assert not any("marker1v1" in hit.passage.text for hit in index.search("marker1v1 harbour", limit=50))
    check_invariants(index)


def test_reading_again_adds_no_version(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    (one,) = index.add([folder]).added
    path.touch()
    index.add([folder])
    path.write_text(path.read_text() + "\n\n")  # other bytes, the same article
    index.add([folder])
    assert [version.number for version in index.versions(one)] == [1]


def test_another_model_adds_no_version(index: Index, folder: Path, tmp_path: Path) -> None:
    write_article(folder, 1)
    (one,) = index.add([folder]).added
    index.embedder = HashEmbedder(name="other")
    index.rebuild()
    assert len(index.versions(one)) == 1
    check_invariants(index)


def test_an_article_under_another_address_of_it_is_the_same(index: Index, folder: Path) -> None:
    folder.mkdir()
    page = "---\ntitle: A title\nurl: {}\n---\n\n" + article_text(1)
    path = folder / "a.md"
    path.write_text(page.format("https://www.example.org/story"))
    (one,) = index.add([folder]).added
    cost = index.embedder.passages_embedded  # type: ignore[attr-defined]
    for address in (
        "http://example.org/story/",
        "https://example.org/story?utm_source=feed&fbclid=1",
        "https://www.example.org/story/amp/",
        "https://www.example.org/story#part",
    ):
        path.write_text(page.format(address))
        report = index.add([folder])
        assert report.unchanged == (one,)
        assert report.passages == 0
    assert index.embedder.passages_embedded == cost  # type: ignore[attr-defined]
    assert len(index.versions(one)) == 1


def test_a_file_that_gets_a_url_takes_its_history_along(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    (old,) = index.add([folder]).added
    write_article(folder, 1, version=2)
    index.add([folder])
    path.write_text("---\nurl: https://example.org/a\n---\n\n" + article_text(1, 3))
    (new,) = index.add([folder]).added
    assert [f"v{n}" in version.text for n, version in enumerate(index.versions(new), 1)] == [True] * 3
    assert index.versions(old) == []
    check_invariants(index)


def test_a_file_with_another_article_begins_anew(index: Index, folder: Path) -> None:
    folder.mkdir()
    path = folder / "a.md"
    for number in (1, 2):
        path.write_text(f"---\nurl: https://example.org/{number}\n---\n\n" + article_text(number))
        (one,) = index.add([folder]).added
    assert len(index.versions(one)) == 1
    assert b"marker1v1" not in b"".join(version.text.encode() for version in index.versions(one))
    check_invariants(index)


def test_only_the_latest_versions_are_kept(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.history.MOST_VERSIONS", 3)
    for version in range(1, 7):
        write_article(folder, 1, version=version, paragraphs=1)
        index.add([folder])
    (one,) = [article.id for article in index.articles()]
    assert [f"v{n}" in version.text for n, version in enumerate(index.versions(one), 3)] == [True] * 4


def test_what_is_removed_is_found_nowhere_and_can_be_restored(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    write_article(folder, 2)
    index.add([folder])
    write_article(folder, 1, version=2)
    (one,) = index.add([folder]).updated
    before = index.list_articles(), index.catalog.passage_ids(), index.versions(one)
    cost = index.embedder.passages_embedded  # type: ignore[attr-defined]
    assert index.remove([one]).removed == (one,)
    assert found_words(index, "marker1v2") == []
    assert not any(hit.article.id == one for hit in index.search("marker1v2", limit=50))
    assert index.article(one) is None
    assert index.versions(one) == index.passages(one) == index.copies(one) == []
    assert not any(name.startswith(one) for name in index.vectors.ids())
    check_invariants(index)
    assert [held.id for held in index.removed()] == [one]
    assert index.restore([one[:8], "unknown"]).restored == (one,)
    assert (index.list_articles(), sorted(index.catalog.passage_ids()), index.versions(one)) == (
        before[0],
        sorted(before[1]),
        before[2],
    )
    assert index.embedder.passages_embedded == cost, "its vectors were kept"  # type: ignore[attr-defined]
    assert index.removed() == []
    assert found_words(index, "marker1v2") == [one]
    check_invariants(index)


@pytest.mark.parametrize("chroma", [False, True])
def test_what_is_removed_for_good_leaves_no_trace(tmp_path: Path, folder: Path, chroma: bool) -> None:
    write_article(folder, 1)
    write_article(folder, 2)
    index = open_index(tmp_path / "data", chroma=chroma)
    index.add([folder])
    write_article(folder, 1, version=2)
    (one,) = index.add([folder]).updated
    assert b"marker1v1" in everything(tmp_path / "data"), "as a former version"
    assert index.remove([one], for_good=True).removed == (one,)
    assert index.removed() == []
    assert index.restore([one]).failures
    check_invariants(index)
    assert index.reconcile().whole
    index.close()
    left = everything(tmp_path / "data")
    for trace in (b"marker1v1", b"marker1v2", one.encode() + b":"):
        assert chroma or trace not in left
    assert b"marker1v" not in (tmp_path / "data" / "catalog.sqlite").read_bytes()
    assert b"marker2v1" in left


def test_what_was_removed_can_be_purged_later(index: Index, folder: Path, clock: Clock) -> None:
    for number in range(3):
        write_article(folder, number)
    first, second, _ = index.add([folder]).added
    index.remove([first])
    clock.now += timedelta(days=5)
    index.remove([second])
    clock.now += timedelta(days=3)
    index.recover()
    write_article(folder, 9)
    index.add([folder / "article-009.txt"])
    assert [held.id for held in index.removed()] == [second], "the first one's time is over"
    assert index.purge() == 1
    assert index.removed() == []


def test_without_undo_a_removal_is_final(tmp_path: Path, folder: Path) -> None:
    write_article(folder, 1)
    index = open_index(tmp_path / "data", config=IndexConfig(undo_days=0))
    index.remove(index.add([folder]).added)
    assert index.removed() == []


def test_what_sync_removes_can_be_restored(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    (one,) = index.add([folder]).added
    path.unlink()
    index.add([folder], sync=True)
    assert index.status().articles == 0
    assert index.restore([one]).restored == (one,)
    assert found_words(index, "marker1v1") == [one]
    check_invariants(index)


def test_what_was_removed_and_added_again_begins_anew(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    (one,) = index.add([folder]).added
    write_article(folder, 1, version=2)
    index.add([folder])
    index.remove([one])
    assert index.add([folder]).added == (one,)
    assert index.removed() == []
    assert len(index.versions(one)) == 1
    check_invariants(index)


def test_restored_under_another_model_it_is_embedded_again(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    (one,) = index.add([folder]).added
    index.remove([one])
    index.embedder = HashEmbedder(dimension=64, name="other")
    report = index.restore([one])
    assert report.restored == (one,)
    assert report.passages > 0
    assert index.status().embedding_model == "other"
    check_invariants(index)


@pytest.mark.parametrize("step", ["pending", "vectors", "published"])
def test_an_interrupted_restoration_loses_nothing(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write_article(folder, 1)
    (one,) = index.add([folder]).added
    index.remove([one])

    def fail(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    monkeypatch.setattr(ingest, "failpoint", fail)
    with pytest.raises(KeyboardInterrupt):
        index.restore([one])
    monkeypatch.undo()
    index.recover()
    check_invariants(index)
    there, held = [article.id for article in index.articles()], [kept.id for kept in index.removed()]
    assert there + held == [one]
    index.restore([one])
    assert found_words(index, "marker1v1") == [one]
    check_invariants(index)


@pytest.mark.parametrize("step", ["retired", "vectors deleted"])
@pytest.mark.parametrize("for_good", [False, True])
def test_an_interrupted_removal_is_completed(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, for_good: bool
) -> None:
    for number in range(3):
        write_article(folder, number)
    index.add([folder])
    write_article(folder, 1, version=2)
    (one,) = index.add([folder]).updated

    def fail(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    monkeypatch.setattr(ingest, "failpoint", fail)
    with pytest.raises(KeyboardInterrupt):
        index.remove([one], for_good=for_good)
    monkeypatch.undo()
    assert found_words(index, "marker1v2") == [], "not found, even before the next run"
    assert not any(hit.article.id == one for hit in index.search("marker1v2", limit=50))
    index.recover()
    check_invariants(index)
    assert index.reconcile().whole
    assert [kept.id for kept in index.removed()] == ([] if for_good else [one])


def test_reconciling_mends_what_differs(index: Index, folder: Path) -> None:
    for number in range(3):
        write_article(folder, number)
    index.add([folder])
    ids = index.catalog.passage_ids()
    vector = index.catalog.passage_vectors(ids[:1])
    index.vectors.upsert(["stray:1:0"], vector)
    index.vectors.delete(ids[:2])
    with index.catalog.writing() as connection:
        connection.execute("DELETE FROM fulltext WHERE rowid = (SELECT min(rowid) FROM passages)")
        connection.execute("INSERT INTO fulltext (rowid, terms) VALUES (99999, 'stray')")
    found = index.reconcile()
    assert not found.whole
    assert (found.missing_vectors, found.surplus_vectors) == (2, 1)
    assert (found.missing_terms, found.surplus_terms) == (1, 1)
    assert index.reconcile().whole
    check_invariants(index)


def test_vectors_of_no_article_are_noticed(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    index.add([folder])
    assert index.check_health().reason is None
    index.vectors.upsert(["stray:1:0"], index.catalog.passage_vectors(index.catalog.passage_ids()[:1]))
    assert "no article has" in (index.check_health().reason or "")


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_diff_holds_both_texts(old: str, new: str) -> None:
    edits = word_diff(old, new)
    assert "".join(one.text for one in edits if one.kind is not EditKind.INSERTED) == old
    assert "".join(one.text for one in edits if one.kind is not EditKind.DELETED) == new
    assert all(one.text for one in edits)
    if old == new:
        assert {one.kind for one in edits} <= {EditKind.EQUAL}


def test_a_diff_names_the_words_that_changed() -> None:
    old = "The fire killed three people.\n\nIt broke out at four.\n"
    new = "The fire killed four people.\n\nIt broke out at four.\nMore soon.\n"
    assert [(one.kind, one.text) for one in word_diff(old, new)] == [
        (EditKind.EQUAL, "The fire killed "),
        (EditKind.DELETED, "three"),
        (EditKind.INSERTED, "four"),
        (EditKind.EQUAL, " people.\n\nIt broke out at four.\n"),
        (EditKind.INSERTED, "More soon.\n"),
    ]


def test_a_diff_of_long_texts_is_quick() -> None:
    old = " ".join(f"word{n}" for n in range(60_000))
    new = old.replace("word30000", "changed")
    edits = word_diff(old, new)
    assert "".join(one.text for one in edits if one.kind is not EditKind.DELETED) == new


def test_the_diff_of_two_versions(index: Index, folder: Path) -> None:
    for version in (1, 2, 3):
        write_article(folder, 1, version=version, paragraphs=1)
        index.add([folder])
    (one,) = [article.id for article in index.articles()]
    last = index.diff(one)
    assert last is not None
    assert (last.old.number, last.new.number) == (2, 3)
    assert {edit.text for edit in last.text if edit.kind is EditKind.INSERTED} == {"marker1v3"}
    whole = index.diff(one, 1, 3)
    assert whole is not None
    assert {edit.text for edit in whole.text if edit.kind is EditKind.DELETED} == {"marker1v1"}
    assert index.diff(one, 1, 9) is None
    assert index.diff("unknown") is None


def test_a_collection_of_the_first_format_is_brought_up_to_date(tmp_path: Path, folder: Path) -> None:
    for number in range(3):
        write_article(folder, number)
    (folder / "copy.txt").write_text(article_text(1) + "\nPrinted in another paper, too.\n")
    stores: dict[str, dict] = {}  # type: ignore[type-arg]
    store = InMemoryVectors(stores=stores)
    first = open_index(tmp_path / "data", vectors=store)
    first.add([folder])
    expected = {article.id: article for article in first.articles()}
    first.close()
    make_first_format(tmp_path / "data" / "catalog.sqlite")
    reading = open_index(tmp_path / "data", read_only=True, vectors=store)
    assert {article.id: article for article in reading.articles()} == expected
    one = next(iter(expected))
    assert [version.number for version in reading.versions(one)] == [1]
    assert reading.search("harbour council")
    reading.close()
    index = open_index(tmp_path / "data", vectors=store)
    assert len(index.add([folder]).unchanged) == 4, "nothing is read again"
    check_invariants(index)
    copied = next(article.id for article in index.articles() if str(article.path).endswith("copy.txt"))
    copies = {found.article_id for found in index.copies(copied)}
    assert next(article.id for article in index.articles() if "001" in str(article.path)) in copies
    index.close()


def test_the_first_format_itself_is_read(tmp_path: Path) -> None:
    """The tables as version 0.1 of the program made them, with an article in them."""
    from index.schema import APPLICATION_ID

    script = (Path(__file__).parent / "format_1.sql").read_text(encoding="utf-8")
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "catalog.sqlite") as connection:
        connection.executescript(script)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    index = open_index(tmp_path / "data")
    (article,) = index.articles()
    assert article.text == "The lighthouse was repaired."
    assert replace(article, text="").title == "Lighthouse"
    assert index.remove([article.id]).removed == (article.id,)
    assert [held.id for held in index.removed()] == [article.id]
    index.close()


@pytest.mark.parametrize(
    ("times", "most"), [(40, 10), pytest.param(1_100, None, marks=pytest.mark.faults)], ids=["few", "many"]
)
def test_removing_for_good_again_and_again_does_not_wear_the_full_text_search_out(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, times: int, most: int | None
) -> None:
    """FTS5 takes an index of more than 2,000 levels for damaged, and each merging adds one."""
    if most:
        monkeypatch.setattr("index.history.MOST_LEVELS", most)
    write_article(folder, 0, paragraphs=1)
    index.add([folder])
    for _ in range(times):
        write_article(folder, 1, paragraphs=1)
        (one,) = index.add([folder / "article-001.txt"]).added
        assert index.remove([one], for_good=True).removed
    with index.catalog.reading() as connection:
        assert history._levels(connection) <= (most or history.MOST_LEVELS) + 2
    assert not found_words(index, "marker1v1") and found_words(index, "marker0v1")
    assert b"marker1v1" not in everything(index.data_dir)
    check_invariants(index)


def test_a_full_text_search_that_is_worn_out_is_made_again(index: Index, folder: Path) -> None:
    write_article(folder, 0, paragraphs=1)
    index.add([folder])
    with index.catalog.writing() as connection:  # as 2,002 mergings leave it
        connection.execute(
            "UPDATE fulltext_data SET block = x'000000008F5201BC1F' || zeroblob(4000) WHERE id = 10"
        )
    index.close()
    again = open_index(index.data_dir, vectors=index.vectors)
    assert again.search("the report of marker0v1"), "by meaning"
    assert again.degraded == TERMS_DAMAGED
    assert again.catalog.terms_fault()
    again.catalog.rebuild_terms()
    assert again.catalog.terms_fault() is None and again.degraded is None
    assert found_words(again, "marker0v1")
    again.close()
