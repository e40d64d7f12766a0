"""Many readers at once while articles come in: are the answers those given alone, and how long do they take?

    python -m benchmarks.load --readers 50 --seconds 600 --articles 1000            # added by the same process
    python -m benchmarks.load --readers 50 --seconds 600 --articles 1000 --apart    # by `article-assistant add` beside it

Quoted answers, with the packaged embedding model. Each reader asks one question after the other over articles
that do not change; beside them, others are added. An answer is wrong where its first citation is not that
of the answer given alone before, or not of the article asked for.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

from assistant import Assistant
from index import Index

_SYLLABLES = (
    "ar bren cor dun el fen gar hol iver jar kes lyn mar nor orm pel quay rus sel tar ull varn".split()
)


def main() -> None:
    """Put the collection under load and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--articles", type=int, default=1_000, help="added meanwhile")
    parser.add_argument("--apart", action="store_true", help="add them with a process of its own")
    parser.add_argument("--seed", type=int, default=20171211)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        run(Path(folder), arguments)


def run(base: Path, arguments: argparse.Namespace) -> None:
    """Ask and add at the same time."""
    rng = random.Random(arguments.seed)
    towns = _towns(rng, 40)
    for number, town in enumerate(towns):
        _write(base / "articles", town, 10 + number)
    later = _towns(rng, arguments.articles, taken=set(towns))
    for number, town in enumerate(later):
        _write(base / "later", town, 1_000 + number)
    with Index.open(base / "data") as index:
        index.add([base / "articles"])
        assistant = Assistant(index)
        alone = {town: _answer(assistant, town) for town in towns}
        load = _Load(index, assistant, towns, alone, arguments)
        load.run(base / "later")
        load.report()


class _Load:
    def __init__(
        self,
        index: Index,
        assistant: Assistant,
        towns: Sequence[str],
        alone: dict[str, tuple[str, str | None]],
        arguments: argparse.Namespace,
    ) -> None:
        self._index, self._assistant, self._towns, self._alone = index, assistant, towns, alone
        self._arguments = arguments
        self._end = 0.0
        self._guard = threading.Lock()
        self._times: list[float] = []
        self._wrong: list[str] = []
        self._errors: list[str] = []
        self._memory: list[tuple[float, float]] = []
        self._added, self._adding = 0, 0.0
        self._state: list[tuple[int, int]] = []

    def run(self, later: Path) -> None:
        """Begin all threads and wait for them."""
        self._end = time.monotonic() + self._arguments.seconds
        threads = [threading.Thread(target=self._read, args=(n,)) for n in range(self._arguments.readers)]
        threads.append(
            threading.Thread(target=self._add_apart if self._arguments.apart else self._add, args=(later,))
        )
        process = psutil.Process(os.getpid())
        self._state.append((process.num_threads(), process.num_fds()))
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self._memory.append((time.monotonic(), process.memory_info().rss / 1e6))
            time.sleep(1)
        self._state.append((process.num_threads(), process.num_fds()))

    def report(self) -> None:
        """Print what was measured."""
        times, memory = np.array(self._times), np.array(self._memory)
        memory = memory[
            memory[:, 0] <= self._end
        ]  # what comes after is the rest of the adding, without readers
        late = memory[len(memory) // 2 :]
        slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0]) * 60
        print(
            f"{len(times)} questions of {self._arguments.readers} readers, {self._added} articles added meanwhile"
        )
        print(f"the adding took {self._adding:.0f} s; threads, open files before and after: {self._state}")
        print(f"errors {len(self._errors)}, other answers than alone {len(self._wrong)}")
        print(f"p50 {np.percentile(times, 50):.2f} s, p95 {np.percentile(times, 95):.2f} s")
        print(
            f"memory {memory[0, 1]:.0f} → {memory[-1, 1]:.0f} MB, slope of the last half {slope:+.1f} MB a minute"
        )
        for one in (self._errors + self._wrong)[:10]:
            print("  ", one)

    def _read(self, number: int) -> None:
        rng = random.Random(self._arguments.seed + number)
        while time.monotonic() < self._end:
            town = rng.choice(self._towns)
            begun = time.monotonic()
            try:
                answer = _answer(self._assistant, town)
            except Exception as error:  # noqa: BLE001  whatever it is, it is counted
                with self._guard:
                    self._errors.append(repr(error))
                continue
            with self._guard:
                self._times.append(time.monotonic() - begun)
                if answer != self._alone[town]:
                    self._wrong.append(f"{town}: {answer} instead of {self._alone[town]}")

    def _add(self, folder: Path) -> None:
        paths, begun = sorted(folder.iterdir()), time.monotonic()
        for start in range(0, len(paths), 10):
            if time.monotonic() >= self._end:
                break
            try:
                self._added += len(self._index.add(paths[start : start + 10]).added)
            except Exception as error:  # noqa: BLE001  whatever it is, it is counted
                self._errors.append(repr(error))
        self._adding = time.monotonic() - begun

    def _add_apart(self, folder: Path) -> None:
        begun, before = time.monotonic(), self._index.status().articles
        command = [
            sys.executable,
            "-m",
            "assistant",
            "add",
            str(folder),
            "--data",
            str(self._index.data_dir),
            "--quiet",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            self._errors.append(f"add ended with {done.returncode}: {done.stderr[-500:]}")
        self._added, self._adding = self._index.status().articles - before, time.monotonic() - begun


def _answer(assistant: Assistant, town: str) -> tuple[str, str | None]:
    answer = assistant.ask(f"How many million crowns does the council of {town} spend on its harbour?")
    first = answer.citations[0] if answer.citations else None
    return (first.quote, first.url) if first else ("", None)


def _towns(rng: random.Random, count: int, taken: set[str] | None = None) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        name = "".join(rng.choices(_SYLLABLES, k=3)).capitalize()
        if name not in (taken or ()):
            found[name] = None
    return list(found)


def _write(folder: Path, town: str, number: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{town}.md").write_text(
        f"---\ntitle: The budget of {town}\nsource: {town} Gazette\nurl: https://{town.lower()}.example/budget\n---\n"
        f"The council of {town} spends {number} million crowns on its harbour this year, the treasurer said. "
        f"Nobody in {town} voted against it. The work begins in spring.\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
