"""What is done about feeds in the page: one thing after the other, in a thread, with progress and cancel."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index import (
    ArticleAssistantError,
    FeedState,
    Following,
    IndexLockedError,
    Progress,
    RefreshReport,
    SourceFailure,
)

from .seams import FollowedFeeds, Keeping
from .uploads import UploadError

_log = logging.getLogger(__name__)
_PAUSE = 2.0
_MOST_WAITING = 50
UNEXPECTED = "The feeds could not be read; the terminal says why."
IN_THE_BACKGROUND = "The feeds are being read in the background; this follows."


@dataclass(frozen=True, kw_only=True)
class Run:
    """Feeds that are followed or read, and how far that has come."""

    id: int
    targets: tuple[str | Path, ...] | None
    """What is to be followed, or the numbers of the feeds to be read; None for all."""
    follow: bool
    shown: str = ""
    """What is followed, as its owner calls it."""
    over: bool = False
    stopped: bool = False
    note: str = ""
    """Why it waits, or what went wrong with all of it."""
    done: int = 0
    """Feeds that were read, of `total`."""
    total: int = 0
    followed: tuple[str, ...] = ()
    """Titles, or addresses, of the feeds that are followed now."""
    known: int = 0
    """Feeds that were followed already."""
    others: tuple[str, ...] = ()
    """Addresses of further feeds of a site."""
    failures: tuple[SourceFailure, ...] = ()
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    """Articles, by their ids."""
    waiting: int = 0
    """Feeds whose servers asked to be left alone for a while."""


class _StoppedError(Exception):
    pass


@dataclass
class FeedRuns:
    """The queue. Safe to share between threads."""

    feeds: FollowedFeeds
    keeper: Keeping | None = None
    pause: float = _PAUSE
    """Seconds between two tries while something else reads feeds or changes the collection."""
    _waiting: deque[Run] = field(default_factory=deque)
    _change: threading.Condition = field(default_factory=threading.Condition)
    _run: Run | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _last_id: int = 0

    def follow(self, targets: Sequence[str | Path], shown: str) -> None:
        """Follow what targets name, and read it. Raises UploadError where too much waits already."""
        self._enqueue(tuple(targets), True, shown)

    def refresh(self, numbers: Sequence[int] | None = None) -> None:
        """Read feeds, all of them unless some are named. Raises UploadError where too much waits already."""
        self._enqueue(None if numbers is None else tuple(map(str, numbers)), False, "")

    def latest(self) -> Run | None:
        """Return what is done, or was done last; None before that and once it is forgotten."""
        with self._change:
            return self._run

    @property
    def busy(self) -> bool:
        """Whether anything is done or waits to be."""
        with self._change:
            return bool(self._waiting) or (self._run is not None and not self._run.over)

    def cancel(self) -> None:
        """End what is done, and drop what waits; what was read before stays."""
        with self._change:
            self._waiting.clear()
            self._stop.set()

    def forget(self) -> None:
        """Forget what was done last."""
        with self._change:
            if self._run is not None and self._run.over:
                self._run = None

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is done any more; tells whether it is so."""
        with self._change:
            return self._change.wait_for(
                lambda: not self._waiting and (self._run is None or self._run.over), timeout=seconds
            )

    def _enqueue(self, targets: tuple[str | Path, ...] | None, follow: bool, shown: str) -> None:
        with self._change:
            if any((one.targets, one.follow) == (targets, follow) for one in self._waiting):
                return
            if len(self._waiting) >= _MOST_WAITING:
                raise UploadError("Much is waiting already; try again when the feeds have been read.")
            self._last_id += 1
            self._waiting.append(Run(id=self._last_id, targets=targets, follow=follow, shown=shown))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="feeds", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._waiting:
                    self._change.wait()
                self._run = self._waiting.popleft()
                self._stop = stop = threading.Event()
                run = self._run
            try:
                self._do(run, stop)
            except _StoppedError:
                self._set(over=True, stopped=True, note="")
            except ArticleAssistantError as error:
                self._set(over=True, note=str(error))
            except Exception:  # noqa: BLE001  the boundary of the thread: the page must hear of it
                _log.exception("The feeds could not be read")
                self._set(over=True, note=UNEXPECTED)
            else:
                self._set(over=True, stopped=stop.is_set(), note="")

    def _do(self, run: Run, stop: threading.Event) -> None:
        numbers = run.targets if not run.follow else self._follow(run.targets or (), stop)
        if numbers is None or numbers:
            self._read(None if numbers is None else list(map(str, numbers)), stop)

    def _follow(self, targets: Sequence[str | Path], stop: threading.Event) -> tuple[str, ...]:
        """Follow what targets name; returns the numbers of the new feeds."""
        followed: list[str] = []
        for target in targets:
            if stop.is_set():
                raise _StoppedError
            found = self.feeds.add([target], files=False)
            numbers = [str(feed.id) for feed in found.added]
            if stop.is_set():
                self.feeds.remove(numbers)
                raise _StoppedError
            followed += numbers
            if isinstance(target, Path):
                found = _named(found, self._run.shown if self._run else "")
                target.unlink(missing_ok=True)
            self._note_following(found)
        return tuple(followed)

    def _note_following(self, found: Following) -> None:
        with self._change:
            run = self._run
            assert run is not None
            self._set(
                followed=(*run.followed, *(feed.title or feed.url for feed in found.added)),
                known=run.known + len(found.known),
                others=(*run.others, *found.others),
                failures=(*run.failures, *found.failures),
            )

    def _read(self, numbers: list[str] | None, stop: threading.Event) -> None:
        def show(progress: Progress) -> None:
            self._set(done=progress.done, total=progress.total, note="")

        while not stop.is_set():
            try:
                report = self.feeds.refresh(
                    numbers,
                    interval=self.keeper.interval if self.keeper else None,
                    stop=stop,
                    progress=show,
                )
            except IndexLockedError as error:
                in_background = self.keeper is not None and self.keeper.reading
                self._set(note=IN_THE_BACKGROUND if in_background else str(error))
                stop.wait(self.pause)
            else:
                return self._note_reading(report)
        raise _StoppedError

    def _note_reading(self, report: RefreshReport) -> None:
        with self._change:
            run = self._run
            assert run is not None
            failed = [SourceFailure(path=one.feed.url, reason=one.reason or "") for one in report.failed]
            self._set(
                failures=(*run.failures, *failed, *report.articles.failures),
                added=report.articles.added,
                updated=report.articles.updated,
                waiting=sum(one.state is FeedState.WAITING for one in report.outcomes),
            )

    def _set(self, **changes: object) -> None:
        with self._change:
            if self._run is not None:
                self._run = replace(self._run, **changes)  # type: ignore[arg-type]
            self._change.notify_all()


def _named(found: Following, name: str) -> Following:
    """Name a file in what failed as its owner does."""
    failures = tuple(
        one if "://" in one.path else SourceFailure(path=name, reason=one.reason.replace(one.path, name))
        for one in found.failures
    )
    return replace(found, failures=failures)
