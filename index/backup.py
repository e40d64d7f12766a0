"""A collection in one file: a ZIP file with a list of what is in it, and a checksum of each part.

What is copied: every file of the collection's directory, databases in one state of each, also while
they are written to. What is left out: the vectors, which `restore` makes again from the catalog (it
holds them), and locks. A file is named by its path in the directory; `manifest.json` lists all with
size and SHA-256; the ZIP file's comment holds the SHA-256 of that list.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from .catalog import CATALOG_NAME
from .config import default_data_dir
from .errors import BackupError, IndexCorruptError, IndexFullError, StoreError
from .health import VECTORS_NAME
from .leftovers import BACKUP_PREFIX, clean_up, sync_directory, workplace
from .lock import FEEDS_LOCK_NAME, LOCK_NAME
from .schema import full, is_full
from .snapshots import catalog_facts, check_database, copy_database, is_database

MANIFEST = "manifest.json"
COMMENT = b"article-assistant backup 1 sha256:"
LEFT_OUT = frozenset({VECTORS_NAME, LOCK_NAME, FEEDS_LOCK_NAME})
"""Names in the directory that are no part of a backup."""
LOGS = ("-wal", "-shm", "-journal")
"""How the names of files end that SQLite keeps beside a database."""
CHUNK = 1 << 20
_SPARE_BYTES = 50_000_000

CopyProgress = Callable[[str, int, int], None]
"""Is given what is being done, how much of it is done and how much there is: bytes, or passages."""


class Count:
    """Counts bytes, and tells of them."""

    def __init__(self, progress: CopyProgress | None, doing: str, total: int) -> None:
        self._progress, self._doing, self._done, self._total = progress, doing, 0, total

    def add(self, size: int) -> None:
        """Count some more."""
        self._done += size
        if self._progress:
            self._progress(self._doing, self._done, max(self._total, self._done))


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file of a backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    schema: int
    """Format of the catalog."""
    made: str
    """When, in ISO 8601 and UTC."""
    articles: int
    passages: int
    embedder: str | None
    members: tuple[Member, ...]

    def to_json(self) -> bytes:
        """Return it as it is written."""
        return json.dumps(asdict(self), ensure_ascii=True, indent=1).encode()


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup that was written, read again and found whole."""

    path: Path
    size: int
    manifest: Manifest
    left_out: tuple[str, ...] = ()
    """Files whose names cannot be written down, links, and what is no file."""


def back_up(data_dir: Path | None, file: Path, progress: CopyProgress | None = None) -> Backup:
    """Write the collection in `data_dir` (default: `default_data_dir`) to a new `file`, then read that and compare the checksums.

    Others may search and change the collection meanwhile; the backup holds it as it was at one moment.
    `file` appears when it is whole. Raises BackupError where it exists or lies in the collection,
    another StoreError where the catalog is damaged or the disk is full.
    """
    file, data_dir = file.expanduser().absolute(), (data_dir or default_data_dir()).expanduser().resolve()
    if not (data_dir / CATALOG_NAME).is_file():
        raise StoreError(f"There is no collection in {data_dir}; add articles first.")
    _check_target(file, data_dir)
    clean_up(file.parent, BACKUP_PREFIX)
    try:
        with workplace(file.parent, BACKUP_PREFIX) as folder:
            _check_room(data_dir, folder)
            partial, manifest, left_out = _write(data_dir, folder, progress)
            verify(partial, progress)
            _put(partial, file)
    except OSError as error:
        if is_full(error):
            raise IndexFullError(full(file.parent)) from error
        raise BackupError(f"The backup {file} cannot be written ({error.strerror or error}).") from error
    return Backup(path=file, size=file.stat().st_size, manifest=manifest, left_out=tuple(left_out))


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return what a backup says of itself, once its checksum is found right. Raises BackupError."""
    content = archive.read(MANIFEST)
    if archive.comment != COMMENT + hashlib.sha256(content).hexdigest().encode():
        raise BackupError("the list of its files is damaged")
    try:
        fields = json.loads(content)
        members = tuple(Member(**one) for one in fields.pop("members"))
        manifest = Manifest(**fields, members=members)
        numbers = [manifest.schema, manifest.articles, manifest.passages, *(one.size for one in members)]
        named = [manifest.made, *(one.name for one in members), *(one.sha256 for one in members)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupError("the list of its files cannot be read") from error
    if not all(type(one) is int and one >= 0 for one in numbers) or not all(
        isinstance(n, str) for n in named
    ):
        raise BackupError("the list of its files cannot be read")
    return manifest


def copy_member(
    archive: zipfile.ZipFile, member: Member, target: BinaryIO | None = None, *, count: Count
) -> None:
    """Read a file of a backup, into `target` if there is one, no further than its size. Raises BackupError."""
    digest, left = hashlib.sha256(), member.size
    with archive.open(member.name) as content:
        while chunk := content.read(min(CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            count.add(len(chunk))
            if target is not None:
                target.write(chunk)
    if left or digest.hexdigest() != member.sha256:
        raise BackupError(f"{member.name!r} in it is damaged")


def verify(file: Path, progress: CopyProgress | None = None) -> None:
    """Compare every checksum of a backup. Raises BackupError."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = read_manifest(archive).members
            count = Count(progress, "checking", sum(member.size for member in members))
            for member in members:
                copy_member(archive, member, count=count)
    except (zipfile.BadZipFile, KeyError, BackupError) as error:
        raise BackupError(
            f"The backup {file.name} was not written as it should be ({error}); try again."
        ) from error


