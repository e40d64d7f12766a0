"""What a collection needs of the web: pages that are named, and feeds that are followed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from .config import IndexConfig
from .feed_store import FeedStore
from .feeds import Feeds
from .fetch import Fetcher, Fetching
from .file_reader import FileReader
from .lock import FEEDS_LOCK_NAME, WriterLock
from .pages import Page
from .politeness import PoliteWeb
from .refresh import IngestPages
from .types import SourceFailure
from .web_reader import read_addresses


class WebSide:
    """Reads pages and feeds for one collection. Safe to share between threads."""

    def __init__(
        self,
        data_dir: Path,
        store: FeedStore,
        config: IndexConfig,
        *,
        fetcher: Fetching | None,
        now: Callable[[], datetime],
        embedder_id: Callable[[], str],
        ingest: IngestPages,
        check: Callable[[], None],
    ) -> None:
        """Fetch with `fetcher` (default: from the web); `check` raises where nothing can be indexed anyway."""
        self._data_dir = data_dir
        self._config = config
        self._now = now
        self._embedder_id = embedder_id
        self._check = check
        self._closing = threading.Event()
        self._web = PoliteWeb(fetcher or Fetcher(config.fetch), config.fetch, stop=self._closing)
        self.feeds = Feeds(
            store,
            self._web,
            config,
            ingest=ingest,
            now=now,
            embedder_id=embedder_id,
            refreshing=self._refreshing,
        )

    def read(self, addresses: Sequence[str]) -> list[Page | SourceFailure]:
        """Fetch pages; returns them or why not, in the order of their addresses. Raises a StoreError."""
        self._check()
        with FileReader(self._config) as files:
            return read_addresses(
                addresses,
                self._web,
                self._config,
                files,
                now=self._now,
                embedder_id=self._embedder_id(),
                stop=self._closing,
            )

    def close(self) -> None:
        """Let nothing more be fetched."""
        self._closing.set()

    @contextmanager
    def _refreshing(self) -> Iterator[None]:
        self._check()
        with WriterLock(self._data_dir, FEEDS_LOCK_NAME, "The feeds are being read by"):
            yield
