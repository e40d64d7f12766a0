"""What a file gives: documents as they are written in it, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..config import IndexConfig
from ..types import Precision, Published


@dataclass(frozen=True, kw_only=True)
class Document:
    """One article as its file gives it: as it is written there, not yet cleaned or judged."""

    text: str
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    section: str | None = None
    published: Published | None = None
    language: str | None = None
    key: str | None = None
    """What tells it from the others in its file; None for the only one."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A part of a file that could not be read, and why; the other parts are not concerned."""

    reason: str
    key: str | None = None


Found = Document | Problem


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a reader of a format is given beside the bytes."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The time by which dates are judged possible."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field of an article → the column of a table that holds it; what is missing is found by usual names."""
    limits: IndexConfig = field(default_factory=IndexConfig)


Documents = Iterator[Found]


def to_wire(found: Found) -> dict[str, Any]:
    """Return what `from_wire` takes: only strings, numbers and None."""
    if isinstance(found, Problem):
        return {"reason": found.reason, "key": found.key}
    wire = {name: value for name, value in vars(found).items() if name != "published"}
    if found.published:
        wire["published"] = [found.published.at.isoformat(), found.published.precision.value]
    return wire


def from_wire(wire: Mapping[str, Any]) -> Found:
    """Return what was written with `to_wire`. Raises ValueError, KeyError or TypeError for anything else."""
    if "reason" in wire:
        return Problem(reason=str(wire["reason"]), key=_text(wire.get("key")))
    published = wire.get("published")
    date = (
        Published(at=datetime.fromisoformat(published[0]), precision=Precision(published[1]))
        if published
        else None
    )
    names = ("title", "url", "source", "author", "section", "language", "key")
    return Document(text=str(wire["text"]), published=date, **{name: _text(wire.get(name)) for name in names})


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
