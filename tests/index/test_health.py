"""A damaged vector store is noticed and built again; a rebuild never leaves things worse."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from stores import check_invariants, found_words, open_index, write_article

from index.collection import Index
from index.errors import StoreError
from index.fakes import HashEmbedder
from index.health import look, probe
from index.types import Progress


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        write_article(tmp_path / "articles", number)
    return tmp_path / "articles"


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Index:
    opened = open_index(tmp_path / "data")
    opened.add([folder])
    return opened


def test_a_whole_store_is_healthy(index: Index) -> None:
    found = index.check_health()
    assert found.reason is None
    assert 0 < found.checked <= 50
    assert index.status().degraded is None


def test_an_empty_collection_is_healthy(tmp_path: Path) -> None:
    assert open_index(tmp_path / "data").check_health().reason is None


def test_missing_vectors_are_noticed_and_rebuilt_without_embedding(index: Index) -> None:
    index.vectors.delete(index.catalog.passage_ids()[:1])
    assert "rebuild" in (index.check_health().reason or "")
    assert index.status().degraded == index.check_health().reason
    with pytest.raises(StoreError, match="rebuild"):
        index.vectors.query(index.embed_question("harbour"), 5)
    assert found_words(index, "marker1v1"), "the full-text search still answers"
    assert isinstance(index.embedder, HashEmbedder)
    cost = index.embedder.passages_embedded
    seen: list[Progress] = []
    assert index.rebuild(seen.append) == index.catalog.passage_count()
    assert index.embedder.passages_embedded == cost
    assert (seen[-1].done, seen[-1].total) == (index.catalog.passage_count(),) * 2
    assert index.status(check=True).degraded is None
    check_invariants(index)


def test_vectors_that_are_there_but_wrong_are_noticed(index: Index) -> None:
    ids = index.catalog.passage_ids()
    matrix = np.zeros((len(ids), 128), dtype=np.float32)
    matrix[:, 0] = 1.0
    matrix[::2, 0], matrix[::2, 1] = 0.0, 1.0
    index.vectors.upsert(ids, matrix)
    assert "does not find" in (look(index.catalog, index.vectors).reason or "")


def test_copies_of_a_passage_are_not_taken_for_damage(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(30):  # the same text under thirty titles that the embedder does not tell apart
        (folder / f"{number}.md").write_text(
            f"---\ntitle: Wire\nurl: https://example.org/{number}\n---\n\nThe ferry burned in the harbour on Monday night."
        )
    index = open_index(tmp_path / "data")
    assert len(index.add([folder]).added) == 30
    assert index.check_health().reason is None


def test_a_rebuild_that_fails_leaves_the_old_store(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("index.fakes.InMemoryVectors.count", lambda self: 1)
        with pytest.raises(StoreError, match="old one stays"):
            index.rebuild()
    check_invariants(index)
    index.rebuild()
    check_invariants(index)


def test_a_rebuild_with_another_model_is_all_or_nothing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_index(tmp_path / "data")
    first.add([folder])
    store = first.vectors
    other = open_index(tmp_path / "data", embedder=HashEmbedder(dimension=64, name="other"), vectors=store)
    calls = 0
    embed = HashEmbedder.embed_passages

    def fails_late(self: HashEmbedder, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(HashEmbedder, "embed_passages", fails_late)
        with pytest.raises(KeyboardInterrupt):
            other.rebuild()
    assert calls == 1
    check_invariants(first)
    assert first.status().embedding_model == "hash-trigrams-1"
    other.rebuild()
    assert HashEmbedder.embed_passages is embed
    assert other.status().embedding_model == "other"
    check_invariants(other)


def test_a_rebuild_renews_the_full_text_search(index: Index) -> None:
    with index.catalog.writing() as connection:
        connection.execute("DELETE FROM fulltext")
    assert not found_words(index, "marker1v1")
    index.rebuild()
    check_invariants(index)


def test_a_lost_vector_folder_is_built_again_by_the_next_change(tmp_path: Path, folder: Path) -> None:
    index = open_index(tmp_path / "data", chroma=True)
    index.add([folder])
    assert probe(tmp_path / "data").reason is None
    index.close()
    shutil.rmtree(tmp_path / "data" / "vectors")
    again = open_index(tmp_path / "data", chroma=True)
    assert "missing" in (again.status().degraded or "")
    assert "missing" in (probe(tmp_path / "data").reason or "")
    assert len(again.add([folder]).unchanged) == 6
    assert again.status(check=True).degraded is None
    check_invariants(again)
    again.close()


def test_a_deleted_catalog_does_not_leave_old_vectors_behind(tmp_path: Path, folder: Path) -> None:
    index = open_index(tmp_path / "data", chroma=True)
    index.add([folder])
    index.close()
    for file in (tmp_path / "data").glob("catalog.sqlite*"):
        file.unlink()
    again = open_index(tmp_path / "data", chroma=True)
    again.add([folder / "article-001.txt"])
    assert again.status().articles == 1
    check_invariants(again)
    again.close()


def test_probing_a_corrupt_catalog_gives_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"nonsense" * 1000)
    assert "restore it from a backup" in (probe(tmp_path).reason or "")


def test_a_store_of_vectors_that_are_gone_is_made_anew(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma keeps the place of what is deleted: articles that change for years must not fill memory and disk."""
    monkeypatch.setattr("index.health.MOST_GONE", 20)
    with open_index(tmp_path / "data", chroma=True) as index:
        index.add([folder])
        embedded, stores, sizes = 0, set(), []
        for version in range(2, 24):
            changed = write_article(folder, version % 6, version)
            embedded += index.add([changed]).passages
            check_invariants(index)
            assert found_words(index, f"marker{version % 6}v{version}")
            (store,) = (entry.name for entry in (tmp_path / "data" / "vectors").iterdir() if entry.is_dir())
            stores.add(store)
            ever, begun = index.catalog.passages_ever(), int(index.catalog.meta("vectors_begun") or 0)
            sizes.append(ever - begun)
        held = index.catalog.passage_count()
        assert len(stores) > 1, "it was made anew"
        assert max(sizes) <= held + max(20, 2 * held) + 2 * held // 6, (
            "and never holds much more than is there"
        )
        assert isinstance(index.embedder, HashEmbedder)
        assert index.embedder.passages_embedded == held + embedded, "nothing was embedded for that"


def test_where_it_cannot_be_made_anew_articles_are_added_all_the_same(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.health.MOST_GONE", -1)
    tried: list[object] = []

    def refuse(*arguments: object) -> int:
        tried.append(arguments)
        raise StoreError("The disk is tired.")

    monkeypatch.setattr("index.health.refill", refuse)
    for version in range(2, 6):
        for number in range(6):
            write_article(folder, number, version)
        assert len(index.add([folder]).updated) == 6
    assert tried
    check_invariants(index)
