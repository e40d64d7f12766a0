"""How quickly articles are read in, and where the time goes.

    python -m benchmarks.ingest --data DIR [--set orangesum_fr] [--articles 300] [--stand-in]

The articles of an evaluation set are written as files and added by `Index.add` with the product's own
parts, then added again unchanged. Time is that of this process and its children on the processor, so
that other programs on the machine do not count; the clock stands beside it. The model is loaded before
the first is taken. Each stage has the time that is not another's: what is in no stage is the rest.
With `--stand-in` random vectors take the place of the model's: what the rest costs, in minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import numpy as np

from index import Index, IndexConfig
from index.embed import Embedder, PassageEmbedding, make_embedder

from .collections import read_rows, write_articles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MODEL = "embedding model"
STAGES = {
    MODEL: (
        "index.embed.SentenceTransformersEmbedder.embed_passages",
        "benchmarks.ingest.StandIn.embed_passages",
    ),
    "finding and reading files": ("index.collection.find_sources", "index.file_reader.FileReader.read"),
    "cleaning, language, title": ("index.file_reader.FileReader._article",),
    "comparing with the catalog": (
        "index.files.FileCheck.known",
        "index.files.FileCheck.judge",
        "index.ingest.Catalog.save_files",
    ),
    "passages": ("index.ingest.split_article",),
    "sentences": ("index.passages.split_sentences",),
    "catalog: texts and vectors": ("index.catalog.Catalog.add_pending",),
    "catalog: terms for the full-text search": ("index.catalog.Catalog._insert_terms",),
    "catalog: near-duplicates": ("index.changes.link",),
    "catalog: made current": ("index.catalog.Catalog.publish",),
    "vector store (Chroma)": ("index.vectors.ChromaVectors.upsert",),
}
"""The functions in which a stage's time is spent."""


@dataclass
class Clock:
    """Shares the processor's time out among stages; the innermost one that runs has it."""

    spent: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _open: list[str] = field(default_factory=lambda: ["the rest"])
    _since: float = 0.0

    @contextlib.contextmanager
    def measuring(self) -> Iterator[None]:
        """Measure what runs inside; the functions of the stages are wrapped meanwhile."""
        with contextlib.ExitStack() as stack:
            for stage, functions in STAGES.items():
                for name in functions:
                    inner = _resolve(name)
                    stack.enter_context(patch(name, self._wrapped(stage, inner)))
            self._since = processor_seconds()
            yield
            self._pass()

    def _wrapped(self, stage: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            self._pass()
            self._open.append(stage)
            self.calls[stage] += 1
            try:
                return inner(*arguments, **named)
            finally:
                self._pass()
                self._open.pop()

        return timed

    def _pass(self) -> None:
        now = processor_seconds()
        self.spent[self._open[-1]] += now - self._since
        self._since = now


class StandIn:
    """Random unit vectors of the packaged model's dimension in place of an embedding model."""

    id, dimension = "stand-in", 384

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)

    def warm_up(self) -> None:
        """Do nothing."""

    def embed_question(self, question: str) -> Vectors:
        """Return a random vector."""
        return self._vectors(1)[0]

    def embed_passages(
        self, texts: Sequence[str], contexts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]]
    ) -> list[PassageEmbedding]:
        """Return random vectors for passages and sentences."""
        return [
            PassageEmbedding(vector=self._vectors(1)[0], sentence_vectors=self._vectors(len(spans)))
            for spans in sentences
        ]

    def _vectors(self, count: int) -> Vectors:
        found = self._random.standard_normal((count, self.dimension), dtype=np.float32)
        return cast("Vectors", found / np.linalg.norm(found, axis=1, keepdims=True))


def _resolve(name: str) -> Callable[..., Any]:
    import pkgutil

    found: Callable[..., Any] = pkgutil.resolve_name(name)
    return found


def processor_seconds() -> float:
    """Return the processor time of this process, all its threads, and its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    """Add a set twice and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation sets")
    parser.add_argument("--set", default="orangesum_fr")
    parser.add_argument("--articles", type=int, help="only so many")
    parser.add_argument("--keep", type=Path, help="make the collection in this folder, and keep it")
    parser.add_argument("--stand-in", action="store_true", help="random vectors in place of the model's")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data / arguments.set / "corpus.jsonl.gz")[: arguments.articles]
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = folder / "files" / "set"
        write_articles(rows, files)
        measure(files, folder / "collection", _embedder(arguments.stand_in))


def _embedder(stand_in: bool) -> Embedder:
    config = IndexConfig()
    if stand_in:
        return StandIn()
    embedder = make_embedder(config.embedding_model, config.cache_dir, config.embed_batch)
    embedder.embed_passages(["The model is loaded before."], [""], [[]])
    return embedder


def measure(files: Path, collection: Path, embedder: Embedder) -> None:
    """Add the files twice, print what it took."""
    with Index.open(collection, embedder=embedder) as index:
        clock, started = Clock(), time.perf_counter()
        with clock.measuring():
            report = index.add([files])
        wall, total = time.perf_counter() - started, clock.spent.total()
        count = len(report.added)
        print(f"{count:,} articles, {report.passages:,} passages, {len(report.failures)} failures\n")
        print("| stage | processor s | share | ms an article |\n|---|---|---|---|")
        for stage, seconds in clock.spent.most_common():
            print(f"| {stage} | {seconds:.1f} | {seconds / total:.1%} | {1000 * seconds / count:.2f} |")
        print(f"| all | {total:.1f} | 100 % | {1000 * total / count:.2f} |\n")
        outside = total - clock.spent[MODEL]
        print(
            f"articles a minute of processor time: {60 * count / total:,.0f}, by the clock: {60 * count / wall:,.0f}"
        )
        print(
            f"outside the embedding model: {outside / total:.1%}, {1000 * outside / count:.1f} ms an article"
        )
    with Index.open(collection, embedder=embedder) as index:
        clock, started = Clock(), time.perf_counter()
        with clock.measuring():
            report = index.add([files])
        wall = time.perf_counter() - started
        print(
            f"added again: {wall:.2f} s by the clock, {clock.spent.total():.2f} s of processor time,"
            f" {len(report.unchanged):,} unchanged, {report.passages} passages and"
            f" {clock.calls[MODEL]} calls of the model"
        )


if __name__ == "__main__":
    main()
