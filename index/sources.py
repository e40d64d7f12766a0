"""Files and folders → sources, and their bytes.

A file's identity is its absolute path: the folder that was named, with its links resolved, and the
path inside it. So the same file named by a relative path, from another directory, or by a folder
above it is the same article, and two folders of one name do not mix. The collection itself holds
the texts; it can be moved or copied without the files.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .config import IndexConfig
from .containers import ENTRY, file_of
from .errors import SourceNotFoundError, SourceUnreadableError, TooLargeError
from .formats.kinds import HTML, MANY, MEDIA_TYPES, SUPPORTED, UNKNOWN
from .types import SourceFailure

_COMPANION = re.compile(
    r"[-_. ](?:files|fichiers|dateien|archivos|file|bestanden|arquivos|ficheiros|pliki|soubory|filer)$", re.I
)
"""How a browser ends the name of the folder that it saves beside a page, with its pictures and scripts."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that can be read: where it is, and what was known of it when it was found."""

    path: Path
    root: Path
    """The folder that was named (for a file, the folder it is in), without links."""
    name: str
    """The path inside the root, with "/" between its parts."""
    media_type: str
    """What the ending of its name says; its content may say otherwise."""
    size: int
    mtime_ns: int
    entry: str = ""
    """Which article in the file, where that holds many."""

    @property
    def identity(self) -> str:
        """Return the absolute path as text, with the entry; bytes that are not UTF-8 are written as `\\xff`."""
        path = printable(self.root / self.name, control=False)
        return path + ENTRY + printable(self.entry, control=False) if self.entry else path

    @property
    def most_bytes(self) -> str:
        """Return the name of the limit on its size."""
        return "max_collection_bytes" if self.media_type in MANY else "max_file_bytes"


def printable(path: str | os.PathLike[str], *, control: bool = True) -> str:
    """Return a path as text that can be stored and shown: no undecodable bytes, no control characters."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    if not control:
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def path_of(identity: str) -> Path:
    """Return the path of the file that an identity stands for or is in, also one whose name is not UTF-8."""
    identity = file_of(identity)
    plain = Path(identity)
    if "\\x" not in identity or os.path.lexists(plain):
        return plain
    raw = re.sub(rb"\\x([89a-f][0-9a-f])", lambda m: bytes([int(m.group(1), 16)]), os.fsencode(identity))
    return Path(os.fsdecode(raw))


def find_sources(paths: Iterable[Path], config: IndexConfig) -> Iterator[Source | SourceFailure]:
    """Yield the articles' files in `paths` (files and folders), sorted within each, each file once.

    What cannot be read is yielded as a failure and the rest goes on. Folders are searched all the
    way down, without hidden files; files whose ending is not known are passed over
    (`passed_over` counts them), but named ones are read for what their content is. Nothing is opened.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _find(Path(path), config):
            key = found.identity if isinstance(found, Source) else found.path + "\0" + found.reason
            if key not in seen:
                seen.add(key)
                yield found


def passed_over(paths: Iterable[Path]) -> str | None:
    """Return a sentence that counts the files in the folders of `paths` that are of other kinds, or None."""
    suffixes: Counter[str] = Counter()
    for path in paths:
        for _, inner, files in os.walk(Path(path).expanduser()):
            inner[:] = [name for name in inner if not name.startswith(".")]
            kinds = [Path(name).suffix.lower() for name in files if not name.startswith(".")]
            suffixes.update(kind or "no ending" for kind in kinds if kind not in MEDIA_TYPES)
    if not suffixes:
        return None
    count = suffixes.total()
    kinds_text = ", ".join(f"{printable(kind)}: {number}" for kind, number in suffixes.most_common(5))
    return (
        f"{count} file{'s were' if count > 1 else ' was'} passed over ({kinds_text}); read are {SUPPORTED}."
    )


