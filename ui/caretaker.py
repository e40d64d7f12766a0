"""What can be looked at and mended while the page is used: the health of the collection, and a rebuild.

Both are done in threads of their own, one of each at a time, and questions are answered meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index import ArticleAssistantError, Diagnosis, Progress, Verdict, examine

from .about import facts_html, licences_html
from .escape import printable
from .seams import Library
from .services import Reply, Service, answered

_log = logging.getLogger(__name__)
UNEXPECTED = "That could not be done; the terminal says why."
NOT_YOURS = "Whoever runs this program can do that: article-assistant doctor, article-assistant rebuild."


@dataclass(frozen=True, kw_only=True)
class Rebuild:
    """The searches being built again, and how far that has come."""

    began: float
    over: bool = False
    cancelling: bool = False
    cancelled: bool = False
    done: int = 0
    """Passages, of `total`."""
    total: int = 0
    note: str = ""
    """What went wrong."""


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What has been looked at so far."""

    over: bool = False
    found: tuple[Diagnosis, ...] = ()
    note: str = ""
    """What went wrong."""


class _CancelledError(Exception):
    pass


@dataclass
class Caretaker:
    """The services of the About view; see `services.answered` for what they may do."""

    library: Library
    folder: Path
    writers: Iterable[str] = ()
    """Who can answer, by name."""
    allowed: bool = True
    """Whether readers of the page may look into the collection's health and have it rebuilt."""
    examine: Callable[[Path], Iterable[Diagnosis]] = examine
    clock: Callable[[], float] = time.monotonic
    _checkup: Checkup | None = None
    _rebuild: Rebuild | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)
    _change: threading.Condition = field(default_factory=threading.Condition)

    def services(self) -> list[Service]:
        """Return what the page may call."""
        every = (self.facts, self.progress, self.check, self.rebuild, self.cancel)
        return [answered(one, "about") for one in every]

    def close(self, seconds: float = 5.0) -> None:
        """Cancel a rebuild, and wait for that up to `seconds`; what there was before it stays."""
        self._cancel.set()
        with self._change:
            self._change.wait_for(lambda: self._rebuild is None or self._rebuild.over, timeout=seconds)

    def facts(self, asked: Any) -> Reply:
        """Give what can be told at once: versions, numbers, licences."""
        status = self.library.status()
        html = facts_html(status, _size(self.folder), list(self.writers))
        return {"html": html, "licences": licences_html()}

    def progress(self, asked: Any) -> Reply:
        """Tell how far the checkup and the rebuild have come."""
        with self._change:
            return {"check": _checked(self._checkup), "rebuild": self._rebuilt(self._rebuild)}

    def check(self, asked: Any) -> Reply:
        """Begin to look at everything the collection needs, unless that is being done."""
        if not self.allowed:
            return {"trouble": NOT_YOURS}
        with self._change:
            if self._checkup is None or self._checkup.over:
                self._checkup = Checkup()
                threading.Thread(target=self._check, name="checkup", daemon=True).start()
        return self.progress(asked)

    def rebuild(self, asked: Any) -> Reply:
        """Begin to build the searches again, unless that is being done."""
        if not self.allowed:
            return {"trouble": NOT_YOURS}
        with self._change:
            if self._rebuild is None or self._rebuild.over:
                self._cancel.clear()
                self._rebuild = Rebuild(began=self.clock())
                threading.Thread(target=self._build, name="rebuild", daemon=True).start()
        return self.progress(asked)

    def cancel(self, asked: Any) -> Reply:
        """Have the rebuild end; what there was before it stays."""
        if not self.allowed:
            return {"trouble": NOT_YOURS}
        self._cancel.set()
        with self._change:
            if self._rebuild is not None and not self._rebuild.over:
                self._rebuild = replace(self._rebuild, cancelling=True)
        return self.progress(asked)

    def _check(self) -> None:
        note = ""
        try:
            for one in self.examine(self.folder):
                with self._change:
                    assert self._checkup is not None
                    self._checkup = replace(self._checkup, found=(*self._checkup.found, one))
        except ArticleAssistantError as error:
            note = str(error)
        except Exception:  # noqa: BLE001  the boundary of the thread: the page must hear of it
            _log.exception("The collection could not be looked at")
            note = UNEXPECTED
        finally:
            with self._change:
                assert self._checkup is not None
                self._checkup = replace(self._checkup, over=True, note=note)
                self._change.notify_all()

    def _build(self) -> None:
        changes: dict[str, Any] = {}
        try:
            self.library.rebuild(progress=self._show)
        except _CancelledError:
            changes = {"cancelled": True}
        except ArticleAssistantError as error:
            changes = {"note": str(error)}
        except Exception:  # noqa: BLE001  the boundary of the thread: the page must hear of it
            _log.exception("The searches could not be built again")
            changes = {"note": UNEXPECTED}
        finally:
            with self._change:
                assert self._rebuild is not None
                self._rebuild = replace(self._rebuild, over=True, cancelling=False, **changes)
                self._change.notify_all()

    def _show(self, progress: Progress) -> None:
        if self._cancel.is_set():
            raise _CancelledError
        with self._change:
            assert self._rebuild is not None
            self._rebuild = replace(self._rebuild, done=progress.done, total=progress.total)

    def _rebuilt(self, run: Rebuild | None) -> Reply | None:
        if run is None:
            return None
        took = self.clock() - run.began
        left = took / run.done * (run.total - run.done) if run.done else None
        return {
            "over": run.over,
            "cancelling": run.cancelling,
            "cancelled": run.cancelled,
            "done": run.done,
            "total": run.total,
            "left": None if left is None or run.over else round(left),
            "note": printable(run.note),
        }


def _checked(checkup: Checkup | None) -> Reply | None:
    if checkup is None:
        return None
    return {
        "over": checkup.over,
        "note": printable(checkup.note),
        "faults": sum(one.verdict is Verdict.FAULT for one in checkup.found),
        "found": [
            {"name": printable(one.name), "verdict": one.verdict.value, "sentence": printable(one.sentence)}
            for one in checkup.found
        ],
    }


def _size(folder: Path) -> int:
    """Return the bytes of the files in a folder; what is taken away meanwhile does not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
