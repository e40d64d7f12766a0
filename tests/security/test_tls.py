"""The page over TLS, with a certificate of these tests: what is sent is encrypted, and the session stays there."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pages import FakeAssistant, FakeLibrary
from web import CERTIFICATE

import app
from ui.accounts import Accounts, save_user
from ui.guard import COOKIE, Access, AccessError
from ui.tls import CERT_ENV, Certificate

NAME, SECRET = "news.example", "correct horse battery"


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "page.pem"
    shutil.copy(CERTIFICATE, path)
    path.chmod(0o600)
    return path


@pytest.fixture
def port(tmp_path: Path, pem: Path) -> Iterator[int]:
    """A page that is served as news.example, to ada."""
    save_user(tmp_path / "users", "ada", SECRET)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    library = FakeLibrary()
    page = app.serve(
        library,
        FakeAssistant(library),
        data_dir=tmp_path,
        port=number,
        open_browser=False,
        block=False,
        access=Access(accounts=Accounts(tmp_path / "users"), names=frozenset({NAME})),
        certificate=Certificate.of(pem),
    )
    yield number
    page.close()


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
    """Ask as a browser does that trusts the certificate, and knows the page by its name."""
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    plain = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection = http.client.HTTPConnection(NAME, port)
    connection.sock = trusting.wrap_socket(plain, server_hostname=NAME)
    connection.request(method, path, body, {"Connection": "close", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_who_signs_in_over_tls_gets_a_session_that_never_leaves_it(port: int) -> None:
    assert ask(port, "GET", "/config").status == 401
    own = {"Origin": f"https://{NAME}:{port}", "Sec-Fetch-Site": "same-origin"}
    answer = ask(port, "POST", "/sign-in", urlencode({"name": "ada", "password": SECRET}), **own)
    assert answer.status == 303
    cookie = answer.getheader("set-cookie", "")
    assert cookie.startswith(COOKIE) and {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert ask(port, "GET", "/", Cookie=cookie.partition(";")[0]).status == 200
    assert ask(port, "POST", "/sign-out", Origin="https://evil.example").status == 403


def test_nothing_is_answered_in_the_clear(port: int) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.request("GET", "/sign-in", headers={"Host": NAME})
        plain.getresponse()
    plain.close()


def test_a_certificate_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, pem: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = pem.read_text()
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    begin = text.index("-----BEGIN CERTIFICATE")
    end = text.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----\n")
    cert.write_text(text[begin:end])
    key.write_text(text[:begin] + text[end:])
    key.chmod(0o600)
    assert Certificate.of() is None
    assert Certificate.of(cert, key) == Certificate(cert=cert, key=key)
    for named in ((None, key), (cert, None), (tmp_path / "none", None), (cert, tmp_path), (key, cert)):
        with pytest.raises(AccessError) as told:
            Certificate.of(*named)
        assert "\n" not in str(told.value)
    assert app.main(["--no-browser", "--tls-cert", str(cert)]) == 2
    error = capsys.readouterr().err
    assert "no certificate with its key" in error and error.count("\n") == 1
    monkeypatch.setenv(CERT_ENV, str(pem))
    assert Certificate.of() == Certificate(cert=pem, key=pem)


@pytest.mark.skipif(os.name != "posix", reason="the rights of files are those of POSIX")
def test_a_key_that_others_can_read_is_refused(pem: Path) -> None:
    pem.chmod(0o644)
    with pytest.raises(AccessError, match="chmod o="):
        Certificate.of(pem)
