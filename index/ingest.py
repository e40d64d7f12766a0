"""The ingest: sources in, articles that can be found out. Killed at any point, it loses nothing.

Per article, in this order, each step whole or not at all:

1. read, split, embed: nothing is written
2. catalog: the version as `pending`, with passages and vectors
3. vector store: one write with all its vectors
4. catalog: the version is current, its terms are searchable, those of the old version are not
5. vector store: the old version's vectors are deleted; catalog: its row, too

Readers drop whatever is not current in the catalog, so they see the old version up to step 4 and
the new one from then on. `recover` deletes what an interrupted run left behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from .catalog import Catalog
from .changes import Unfinished
from .config import IndexConfig
from .containers import file_of
from .embed import Embedder
from .errors import IndexingError
from .file_reader import Reading
from .files import FileCheck, Verdict
from .pages import Page
from .passages import embed_passages, version_of
from .records import FileRecord, PassageRecord
from .reports import Tally
from .sources import Source
from .split import split_article
from .types import Article, IngestReport, Passage, Progress, ProgressCallback, SourceFailure
from .vectors import VectorStore

_WINDOW = 64
"""Passages embedded together: they are sorted by length, so that a batch holds no padding."""

_MOST_UNSAVED = 500
"""Records of unchanged articles that are written together."""

ReadArticles = Callable[[Source | Page, Mapping[str, str]], Reading]
"""A file and its columns, where the user named some → the articles in it."""


def failpoint(name: str) -> None:
    """Do nothing; tests put an interruption in its place. `name` tells which step was just finished."""


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    article: Article
    passages: list[Passage]
    files: list[FileRecord]
    replaces: str | None
    """The article that was read from this file before, where it was another one."""


@dataclass(frozen=True, kw_only=True)
class _Finished:
    """A file that holds many articles and was read to its end."""

    source: Source | Page
    met: frozenset[str]
    """Identities of what was in it, also of what could not be read."""
    complete: bool
    columns: str


class Ingest:
    """One run over some sources. The caller holds the writer's lock and has called `recover`."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        vectors: VectorStore,
        embedder: Embedder,
        config: IndexConfig,
        read: ReadArticles,
        progress: ProgressCallback | None = None,
        columns: Mapping[str, str] | None = None,
        sync: bool = False,
        hold_from: datetime | None = None,
    ) -> None:
        """Use `run`; `columns` are those of tables, `sync` removes what is in a file no longer.

        Articles of vanished files are held from `hold_from` on, if that is given.
        """
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._config = config
        self._read = read
        self._progress = progress
        self._columns = json.dumps(dict(columns), sort_keys=True) if columns else None
        self._sync = sync
        self._hold_from = hold_from
        self._files = FileCheck(catalog, config)
        self._tally = Tally()
        self._window: list[_Prepared] = []
        self._unsaved: list[FileRecord] = []
        self._finished: list[_Finished] = []
        self._done = 0
        self._total = 0

    def run(
        self, found: Sequence[Source | Page | SourceFailure], vanished: Iterable[FileRecord] = ()
    ) -> IngestReport:
        """Bring the catalog up to date with the sources; articles of `vanished` files are removed.

        What cannot be read is in the report. Raises a StoreError where nothing more can be written;
        the articles finished before stay.
        """
        for record in vanished:
            self._forget(record)
            self._catalog.forget_container(file_of(record.path))
        sources = [one for one in found if not isinstance(one, SourceFailure)]
        self._tally.failures += [one for one in found if isinstance(one, SourceFailure)]
        self._total = len(sources)
        self._pass(sources)
        # A changed article no longer stands for its duplicates: those met before it are read again.
        again = self._files.must_be_read_again(sources)
        paths = {source.identity for source in again}
        self._tally.duplicates = [one for one in self._tally.duplicates if file_of(one.path) not in paths]
        self._total += len(again)
        self._pass(again)
        return self._tally.report()

    def _pass(self, sources: Sequence[Source | Page]) -> None:
        for source in sources:
            try:
                self._take(source)
            except IndexingError as error:
                self._fail(source, str(error))
        self._flush()

    def _take(self, source: Source | Page) -> None:
        known = self._files.known(source, self._columns)
        if known is not None:
            if self._sync:
                for record in self._files.stale_entries(source):
                    self._forget(record)
            for record in known:
                self._settle(record)
            self._step(source.identity)
            return
        container = self._catalog.container(source.identity)
        columns = self._columns or (container.columns if container else "{}")
        reading = self._read(source, json.loads(columns))
        self._files.was_read(source, reading.hash)
        met, failed = set(), False
        for one in reading.articles:
            if isinstance(one, SourceFailure):
                self._tally.failures.append(one)
                met.add(one.path)
                failed = True
            else:
                entry, article = one
                met.add(entry.identity)
                self._take_article(entry, article)
                self._total += entry is not source
        if reading.many:
            finished = _Finished(source=source, met=frozenset(met), complete=not failed, columns=columns)
            self._finished.append(finished)
            self._step(source.identity)
        else:
            self._drop_entries(source, keep=frozenset())

    def _take_article(self, source: Source | Page, article: Article) -> None:
        if any(
            article.id == one.article.id or article.version == one.article.version for one in self._window
        ):
            self._flush()  # what is compared with must be in the catalog
        verdict = self._files.judge(source, article)
        if verdict.indexed:
            self._window.append(self._prepare(verdict, article))
            if sum(len(prepared.passages) for prepared in self._window) >= _WINDOW:
                self._flush()
            return
        if verdict.replaces:
            self._remove(verdict.replaces, verdict.files)
        else:
            self._unsaved += verdict.files
            if len(self._unsaved) >= _MOST_UNSAVED:
                self._save()
        self._settle(verdict.files[0])
        self._step(source.identity)

    def _settle(self, record: FileRecord) -> None:
        if record.role == "owner":
            self._tally.unchanged.append(record.article_id)
        else:
            self._tally.duplicates.append(self._files.reason(record))

    def _save(self) -> None:
        unsaved, self._unsaved = self._unsaved, []
        if unsaved:
            self._catalog.save_files(unsaved)

    def _finish(self, finished: _Finished) -> None:
        """Record a file whose articles are all on record now; with `sync`, remove those that left it."""
        source = finished.source
        own = self._catalog.file(source.identity)
        if own is not None:  # it was read as one article before
            self._forget(own)
        self._drop_entries(source, keep=None if not self._sync else finished.met)
        if finished.complete:
            record = self._files.container_record(source, len(finished.met), finished.columns)
            self._catalog.save_container(record)

    def _drop_entries(self, source: Source | Page, *, keep: frozenset[str] | None) -> None:
        """Forget the articles of a file but those to keep (None: all) and that it was read in full."""
        if self._catalog.container(source.identity) is not None:
            self._catalog.forget_container(source.identity)
        if keep is not None:
            for record in self._catalog.entries_of(source.identity):
                if record.path not in keep:
                    self._forget(record)

    def _prepare(self, verdict: Verdict, article: Article) -> _Prepared:
        passages = split_article(article, self._config.passage_tokens)
        if not passages:
            raise IndexingError(f"{verdict.files[0].path} holds no text.")
        return _Prepared(article=article, passages=passages, files=verdict.files, replaces=verdict.replaces)

    def _flush(self) -> None:
        window, self._window = self._window, []
        embedded = self._embed(window)
        self._save()  # before the writes, which end what an article stood for until then
        for prepared in window:
            self._write(prepared, [embedded[passage.id] for passage in prepared.passages])
        finished, self._finished = self._finished, []
        for one in finished:
            self._finish(one)

    def _embed(self, window: Sequence[_Prepared]) -> dict[str, PassageRecord]:
        waiting = [(passage, one.article) for one in window for passage in one.passages]
        records: dict[str, PassageRecord] = {}
        for start in range(0, len(waiting), _WINDOW):
            part = sorted(waiting[start : start + _WINDOW], key=lambda pair: len(pair[0].text))
            for record in embed_passages(self._embedder, part):
                records[record.passage.id] = record
            self._tally.passages += len(part)
            self._report(part[-1][1].path or part[-1][1].id)
        return records

    def _write(self, prepared: _Prepared, records: Sequence[PassageRecord]) -> None:
        import numpy as np

        article = prepared.article
        known = self._catalog.current_version(article.id) is not None
        self._catalog.add_pending(article, records)
        failpoint("pending")
        self._vectors.upsert([one.passage.id for one in records], np.stack([one.vector for one in records]))
        failpoint("vectors")
        old = self._catalog.publish(article.id, article.version, prepared.files, replaces=prepared.replaces)
        (self._tally.updated if known else self._tally.added).append(article.id)
        self._tally.removed += [one.article_id for one in old if one.article_id != article.id]
        self._tally.duplicates += [self._files.reason(one) for one in prepared.files[1:]]
        failpoint("published")
        clean_up(self._catalog, self._vectors, old)
        self._step(prepared.files[0].path)

    def _forget(self, record: FileRecord) -> None:
        """Forget a file that is gone, and its article unless another file stands for it."""
        if record.role == "owner":
            self._remove(record.article_id, hold_from=self._hold_from)
        else:
            self._catalog.forget_file(record.path)

    def _remove(
        self, article_id: str, files: Iterable[FileRecord] = (), hold_from: datetime | None = None
    ) -> None:
        self._save()  # also of what this article stands for, so that it is read again
        if remove_article(self._catalog, self._vectors, article_id, files, hold_from=hold_from):
            self._tally.removed.append(article_id)

    def _fail(self, source: Source | Page, reason: str) -> None:
        self._tally.failures.append(SourceFailure(path=source.identity, reason=reason))
        self._step(source.identity)

    def _step(self, current: str) -> None:
        self._done += 1
        self._report(current)

    def _report(self, current: str) -> None:
        if self._progress:
            step = Progress(
                done=self._done,
                total=self._total,
                passages=self._tally.passages,
                current=Path(file_of(current)).name,
            )
            self._progress(step)


