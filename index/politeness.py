"""Fetching at the pace that hosts ask for: one request at a time for each, with pauses, within robots.txt.

robots.txt is asked before every page. A feed, a sitemap and an OPML file are published for programs
to read and are named by the user, so they are fetched without asking.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .addresses import WebAddress, parse_address
from .config import FetchConfig
from .errors import FetchError, IndexingError
from .fetch import Fetched, Fetching
from .formats.kinds import MEDIA_TYPES
from .robots import LONGEST_ROBOTS, Rules

HTML_TYPES = ("text/html", "application/xhtml+xml")
PAGE_TYPES = (*HTML_TYPES, *sorted(set(MEDIA_TYPES.values()) - set(HTML_TYPES)), "application/octet-stream")
_FEEDS_ALONE = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
    "text/x-opml",
    "application/json",
)
FEED_TYPES = (*_FEEDS_ALONE, "text/plain", "application/octet-stream", *HTML_TYPES)
_ROBOTS_TYPES = ("text/plain", *HTML_TYPES, "application/octet-stream")
_RULES_LAST = 86_400.0
_FAILURE_LASTS = 600.0


@dataclass
class _Host:
    delay: float
    turn: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    closed_until: float = 0.0


@dataclass
class _Origin:
    guard: threading.Lock = field(default_factory=threading.Lock)
    rules: Rules | None = None
    failure: str | None = None
    until: float = float("-inf")


class PoliteWeb:
    """The web, as a well-behaved reader uses it. Safe to share between threads."""

    def __init__(
        self,
        fetcher: Fetching,
        config: FetchConfig,
        *,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fetch with `fetcher`; when `stop` is set, pauses end and nothing more is fetched."""
        self._fetcher = fetcher
        self._config = config
        self._stop = stop or threading.Event()
        self._clock = clock
        self._guard = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._origins: dict[str, _Origin] = {}

    def page(self, url: str) -> Fetched:
        """Return the page at `url`. Raises IndexingError, also where robots.txt does not allow it."""
        limit = self._config.max_page_bytes
        types = (*PAGE_TYPES, *_FEEDS_ALONE)  # so that a feed can be told to be one
        return self._fetcher.fetch(url, types=types, limit=limit, admit=self._allowed_turn)

    def feed(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Return the feed, sitemap, OPML file or site at `url`. Raises IndexingError."""
        return self._fetcher.fetch(
            url,
            types=FEED_TYPES,
            limit=self._config.max_feed_bytes,
            etag=etag,
            last_modified=last_modified,
            admit=self._turn,
        )

    def rules(self, url: str) -> Rules:
        """Return what the robots.txt for `url` says. Raises FetchError where it cannot be read now."""
        address = parse_address(url, self._config)
        with self._guard:
            origin = self._origins.setdefault(f"{address.scheme}://{address.authority}", _Origin())
        with origin.guard:
            if self._clock() >= origin.until:
                origin.rules, origin.failure = self._read_rules(address)
                lasts = _RULES_LAST if origin.rules else _FAILURE_LASTS
                origin.until = self._clock() + lasts
                if origin.rules:
                    host = self._host(address.host)
                    host.delay = max(self._config.host_delay, origin.rules.delay)
            if origin.rules is None:
                raise FetchError(
                    f"{address.url} was not read: whether its robots.txt allows it cannot be told "
                    f"({origin.failure})",
                    retryable=True,
                )
            return origin.rules

    def _read_rules(self, address: WebAddress) -> tuple[Rules | None, str | None]:
        """Return a host's rules, or why they cannot be had: a host without the file allows everything."""
        url = f"{address.scheme}://{address.authority}/robots.txt"
        try:
            found = self._fetcher.fetch(url, types=_ROBOTS_TYPES, limit=LONGEST_ROBOTS, admit=self._turn)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return Rules(""), None
            if error.retryable:
                return None, str(error)
            return Rules(""), None
        except IndexingError:  # redirected to where nothing may be fetched, or beyond all measure
            return Rules(""), None
        return Rules(found.content.decode("utf-8", "replace")), None

    @contextmanager
    def _allowed_turn(self, address: WebAddress) -> Iterator[None]:
        if not self.rules(address.url).allow(address.url):
            raise FetchError(
                f"{address.url} was not read: robots.txt of {address.host} does not allow programs to; "
                "open it in a browser, save the page and add the file."
            )
        with self._turn(address):
            yield

    @contextmanager
    def _turn(self, address: WebAddress) -> Iterator[None]:
        host = self._host(address.host)
        with host.turn:
            closed = host.closed_until - self._clock()
            if closed > 0:
                raise FetchError(
                    f"{address.url} was not read: {address.host} asked to be left alone for another "
                    f"{closed:.0f} s.",
                    retryable=True,
                    retry_after=closed,
                )
            self._pause(host.free_at - self._clock())
            try:
                yield
            except FetchError as error:
                if error.retry_after and error.status in (429, 503):
                    host.closed_until = self._clock() + error.retry_after
                raise
            finally:
                host.free_at = self._clock() + host.delay

    def _pause(self, seconds: float) -> None:
        if self._stop.is_set() or (seconds > 0 and self._stop.wait(seconds)):
            raise FetchError("Nothing more is read: the program is about to end.", retryable=True)

    def _host(self, name: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(name, _Host(self._config.host_delay))
