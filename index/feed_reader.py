"""One feed, read: which of its entries are new or changed, and the articles that they are.

Nothing is written here. An entry is told from others by the canonical form of its link, never by
what the feed calls its id. Runs in many threads at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin

from .addresses import shorten
from .config import IndexConfig
from .errors import BlockedUrlError, FeedError, IndexingError
from .feed_parser import parse_feed
from .feed_store import Feed, FeedStore, SeenEntry
from .feed_types import Entry, ParsedFeed
from .fetch import Fetched
from .file_reader import FileReader
from .pages import Page, page_from_entry, read_page, same_site, speaks_for
from .politeness import PoliteWeb
from .text import article_id, canonical_url, content_hash
from .types import SourceFailure

_log = logging.getLogger(__name__)

_MOST_TRIES = 3
_MOST_SITEMAPS = 3
_GONE = (404, 410)


@dataclass(kw_only=True)
class Reading:
    """What came of one try to read a feed."""

    feed: Feed
    fetched: Fetched | None = None
    parsed: ParsedFeed | None = None
    """None where the feed has not changed, or could not be read."""
    pages: list[tuple[SeenEntry, Page]] = field(default_factory=list)
    """Articles to be indexed, with what is then known of their entries."""
    settled: list[SeenEntry] = field(default_factory=list)
    """Entries that need no indexing."""
    elsewhere: list[SeenEntry] = field(default_factory=list)
    """Entries that another feed of this run is bringing."""
    failures: list[SourceFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: IndexingError | None = None
    unfinished: bool = False
    """True where entries are left for the next time, which must then see the feed again."""


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    key: str
    fingerprint: str
    entry: Entry
    tries: int


class FeedReader:
    """Read feeds, in one run: an article that two of them bring is read once. Safe to share between threads."""

    def __init__(
        self,
        web: PoliteWeb,
        store: FeedStore,
        config: IndexConfig,
        files: FileReader,
        *,
        now: Callable[[], datetime],
        embedder_id: str,
    ) -> None:
        """Take the web, what is known of feeds, and the settings."""
        self._web = web
        self._store = store
        self._config = config
        self._files = files
        self._now = now
        self._embedder_id = embedder_id
        self._guard = threading.Lock()
        self._brought_by: dict[str, int] = {}

    def read(self, feed: Feed) -> Reading:
        """Read a feed and the pages of its new entries; what went wrong is in the reading."""
        reading = Reading(feed=feed)
        try:
            self._read(reading)
        except IndexingError as error:
            reading.error = error
        except Exception as error:  # noqa: BLE001  the boundary: whatever one feed holds, the others go on
            _log.exception("The feed %s could not be read", shorten(feed.url))
            reading.error = FeedError(f"{shorten(feed.url)} could not be read: {type(error).__name__}.")
        return reading

    def _read(self, reading: Reading) -> None:
        feed = reading.feed
        reading.fetched = fetched = self._web.feed(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        if fetched.unchanged:
            return
        parsed = self.parse(fetched)
        reading.parsed = parsed
        if parsed.unlinked:
            what = "entry has" if parsed.unlinked == 1 else "entries have"
            reading.warnings.append(
                f"{shorten(feed.url)}: {parsed.unlinked} {what} no link to a page on the web."
            )
        fetches = 0
        for candidate in self._candidates(reading, parsed):
            wanted = self._config.fetch.full_text and not self._whole(candidate.entry, feed)
            if wanted and fetches >= self._config.fetch.pages_per_feed:
                reading.unfinished = True
                continue
            fetches += wanted
            self._take(reading, parsed, candidate, fetch=wanted)
        if reading.unfinished and fetches >= self._config.fetch.pages_per_feed:
            reading.warnings.append(
                f"{shorten(feed.url)}: {fetches} pages were read; the rest follows the next time."
            )

    def parse(self, fetched: Fetched) -> ParsedFeed:
        """Return what was fetched as a feed; the news sitemaps of an index are fetched, too. Raises IndexingError."""
        parsed = self._parse(fetched)
        if not parsed.sitemaps:
            return parsed
        named = [url for url in parsed.sitemaps if same_site(url, fetched.url)]
        named.sort(key=lambda url: "news" not in url.lower())
        entries: list[Entry] = []
        for url in named[:_MOST_SITEMAPS]:
            try:
                part = self._parse(self._web.feed(urljoin(fetched.url, url)))
            except FeedError:
                continue  # of pages that are no news
            entries += part.entries
        if not entries:
            raise FeedError(f"{shorten(fetched.url)} is an index of sitemaps, and none of them is of news.")
        return replace(parsed, entries=tuple(entries), sitemaps=())

    def _parse(self, fetched: Fetched) -> ParsedFeed:
        most = self._config.fetch.entries_per_feed
        try:
            return parse_feed(fetched.content, url=fetched.url, now=self._now(), most=most)
        except FeedError as error:
            raise FeedError(f"{shorten(fetched.url)} could not be read: {error}.") from error

    def _candidates(self, reading: Reading, parsed: ParsedFeed) -> list[_Candidate]:
        """Return the entries whose articles are to be read; the others are settled."""
        entries: dict[str, Entry] = {}
        for entry in parsed.entries:
            entries.setdefault(canonical_url(entry.link), entry)
        keys = list(entries)
        seen = self._store.entries(reading.feed, keys)
        present = self._store.articles_by_key(keys)
        ids = {key: article_id(url=key) for key in keys}
        known = [one.article_id for one in seen.values() if one.article_id]
        dismissed = self._store.dismissed([*ids.values(), *known])
        found = []
        for key, entry in entries.items():
            before, fingerprint = seen.get(key), _fingerprint(entry)
            same = before is not None and before.fingerprint == fingerprint
            held = present.get(key)
            if ids[key] in dismissed or (before is not None and before.article_id in dismissed):
                old = before.article_id if before else None
                reading.settled.append(
                    SeenEntry(key=key, fingerprint=fingerprint, article_id=old or ids[key])
                )
            elif held and (same or before is None):  # as it was, or another feed has brought it
                reading.settled.append(SeenEntry(key=key, fingerprint=fingerprint, article_id=held))
            elif same and before is not None and before.article_id is None and not before.tries:
                reading.settled.append(before)  # failed for good, and reported then
            elif not self._claim(key, reading.feed):
                reading.elsewhere.append(SeenEntry(key=key, fingerprint=fingerprint))
            else:
                tries = before.tries if before and same else 0
                found.append(_Candidate(key=key, fingerprint=fingerprint, entry=entry, tries=tries))
        return found

    def _claim(self, key: str, feed: Feed) -> bool:
        with self._guard:
            return self._brought_by.setdefault(key, feed.id) == feed.id

    def _whole(self, entry: Entry, feed: Feed) -> bool:
        return entry.complete and speaks_for(feed.url, entry.link)

    def _take(self, reading: Reading, parsed: ParsedFeed, candidate: _Candidate, *, fetch: bool) -> None:
        """Read the article of one entry: from its page, or else from the feed."""
        failure: IndexingError | None = None
        try:
            if fetch:
                self._accept(reading, candidate, self._fetch(candidate.entry))
                return
        except IndexingError as error:
            failure = error
        status = getattr(failure, "status", None)
        if failure is not None and failure.retryable and candidate.tries + 1 < _MOST_TRIES:
            reading.unfinished = True
            self._settle(reading, candidate, failure, tries=candidate.tries + 1)
        elif isinstance(failure, BlockedUrlError) or status in _GONE:
            self._settle(reading, candidate, failure or FeedError(""))
        else:
            self._fall_back(reading, parsed, candidate, failure)

    def _fetch(self, entry: Entry) -> Page:
        fetched = self._web.page(entry.link)
        return read_page(
            fetched,
            self._config,
            self._files,
            now=self._now(),
            embedder_id=self._embedder_id,
            asked=entry.link,
            entry=entry,
        )

    def _fall_back(
        self, reading: Reading, parsed: ParsedFeed, candidate: _Candidate, failure: IndexingError | None
    ) -> None:
        """Take the text that the feed itself gives."""
        try:
            page = page_from_entry(
                candidate.entry,
                parsed,
                reading.feed.url,
                now=self._now(),
                embedder_id=self._embedder_id,
            )
        except IndexingError as error:
            self._settle(reading, candidate, failure or error)
            return
        if failure is not None:
            reading.warnings.append(f"{failure} What its feed says of it was taken instead.")
        self._accept(reading, candidate, page)

    def _accept(self, reading: Reading, candidate: _Candidate, page: Page) -> None:
        seen = SeenEntry(key=candidate.key, fingerprint=candidate.fingerprint, article_id=page.article.id)
        if self._store.dismissed([page.article.id]):
            reading.settled.append(seen)
        else:
            reading.pages.append((seen, page))

    def _settle(
        self, reading: Reading, candidate: _Candidate, failure: IndexingError, *, tries: int = 0
    ) -> None:
        reading.failures.append(SourceFailure(path=shorten(candidate.entry.link), reason=str(failure)))
        reading.settled.append(
            SeenEntry(
                key=candidate.key,
                fingerprint=candidate.fingerprint,
                tries=tries,
                error=str(failure),
            )
        )


def _fingerprint(entry: Entry) -> str:
    parts: Sequence[str | None] = (
        entry.title,
        entry.text,
        entry.updated,
        entry.published.isoformat() if entry.published else None,
    )
    return content_hash("\0".join(part or "" for part in parts))[:16]
