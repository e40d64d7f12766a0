"""The feeds in the library view: followed, listed, read and dropped, and what they brought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index import ArticleFilter, ArticlePage, Feed, Moment, SourceFailure

from .escape import printable
from .feed_runs import FeedRuns, Run
from .feeds import choices_html, feed_name, list_html, news_html
from .removals import Removals
from .requests import PAGE, moment_of, number_of, text_of
from .seams import Keeping, Library
from .services import Reply, Service, arrived
from .uploads import UploadError

_LONGEST_TEXT = 20_000
_MOST_TARGETS = 200
_MOST_FAILURES = 100
GONE = "This feed is not followed any more."


class FeedRoom:
    """The services about feeds; see `services.answered` for what they may do."""

    def __init__(
        self, library: Library, keeper: Keeping | None, removals: Removals, arrivals: Callable[[], Path]
    ) -> None:
        """`keeper` reads the feeds in the background, if anything does."""
        self.runs = FeedRuns(library.feeds, keeper)
        self._library = library
        self._keeper = keeper
        self._removals = removals
        self._arrivals = arrivals

    def services(self) -> list[Service]:
        """Return what the page may call."""
        reading = (self.feeds, self.follow, self.refresh_feeds, self.cancel_feeds, self.forget_feeds)
        return [*reading, self.feed, self.remove_feed]

    def feeds(self, asked: Any) -> Reply:
        """Give the feeds with their state, what is done about them, and what they brought since a moment."""
        feeds = self._library.feeds.all()
        since, now = moment_of(asked, "since"), self._library.moment()
        news = self._news(since) if since else ArticlePage(articles=(), total=0)
        keeper, run = self._keeper, self.runs.latest()
        return {
            "rows": list_html(feeds, kept_current=keeper is not None, now=datetime.now(UTC)),
            "choices": choices_html(feeds, news.total),
            "feeds": len(feeds),
            "failing": sum(feed.error is not None for feed in feeds),
            "read": max((feed.read.isoformat() for feed in feeds if feed.read), default=None),
            "every": keeper.interval if keeper else None,
            "background": bool(keeper and keeper.reading),
            "doubt": keeper.trouble if keeper else None,
            "busy": self.runs.busy,
            "run": _run(run) if run else None,
            "news": news.total,
            "titles": news_html(news, since) if since else "",
            "moment": f"{now.added}.{now.changes}.{now.passages}",
        }

    def follow(self, asked: Any) -> Reply:
        """Follow the feeds at addresses, those of sites, or all that an uploaded OPML file names."""
        named = text_of(asked, "file", 4_000)
        if named:
            name = " ".join(printable(text_of(asked, "name", 300)).split()) or "the file"
            self.runs.follow([arrived(self._arrivals(), named)], name)
            return {}
        targets = list(dict.fromkeys(text_of(asked, "text", _LONGEST_TEXT).split()))
        if not targets:
            raise UploadError("Write the address of a feed or of a site first.")
        if len(targets) > _MOST_TARGETS:
            raise UploadError(
                f"{_MOST_TARGETS} addresses can be followed at a time; more come from an OPML file."
            )
        self.runs.follow(targets, targets[0] if len(targets) == 1 else f"{len(targets)} addresses")
        return {}

    def refresh_feeds(self, asked: Any) -> Reply:
        """Read all feeds now, or one."""
        number = number_of(asked, "feed")
        self.runs.refresh([self._feed(number).id] if number else None)
        return {}

    def cancel_feeds(self, asked: Any) -> Reply:
        """End the reading of feeds; what was read before stays."""
        self.runs.cancel()
        return {}

    def forget_feeds(self, asked: Any) -> Reply:
        """Leave out what was done about feeds."""
        self.runs.forget()
        return {}

    def feed(self, asked: Any) -> Reply:
        """Tell what there is to know before a feed is dropped."""
        feed = self._feed(number_of(asked, "feed"))
        return {"title": feed_name(feed), "own": len(self._library.feeds.articles(feed))}

    def remove_feed(self, asked: Any) -> Reply:
        """Stop following a feed; its articles stay, or go where no other feed has brought them."""
        feed = self._feed(number_of(asked, "feed"))
        with_articles = isinstance(asked, dict) and asked.get("articles") is True
        own = self._library.feeds.articles(feed) if with_articles else ()
        removed = self._removals.remove(own) if own else None
        self._library.feeds.remove([str(feed.id)], anew=with_articles)
        return {
            "title": feed_name(feed),
            "removed": len(removed.titles) if removed else 0,
            "undo": removed.token if removed else None,
        }

    def _feed(self, number: int) -> Feed:
        for feed in self._library.feeds.all():
            if feed.id == number:
                return feed
        raise UploadError(GONE)

    def _news(self, since: Moment) -> ArticlePage:
        return self._library.page(ArticleFilter(brought_since=since), limit=PAGE)


def _run(run: Run) -> Reply:
    return {
        "id": run.id,
        "follow": run.follow,
        "shown": printable(run.shown),
        "over": run.over,
        "stopped": run.stopped,
        "note": printable(run.note),
        "done": run.done,
        "total": run.total,
        "followed": [printable(one)[:200] for one in run.followed[:20]],
        "follows": len(run.followed),
        "known": run.known,
        "others": [printable(one) for one in run.others[:20]],
        "failures": _failures(run.failures),
        "failed": len(run.failures),
        "added": len(run.added),
        "updated": len(run.updated),
        "waiting": run.waiting,
    }


def _failures(failures: Sequence[SourceFailure]) -> list[str]:
    """Return each failure in a sentence that names what failed."""
    return [
        printable(one.reason if one.path in one.reason else f"{one.path}: {one.reason}")
        for one in failures[:_MOST_FAILURES]
    ]
