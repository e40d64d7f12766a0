"""The feeds in the page: the line in its head, the list, and what they brought."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pages import FEED

from ui.feeds import choices_html, line_html, list_html

NOW = datetime(2026, 5, 6, 12, 10, tzinfo=UTC)


def listed(*feeds: object, kept_current: bool = True, now: datetime = NOW) -> str:
    return list_html(feeds, kept_current=kept_current, now=now)  # type: ignore[arg-type]


def words(html: str) -> str:
    return re.sub(r"<[^<>]*>", " ", html)


def test_without_feeds_nothing_is_shown() -> None:
    assert line_html([], trouble="x") == "" and listed() == "" and choices_html([], 0) == ""


def test_the_line_tells_how_many_fail() -> None:
    dead = replace(FEED, id=2, error="It is gone (HTTP 404).")
    line = line_html([FEED, dead], reading=True, trouble="The disk is full.")
    assert "2 feeds · 1 failing · reading…" in words(line) and "The disk is full" in line


def test_each_feed_says_when_it_was_read_and_is_read_next() -> None:
    dead = replace(FEED, id=2, title=None, read=None, error="It is gone (HTTP 404).", failures=3)
    shown = listed(FEED, dead)
    assert shown.index("HTTP 404") < shown.index("Northgate Wire"), "trouble first"
    assert "It failed 3 times in a row." in words(shown) and "never read" in words(shown)
    assert 'read <time datetime="2026-05-06T12:05:00+00:00"' in shown and "7 articles" in shown
    assert 'next <time datetime="2026-05-06T12:20:00+00:00"' in shown
    assert "next: soon" in listed(FEED, now=NOW + timedelta(days=1))
    assert "next" not in listed(FEED, kept_current=False), "nothing reads it by itself"
    busy = replace(FEED, not_before=NOW + timedelta(hours=1))
    assert "asks to be left alone until" in listed(busy, kept_current=False)
    gone = replace(FEED, gone=True, error="It is gone for good (HTTP 410).")
    assert "next" not in listed(gone) and "unless you refresh it" in listed(gone)


def test_nothing_that_a_feed_says_becomes_markup() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) {{y}}"
    feeds = [replace(FEED, title=evil, error=evil), replace(FEED, title=None, url=evil)]
    shown = listed(*feeds) + choices_html(feeds, 1) + line_html(feeds, trouble=evil)
    assert not any(word in shown for word in ("<script", "<img", "onerror=", "javascript:", "{{", "]("))


def test_a_thousand_feeds_do_not_make_the_page_heavy() -> None:
    shown = listed(*(replace(FEED, id=number) for number in range(1_000)))
    assert len(shown) < 300_000 and "and 700 more" in shown
