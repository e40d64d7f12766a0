"""How long a search takes under a filter, and whether it finds the nearest passages inside.

    python -m benchmarks.filters [--articles 5000] [--keep DIR]

It writes a generated catalog as `benchmarks.library` does, also into Chroma, with random vectors of 384
numbers that vary in 24 directions around a centre for each language. For each filter: the passages that
fit it; the median time of `Index.search`, by the clock and by the processor; and which share the dense
list has of the 100 passages inside that are nearest to a point beside a passage, the mean of `--rounds`.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Article, ArticleFilter, Index
from index.fakes import HashEmbedder
from index.within import Within

from .library import LANGUAGES, OUTLETS, PASSAGES, WORDS, fill

DIMENSION = 384
DIRECTIONS = 24
BESIDE = 0.3
"""How far a question lies from a passage, as a share of its length."""
NEAREST = 100
_BATCH = 4_000
FILTERS = {
    "none": ArticleFilter(),
    "one outlet in two months": ArticleFilter(
        sources=OUTLETS[:1], since=date(2016, 1, 1), until=date(2016, 2, 29)
    ),
    "one outlet": ArticleFilter(sources=OUTLETS[:1]),
    "one language": ArticleFilter(languages=("fr",)),
    "two languages": ArticleFilter(languages=("fr", "de")),
    "half of the years": ArticleFilter(since=date(2018, 1, 1)),
    "all that is dated": ArticleFilter(since=date(2010, 1, 1)),
}


def main() -> None:
    """Fill a collection, time searches and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="fill or use this collection, and keep it")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        index = stack.enter_context(Index.open(folder, embedder=HashEmbedder(DIMENSION)))
        _fill(index, arguments.articles)
        index.search("warm up")
        print("| filter | passages | ms | processor ms | nearest found |\n|---|---|---|---|---|")
        for name, wanted in FILTERS.items():
            print(_line(index, name, wanted, arguments.rounds), flush=True)


def _fill(index: Index, articles: int) -> None:
    """Write what is missing, with vectors around a centre for each language."""
    there = index.status().articles
    chance = np.random.default_rng(there)
    fixed = np.random.default_rng(1)
    centres = fixed.normal(size=(len(LANGUAGES), DIMENSION)) * 0.3
    directions = fixed.normal(size=(DIRECTIONS, DIMENSION)) / np.sqrt(DIRECTIONS)

    def draw(article: Article) -> NDArray[np.float32]:
        centre = centres[LANGUAGES.index(article.language or "en")]
        return _unit(centre + chance.normal(size=(PASSAGES, DIRECTIONS)) @ directions)

    fill(index, there, articles - there, draw)
    known = set(index.vectors.ids()) if index.vectors.exists() else set()
    missing = [one for one in index.catalog.passage_ids() if one not in known]
    for start in range(0, len(missing), _BATCH):
        some = missing[start : start + _BATCH]
        index.vectors.upsert(some, index.catalog.passage_vectors(some))


def _unit(drawn: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(drawn / np.linalg.norm(drawn, axis=-1, keepdims=True), dtype=np.float32)


def _line(index: Index, name: str, wanted: ArticleFilter, rounds: int) -> str:
    questions = [f"{WORDS[n]} {WORDS[n + 7]} {WORDS[n + 13]} marker{n}" for n in range(rounds)]
    times = [_timed(index, question, wanted) for question in questions]
    clock, processor = (statistics.median(one) for one in zip(*times, strict=True))
    within = Within(index.catalog, wanted)
    chance = np.random.default_rng(2)
    ids = index.catalog.passage_ids()
    shares = []
    for passage in index.catalog.passage_vectors([ids[n] for n in chance.integers(len(ids), size=rounds)]):
        vector = _unit(passage + BESIDE * _unit(chance.normal(size=DIMENSION)))
        best = within._by_comparison(vector, NEAREST)
        if wanted == ArticleFilter():
            found = dict(index.vectors.query(vector, NEAREST))
        else:
            found = within.nearest(vector, NEAREST, index.vectors)
        shares.append(len(found.keys() & best.keys()) / max(1, len(best)))
    return f"| {name} | {within.count():,} | {clock:.0f} | {processor:.0f} | {statistics.mean(shares):.3f} |"


def _timed(index: Index, question: str, wanted: ArticleFilter) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    index.search(question, 10, wanted)
    return (time.perf_counter() - clock) * 1_000, (time.process_time() - processor) * 1_000


if __name__ == "__main__":
    main()