def _check_target(file: Path, data_dir: Path) -> None:
    if file.exists() or file.is_symlink():
        raise BackupError(f"{file} exists already and is not written over; choose another name.")
    if not file.parent.is_dir():
        raise BackupError(f"There is no directory {file.parent}; make it, or choose another one.")
    if file.parent.resolve().is_relative_to(data_dir):
        raise BackupError(
            f"A backup inside the collection would be lost with it; choose a place outside {data_dir}."
        )


def _check_room(data_dir: Path, folder: Path) -> None:
    """Raise IndexFullError where there is certainly no room: for a copy of the catalog, and all of it again."""
    sizes = [path.stat().st_size for path, _ in _files(data_dir)]
    needed = 2 * (data_dir / CATALOG_NAME).stat().st_size + sum(sizes) + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise IndexFullError(
            f"The backup may need {needed / 1e6:,.0f} MB and the disk of {folder.parent} has {free / 1e6:,.0f} MB; "
            "free some, or choose another disk."
        )


def _write(data_dir: Path, folder: Path, progress: CopyProgress | None) -> tuple[Path, Manifest, list[str]]:
    """Write the archive into `folder`: the catalog first, so that it never names what is not there yet."""
    partial, members = folder / "partial", []
    left_out: list[str] = []
    with zipfile.ZipFile(partial, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        snapshot = folder / CATALOG_NAME
        copy_database(data_dir / CATALOG_NAME, snapshot)
        try:
            check_database(snapshot)
        except IndexCorruptError as error:
            raise IndexCorruptError(
                f"{error} It is not backed up as it is; see `article-assistant doctor`."
            ) from error
        count = Count(
            progress, "writing", snapshot.stat().st_size + sum(p.stat().st_size for p, _ in _files(data_dir))
        )
        facts = catalog_facts(snapshot)
        members.append(_store(archive, snapshot, CATALOG_NAME, count))
        snapshot.unlink()
        for path, name in _files(data_dir, left_out):
            copy = path
            try:
                if path.parent == data_dir and is_database(path):
                    copy = folder / path.name
                    copy_database(path, copy)
                members.append(_store(archive, copy, name, count))
            except FileNotFoundError:  # taken away meanwhile
                continue
            if copy is not path:
                copy.unlink()
        made = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(**vars(facts), made=made, members=tuple(members))
        archive.writestr(MANIFEST, manifest.to_json())
        archive.comment = COMMENT + hashlib.sha256(manifest.to_json()).hexdigest().encode()
    return partial, manifest, left_out


def _files(data_dir: Path, left_out: list[str] | None = None) -> Iterator[tuple[Path, str]]:
    """Yield the files of a collection beside its catalog, with their names in a backup."""
    for entry in sorted(data_dir.rglob("*")):
        name = entry.relative_to(data_dir).as_posix()
        first = name.partition("/")[0]
        if first in LEFT_OUT or first == CATALOG_NAME or name.endswith(LOGS):
            continue
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()) or not _can_be_written(name):
            if left_out is not None:
                left_out.append(name)
        elif entry.is_file():
            yield entry, name


def _can_be_written(name: str) -> bool:
    return name.isprintable() and "\\" not in name and name.encode("utf-8", "replace").decode() == name


def _store(archive: zipfile.ZipFile, path: Path, name: str, count: Count) -> Member:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as content, archive.open(name, "w", force_zip64=True) as target:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
            count.add(len(chunk))
    return Member(name=name, size=size, sha256=digest.hexdigest())


def _put(partial: Path, file: Path) -> None:
    """Make a finished file durable, then give it its name, which nobody else may have taken meanwhile."""
    partial.chmod(0o600)
    with partial.open("rb+") as written:
        os.fsync(written.fileno())
    if file.exists():
        raise BackupError(f"{file} exists already and is not written over; choose another name.")
    partial.rename(file)
    sync_directory(file.parent)
