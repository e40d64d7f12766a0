"""What the browser is told about the page: to fetch nothing from elsewhere, and to be in no frame."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


_CLOSED = tuple(
    prefix + name
    for prefix in ("/gradio_api/", "/")
    for name in (
        "api/",
        "call/",
        "run/",
        "mcp",
        "proxy=",
        "stream/",
        "deep_link",
        "monitoring",
        "vibe-",
        "undo-vibe",
        "openapi.json",
        "docs",
        "redoc",
    )
)
"""What Gradio offers beside what the page needs: calls by name, whatever it is told is private, and tools."""

_UNQUEUED = "/gradio_api/run/predict"
"""Where the page itself sends, by number, what is not to wait in line: a stop, what is shown at the start."""


class Guard:
    """ASGI middleware: our headers on every answer, and no answer for another site.

    A page of another site can give its own name this machine's address; the name it asks for gives
    it away. It can also send something here without being allowed to read the answer, which is enough
    to delete or to upload; the browser tells where that comes from.
    """

    def __init__(self, app: App, allows: Callable[[str], bool] | None = None) -> None:
        """`allows` tells which hosts the page answers to; by default, this machine's only."""
        self._app = app
        self._allows = allows or is_loopback

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        named = headers.get(b"host", b"").decode("latin-1")
        if not self._allows(_without_port(named)):
            await _refuse(send, b"This page is not served under that name.")
            return
        path = str(scope.get("path", ""))
        if path.startswith(_CLOSED) and path != _UNQUEUED:
            await _refuse(send, b"There is nothing here.", 404)
            return
        origin = headers.get(b"origin")
        changes = scope.get("method", "GET") not in ("GET", "HEAD", "OPTIONS")
        # A form that a page without referrer sends has no origin; the browser still tells where it comes from.
        ours = headers.get(b"sec-fetch-site") == b"same-origin" and origin == b"null"
        if changes and origin is not None and not ours and not _same(origin.decode("latin-1"), named):
            await _refuse(send, b"Another site asked for this.")
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by name or address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] or host


def _same(origin: str, host: str) -> bool:
    """Tell whether an Origin header names the host that is asked, with its port."""
    return origin.partition("://")[2].lower() == host.lower()


async def _refuse(send: Send, body: bytes, status: int = 403) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
