"""Who is answered, and what the browser is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ui.headers import Guard


def answer_to(host: str, *more: tuple[bytes, bytes], method: str = "GET", path: str = "/") -> dict[str, Any]:
    sent: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"host", host.encode()), *more]}
    asyncio.run(Guard(page)(scope, None, send))
    return dict(sent[0])


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "LOCALHOST:1", "[::1]:7860", "127.0.0.9"])
def test_this_machine_is_answered_with_a_policy(host: str) -> None:
    answer = answer_to(host)
    policy = dict(answer["headers"])[b"content-security-policy"].decode()
    assert answer["status"] == 200
    assert "connect-src 'self'" in policy and "http" not in policy


@pytest.mark.parametrize(
    "host", ["evil.example:7860", "192.168.1.5", "", "127.0.0.1.evil.example", "[::2]:1"]
)
def test_the_name_of_another_machine_is_not(host: str) -> None:
    assert answer_to(host)["status"] == 403


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:3000",
        "http://localhost:7860",
        "http://127.0.0.1:7860.evil.example",
        "",
    ],
)
def test_another_site_can_send_nothing_here(origin: str) -> None:
    sent = (b"origin", origin.encode())
    assert answer_to("127.0.0.1:7860", sent, method="POST")["status"] == 403
    assert answer_to("127.0.0.1:7860", sent)["status"] == 200


def test_the_page_itself_and_programs_can() -> None:
    assert answer_to("127.0.0.1:7860", (b"origin", b"http://127.0.0.1:7860"), method="POST")["status"] == 200
    assert answer_to("127.0.0.1:7860", method="POST")["status"] == 200


def test_what_gradio_offers_beside_is_closed_and_what_the_page_needs_is_open() -> None:
    for path in ("/gradio_api/run/respond", "/run/predict", "/gradio_api/call/predict", "/gradio_api/run/"):
        assert answer_to("127.0.0.1:7860", method="POST", path=path)["status"] == 404, path
    for path in ("/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/component_server/"):
        assert answer_to("127.0.0.1:7860", method="POST", path=path)["status"] == 200, path


def test_a_form_of_the_page_itself_is_taken_and_one_of_another_page_is_not() -> None:
    form = (b"origin", b"null")
    for site, status in ((b"same-origin", 200), (b"cross-site", 403), (b"same-site", 403), (b"none", 403)):
        sent = answer_to("127.0.0.1:7860", form, (b"sec-fetch-site", site), method="POST", path="/sign-in")
        assert sent["status"] == status, site
    other = (b"origin", b"https://evil.example")
    forged = answer_to("127.0.0.1:7860", other, (b"sec-fetch-site", b"same-origin"), method="POST")
    assert forged["status"] == 403
