"""A backup → a collection. The file may come from anybody: it is trusted in nothing.

It is unpacked beside where the collection will be, and gets that name only once everything is found
right: the names and sizes of its files, their checksums, what its databases are made of, and the
vectors, which are made from the catalog and looked at.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from . import health
from .backup import (
    COMMENT,
    LEFT_OUT,
    LOGS,
    MANIFEST,
    CopyProgress,
    Count,
    Manifest,
    copy_member,
    read_manifest,
)
from .catalog import CATALOG_NAME, Catalog
from .config import default_data_dir
from .errors import BackupError, IndexFullError, IndexLockedError, StoreError
from .leftovers import (
    aside_prefix,
    clean_up,
    complete_restore,
    restored_prefix,
    restoring_prefix,
    sync_directory,
    workplace,
)
from .lock import WriterLock
from .schema import full, is_full
from .snapshots import DatabaseError, catalog_facts, check_database, in_use, is_database, parts
from .types import ProgressCallback
from .vectors import ChromaVectors

_ENDING = struct.Struct("<4s4H2LH")
"""The record at the end of a ZIP file: signature, disks and entries, size and place of the list, comment's length."""
_ENDING_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_MOST_MEMBERS = 500_000
_MOST_LIST_BYTES = 200_000_000
_MOST_MANIFEST_BYTES = 200_000_000
_DEEPEST = 8
_LONGEST_NAME = 255
_SPARE_BYTES = 50_000_000


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A collection that was restored, and what was there before."""

    data_dir: Path
    manifest: Manifest
    replaced: Path | None
    """Where the collection is now that was there before."""


def restore_backup(
    file: Path,
    data_dir: Path | None = None,
    *,
    replace: bool = False,
    progress: CopyProgress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Restored:
    """Make the collection in `data_dir` (default: `default_data_dir`) from a backup; searches give what they gave when it was made.

    Where a collection is there already, it is moved aside with `replace`, and nothing happens without.
    Raises BackupError where the file is damaged or none of ours, IndexVersionError where a newer version
    of the program made it, IndexLockedError where the old collection is open, or another StoreError.
    """
    file = file.expanduser().absolute()
    data_dir = (data_dir or default_data_dir()).expanduser().absolute()
    complete_restore(data_dir)
    _check_place(data_dir, replace)
    clean_up(data_dir.parent, restoring_prefix(data_dir), restored_prefix(data_dir))
    try:
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        with workplace(data_dir.parent, restoring_prefix(data_dir)) as staging:
            manifest = _unpack(file, staging, progress)
            try:
                _check_databases(file, staging, manifest)
                _make_usable(staging, progress)
            except DatabaseError as error:
                raise BackupError(
                    f"{file} is no backup of a collection: its catalog is not as it should be ({error})."
                ) from error
            replaced = _put(staging, data_dir, now)
            sync_directory(data_dir.parent)
    except OSError as error:
        if is_full(error):
            raise IndexFullError(full(data_dir.parent)) from error
        raise BackupError(f"{file} cannot be restored to {data_dir} ({error.strerror or error}).") from error
    return Restored(data_dir=data_dir, manifest=manifest, replaced=replaced)


def _check_place(data_dir: Path, replace: bool) -> None:
    if data_dir.is_symlink() or (data_dir.exists() and not data_dir.is_dir()):
        raise BackupError(f"{data_dir} is not a directory; name another one with --data.")
    if not data_dir.exists() or not any(data_dir.iterdir()):
        return
    if not (data_dir / CATALOG_NAME).exists():
        raise BackupError(f"{data_dir} is not empty and no collection; name another directory with --data.")
    if not replace:
        raise BackupError(
            f"There is a collection in {data_dir} already; name another directory with --data, "
            "or give --replace to move it aside."
        )


def _unpack(file: Path, staging: Path, progress: CopyProgress | None) -> Manifest:
    try:
        _check_ending(file)
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST_BYTES:
                raise BackupError("the list of its files is too long")
            manifest = read_manifest(archive)
            _check_members(archive, manifest)
            total = sum(member.size for member in manifest.members)
            _check_room(staging, manifest, total)
            count = Count(progress, "unpacking", total)
            for member in manifest.members:
                target = staging / member.name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with target.open("xb") as content:
                    target.chmod(0o600)
                    copy_member(archive, member, content, count=count)
    except FileNotFoundError as error:
        if error.filename == str(file):
            raise BackupError(f"There is no file {file}.") from error
        raise
    except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupError(f"{file} is damaged or is no backup of a collection ({error}).") from error
    except BackupError as error:
        raise BackupError(f"{file} is damaged or is no backup of a collection: {error}.") from error
    return manifest


def _check_ending(file: Path) -> None:
    """Read the last bytes of the file before a library does: an endless list of members would fill the memory."""
    length = len(COMMENT) + 64
    with file.open("rb") as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(max(0, size - length - _ENDING.size - _LOCATOR_64.size))
        tail = content.read()
        ending = tail[-length - _ENDING.size :]
        if len(ending) != length + _ENDING.size or not ending[_ENDING.size :].startswith(COMMENT):
            raise BackupError("it does not end as a backup does")
        signature, _, _, _, entries, list_bytes, place, comment = _ENDING.unpack(ending[: _ENDING.size])
        if signature != b"PK\5\6" or comment != length:
            raise BackupError("it does not end as a backup does")
        if 0xFFFF in (entries,) or 0xFFFFFFFF in (list_bytes, place):
            locator = tail[-length - _ENDING.size - _LOCATOR_64.size : -length - _ENDING.size]
            if len(locator) != _LOCATOR_64.size or not locator.startswith(b"PK\6\7"):
                raise BackupError("it does not end as a backup does")
            content.seek(min(_LOCATOR_64.unpack(locator)[2], size))
            record = content.read(_ENDING_64.size)
            if len(record) != _ENDING_64.size or not record.startswith(b"PK\6\6"):
                raise BackupError("it does not end as a backup does")
            entries, list_bytes = _ENDING_64.unpack(record)[7:9]
    if entries > _MOST_MEMBERS or list_bytes > _MOST_LIST_BYTES:
        raise BackupError("it holds too many files")


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Raise BackupError unless the archive holds what it lists, and all of it belongs into a collection."""
    listed = {member.name: member for member in manifest.members}
    present = {entry.filename: entry for entry in archive.infolist() if entry.filename != MANIFEST}
    if len(listed) != len(manifest.members) or len(archive.infolist()) != len(present) + 1:
        raise BackupError("it names a file twice")
    if len({name.casefold() for name in listed}) != len(listed):
        raise BackupError("it names a file twice")
    if listed.keys() != present.keys() or CATALOG_NAME not in listed:
        raise BackupError("it does not hold what it lists")
    for name, member in listed.items():
        _check_name(name)
        entry = present[name]
        if entry.file_size != member.size or entry.flag_bits & 0x1:
            raise BackupError(f"{name[:80]!r} in it is not as it is listed")


