"""Is the vector store whole? And if not: build it again from the catalog.

A damaged HNSW file makes Chroma end the whole process, or answer from a fraction of the vectors
while `count` is right. So the look at it happens in a process of its own, which compares the ids
with the catalog's and asks for a sample of passages by their own vectors.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .catalog import CATALOG_NAME, Catalog
from .embed import Embedder
from .errors import IndexCorruptError, StoreError
from .passages import embed_passages, version_of
from .records import unpack_vectors
from .types import Article, Passage, Progress, ProgressCallback
from .vectors import ChromaVectors, VectorStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)
POINTER = "collection"
EMBEDDER = "embedder"
DIMENSION = "dimension"
BEGUN = "vectors_begun"
"""Passages that had been written, and were gone, when the vector store in force was made."""
VECTORS_NAME = "vectors"
FIRST_COLLECTION = "articles-1"
_COLLECTION = re.compile(r"articles-[0-9]{1,18}")
_SAMPLE = 50
_NEIGHBOURS = 10
_BATCH = 1000
_WINDOW = 64
MOST_GONE = 5_000
"""So many vectors may be gone from the store before it is made anew, if they are twice those it holds."""
_SAME = 0.9999
"""Cosine from which two vectors count as one: copies of a passage may take each other's place."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a look at the vector store found: `reason` is None where all is well."""

    reason: str | None
    checked: int = 0
    """Passages that were looked for by their own vectors."""


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """What a comparison of the catalog with the searches built from it found and mended, in passages."""

    passages: int
    missing_vectors: int
    surplus_vectors: int
    missing_terms: int
    surplus_terms: int

    @property
    def whole(self) -> bool:
        """Whether all three held the same."""
        return not (self.missing_vectors or self.surplus_vectors or self.missing_terms or self.surplus_terms)


def collection_name(catalog: Catalog) -> str:
    """Return the name of the vector collection in force. Raises IndexCorruptError where it is none of ours.

    It becomes the name of a directory that is deleted one day, and a catalog may come from elsewhere.
    """
    name = catalog.meta(POINTER) or FIRST_COLLECTION
    if not _COLLECTION.fullmatch(name):
        raise IndexCorruptError(
            f"The catalog {catalog.path} was tampered with or is damaged (it names its vectors {name[:80]!r}); "
            "restore it from a backup."
        )
    return name


def probe(data_dir: Path, *, timeout: float = 60.0, seed: int = 0) -> Health:
    """Look at a collection's vectors in a process of its own; never raises for what it finds there."""
    package = Path(__file__).resolve().parent
    path = os.pathsep.join(filter(None, [str(package.parent), os.environ.get("PYTHONPATH")]))
    call = f"import sys; from {package.name}.health import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", call, str(data_dir), str(seed)]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Health(reason=_advice(f"could not be checked within {timeout:.0f} s"))
    if done.returncode != 0:
        return Health(reason=_advice("is damaged: reading it ends the process"))
    return Health(**json.loads(done.stdout.splitlines()[-1]))


def look(catalog: Catalog, vectors: VectorStore, *, seed: int = 0) -> Health:
    """Compare the vector store with the catalog, in this process."""
    wanted = catalog.passage_ids()
    if not wanted:
        return Health(reason=None)
    try:
        present = set(vectors.ids())
        missing = set(wanted) - present
        missing &= set(catalog.passages_by_id(sorted(missing)[:_SAMPLE]))  # not replaced meanwhile
        if missing:
            return Health(reason=_advice("lacks some of the passages"))
        surplus = len(present - set(wanted) - set(catalog.passage_ids()) - _unfinished(catalog))
        if surplus:
            return Health(reason=_advice(f"holds {surplus} passages that no article has"))
        sample = random.Random(seed).sample(wanted, min(_SAMPLE, len(wanted)))  # noqa: S311 - no secret
        sample = list(catalog.passages_by_id(sample))
        lost = _lost(sample, catalog.passage_vectors(sample), vectors)
    except StoreError as error:
        return Health(reason=str(error))
    if lost:
        return Health(reason=_advice(f"does not find {lost} of {len(sample)} passages"), checked=len(sample))
    return Health(reason=None, checked=len(sample))


