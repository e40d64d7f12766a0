"""Feeds in the library view, in a real browser, over a real collection whose web is a server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from feeds import Item, feed_index, opml, rss, served
from pages import FEED as A_FEED
from pages import FakeAssistant, FakeFeeds, FakeLibrary
from stores import article_text
from web import Handler, WebServer, answer

from index import FeedKeeper, Index
from ui import layout

pytestmark = pytest.mark.browser
EVIL = '<script>alert(1)</script><img src="https://evil.example/p.gif" onerror=alert(2)>'
LATE_TABS = """
const found = document.getElementById.bind(document);
let late = 3;
document.getElementById = id => (id === "tab-library" && late-- > 0 ? null : found(id));
"""
"""As when Gradio puts the tabs in after the library."""
HOST, OTHER = "news.example", "other.example"
FEED = f"http://{HOST}/feed"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as opened:
        yield opened


@pytest.fixture
def index(server: WebServer, tmp_path: Path) -> Iterator[Index]:
    with feed_index(tmp_path / "data", server, [HOST, OTHER], clock=lambda: datetime.now(UTC)) as opened:
        yield opened


@pytest.fixture
def here(index: Index, serve: Callable[..., str], visit: Callable[..., Any]) -> Callable[..., Any]:
    """Open the page over the collection, in the library view."""

    def start(keeper: FeedKeeper | None = None, **how: Any) -> Any:
        opened = visit(url=serve(index, FakeAssistant(FakeLibrary()), keeper=keeper), **how)
        opened.page.set_default_timeout(90_000)
        opened.page.click("#tab-library")
        opened.page.wait_for_function(
            "localStorage.length && (document.querySelector('#library .range')?.textContent || !document.querySelector('#library .nothing').hidden)"
        )
        return opened

    return start


def publish(server: WebServer, *numbers: int, host: str = HOST, title: str = "Northgate Wire") -> None:
    texts = {n: "".join(f"<p>{part}</p>" for part in article_text(n, 1, 2).split("\n\n")) for n in numbers}
    items = [Item(f"http://{host}/story/{n}", f"Story {n}", text, full=True) for n, text in texts.items()]
    server.routes[f"{host}/feed"] = served(rss(items, title))


def follow(page: Any, text: str, said: str) -> None:
    if not page.is_visible("#following"):
        page.click("[data-do=follow]")
    page.fill("#followed", text)
    page.click("#following button[type=submit]")
    outcome(page, said)


def outcome(page: Any, said: str) -> None:
    page.wait_for_function(
        "said => document.querySelector('#library .outcome:not([hidden]) .told')?.textContent.includes(said)",
        arg=said,
    )


def titles(page: Any) -> list[str]:
    return list(page.locator("#library tbody .title").all_inner_texts())


def listed(page: Any, *expected: str) -> None:
    page.wait_for_function(
        "expected => [...document.querySelectorAll('#library tbody .title')].map(e => e.innerText).sort().join() === expected",
        arg=",".join(sorted(expected)),
    )


def test_a_feed_is_followed_read_again_and_its_news_opened(
    here: Callable[..., Any], server: WebServer
) -> None:
    publish(server, 1, 2)
    publish(server, 7, host=OTHER, title="The Ledger")
    visit = here()
    page = visit.page
    assert not page.is_visible("#library .feeds") and not page.is_visible(".by-feed")
    page.click("[data-do=follow]")
    assert page.evaluate("document.activeElement.id") == "followed"
    page.click("#following button[type=submit]")
    page.wait_for_function(
        "document.querySelector('.toast .said').textContent.startsWith('Write the address')"
    )
    follow(page, FEED, "“Northgate Wire” is followed now. 2 articles added.")
    listed(page, "Story 1", "Story 2")
    assert page.inner_text("[data-do=news]") == "2 articles new or updated"
    assert page.is_visible("#news-list") and page.inner_text("#tab-library .badge") == "2 new"
    row = page.locator("#feed-list li")
    assert "Northgate Wire" in row.inner_text() and "2 articles" in row.inner_text()
    assert "read when you ask" in page.inner_text("#library .feeds-bar .facts")
    page.click("#news-list a")
    page.wait_for_selector("#library .reader h2")
    assert page.inner_text("#library .reader h2").startswith("Story")
    page.click("#library .reader [data-do=close]")
    page.click("[data-do=seen]")
    page.wait_for_selector("#library .news", state="hidden")
    assert not page.is_visible("#tab-library .badge")

    follow(page, f"http://{OTHER}/feed", "“The Ledger” is followed now. 1 article added.")
    publish(server, 1, 2, 3)
    page.click("[data-do=refresh-feeds]")
    outcome(page, "1 article added.")
    assert sorted(page.locator("#news-list a").all_inner_texts()) == ["Story 3", "Story 7"]
    page.select_option("select[name=feed]", label="Northgate Wire (3)")
    listed(page, "Story 1", "Story 2", "Story 3")
    page.click("[data-do=list-news]")
    listed(page, "Story 3", "Story 7")
    page.click("#library [type=reset]")
    listed(page, "Story 1", "Story 2", "Story 3", "Story 7")
    page.click("#feed-list [aria-label='Refresh The Ledger']")
    outcome(page, "Nothing new.")
    page.add_init_script(LATE_TABS)
    page.reload()
    page.wait_for_function("document.querySelector('#tab-library .badge')?.textContent === '2 new'")
    assert page.get_attribute("#tab-library", "aria-selected") == "true"


def test_a_feed_is_removed_without_and_with_its_articles(
    here: Callable[..., Any], server: WebServer, index: Index
) -> None:
    publish(server, 1, 2)
    publish(server, 7, host=OTHER, title="The Ledger")
    page = here().page
    follow(page, f"{FEED}\nhttp://{OTHER}/feed", "2 feeds are followed now. 3 articles added.")
    page.click("#feed-list [aria-label='Remove Northgate Wire']")
    page.wait_for_selector("dialog.unfollow[open]")
    assert "Remove the feed “Northgate Wire”?" in page.inner_text("dialog.unfollow")
    assert "2 articles that no other feed has" in page.inner_text("dialog.unfollow")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.getAttribute('aria-label') === 'Remove Northgate Wire'")
    assert len(index.feeds.all()) == 2
    page.click("#feed-list [aria-label='Remove Northgate Wire']")
    page.wait_for_selector("dialog.unfollow[open]")
    page.click("dialog.unfollow button[value=all]")
    listed(page, "Story 7")
    assert "no longer followed. 2 articles of it are deleted." in page.inner_text("#library .toast")
    page.click("#library .toast [data-do=undo]")
    listed(page, "Story 1", "Story 2", "Story 7")
    page.click("#feed-list [aria-label='Remove The Ledger']")
    page.click("dialog.unfollow button[value=feed]")
    page.wait_for_function("document.querySelector('.toast .said').textContent.includes('Its articles stay')")
    page.wait_for_function("!document.querySelectorAll('#feed-list li').length")
    assert index.feeds.all() == [] and index.status().articles == 3


def test_failures_are_told_and_an_opml_file_is_followed(
    here: Callable[..., Any], server: WebServer, tmp_path: Path
) -> None:
    publish(server, 1)
    server.routes[f"{OTHER}/feed"] = answer(500)
    file = tmp_path / "feeds.opml"
    file.write_text(opml([FEED, f"http://{OTHER}/feed"]))
    visit = here()
    page = visit.page
    page.click("[data-do=follow]")
    page.set_input_files("input.opml", file)
    outcome(page, "2 feeds are followed now. 1 article added. 1 could not be read:")
    assert "HTTP 500" in page.inner_text("#library .failures")
    assert "HTTP 500" in page.inner_text("#feed-list li.failing .doubt")
    assert "1 failing" in page.inner_text("#library .feeds-bar .facts")
    for selector in (
        "#library .failures li",
        "#feed-list .doubt",
        "#feed-list .facts",
        "#feed-list .address",
    ):
        assert visit.contrast(selector) >= 4.5, selector
    page.click("[data-do=forget-feeds]")
    page.wait_for_selector("#library .outcome", state="hidden")
    follow(page, "nonsense", "1 could not be read:")
    assert "nonsense is not a web address" in page.inner_text("#library .failures")


def test_a_feed_that_is_pasted_as_an_article_can_be_followed(
    here: Callable[..., Any], server: WebServer
) -> None:
    publish(server, 1)
    page = here().page
    page.click("[data-do=paste]")
    page.fill("#pasted", FEED)
    page.click("#pasting button[type=submit]")
    page.click(f"#library .items [aria-label='Follow it: {FEED}']")
    outcome(page, "“Northgate Wire” is followed now. 1 article added.")


def test_an_opml_file_may_be_dropped(here: Callable[..., Any], server: WebServer) -> None:
    publish(server, 1)
    page = here().page
    page.evaluate(
        """text => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], 'mine.opml'));
          for (const type of ['dragenter', 'dragover', 'drop'])
            document.body.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
        }""",
        opml([FEED]),
    )
    outcome(page, "is followed now. 1 article added.")
    assert not page.is_visible("#library .intake")


def test_the_reading_is_watched_and_cancelled(
    here: Callable[..., Any], server: WebServer, index: Index
) -> None:
    publish(server, 1)
    publish(server, 7, host=OTHER)
    page = here().page
    follow(page, f"{FEED} http://{OTHER}/feed", "2 feeds are followed now.")
    go_on = threading.Event()
    publish(server, 1, 2)

    def slowly(handler: Handler) -> None:
        go_on.wait(30)
        answer(500)(handler)

    server.routes[f"{OTHER}/feed"] = slowly
    page.click("[data-do=refresh-feeds]")
    page.wait_for_function(
        "document.querySelector('#library .feeds-bar .facts').textContent === 'Reading feeds: 1 of 2'"
    )
    assert page.evaluate("document.querySelector('#library .feeds progress').value") == 0.5
    page.click("[data-do=cancel-feeds]")
    outcome(page, "Cancelled; what was read before stays. 1 article added.")
    go_on.set()
    listed(page, "Story 1", "Story 2", "Story 7")
    assert index.feeds.all()[1].error is None, "not blamed on the feed"


def test_what_the_background_brings_is_offered(
    here: Callable[..., Any], server: WebServer, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(server, 1)
    index.feeds.add([FEED])
    keeper = FeedKeeper(index.feeds, 900, nap=0.2)
    visit = here(keeper)
    page = visit.page
    assert "read every 15 minutes" in page.inner_text("#library .feeds-bar .facts")
    page.click("#tab-ask")
    with keeper:
        for _ in range(200):
            if index.status().articles:
                break
            page.wait_for_timeout(50)
    page.click("#tab-library")
    page.wait_for_function("document.querySelector('#tab-library .badge')?.textContent === '1 new'")
    listed(page, "Story 1")
    page.click("[data-do=news]")
    assert page.inner_text("#news-list a") == "Story 1"
    page.click("[data-do=feeds]")
    assert "next" in page.inner_text("#feed-list .facts")


@pytest.mark.parametrize("width", [360, 1280])
def test_everything_about_feeds_can_be_read_and_reached(
    here: Callable[..., Any], server: WebServer, width: int
) -> None:
    long = "https://a-very-long-host-name-that-does-not-end.example/" + "path/" * 20
    publish(server, 1, title="A very long name of a feed that goes on " * 3)
    for theme in ("light", "dark"):
        visit = here(width=width, height=800, theme=theme)
        page = visit.page
        if theme == "light":
            follow(page, f"{FEED} {long}", "1 could not be read:")
        else:
            page.wait_for_selector("[data-do=feeds]")
            page.click("[data-do=feeds]")
            page.click("[data-do=follow]")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for selector in ("#feed-list .title", "#feed-list .facts", "[data-do=feeds]", "#following label"):
            if page.is_visible(selector):
                assert visit.contrast(selector) >= 4.5, selector
        page.click("#feed-list [data-do=remove-feed]")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click("dialog.unfollow button[value=no]")
        unnamed = (
            page.locator("#library")
            .locator("input:visible, select:visible, textarea:visible, button:visible, progress:visible")
            .evaluate_all(
                "all => all.filter(e => !(e.ariaLabel || e.labels?.length || e.innerText.trim())).map(e => e.outerHTML)"
            )
        )
        assert unnamed == []


def test_the_keyboard_is_enough_to_follow_and_drop(here: Callable[..., Any], server: WebServer) -> None:
    publish(server, 1)
    page = here().page
    page.focus("[data-do=follow]")
    page.keyboard.press("Enter")
    page.keyboard.type(FEED)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    outcome(page, "is followed now")
    assert page.evaluate("document.activeElement.dataset.do") == "follow"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.do") == "remove-feed":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.unfollow[open]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('.toast .said').textContent.includes('no longer followed')"
    )


def test_the_head_of_the_page_tells_how_feeds_are_doing(
    visit: Callable[..., Any], serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_FEEDS_SECONDS", 0.5)
    feeds = FakeFeeds([replace(A_FEED, title=EVIL, error=f"{EVIL} cannot be reached.", failures=1)])
    here = visit(url=serve(FakeLibrary(feeds=feeds)))
    here.page.wait_for_selector("#feeds a")
    assert here.page.inner_text("#feeds a") == "1 feed · 1 failing"
    here.page.click("#feeds a")
    here.page.wait_for_selector("#feed-list li")
    shown = here.page.inner_text("#feed-list")
    assert EVIL in shown and "7 articles" in shown
    assert here.page.locator("#library img, #library script").count() == 0
    assert here.page.evaluate("document.activeElement.dataset.do") == "feeds"
    feeds.feeds = [replace(A_FEED, id=number) for number in (1, 2)]
    here.page.wait_for_function("document.querySelector('#feeds').innerText.trim() === '2 feeds'")