def _check_name(name: str) -> None:
    """Raise BackupError unless a name is that of a file in a collection's directory."""
    path = PurePosixPath(name)
    pieces = name.split("/")
    fine = (
        name.isprintable()
        and not path.is_absolute()
        and not any(sign in name for sign in ("\\", ":", "\0"))
        and len(pieces) <= _DEEPEST
        and all(piece and piece.strip(". ") and len(piece.encode()) <= _LONGEST_NAME for piece in pieces)
        and pieces[0].casefold() not in LEFT_OUT
        and not name.casefold().endswith(LOGS)
    )
    if not fine:
        raise BackupError(f"the name {name[:80]!r} in it is not one of a collection's files")


def _check_room(staging: Path, manifest: Manifest, total: int) -> None:
    catalog = sum(member.size for member in manifest.members if member.name == CATALOG_NAME)
    needed = total + catalog + _SPARE_BYTES  # the vectors are no larger than the catalog that holds them
    free = shutil.disk_usage(staging).free
    if free < needed:
        raise IndexFullError(
            f"Restoring needs {needed / 1e6:,.0f} MB and the disk of {staging.parent} has {free / 1e6:,.0f} MB; "
            "free some, or choose another disk with --data."
        )


def _check_databases(file: Path, staging: Path, manifest: Manifest) -> None:
    """Raise BackupError unless the databases are whole and nothing in them does anything when they are used."""
    for path in staging.iterdir():
        if path.is_file() and is_database(path):
            check_database(path)
            active = [name for name, (kind, _) in parts(path).items() if kind in ("trigger", "view")]
            if active:
                raise BackupError(
                    f"{file} is no backup of a collection: {path.name} in it holds {active[0][:80]!r}."
                )
    facts = catalog_facts(staging / CATALOG_NAME)
    if (facts.articles, facts.passages) != (manifest.articles, manifest.passages):
        raise BackupError(f"{file} is damaged: its catalog does not hold as many articles as it lists.")


