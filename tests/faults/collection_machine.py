"""What a collection promises, as a machine that does anything in any order and a plain model that must agree.

The model is three dictionaries: the files on the disk, the articles that can be found, and the removed
ones that can be restored, each by number with its version. After every step:

- the articles are those of the model, word for word, and no others;
- the removed ones are those of the model;
- catalog, full-text search and vectors hold the same passages, each found by its own vector, none twice
  (`stores.check_invariants`);
- nothing is found by the words of a version that is not current.

A killed process leaves each article as it was or as it was to become; a killed backup is whole or not there,
and of a killed restore there is the former collection or the restored one. A backup restores to the model of
the moment at which it was made. At the end, another process finds the same. The vectors are made anew whenever
most of them are gone, here after a few changes (`health.MOST_GONE`).

It runs in a process of its own, because a damaged vector index can end one: `collection_machine.py SEED
EXAMPLES STEPS`. `collection_machine.py check DATA` is the other process at the end.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from hypothesis import HealthCheck, Phase, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.stateful import (  # noqa: E402
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from stores import article_text, check_invariants, found_words, open_index, texts, write_article  # noqa: E402

from index import back_up, health, restore_backup  # noqa: E402

NUMBERS, VERSIONS = 4, (1, 2, 3)
REBUILDING = (
    "index.health:_fill:after",
    "index.changes:Changes.finish_rebuild:before",
    "index.changes:Changes.finish_rebuild:after",
)
BACKING_UP = (
    "index.backup:copy_database:after",
    "index.backup:verify:before",
    "rename:before",
    "rename:after",
)
RESTORING = (
    "index.restore:_unpack:after",
    "index.restore:_make_usable:after",
    "rename:before",
    "rename:after",
)
STEPS = ("pending", "vectors", "published", "retired", "vectors deleted")
number = st.integers(0, NUMBERS - 1)
version = st.sampled_from(VERSIONS)
Versions = dict[int, int]


class Collection(RuleBasedStateMachine):
    """Everything that can be done to a collection."""

    @initialize()
    def begin(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="machine-"))
        self.folder, self.data = self.base / "articles", self.base / "data"
        self.folder.mkdir()
        self.files: Versions = {}
        self.present: Versions = {}
        self.held: Versions = {}
        self.backup: tuple[Path, Versions, Versions] | None = None
        self.count = 0
        self.index = open_index(self.data, chroma=True)

    # What a user does.

    @rule(number=number, version=version)
    def add_or_update(self, number: int, version: int) -> None:
        self.write(number, version)
        self.index.add([self.path(number)])
        self.present[number] = version
        self.held.pop(number, None)

    @rule(number=number)
    def add_again_costs_nothing(self, number: int) -> None:
        if self.files.get(number) is not None and self.present.get(number) == self.files[number]:
            report = self.index.add([self.path(number)])
            assert (report.added, report.updated, report.passages) == ((), (), 0)

    @rule(number=number, version=version)
    def change_the_file_only(self, number: int, version: int) -> None:
        self.write(number, version)

    @rule(gone=st.sets(number))
    def sync_the_folder(self, gone: set[int]) -> None:
        for one in gone:
            self.path(one).unlink(missing_ok=True)
            self.files.pop(one, None)
        self.index.add([self.folder], sync=True)
        self.follow_the_folder()

    @rule(number=number, for_good=st.booleans())
    def remove(self, number: int, for_good: bool) -> None:
        ids = self.ids()
        if number in ids:
            assert self.index.remove([ids[number]], for_good=for_good).removed == (ids[number],)
            version = self.present.pop(number)
            if not for_good:
                self.held[number] = version

    @rule(number=number)
    def restore_an_article(self, number: int) -> None:
        for one in self.index.removed():
            if one.path == str(self.path(number)):
                self.index.restore([one.id])
                self.present[number] = self.held.pop(number)

    @rule(number=number, version=version)
    def ask(self, number: int, version: int) -> None:
        marker = f"marker{number}v{version}"
        found = any(marker in hit.passage.text for hit in self.index.search(f"the report of {marker}", 20))
        assert found == (self.present.get(number) == version)

    # What happens to it.

    @rule()
    def restart(self) -> None:
        self.index.close()
        self.index = open_index(self.data, chroma=True)

    @rule(step=st.sampled_from(STEPS), passes=st.integers(1, 3), gone=st.sets(number, max_size=1))
    def kill_another_process_that_syncs(self, step: str, passes: int, gone: set[int]) -> None:
        for one in gone:
            self.path(one).unlink(missing_ok=True)
            self.files.pop(one, None)
        worker = [sys.executable, str(Path(__file__).with_name("worker.py"))]
        arguments = [str(self.data), str(self.folder), "add", step, str(passes)]
        done = subprocess.run([*worker, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode in (0, -9), done.stderr
        stored = self.stored()
        for one in range(NUMBERS):
            assert stored.get(one) in (self.present.get(one), self.files.get(one)), "neither old nor new"
        self.index.add([self.folder], sync=True)
        self.follow_the_folder()

    @rule()
    def rebuild(self) -> None:
        self.index.rebuild()

    @rule(point=st.sampled_from(REBUILDING))
    def kill_another_process_that_rebuilds(self, point: str) -> None:
        self.kill(point, 1, "rebuild", self.data, self.data)

    @rule()
    def lose_the_vectors(self) -> None:
        self.index.close()
        shutil.rmtree(self.data / "vectors", ignore_errors=True)
        self.index = open_index(self.data, chroma=True)
        self.index.recover()

    @rule()
    def back_up(self) -> None:
        self.count += 1
        file = self.base / f"{self.count}.backup"
        back_up(self.data, file)
        self.backup = (file, dict(self.present), dict(self.held))

    @precondition(lambda self: getattr(self, "backup", None))
    @rule(here=st.booleans())
    def restore_the_backup(self, here: bool) -> None:
        assert self.backup is not None
        file, present, held = self.backup
        self.count += 1
        if here:
            self.index.close()
            restore_backup(file, self.data, replace=True)
            self.index = open_index(self.data, chroma=True)
            self.present, self.held = dict(present), dict(held)
            return
        with open_index(
            restore_backup(file, self.base / f"else-{self.count}").data_dir, chroma=True
        ) as other:
            assert self.stored(other) == present
            assert {self.numbered(one.path) for one in other.removed()} == held.keys()
            check_invariants(other)

    @rule(point=st.sampled_from(BACKING_UP))
    def kill_another_process_that_backs_up(self, point: str) -> None:
        self.count += 1
        file = self.base / f"{self.count}.backup"
        self.kill(point, 1, "backup", self.data, file)
        if file.exists():
            self.backup = (file, dict(self.present), dict(self.held))

    @precondition(lambda self: getattr(self, "backup", None))
    @rule(point=st.sampled_from(RESTORING), number=st.integers(1, 3))
    def kill_another_process_that_restores(self, point: str, number: int) -> None:
        assert self.backup is not None
        file, present, held = self.backup
        before = self.replaced()
        self.index.close()
        self.kill(point, number if point.startswith("rename") else 1, "restore", file, self.data)
        self.index = open_index(self.data, chroma=True)
        if self.replaced() > before:
            self.present, self.held = dict(present), dict(held)

    # What must hold.

    @invariant()
    def the_model_agrees(self) -> None:
        if not hasattr(self, "index"):
            return
        assert self.stored() == self.present
        assert {self.numbered(one.path) for one in self.index.removed()} == self.held.keys()
        for number in range(NUMBERS):
            for version in VERSIONS:
                found = found_words(self.index, f"marker{number}v{version}")
                assert bool(found) == (self.present.get(number) == version)

    @invariant()
    def the_store_is_whole(self) -> None:
        if hasattr(self, "index"):
            check_invariants(self.index)

    def teardown(self) -> None:
        if not hasattr(self, "index"):
            return
        self.index.close()
        command = [sys.executable, __file__, "check", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        stored = {self.numbered(path): text for path, text in json.loads(done.stdout).items()}
        assert stored == {n: article_text(n, v, 1).strip() for n, v in self.present.items()}
        shutil.rmtree(self.base)

    # How it is told what is what.

    def path(self, number: int) -> Path:
        return self.folder / f"article-{number:03}.txt"

    def write(self, number: int, version: int) -> None:
        write_article(self.folder, number, version, paragraphs=1)
        self.files[number] = version

    def kill(self, point: str, number: int, action: str, source: Path, target: Path) -> None:
        killed = [sys.executable, str(Path(__file__).with_name("killed.py"))]
        arguments = [point, str(number), action, str(source), str(target)]
        done = subprocess.run([*killed, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode in (0, -9), done.stderr

    def replaced(self) -> int:
        """Count the collections that a restore has moved aside."""
        return len(list(self.base.glob("data-before-*")))

    def follow_the_folder(self) -> None:
        gone = {n: v for n, v in self.present.items() if n not in self.files}
        self.held = {n: v for n, v in {**self.held, **gone}.items() if n not in self.files}
        self.present = dict(self.files)

    def ids(self) -> Versions | dict[int, Any]:
        return {self.numbered(one.path): one.id for one in self.index.articles()}

    def stored(self, index: Any = None) -> Versions:
        found = {}
        for path, text in texts(index or self.index).items():
            number = self.numbered(path)
            (found[number],) = (v for v in VERSIONS if article_text(number, v, 1).strip() == text.strip())
        return found

    @staticmethod
    def numbered(path: str | None) -> int:
        return int(Path(path or "").stem[-3:])


def main() -> None:
    """Run the machine, or look at what it left."""
    if sys.argv[1] == "check":
        with open_index(Path(sys.argv[2]), chroma=True) as index:
            check_invariants(index)
            print(json.dumps({path: text.strip() for path, text in texts(index).items()}))
        return
    health.MOST_GONE = 8
    number, examples, steps = map(int, sys.argv[1:])
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seed(number)(Collection), settings=chosen)


if __name__ == "__main__":
    main()
