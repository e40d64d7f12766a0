"""Collections of every format there was, each made with the program of its time, open and lose nothing.

`formats/format_N.sqlite.gz` was made by the program as it was when it wrote format N: three articles were
added, one of them changed, one removed. Formats before 4 kept neither former versions nor removed articles.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from pathlib import Path

import pytest
from stores import check_invariants, found_words, open_index

from index import back_up, restore_backup
from index.errors import EmbedderMismatchError, IndexVersionError
from index.fakes import HashEmbedder, InMemoryVectors
from index.schema import SCHEMA_VERSION
from index.snapshots import parts

FORMATS = Path(__file__).parent / "formats"
TINY = HashEmbedder(dimension=8)


def test_there_is_a_fixture_of_every_format() -> None:
    found = sorted(path.name for path in FORMATS.iterdir())
    assert found == [f"format_{number}.sqlite.gz" for number in range(1, SCHEMA_VERSION + 1)]


def unpack(tmp_path: Path, number: int) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    content = gzip.decompress((FORMATS / f"format_{number}.sqlite.gz").read_bytes())
    (data / "catalog.sqlite").write_bytes(content)
    return data


@pytest.mark.parametrize("read_only_first", [False, True])
@pytest.mark.parametrize("number", range(1, SCHEMA_VERSION + 1))
def test_every_format_is_brought_up_to_date(tmp_path: Path, number: int, read_only_first: bool) -> None:
    data = unpack(tmp_path, number)
    if read_only_first:
        with open_index(data, read_only=True, embedder=TINY) as reader:
            assert {article.language for article in reader.articles()} == {"en", "fr"}
            assert found_words(reader, "skerrow")
    with open_index(data, embedder=TINY) as index:
        index.recover()
        assert index.rebuild() == 2
        check_invariants(index)
        by_language = {article.language: article for article in index.articles()}
        english, french = by_language["en"], by_language["fr"]
        assert english.text.startswith("The lighthouse of Skerrow was rebuilt on Thursday.")
        assert (english.title, english.source) == ("Lighthouse rebuilt", "Harbour Ledger")
        assert english.url == "https://ledger.example/lighthouse"
        assert french.published is not None and french.published.isoformat() == "2018-03-02"
        assert found_words(index, "rebuilt") and not found_words(index, "repaired")
        hits = index.search("the storm in January at the lighthouse of Skerrow", 5)
        assert {hit.article.id for hit in hits} == {english.id, french.id}
        assert len(index.versions(english.id)) == (2 if number == 4 else 1)
        assert len(index.removed()) == (1 if number == 4 else 0)
        for held in index.removed():
            assert index.restore([held.id]).restored
        check_invariants(index)
    assert parts(data / "catalog.sqlite").keys() == new_parts(tmp_path).keys()


def new_parts(tmp_path: Path) -> dict[str, tuple[str, str]]:
    open_index(tmp_path / "new").close()
    return parts(tmp_path / "new" / "catalog.sqlite")


@pytest.mark.parametrize("number", range(1, SCHEMA_VERSION + 1))
def test_another_embedding_model_is_never_mixed_in(tmp_path: Path, number: int) -> None:
    data = unpack(tmp_path, number)
    other = HashEmbedder(dimension=16, name="another")
    vectors = InMemoryVectors()
    with open_index(data, embedder=other, vectors=vectors) as index:
        with pytest.raises(EmbedderMismatchError, match="rebuild"):
            index.search("the lighthouse")
        (tmp_path / "more.txt").write_text("The pier of Skerrow was painted. It is white now.")
        with pytest.raises(EmbedderMismatchError, match="rebuild"):
            index.add([tmp_path / "more.txt"])
        assert vectors.ids() == []


@pytest.mark.faults
@pytest.mark.parametrize("number", range(1, SCHEMA_VERSION + 1))
def test_every_format_can_be_backed_up_and_restored(tmp_path: Path, number: int) -> None:
    data = unpack(tmp_path, number)
    backup = back_up(data, tmp_path / "b")
    assert (backup.manifest.schema, backup.manifest.articles) == (number, 2)
    with open_index(
        restore_backup(tmp_path / "b", tmp_path / "again").data_dir, embedder=TINY, chroma=True
    ) as index:
        index.rebuild()
        check_invariants(index)
        assert found_words(index, "rebuilt")


def test_a_newer_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    data = unpack(tmp_path, SCHEMA_VERSION)
    with sqlite3.connect(data / "catalog.sqlite") as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = (data / "catalog.sqlite").read_bytes()
    for read_only in (False, True):
        with pytest.raises(IndexVersionError, match="update the program"):
            open_index(data, read_only=read_only)
    assert (data / "catalog.sqlite").read_bytes()[100:] == before[100:], "but for its header's journal mode"


@pytest.mark.parametrize("number", range(1, SCHEMA_VERSION))
def test_an_upgrade_that_is_broken_off_is_made_by_the_next(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import schema

    data = unpack(tmp_path, number)
    with monkeypatch.context() as patch:
        steps = {
            **schema._UPGRADES,
            SCHEMA_VERSION - 1: schema._UPGRADES[SCHEMA_VERSION - 1] + ";\nSELECT raise_it()",
        }
        patch.setattr(schema, "_UPGRADES", steps)
        with pytest.raises(sqlite3.OperationalError):
            open_index(data)
    shutil.rmtree(data / "vectors", ignore_errors=True)
    with open_index(data, embedder=TINY) as index:
        index.rebuild()
        check_invariants(index)
        assert len(index.list_articles()) == 2
