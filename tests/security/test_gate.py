"""A page for other machines: nobody comes in without a sign-in, and nobody asks or sends without end."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

import app
from ui import texts
from ui.accounts import AccountError, Accounts, Password, save_user
from ui.config import UploadLimits
from ui.guard import COOKIE, Access, AccessError, Gate, Proxy, user_of
from ui.headers import Guard
from ui.sessions import Rates, Sessions

SECRET = "correct horse battery"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Page:
    """What stands behind the gate: notes what came through."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []
        self.bytes = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        while True:
            message = await receive()
            self.bytes += len(message.get("body", b""))
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "users"
    save_user(path, "ada", SECRET)
    return path


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def gate(users: Path, page: Page) -> Gate:
    return Gate(page, Access(accounts=Accounts(users)))


def request(
    gate: Any,
    path: str = "/",
    method: str = "GET",
    body: bytes | Sequence[bytes] = b"",
    client: str = "203.0.113.9",
    scheme: str = "http",
    server: str = "192.0.2.1",
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """Send a request and return status, headers and body of what comes."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    sent: list[Any] = []

    async def receive() -> Any:
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": scheme,
        "client": (client, 5),
        "server": (server, 7860),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
    }
    asyncio.run(gate(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(one.get("body", b"") for one in sent[1:])


def sign_in(
    gate: Any, name: str = "ada", password: str = SECRET, **more: Any
) -> tuple[int, dict[str, str], bytes]:
    return request(gate, "/sign-in", "POST", urlencode({"name": name, "password": password}).encode(), **more)


def cookie_of(answer: tuple[int, dict[str, str], bytes]) -> str:
    return answer[1]["set-cookie"].partition(";")[0]


PATHS = [
    "/",
    "/config",
    "/gradio_api/info",
    "/gradio_api/upload",
    "/gradio_api/queue/join",
    "/gradio_api/file=/etc/passwd",
    "/sign-in/../config",
    "/sign-in/x",
    "/SIGN-IN",
    "//sign-in",
    "/static/x.js",
    "/gradio_api/startup-events",
]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_behind_the_gate_without_a_sign_in(gate: Gate, page: Page, path: str, method: str) -> None:
    for headers in (
        {},
        {"cookie": f"{COOKIE}=x"},
        {"authorization": "Basic YWRhOng="},
        {"x_remote_user": "ada"},
    ):
        status, _, body = request(gate, path, method, **headers)
        assert status == 401 and body == b"Sign in first."
    assert page.scopes == []


def test_a_web_socket_is_not_answered(gate: Gate, page: Page) -> None:
    asyncio.run(gate({"type": "websocket", "path": "/", "headers": []}, None, None))
    assert page.scopes == []


def test_signing_in_and_out(gate: Gate, page: Page) -> None:
    status, headers, _ = request(gate, "/", accept="text/html")
    assert (status, headers["location"]) == (303, "/sign-in")
    status, _, form = request(gate, "/sign-in")
    assert status == 200 and b'type="password"' in form
    assert form.count(b"<script") == 1 and texts.script().encode() in form, "ours, and nothing else"
    answer = sign_in(gate)
    assert (answer[0], answer[1]["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(answer[1]["set-cookie"].split("; "))
    cookie = cookie_of(answer)
    assert request(gate, "/", cookie=f"theme=dark; {cookie}")[2] == b"the page"
    assert user_of(SimpleNamespace(scope=page.scopes[-1])) == "ada"
    kept = dict(page.scopes[-1]["headers"])
    assert kept[b"cookie"] == b"theme=dark", "what is behind the gate never sees the token"
    status, headers, _ = request(gate, "/sign-out", "POST", cookie=cookie)
    assert status == 303 and "Max-Age=0" in headers["set-cookie"]
    assert request(gate, "/", cookie=cookie)[0] == 401
    assert cookie_of(sign_in(gate)) != cookie, "each session has a token of its own"


def test_only_the_page_itself_may_ask_whether_it_has_started(gate: Gate, page: Page) -> None:
    """Gradio does, once, at the address that it listens on: without an answer it would not start there."""
    started = "/gradio_api/startup-events"
    assert request(gate, started, client="192.0.2.1")[0] == 200
    assert request(gate, started, client="127.0.0.1")[0] == 200
    assert len(page.scopes) == 2
    assert request(gate, started)[0] == 401
    assert request(gate, "/config", client="192.0.2.1")[0] == 401
    assert request(gate, started, "POST", client="192.0.2.1")[0] == 401
    assert len(page.scopes) == 2


def test_over_tls_the_cookie_is_for_tls_only(gate: Gate) -> None:
    assert "Secure" in sign_in(gate, scheme="https")[1]["set-cookie"]
    assert "Secure" in sign_in(gate, x_forwarded_proto="https")[1]["set-cookie"]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", "wrong wrong wrong"),
        ("ada", ""),
        ("", SECRET),
        ("Ada", SECRET),
        ("eve", SECRET),
        ("ada:x", SECRET),
    ],
)
def test_wrong_names_and_passwords_look_the_same(gate: Gate, name: str, password: str) -> None:
    status, headers, body = sign_in(gate, name, password)
    assert status == 403 and "set-cookie" not in headers
    assert b"Name or password are not right." in body
    assert not password or password.encode() not in body


def test_guessing_is_slowed_down(users: Path, page: Page) -> None:
    clock = Clock()
    gate = Gate(page, Access(accounts=Accounts(users)), attempts=Rates(3, 30.0, clock=clock))
    assert [sign_in(gate, password="guess guess guess")[0] for _ in range(4)] == [403, 403, 403, 429]
    status, headers, _ = sign_in(gate)
    assert status == 429 and 0 < int(headers["retry-after"]) <= 30, "also for the right password"
    assert sign_in(gate, client="203.0.113.10")[0] == 303, "others are not locked out"
    clock.now += 10
    assert sign_in(gate)[0] == 303


def test_a_form_without_end_is_not_read(gate: Gate) -> None:
    assert request(gate, "/sign-in", "POST", [b"a" * 1_000] * 1_000)[0] == 413
    assert request(gate, "/sign-in", "POST", b"&".join([b"a=1"] * 1_000))[0] == 403


def test_too_many_requests_and_questions(users: Path, page: Page) -> None:
    clock = Clock()
    rates = {"requests": Rates(6, 60.0, clock=clock), "questions": Rates(2, 60.0, clock=clock)}
    gate = Gate(page, Access(accounts=Accounts(users)), **rates)
    cookie = cookie_of(sign_in(gate))
    asked = [request(gate, "/gradio_api/queue/join", "POST", cookie=cookie) for _ in range(3)]
    assert [status for status, _, _ in asked] == [200, 200, 429]
    assert asked[2][2] == b"You ask too often; wait a little."
    assert [request(gate, cookie=cookie)[0] for _ in range(4)] == [200, 200, 200, 429]
    clock.now += 60
    assert request(gate, cookie=cookie)[0] == 200


@pytest.mark.parametrize("length", [None, "17000000", "-1", "x", "1" * 400])
def test_too_much_at_once_is_refused(gate: Gate, page: Page, length: str | None) -> None:
    cookie = cookie_of(sign_in(gate))
    named = {} if length is None else {"content_length": length}
    status, _, _ = request(gate, "/run", "POST", [b"a" * 1_000_000] * 40, cookie=cookie, **named)
    assert status == 413
    assert page.bytes <= 16_000_000
    assert request(gate, "/gradio_api/upload", "POST", [b"a" * 1_000_000] * 40, cookie=cookie)[0] == 200


def test_uploads_have_a_limit_of_their_own(users: Path, page: Page) -> None:
    limits = UploadLimits(file_bytes=1_000, total_bytes=5_000, files=2)
    gate = Gate(page, Access(accounts=Accounts(users), limits=limits))
    cookie = cookie_of(sign_in(gate))
    assert request(gate, "/gradio_api/upload", "POST", [b"a" * 1_000] * 9, cookie=cookie)[0] == 413


def test_a_proxy_names_the_user_and_nobody_else_can(page: Page) -> None:
    gate = Gate(page, Access(proxy=Proxy.parse("X-Remote-User@10.0.0.1,10.1.0.0/16")))
    assert request(gate, client="10.0.0.1", x_remote_user="ada")[0] == 200
    assert request(gate, client="10.1.2.3", x_remote_user="ada")[0] == 200
    assert b"x-remote-user" not in dict(page.scopes[-1]["headers"])
    for client in ("10.0.0.2", "203.0.113.9", "", "testclient"):
        assert request(gate, client=client, x_remote_user="ada")[0] == 401
    assert request(gate, client="10.0.0.1")[0] == 401
    assert request(gate, client="10.0.0.1", x_remote_user=" ")[0] == 401
    assert request(gate, "/sign-in", client="10.0.0.1")[0] == 401, "there are no passwords"


def test_a_header_that_comes_twice_is_nobody() -> None:
    page = Page()
    gate = Gate(page, Access(proxy=Proxy.parse("X-Remote-User@10.0.0.1")))
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "client": ("10.0.0.1", 1),
        "headers": [(b"x-remote-user", b"eve"), (b"X-Remote-User", b"ada")],
    }
    asyncio.run(gate(scope, None, send))
    assert sent[0]["status"] == 401


@pytest.mark.parametrize(
    "written", ["", "X-User", "X-User@", "@10.0.0.1", "X-User@0.0.0.0/0", "X User@::1", "X@::/0"]
)
def test_a_proxy_that_is_none_or_everybody_is_refused(written: str) -> None:
    with pytest.raises(AccessError, match="HEADER@ADDRESS"):
        Proxy.parse(written)


def test_sessions_end(users: Path, tmp_path: Path) -> None:
    clock, stamps = Clock(), {"ada": "1"}
    sessions = Sessions(stamps.get, idle=10, longest=25, most=2, clock=clock)
    token = sessions.begin("ada")
    for _ in range(3):
        clock.now += 8
        assert sessions.user(token) == "ada"
    clock.now += 8
    assert sessions.user(token) is None, "however busy, it ends one day"
    idle = sessions.begin("ada")
    clock.now += 11
    assert sessions.user(idle) is None
    first, _, third = sessions.begin("ada"), sessions.begin("ada"), sessions.begin("ada")
    assert sessions.user(first) is None, "there is room for so many"
    stamps["ada"] = "2"
    assert sessions.user(third) is None, "a new password ends them all"
    assert sessions.user("") is None and sessions.user("\ud800") is None


def test_a_user_who_is_taken_out_is_out_at_once(tmp_path: Path, page: Page) -> None:
    path = tmp_path / "users"
    save_user(path, "ada", SECRET)
    save_user(path, "eve", SECRET)
    gate = Gate(page, Access(accounts=Accounts(path)))
    cookie = cookie_of(sign_in(gate, "eve"))
    assert request(gate, cookie=cookie)[0] == 200
    kept = [line for line in path.read_text().splitlines() if not line.startswith("eve")]
    path.write_text("\n".join(kept))
    assert request(gate, cookie=cookie)[0] == 401
    assert sign_in(gate, "eve")[0] == 403
    path.unlink()
    assert sign_in(gate)[0] == 503


def test_passwords_are_kept_as_salted_slow_hashes(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "users"
    save_user(path, "ada", SECRET)
    save_user(path, "eve", SECRET)
    lines = path.read_text().splitlines()
    assert SECRET not in path.read_text()
    assert lines[0].split(":")[1:5] == ["scrypt", "65536", "8", "1"]
    assert lines[0].partition(":")[2] != lines[1].partition(":")[2], "each has a salt of its own"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    save_user(path, "ada", "another good password")
    accounts = Accounts(path)
    assert len(accounts) == 2
    assert accounts.check("ada", "another good password") and not accounts.check("ada", SECRET)
    for name, password in (
        ("a:b", SECRET),
        ("", SECRET),
        ("ada\n", SECRET),
        ("ada", "short"),
        ("ada", "x" * 1001),
    ):
        with pytest.raises(AccountError):
            save_user(path, name, password)
    assert Password.read(Password.of(SECRET).written()).matches(SECRET)


@pytest.mark.parametrize(
    "content",
    [
        "ada",
        "ada:secret",
        "ada:scrypt:1:8:1:AA==:AA==",
        "ada:scrypt:65536:8:1:?:?",
        ":scrypt:65536:8:1:AA==:AA==",
    ],
)
def test_a_users_file_that_is_none_says_which_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "users"
    path.write_text(f"# who may come in\n{content}\n")
    path.chmod(0o600)
    with pytest.raises(AccountError, match="Line 2") as refusal:
        Accounts(path)
    assert "secret" not in str(refusal.value)


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_users_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "users"
    save_user(path, "ada", SECRET)
    path.chmod(0o644)
    with pytest.raises(AccountError, match="chmod 600"):
        Accounts(path)


def test_who_may_be_asked_for(users: Path) -> None:
    alone, shared = Access(), Access(accounts=Accounts(users), names=frozenset({"news.example"}))
    assert alone.admits("localhost") and not alone.admits("192.168.1.5")
    assert shared.admits("192.168.1.5") and shared.admits("NEWS.example") and shared.admits("[fd00::1]")
    assert not shared.admits("evil.example") and not shared.admits("")


def test_another_site_cannot_sign_anybody_in(users: Path) -> None:
    access = Access(accounts=Accounts(users), names=frozenset({"news.example"}))
    guarded = Guard(Gate(Page(), access), access.admits)
    for origin in ("https://evil.example", "null", "http://news.example.evil.example"):
        assert sign_in(guarded, host="news.example", origin=origin)[0] == 403
    status, headers, _ = sign_in(guarded, host="news.example", origin="https://news.example")
    assert status == 303 and "frame-ancestors 'none'" in headers["content-security-policy"]
    assert request(guarded, host="evil.example")[0] == 403


def test_it_is_not_started_open(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    assert app.main(["--host", "0.0.0.0", "--no-browser"]) == 2
    assert "--users" in capsys.readouterr().err
    empty = tmp_path / "users"
    empty.touch(mode=0o600)
    assert app.main(["--host", "0.0.0.0", "--no-browser", "--users", str(empty)]) == 2
    assert "names nobody" in capsys.readouterr().err
    assert app.main(["--host", "0.0.0.0", "--no-browser", "--proxy", "X-User@0.0.0.0/0"]) == 2
    assert "HEADER@ADDRESS" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", __import__("io").StringIO(f"{SECRET}\n"))
    assert app.main(["--users", str(empty), "--add-user", "ada"]) == 0
    assert SECRET not in "".join(capsys.readouterr())
    assert Accounts(empty).check("ada", SECRET)


def test_a_served_page_lets_in_who_signed_in_and_knows_the_name(users: Path, tmp_path: Path) -> None:
    import http.client
    import json
    import socket

    from pages import FakeAssistant, FakeLibrary

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    library = FakeLibrary()
    access = Access(accounts=Accounts(users))
    page = app.serve(
        library,
        FakeAssistant(library),
        data_dir=tmp_path,
        port=port,
        open_browser=False,
        block=False,
        access=access,
    )

    def ask(method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheader("set-cookie", ""), content

    try:
        for path in (
            "/",
            "/config",
            "/gradio_api/upload",
            "/gradio_api/queue/data?session_hash=a",
            "/theme.css",
        ):
            assert ask("GET", path)[0] == 401
        form = urlencode({"name": "ada", "password": SECRET})
        status, cookie, _ = ask("POST", "/sign-in", form)
        assert status == 303
        cookie = cookie.partition(";")[0]
        assert ask("GET", "/", Cookie=cookie)[0] == 200
        config = json.loads(ask("GET", "/config", Cookie=cookie)[2])
        assert config["username"] == "ada"
        assert ask("GET", "/config", Cookie=f"{COOKIE}=stolen")[0] == 401
    finally:
        page.close()
