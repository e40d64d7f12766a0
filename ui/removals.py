"""Deleting articles, and bringing them back."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index import Article

from .intake import Intake
from .seams import Library
from .uploads import UploadError, UploadFolder

_REMEMBERED = 50
_LONGEST_WAIT = 20.0
NOT_AGAIN = "This can no longer be undone."


@dataclass(frozen=True, kw_only=True)
class Removed:
    """Articles that were deleted."""

    titles: tuple[str, ...]
    token: str | None
    """Brings them back; None where nothing can."""
    trouble: str = ""
    """Why some could not be deleted, in one sentence."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    ids: tuple[str, ...]
    files: tuple[Path, ...]
    """From which they can be read again."""
    aside: tuple[Path, ...]
    """Those of our own among them, where they are meanwhile."""


@dataclass
class Removals:
    """What was deleted in this page's process. Safe to share between threads.

    Nothing of a deleted article is found any more. It is brought back by the collection itself where
    that can (`restore`), else by reading its file again.
    """

    library: Library
    folder: UploadFolder
    intake: Intake
    _kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def can_undo(self, path: str | None) -> bool:
        """Tell whether the article that was read from `path` could be brought back."""
        return hasattr(self.library, "restore") or _file(path) is not None

    def remove(self, ids: Sequence[str]) -> Removed:
        """Delete articles. Raises ArticleAssistantError where the collection cannot be changed."""
        with self.intake.writing(_LONGEST_WAIT):
            found = [article for one in ids if (article := self.library.article(one))]
            report = self.library.remove([article.id for article in found])
            removed = [article for article in found if article.id in report.removed]
            token = self._keep(removed)
        missing = len(ids) - len(removed)
        trouble = report.failures[0].reason if report.failures else ""
        if missing and not trouble:
            trouble = "It was no longer in the library." if missing == 1 else f"{missing} were gone already."
        return Removed(titles=tuple(one.title for one in removed), token=token, trouble=trouble)

    def undo(self, token: str) -> tuple[str, ...]:
        """Bring articles back; returns their ids. Raises ArticleAssistantError where that fails."""
        with self._guard:
            kept = self._kept.get(token)
        if kept is None:
            raise UploadError(NOT_AGAIN)
        with self.intake.writing(_LONGEST_WAIT):
            for aside in kept.aside:
                if aside.exists():
                    self.folder.bring_back(aside)
            restore = getattr(self.library, "restore", None)
            report = restore(list(kept.ids)) if restore else self.library.add(list(kept.files))
            if report.failures:
                raise UploadError(self.folder.plain(report.failures[0].reason))
        with self._guard:
            self._kept.pop(token, None)
        return kept.ids

    def _keep(self, removed: Sequence[Article]) -> str | None:
        """Remember what was deleted; None where it cannot be brought back."""
        undoable = bool(removed) and all(self.can_undo(article.path) for article in removed)
        files = tuple(file for article in removed if (file := _file(article.path)))
        own = [file for file in files if self.folder.holds(str(file))]
        aside = tuple(self.folder.set_aside(file) for file in own)
        if not undoable:
            for file in aside:
                file.unlink(missing_ok=True)
            return None
        token = secrets.token_urlsafe(16)
        with self._guard:
            self._kept[token] = _Kept(ids=tuple(article.id for article in removed), files=files, aside=aside)
            forgotten = [self._kept.popitem(last=False)[1] for _ in range(len(self._kept) - _REMEMBERED)]
        for old in forgotten:
            for file in old.aside:
                file.unlink(missing_ok=True)
        return token


def _file(path: str | None) -> Path | None:
    """Return the file that an article was read from, if it is still there."""
    file = Path(path) if path else None
    try:
        return file if file and file.is_file() else None
    except (OSError, ValueError):
        return None
