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
    aside: tuple[Path, ...]
    """The copies of uploaded files from which they were read, where they are meanwhile."""


@dataclass
class Removals:
    """What was deleted in this page's process. Safe to share between threads.

    Nothing of a deleted article is found any more. The collection itself brings it back; the copy of an
    uploaded file, meanwhile, is set aside.
    """

    library: Library
    folder: UploadFolder
    intake: Intake
    _kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

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
            report = self.library.restore(kept.ids)
            if report.failures:
                raise UploadError(self.folder.plain(report.failures[0].reason))
        with self._guard:
            self._kept.pop(token, None)
        return kept.ids

    def _keep(self, removed: Sequence[Article]) -> str | None:
        """Remember what was deleted; None where it cannot be brought back."""
        own = [file for article in removed if (file := self.folder.holds(article.path))]
        aside = tuple(self.folder.set_aside(file) for file in own)
        if not removed or not self.library.can_restore:
            for file in aside:
                file.unlink(missing_ok=True)
            return None
        token = secrets.token_urlsafe(16)
        with self._guard:
            self._kept[token] = _Kept(ids=tuple(article.id for article in removed), aside=aside)
            forgotten = [self._kept.popitem(last=False)[1] for _ in range(len(self._kept) - _REMEMBERED)]
        for old in forgotten:
            for file in old.aside:
                file.unlink(missing_ok=True)
        return token