def _make_usable(staging: Path, progress: CopyProgress | None) -> None:
    """Bring the catalog up to date, compare what it is made of with a new one, and make the vectors from it."""
    path = staging / CATALOG_NAME
    ours = _own_parts(staging)
    _check_parts(ours, parts(path), strict=False)
    catalog = Catalog(path, index_terms=lambda text, language: "")
    try:
        _check_parts(ours, parts(path), strict=True)
        for version in catalog.unfinished():  # what was being added then is read again when it is added
            catalog.discard(version)
        catalog.set_meta({health.POINTER: health.FIRST_COLLECTION})
        vectors = ChromaVectors(staging / health.VECTORS_NAME, lambda: health.collection_name(catalog))
        try:
            if catalog.passage_count():
                health.refill(catalog, vectors, _told(progress))
        finally:
            vectors.close()
    finally:
        catalog.close()
    found = health.probe(staging)
    if found.reason:
        raise StoreError(
            f"The collection was not restored, because its vectors could not be made: {found.reason}"
        )


def _told(progress: CopyProgress | None) -> ProgressCallback | None:
    return (lambda step: progress("making the vectors", step.done, step.total)) if progress else None


def _own_parts(staging: Path) -> dict[str, tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix=".new-", dir=staging) as folder:
        new = Path(folder) / CATALOG_NAME
        Catalog(new, index_terms=lambda text, language: "").close()
        ours = parts(new)
    kind, definition = ours["embeddings"]
    return {**ours, "renewed_embeddings": (kind, definition.replace("embeddings", "renewed_embeddings", 1))}


def _check_parts(
    ours: dict[str, tuple[str, str]], theirs: dict[str, tuple[str, str]], *, strict: bool
) -> None:
    """Raise BackupError where a catalog has what a new one has not, or, where `strict`, has it otherwise."""
    for name, (kind, definition) in theirs.items():
        if name.startswith(("sqlite_autoindex_", "sqlite_sequence", "sqlite_stat")):
            continue
        known = ours.get(name, ("", ""))
        same = _plain(known[1]) == _plain(definition)
        if known[0] != kind or (not same and (strict or "virtual" in definition.casefold())):
            raise BackupError(f"The backup's catalog is not one of this program: see {name[:80]!r} in it.")


def _plain(definition: str) -> str:
    return "".join(definition.replace('"', "").split()).casefold()


def _put(staging: Path, data_dir: Path, now: Callable[[], datetime]) -> Path | None:
    """Give the restored collection its name, once it is safe on the disk; returns where the one that was there is now."""
    if hasattr(os, "sync"):
        os.sync()
    if not data_dir.exists():
        staging.rename(data_dir)
        return None
    if not any(data_dir.iterdir()):
        data_dir.rmdir()
        staging.rename(data_dir)
        return None
    aside = data_dir.with_name(f"{aside_prefix(data_dir)}{now():%Y%m%dT%H%M%SZ}")
    ready = data_dir.with_name(restored_prefix(data_dir) + staging.name.rpartition("-")[2])
    with WriterLock(data_dir):
        if in_use(data_dir / CATALOG_NAME):
            raise IndexLockedError(
                f"The collection in {data_dir} is open in another program, such as `article-assistant serve`; "
                "end that and try again."
            )
        staging.rename(
            ready
        )  # whoever opens the collection from now on does the last step, where this is ended
        try:
            data_dir.rename(aside)
            ready.rename(data_dir)
        except OSError:
            with suppress(OSError):
                ready.rename(staging)
            if not data_dir.exists():
                with suppress(OSError):
                    aside.rename(data_dir)
            raise
    return aside