def _unfinished(catalog: Catalog) -> set[str]:
    return {one for version in catalog.unfinished() for one in version.passage_ids}


def reconcile(catalog: Catalog, vectors: VectorStore) -> Reconciliation:
    """Bring the vectors and the full-text search to hold the catalog's passages and no others.

    The caller holds the writer's lock and has called `recover`. Raises a StoreError.
    """
    wanted = catalog.passage_ids()
    present = set(vectors.ids()) if vectors.exists() else set()
    missing = [one for one in wanted if one not in present]
    surplus = sorted(present - set(wanted))
    vectors.delete(surplus)
    for start in range(0, len(missing), _BATCH):
        some = missing[start : start + _BATCH]
        vectors.upsert(some, catalog.passage_vectors(some))
    missing_terms, surplus_terms = catalog.reconcile_terms()
    return Reconciliation(
        passages=len(wanted),
        missing_vectors=len(missing),
        surplus_vectors=len(surplus),
        missing_terms=missing_terms,
        surplus_terms=surplus_terms,
    )


def _lost(ids: Sequence[str], matrix: NDArray[np.float32], vectors: VectorStore) -> int:
    """Count the passages that are not among the nearest to their own vectors."""
    lost = 0
    for one, vector in zip(ids, matrix, strict=True):
        found = vectors.query(vector, _NEIGHBOURS)
        crowded = len(found) == _NEIGHBOURS and found[-1][1] >= _SAME
        lost += not crowded and one not in {name for name, _ in found}
    return lost


def tidy(catalog: Catalog, vectors: VectorStore) -> bool:
    """Make the vector store anew where most of it is vectors that are gone; tells whether it did.

    Chroma marks what is deleted and keeps its place, on the disk and in memory: articles that change
    day after day would make it grow for ever. Where that fails, it goes on with the store that there is.
    The caller holds the writer's lock.
    """
    held = catalog.passage_count()
    gone = catalog.passages_ever() - int(catalog.meta(BEGUN) or 0) - held
    if gone <= max(MOST_GONE, 2 * held) or not vectors.exists():
        return False
    try:
        refill(catalog, vectors)
    except StoreError as error:
        _log.warning("The vector index could not be made anew, and stays as it is: %s", error)
        return False
    return True


def _advice(finding: str) -> str:
    return f"The vector index {finding}; run `article-assistant rebuild`."


def rebuild(
    catalog: Catalog, vectors: VectorStore, embedder: Embedder, progress: ProgressCallback | None = None
) -> int:
    """Build a new vector store from the catalog, check it, and put it in force; returns its passages.

    The articles are embedded again only where `embedder` is another model than before. Until the
    very end the old state is served; what an interrupted rebuild left is overwritten by the next.
    Raises a StoreError.
    """
    renewed = catalog.meta(EMBEDDER) not in (None, embedder.id)
    versions = _embed_again(catalog, embedder, progress) if renewed else None
    catalog.rebuild_terms()
    catalog.link_all()
    made_with = {EMBEDDER: embedder.id, DIMENSION: str(embedder.dimension)}
    if not renewed and not catalog.passage_count():
        made_with = {}
    return refill(catalog, vectors, progress, versions=versions, meta=made_with)


