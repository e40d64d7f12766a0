"""Is a file or page new, changed, the same as another, or one of two with one URL? Decided against the catalog.

A page from the web is on record like a file: its path is the canonical form of its address, and its
hash the version of its article, so that an advertisement that changes is no new version.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .catalog import Catalog
from .config import IndexConfig
from .containers import file_of
from .extract import EXTRACTOR_VERSION
from .pages import Page
from .records import ContainerRecord, FileRecord
from .sources import Source, path_of, read_bytes
from .split import SPLITTER_VERSION
from .text import is_web_address
from .types import Article, SourceFailure

RECIPE = f"{SPLITTER_VERSION}/{EXTRACTOR_VERSION}"
_CLOCK_TICK_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again and keep its time (FAT: two seconds)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of an article that was read."""

    indexed: bool
    """False where the catalog has it already, or another file stands for it."""
    files: list[FileRecord]
    """The file's record first, then those that it changes."""
    replaces: str | None = None
    """Id of the article that the file held before, where it holds another one now."""


class FileCheck:
    """Compare files with what the catalog knows of them."""

    def __init__(self, catalog: Catalog, config: IndexConfig) -> None:
        self._catalog = catalog
        self._config = config
        self._stood_for: set[str] = set()
        self._hashes: dict[str, str] = {}

    def known(self, source: Source | Page, columns: str | None = None) -> list[FileRecord] | None:
        """Return the records of a file that has not changed since it was read: its own, or those in it; or None.

        `columns` is the mapping that the user gives now, if any, in the form of the records. Raises
        IndexingError where the file cannot be read.
        """
        container = self._catalog.container(source.identity)
        if container is not None:
            return self._known_entries(source, container, columns)
        record = self._catalog.file(source.identity)
        if record is None or not self._is_same(source, record):
            return None
        if isinstance(source, Page):
            return [record]
        if (record.mtime_ns, record.size) != (source.mtime_ns, source.size):
            record = replace(record, mtime_ns=source.mtime_ns, size=source.size, seen_ns=time.time_ns())
            self._catalog.save_files([record])
        return [record]

    def _known_entries(
        self, source: Source | Page, container: ContainerRecord, columns: str | None
    ) -> list[FileRecord] | None:
        if columns not in (None, container.columns) or not self._is_same(source, container):
            return None
        entries = [one for one in self._catalog.entries_of(source.identity) if one.hash == container.hash]
        if len(entries) != container.entries:
            return None  # an article of it was removed, or another file stands for it no longer
        if (container.mtime_ns, container.size) != (source.mtime_ns, source.size):
            self._catalog.save_container(
                replace(container, mtime_ns=source.mtime_ns, size=source.size, seen_ns=time.time_ns())
            )
        return entries

    def _is_same(self, source: Source | Page, record: FileRecord | ContainerRecord) -> bool:
        if record.recipe != RECIPE:
            return False
        if isinstance(
            source, Page
        ):  # it was read already, and may be another one at the same time and length
            return record.hash == source.article.version
        same_stamp = (record.mtime_ns, record.size) == (source.mtime_ns, source.size)
        if same_stamp and record.seen_ns - record.mtime_ns > _CLOCK_TICK_NS:
            return True
        return self._hash(source) == record.hash

    def was_read(self, source: Source | Page, digest: str) -> None:
        """Take note of the hash of a file that was read."""
        self._hashes[source.identity] = digest

    def stale_entries(self, source: Source | Page) -> list[FileRecord]:
        """Return the records of articles that are in a file no longer, of one that has not changed since."""
        container = self._catalog.container(source.identity)
        return [
            one
            for one in self._catalog.entries_of(source.identity)
            if container and one.hash != container.hash
        ]

    def container_record(self, source: Source | Page, entries: int, columns: str) -> ContainerRecord:
        """Return what is recorded of a file all of whose articles are on record."""
        return ContainerRecord(
            path=source.identity,
            entries=entries,
            columns=columns,
            mtime_ns=source.mtime_ns,
            size=source.size,
            hash=self._hash(source),
            recipe=RECIPE,
            seen_ns=time.time_ns(),
        )

    def must_be_read_again(self, sources: Iterable[Source | Page]) -> list[Source | Page]:
        """Return those for which, or in which, another file's article stood in this run, and no longer does."""
        paths = {file_of(path) for path in self._stood_for if self._catalog.file(path) is None}
        return [source for source in sources if source.identity in paths]

    def judge(self, source: Source | Page, article: Article) -> Verdict:
        """Decide whether an article that was read from a file is indexed, and what is recorded of the file."""
        before = self._catalog.file(source.identity)
        held = before.article_id if before and before.role == "owner" else None
        replaces = held if held != article.id else None
        current = self._catalog.current_version(article.id)
        twins = [one for one in self._catalog.articles_with_version(article.version) if one != article.id]
        twins = [one for one in twins if one != held]
        if twins and current != article.version:
            return Verdict(indexed=False, files=[self._record(source, twins[0], "duplicate")], replaces=held)
        if current is None:
            return Verdict(indexed=True, files=[self._record(source, article.id, "owner")], replaces=replaces)
        owner = self._other_owner(article.id, source)
        if current == article.version:
            record = self._record(source, article.id, "duplicate" if owner else "owner")
            return Verdict(indexed=False, files=[record], replaces=replaces)
        if owner is None:
            return Verdict(indexed=True, files=[self._record(source, article.id, "owner")], replaces=replaces)
        if self._is_newer(source, article, owner):
            files = [self._record(source, article.id, "owner"), replace(owner, role="shadowed")]
            return Verdict(indexed=True, files=files, replaces=replaces)
        record = self._record(source, article.id, "shadowed")
        return Verdict(indexed=False, files=[record], replaces=replaces)

    def reason(self, record: FileRecord) -> SourceFailure:
        """Return the sentence for a file that another one stands for."""
        self._stood_for.add(record.path)
        owners = [one.path for one in self._catalog.files_of(record.article_id) if one.role == "owner"]
        other = next((path for path in owners if path != record.path), f"article {record.article_id}")
        if record.role == "duplicate":
            reason = f"{record.path} holds the same article as {other}; it was not indexed twice."
        else:
            reason = f"{record.path} has the same URL as {other}, which is newer and stands for both."
        return SourceFailure(path=record.path, reason=reason)

    def _other_owner(self, article_id: str, source: Source | Page) -> FileRecord | None:
        for record in self._catalog.files_of(article_id):
            if record.role == "owner" and record.path != source.identity and not is_gone(record.path):
                return record
        return None

    def _is_newer(self, source: Source | Page, article: Article, owner: FileRecord) -> bool:
        other = self._catalog.article(article.id)
        ours, theirs = article.published, other.published if other else None
        if ours and theirs and ours.at != theirs.at:
            return ours.at > theirs.at
        return source.mtime_ns > owner.mtime_ns

    def _record(self, source: Source | Page, article_id: str, role: str) -> FileRecord:
        return FileRecord(
            path=source.identity,
            article_id=article_id,
            role=role,
            mtime_ns=source.mtime_ns,
            size=source.size,
            hash=self._hash(source),
            recipe=RECIPE,
            seen_ns=time.time_ns(),
        )

    def _hash(self, source: Source | Page) -> str:
        if isinstance(source, Page):
            return source.article.version
        path = file_of(source.identity)
        if path not in self._hashes:
            self._hashes[path] = hashlib.sha256(read_bytes(source, self._config)).hexdigest()
        return self._hashes[path]


def is_gone(path: str) -> bool:
    """Tell whether a file certainly does not exist; one that may not be looked at does, and so does a page."""
    if is_web_address(path):
        return False
    try:
        path_of(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def vanished(
    catalog: Catalog, roots: Iterable[Path], found: Sequence[Source | SourceFailure]
) -> list[FileRecord]:
    """Return the records of files under `roots` that are gone.

    A folder that is itself gone says nothing of its files: it may be on a disk that is not mounted.
    """
    seen = {one.identity for one in found if isinstance(one, Source)}
    folders, files = [], set()
    for root in roots:
        path = Path(os.path.realpath(Path(root).expanduser()))
        if path.is_dir():
            folders.append(str(path).rstrip(os.sep) + os.sep)
        else:
            files.add(str(path))
    return [
        record
        for record in catalog.files()
        if (place := file_of(record.path)) not in seen
        and (place in files or place.startswith(tuple(folders)))
        and is_gone(place)
    ]
