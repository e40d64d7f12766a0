"""Fetching: where connections go, what is read, and that it always ends (RELIABILITY.md, tests 21 to 26)."""

from __future__ import annotations

import gzip
import ssl
import time
import tracemalloc
import zlib
from typing import Any

import pytest
from test_addresses import INSIDE, NEVER
from web import (
    CERTIFICATE,
    Names,
    ToLoopback,
    WebServer,
    answer,
    drip,
    page,
    redirect,
    silence,
)

from index.errors import BlockedUrlError, FetchError, TooLargeError
from index.fetch import Fetched, Fetcher, retry_after
from index.inflate import Inflater

HTML = ("text/html",)
TEXT = "The council voted on Tuesday to repair the old harbour wall."


def fetch(fetcher: Fetcher, url: str, **options: Any) -> Fetched:
    return fetcher.fetch(url, **{"types": HTML, "limit": 100_000, **options})


def test_a_page_is_read_from_the_host_that_a_setting_names() -> None:
    with WebServer({"/a?b=c": answer(200, TEXT, ETag='"1"', Last_Modified="yesterday")}) as server:
        found = fetch(server.fetcher(), server.url("/a?b=c"))
    assert found == Fetched(
        url=server.url("/a?b=c"),
        content=TEXT.encode(),
        media_type="text/html",
        charset="utf-8",
        etag='"1"',
        last_modified="yesterday",
    )
    (seen,) = server.requests
    assert seen.headers["host"] == f"127.0.0.1:{server.port}"
    assert "cookie" not in seen.headers and "authorization" not in seen.headers


@pytest.mark.parametrize("url", NEVER)
def test_what_is_never_fetched_sends_no_packet(url: str) -> None:
    with WebServer() as server, pytest.raises(BlockedUrlError):
        fetch(server.fetcher(["example.org"]), url)
    assert server.backend.wanted == [] and server.requests == []


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_sends_no_packet(address: str) -> None:
    with WebServer() as server:
        resolve = Names(**{"news.example": [address], "mixed.example": ["93.184.216.34", address]})
        fetcher = Fetcher(server.config(), resolve=resolve, backend=server.backend)
        for url in ("http://news.example/", "https://mixed.example/"):
            with pytest.raises(BlockedUrlError, match="public web"):
                fetch(fetcher, url)
    assert server.backend.wanted == [] and server.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost.", "[::1]", "0.0.0.0"])
