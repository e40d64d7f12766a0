"""Files that hold many articles, in the collection: identities, changes, removals, and what is remembered of them."""

from __future__ import annotations

import csv
import io
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sample_files as files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import article_text, check_invariants, found_words, open_index, texts

from index.collection import Index
from index.errors import IndexingError
from index.fakes import HashEmbedder

Rows = Mapping[str, str]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in" / "export.csv"


def write(path: Path, rows: Rows, *, header: str = "id,text") -> Path:
    """Write a table of id → text, which looks as if it had been written a while ago."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([header.split(","), *rows.items()])
    path.write_text(buffer.getvalue(), encoding="utf-8")
    stamp = 1_500_000_000 + zlib.crc32(path.read_bytes()) % 1_000_000
    os.utime(path, (stamp, stamp))
    return path


def keys(index: Index) -> dict[str, str]:
    """Return key in the file → text of the articles in the collection."""
    return {path.partition("//")[2]: text.strip() for path, text in texts(index).items()}


def embedded(index: Index) -> int:
    assert isinstance(index.embedder, HashEmbedder)
    return index.embedder.passages_embedded


def test_each_row_is_an_article_of_its_own(index: Index, table: Path) -> None:
    rows = {str(n): article_text(n) for n in range(5)}
    report = index.add([write(table, rows)])
    assert len(report.added) == 5
    assert keys(index) == {key: text.strip() for key, text in rows.items()}
    assert {path.partition("//")[0] for path in texts(index)} == {str(table)}
    assert len(found_words(index, "marker3v1")) == 1
    check_invariants(index)


def test_an_unchanged_table_costs_nothing(index: Index, table: Path) -> None:
    index.add([write(table, {str(n): article_text(n) for n in range(5)})])
    cost = embedded(index)
    with index.catalog.reading() as connection:
        before = connection.execute("PRAGMA data_version").fetchone()[0]
    again = index.add([table], sync=True)
    with index.catalog.reading() as connection:
        assert connection.execute("PRAGMA data_version").fetchone()[0] == before, "nothing was written"
    assert (len(again.unchanged), again.added, again.removed, embedded(index)) == (5, (), (), cost)
    os.utime(table)
    assert len(index.add([table]).unchanged) == 5
    assert embedded(index) == cost


def test_one_changed_row_is_one_updated_article(index: Index, table: Path) -> None:
    rows = {str(n): article_text(n) for n in range(5)}
    index.add([write(table, rows)])
    report = index.add([write(table, {**rows, "3": article_text(3, version=2)})])
    assert (len(report.updated), len(report.unchanged), report.added, report.removed) == (1, 4, (), ())
    assert found_words(index, "marker3v1") == []
    assert len(found_words(index, "marker3v2")) == 1
    check_invariants(index)


def test_a_row_or_a_file_that_is_gone_takes_its_articles_with_it_on_sync_only(
    index: Index, table: Path
) -> None:
    rows = {str(n): article_text(n) for n in range(4)}
    index.add([write(table, rows)])
    fewer = {key: text for key, text in rows.items() if key != "2"}
    assert index.add([write(table, fewer)]).removed == ()
    assert len(keys(index)) == 4
    report = index.add([table], sync=True)  # the file has not changed since, and is still known to lack a row
    assert (len(report.removed), len(report.unchanged)) == (1, 3)
    assert set(keys(index)) == {"0", "1", "3"}
    check_invariants(index)
    table.unlink()
    assert len(index.add([table.parent], sync=True).removed) == 3
    assert keys(index) == {}
    assert index.catalog.containers() == []


def test_rows_without_an_id_keep_their_identity_when_others_come_and_go(index: Index, table: Path) -> None:
    rows = {f"Title {n}": article_text(n) for n in range(4)}
    index.add([write(table, rows, header="title,text")])
    before = set(texts(index))
    del rows["Title 1"]
    cost = embedded(index)
    report = index.add([write(table, {"New": article_text(9), **rows}, header="title,text")], sync=True)
    assert (len(report.added), len(report.removed), len(report.unchanged)) == (1, 1, 3)
    assert len(before & set(texts(index))) == 3
    assert embedded(index) - cost == report.passages < 10


def test_a_row_that_cannot_be_read_is_named_and_its_article_stays(index: Index, table: Path) -> None:
    rows = {"a": article_text(1), "b": article_text(2)}
    index.add([write(table, rows)])
    report = index.add([write(table, {**rows, "b": ""})], sync=True)
    assert [one.path.partition("//")[2] for one in report.failures] == ["b"]
    assert "row 3 has no text" in report.failures[0].reason
    assert set(keys(index)) == {"a", "b"}
    again = index.add([table], sync=True)
    assert [one.reason for one in again.failures] == [report.failures[0].reason], (
        "it is named as long as it is so"
    )
    assert write(table, rows)
    assert index.add([table]).failures == ()


def test_columns_that_were_named_are_remembered(index: Index, table: Path) -> None:
    rows = {"Wall": article_text(1), "Quay": article_text(2)}
    write(table, rows, header="a,b")
    assert "none of its columns" in index.add([table]).failures[0].reason
    assert len(index.add([table], columns={"text": "b", "title": "a"}).added) == 2
    assert len(index.add([table]).unchanged) == 2
    write(table, {**rows, "Mole": article_text(3)}, header="a,b")
    assert len(index.add([table.parent]).added) == 1
    assert {one.title for one in index.list_articles()} == {"Wall", "Quay", "Mole"}
    changed = index.add([table], columns={"text": "b"})  # now without titles
    assert changed.failures == ()
    with pytest.raises(IndexingError, match="no field 'body'"):
        index.add([table], columns={"body": "b"})


def test_an_article_that_was_removed_comes_back_with_its_file(index: Index, table: Path) -> None:
    index.add([write(table, {str(n): article_text(n) for n in range(3)})])
    index.remove([index.list_articles()[0].id])
    report = index.add([table])
    assert (len(report.added), len(report.unchanged)) == (1, 2)
    check_invariants(index)


def test_rows_with_one_address_are_one_article_and_none_is_lost(index: Index, table: Path) -> None:
    def write_urls(names: list[str]) -> None:
        lines = [f'{name},https://skerrow.example/{name[0]},"{article_text(ord(name[0]))}"' for name in names]
        table.write_text("id,url,text\n" + "\n".join(lines), encoding="utf-8")

    write_urls(["a1", "a2", "b1"])
    report = index.add([table])
    assert (len(report.added), len(report.duplicates)) == (2, 1)
    write_urls(["a2", "b1"])  # the row that the article was read from is gone, and its twin stands for it now
    index.add([table], sync=True)
    assert {one.url for one in index.list_articles()} == {
        "https://skerrow.example/a",
        "https://skerrow.example/b",
    }
    assert len(index.add([table], sync=True).unchanged) == 2
    check_invariants(index)


def test_a_page_that_becomes_an_export_and_back_leaves_nothing_behind(index: Index, table: Path) -> None:
    path = table.with_name("page.html")
    one = {
        "outlet": "Le Courrier",
        "header": "13 mars 2018",
        "title": "Un",
        "body": f"<p>{article_text(1)}</p>",
        "number": "news·20180313·CS·1",
    }
    two = {**one, "title": "Deux", "body": f"<p>{article_text(2)}</p>", "number": "news·20180313·CS·2"}
    for content, titles in (
        (files.page().encode(), {files.TITLE}),
        (files.europresse([one, two]), {"Un", "Deux"}),
        (files.page().encode(), {files.TITLE}),
    ):
        path.write_bytes(content)
        index.add([path])
        assert {article.title for article in index.list_articles()} == titles
    assert index.catalog.containers() == []
    check_invariants(index)


def test_a_zip_is_read_member_by_member(index: Index, table: Path) -> None:
    path = table.with_name("all.zip")
    content = {
        "a.txt": article_text(1).encode(),
        "in/b.html": files.page().encode(),
        "c.csv": b'id,text\n7,"%s"' % article_text(3).encode(),
    }
    path.write_bytes(files.archive({**content, "bad.pdf": b"%PDF-"}))
    report = index.add([path.parent])
    assert (len(report.added), len(report.failures)) == (3, 1)
    assert report.failures[0].path == f"{path}//bad.pdf"
    assert set(keys(index)) == {"a.txt", "in/b.html", "c.csv//7"}
    path.write_bytes(files.archive({name: one for name, one in content.items() if name != "a.txt"}))
    report = index.add([path.parent], sync=True)
    assert (len(report.removed), len(report.unchanged), report.failures) == (1, 2, ())
    moved = path.with_name("moved.zip")
    shutil.move(path, moved)
    report = index.add([path.parent], sync=True)
    assert set(keys(index)) == {"in/b.html", "c.csv//7"}
    check_invariants(index)


def test_a_killed_run_reads_the_file_again(
    index: Index, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {str(n): article_text(n, paragraphs=12) for n in range(12)}
    write(table, rows)
    published = 0

    def interrupt(name: str) -> None:
        nonlocal published
        published += name == "published"
        if published == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("index.ingest.failpoint", interrupt)
    with pytest.raises(KeyboardInterrupt):
        index.add([table])
    monkeypatch.undo()
    assert 0 < len(keys(index)) < 12
    index.add([table])
    assert len(keys(index)) == 12
    check_invariants(index)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 3), min_size=1), st.booleans()),
        min_size=1,
        max_size=4,
    )
)
def test_after_every_sync_the_collection_holds_what_the_file_holds(
    tmp_path: Path, steps: list[tuple[dict[str, int], bool]]
) -> None:
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
    index = open_index(tmp_path / "data")
    held: dict[str, str] = {}
    for number, (versions, sync) in enumerate(steps):
        rows = {key: article_text("abcde".index(key), version).strip() for key, version in versions.items()}
        write(tmp_path / "export.csv", {**rows, f"step{number}": article_text(10 + number).strip()})
        index.add([tmp_path / "export.csv"], sync=sync)
        held = rows if sync else {**held, **rows}
        assert {key: text for key, text in keys(index).items() if not key.startswith("step")} == held
    check_invariants(index)
    index.close()
