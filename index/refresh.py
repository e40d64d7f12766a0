"""A run over feeds: read many at once, index what is new, and record how each of them is doing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from .config import FetchConfig
from .feed_reader import FeedReader, Reading
from .feed_store import Feed, FeedStore, SeenEntry
from .pages import Page
from .parallel import in_parallel
from .reports import merge_reports
from .schedule import must_wait, wait_after_failure
from .types import IngestReport, Progress, ProgressCallback, SourceFailure

IngestPages = Callable[[Sequence[Page]], IngestReport]


class FeedState(StrEnum):
    """What came of a feed in a run."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    WAITING = "waiting"
    """Its server asked to be left alone for a while, which is not over."""


@dataclass(frozen=True, kw_only=True)
class FeedOutcome:
    """What came of one feed in a run."""

    feed: Feed
    state: FeedState
    added: int = 0
    updated: int = 0
    reason: str | None = None
    """Why it failed."""


@dataclass(frozen=True, kw_only=True)
class RefreshReport:
    """What a run over feeds did: what came of each, and what that did to the collection."""

    outcomes: tuple[FeedOutcome, ...] = ()
    articles: IngestReport = field(default_factory=IngestReport)
    """What was added and updated; its failures are entries whose pages could not be read."""

    @property
    def failed(self) -> tuple[FeedOutcome, ...]:
        """Return the feeds that could not be read."""
        return tuple(one for one in self.outcomes if one.state is FeedState.FAILED)


class Refresh:
    """One run. What it needs is handed in: who reads, what is known, who indexes, and the clock."""

    def __init__(
        self,
        reader: FeedReader,
        store: FeedStore,
        config: FetchConfig,
        *,
        ingest: IngestPages,
        now: Callable[[], datetime],
        interval: float,
        stop: threading.Event,
        progress: ProgressCallback | None = None,
    ) -> None:
        """Feeds that were read are due again after `interval` seconds."""
        self._reader = reader
        self._store = store
        self._config = config
        self._ingest = ingest
        self._now = now
        self._interval = interval
        self._stop = stop
        self._progress = progress

    def run(self, feeds: Sequence[Feed]) -> RefreshReport:
        """Read the feeds, those of one host after each other. Raises a StoreError; what was done stays."""
        outcomes = [
            FeedOutcome(feed=feed, state=FeedState.WAITING) for feed in feeds if must_wait(feed, self._now())
        ]
        waiting = {one.feed.id for one in outcomes}
        feeds = [feed for feed in feeds if feed.id not in waiting]
        reports: list[IngestReport] = []
        elsewhere: list[tuple[Feed, SeenEntry]] = []
        self._tell(0, len(feeds), reports, "")
        for done, reading in enumerate(self._readings(feeds), 1):
            if self._stop.is_set():
                break  # what was interrupted is read again, not blamed on the feed
            report = self._index(reading)
            reports.append(report)
            outcomes.append(self._record(reading, report))
            elsewhere += [(reading.feed, seen) for seen in reading.elsewhere]
            self._tell(done, len(feeds), reports, reading.feed.url)
        self._share(elsewhere)
        return RefreshReport(outcomes=tuple(outcomes), articles=merge_reports(reports))

    def _readings(self, feeds: Sequence[Feed]) -> Iterator[Reading]:
        by_host: dict[str, list[Feed]] = {}
        for feed in feeds:
            by_host.setdefault(urlsplit(feed.url).netloc, []).append(feed)
        groups = list(by_host.values())
        return in_parallel(groups, self._reader.read, workers=self._config.workers, stop=self._stop)

    def _index(self, reading: Reading) -> IngestReport:
        """Index what a feed brought, and record its entries."""
        taken = [(seen, page) for seen, page in reading.pages if page.trusted or not self._held(page)]
        report = self._ingest([page for _, page in taken]) if taken else IngestReport()
        failed = {failure.path: failure.reason for failure in report.failures}
        entries = list(reading.settled)
        for seen, page in reading.pages:
            reason = failed.get(page.identity)
            entries.append(_failed(seen, reason) if reason else seen)
        if entries:
            self._store.save_entries(reading.feed, entries, self._now())
        own = IngestReport(failures=tuple(reading.failures), warnings=tuple(reading.warnings))
        return merge_reports([report, own])

    def _share(self, elsewhere: Sequence[tuple[Feed, SeenEntry]]) -> None:
        """Record entries that another feed brought; what it could not bring is left for the next time."""
        present = self._store.articles_by_key([seen.key for _, seen in elsewhere])
        for feed, seen in elsewhere:
            if seen.key in present:
                shared = replace(seen, article_id=present[seen.key])
                self._store.save_entries(feed, [shared], self._now())
            else:
                self._store.forget_validators(feed)

    def _held(self, page: Page) -> bool:
        return self._store.holds(page.article.id)

    def _record(self, reading: Reading, report: IngestReport) -> FeedOutcome:
        feed, now = reading.feed, self._now()
        if reading.error is not None:
            status = getattr(reading.error, "status", None)
            asked = getattr(reading.error, "retry_after", None)
            wait = wait_after_failure(self._interval, feed.failures + 1, asked)
            reason = str(reading.error)
            gone = status == 410
            self._store.note_failure(feed, reason, wait=wait, retry_after=asked, gone=gone, now=now)
            return FeedOutcome(feed=feed, state=FeedState.FAILED, reason=reason)
        etag, last_modified = _validators(reading)
        self._store.note_success(
            feed,
            title=reading.parsed.title if reading.parsed else None,
            etag=etag,
            last_modified=last_modified,
            new_articles=len(report.added),
            wait=int(self._interval),
            now=now,
        )
        state = FeedState.READ if reading.parsed else FeedState.UNCHANGED
        return FeedOutcome(feed=feed, state=state, added=len(report.added), updated=len(report.updated))

    def _tell(self, done: int, total: int, reports: Sequence[IngestReport], current: str) -> None:
        if self._progress:
            passages = sum(report.passages for report in reports)
            self._progress(Progress(done=done, total=total, passages=passages, current=current))


def _validators(reading: Reading) -> tuple[str | None, str | None]:
    """Return what the next request is made conditional on: nothing where the feed must come in full again."""
    fetched, feed = reading.fetched, reading.feed
    if reading.unfinished or fetched is None:
        return None, None
    if fetched.unchanged:  # a server need not repeat them
        return fetched.etag or feed.etag, fetched.last_modified or feed.last_modified
    return fetched.etag, fetched.last_modified


def _failed(seen: SeenEntry, reason: str) -> SeenEntry:
    return SeenEntry(key=seen.key, fingerprint=seen.fingerprint, error=reason)


def failures_of(report: RefreshReport) -> tuple[SourceFailure, ...]:
    """Return everything that failed in a run, feeds first, each with its reason."""
    feeds = tuple(SourceFailure(path=one.feed.url, reason=one.reason or "") for one in report.failed)
    return feeds + report.articles.failures
