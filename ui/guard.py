"""The gate of a page that other machines can reach: who you are, how often you ask, how much you send.

It stands before everything else. Users sign in with a name and a password of a file, or a reverse proxy
at a trusted address says in a header who they are. On this machine alone, there is no gate.
"""

from __future__ import annotations

import asyncio
import html
import ipaddress
import math
import os
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from index import ArticleAssistantError

from . import texts
from .accounts import Accounts
from .config import UploadLimits
from .headers import is_loopback
from .sessions import Rates, Sessions

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

USERS_ENV = "ARTICLE_ASSISTANT_USERS"
PROXY_ENV = "ARTICLE_ASSISTANT_PROXY"
NAMES_ENV = "ARTICLE_ASSISTANT_HOSTNAMES"
COOKIE = "article-assistant-session"
_USER = "article-assistant.user"
_LOGIN, _LOGOUT = "/sign-in", "/sign-out"
_UPLOAD, _QUESTION = "/gradio_api/upload", "/gradio_api/queue/join"
_STARTED = "/gradio_api/startup-events"
_MOST_FORM_BYTES = 4_096
_MOST_BODY_BYTES = 16_000_000
"""A pasted text of a million characters, as JSON, with room to spare."""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Article Assistant: sign in</title>
<meta name="viewport" content="width=device-width"><style>
body {{ font-family: system-ui, sans-serif; max-width: 22rem; margin: 15vh auto; padding: 0 1rem; }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit; margin-top: .6rem; }}
input, button {{ padding: .5rem; }} [role=alert] {{ color: #a00; }}</style>
<h1>Article Assistant</h1>{trouble}<form method="post" action="{action}">
<script>{script}</script>
<label>Name <input name="name" autocomplete="username" autofocus required maxlength="64"></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="1000"></label>
<button>Sign in</button></form></html>"""


class AccessError(ArticleAssistantError):
    """A setting of who may use the page cannot be right."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A reverse proxy that says who asks: in which header, and where it is."""

    header: str
    networks: tuple[Network, ...]

    @classmethod
    def parse(cls, written: str) -> Proxy:
        """Read HEADER@ADDRESS[,ADDRESS…]; an address may be a network. Raises AccessError."""
        header, _, addresses = written.partition("@")
        try:
            networks = tuple(ipaddress.ip_network(one.strip()) for one in addresses.split(","))
            if (
                not header.strip()
                or not header.replace("-", "").isalnum()
                or any(n.prefixlen == 0 for n in networks)
            ):
                raise ValueError
        except ValueError:
            raise AccessError(
                f"{written[:80]!r} is not HEADER@ADDRESS, such as X-Remote-User@127.0.0.1; "
                "name the header and the address of your proxy."
            ) from None
        return cls(header=header.strip().lower(), networks=networks)

    def trusts(self, address: str) -> bool:
        """Tell whether a connection from an address is the proxy's."""
        try:
            return any(ipaddress.ip_address(address) in network for network in self.networks)
        except ValueError:
            return False


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may use the page. Without accounts and proxy: whoever is at this machine."""

    accounts: Accounts | None = None
    proxy: Proxy | None = None
    names: frozenset[str] = frozenset()
    """Names under which the page is reached, beside addresses."""
    limits: UploadLimits = field(default_factory=UploadLimits)

    @classmethod
    def of(cls, users: Path | None = None, proxy: str | None = None, names: Sequence[str] = ()) -> Access:
        """Return what is said here, else by the environment. Raises AccessError or AccountError."""
        users = users or (Path(named) if (named := os.environ.get(USERS_ENV)) else None)
        proxy = proxy or os.environ.get(PROXY_ENV) or None
        names = [*names, *os.environ.get(NAMES_ENV, "").replace(",", " ").split()]
        accounts = Accounts(users) if users else None
        if accounts is not None and not len(accounts):
            raise AccessError(f"The users file {users} names nobody; add somebody with --add-user NAME.")
        return cls(
            accounts=accounts,
            proxy=Proxy.parse(proxy) if proxy else None,
            names=frozenset(name.lower() for name in names),
        )

    @property
    def closed(self) -> bool:
        """Whether one has to sign in."""
        return self.accounts is not None or self.proxy is not None

    def admits(self, host: str) -> bool:
        """Tell whether the page answers to a host: a page of another site may have given us its name."""
        if is_loopback(host):
            return True
        if not self.closed:
            return False
        try:
            ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return host.lower() in self.names
        return True


class Gate:
    """ASGI middleware: lets in who may come in, as often and with as much as is allowed."""

    def __init__(
        self,
        app: App,
        access: Access,
        *,
        requests: Rates | None = None,
        questions: Rates | None = None,
        attempts: Rates | None = None,
        guesses: Rates | None = None,
    ) -> None:
        """The rates: requests and questions of each user, attempts to sign in from an address and for a name."""
        self._app = app
        self._access = access
        stamp = access.accounts.stamp if access.accounts else lambda user: ""
        self._sessions = Sessions(stamp)
        self._requests = requests or Rates(1_200, 60.0)
        self._questions = questions or Rates(30, 60.0)
        self._attempts = attempts or Rates(10, 300.0)
        self._guesses = guesses or Rates(100, 3_600.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if not self._access.closed or scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no WebSocket
            return
        try:
            await self._http(scope, receive, send)
        except ArticleAssistantError as error:  # the users file cannot be read
            await _say(send, 503, f"Nobody can sign in now: {type(error).__name__}.")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        address = str((scope.get("client") or ("", 0))[0])
        path, method = str(scope["path"]), str(scope.get("method", "GET"))
        if path == _STARTED and method == "GET" and _from_here(scope, address):
            await self._app(scope, receive, send)  # Gradio asks itself for this once, and it tells nothing
            return
        if path == _LOGIN and self._access.accounts is not None:
            await self._sign_in(scope, receive, send, method, address)
            return
        user = self._user(headers, address)
        self._strip(scope)
        if user is None:
            await self._turn_away(send, path, method, headers)
            return
        if path == _LOGOUT and method == "POST":
            self._sessions.end(_token(headers))
            await _redirect(send, _LOGIN, _cookie("", scope, headers, age=0))
            return
        for rates, applies in (
            (self._requests, True),
            (self._questions, path == _QUESTION and method == "POST"),
        ):
            waits = rates.wait(user) if applies else 0.0
            if waits:
                await _say(send, 429, "You ask too often; wait a little.", retry=waits)
                return
        scope[_USER] = user
        limits = self._access.limits
        most = limits.total_bytes if path == _UPLOAD else _MOST_BODY_BYTES
        await _bounded(self._app, scope, receive, send, most, headers)

    def _user(self, headers: dict[str, str], address: str) -> str | None:
        proxy = self._access.proxy
        if proxy is not None and proxy.trusts(address):
            named = headers.get(proxy.header, "").strip()[:200]
            if named:
                return f"proxy:{named}"
        token = _token(headers) if self._access.accounts is not None else ""
        return self._sessions.user(token) if token else None

    def _strip(self, scope: Scope) -> None:
        """Take out what only the gate needs, so that nothing behind it can log it or be fooled by it."""
        proxy = self._access.proxy
        hidden = {b"authorization", proxy.header.encode() if proxy else b""}
        scope["headers"] = [
            (name, _without_session(value) if name.lower() == b"cookie" else value)
            for name, value in scope["headers"]
            if name.lower() not in hidden
        ]

    async def _turn_away(self, send: Send, path: str, method: str, headers: dict[str, str]) -> None:
        wants_page = method == "GET" and "text/html" in headers.get("accept", "")
        if self._access.accounts is not None and wants_page and path == "/":
            await _redirect(send, _LOGIN)
        else:
            await _say(send, 401, "Sign in first.")

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send, method: str, address: str) -> None:
        if method in ("GET", "HEAD"):
            await _form(send, 200)
            return
        if method != "POST":
            await _say(send, 405, "Use the form.")
            return
        headers = _headers(scope)
        content = await _body(receive, _MOST_FORM_BYTES)
        if content is None:
            await _say(send, 413, "That is more than a name and a password.")
            return
        fields = parse_qs(content.decode("utf-8", "replace"))
        name, password = (fields.get(one, [""])[0] for one in ("name", "password"))
        waits = max(self._attempts.wait(address), self._guesses.wait(name[:64]))
        if waits:
            await _form(send, 429, "Too many attempts; wait a few minutes.", retry=waits)
            return
        accounts = self._access.accounts
        assert accounts is not None
        if not await asyncio.to_thread(accounts.check, name, password):
            await _form(send, 403, "Name or password are not right.")
            return
        self._sessions.end(_token(headers))
        await _redirect(send, "/", _cookie(self._sessions.begin(name), scope, headers))


def user_of(request: Any) -> str | None:
    """Return who sent a request that came through the gate: what Gradio calls an `auth_dependency`."""
    user = request.scope.get(_USER)
    return str(user) if user else None


async def _bounded(
    app: App, scope: Scope, receive: Receive, send: Send, most: int, headers: dict[str, str]
) -> None:
    """Pass a request on that sends no more than `most` bytes."""
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > most:
        await _say(send, 413, "That is too much at once.")
        return
    taken, begun = 0, False

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            return {"type": "http.disconnect"}
        return message

    async def noted(message: Message) -> None:
        nonlocal begun
        if taken > most and not begun:
            begun = True
            await _say(send, 413, "That is too much at once.")
        elif taken <= most:
            begun = True
            await send(message)

    await app(scope, counted, noted)


async def _body(receive: Receive, most: int) -> bytes | None:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
        if len(content) > most or message["type"] == "http.disconnect":
            return None
    return content


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; of one that comes twice, nothing: it is no use for trust."""
    found: dict[str, str] = {}
    twice = set()
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        twice |= {key} & found.keys()
        found[key] = value.decode("latin-1")
    return {key: "" if key in twice and key != "accept" else value for key, value in found.items()}


def _from_here(scope: Scope, address: str) -> bool:
    """Tell whether a connection comes from this machine: from loopback, or from the very address it was made to."""
    return is_loopback(address) or address == str((scope.get("server") or ("", 0))[0])


def _token(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _without_session(value: bytes) -> bytes:
    kept = [one for one in value.split(b";") if not one.strip().startswith(COOKIE.encode())]
    return b";".join(kept)


def _cookie(token: str, scope: Scope, headers: dict[str, str], age: int | None = None) -> bytes:
    secure = scope.get("scheme") == "https" or headers.get("x-forwarded-proto") == "https"
    parts = [f"{COOKIE}={token}", "Path=/", "HttpOnly", "SameSite=Strict"]
    parts += ["Secure"] if secure else []
    parts += [f"Max-Age={age}"] if age is not None else []
    return "; ".join(parts).encode()


async def _form(send: Send, status: int, trouble: str = "", retry: float = 0.0) -> None:
    told = f'<p role="alert">{html.escape(trouble)}</p>' if trouble else ""
    await _answer(
        send,
        status,
        _PAGE.format(trouble=told, action=_LOGIN, script=texts.script()),
        "text/html; charset=utf-8",
        retry,
    )


async def _say(send: Send, status: int, sentence: str, retry: float = 0.0) -> None:
    await _answer(send, status, sentence, "text/plain; charset=utf-8", retry)


async def _answer(send: Send, status: int, content: str, kind: str, retry: float = 0.0) -> None:
    body = content.encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if retry:
        headers.append((b"retry-after", str(math.ceil(retry)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _redirect(send: Send, to: str, cookie: bytes | None = None) -> None:
    headers = [(b"location", to.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    if cookie is not None:
        headers.append((b"set-cookie", cookie))
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
