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

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .catalog import Catalog
from .changes import Unfinished
from .config import IndexConfig
from .embed import Embedder
from .errors import IndexingError
from .files import FileCheck, Verdict
from .records import FileRecord, PassageRecord
from .sources import Source
from .split import SPLITTER_VERSION, split_article, split_sentences
from .text import article_version
from .types import Article, IngestReport, Passage, Progress, ProgressCallback, SourceFailure
from .vectors import VectorStore

if TYPE_CHECKING:
    from .embed import PassageEmbedding

_WINDOW = 64
"""Passages embedded together: they are sorted by length, so that a batch holds no padding."""

ReadArticle = Callable[[Source], Article]


def failpoint(name: str) -> None:
    """Do nothing; tests put an interruption in its place. `name` tells which step was just finished."""


@dataclass(kw_only=True)
class _Tally:
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failures: list[SourceFailure] = field(default_factory=list)
    duplicates: list[SourceFailure] = field(default_factory=list)
    passages: int = 0

    def report(self) -> IngestReport:
        changed = {*self.added, *self.updated, *self.removed}
        return IngestReport(
            added=_once(self.added),
            updated=_once(self.updated),
            unchanged=_once(one for one in self.unchanged if one not in changed),
            removed=_once(self.removed),
            failures=tuple(self.failures),
            duplicates=tuple(self.duplicates),
            passages=self.passages,
        )


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    article: Article
    passages: list[Passage]
    files: list[FileRecord]
    replaces: str | None
    """The article that was read from this file before, where it was another one."""


class Ingest:
    """One run over some sources. The caller holds the writer's lock and has called `recover`."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        vectors: VectorStore,
        embedder: Embedder,
        config: IndexConfig,
        read: ReadArticle,
        progress: ProgressCallback | None = None,
        hold_from: datetime | None = None,
    ) -> None:
        """Use these parts; articles of vanished files are held from `hold_from` on, if that is given."""
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._config = config
        self._read = read
        self._progress = progress
        self._hold_from = hold_from
        self._files = FileCheck(catalog, config)
        self._tally = _Tally()
        self._window: list[_Prepared] = []
        self._done = 0
        self._total = 0

    def run(
        self, found: Sequence[Source | SourceFailure], vanished: Iterable[FileRecord] = ()
    ) -> IngestReport:
        """Bring the catalog up to date with the sources; articles of `vanished` files are removed.

        What cannot be read is in the report. Raises a StoreError where nothing more can be written;
        the articles finished before stay.
        """
        for record in vanished:
            self._forget(record)
        sources = [one for one in found if isinstance(one, Source)]
        self._tally.failures += [one for one in found if isinstance(one, SourceFailure)]
        self._total = len(sources)
        self._pass(sources)
        # A changed article no longer stands for its duplicates: those met before it are read again.
        again = [source for source in sources if self._files.must_be_read_again(source)]
        paths = {source.identity for source in again}
        self._tally.duplicates = [one for one in self._tally.duplicates if one.path not in paths]
        self._total += len(again)
        self._pass(again)
        return self._tally.report()

    def _pass(self, sources: Sequence[Source]) -> None:
        for source in sources:
            try:
                self._take(source)
            except IndexingError as error:
                self._fail(source, str(error))
            if sum(len(prepared.passages) for prepared in self._window) >= _WINDOW:
                self._flush()
        self._flush()

    def _take(self, source: Source) -> None:
        known = self._files.known(source)
        if known is not None:
            self._settle(source, known)
            return
        article = self._read(source)
        if any(
            article.id == one.article.id or article.version == one.article.version for one in self._window
        ):
            self._flush()  # what is compared with must be in the catalog
        verdict = self._files.judge(source, article)
        if verdict.indexed:
            self._window.append(self._prepare(verdict, article))
            return
        if verdict.replaces:
            self._remove(verdict.replaces, verdict.files)
        else:
            self._catalog.save_files(verdict.files)
        self._settle(source, verdict.files[0])

    def _settle(self, source: Source, record: FileRecord) -> None:
        if record.role == "owner":
            self._tally.unchanged.append(record.article_id)
        else:
            self._tally.duplicates.append(self._files.reason(record))
        self._step(source.identity)

    def _prepare(self, verdict: Verdict, article: Article) -> _Prepared:
        passages = split_article(article, self._config.passage_tokens)
        if not passages:
            raise IndexingError(f"{verdict.files[0].path} holds no text.")
        return _Prepared(article=article, passages=passages, files=verdict.files, replaces=verdict.replaces)

    def _flush(self) -> None:
        window, self._window = self._window, []
        embedded = self._embed(window)
        for prepared in window:
            self._write(prepared, [embedded[passage.id] for passage in prepared.passages])

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
        if remove_article(self._catalog, self._vectors, article_id, files, hold_from=hold_from):
            self._tally.removed.append(article_id)

    def _fail(self, source: Source, reason: str) -> None:
        self._tally.failures.append(SourceFailure(path=source.identity, reason=reason))
        self._step(source.identity)

    def _step(self, current: str) -> None:
        self._done += 1
        self._report(current)

    def _report(self, current: str) -> None:
        if self._progress:
            step = Progress(
                done=self._done, total=self._total, passages=self._tally.passages, current=Path(current).name
            )
            self._progress(step)


def embed_passages(embedder: Embedder, passages: Sequence[tuple[Passage, Article]]) -> list[PassageRecord]:
    """Embed passages with their sentences, in the context of their articles' titles."""
    spans = [split_sentences(passage.text, article.language) for passage, article in passages]
    embeddings: list[PassageEmbedding] = embedder.embed_passages(
        [passage.text for passage, _ in passages],
        [_context(passage, article) for passage, article in passages],
        spans,
    )
    return [
        PassageRecord(
            passage=passage,
            spans=tuple((passage.start + start, passage.start + end) for start, end in inside),
            vector=embedding.vector,
            sentence_vectors=embedding.sentence_vectors,
        )
        for (passage, _), inside, embedding in zip(passages, spans, embeddings, strict=True)
    ]


def _context(passage: Passage, article: Article) -> str:
    # A derived title is the beginning of the first passage, which need not be told twice.
    return "" if article.title_derived and passage.number == 0 else article.title + "\n"


def remove_article(
    catalog: Catalog,
    vectors: VectorStore,
    article_id: str,
    files: Iterable[FileRecord] = (),
    *,
    hold_from: datetime | None = None,
) -> bool:
    """Remove an article from everything that can be searched and record `files`; tells whether there was one.

    With `hold_from`, the time of its removal, the catalog holds it aside to be restored.
    """
    old = catalog.retire(article_id, files, hold_from=hold_from)
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


def version_of(article: Article, embedder_id: str) -> str:
    """Return the version that an article has with an embedding model."""
    return article_version(
        title=article.title,
        text=article.text,
        url=article.url,
        source=article.source,
        author=article.author,
        published=article.published,
        language=article.language,
        splitter_version=SPLITTER_VERSION,
        embedder_id=embedder_id,
    )


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
