"""Is everything that a collection needs as it should be? Each thing that is looked at gets a sentence.

What is wrong is mended where that loses nothing: what is derived is made again from the catalog, and
what an interrupted run left is cleaned up. The articles themselves are never touched.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from .catalog import CATALOG_NAME
from .config import IndexConfig, default_data_dir
from .embed import embedder_fault, mend_embedder
from .errors import ArticleAssistantError, StoreError
from .health import EMBEDDER, VECTORS_NAME, collection_name, probe
from .leftovers import (
    BACKUP_PREFIX,
    abandoned,
    clean_up,
    complete_restore,
    restored_prefix,
    restoring_prefix,
)
from .lock import FEEDS_LOCK_NAME, LOCK_NAME, WriterLock, holder
from .reader import packaged_reader, reader_fault
from .schema import SCHEMA_VERSION
from .snapshots import SQLITE_VERSION, catalog_facts, findings, has_fulltext, is_database, reindex

if TYPE_CHECKING:
    from .collection import Index

_SPARE_BYTES = 200_000_000
_OF_INDEXES = ("missing from index", "wrong # of entries in index", "non-unique entry in index")
_COMPONENTS = ("chromadb", "sentence-transformers", "gradio")


class Verdict(StrEnum):
    """How something was found."""

    GOOD = "good"
    NOTE = "note"
    """Nothing is wrong, but somebody should know."""
    FAULT = "fault"
    MENDED = "mended"


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What was looked at, and how it was found, in one sentence."""

    name: str
    verdict: Verdict
    sentence: str


def examine(
    data_dir: Path | None = None,
    *,
    config: IndexConfig | None = None,
    repair: bool = False,
    opened: Callable[[Path], Index] | None = None,
) -> Iterator[Diagnosis]:
    """Look at a collection from the ground up, and yield what is found; with `repair`, mend what can be.

    Searches and changes may go on meanwhile; what somebody else is changing is not mended. `opened`
    opens the collection, where `Index.open` is not to. Raises StoreError where there is none.
    """
    folder = (data_dir or default_data_dir()).expanduser()
    complete_restore(folder)
    if not (folder / CATALOG_NAME).exists():
        raise StoreError(f"There is no collection in {folder}; add articles first, or name one with --data.")
    doctor = _Doctor(folder, config or IndexConfig(), repair, opened)
    for check in (doctor.program, doctor.directory, doctor.room, doctor.locks, doctor.leftovers):
        yield from check()
    catalog = list(doctor.catalog())
    yield from catalog
    yield from doctor.embedder()
    yield from doctor.companions()
    if any(one.verdict is Verdict.FAULT for one in catalog):
        yield _note("searches", "The searches are not looked at, because they are made from the catalog.")
        return
    yield from doctor.searches()


