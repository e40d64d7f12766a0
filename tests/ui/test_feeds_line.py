"""The list of feeds in the page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from index import Feed
from ui.feeds import feeds_html

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
FEED = Feed(
    id=1,
    url="http://news.example/feed",
    title="Northgate Wire",
    added=NOW,
    tried=NOW,
    read=NOW - timedelta(minutes=5),
    wait=900,
    not_before=None,
    failures=0,
    error=None,
    gone=False,
    new_articles=3,
    etag=None,
    last_modified=None,
    articles=12,
)


def test_without_feeds_nothing_is_shown() -> None:
    assert feeds_html([], now=NOW, trouble="x") == ""


def test_each_feed_says_when_it_was_read_and_what_it_brought() -> None:
    dead = replace(FEED, id=2, title=None, read=None, error="It is gone (HTTP 404).", new_articles=0)
    shown = feeds_html([FEED, dead], now=NOW, reading=True, trouble="The disk is full.")
    words = re.sub(r"<[^<>]*>", "", shown)
    assert "2 feeds · 3 new · 1 failing · reading… · last read 11:55 UTC" in words
    assert "read 11:55 UTC · 12 articles · 3 new" in words and "never read" in words
    assert shown.index("HTTP 404") < shown.index("Northgate Wire"), "trouble first"
    assert "The disk is full" in shown


def test_times() -> None:
    def read(moment: datetime) -> str:
        return feeds_html([replace(FEED, read=moment)], now=NOW)

    assert ">12:00 UTC<" in read(NOW) and ">08:01 UTC<" in read(NOW - timedelta(hours=3, minutes=59))
    assert "2026-05-01 12:00 UTC" in read(NOW - timedelta(days=5))
    assert "2026-05-07 12:00 UTC" in read(NOW + timedelta(days=1)), "a clock that was wrong is no nonsense"


def test_nothing_that_a_feed_says_becomes_markup() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) {{y}}"
    shown = feeds_html([replace(FEED, title=evil, error=evil), replace(FEED, title=None, url=evil)], now=NOW)
    assert not any(word in shown for word in ("<script", "<img", "onerror=", "javascript:", "{{", "]("))


def test_a_thousand_feeds_do_not_make_the_page_heavy() -> None:
    shown = feeds_html([replace(FEED, id=number) for number in range(1_000)], now=NOW)
    assert len(shown) < 60_000 and "… and 800 more" in shown
