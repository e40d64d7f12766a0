"""The collection: articles go in, passages come out. This is what other programs use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from . import health
from .catalog import CATALOG_NAME, Catalog
from .config import IndexConfig, default_data_dir
from .duplicates import DUPLICATES_VERSION
from .embed import Embedder, make_embedder
from .errors import EmbedderMismatchError, IndexFullError, IndexLockedError, ModelUnavailableError, StoreError
from .feed_store import FeedStore
from .feeds import Feeds
from .fetch import Fetching
from .file_reader import FileReader
from .files import vanished
from .formats.rows import check_columns
from .health import DIMENSION, EMBEDDER, VECTORS_NAME, Health, collection_name
from .ingest import Ingest, recover
from .listing import ArticleFilter
from .lock import WriterLock
from .opening import make_directory, mismatch
from .pages import Page
from .reader import Reader, packaged_reader
from .records import FileRecord
from .schema import full, is_full
from .sources import Source, find_sources, passed_over
from .types import (
    Hit,
    IndexStatus,
    IngestReport,
    ProgressCallback,
    SourceFailure,
)
from .upkeep import Upkeep
from .vectors import ChromaVectors, VectorStore
from .web_reader import divide
from .web_side import WebSide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .search import Searcher

TERMS = "terms"
DUPLICATES = "duplicates"
_TURN_SECONDS = 30.0
"""How long a thread waits for its turn to change the collection."""
VectorStoreFactory = Callable[[Callable[[], str]], VectorStore]
"""Takes a function that names the collection in force; `fakes.InMemoryVectors` is one."""


def _index_terms(text: str, language: str | None) -> str:
    from .lexical import index_terms

    return index_terms(text, language)


def _now() -> datetime:
    return datetime.now(UTC)


class Index(Upkeep):
    """A collection of articles in one directory. Safe to share between threads.

    Any number of processes may have it open and search it; one at a time may change it.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        catalog: Catalog,
        vectors: VectorStore,
        embedder: Embedder,
        config: IndexConfig,
        reader: Reader | None = None,
        read_only: bool = False,
        now: Callable[[], datetime] = _now,
        fetcher: Fetching | None = None,
    ) -> None:
        """Use `Index.open`; this takes the parts as they are."""
        self.data_dir = data_dir
        self.catalog = catalog
        self.vectors = vectors
        self.embedder = embedder
        self.config = config
        self.reader = reader
        self._read_only = read_only
        self._now = now
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._searcher: Searcher | None = None
        self._degraded: str | None = None
        self._web = WebSide(
            data_dir,
            FeedStore(catalog),
            config,
            fetcher=fetcher,
            now=now,
            embedder_id=lambda: embedder.id,
            ingest=self._add_pages,
            check=self._check_usable,
        )

    @classmethod
    def open(
        cls,
        data_dir: Path | str | None = None,
        *,
        config: IndexConfig | None = None,
        embedder: Embedder | None = None,
        vectors: VectorStoreFactory | None = None,
        reader: Reader | None = None,
        read_only: bool = False,
        now: Callable[[], datetime] = _now,
        fetcher: Fetching | None = None,
    ) -> Index:
        """Open the collection in `data_dir` (default: see `default_data_dir`), made if it is missing.

        Passages are read by `reader`; where neither it nor `embedder` is given, by the packaged one.
        Loads no model and opens no vectors yet. Raises a StoreError: no such directory where
        `read_only`, not writable, damaged, or made by a newer version.
        """
        config = config or IndexConfig()
        folder = Path(data_dir).expanduser() if data_dir is not None else default_data_dir()
        make_directory(folder, read_only)
        catalog = Catalog(folder / CATALOG_NAME, index_terms=_index_terms, read_only=read_only)

        def pointer() -> str:
            return collection_name(catalog)

        if reader is None and embedder is None:
            reader = packaged_reader(config.cache_dir)

        return cls(
            folder,
            catalog=catalog,
            vectors=vectors(pointer) if vectors else ChromaVectors(folder / VECTORS_NAME, pointer),
            embedder=embedder or make_embedder(config.embedding_model, config.cache_dir, config.embed_batch),
            config=config,
            reader=reader,
            read_only=read_only,
            now=now,
            fetcher=fetcher,
        )

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; what is being fetched ends."""
        self._web.close()
        self.vectors.close()
        self.catalog.close()

    def add(
        self,
        paths: Iterable[Path | str],
        *,
        sync: bool = False,
        columns: Mapping[str, str] | None = None,
        progress: ProgressCallback | None = None,
    ) -> IngestReport:
        """Read files, folders and web addresses (http://…) into the collection; what has not changed costs nothing.

        With `sync`, articles are removed whose files under `paths` are gone, or that are in their file
        no longer. `columns` names the columns of CSV and JSON files by field (text, title, date,
        source, author, url, language, section, id); it is remembered for each file, and what it does
        not name is found by the usual names. What cannot be read is
        named in the report and the rest goes on. Raises a StoreError where nothing more can be
        written: locked, full, or made with another embedding model. Interrupted, it keeps what it
        has finished, and the next call goes on from there.
        """
        roots, addresses = divide(paths)
        pages = self._web.read(addresses) if addresses else []
        with self._writing():
            self._check_embedder()
            found = list(find_sources(roots, self.config))
            gone = vanished(self.catalog, roots, found) if sync else []
            report = self._ingest([*found, *pages], gone, progress, check_columns(columns), sync=sync)
        skipped = passed_over(roots)
        return replace(report, warnings=(*report.warnings, skipped)) if skipped else report

    @property
    def feeds(self) -> Feeds:
        """The feeds that are followed."""
        return self._web.feeds

    def search(self, question: str, limit: int = 10, within: ArticleFilter | None = None) -> list[Hit]:
        """Return the passages that answer a question best, best first; no others than those `within` a filter.

        Raises EmbedderMismatchError and other StoreErrors.
        """
        self._check_embedder()
        if not self.catalog.passage_count():
            return []
        with self._guard:
            if self._searcher is None:
                from .search import Searcher

                self._searcher = Searcher(self.catalog, self.vectors, self.embedder, self.config)
        return self._searcher.search(question, limit, within)

    @property
    def degraded(self) -> str | None:
        """A sentence where the last search had to do with less than usual, or the collection has a fault."""
        searched = self._searcher.degraded if self._searcher else None
        return searched or self._degraded or self.catalog.terms_trouble

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """Return the vector of a question, shape (dimension,). Raises a StoreError."""
        self._check_embedder()
        return self.embedder.embed_question(question)

    def warm_up(self) -> None:
        """Load what the first question would have to wait for. Raises a StoreError."""
        self.embedder.warm_up()
        if self.vectors.exists():
            self.vectors.count()
        if self.reader is not None:
            with suppress(ModelUnavailableError):  # no reason to stop: every answer will say so
                self.reader.warm_up()

    def status(self, *, check: bool = False) -> IndexStatus:
        """Return the state of the collection; `check` first looks into the vectors, which takes seconds."""
        if check:
            self.check_health()
        counts = self.catalog.counts()
        return IndexStatus(
            data_dir=str(self.data_dir),
            articles=counts.articles,
            passages=counts.passages,
            embedding_model=self.catalog.meta(EMBEDDER) or self.embedder.id,
            languages=counts.languages,
            sources=counts.sources,
            degraded=self._trouble(counts.passages),
            pending=counts.pending,
        )

    def check_health(self) -> Health:
        """Look into the vectors, in a process of its own; a damaged store is not queried any more."""
        found = self._look()
        self._degraded = found.reason
        self.vectors.disable(found.reason)
        return found

    def rebuild(self, progress: ProgressCallback | None = None) -> int:
        """Build the vectors and the full-text search again from the articles; returns the passages.

        Embeds them again only if the embedding model has changed. Raises a StoreError.
        """
        with self._locked():
            return self._rebuild(progress)

    def recover(self) -> int:
        """Clean up after an interrupted run; returns how many versions it left. Raises a StoreError."""
        with self._locked():
            return self._recover()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the collection for writing: threads of this process wait for each other, processes do not."""
        self._check_writable()
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            raise IndexLockedError("Other articles are being added; try again when they are.")
        try:
            with WriterLock(self.data_dir):
                yield
        except OSError as error:
            if is_full(error):
                raise IndexFullError(full(self.data_dir)) from error
            raise
        finally:
            self._turn.release()

    def _check_writable(self) -> None:
        if self._read_only:
            raise StoreError(f"The collection in {self.data_dir} was opened for reading only.")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._locked():
            self._recover()
            if self._terms_are_outdated():
                self.catalog.rebuild_terms()
                self._record_terms()
            if self.catalog.meta(DUPLICATES) != DUPLICATES_VERSION:
                self.catalog.link_all()
                self.catalog.set_meta({DUPLICATES: DUPLICATES_VERSION})
            self._purge_expired()
            yield

    def _recover(self) -> int:
        unfinished = self.catalog.unfinished()
        if unfinished:
            # A process that is killed while it writes leaves Chroma unusable once in a while.
            if self._look().reason is None:
                return recover(self.catalog, self.vectors)
            for version in unfinished:
                self.catalog.discard(version)
        elif bool(self.catalog.passage_count()) == self.vectors.exists():
            return 0
        if self.catalog.meta(EMBEDDER) in (None, self.embedder.id):
            self._rebuild(None)
        return len(unfinished)

    def _rebuild(self, progress: ProgressCallback | None) -> int:
        passages = health.rebuild(self.catalog, self.vectors, self.embedder, progress)
        self._record_terms()
        self.catalog.set_meta({DUPLICATES: DUPLICATES_VERSION})
        self._degraded = None
        return passages

    def _look(self) -> Health:
        if isinstance(self.vectors, ChromaVectors):
            return health.probe(self.data_dir)
        return health.look(self.catalog, self.vectors)

    def _add_pages(self, pages: Sequence[Page]) -> IngestReport:
        with self._writing():
            self._check_embedder()
            return self._ingest(pages)

    def _ingest(
        self,
        found: Sequence[Source | Page | SourceFailure],
        gone: Iterable[FileRecord] = (),
        progress: ProgressCallback | None = None,
        columns: Mapping[str, str] | None = None,
        *,
        sync: bool = False,
    ) -> IngestReport:
        if any(not isinstance(one, SourceFailure) for one in found):
            self._record_embedder()
            health.tidy(self.catalog, self.vectors)
        with FileReader(self.config) as reader:
            ingest = Ingest(
                catalog=self.catalog,
                vectors=self.vectors,
                embedder=self.embedder,
                config=self.config,
                read=lambda source, named: reader.read(
                    source, now=self._now(), embedder_id=self.embedder.id, columns=named
                ),
                progress=progress,
                columns=columns,
                sync=sync,
                hold_from=self._hold_from(),
            )
            return ingest.run(found, gone)

    def _check_usable(self) -> None:
        self._check_writable()
        self._check_embedder()

    def _check_embedder(self) -> None:
        made_with = self.catalog.meta(EMBEDDER)
        if made_with not in (None, self.embedder.id) and self.catalog.passage_count():
            raise EmbedderMismatchError(mismatch(made_with, self.embedder.id))

    def _record_embedder(self) -> None:
        if self.catalog.meta(EMBEDDER) != self.embedder.id:
            self.catalog.set_meta({EMBEDDER: self.embedder.id, DIMENSION: str(self.embedder.dimension)})
        self._record_terms()

    def _terms_are_outdated(self) -> bool:
        """Tell whether the full-text search was made with another form of terms than questions have now."""
        from .lexical import LEXICAL_VERSION

        return self.catalog.meta(TERMS) != LEXICAL_VERSION and self.catalog.passage_count() > 0

    def _record_terms(self) -> None:
        from .lexical import LEXICAL_VERSION

        if self.catalog.meta(TERMS) != LEXICAL_VERSION:
            self.catalog.set_meta({TERMS: LEXICAL_VERSION})

    def _trouble(self, passages: int) -> str | None:
        made_with = self.catalog.meta(EMBEDDER)
        if passages and made_with not in (None, self.embedder.id):
            return mismatch(made_with, self.embedder.id)
        if self._terms_are_outdated():
            return "The full-text search was made by another version; run `article-assistant rebuild`."
        if passages and not self.vectors.exists():
            return "The vector index is missing; run `article-assistant rebuild`."
        return self._degraded or self.catalog.terms_trouble
