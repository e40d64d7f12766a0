"""The vector store: Chroma, embedded, with our own vectors. The only file that imports chromadb.

Chroma is derived from the catalog and can be built again at any time. Two processes that write to
one of its directories destroy it without an error, and so may a reader that has an old state in
memory: every use passes a gate (`lock.VectorGate`). Each rebuilt collection has a directory of its
own, so that a damaged one is left without being opened.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .errors import IndexFullError, StoreError
from .lock import VectorGate
from .schema import full, is_full

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_BATCH = 5000
"""Chroma refuses more than 5461 records at once."""
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
"""Of 30,000 passages of our benchmarks 23 were not found by their own vectors with Chroma's defaults, and 2 with
these; of the 30 nearest to a point beside a passage 97.6 and 99.7 % were. Writing costs 0.3 ms more a passage."""


class VectorStore(Protocol):
    """What the index needs of a vector store. Vectors are float32 of length 1; every error is a StoreError."""

    def exists(self) -> bool:
        """Tell whether anything was ever written."""

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Write vectors, shape (len(ids), dimension), over those with the same ids."""

    def query(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """Return up to `n` of the nearest ids with their cosine similarity, nearest first."""

    def delete(self, ids: Sequence[str]) -> None:
        """Delete vectors; unknown ids do no harm."""

    def ids(self) -> list[str]:
        """Return all ids."""

    def count(self) -> int:
        """Count the vectors."""

    def close(self) -> None:
        """Let go of files and memory; the next use opens them again."""

    def start_over(self, name: str) -> VectorStore:
        """Return an empty store under another name, beside this one."""

    def switch(self, commit: Callable[[], None]) -> None:
        """Move to the store that the pointer names once `commit` has run, and delete all others."""

    def disable(self, reason: str | None) -> None:
        """Make queries fail with `reason` instead of touching a damaged store; None allows them again."""


class ChromaVectors:
    """Vectors in Chroma: in `folder`/<name>, collection <name>, where `pointer` gives the name."""

    def __init__(self, folder: Path, pointer: Callable[[], str]) -> None:
        self._folder = folder
        self._pointer = pointer
        self._gate = VectorGate(folder / ".gate")
        self._mutex = threading.RLock()
        self._client: Any = None
        self._collection: Any = None
        self._seen = 0
        self._disabled: str | None = None

    def exists(self) -> bool:
        """Tell whether anything was ever written."""
        return (self._folder / self._pointer() / "chroma.sqlite3").exists()

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Write vectors, shape (len(ids), dimension), in calls of at most 5000; each call is atomic."""
        with self._open(change=True) as collection:
            for start in range(0, len(ids), _BATCH):
                end = start + _BATCH
                collection.upsert(ids=list(ids[start:end]), embeddings=vectors[start:end])

    def query(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """Return up to `n` of the nearest ids with their cosine similarity, nearest first."""
        if self._disabled:
            raise StoreError(self._disabled)
        if n < 1:
            return []
        with self._open(change=False) as collection:
            answer = collection.query(query_embeddings=[vector], n_results=n, include=["distances"])
        return [
            (one, 1.0 - float(distance))
            for one, distance in zip(answer["ids"][0], answer["distances"][0], strict=True)
        ]

    def delete(self, ids: Sequence[str]) -> None:
        """Delete vectors; unknown ids do no harm."""
        if not ids or not self.exists():
            return
        with self._open(change=True) as collection:
            for start in range(0, len(ids), _BATCH):
                collection.delete(ids=list(ids[start : start + _BATCH]))

    def ids(self) -> list[str]:
        """Return all ids."""
        with self._open(change=False) as collection:
            return list(collection.get(include=[])["ids"])

    def count(self) -> int:
        """Count the vectors."""
        with self._open(change=False) as collection:
            return int(collection.count())

    def close(self) -> None:
        """Let go of files and memory; the next use opens them again."""
        with self._mutex:
            client, self._client, self._collection = self._client, None, None
            if client is not None:
                with _translated(self._folder):
                    client.close()

    def start_over(self, name: str) -> ChromaVectors:
        """Return an empty store under another name, beside this one."""
        with _translated(self._folder):
            if (self._folder / name).exists():
                shutil.rmtree(self._folder / name)
        return ChromaVectors(self._folder, lambda: name)

    def switch(self, commit: Callable[[], None]) -> None:
        """Move to the store that the pointer names once `commit` has run, and delete all others."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._mutex, self._gate.changing():
            commit()
            self.close()
            current = self._pointer()
            for entry in self._folder.iterdir():
                if entry.is_dir() and entry.name != current:
                    shutil.rmtree(entry, ignore_errors=True)

    def disable(self, reason: str | None) -> None:
        """Make queries fail with `reason` instead of touching a damaged store; None allows them again."""
        self._disabled = reason

    @contextmanager
    def _open(self, *, change: bool) -> Iterator[Any]:
        with _translated(self._folder), self._mutex:
            if change:
                self._folder.mkdir(parents=True, exist_ok=True)
            with self._gate.changing() if change else self._gate.reading() as count:
                known = count - 1 if change else count
                if self._collection is None or self._seen != known:
                    self._reopen(change)
                self._seen = count
                yield self._collection

    def _reopen(self, create: bool) -> None:
        self.close()
        name = self._pointer()
        path = self._folder / name
        if not create and not (path / "chroma.sqlite3").exists():
            raise StoreError(f"The vector index {path} is missing; run `article-assistant rebuild`.")
        import chromadb
        from chromadb.config import Settings

        self._client = chromadb.PersistentClient(
            path=str(path), settings=Settings(anonymized_telemetry=False)
        )
        self._collection = self._client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": _HNSW}
        )


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Turn whatever Chroma raises into a StoreError that says what to do."""
    try:
        yield
    except StoreError:
        raise
    except BaseException as error:
        # Chroma raises its own errors, plain ones, and panics of its Rust part, which are no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if is_full(error):
            raise IndexFullError(full(folder)) from error
        raise StoreError(
            f"The vector index {folder} cannot be used ({type(error).__name__}: {str(error)[:200]}); "
            "run `article-assistant rebuild`."
        ) from error