def read_bytes(source: Source, config: IndexConfig) -> bytes:
    """Return the content of a source.

    Raises SourceUnreadableError where it is gone, not a regular file or cannot be read, and
    TooLargeError as soon as more than the limit has come. A link that was put in its place since
    it was found is not followed out of the root.
    """
    shown = printable(source.path)
    try:
        target = _inside(source.path, source.root)
        flags = (
            os.O_RDONLY
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_BINARY", 0)
        )
        with os.fdopen(os.open(target, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceUnreadableError(f"{shown} is not a regular file.")
            most: int = getattr(config, source.most_bytes)
            content = file.read(most + 1)
    except OSError as error:
        raise SourceUnreadableError(f"{shown} {_reason(error)}") from error
    if len(content) > most:
        raise TooLargeError(f"{shown} {_too_large(source.most_bytes, most)}")
    return content


def _find(path: Path, config: IndexConfig) -> Iterator[Source | SourceFailure]:
    try:
        resolved = path.expanduser().resolve(strict=True)
        mode = resolved.stat().st_mode
    except FileNotFoundError:
        yield _failure(path, "does not exist; check the spelling of the path.")
        return
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop of links, before Python 3.13
        yield _failure(path, _reason(error))
        return
    if stat.S_ISDIR(mode):
        yield from _walk(resolved, resolved, config)
    else:
        yield _file(resolved, resolved.parent, config)


def _walk(folder: Path, root: Path, config: IndexConfig) -> Iterator[Source | SourceFailure]:
    """Yield what is in `folder`; folders are entered in order, and never through a link."""
    pending = [folder]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield _failure(folder, _reason(error))
            continue
        folders: list[Path] = []
        pages = {
            Path(one.name).stem for one in entries if MEDIA_TYPES.get(Path(one.name).suffix.lower()) == HTML
        }
        for entry in entries:
            if entry.name.startswith(".") or _COMPANION.sub("", entry.name) in pages - {entry.name}:
                continue
            path = folder / entry.name
            if entry.is_symlink():
                yield from _link(path, root, config)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif path.suffix.lower() in MEDIA_TYPES:
                yield _file(path, root, config)
        pending.extend(reversed(folders))


def _link(path: Path, root: Path, config: IndexConfig) -> Iterator[Source | SourceFailure]:
    """Yield the file that a link inside `root` points to, if that is inside, too; folders are found without it."""
    try:
        target = _inside(path, root)
        if stat.S_ISDIR(target.stat().st_mode):
            if path.is_relative_to(target):
                yield _failure(path, "is a link to a folder that it is in; it was not followed.")
        elif path.suffix.lower() in MEDIA_TYPES:
            yield _file(path, root, config)
    except SourceUnreadableError as error:
        yield SourceFailure(path=printable(path), reason=str(error))
    except (OSError, RuntimeError) as error:
        yield _failure(path, _reason(error))


def _inside(path: Path, root: Path) -> Path:
    """Return `path` without links. Raises SourceUnreadableError where it leads out of `root`."""
    try:
        target = path.resolve(strict=True)
    except RuntimeError as error:
        raise OSError(errno.ELOOP, "loop of links") from error
    if not target.is_relative_to(root):
        raise SourceUnreadableError(f"{printable(path)} is a link out of its folder; it was not read.")
    return target


def _file(path: Path, root: Path, config: IndexConfig) -> Source | SourceFailure:
    media_type = MEDIA_TYPES.get(path.suffix.lower(), UNKNOWN)
    try:
        status = path.stat()
    except OSError as error:
        return _failure(path, _reason(error))
    if not stat.S_ISREG(status.st_mode):
        return _failure(path, "is not a regular file.")
    if status.st_size == 0:
        return _failure(path, "is empty.")
    source = Source(
        path=path,
        root=root,
        name=path.relative_to(root).as_posix(),
        media_type=media_type,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
    )
    most: int = getattr(config, source.most_bytes)
    if status.st_size > most:
        return _failure(path, _too_large(source.most_bytes, most))
    return source


def _failure(path: Path, reason: str) -> SourceFailure:
    shown = printable(path)
    return SourceFailure(path=shown, reason=f"{shown} {reason}")


def _too_large(limit: str, most: int) -> str:
    return f"is larger than the limit of {most:,} bytes; split it or raise {limit}."


def _reason(error: Exception) -> str:
    number = (
        error.errno if isinstance(error, OSError) else errno.ELOOP if isinstance(error, RuntimeError) else 0
    )
    return {
        errno.ENOENT: "is gone or is a link to nothing.",
        errno.EACCES: "cannot be read: no permission.",
        errno.EPERM: "cannot be read: no permission.",
        errno.ELOOP: "is a link that leads round in a loop.",
        errno.ENAMETOOLONG: "has a name that is too long.",
        errno.ENOTDIR: "has a file where a folder should be.",
    }.get(number or 0, f"cannot be read: {error}.")


def check_paths(paths: Iterable[Path]) -> None:
    """Raise SourceNotFoundError for the first of `paths` that does not exist."""
    for path in paths:
        if not os.path.lexists(Path(path).expanduser()):
            raise SourceNotFoundError(f"{printable(path)} does not exist; check the spelling of the path.")
