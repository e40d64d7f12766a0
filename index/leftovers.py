"""Where backups and restores do their work, and what is left of it when they are ended hard.

Each works in a hidden folder beside what it makes, and holds a lock in it that ends with its process.
So what nobody holds any more is known for what it is, and deleted by the next one of its kind or by the
doctor. Of a restore that was ended between its last two steps, the last is done when the collection is opened.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import IndexLockedError
from .lock import LOCK_NAME, WriterLock, holder

BACKUP_PREFIX = ".article-assistant-backup-"
_UNLOCKED_SECONDS = 60.0
"""A folder without a lock is younger than that if somebody is about to take it."""


def restoring_prefix(data_dir: Path) -> str:
    """Return how the names of folders begin in which a collection is restored."""
    return f".{data_dir.name}-restoring-"


def restored_prefix(data_dir: Path) -> str:
    """Return how the name of a collection begins that is whole, and about to take the place of another."""
    return f".{data_dir.name}-restored-"


def aside_prefix(data_dir: Path) -> str:
    """Return how the names of collections begin that were replaced."""
    return f"{data_dir.name}-before-"


@contextmanager
def workplace(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a hidden folder in `parent` to work in, and delete it in the end, unless it has another name then."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with WriterLock(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def abandoned(parent: Path, *prefixes: str) -> list[Path]:
    """Return the folders in `parent` that backups and restores left which were ended hard."""
    return [folder for folder in _named(parent, *prefixes) if not _held(folder)]


def clean_up(parent: Path, *prefixes: str) -> None:
    """Delete the folders that backups and restores left in `parent` which were ended hard."""
    for folder in abandoned(parent, *prefixes):
        shutil.rmtree(folder, ignore_errors=True)


def complete_restore(data_dir: Path) -> None:
    """Give a restored collection its name, where only that was still to be done when the program was ended.

    Raises IndexLockedError where it is being done.
    """
    data_dir = data_dir.absolute()
    if data_dir.exists() or not _named(data_dir.parent, aside_prefix(data_dir)):
        return
    for folder in _named(data_dir.parent, restored_prefix(data_dir)):
        held, who = holder(folder / LOCK_NAME)
        if held:
            raise IndexLockedError(f"{data_dir} is being restored by {who}; try again in a moment.")
        folder.rename(data_dir)
        return


def sync_directory(folder: Path) -> None:
    """Make a new name in a folder durable; where directories cannot be opened (Windows), that is left to the system."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _named(parent: Path, *prefixes: str) -> list[Path]:
    """Return the folders whose names are a prefix and one word: of `x` and `x-restored`, neither is taken for the other."""
    with suppress(OSError):
        return sorted(
            entry
            for entry in parent.iterdir()
            if any(entry.name.startswith(one) and "-" not in entry.name[len(one) :] for one in prefixes)
            and entry.is_dir()
            and not entry.is_symlink()
        )
    return []


def _held(folder: Path) -> bool:
    if not (folder / LOCK_NAME).exists():
        with suppress(OSError):
            return any(folder.iterdir()) or time.time() - folder.stat().st_mtime < _UNLOCKED_SECONDS
        return True
    return holder(folder / LOCK_NAME)[0]
