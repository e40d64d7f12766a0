"""The feeds in the page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pages import FakeLibrary

from index import Feed
from ui import layout

pytestmark = pytest.mark.browser
EVIL = '<script>alert(1)</script><img src="https://evil.example/p.gif" onerror=alert(2)>'
FEED = Feed(
    id=1,
    url="http://news.example/feed",
    title=EVIL,
    added=datetime(2026, 5, 6, tzinfo=UTC),
    tried=datetime(2026, 5, 6, 12, 5, tzinfo=UTC),
    read=datetime(2026, 5, 6, 12, 5, tzinfo=UTC),
    wait=900,
    not_before=None,
    failures=1,
    error=f"{EVIL} cannot be reached.",
    gone=False,
    new_articles=2,
    etag=None,
    last_modified=None,
    articles=7,
)


@dataclass
class FakeFeeds:
    feeds: list[Feed]

    def all(self) -> list[Feed]:
        return self.feeds


def test_feeds_are_shown_and_kept_up_to_date(
    visit: Callable[..., Any], serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_FEEDS_SECONDS", 0.5)
    feeds = FakeFeeds([FEED])
    here = visit(url=serve(FakeLibrary(), feeds=feeds))
    here.page.wait_for_selector("#feeds summary")
    assert "1 feed · 2 new · 1 failing" in here.page.inner_text("#feeds summary")
    assert not here.page.is_visible("#feeds ul")
    here.page.click("#feeds summary")
    shown = here.page.inner_text("#feeds ul")
    assert EVIL in shown and "2026-05-06 12:05 UTC" in shown and "7 articles" in shown
    assert here.page.locator("#feeds img, #feeds script").count() == 0
    assert here.contrast("#feeds .doubt") >= 4.5
    here.page.wait_for_timeout(1_500)
    assert here.page.is_visible("#feeds ul"), "looking for news does not close it"
    feeds.feeds = [replace(FEED, error=None, failures=0, new_articles=9)]
    here.page.wait_for_function("document.querySelector('#feeds').innerText.includes('9 new')")


def test_without_feeds_there_is_no_list(visit: Callable[..., Any]) -> None:
    here = visit()
    assert here.page.inner_text("#feeds").strip() == ""
