"""What becomes of articles once they are in: versions, removal and undo, near-duplicates, reconciliation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .contents import Contents
from .health import Reconciliation, reconcile
from .ingest import remove_article, restore_article
from .records import HeldArticle
from .types import ArticleVersion, Copy, Correction, IngestReport, SourceFailure, VersionDiff

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import IndexConfig
    from .embed import Embedder
    from .vectors import VectorStore

_SHORTEST_PREFIX = 6


class Upkeep(Contents):
    """The part of an `Index` that looks after articles; `Index` brings the parts it works on."""

    vectors: VectorStore
    embedder: Embedder
    config: IndexConfig
    _now: Callable[[], datetime]

    @abstractmethod
    def _writing(self) -> AbstractContextManager[None]: ...

    @abstractmethod
    def _check_embedder(self) -> None: ...

    @abstractmethod
    def _record_embedder(self) -> None: ...

    @property
    def can_restore(self) -> bool:
        """Tell whether what is removed can be restored for a while."""
        return self.config.undo_days > 0

    def remove(self, ids: Iterable[str], *, for_good: bool = False) -> IngestReport:
        """Remove articles by id, or by the beginning of one (6 characters or more) that only one article has.

        From then on they are found nowhere; `restore` brings them back for `IndexConfig.undo_days`.
        With `for_good` nothing of them is kept, also of those that were removed before. No feed brings a
        removed article back, unless it is asked to (`Feeds.refresh`). Ids that name no article are
        failures in the report. Raises a StoreError.
        """
        removed, failures = [], []
        hold_from = None if for_good else self._hold_from()
        with self._writing():
            held = [one.id for one in self.catalog.held()] if for_good else []
            for one in ids:
                resolved, reason = self.resolve(one)
                if resolved is None and for_good:
                    resolved, reason = _one_of(held, one, reason)
                if resolved is None:
                    failures.append(SourceFailure(path=one, reason=reason))
                    continue
                there = remove_article(
                    self.catalog, self.vectors, resolved, hold_from=hold_from, dismissed=True
                )
                if there or self.catalog.purge([resolved]):
                    removed.append(resolved)
            if for_good and removed:
                self.catalog.scrub()
        return IngestReport(removed=tuple(removed), failures=tuple(failures))

    def restore(self, ids: Iterable[str]) -> IngestReport:
        """Bring removed articles back, by id or the beginning of one, with their former versions.

        Ids that name no removed article are failures in the report. Raises a StoreError.
        """
        restored, failures, embedded = [], [], 0
        with self._writing():
            self._check_embedder()
            held = [one.id for one in self.catalog.held()]
            for one in ids:
                unknown = f"No removed article has the id {one}; it was never there or is gone for good."
                resolved, reason = _one_of(held, one, unknown)
                if resolved is None:
                    failures.append(SourceFailure(path=one, reason=reason))
                    continue
                self._record_embedder()
                passages = restore_article(self.catalog, self.vectors, self.embedder, self.config, resolved)
                if passages is not None:
                    embedded += passages
                    restored.append(resolved)
        return IngestReport(restored=tuple(restored), failures=tuple(failures), passages=embedded)

    def removed(self) -> list[HeldArticle]:
        """Return the removed articles that can be restored, the latest removed first."""
        return self.catalog.held()

    def purge(self) -> int:
        """Delete for good all that was removed; returns how many articles that was. Raises a StoreError."""
        with self._writing():
            return len(self.catalog.purge())

    def versions(self, article_id: str) -> list[ArticleVersion]:
        """Return the versions of an article, oldest first, the current one last; none for an unknown id."""
        resolved, _ = self.resolve(article_id)
        return self.catalog.versions(resolved) if resolved else []

    def diff(self, article_id: str, old: int | None = None, new: int | None = None) -> VersionDiff | None:
        """Return what changed, by words, between two versions of an article, by their numbers.

        Without numbers: between the last two. None where the article or a version does not exist.
        """
        from .diff import version_diff

        versions = {one.number: one for one in self.versions(article_id)}
        new = len(versions) if new is None else new
        old = new - 1 if old is None else old
        if old not in versions or new not in versions:
            return None
        return version_diff(versions[old], versions[new])

    def copies(self, article_id: str, part: str | None = None) -> list[Copy]:
        """Return the near-duplicates of an article; with `part` of its text, those that print it, too."""
        resolved, _ = self.resolve(article_id)
        return self.catalog.copies(resolved, part) if resolved else []

    def correction(self, article_id: str) -> Correction | None:
        """Return the note at the head or foot of an article that tells of a correction, if there is one."""
        from .corrections import find_correction

        resolved, _ = self.resolve(article_id)
        article = self.catalog.article(resolved) if resolved else None
        return find_correction(article.text, article.published) if article else None

    def reconcile(self) -> Reconciliation:
        """Compare the passages in the catalog, the full-text search and the vectors, and mend what differs.

        Raises a StoreError.
        """
        with self._writing():
            return reconcile(self.catalog, self.vectors)

    def resolve(self, article_id: str) -> tuple[str | None, str]:
        """Return the one article that an id or its beginning names, or None and why."""
        if self.catalog.current_version(article_id) is not None:
            return article_id, ""
        matches = self.catalog.ids_beginning(article_id) if len(article_id) >= _SHORTEST_PREFIX else []
        reason = f"No article has the id {article_id}; `article-assistant list` shows all."
        return _one_of(matches, article_id, reason)

    def _hold_from(self) -> datetime | None:
        """Return the time from which a removed article is held; None where it is not held at all."""
        return self._now() if self.config.undo_days > 0 else None

    def _purge_expired(self) -> None:
        self.catalog.purge(before=self._now() - timedelta(days=self.config.undo_days))


def _one_of(ids: list[str], wanted: str, unknown: str) -> tuple[str | None, str]:
    """Return the one of `ids` that `wanted` is or begins, or None and why."""
    if wanted in ids:
        return wanted, ""
    matches = [one for one in ids if one.startswith(wanted)] if len(wanted) >= _SHORTEST_PREFIX else []
    if len(matches) == 1:
        return matches[0], ""
    if matches:
        return None, f"{len(matches)} articles have an id that begins with {wanted}; give more of it."
    return None, unknown
