"""The services about feeds, over a real collection whose web is a server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from feeds import Item, feed_index, opml, rss, served
from stores import article_text, check_invariants
from web import WebServer, answer, page

from index import FeedKeeper, Index
from index.lock import FEEDS_LOCK_NAME, WriterLock
from ui.feed_room import GONE, FeedRoom
from ui.feed_runs import IN_THE_BACKGROUND
from ui.reading_room import ReadingRoom
from ui.services import UNEXPECTED

HOST, OTHER = "news.example", "other.example"
FEED = f"http://{HOST}/feed"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as opened:
        yield opened


@pytest.fixture
def index(server: WebServer, tmp_path: Path) -> Iterator[Index]:
    with feed_index(tmp_path / "data", server, [HOST, OTHER]) as opened:
        yield opened


@pytest.fixture
def room(index: Index, tmp_path: Path) -> ReadingRoom:
    (tmp_path / "arrivals").mkdir()
    return ReadingRoom(index, tmp_path / "data", lambda: tmp_path / "arrivals")


def publish(server: WebServer, *numbers: int, host: str = HOST, version: int = 1) -> None:
    items = [Item(f"http://{host}/story/{n}", f"Story {n}", f"Summary {n} {version}.") for n in numbers]
    server.routes[f"{host}/feed"] = served(rss(items, f"The wire of {host}"))
    for n in numbers:
        server.routes[f"{host}/story/{n}"] = page(article_text(n, version, 2), title=f"Story {n}")


def call(room: ReadingRoom, name: str, asked: Any = None) -> dict[str, Any]:
    [service] = [one for one in room.services() if one.__name__ == f"library_{name}"]
    reply = service(asked)
    json.dumps(reply)  # must be able to travel
    return reply


def runs(room: ReadingRoom) -> Any:
    feed_room: FeedRoom = room._feed_room
    return feed_room.runs


def done(room: ReadingRoom, name: str, asked: Any = None) -> dict[str, Any]:
    """Begin something about feeds, wait for its end, and return what came of it."""
    reply = call(room, name, asked)
    assert "trouble" not in reply, reply
    assert runs(room).wait(30)
    run: dict[str, Any] = call(room, "feeds")["run"]
    assert run["over"]
    return run


def test_a_feed_is_followed_read_listed_and_its_news_are_offered(
    server: WebServer, room: ReadingRoom, index: Index
) -> None:
    publish(server, 1, 2)
    since = call(room, "feeds")["moment"]
    run = done(room, "follow", {"text": f" {FEED}\n{FEED} "})
    assert (run["follows"], run["followed"], run["added"]) == (1, ["The wire of news.example"], 2)
    state = call(room, "feeds", {"since": since})
    assert (state["feeds"], state["failing"], state["news"], state["busy"]) == (1, 0, 2, False)
    assert state["titles"].count('<a href="#/library/') == 2 and "updated" not in state["titles"]
    [feed] = index.feeds.all()
    assert (
        f'<option value="={feed.id}" dir="auto">The wire of news&#46;example (2)</option>' in state["choices"]
    )
    listed = call(room, "articles", {"feed": f"={feed.id}"})
    assert listed["total"] == 2 and call(room, "articles", {"feed": "=99"})["total"] == 0

    publish(server, 1, 2, 3)
    server.routes[f"{HOST}/story/2"] = page(article_text(2, 2, 2), title="Story 2")
    server.routes[f"{HOST}/feed"] = served(
        rss([Item(f"http://{HOST}/story/{n}", f"Story {n}", f"New {n}.") for n in (2, 3)])
    )
    time.sleep(1.1)  # what is changed in the second in which it was added counts as new
    since = call(room, "feeds")["moment"]
    assert call(room, "feeds", {"since": since})["news"] == 0
    run = done(room, "refresh_feeds", {"feed": feed.id})
    assert (run["added"], run["updated"], run["failed"]) == (1, 1, 0)
    titles = call(room, "feeds", {"since": since})["titles"]
    assert "Story 2" in titles and "<b>updated</b>" in titles
    assert call(room, "articles", {"feed": "new", "since_moment": since})["total"] == titles.count("<li>")


def test_what_cannot_be_followed_or_read_is_told(server: WebServer, room: ReadingRoom) -> None:
    publish(server, 1)
    server.routes[f"{HOST}/story/1"] = answer(410)
    server.routes[f"{OTHER}/"] = page("No feed here.")
    run = done(room, "follow", {"text": f"{FEED} http://{OTHER}/ /etc/passwd"})
    assert (run["follows"], run["failed"]) == (1, 3)
    said = " ".join(run["failures"])
    assert "/etc/passwd is not a web address" in said and "has no feed" in said and "story/1" in said
    server.routes[f"{HOST}/feed"] = answer(500)
    run = done(room, "refresh_feeds")
    assert run["failed"] == 1 and "HTTP 500" in run["failures"][0]
    state = call(room, "feeds")
    assert state["failing"] == 1 and 'class="failing"' in state["rows"]
    assert "Write the address" in call(room, "follow", {"text": "  "})["trouble"]
    assert call(room, "refresh_feeds", {"feed": 99}) == {"trouble": GONE}
    call(room, "forget_feeds")
    assert call(room, "feeds")["run"] is None


def test_an_opml_file_is_followed_and_forgotten(server: WebServer, room: ReadingRoom, tmp_path: Path) -> None:
    publish(server, 1)
    file = tmp_path / "arrivals" / "0123"
    file.write_text(opml([FEED, "file:///etc/passwd"]))
    run = done(room, "follow", {"file": str(file), "name": "my feeds.opml"})
    assert (run["follows"], run["added"], run["failed"]) == (1, 1, 1) and not file.exists()
    file.write_text("This is no OPML.")
    run = done(room, "follow", {"file": str(file), "name": "notes.opml"})
    assert run["failures"][0].startswith("notes.opml") and str(tmp_path) not in run["failures"][0]
    assert "did not arrive" in call(room, "follow", {"file": "/etc/passwd", "name": "x"})["trouble"]


def test_a_feed_goes_and_its_articles_stay_or_go(server: WebServer, room: ReadingRoom, index: Index) -> None:
    publish(server, 1, 2)
    publish(server, 3, host=OTHER)
    shared = [
        Item(f"http://{HOST}/story/1", "Story 1", "Short."),
        Item(f"http://{OTHER}/story/3", "Story 3", "Short."),
    ]
    server.routes[f"{OTHER}/feed"] = served(rss(shared))
    done(room, "follow", {"text": f"{FEED} http://{OTHER}/feed"})
    one, other = index.feeds.all()
    assert call(room, "feed", {"feed": one.id}) == {"title": "The wire of news.example", "own": 1}
    removed = call(room, "remove_feed", {"feed": one.id, "articles": True})
    assert removed["removed"] == 1 and removed["undo"]
    titles = sorted(article.title for article in index.list_articles())
    assert titles == ["Story 1", "Story 3"], "what another feed has brought, too, stays"
    check_invariants(index)
    assert len(call(room, "undo", {"token": removed["undo"]})["ids"]) == 1
    kept = call(room, "remove_feed", {"feed": other.id})
    assert (kept["removed"], kept["undo"]) == (0, None)
    assert index.status().articles == 3 and index.feeds.all() == []
    assert call(room, "remove_feed", {"feed": other.id}) == {"trouble": GONE}


def test_reading_can_be_cancelled_and_what_was_read_stays(
    server: WebServer, room: ReadingRoom, index: Index
) -> None:
    publish(server, 1)
    publish(server, 2, host=OTHER)
    done(room, "follow", {"text": FEED})
    begun, go_on = threading.Event(), threading.Event()

    def slowly(handler: Any) -> None:
        begun.set()
        go_on.wait(30)
        served(rss([]))(handler)

    server.routes[f"{OTHER}/feed"] = slowly
    call(room, "follow", {"text": f"http://{OTHER}/feed"})
    assert begun.wait(30)
    state = call(room, "feeds")
    assert state["busy"] and not state["run"]["over"] and state["run"]["shown"] == f"http://{OTHER}/feed"
    call(room, "cancel_feeds")
    go_on.set()
    assert runs(room).wait(30)
    run = call(room, "feeds")["run"]
    assert run["stopped"] and not run["note"] and len(index.feeds.all()) == 1, (
        "what was cancelled is not followed"
    )
    assert index.status().articles == 1


def test_the_end_of_the_program_blames_no_feed(server: WebServer, room: ReadingRoom, index: Index) -> None:
    publish(server, 1)
    done(room, "follow", {"text": FEED})
    begun, go_on = threading.Event(), threading.Event()

    def slowly(handler: Any) -> None:
        begun.set()
        go_on.wait(30)
        answer(500)(handler)

    server.routes[f"{HOST}/feed"] = slowly
    call(room, "refresh_feeds")
    assert begun.wait(30)
    room.close(30)
    go_on.set()
    [feed] = index.feeds.all()
    assert feed.error is None and not runs(room).busy


def test_while_something_else_reads_the_feeds_it_waits_and_says_so(
    server: WebServer, room: ReadingRoom, tmp_path: Path
) -> None:
    runs(room).pause = 0.05
    publish(server, 1)
    with WriterLock(tmp_path / "data", FEEDS_LOCK_NAME, "The feeds are being read by"):
        call(room, "follow", {"text": FEED})
        for _ in range(200):
            run = call(room, "feeds")["run"]
            if run and run["note"]:
                break
            threading.Event().wait(0.02)
        assert "The feeds are being read by process" in run["note"]
    assert runs(room).wait(30)
    assert call(room, "feeds")["run"]["added"] == 1


@dataclass
class BusyKeeper:
    interval: float = 3_600.0
    reading: bool = True
    trouble: str | None = "The disk is full."


def test_what_reads_in_the_background_is_told(server: WebServer, index: Index, tmp_path: Path) -> None:
    (tmp_path / "arrivals").mkdir()
    room = ReadingRoom(index, tmp_path / "data", lambda: tmp_path / "arrivals", keeper=BusyKeeper())
    runs(room).pause = 0.05
    publish(server, 1)
    state = call(room, "feeds")
    assert (state["every"], state["background"], state["doubt"]) == (3_600.0, True, "The disk is full.")
    with WriterLock(tmp_path / "data", FEEDS_LOCK_NAME):
        call(room, "follow", {"text": FEED})
        for _ in range(200):
            run = call(room, "feeds")["run"]
            if run and run["note"]:
                break
            threading.Event().wait(0.02)
        assert run["note"] == IN_THE_BACKGROUND
    assert runs(room).wait(30)
    assert index.feeds.all()[0].wait == 3_600, "and next when the background reads again"


def test_what_the_background_brings_is_news(server: WebServer, index: Index, tmp_path: Path) -> None:
    (tmp_path / "arrivals").mkdir()
    publish(server, 1)
    index.feeds.add([FEED])
    keeper = FeedKeeper(index.feeds, 900, nap=0.05)
    room = ReadingRoom(index, tmp_path / "data", lambda: tmp_path / "arrivals", keeper=keeper)
    since = call(room, "feeds")["moment"]
    with keeper:
        for _ in range(400):
            if call(room, "feeds", {"since": since})["news"]:
                break
            threading.Event().wait(0.02)
    state = call(room, "feeds", {"since": since})
    assert state["news"] == 1 and "Story 1" in state["titles"] and state["run"] is None


@pytest.mark.parametrize(
    "asked",
    [None, 7, [], {"text": 7}, {"feed": "x"}, {"feed": -1}, {"feed": 10**400}, {"file": "\0"}, {"since": "1"}, {"since": "x.y"}, {"since": "9" * 30 + "." + "9" * 9}, {"articles": 1}],
)  # fmt: skip
def test_nonsense_is_answered_and_harms_nothing(room: ReadingRoom, asked: Any) -> None:
    for name in ("feeds", "follow", "refresh_feeds", "cancel_feeds", "forget_feeds", "feed", "remove_feed"):
        assert call(room, name, asked).get("trouble") != UNEXPECTED
