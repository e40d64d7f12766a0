"""When feeds are read, whatever the clock does."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feeds import Clock, Item, feed_index, rss, served
from hypothesis import given
from hypothesis import strategies as st
from stores import article_text
from web import WebServer, answer

from index.feed_store import Feed
from index.keeper import FeedKeeper
from index.lock import WriterLock
from index.schedule import is_due, must_wait, parse_interval, wait_after_failure

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
FEED = Feed(
    id=1,
    url="http://news.example/feed",
    title=None,
    added=NOW,
    tried=NOW,
    read=NOW,
    wait=900,
    not_before=None,
    failures=0,
    error=None,
    gone=False,
    new_articles=0,
    etag=None,
    last_modified=None,
)


def test_a_feed_is_due_when_its_time_has_come() -> None:
    assert is_due(replace(FEED, tried=None), NOW)
    assert not is_due(FEED, NOW + timedelta(seconds=899))
    assert is_due(FEED, NOW + timedelta(seconds=900))
    assert not is_due(replace(FEED, gone=True), NOW + timedelta(days=9))


def test_a_clock_that_was_set_back_does_not_stop_a_feed() -> None:
    assert not is_due(FEED, NOW - timedelta(seconds=30)), "a small correction means nothing"
    assert is_due(FEED, NOW - timedelta(hours=5))
    assert is_due(FEED, NOW - timedelta(days=4_000))
    waiting = replace(FEED, not_before=NOW + timedelta(hours=2), wait=7_200)
    assert must_wait(waiting, NOW) and not must_wait(waiting, NOW + timedelta(hours=2))
    assert not must_wait(waiting, NOW - timedelta(days=1))


@given(st.integers(60, 604_800), st.integers(0, 10_000), st.none() | st.floats(0, 86_400))
def test_the_wait_grows_with_the_failures_up_to_a_day(
    interval: int, failures: int, asked: float | None
) -> None:
    wait = wait_after_failure(interval, failures, asked)
    assert interval <= wait <= max(86_400, interval)
    assert wait >= int(asked or 0)
    assert wait <= wait_after_failure(interval, failures + 1, asked)


@pytest.mark.parametrize(("text", "seconds"), [("15m", 900), ("1d", 86_400), (" 2H ", 7_200), ("90s", 90)])
def test_intervals(text: str, seconds: int) -> None:
    assert parse_interval(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "0m", "59s", "8d", "-5m", "1.5h", "9999999h", "15 minutes"])
def test_intervals_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="such as 15m"):
        parse_interval(text)


def test_the_keeper_reads_what_is_due_until_it_is_stopped(tmp_path: Path) -> None:
    clock = Clock()
    with (
        WebServer() as server,
        feed_index(tmp_path, server, ["a.example", "b.example"], clock=clock) as index,
    ):
        for number, host in enumerate(("a.example", "b.example")):
            text = article_text(number, 1, 2)
            server.routes[f"{host}/feed"] = served(rss([Item(f"http://{host}/1", "One", text, full=True)]))
        index.feeds.add(["http://a.example/feed", "http://b.example/feed"])
        server.routes["b.example/feed"] = answer(500)
        server.requests.clear()
        with FeedKeeper(index.feeds, 900, nap=0.02) as keeper:
            assert wait_until(lambda: all(feed.tried for feed in index.feeds.all()))
            assert len(index.list_articles()) == 1 and keeper.trouble is None
            time.sleep(0.1)
            assert len(server.requests) == 2, "nothing is due"
            clock.forward(minutes=16)
            # b.example failed and waits for longer
            assert wait_until(lambda: [feed.tried == clock() for feed in index.feeds.all()] == [True, False])
            clock.forward(hours=-3)
            assert wait_until(lambda: len(server.requests) == 5), "the clock was set back"
        seen = len(server.requests)
        clock.forward(days=1)
        time.sleep(0.1)
        assert len(server.requests) == seen, "it was stopped"


def test_the_keeper_waits_while_another_process_writes(tmp_path: Path) -> None:
    with WebServer() as server, feed_index(tmp_path, server, ["a.example"]) as index:
        item = Item("http://a.example/1", "One", article_text(1, 1, 2), full=True)
        server.routes["a.example/feed"] = served(rss([item]))
        index.feeds.add(["http://a.example/feed"])
        lock = WriterLock(tmp_path)
        lock.acquire()
        with FeedKeeper(index.feeds, 900, nap=0.02) as keeper:
            assert wait_until(lambda: len(server.requests) > 2)
            assert index.list_articles() == [] and keeper.trouble is None
            assert index.feeds.all()[0].error is None
            lock.release()
            assert wait_until(lambda: len(index.list_articles()) == 1)


def test_questions_are_answered_while_feeds_are_read(tmp_path: Path) -> None:
    with WebServer() as server, feed_index(tmp_path, server, ["a.example"]) as index:
        index.add([write(tmp_path, "The harbour council repaired the old lighthouse in June.")])
        gate = threading.Event()

        def slow(handler: object) -> None:
            gate.wait(30)
            served(rss([]))(handler)  # type: ignore[arg-type]

        server.routes["a.example/feed"] = served(rss([]))
        index.feeds.add(["http://a.example/feed"])
        server.routes["a.example/feed"] = slow
        with FeedKeeper(index.feeds, 900, nap=0.02) as keeper:
            assert wait_until(lambda: keeper.reading and len(server.requests) == 2)
            assert index.search("Who repaired the lighthouse?")
            assert keeper.reading, "it was answered before the feed was"
            gate.set()


def write(folder: Path, text: str) -> Path:
    path = folder / "one.txt"
    path.write_text(text, encoding="utf-8")
    return path


def wait_until(condition: object, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False