def remove_article(
    catalog: Catalog,
    vectors: VectorStore,
    article_id: str,
    files: Iterable[FileRecord] = (),
    *,
    hold_from: datetime | None = None,
    dismissed: bool = False,
) -> bool:
    """Remove an article from everything that can be searched and record `files`; tells whether there was one.

    With `hold_from`, the time of its removal, the catalog holds it aside to be restored. One that is
    `dismissed` is not brought back by a feed.
    """
    old = catalog.retire(article_id, files, hold_from=hold_from, dismissed=dismissed)
    failpoint("retired")
    clean_up(catalog, vectors, old)
    return bool(old)


def restore_article(
    catalog: Catalog, vectors: VectorStore, embedder: Embedder, config: IndexConfig, article_id: str
) -> int | None:
    """Bring a removed article back, in the steps of an ingest; returns the passages embedded for it.

    Its vectors are those that were held, unless the embedding model is another one now. None where
    no such article is held. Interrupted, it is still held, or back.
    """
    import numpy as np

    found = catalog.held_article(article_id)
    if found is None:
        return None
    article, records = found
    version = version_of(article, embedder.id)
    embedded = 0
    if version != article.version:
        article = replace(article, version=version)
        passages = split_article(article, config.passage_tokens)
        records = embed_passages(embedder, [(one, article) for one in passages])
        embedded = len(records)
    catalog.add_pending(article, records)
    failpoint("pending")
    vectors.upsert([one.passage.id for one in records], np.stack([one.vector for one in records]))
    failpoint("vectors")
    old = catalog.publish(article.id, article.version, [], restored=True)
    failpoint("published")
    clean_up(catalog, vectors, old)
    return embedded


def clean_up(catalog: Catalog, vectors: VectorStore, versions: Iterable[Unfinished]) -> None:
    """Delete versions that readers do not see: first their vectors, then their rows."""
    for version in versions:
        vectors.delete(version.passage_ids)
        failpoint("vectors deleted")
        catalog.discard(version)


def recover(catalog: Catalog, vectors: VectorStore) -> int:
    """Delete what an interrupted run left behind; returns how many versions that was.

    A version that was pending is not lost: its file is not on record, so that it is read again.
    """
    unfinished = catalog.unfinished()
    clean_up(catalog, vectors, unfinished)
    return len(unfinished)
