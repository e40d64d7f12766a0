"""A web of pages for tests: one server on loopback, which can stand for any host.

with WebServer({"/a": page("<p>…")}) as server:
    server.url("/a")                    # at 127.0.0.1, for settings that name the host
    server.fetcher(hosts)               # a fetcher that finds every named host at this server
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpcore

from index.config import FetchConfig
from index.fetch import Fetcher

CERTIFICATE = Path(__file__).parent / "news.example.pem"
"""A certificate for news.example with its key, made for these tests and trusted by nobody else."""
Reply = Callable[["Handler"], None]


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        owner = self.server.owner
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers["host"].partition(":")[0]
        self.seen = Seen(host, self.path, headers, time.monotonic())
        with owner.guard:
            owner.requests.append(self.seen)
            owner.open[host] = owner.open.get(host, 0) + 1
            owner.most_open[host] = max(owner.most_open.get(host, 0), owner.open[host])
        reply = owner.routes.get(f"{host}{self.path}") or owner.routes.get(self.path) or answer(404)
        try:
            reply(self)
        except OSError:
            pass
        finally:
            self.close_connection = True
            with owner.guard:
                owner.open[host] -= 1

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    owner: WebServer

    def handle_error(self, *_: object) -> None:
        pass


class WebServer:
    def __init__(self, routes: Mapping[str, Reply] | None = None, *, tls: bool = False) -> None:
        """`routes` are by "/path" or "host/path"."""
        self.routes: dict[str, Reply] = dict(routes or {})
        self.requests: list[Seen] = []
        self.open: dict[str, int] = {}
        self.most_open: dict[str, int] = {}
        self.over = threading.Event()
        self.guard = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        self.port = int(self._server.server_address[1])
        self.backend = ToLoopback(self.port)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def config(self, **settings: Any) -> FetchConfig:
        """Settings that name this server, are quick, and wait for nothing."""
        quick: dict[str, Any] = {
            "connect_seconds": 2.0,
            "stall_seconds": 2.0,
            "total_seconds": 5.0,
            "host_delay": 0.0,
        }
        config = FetchConfig(private_hosts=frozenset({f"127.0.0.1:{self.port}"}))
        return replace(config, **{**quick, **settings})

    def fetcher(self, hosts: Iterable[str] = (), inside: Iterable[str] = (), **settings: Any) -> Fetcher:
        """A fetcher for which every name of `hosts` is at a public address, which is this server."""
        resolve = Names(hosts, **{host: ["10.0.0.1"] for host in inside})
        return Fetcher(self.config(**settings), resolve=resolve, backend=self.backend)

    def paths(self, host: str | None = None) -> list[str]:
        return [seen.path for seen in self.requests if host in (None, seen.host)]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class Names:
    """A resolver that knows some hosts, each at a public address of its own; IP addresses stand for themselves."""

    def __init__(self, hosts: Iterable[str] = (), **answers: list[str]) -> None:
        self.answers = {host: [f"93.184.{n // 250}.{n % 250 + 1}"] for n, host in enumerate(hosts)}
        self.answers |= answers
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host.replace(".", "").isdigit() or ":" in host:
            return [host]
        if host not in self.answers:
            raise OSError(f"{host} is not known")
        return self.answers[host]


class ToLoopback(httpcore.NetworkBackend):
    """Connect to this machine's server whatever the address is, and note which address was wanted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.wanted: list[tuple[str, int]] = []
        self.dead: set[str] = set()
        """IP addresses that refuse connections."""
        self.silent: set[str] = set()
        """IP addresses that say nothing until the time is up."""
        self._inner = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> Any:
        self.wanted.append((host, port))
        if host in self.dead:
            raise httpcore.ConnectError("refused")
        if host in self.silent:
            time.sleep(0.2)
            raise httpcore.ConnectTimeout("nothing came")
        return self._inner.connect_tcp("127.0.0.1", self.port, timeout=timeout)


def answer(
    status: int = 200, body: bytes | str = b"", kind: str = "text/html; charset=utf-8", **headers: str
) -> Reply:
    """Send a whole response; names of headers with "_" for "-"."""
    content = body.encode() if isinstance(body, str) else body

    def reply(handler: Handler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.begin(status, {"Content-Type": kind, "Content-Length": str(len(content)), **named})
        handler.wfile.write(content)

    return reply


def redirect(location: str, status: int = 302) -> Reply:
    return answer(status, Location=location)


def page(text: str, *, title: str = "A page", head: str = "", language: str = "en") -> Reply:
    return answer(200, html_page(text, title=title, head=head, language=language))


def html_page(text: str, *, title: str = "A page", head: str = "", language: str = "en") -> str:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def drip(part: bytes, pause: float, *, head: bytes | None = None) -> Reply:
    """Send `part` again and again; with `head`, those bytes in place of a status line and headers."""

    def reply(handler: Handler) -> None:
        if head is None:
            handler.begin(200, {"Content-Type": "text/html"})
        else:
            handler.wfile.write(head)
        while not handler.server.owner.over.wait(pause):
            handler.wfile.write(part)
            handler.wfile.flush()

    return reply


def silence(handler: Handler) -> None:
    """Take the request, and say nothing at all."""
    handler.server.owner.over.wait(30)
