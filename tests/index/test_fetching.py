"""What every fetcher promises, the real one and the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from feeds import Item, rss
from stores import article_text, open_index
from web import WebServer, answer

from index.addresses import WebAddress
from index.errors import BlockedUrlError, FetchError, TooLargeError
from index.fakes import CannedWeb
from index.fetch import Fetching

URL = "http://news.example/a"
TEXT = "<html><body>The council voted on Tuesday.</body></html>"


@pytest.fixture(params=["web", "memory"])
def fetcher(request: pytest.FixtureRequest) -> Iterator[Fetching]:
    if request.param == "memory":
        yield CannedWeb({URL: TEXT})
        return
    with WebServer() as server:
        server.routes["/a"] = lambda handler: (
            answer(304)
            if handler.seen.headers.get("if-none-match") == '"1"'
            else answer(200, TEXT, "text/html", ETag='"1"')
        )(handler)
        yield server.fetcher(["news.example"])


def test_what_is_there_comes_with_its_kind(fetcher: Fetching) -> None:
    found = fetcher.fetch(URL, types=("text/html",), limit=1_000)
    assert (found.url, found.content, found.media_type) == (URL, TEXT.encode(), "text/html")
    again = fetcher.fetch(URL, types=("text/html",), limit=1_000, etag=found.etag)
    assert again.unchanged and again.content == b""


def test_what_cannot_be_had_is_an_error(fetcher: Fetching) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch("http://news.example/none", types=("text/html",), limit=1_000)
    assert (caught.value.status, caught.value.retryable) == (404, False)
    with pytest.raises(FetchError, match="kind"):
        fetcher.fetch(URL, types=("text/plain",), limit=1_000)
    with pytest.raises(TooLargeError):
        fetcher.fetch(URL, types=("text/html",), limit=10)
    with pytest.raises(BlockedUrlError):
        fetcher.fetch("file:///etc/passwd", types=("text/html",), limit=1_000)


def test_each_request_is_admitted(fetcher: Fetching) -> None:
    inside: list[str] = []

    @contextmanager
    def admit(address: WebAddress) -> Iterator[None]:
        inside.append(address.url)
        if len(inside) > 1:
            raise FetchError("not now")
        yield

    fetcher.fetch(URL, types=("text/html",), limit=1_000, admit=admit)
    with pytest.raises(FetchError, match="not now"):
        fetcher.fetch(URL, types=("text/html",), limit=1_000, admit=admit)
    assert inside == [URL, URL]


def test_a_collection_can_be_tried_without_a_web(tmp_path: Path) -> None:
    item = Item("http://news.example/1", "One", article_text(1, 1, 2), full=True)
    web = CannedWeb(
        {"http://news.example/feed": rss([item]), "http://news.example/2": f"<p>{article_text(2, 1, 2)}</p>"}
    )
    with open_index(tmp_path, fetcher=web) as index:
        index.feeds.add(["news.example/feed", "http://news.example/feed"])
        index.feeds.refresh()
        index.add(["http://news.example/2"])
        assert len(index.list_articles()) == 2
