"""The page over HTTP, asked by somebody who means harm: nothing is read, nothing is told, the page stays up."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from pages import FakeAssistant, FakeLibrary

import app
from assistant import Event, Style, Turn
from index import ArticleFilter

SECRET = "sk-this-is-a-secret-key"
MARKER = "the words of a private file"


class WaitingAssistant(FakeAssistant):
    """Answers when it is allowed to."""

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__(library)
        self.allowed = threading.Event()

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: ArticleFilter | None = None,
        *,
        style: Style = Style.NORMAL,
    ) -> Iterator[Event]:
        self.allowed.wait(60)
        yield from super().stream(question, history, within)


class Site:
    """A page that is served, and what stands behind it."""

    def __init__(self, folder: Path) -> None:
        library = FakeLibrary()
        self.folder = folder
        self.assistant = WaitingAssistant(library)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.page = app.serve(
            library, self.assistant, data_dir=folder, port=self.port, open_browser=False, block=False
        )

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            named = {"Host": f"127.0.0.1:{self.port}", **{k.replace("_", "-"): v for k, v in headers.items()}}
            if body is not None:
                named["Content-Length"] = str(len(body))
            for name, value in named.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read(2_000_000)
        finally:
            connection.close()

    def post(self, path: str, content: object, **headers: str) -> tuple[int, bytes]:
        return self.ask(
            "POST", path, json.dumps(content).encode(), Content_Type="application/json", **headers
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("collection")
    (folder / "private.txt").write_text(MARKER)
    (folder / "uploads").mkdir()
    (folder / "uploads" / "0123-theirs.txt").write_text(MARKER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTICLE_ASSISTANT_API_KEY", SECRET)
        opened = Site(folder)
        yield opened
        opened.page.close()


def harmless(site: Site, answer: tuple[int, bytes], asked: str = "") -> bool:
    """Tell whether an answer refuses, and says nothing of files, code or secrets but what was asked for itself."""
    status, body = answer
    told = (MARKER, SECRET, "Traceback", "site-packages", str(site.folder), "root:x:", "PRIVATE KEY")
    return status >= 400 and not any(one.encode() in body for one in told if one not in asked)


def test_files_cannot_be_read(site: Site) -> None:
    own = str(site.folder / "private.txt")
    names = [
        own,
        own.replace("/", "%2F"),
        str(site.folder / "uploads" / "0123-theirs.txt"),
        str(site.folder / "x" / ".." / "private.txt"),
        f"/tmp/../{own}",
        "/etc/passwd",
        "../../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "....//....//etc/passwd",
        "/proc/self/environ",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "//evil.example/x",
        "app.py",
        str(Path(app.__file__)),
        str(Path(app.__file__).parent / "pyproject.toml"),
        "\\\\evil.example\\x",
        "C:/windows/win.ini",
        "%00",
        "a" * 5_000,
    ]
    for name in names:
        for route in (
            "/gradio_api/file=",
            "/file=",
            "/gradio_api/file/",
            "/static/",
            "/assets/",
            "/theme.css/",
            "/custom_component/",
        ):
            answer = site.ask("GET", route + name)
            assert harmless(site, answer, unquote(name)), (route, name, answer)


def test_what_is_not_offered_is_not_there(site: Site) -> None:
    for path in (
        "/monitoring",
        "/monitoring/x",
        "/gradio_api/monitoring",
        "/gradio_api/mcp/sse",
        "/gradio_api/mcp/",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/proxy=http://127.0.0.1/",
        "/login",
        "/.env",
        "/.git/config",
        "/gradio_api/deep_link",
        "/gradio_api/reload",
    ):
        answer = site.ask("GET", path)
        assert harmless(site, answer) or (answer[0] == 200 and b"<title>Article Assistant" in answer[1]), (
            path,
            answer,
        )


def test_nothing_can_be_called_by_name(site: Site) -> None:
    status, body = site.ask("GET", "/gradio_api/info")
    assert status != 200 or not json.loads(body)["named_endpoints"]
    for name in ("respond", "predict", "lambda", "recall", "latest", "_add", "services"):
        assert harmless(site, site.post(f"/gradio_api/call/{name}", {"data": ["x"]}))
        assert harmless(site, site.post(f"/gradio_api/run/{name}", {"data": ["x"]}))
        assert harmless(site, site.post(f"/run/{name}", {"data": ["x"]}))


def test_what_the_browser_is_told_holds_no_secret(site: Site) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/app_id"):
        status, body = site.ask("GET", path)
        assert status < 500
        assert SECRET.encode() not in body and MARKER.encode() not in body
        assert str(site.folder).encode() not in body


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://localhost:1", "file://", "http://127.0.0.1"]
)
def test_another_site_changes_nothing(site: Site, origin: str) -> None:
    for path in (
        "/gradio_api/queue/join",
        "/gradio_api/upload",
        "/gradio_api/component_server",
        "/gradio_api/cancel",
    ):
        for cookie in ({}, {"Cookie": "access-token=x; session=y"}):
            answer = site.post(path, {"data": []}, Origin=origin, **cookie)
            assert answer[0] == 403 and harmless(site, answer)


def test_another_name_is_not_answered(site: Site) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "169.254.169.254", ""):
        assert harmless(site, site.ask("GET", "/config", Host=host))


def upload(name: str, content: bytes, kind: str = "text/plain") -> tuple[bytes, str]:
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.html", "text/html"),
        ("picture.svg", "image/svg+xml"),
        ("program.exe", "application/octet-stream"),
        ("../../outside.html", "text/html"),
        ("script.js", "text/javascript"),
    ],
)
def test_an_uploaded_file_is_never_a_page(site: Site, name: str, kind: str) -> None:
    body, form = upload(name, b"<script>alert(1)</script>", kind)
    status, answer = site.ask("POST", "/gradio_api/upload", body, Content_Type=form)
    assert status == 200
    (stored,) = json.loads(answer)
    assert ".." not in stored and "outside" not in str(Path(stored).parent)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", f"/gradio_api/file={stored}")
    sent = connection.getresponse()
    sent.read()
    if sent.status == 200:
        plain = sent.getheader("content-type", "").startswith(("text/plain", "application/octet-stream"))
        apart = sent.getheader("content-disposition", "").startswith("attachment")
        assert plain or apart, sent.getheaders()
        assert sent.getheader("x-content-type-options") == "nosniff"
    connection.close()


def test_too_large_an_upload_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLE_ASSISTANT_UPLOAD_FILE_BYTES", "1000000")
    site = Site(tmp_path)
    try:
        body, form = upload("large.txt", b"a" * 3_000_000)
        assert site.ask("POST", "/gradio_api/upload", body, Content_Type=form)[0] == 413
        assert site.ask("GET", "/config")[0] == 200
    finally:
        site.page.close()


NONSENSE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b'{"data": 7}',
    b'{"data": [], "fn_index": -1, "session_hash": "a"}',
    b'{"data": [], "fn_index": 99999, "session_hash": "a"}',
    b'{"data": [], "fn_index": "x", "session_hash": {}}',
    b'{"fn_index": 0, "session_hash": "../../x", "data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]}',
    b"\xff\xfe\x00",
    b"[" * 5_000,
]


@pytest.mark.parametrize(
    "path", ["/gradio_api/queue/join", "/gradio_api/component_server", "/gradio_api/cancel"]
)
def test_nonsense_is_refused_and_tells_nothing(site: Site, path: str) -> None:
    for body in NONSENSE:
        status, answer = site.ask("POST", path, body, Content_Type="application/json")
        told = (MARKER, SECRET, "Traceback", "site-packages", str(site.folder), "root:x:")
        assert not any(one.encode() in answer for one in told), (body, answer)
        assert status >= 400 or b"error" in answer or b"event_id" in answer, (body, status, answer)
    assert site.ask("GET", "/config")[0] == 200


def test_a_full_queue_is_a_polite_refusal_and_the_page_stays_up(site: Site) -> None:
    config = json.loads(site.ask("GET", "/config")[1])
    boxes = [one["id"] for one in config["components"] if one["props"].get("elem_id") == "question"]
    asks = [
        one
        for one in config["dependencies"]
        if any(target[0] in boxes and target[1] == "submit" for target in one["targets"])
    ]
    refused: tuple[int, bytes] | None = None
    for number in range(80):
        data = ["lighthouse?", *[None] * (len(asks[0]["inputs"]) - 1)]
        asked = {"data": data, "fn_index": asks[0]["id"], "session_hash": f"visitor{number}"}
        status, body = site.post("/gradio_api/queue/join", asked)
        if status != 200:
            refused = (status, body)
            break
    try:
        assert refused is not None, "eighty questions at once were taken in"
        assert number >= 64, "there is room for 64 who wait"
        assert refused[0] == 503 and b"full" in refused[1].lower()
        assert site.ask("GET", "/config")[0] == 200
    finally:
        site.assistant.allowed.set()


def test_a_server_that_was_shouted_at_still_answers(site: Site) -> None:
    for content in (
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x00\xa5",
        b"A" * 100_000,
        b"GET /\x00 HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as raw:
            try:
                raw.sendall(content)
                answer: Any = raw.recv(1_000)
            except OSError:
                answer = b""
            assert b"Traceback" not in answer
    assert site.ask("GET", "/config")[0] == 200


def test_whatever_is_sent_the_page_tells_nothing_and_stays_up(site: Site, chance: random.Random) -> None:
    """Three hundred requests put together at random; $SECURITY_SEED replays them."""
    signs = "abz019-_.~/%?#&=;:@+*'\"<>[]{}\\|^` \t\u00e9\u202e"
    starts = ("/", "/gradio_api/", "/config", "/queue/", "/static/", "/assets/", "/file=", "/sign-in")
    methods = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND")
    kinds = (
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/x-www-form-urlencoded",
    )
    for _ in range(300):
        path = chance.choice(starts) + "".join(chance.choices(signs, k=chance.randrange(40)))
        body = chance.randbytes(chance.randrange(200)) if chance.random() < 0.6 else None
        named = {"Content_Type": chance.choice(kinds), "Accept": chance.choice(("*/*", "text/html", "\x7f"))}
        if chance.random() < 0.3:
            named["Cookie"] = "".join(chance.choices(signs[:20], k=30))
        told = (MARKER, SECRET, "Traceback", "site-packages", str(site.folder))
        asked = (chance.choice(methods), quote(path, safe="/%?&=;:@+*'"), body)
        status, answer = site.ask(*asked, **named)
        assert 200 <= status < 600 and not any(one.encode() in answer for one in told), (asked, named, answer)
    assert site.ask("GET", "/config")[0] == 200
