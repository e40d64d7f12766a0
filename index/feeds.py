"""The feeds of a collection: follow, list, drop, and read what is new. What other programs use."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .addresses import parse_address, shorten
from .config import IndexConfig
from .discovery import named_feeds, usual_places
from .errors import FeedError, IndexingError, SourceNotFoundError, SourceUnreadableError, TooLargeError
from .feed_parser import is_feed
from .feed_reader import FeedReader
from .feed_store import Feed, FeedStore
from .feed_xml import ENTITY, parse_opml, root_name
from .fetch import Fetched
from .file_reader import FileReader
from .pages import in_utf8, same_site
from .politeness import PoliteWeb
from .refresh import IngestPages, Refresh, RefreshReport
from .schedule import is_due
from .text import canonical_url
from .types import ProgressCallback, SourceFailure

_BARE_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}(?::\d{1,5})?(?:/\S*)?")
_FILE_NAME = re.compile(r"[^/]*\.(?:opml|xml|json|txt|html?)", re.IGNORECASE)
_MOST_TRIED = 12


@dataclass(frozen=True, kw_only=True)
class Following:
    """What came of adding feeds."""

    added: tuple[Feed, ...] = ()
    known: tuple[str, ...] = ()
    """Addresses of feeds that were followed already."""
    failures: tuple[SourceFailure, ...] = ()
    others: tuple[str, ...] = ()
    """Further feeds that the site names, which were not added."""


class Feeds:
    """The feeds of one collection; `Index.feeds` is one. Safe to share between threads."""

    def __init__(
        self,
        store: FeedStore,
        web: PoliteWeb,
        config: IndexConfig,
        *,
        ingest: IngestPages,
        now: Callable[[], datetime],
        embedder_id: Callable[[], str],
        refreshing: Callable[[], AbstractContextManager[object]],
    ) -> None:
        """Use `Index.feeds`; this takes the parts as they are."""
        self._store = store
        self._web = web
        self._config = config
        self._ingest = ingest
        self._now = now
        self._embedder_id = embedder_id
        self._refreshing = refreshing

    def all(self) -> list[Feed]:
        """Return all feeds with their state, in the order in which they were added."""
        return self._store.feeds()

    def articles(self, feed: Feed) -> list[str]:
        """Return the ids of the articles that a feed has brought, and no other one."""
        return self._store.own_articles(feed.id)

    def add(self, targets: Iterable[str | Path], *, files: bool = True) -> Following:
        """Follow feeds: each target is a feed, a site that has one, or an OPML file or its address.

        Without `files`, targets that are text name nothing on this machine. Nothing is indexed yet;
        `refresh` does that. What cannot be followed is in the result.
        """
        added: list[Feed] = []
        known: list[str] = []
        failures: list[SourceFailure] = []
        others: list[str] = []
        for target in targets:
            try:
                found, more, bad = self._find(str(target), files=files or isinstance(target, Path))
            except IndexingError as error:
                failures.append(SourceFailure(path=shorten(str(target)), reason=str(error)))
                continue
            fresh = self._store.add(found, self._now())
            added += fresh
            known += [url for url, _ in found if url not in {feed.url for feed in fresh}]
            others += more
            failures += bad
        return Following(
            added=tuple(added), known=tuple(known), failures=tuple(failures), others=tuple(others)
        )

    def remove(
        self, targets: Iterable[str], *, anew: bool = False
    ) -> tuple[tuple[Feed, ...], tuple[SourceFailure, ...]]:
        """Stop following feeds, named by address or number; their articles stay. Returns them, and failures.

        With `anew`, one that is followed again brings also what was removed of its articles.
        """
        found, failures = self.named(targets)
        for feed in found:
            self._store.remove(feed.id, anew=anew)
        return tuple(found), tuple(failures)

    def refresh(
        self,
        targets: Iterable[str] | None = None,
        *,
        due_only: bool = False,
        restore: bool = False,
        interval: float | None = None,
        stop: threading.Event | None = None,
        progress: ProgressCallback | None = None,
    ) -> RefreshReport:
        """Read feeds, all of them unless some are named, and index what is new in them.

        A feed that its server declared gone is read only by name. With `due_only`, those are read
        whose time has come; with `restore`, also articles that were removed from the collection.
        Feeds are due again after `interval` seconds. Raises a StoreError; FeedError for a name that
        no feed has.
        """
        if due_only and not any(is_due(feed, self._now()) for feed in self._store.feeds()):
            return RefreshReport()
        with self._refreshing(), FileReader(self._config) as files:
            run = Refresh(
                self._reader(files),
                self._store,
                self._config.fetch,
                ingest=self._ingest,
                now=self._now,
                interval=interval or self._config.fetch.refresh_seconds,
                stop=stop or threading.Event(),
                progress=progress,
            )
            return run.run(self._chosen(targets, due_only=due_only, restore=restore))

    def _chosen(self, targets: Iterable[str] | None, *, due_only: bool, restore: bool) -> Sequence[Feed]:
        feeds: Sequence[Feed] = [feed for feed in self._store.feeds() if not feed.gone]
        if targets is not None:
            feeds, failures = self.named(targets)
            if failures:
                raise FeedError(failures[0].reason)
        if due_only:
            feeds = [feed for feed in feeds if is_due(feed, self._now())]
        if restore:
            for feed in feeds:
                self._store.welcome_back(feed)
            numbers = {feed.id for feed in feeds}
            feeds = [feed for feed in self._store.feeds() if feed.id in numbers]
        return feeds

    def _reader(self, files: FileReader | None = None) -> FeedReader:
        """Return a reader of feeds; of their pages, too, where it is given a reader of files."""
        return FeedReader(
            self._web,
            self._store,
            self._config,
            files or FileReader(self._config),  # starts nothing until a page is read
            now=self._now,
            embedder_id=self._embedder_id(),
        )

    def named(self, targets: Iterable[str]) -> tuple[Sequence[Feed], list[SourceFailure]]:
        """Return the feeds that have an address or a number, and what no feed has."""
        feeds = self._store.feeds()
        by_name = {str(feed.id): feed for feed in feeds}
        by_name |= {canonical_url(feed.url): feed for feed in feeds}
        found: dict[int, Feed] = {}
        failures = []
        for target in targets:
            try:
                name = target if target.isdecimal() else canonical_url(_as_address(target))
            except ValueError:
                name = target
            feed = by_name.get(name)
            if feed is None:
                reason = f"No feed has the address or number {shorten(target)}; `article-assistant feeds list` shows all."
                failures.append(SourceFailure(path=shorten(target), reason=reason))
            else:
                found[feed.id] = feed
        return list(found.values()), failures

    def _find(
        self, target: str, *, files: bool
    ) -> tuple[list[tuple[str, str | None]], list[str], list[SourceFailure]]:
        """Return the feeds (url, title) behind a target, other feeds there, and outlines that cannot be followed."""
        path = Path(target).expanduser()
        if files and path.exists():
            return self._outlines(self._read_file(path), str(path))
        address = _as_address(target)
        if "://" not in address:
            what = "neither a file nor" if files else "not"
            raise SourceNotFoundError(f"{shorten(target)} is {what} a web address; check the spelling.")
        fetched = self._web.feed(address)
        if is_feed(fetched.content) or ENTITY in fetched.content:
            return [(address, self._reader().parse(fetched).title)], [], []
        if root_name(fetched.content) == "opml":
            return self._outlines(fetched.content, address)
        found, others = self._discover(fetched)
        return [found], others, []

    def _outlines(
        self, content: bytes, shown: str
    ) -> tuple[list[tuple[str, str | None]], list[str], list[SourceFailure]]:
        try:
            outlines = parse_opml(content)
        except FeedError as error:
            raise FeedError(f"{shorten(shown)} was not read: {error}.") from error
        found: list[tuple[str, str | None]] = []
        failures = []
        for outline in outlines:
            try:
                parse_address(outline.url, self._config.fetch)
                canonical_url(outline.url)
            except (IndexingError, ValueError) as error:
                failures.append(SourceFailure(path=shorten(outline.url), reason=str(error)))
            else:
                found.append((outline.url, outline.title))
        return found, [], failures

    def _discover(self, fetched: Fetched) -> tuple[tuple[str, str | None], list[str]]:
        """Return the first feed that a site's page names, and the others; the usual places where it names none."""
        page = in_utf8(fetched.content, fetched.charset).decode("utf-8", "replace")
        named = named_feeds(page, fetched.url)
        candidates = named or [*usual_places(fetched.url), *self._sitemaps(fetched.url)]
        reason = ""
        for number, candidate in enumerate(candidates[:_MOST_TRIED]):
            try:
                found = self._web.feed(candidate)
                title = self._reader().parse(found).title
            except IndexingError as error:
                reason = reason or f" ({error})" if named else ""
                continue
            return (found.url if not named else candidate, title), candidates[number + 1 :] if named else []
        raise FeedError(
            f"{shorten(fetched.url)} has no feed that could be found{reason}; give the feed's own address."
        )

    def _sitemaps(self, url: str) -> list[str]:
        try:
            found = self._web.rules(url).sitemaps
        except IndexingError:
            return []
        return [one for one in found if "news" in one.lower() and same_site(one, url)]

    def _read_file(self, path: Path) -> bytes:
        limit = self._config.fetch.max_feed_bytes
        try:
            with path.open("rb") as file:
                content = file.read(limit + 1)
        except OSError as error:
            raise SourceUnreadableError(f"{path} cannot be read: {error.strerror}.") from error
        if len(content) > limit:
            raise TooLargeError(f"{path} is larger than the limit of {limit:,} bytes.")
        return content


def _as_address(target: str) -> str:
    """Return what was typed as a web address: a bare host name gets its https."""
    target = target.strip()
    bare = "://" not in target and _BARE_HOST.fullmatch(target) and not _FILE_NAME.fullmatch(target)
    return f"https://{target}" if bare else target