class _Doctor:
    def __init__(
        self, folder: Path, config: IndexConfig, repair: bool, opened: Callable[[Path], Index] | None
    ) -> None:
        self._folder = folder
        self._file = folder / CATALOG_NAME
        self._config = config
        self._repair = repair
        self._opened = opened

    def program(self) -> Iterator[Diagnosis]:
        parts = [f"Python {platform.python_version()}", f"SQLite {SQLITE_VERSION}"]
        parts += [f"{name} {_version(name)}" for name in _COMPONENTS]
        if has_fulltext():
            yield _good("program", f"{', '.join(parts)}; collections of format {SCHEMA_VERSION}.")
        else:
            yield _fault(
                "program", f"SQLite {SQLITE_VERSION} lacks full-text search (FTS5); install another Python."
            )

    def directory(self) -> Iterator[Diagnosis]:
        closed = [path.name for path in (self._folder, self._file) if not os.access(path, os.R_OK | os.W_OK)]
        if closed:
            yield _fault(
                "permissions",
                f"{' and '.join(closed)} in {self._folder} cannot be changed by you: nothing can be added.",
            )
        elif self._folder.stat().st_mode & 0o002:
            sentence = f"Every user of this machine may change {self._folder}"
            if self._repair:
                self._folder.chmod(self._folder.stat().st_mode & ~0o002)
                yield _mended("permissions", f"{sentence}: that right was taken away.")
            else:
                yield _fault("permissions", f"{sentence}; --repair takes that right away.")
        else:
            yield _good("permissions", f"{self._folder} can be read and changed.")

    def room(self) -> Iterator[Diagnosis]:
        free, needed = shutil.disk_usage(self._folder).free, self._file.stat().st_size + _SPARE_BYTES
        sentence = f"{free / 1e6:,.0f} MB are free on the disk"
        if free < needed:
            yield _fault("disk", f"{sentence}, and a rebuild may need {needed / 1e6:,.0f} MB; free some.")
        else:
            yield _good("disk", f"{sentence}.")

    def locks(self) -> Iterator[Diagnosis]:
        left, busy = [], False
        for name in (LOCK_NAME, FEEDS_LOCK_NAME):
            held, who = holder(self._folder / name)
            busy = busy or held
            if held:
                yield _note(
                    "lock", f"{name} is held by {who}, which is at work; what it changes is not mended now."
                )
            elif who:
                left.append(f"{name} of {who}")
                if self._repair:
                    with WriterLock(self._folder, name):
                        pass
        sentence = f"Left by a process that was ended hard: {', '.join(left)}"
        if left and self._repair:
            yield _mended("lock", f"{sentence}; emptied.")
        elif left:
            yield _note("lock", f"{sentence}; nobody waits for it, and the next change overwrites it.")
        elif not busy:
            yield _good("lock", "No lock is left behind.")

    def leftovers(self) -> Iterator[Diagnosis]:
        """Look for what backups and restores left beside the collection that were ended hard."""
        place = self._folder.absolute()
        prefixes = (restoring_prefix(place), restored_prefix(place), BACKUP_PREFIX)
        left = abandoned(place.parent, *prefixes)
        if not left:
            return
        names = ", ".join(folder.name for folder in left)
        sentence = f"A backup or restore that was ended hard left {names} in {place.parent}"
        if self._repair:
            clean_up(place.parent, *prefixes)
            yield _mended("leftovers", f"{sentence}: deleted.")
        else:
            yield _note("leftovers", f"{sentence}; nothing in it is needed, and --repair deletes it.")

    def catalog(self) -> Iterator[Diagnosis]:
        try:
            facts = catalog_facts(self._file)
            if facts.schema > SCHEMA_VERSION:
                yield _fault(
                    "catalog",
                    f"It was made by a newer version of this program (its format is {facts.schema}, "
                    f"known is {SCHEMA_VERSION}); update the program.",
                )
                return
            wrong = findings(self._file)
            if wrong and all(any(kind in one for kind in _OF_INDEXES) for one in wrong):
                if self._repair:
                    with WriterLock(self._folder):
                        reindex(self._file)
                    wrong = findings(self._file)
                    if not wrong:
                        yield _mended("catalog", "Some of its indexes were damaged, and were made again.")
                        return
                else:
                    yield _fault(
                        "catalog", f"Some of its indexes are damaged ({wrong[0]}); --repair makes them again."
                    )
                    return
        except ArticleAssistantError as error:
            yield _fault("catalog", str(error))
            return
        if wrong:
            yield _fault(
                "catalog", f"It is damaged ({wrong[0]}); restore a backup: article-assistant restore FILE."
            )
        else:
            yield _good("catalog", f"Whole: {facts.articles:,} articles in {facts.passages:,} passages.")

    def companions(self) -> Iterator[Diagnosis]:
        for path in sorted(self._folder.glob("*.sqlite")):
            if path.name == CATALOG_NAME or not path.is_file():
                continue
            try:
                wrong = findings(path, quick=True) if is_database(path) else ["no database"]
            except StoreError as error:
                wrong = [str(error)]
            if wrong:
                yield _fault(
                    path.name, f"It is damaged ({wrong[0]}); restore a backup, or move it away to begin anew."
                )
            else:
                yield _good(path.name, "Whole.")

    def embedder(self) -> Iterator[Diagnosis]:
        name, fault = embedder_fault(self._config.embedding_model, self._config.cache_dir)
        if fault and self._repair:
            try:
                mend_embedder(self._config.embedding_model, self._config.cache_dir)
                name, remaining = embedder_fault(self._config.embedding_model, self._config.cache_dir)
            except ArticleAssistantError as error:
                remaining = str(error)
            if not remaining:
                yield _mended("model", f"{fault} It was made again.")
                return
            fault = remaining
        yield (
            _fault("model", fault)
            if fault
            else _good("model", f"The embedding model {name} is there, and whole.")
        )
        if packaged_reader(self._config.cache_dir) is not None:
            wrong = reader_fault()
            yield (
                _fault("reader", wrong)
                if wrong
                else _good("reader", "The reader's weights are there, and whole.")
            )

    def searches(self) -> Iterator[Diagnosis]:
        """Look at what is made from the catalog; the collection is opened for that."""
        try:
            with self._open() as index:
                made_with = index.catalog.meta(EMBEDDER)
                if made_with not in (None, index.embedder.id) and index.catalog.passage_count():
                    yield _fault(
                        "model",
                        f"The collection was made with {made_with}, and {index.embedder.id} is set; "
                        "set EMBEDDING_MODEL back, or run `article-assistant rebuild`.",
                    )
                yield from self._unfinished(index)
                yield from self._half_built(index)
                yield from self._terms(index)
                yield from self._vectors(index)
        except ArticleAssistantError as error:
            yield _fault("searches", str(error))

    def _open(self) -> Index:
        from .collection import Index

        return self._opened(self._folder) if self._opened else Index.open(self._folder, config=self._config)

    def _unfinished(self, index: Index) -> Iterator[Diagnosis]:
        count = len(index.catalog.unfinished())
        if not count or holder(self._folder / LOCK_NAME)[0]:  # whoever is at work leaves some all the time
            return
        if self._repair:
            index.recover()
            yield _mended("ingest", f"{count} interrupted changes were cleaned up; add the articles again.")
        else:
            yield _note("ingest", f"{count} changes were interrupted; the next `add` or --repair cleans up.")

    def _half_built(self, index: Index) -> Iterator[Diagnosis]:
        """Look for vectors that a rebuild left which was ended hard; whoever is at work may be building some."""
        place, current = self._folder / VECTORS_NAME, collection_name(index.catalog)
        folders = place.iterdir() if place.is_dir() else ()
        left = [entry for entry in folders if entry.is_dir() and entry.name != current]
        if not left or holder(self._folder / LOCK_NAME)[0]:
            return
        sentence = (
            f"A rebuild that was ended hard left {', '.join(sorted(entry.name for entry in left))} in {place}"
        )
        if self._repair:
            with WriterLock(self._folder):
                for entry in left:
                    shutil.rmtree(entry, ignore_errors=True)
            yield _mended("rebuild", f"{sentence}: deleted.")
        else:
            yield _note("rebuild", f"{sentence}; the next one overwrites it, and --repair deletes it.")

    def _terms(self, index: Index) -> Iterator[Diagnosis]:
        fault = index.catalog.terms_fault()
        if fault is None:
            yield _good("full-text search", "It holds the passages of the catalog and no others.")
        elif self._repair:
            with WriterLock(self._folder):
                index.catalog.rebuild_terms()
            remains = index.catalog.terms_fault()
            yield (
                _fault("full-text search", remains)
                if remains
                else _mended("full-text search", f"{fault} It was made again.")
            )
        else:
            yield _fault("full-text search", f"{fault} --repair makes it again.")

    def _vectors(self, index: Index) -> Iterator[Diagnosis]:
        health = probe(self._folder)
        if health.reason is None:
            yield _good("vectors", f"Of {health.checked} passages, each is found by its own vector.")
        elif self._repair:
            index.rebuild()
            yield _mended("vectors", f"{health.reason} They were made again.")
        else:
            yield _fault("vectors", f"{health.reason} --repair does that, too.")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _good(name: str, sentence: str) -> Diagnosis:
    return Diagnosis(name=name, verdict=Verdict.GOOD, sentence=sentence)


def _note(name: str, sentence: str) -> Diagnosis:
    return Diagnosis(name=name, verdict=Verdict.NOTE, sentence=sentence)


def _fault(name: str, sentence: str) -> Diagnosis:
    return Diagnosis(name=name, verdict=Verdict.FAULT, sentence=sentence)


def _mended(name: str, sentence: str) -> Diagnosis:
    return Diagnosis(name=name, verdict=Verdict.MENDED, sentence=sentence)
