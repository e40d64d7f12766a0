"""Locks between processes: one writer per collection, and a gate before the vector files.

Both are locks of the operating system on an open file, so a process that dies lets go of them:
there is no stale lock to clean up.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from .errors import IndexLockedError, StoreError

LOCK_NAME = ".lock"
FEEDS_LOCK_NAME = ".feeds.lock"
"""Held by whoever reads feeds: two at once would ask every host twice."""
_LOCKED_BYTE = 1 << 30
"""Windows locks a range of bytes and forbids reading it, so the range lies behind the file's content."""

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, shared: bool, wait: bool) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool, wait: bool) -> None:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)


class WriterLock:
    """The right to change a collection (or to read its feeds): one process has it, and there one holder."""

    def __init__(
        self, data_dir: Path, name: str = LOCK_NAME, held: str = "The collection is being changed by"
    ) -> None:
        """`held` begins the sentence that tells who has the lock."""
        self.path = data_dir / name
        self._held = held
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises IndexLockedError at once where somebody holds it."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(
                f"The collection in {self.path.parent} cannot be written to ({error.strerror}); "
                "check its permissions or choose another directory with --data."
            ) from error
        try:
            _lock(descriptor, shared=False, wait=False)
        except OSError as error:
            os.close(descriptor)
            raise IndexLockedError(self._refusal()) from error
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(_holder()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go of the lock; nothing happens where it is not held."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        os.ftruncate(descriptor, 0)
        os.close(descriptor)

    def _refusal(self) -> str:
        return (
            f"{self._held} {_named(self.path) or 'another process'}, which holds {self.path}; "
            "wait until it has finished, or end that process, and try again."
        )

    def __enter__(self) -> WriterLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(path: Path) -> tuple[bool, str | None]:
    """Tell whether a lock is held, and who holds it or, where nobody does, who was ended while holding it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # nobody ever had it
        return False, None
    try:
        _lock(descriptor, shared=True, wait=False)
    except OSError:
        return True, _named(path) or "another process"
    finally:
        os.close(descriptor)
    return False, _named(path)


def _named(path: Path) -> str | None:
    """Return who a lock file says has it; None where it says nothing, or nonsense."""
    try:
        content = path.read_bytes()
        if not content:
            return None
        said = json.loads(content)
        return (
            f"process {int(said['pid'])} ({str(said['command'])[:80]!s}, since {str(said['started'])[:40]})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


class VectorGate:
    """Let many processes read the vector files, or one change them, and count the changes.

    A process that has the vectors open holds them in memory. Another process's changes make that
    memory stale, and a stale reader may even write it back; so a reader compares the count with
    the one it opened at, and opens again where it differs.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def reading(self) -> Iterator[int]:
        """Hold the gate with other readers; gives the number of changes so far."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except OSError:  # nothing was ever written
            yield 0
            return
        try:
            _lock(descriptor, shared=True, wait=True)
            yield _count(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def changing(self) -> Iterator[int]:
        """Hold the gate alone; gives the number of changes with this one, which counts from its start."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(descriptor, shared=False, wait=True)
            count = _count(descriptor) + 1
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, b"%020d" % count)
            yield count
        finally:
            os.close(descriptor)


def _count(descriptor: int) -> int:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return int(os.read(descriptor, 20) or b"0")


def _holder() -> dict[str, object]:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]).strip()
    return {
        "pid": os.getpid(),
        "command": command,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
