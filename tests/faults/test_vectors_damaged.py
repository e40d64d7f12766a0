"""Damaged vector files: noticed without a crash, answered without them, built again."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from stores import check_invariants, found_words, open_index, write_article

from index.errors import StoreError
from index.health import probe


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with more than a thousand passages: from there on Chroma keeps its index in files."""
    base = tmp_path_factory.mktemp("made")
    for number in range(120):
        write_article(base / "articles", number, paragraphs=24)
    index = open_index(base / "data", chroma=True)
    index.add([base / "articles"])
    assert index.catalog.passage_count() > 1100
    index.close()
    return base / "data"


def segment(data: Path) -> Path:
    (header,) = (data / "vectors").rglob("header.bin")
    return header.parent


def halve(name: str) -> Callable[[Path, int], None]:
    def damage(data: Path, seed: int) -> None:
        path = segment(data) / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def lose_segment(data: Path, seed: int) -> None:
    shutil.rmtree(segment(data))


def overwrite(data: Path, seed: int) -> None:
    (path,) = (data / "vectors").rglob("chroma.sqlite3")
    content = bytearray(path.read_bytes())
    rng = random.Random(seed)
    for _ in range(8):
        start = rng.randrange(1, len(content) // 4096) * 4096
        content[start : start + 4096] = rng.randbytes(4096)
    path.write_bytes(content)


def lose_database(data: Path, seed: int) -> None:
    (path,) = (data / "vectors").rglob("chroma.sqlite3")
    path.write_bytes(b"")


DAMAGES = {
    "the segment's directory is gone": lose_segment,
    "header.bin is halved": halve("header.bin"),
    "data_level0.bin is halved": halve("data_level0.bin"),
    "the database is overwritten": overwrite,
    "the database is empty": lose_database,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_damage_is_noticed_survived_and_mended(
    made: Path, tmp_path: Path, damage: Callable[[Path, int], None], seed: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(made, data)
    damage(data, seed)
    assert probe(data).reason, "the probe says that something is wrong"
    index = open_index(data, chroma=True)
    found = index.check_health()
    assert "rebuild" in (found.reason or "")
    with pytest.raises(StoreError, match="rebuild"):
        index.vectors.query(index.embed_question("harbour"), 5)
    assert found_words(index, "marker7v1"), "the full-text search answers without the vectors"
    index.rebuild()
    assert index.status(check=True).degraded is None
    check_invariants(index)
    index.close()


@pytest.mark.parametrize("name", ["link_lists.bin", "length.bin"])
def test_other_damage_is_harmless_or_noticed(made: Path, tmp_path: Path, name: str, seed: int) -> None:
    data = tmp_path / "data"
    shutil.copytree(made, data)
    halve(name)(data, seed)
    index = open_index(data, chroma=True)
    if index.check_health().reason is None:
        check_invariants(index)
    index.rebuild()
    assert index.status(check=True).degraded is None
    check_invariants(index)
    index.close()


def test_a_copy_of_the_directory_is_the_collection(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "elsewhere")
    index = open_index(tmp_path / "elsewhere", chroma=True)
    check_invariants(index)
    index.close()
