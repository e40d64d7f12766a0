"""Uploaded files and pasted texts → files of the collection's own, so that they outlive the upload."""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

from index import ArticleAssistantError

from .escape import printable

FOLDER = "uploads"
_REMOVED = ".removed"
_WAITING = ".waiting"
_NAMES = ".names"
_HASH_LENGTH = 16
_LONGEST_NAME = 120
_LONGEST_ENDING = 12
_UNSAFE = re.compile(r"[^\w ().,'-]+")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_SPARE_BYTES = 100_000_000
"""Left free on the disk."""


class UploadError(ArticleAssistantError):
    """Something cannot be added; says why in a sentence."""


class UploadFolder:
    """The folder of a collection in which uploaded files are kept, each under its hash and its name."""

    def __init__(
        self, folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
    ) -> None:
        self.path = folder.resolve()
        self._free = free

    def take(self, file: Path, name: str) -> tuple[Path, bool]:
        """Move a file into the folder; returns where it is now, and whether it is new there.

        One that is there already, under its hash or in place of another of its name, is not kept twice.

        Raises UploadError where the disk has no room, or the file is gone.
        """
        try:
            digest = _digest(file)
            self._make_room(file.stat().st_size)
            # A file may have been replaced by another one, which then lies under its hash.
            candidates = [self._target(digest, name), self._target(digest[_HASH_LENGTH:], name)]
            known = [one for one in (*candidates, self.named(name)) if one and one.is_file()]
            for one in known:
                if _digest(one) == digest:
                    file.unlink()
                    return one, False
            target = next(one for one in candidates if one not in known)
            shutil.move(file, target)
        except OSError as error:
            raise UploadError(
                f"{printable(name)} could not be kept ({error.strerror}); try again."
            ) from error
        target.chmod(0o600)
        return target, True

    def write(self, text: str, name: str) -> tuple[Path, bool]:
        """Write a pasted text into the folder; returns where it is, and whether it is new there."""
        content = text.encode("utf-8", "replace")
        try:
            self._make_room(len(content))
            target = self._target(hashlib.sha256(content).hexdigest(), name)
            new = not target.exists()
            target.write_bytes(content)
        except OSError as error:
            raise UploadError(f"The text could not be kept ({error.strerror}); try again.") from error
        return target, new

    def named(self, name: str) -> Path | None:
        """Return the file that was last added under a name, with its folders, if it is still there."""
        try:
            file = self.path / self._name_note(name).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return None
        return self.holds(str(file))

    def name(self, file: Path, name: str) -> None:
        """Remember under which name a file was added."""
        try:
            self._name_note(name).parent.mkdir(exist_ok=True)
            self._name_note(name).write_text(file.name, encoding="utf-8")
        except OSError as error:
            raise UploadError(
                f"{printable(name)} could not be kept ({error.strerror}); try again."
            ) from error

    def replace(self, former: Path, file: Path) -> None:
        """Put a file of this folder in the place of another one. Raises UploadError."""
        try:
            file.replace(former)
        except OSError as error:
            raise UploadError(
                f"{self.plain(str(former))} could not be replaced ({error.strerror}); try again."
            ) from error

    def holds(self, path: str | None) -> Path | None:
        """Return the file of this folder that a path names, or None."""
        if not path:
            return None
        file = Path(path)
        return file if file.parent == self.path and file.is_file() else None

    def note(self, file: Path, name: str) -> None:
        """Note that a file waits to be read, so that it is read even if the program ends before."""
        note = self.path / _WAITING / file.name
        try:
            note.parent.mkdir(exist_ok=True)
            note.write_text(name, encoding="utf-8", errors="replace")
        except OSError as error:
            raise UploadError(
                f"{printable(name)} could not be kept ({error.strerror}); try again."
            ) from error

    def settle(self, file: Path) -> None:
        """Note that a file waits no more."""
        (self.path / _WAITING / file.name).unlink(missing_ok=True)

    def noted(self) -> list[tuple[Path, str]]:
        """Return the files that wait to be read, with the names that their owner gave them."""
        notes = (self.path / _WAITING).glob("*") if (self.path / _WAITING).is_dir() else ()
        waiting = [(self.path / note.name, note) for note in sorted(notes)]
        for _, gone in ((file, note) for file, note in waiting if not file.is_file()):
            gone.unlink(missing_ok=True)
        return [(file, note.read_text("utf-8", "replace")) for file, note in waiting if file.is_file()]

    def set_aside(self, file: Path) -> Path:
        """Move a file out of sight, from where it can be brought back until the program ends."""
        aside = self.path / _REMOVED
        aside.mkdir(exist_ok=True)
        return Path(shutil.move(file, aside / file.name))

    def bring_back(self, aside: Path) -> Path:
        """Move a file back that was set aside."""
        return Path(shutil.move(aside, self.path / aside.name))

    def purge(self) -> None:
        """Delete what was set aside."""
        shutil.rmtree(self.path / _REMOVED, ignore_errors=True)

    def plain(self, sentence: str) -> str:
        """Name files in a sentence as their owner does, without this folder and the hash."""
        pattern = re.escape(str(self.path)) + rf"[/\\][0-9a-f]{{{_HASH_LENGTH}}}-"
        return re.sub(pattern, "", sentence)

    def _name_note(self, name: str) -> Path:
        return self.path / _NAMES / hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]

    def _target(self, digest: str, name: str) -> Path:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.path / f"{digest[:_HASH_LENGTH]}-{safe_name(name)}"

    def _make_room(self, size: int) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._free(self.path) < size + _SPARE_BYTES:
            raise UploadError("There is no room left on the disk; free some and try again.")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def safe_name(name: str) -> str:
    """Return a file's name without folders and without signs that a file system or a shell may trip over."""
    base = unicodedata.normalize("NFC", printable(name)).replace("\\", "/").rstrip("/").rpartition("/")[2]
    base = _UNSAFE.sub("_", base).strip(" .")
    stem, dot, ending = base.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = base, "", ""
    room = _LONGEST_NAME - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").strip(" .")
    return f"{stem or 'file'}{dot}{ending}"


def addresses_in(text: str) -> list[str]:
    """Return the web addresses of a text that holds nothing else, one or more a line; none of any other."""
    words = text.split()
    return words if words and all(_ADDRESS.fullmatch(word) for word in words) else []
