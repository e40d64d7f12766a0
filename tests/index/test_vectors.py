"""One contract for every vector store, and what only files and processes can get wrong."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexFullError, StoreError
from index.fakes import InMemoryVectors
from index.vectors import ChromaVectors, VectorStore, _translated

ROOT = Path(__file__).parents[2]
DIMENSION = 32


class Pointer:
    """Names the collection in force, and can be moved."""

    def __init__(self) -> None:
        self.name = "articles-1"

    def __call__(self) -> str:
        return self.name


@pytest.fixture
def pointer() -> Pointer:
    return Pointer()


@pytest.fixture(params=["memory", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path, pointer: Pointer) -> Iterator[VectorStore]:
    made: VectorStore = (
        InMemoryVectors(pointer)
        if request.param == "memory"
        else ChromaVectors(tmp_path / "vectors", pointer)
    )
    yield made
    made.close()


def unit(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def names(count: int, stem: str = "p") -> list[str]:
    return [f"{stem}:{number}" for number in range(count)]


def test_the_nearest_come_first_with_their_cosine(store: VectorStore) -> None:
    matrix = unit(50)
    store.upsert(names(50), matrix)
    question = unit(1, seed=1)[0]
    cosines = matrix @ question
    expected = [f"p:{number}" for number in np.argsort(-cosines)[:10]]
    found = store.query(question, 10)
    assert [one for one, _ in found] == expected
    assert np.allclose([score for _, score in found], np.sort(cosines)[::-1][:10], atol=1e-5)


def test_it_answers_with_what_there_is(store: VectorStore) -> None:
    store.upsert(names(3), unit(3))
    assert len(store.query(unit(1)[0], 10)) == 3
    assert store.query(unit(1)[0], 0) == []
    store.delete(names(3))
    assert store.query(unit(1)[0], 10) == []
    assert store.count() == 0


def test_writing_again_replaces(store: VectorStore) -> None:
    first, second = unit(1), unit(1, seed=9)
    store.upsert(["p:0"], first)
    store.upsert(["p:0"], second)
    assert store.count() == 1
    assert store.query(second[0], 1)[0][1] == pytest.approx(1.0, abs=1e-5)


def test_deleted_ids_are_gone_and_unknown_ones_do_no_harm(store: VectorStore) -> None:
    store.delete(["never"])
    store.delete([])
    store.upsert(names(20), unit(20))
    store.delete(["p:3", "never"])
    assert sorted(store.ids()) == sorted(set(names(20)) - {"p:3"})
    assert "p:3" not in {one for one, _ in store.query(unit(20)[3], 20)}


def test_every_vector_finds_itself_after_much_change(store: VectorStore) -> None:
    matrix = unit(400)
    store.upsert(names(400), matrix)
    store.delete(names(200))
    changed = unit(100, seed=5)
    store.upsert(names(400)[200:300], changed)
    for one, vector in zip(names(400)[200:], np.concatenate([changed, matrix[300:]]), strict=True):
        assert one in {name for name, _ in store.query(vector, 10)}


def test_more_than_one_call_of_chroma_can_hold(store: VectorStore) -> None:
    store.upsert(names(5600), unit(5600))
    assert store.count() == len(set(store.ids())) == 5600
    store.delete(names(5600))
    assert store.count() == 0


def test_existence_is_known_without_opening(store: VectorStore) -> None:
    assert not store.exists()
    store.upsert(names(1), unit(1))
    assert store.exists()


def test_a_disabled_store_says_why(store: VectorStore) -> None:
    store.upsert(names(1), unit(1))
    store.disable("It is damaged.")
    with pytest.raises(StoreError, match="It is damaged"):
        store.query(unit(1)[0], 1)
    store.disable(None)
    assert len(store.query(unit(1)[0], 1)) == 1


def test_a_store_is_replaced_only_once_it_is_committed(store: VectorStore, pointer: Pointer) -> None:
    store.upsert(names(5), unit(5))
    fresh = store.start_over("articles-2")
    fresh.upsert(names(7, "q"), unit(7))
    assert sorted(store.ids()) == names(5)
    fresh.close()

    def fail() -> None:
        raise StoreError("no")

    with pytest.raises(StoreError, match="no"):
        store.switch(fail)
    assert sorted(store.ids()) == names(5)

    store.switch(lambda: setattr(pointer, "name", "articles-2"))
    assert sorted(store.ids()) == names(7, "q")
    assert {one for one, _ in store.query(unit(1)[0], 20)} == set(names(7, "q"))


def test_starting_over_discards_what_was_left(store: VectorStore) -> None:
    left = store.start_over("articles-2")
    left.upsert(names(5), unit(5))
    left.close()
    again = store.start_over("articles-2")
    again.upsert(names(2, "q"), unit(2))
    assert sorted(again.ids()) == names(2, "q")
    again.close()


def chroma(folder: Path) -> ChromaVectors:
    return ChromaVectors(folder, lambda: "articles-1")


def test_chroma_keeps_its_vectors(tmp_path: Path) -> None:
    first = chroma(tmp_path / "vectors")
    first.upsert(names(30), unit(30))
    first.close()
    first.close()
    assert first.count() == 30, "a closed store opens again at its next use"
    first.close()
    second = chroma(tmp_path / "vectors")
    assert sorted(second.ids()) == sorted(names(30))
    assert second.query(unit(30)[4], 1)[0][0] == "p:4"
    second.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_closed_chroma_holds_no_files(tmp_path: Path) -> None:
    store = chroma(tmp_path / "vectors")
    store.upsert(names(5), unit(5))
    store.query(unit(1)[0], 1)
    store.close()
    for _ in range(100):  # its threads take a moment to end
        held = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        held = [path for path in held if path.startswith(str(tmp_path))]
        if not held:
            break
        gc.collect()
        time.sleep(0.05)
    assert held == []


def test_a_missing_chroma_says_what_to_do(tmp_path: Path) -> None:
    for use in (lambda s: s.query(unit(1)[0], 1), lambda s: s.count(), lambda s: s.ids()):
        with pytest.raises(StoreError, match="article-assistant rebuild"):
            use(chroma(tmp_path / "vectors"))
    assert not (tmp_path / "vectors").exists()


def test_chromas_refusals_are_store_errors(tmp_path: Path) -> None:
    store = chroma(tmp_path / "vectors")
    store.upsert(names(5), unit(5))
    with pytest.raises(StoreError, match="rebuild"):
        store.upsert(names(1), np.ones((1, DIMENSION + 1), dtype=np.float32))
    with pytest.raises(StoreError):
        store.query(np.ones(DIMENSION + 1, dtype=np.float32), 1)
    assert store.count() == 5
    store.close()


def test_a_corrupt_chroma_is_a_store_error(tmp_path: Path) -> None:
    folder = tmp_path / "vectors" / "articles-1"
    folder.mkdir(parents=True)
    (folder / "chroma.sqlite3").write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="rebuild"):
        chroma(tmp_path / "vectors").query(unit(1)[0], 1)


class PanicException(BaseException):
    """As Chroma's Rust part raises it."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(28, "No space left on device"), IndexFullError),
        (RuntimeError("error returned from database: (code: 13) database or disk is full"), IndexFullError),
        (PanicException("called unwrap on a None value"), StoreError),
        (KeyError("x"), StoreError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_errors_are_told_apart(tmp_path: Path, error: BaseException, expected: type[BaseException]) -> None:
    with pytest.raises(expected) as raised, _translated(tmp_path):
        raise error
    assert type(raised.value) is expected


WRITER = """
import sys
import numpy as np
from pathlib import Path
from index.vectors import ChromaVectors
store = ChromaVectors(Path(sys.argv[1]), lambda: "articles-1")
for line in sys.stdin:
    start, end = map(int, line.split())
    matrix = np.eye(64, dtype=np.float32)[start:end]
    store.upsert([f"p:{n}" for n in range(start, end)], matrix)
    print("done", flush=True)
"""


def test_two_processes_take_turns_and_see_each_others_vectors(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "vectors")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def write(start: int, end: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{start} {end}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"

    here = chroma(tmp_path / "vectors")
    own: Callable[[int], str] = lambda n: here.query(np.eye(64, dtype=np.float32)[n], 1)[0][0]  # noqa: E731
    write(0, 10)
    assert own(3) == "p:3"
    write(10, 20)
    assert own(13) == "p:13", "a reader that was open sees what another process wrote"
    here.upsert(["p:20"], np.eye(64, dtype=np.float32)[20:21])
    write(21, 30)
    assert [own(n) for n in range(30)] == names(30)
    process.communicate()
    here.close()
    fresh = chroma(tmp_path / "vectors")
    assert sorted(fresh.ids()) == sorted(names(30))
    assert fresh.query(np.eye(64, dtype=np.float32)[25], 1)[0][0] == "p:25"
    fresh.close()
