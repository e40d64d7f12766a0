"""How long do a backup, a restore, a rebuild and the doctor take, and how large is the file?

    python -m benchmarks.backup --articles 10000

Made-up articles of about 450 words in six passages; vectors of 384 numbers by `HashEmbedder`, which
costs what the packaged model costs in everything that is measured here.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index import Index, back_up, examine, restore_backup
from index.fakes import HashEmbedder

_SYLLABLES = (
    "ar bren cor dun el fen gar hol iver jar kes lyn mar nor orm pel quay rus sel tar ull varn".split()
)
Result = TypeVar("Result")


def main() -> None:
    """Make a collection and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20171211)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="backup-") as folder:
        run(Path(folder), arguments.articles, random.Random(arguments.seed))


def run(base: Path, count: int, rng: random.Random) -> None:
    """Measure each in turn, in one process."""
    (base / "articles").mkdir()
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(20_000)]
    for number in range(count):
        sentences = [" ".join(rng.choices(words, k=15)).capitalize() + "." for _ in range(30)]
        (base / "articles" / f"{number:06}.txt").write_text(" ".join(sentences), encoding="utf-8")
    with _open(base / "data") as index:
        timed("add", lambda: index.add([base / "articles"]))
        print(f"{index.status().articles:,} articles in {index.status().passages:,} passages")
        timed("rebuild", index.rebuild)
    size = sum(path.stat().st_size for path in (base / "data").rglob("*") if path.is_file())
    made = timed("backup", lambda: back_up(base / "data", base / "file"))
    print(f"collection {size / 1e6:,.0f} MB, backup {made.size / 1e6:,.0f} MB")
    timed("restore", lambda: restore_backup(base / "file", base / "again"))
    timed("doctor", lambda: list(examine(base / "again", opened=_open)))


def timed(name: str, call: Callable[[], Result]) -> Result:
    """Call, and print how long that took."""
    begun = time.monotonic()
    result = call()
    print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)
    return result


def _open(data: Path) -> Index:
    return Index.open(data, embedder=HashEmbedder(384))


if __name__ == "__main__":
    main()
