"""ZIP files: what is in them, one member after the other, within limits that no declared size can talk past."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..config import IndexConfig
from ..errors import ExtractionError
from .document import Problem
from .kinds import MEDIA_TYPES, ZIP

_ENCRYPTED = 0x1
_MOST_RATIO = 200
"""Times that a member may be larger than its compressed bytes: text reaches 10, a bomb 1,000."""
_LEADS_OUT = "its name leads out of the archive; it was not read."
_SMALL = 1_000_000
"""Bytes up to which any ratio is harmless."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file in an archive, with its bytes."""

    name: str
    content: bytes


def opened(content: bytes, limits: IndexConfig) -> zipfile.ZipFile:
    """Return an archive whose declared sizes are within the limits. Raises ExtractionError.

    The library never yields more of a member than its declared size.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ExtractionError(f"it is a damaged ZIP file ({error}).") from error
    infos = archive.infolist()
    if len(infos) > limits.max_archive_members:
        raise ExtractionError(
            f"it holds more than {limits.max_archive_members:,} files; unpack it and add the folder."
        )
    total = sum(info.file_size for info in infos)
    if total > limits.max_archive_bytes:
        raise ExtractionError(
            f"it would unpack to {total:,} bytes, more than the limit of {limits.max_archive_bytes:,}; unpack it and add"
            " the folder."
        )
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's bytes. Raises ExtractionError where it is damaged, encrypted or missing."""
    try:
        info = archive.getinfo(name)
        if info.flag_bits & _ENCRYPTED:
            raise ExtractionError("it is encrypted; remove its password first.")
        if info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(info.compress_size, 1):
            raise ExtractionError(
                "it is compressed more than any text; it was taken for a bomb and not unpacked."
            )
        return archive.read(info)
    except KeyError as error:
        raise ExtractionError(f"it lacks the file {name}.") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ExtractionError(f"it is damaged and could not be unpacked ({error}).") from error


def members(content: bytes, limits: IndexConfig) -> Iterator[Member | Problem]:
    """Yield the files of an archive that are of a kind that is read, in their order; hidden ones are passed over.

    Names that lead out of the archive, links, archives in it and files over the limits are problems.
    Raises ExtractionError where the archive as a whole cannot be read.
    """
    archive = opened(content, limits)
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename
        path = PurePosixPath(name)
        kind = MEDIA_TYPES.get(path.suffix.lower())
        reason = _reason_to_refuse(info, path, seen, limits)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
        if info.is_dir() or kind is None or (hidden and reason != _LEADS_OUT):
            continue
        seen.add(name)
        if reason is None:
            try:
                yield Member(name=path.as_posix(), content=read_member(archive, name))
                continue
            except ExtractionError as error:
                reason = str(error)
        yield Problem(reason=reason, key=name)


def _reason_to_refuse(
    info: zipfile.ZipInfo, path: PurePosixPath, seen: set[str], limits: IndexConfig
) -> str | None:
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or "\0" in info.orig_filename:
        return _LEADS_OUT
    if info.filename in seen:
        return "the archive holds two files of this name; the second was not read."
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return "it is a link; it was not followed."
    if MEDIA_TYPES.get(path.suffix.lower()) == ZIP:
        return "it is an archive inside an archive; unpack the outer one first."
    if info.file_size > limits.max_file_bytes:
        return f"it is larger than the limit of {limits.max_file_bytes:,} bytes."
    return None