def test_this_machine_is_not_fetched_from_unless_named(host: str) -> None:
    with WebServer({"/": page(TEXT)}) as server:
        fetcher = Fetcher(server.config(private_hosts=frozenset(), ports=(server.port,)))
        with pytest.raises(BlockedUrlError):
            fetch(fetcher, f"http://{host}:{server.port}/")
    assert server.requests == []


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """DNS rebinding: the name is asked for once, so that a second answer is never used."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with WebServer({"/": page(TEXT)}) as server:
        fetch(Fetcher(server.config(), resolve=rebinding, backend=server.backend), "http://news.example/")
    assert asked == ["news.example"]
    assert server.backend.wanted == [("93.184.216.34", 80)]
    assert server.requests[0].headers["host"] == "news.example"


def test_the_next_address_is_tried_where_one_cannot_be_reached() -> None:
    with WebServer({"/": page(TEXT)}) as server:
        server.backend.dead = {"93.184.216.34"}
        resolve = Names(**{"news.example": ["93.184.216.34", "93.184.216.35"]})
        found = fetch(
            Fetcher(server.config(), resolve=resolve, backend=server.backend), "http://news.example/"
        )
    assert TEXT.encode() in found.content
    assert [address for address, _ in server.backend.wanted] == ["93.184.216.34", "93.184.216.35"]


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with WebServer({"/": page(TEXT)}) as server, WebServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        fetch(server.fetcher(["news.example"]), "http://news.example/")
    assert proxy.requests == [] and len(server.requests) == 1


@pytest.mark.parametrize("hop", range(5))
@pytest.mark.parametrize(
    "target",
    [
        "http://inside.example/secret",
        "http://127.0.0.1/secret",
        "http://[::1]/secret",
        "//2130706433/secret",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "http://a.example:6379/",
        "http://[bad/",
        "gopher://a.example/",
    ],
)
def test_a_redirect_to_the_inside_is_refused_at_every_hop(hop: int, target: str) -> None:
    with WebServer({f"/{n}": redirect(f"/{n + 1}") for n in range(hop)}) as server:
        server.routes[f"/{hop}"] = redirect(target)
        resolve = Names(["a.example"], **{"inside.example": ["10.0.0.7"]})
        with pytest.raises(BlockedUrlError):
            fetch(Fetcher(server.config(), resolve=resolve, backend=server.backend), "http://a.example/0")
    assert {address for address, _ in server.backend.wanted} == {"93.184.0.1"}
    assert server.paths() == [f"/{n}" for n in range(hop + 1)]


def test_five_redirects_are_followed_and_no_more() -> None:
    with WebServer({f"/{n}": redirect(f"/{n + 1}", 301) for n in range(6)}) as server:
        server.routes["/6"] = page(TEXT)
        fetcher = server.fetcher(["a.example"])
        assert fetch(fetcher, "http://a.example/1").url == "http://a.example/6"
        with pytest.raises(FetchError, match="more than 5 times"):
            fetch(fetcher, "http://a.example/0")


def test_redirects_in_a_circle_end() -> None:
    with (
        WebServer({"/a": redirect("/b"), "/b": redirect("/a#again")}) as server,
        pytest.raises(FetchError, match="circle"),
    ):
        fetch(server.fetcher(["a.example"]), "http://a.example/a")
        assert server.paths() == ["/a", "/b"]


def test_an_endless_body_ends_at_the_limit() -> None:
    with (
        WebServer({"/": drip(b"x" * 50_000, 0.0)}) as server,
        pytest.raises(TooLargeError, match="100,000 bytes"),
    ):
        fetch(server.fetcher(["a.example"]), "http://a.example/")


@pytest.mark.parametrize(
    "reply",
    [
        drip(b"x", 0.05),
        drip(b"X-Filler: y\r\n", 0.05, head=b"HTTP/1.1 200 OK\r\n"),
        drip(b"H", 0.05, head=b""),
        silence,
    ],
    ids=["body", "headers", "status line", "silence"],
)
def test_a_server_that_drips_is_left_at_the_deadline(reply: Any) -> None:
    with WebServer({"/": reply}) as server:
        started = time.monotonic()
        with pytest.raises(FetchError) as caught:
            fetch(server.fetcher(["a.example"], total_seconds=0.6, stall_seconds=0.5), "http://a.example/")
        assert time.monotonic() - started < 10  # without the deadline it would take 30 s or for ever
    assert caught.value.retryable


def test_a_chain_of_slow_redirects_has_one_deadline() -> None:
    def slow(target: str) -> Any:
        def reply(handler: Any) -> None:
            time.sleep(0.25)
            redirect(target)(handler)

        return reply

    with WebServer({f"/{n}": slow(f"/{n + 1}") for n in range(5)}) as server:
        with pytest.raises(FetchError, match="too long"):
            fetch(server.fetcher(["a.example"], total_seconds=0.6), "http://a.example/0")
        assert len(server.requests) < 5


def test_a_name_server_that_says_nothing_is_left_at_the_deadline() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return []

    with WebServer() as server, pytest.raises(FetchError):
        fetch(Fetcher(server.config(total_seconds=0.3), resolve=slow), "http://a.example/")


def test_a_content_length_that_lies() -> None:
    def lying(length: int, body: bytes) -> Any:
        def reply(handler: Any) -> None:
            handler.begin(200, {"Content-Type": "text/html", "Content-Length": str(length)})
            handler.wfile.write(body)

        return reply

    routes = {
        "/more": lying(10, b"x" * 1_000),
        "/less": lying(1_000, b"x" * 10),
        "/huge": lying(10**12, b"x"),
        "/negative": lying(-5, b"x" * 100),
    }
    with WebServer(routes) as server:
        fetcher = server.fetcher(["a.example"])
        assert fetch(fetcher, "http://a.example/more").content == b"x" * 10
        with pytest.raises(FetchError, match="only in part"):
            fetch(fetcher, "http://a.example/less")
        with pytest.raises(TooLargeError):
            fetch(fetcher, "http://a.example/huge")
        with pytest.raises(FetchError):
            fetch(fetcher, "http://a.example/negative")


def test_compressed_bodies_are_read_and_counted_as_they_come_out() -> None:
    plain = TEXT.encode() * 100
    raw = zlib.compressobj(wbits=-15)
    routes = {
        "/gzip": answer(200, gzip.compress(plain), Content_Encoding="gzip"),
        "/members": answer(
            200, gzip.compress(plain[:99]) + gzip.compress(plain[99:]), Content_Encoding="gzip"
        ),
        "/zlib": answer(200, zlib.compress(plain), Content_Encoding="deflate"),
        "/raw": answer(200, raw.compress(plain) + raw.flush(), Content_Encoding="deflate"),
        "/bomb": answer(200, gzip.compress(bytes(30_000_000)), Content_Encoding="gzip"),
        "/twice": answer(200, gzip.compress(gzip.compress(plain)), Content_Encoding="gzip, gzip"),
        "/br": answer(200, b"\x8b", Content_Encoding="br"),
        "/broken": answer(200, b"\x1f\x8b\x08 no", Content_Encoding="gzip"),
        "/cut": answer(200, gzip.compress(plain)[:-20], Content_Encoding="gzip"),
    }
    with WebServer(routes) as server:
        fetcher = server.fetcher(["a.example"])
        for path in ("/gzip", "/members", "/zlib", "/raw"):
            assert fetch(fetcher, f"http://a.example{path}").content == plain, path
        with pytest.raises(TooLargeError):
            fetch(fetcher, "http://a.example/bomb")
        for path in ("/twice", "/br", "/broken", "/cut"):
            with pytest.raises(FetchError):
                fetch(fetcher, f"http://a.example{path}")


def test_a_bomb_takes_no_memory() -> None:
    """400 MB in 400 kB, against a limit of 20 MB."""
    packer = zlib.compressobj(6, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(400)) + packer.flush()
    with WebServer({"/": answer(200, bomb, Content_Encoding="gzip")}) as server:
        tracemalloc.start()
        with pytest.raises(TooLargeError):
            fetch(server.fetcher(["a.example"]), "http://a.example/", limit=20_000_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 60_000_000


def test_the_inflater_takes_any_cut_of_the_stream() -> None:
    packed = gzip.compress(TEXT.encode())
    inflater = Inflater("x-gzip", 1_000)
    parts = [part for n in range(len(packed)) for part in inflater.feed(packed[n : n + 1])]
    assert b"".join([*parts, *inflater.finish()]) == TEXT.encode()


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(304, None), (204, False), (400, False), (401, False), (403, False), (404, False), (410, False)]
    + [(429, True), (500, True), (503, True), (302, False)],
)
def test_what_a_server_refuses(status: int, retryable: bool | None) -> None:
    with WebServer({"/": answer(status, ETag='"2"', Retry_After="120")}) as server:
        fetcher = server.fetcher(["a.example"])
        if retryable is None:
            found = fetch(
                fetcher, "http://a.example/", etag='"1"', last_modified="Tue, 01 Jan 2019 00:00:00 GMT"
            )
            assert found.unchanged and found.etag == '"2"'
            assert server.requests[0].headers["if-none-match"] == '"1"'
            assert server.requests[0].headers["if-modified-since"] == "Tue, 01 Jan 2019 00:00:00 GMT"
            return
        with pytest.raises(FetchError, match=f"HTTP {status}") as caught:
            fetch(fetcher, "http://a.example/")
    assert (caught.value.status, caught.value.retryable) == (status, retryable)
    assert caught.value.retry_after == 120


def test_a_validator_that_is_no_header_is_not_sent() -> None:
    with WebServer({"/": page(TEXT)}) as server:
        fetch(server.fetcher(["a.example"]), "http://a.example/", etag='"1"\r\nEvil: 1', last_modified="é")
    assert not {"if-none-match", "if-modified-since", "evil"} & set(server.requests[0].headers)


def test_other_kinds_of_content_are_refused_before_they_are_read() -> None:
    with (
        WebServer({"/": answer(200, b"x" * 1_000_000, "video/mp4")}) as server,
        pytest.raises(FetchError, match="video/mp4"),
    ):
        fetch(server.fetcher(["a.example"]), "http://a.example/")


def test_a_certificate_must_be_trusted_and_for_the_host() -> None:
    with WebServer({"/": page(TEXT)}, tls=True) as server:
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        resolve = Names(["news.example", "other.example"])
        config = server.config()
        backend = ToLoopback(server.port)
        trusted = Fetcher(config, resolve=resolve, backend=backend, tls=trusting)
        assert TEXT.encode() in fetch(trusted, "https://news.example/").content
        for fetcher, url in (
            (trusted, "https://other.example/"),
            (Fetcher(config, resolve=resolve, backend=backend), "https://news.example/"),
        ):
            with pytest.raises(FetchError, match="certificate") as caught:
                fetch(fetcher, url)
            assert not caught.value.retryable
        assert {port for _, port in backend.wanted} == {443}, "never again without encryption"
        assert len(server.requests) == 1


def test_what_is_not_http_is_told() -> None:
    with (
        WebServer({"/": lambda handler: handler.wfile.write(b"SSH-2.0-server\r\n")}) as server,
        pytest.raises(FetchError, match="not valid HTTP"),
    ):
        fetch(server.fetcher(["a.example"]), "http://a.example/")


def test_a_name_that_is_not_known_is_told() -> None:
    with WebServer() as server, pytest.raises(FetchError, match=r"nowhere\.example is not known") as caught:
        fetch(server.fetcher(), "http://nowhere.example/")
    assert caught.value.retryable


def test_retry_after_in_seconds_or_as_a_date() -> None:
    now = "Tue, 01 Jan 2019 00:00:00 GMT"
    assert retry_after("120") == 120
    assert retry_after("Tue, 01 Jan 2019 00:01:30 GMT", now) == 90
    assert retry_after("Mon, 31 Dec 2018 00:00:00 GMT", now) == 0
    assert retry_after("99999999999999999999") == retry_after("Fri, 01 Jan 2100 00:00:00 GMT", now) == 86_400
    for value in (None, "", "-5", "soon", "Tue, 99 Jan 2019 00:00:00 GMT"):
        assert retry_after(value, now) is None
