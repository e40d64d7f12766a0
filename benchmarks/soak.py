"""Does anything grow that should not? Memory, open files, threads and disk over thousands of changes.

    python -m benchmarks.soak --cycles 2000
    python -m benchmarks.soak --cycles 200 --memory-vectors    # without Chroma

A cycle updates some of the articles, removes and adds one for good, and asks. The slope is that of the last
half, by least squares; what a rebuild gives back is measured at the end.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

from index import Index
from index.fakes import HashEmbedder, InMemoryVectors

_WORDS = (
    "harbour council bridge winter minister river factory strike museum railway storm glacier ferry".split()
)


def main() -> None:
    """Run the cycles and print the slopes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cycles", type=int, default=2_000)
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--changes", type=int, default=3, help="articles updated in a cycle")
    parser.add_argument("--seed", type=int, default=20171211)
    parser.add_argument("--memory-vectors", action="store_true", help="vectors in memory instead of Chroma")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}, {arguments.cycles} cycles, {arguments.articles} articles")
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        run(Path(folder), arguments)


def run(base: Path, arguments: argparse.Namespace) -> None:
    """Change a collection again and again."""
    rng, process = random.Random(arguments.seed), psutil.Process(os.getpid())
    articles = base / "articles"
    articles.mkdir()
    for number in range(arguments.articles):
        _write(articles, number, 0)
    vectors = InMemoryVectors if arguments.memory_vectors else None
    samples: list[tuple[float, ...]] = []
    with Index.open(base / "data", embedder=HashEmbedder(), vectors=vectors) as index:
        index.add([articles])
        begun = time.monotonic()
        for cycle in range(1, arguments.cycles + 1):
            for number in rng.sample(range(arguments.articles), arguments.changes):
                _write(articles, number, cycle)
            gone = rng.randrange(arguments.articles)
            held = [one.id for one in index.list_articles() if str(one.path).endswith(f"{gone:03}.txt")]
            index.remove(held, for_good=True)
            index.add([articles])
            assert index.status().articles == arguments.articles
            assert index.search(f"the report of marker{gone}", 5)
            if cycle % max(1, arguments.cycles // 100) == 0:
                gc.collect()
                samples.append((cycle, *_state(process, base / "data")))
                if len(samples) % 10 == 0:
                    print(
                        f"{cycle}: {samples[-1][1]:.1f} MB of memory, {samples[-1][4]:.1f} MB of disk",
                        flush=True,
                    )
        print(f"{(time.monotonic() - begun) / arguments.cycles:.2f} s a cycle")
        _print(samples)
        before = _bytes(base / "data")
        index.rebuild()
        print(f"disk before a rebuild {before / 1e6:.1f} MB, after {_bytes(base / 'data') / 1e6:.1f} MB")
        print(f"found damaged: {index.check_health().reason or 'nothing'}")


def _write(folder: Path, number: int, cycle: int) -> None:
    rng = random.Random(number * 1_000_003 + cycle)
    sentences = [
        f"The {rng.choice(_WORDS)} report of marker{number} names the {rng.choice(_WORDS)}."
        for _ in range(12)
    ]
    text = f"Part {number}, as of {cycle}. " + " ".join(sentences)
    (folder / f"article-{number:03}.txt").write_text(text, encoding="utf-8")


def _state(process: psutil.Process, data: Path) -> tuple[float, float, float, float]:
    files = process.num_fds() if hasattr(process, "num_fds") else 0
    return process.memory_info().rss / 1e6, files, threading.active_count(), _bytes(data) / 1e6


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _print(samples: Sequence[tuple[float, ...]]) -> None:
    late = np.array(samples[len(samples) // 2 :])
    print("| | first | half | last | slope of the last half, per 1,000 cycles |\n|---|---:|---:|---:|---:|")
    for column, name in enumerate(("memory, MB", "open files", "threads", "disk, MB"), 1):
        slope = float(np.polyfit(late[:, 0], late[:, column], 1)[0]) * 1_000
        values = (samples[0][column], late[0][column], samples[-1][column])
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in values) + f" | {slope:+.2f} |")


if __name__ == "__main__":
    main()