def refill(
    catalog: Catalog,
    vectors: VectorStore,
    progress: ProgressCallback | None = None,
    *,
    versions: dict[str, str] | None = None,
    meta: dict[str, str] | None = None,
) -> int:
    """Copy the catalog's vectors into a new store, check it, and put it in force with `meta`; returns their count.

    With `versions`, new ones by article id, the vectors are the renewed ones. Raises a StoreError.
    """
    name = _next_name(collection_name(catalog))
    fresh = vectors.start_over(name)
    try:
        done = _fill(fresh, catalog, versions, progress)
    finally:
        fresh.close()
    noted = {**(meta or {}), POINTER: name, BEGUN: str(catalog.passages_ever() - done)}
    vectors.switch(lambda: catalog.finish_rebuild(noted, versions))
    vectors.disable(None)
    return done


def _fill(
    fresh: VectorStore, catalog: Catalog, versions: dict[str, str] | None, progress: ProgressCallback | None
) -> int:
    """Copy the catalog's vectors, renewed ones where there are new `versions`, and check the copy."""
    total, done = catalog.passage_count(), 0
    sample: list[tuple[str, NDArray[np.float32]]] = []
    for ids, blobs in catalog.vector_batches(_BATCH, renewed=versions is not None):
        names, matrix = [_renamed(one, versions) for one in ids], unpack_vectors(blobs)
        fresh.upsert(names, matrix)
        step = max(1, total // _SAMPLE)
        sample += list(zip(names[::step], matrix[::step], strict=True))
        done += len(names)
        _tell(progress, done, total, "vectors")
    _verify(fresh, done, sample)
    return done


def _embed_again(catalog: Catalog, embedder: Embedder, progress: ProgressCallback | None) -> dict[str, str]:
    """Write new vectors beside the present ones; returns the articles' new versions."""
    catalog.start_renewing()
    total, done = catalog.passage_count(), 0
    versions: dict[str, str] = {}
    window: list[tuple[Passage, Article]] = []
    for article in catalog.articles():
        versions[article.id] = version_of(article, embedder.id)
        window += [(passage, article) for passage in catalog.passages(article.id)]
        while len(window) >= _WINDOW:
            part, window = window[:_WINDOW], window[_WINDOW:]
            done += _renew(catalog, embedder, part)
            _tell(progress, done, total, article.title)
    done += _renew(catalog, embedder, window)
    _tell(progress, done, total, "")
    return versions


def _renew(catalog: Catalog, embedder: Embedder, part: Sequence[tuple[Passage, Article]]) -> int:
    if part:
        ordered = sorted(part, key=lambda pair: len(pair[0].text))
        catalog.add_renewed(embed_passages(embedder, ordered))
    return len(part)


def _renamed(passage_id: str, versions: dict[str, str] | None) -> str:
    if versions is None:
        return passage_id
    article_id, _, number = passage_id.split(":")
    return f"{article_id}:{versions[article_id]}:{number}"


def _verify(fresh: VectorStore, count: int, sample: Sequence[tuple[str, NDArray[np.float32]]]) -> None:
    import numpy as np

    if count == 0:
        return
    if fresh.count() != count or _lost([one for one, _ in sample], np.stack([v for _, v in sample]), fresh):
        raise StoreError(
            "The rebuilt vector index is not complete; the old one stays. Check the disk, try again."
        )


def _next_name(name: str) -> str:
    stem, _, number = name.rpartition("-")
    return f"{stem}-{int(number) + 1}"


def _tell(progress: ProgressCallback | None, done: int, total: int, current: str) -> None:
    if progress:
        progress(Progress(done=done, total=total, passages=done, current=current))


def main(arguments: Sequence[str]) -> int:
    """Look at the collection in a directory and write what was found as JSON: the other side of `probe`."""
    data_dir = Path(arguments[0])
    try:
        catalog = Catalog(data_dir / CATALOG_NAME, index_terms=lambda text, language: "", read_only=True)
        vectors = ChromaVectors(data_dir / VECTORS_NAME, lambda: collection_name(catalog))
        health = look(catalog, vectors, seed=int(arguments[1]))
    except StoreError as error:
        health = Health(reason=str(error))
    sys.stdout.write(json.dumps(asdict(health)) + "\n")
    return 0
