"""Fail at the first call of a part, then the second, the third, until a run passes: the state is always whole."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from stores import article_text, check_invariants, found_words, open_index, write_article

from index import changes
from index.collection import Index
from index.errors import StoreError
from index.fakes import HashEmbedder, InMemoryVectors

CALLS = {
    "vectors": (InMemoryVectors, ["upsert", "delete"]),
    "catalog": (
        changes.Changes,
        [
            "add_pending",
            "publish",
            "retire",
            "discard",
            "save_files",
            "save_container",
            "forget_container",
            "entries_of",
            "forget_file",
            "file",
            "set_meta",
            "unfinished",
        ],
    ),
    "embedder": (HashEmbedder, ["embed_passages"]),
}


class Countdown:
    """Raises at the n-th call of any of the methods it stands before, or right after it."""

    def __init__(self, patch: pytest.MonkeyPatch, part: str, n: int, after: bool) -> None:
        self.left, self.after, self.fired = n, after, False
        owner, methods = CALLS[part]
        for name in methods:
            patch.setattr(owner, name, self.wrap(getattr(owner, name)))

    def wrap(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            fails = self.left == 0
            if fails and not self.after:
                self.fire()
            result = method(*arguments, **named)
            if fails and self.after:
                self.fire()
            return result

        return wrapped

    def fire(self) -> None:
        self.fired = True
        raise StoreError("injected")


def assert_old_or_new(index: Index) -> None:
    for number in range(4):
        found = [bool(found_words(index, f"marker{number}v{version}")) for version in (1, 2)]
        expected = {0: [[True, False]], 1: [[True, False], [False, True]], 2: [[True, False], [False, False]]}
        expected[3] = [[False, False], [True, False]]
        assert found in expected[number], f"article {number}: {found}"


def write_files(folder: Path, versions: Mapping[int, int]) -> None:
    """Write articles, number → version, each as a file."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, version in versions.items():
        write_article(folder, number, version=version, paragraphs=1)


def write_table(folder: Path, versions: Mapping[int, int]) -> None:
    """Write articles, number → version, all as rows of one file."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "articles.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("id", "text"), *((n, article_text(n, v, paragraphs=1)) for n, v in versions.items())]
        )


@pytest.mark.parametrize("write", [write_files, write_table])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("part", CALLS)
def test_a_failure_at_any_call(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    after: bool,
    write: Callable[[Path, Mapping[int, int]], None],
) -> None:
    for n in range(1, 200):
        base = tmp_path / str(n)
        folder = base / "articles"
        write(folder, {0: 1, 1: 1, 2: 1})
        index = open_index(base / "data")
        index.add([folder])
        write(folder, {0: 1, 1: 2, 3: 1})  # one is changed, one gone, one new
        with monkeypatch.context() as patch:
            countdown = Countdown(patch, part, n, after)
            try:
                index.add([folder], sync=True)
            except StoreError as error:
                assert str(error) == "injected"
        assert_old_or_new(index)
        index.add([folder], sync=True)
        check_invariants(index)
        final = [[bool(found_words(index, f"marker{k}v{v}")) for v in (1, 2)] for k in range(4)]
        assert final == [[True, False], [False, True], [False, False], [True, False]]
        index.close()
        if not countdown.fired:
            assert n > 1, "nothing was injected"
            print(f"{n - 1} failures of {part} survived")
            return
    pytest.fail("the run never passed")
