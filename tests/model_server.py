"""A model server that says what a test tells it to, on loopback.

with ModelServer(openai(["Hel", "lo"])) as server:
    ...  # each request to a chat path takes the next reply; the last one stays
server.requests, server.open
"""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

CHAT_PATHS = ("/v1/chat/completions", "/api/chat")
Reply = Callable[["Handler"], None]


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    seen: Seen

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        owner = self.server.owner
        seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        owner.requests.append(seen)
        self.seen = seen
        if self.path not in CHAT_PATHS:
            if (fact := owner.facts.get(self.path)) is None:
                status(404)(self)
            else:
                as_json(fact)(self)
            return
        with owner.counted():
            try:
                owner.next_reply()(self)
            except OSError:
                self.close_connection = True

    def begin(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def send(self, data: bytes) -> None:
        if self.gone(0):
            raise BrokenPipeError
        self.wfile.write(data)

    def gone(self, seconds: float) -> bool:
        """Wait up to `seconds`, and tell whether the client has hung up or the test is over."""
        if self.server.owner.over.is_set():
            return True
        readable, _, _ = select.select([self.connection], [], [], seconds)
        return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""

    def wait(self) -> None:
        while not self.gone(0.02):
            pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: ModelServer

    def handle_error(self, *_: object) -> None:
        pass


class ModelServer:
    def __init__(self, *replies: Reply, facts: dict[str, Any] | None = None) -> None:
        self.requests: list[Seen] = []
        self.facts = facts or {}
        """What it answers on other paths, as JSON."""
        self.open = 0
        """Chat requests that it is answering now."""
        self.over = threading.Event()
        self._replies = list(replies)
        self._guard = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def chats(self) -> list[Seen]:
        return [seen for seen in self.requests if seen.path in CHAT_PATHS]

    def next_reply(self) -> Reply:
        with self._guard:
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def counted(self) -> Any:
        owner = self

        class Counted:
            def __enter__(self) -> None:
                with owner._guard:
                    owner.open += 1

            def __exit__(self, *_: object) -> None:
                with owner._guard:
                    owner.open -= 1

        return Counted()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


def as_json(value: Any, code: int = 200, headers: dict[str, str] | None = None) -> Reply:
    def reply(handler: Handler) -> None:
        data = json.dumps(value).encode()
        handler.send_response(code)
        for name, text in {"Content-Type": "application/json", **(headers or {})}.items():
            handler.send_header(name, text)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def status(code: int, message: str = "no", headers: dict[str, str] | None = None) -> Reply:
    return as_json({"error": {"message": message, "type": "test", "code": code}}, code, headers)


def event(delta: dict[str, Any], reason: str | None = None) -> bytes:
    """One chunk of the OpenAI protocol."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def openai(pieces: Sequence[str], reason: str = "stop") -> Reply:
    def reply(handler: Handler) -> None:
        handler.begin()
        handler.send(event({"role": "assistant", "content": ""}))
        for piece in pieces:
            handler.send(event({"content": piece}))
        handler.send(event({}, reason) + b"data: [DONE]\n\n")

    return reply


def ollama(pieces: Sequence[str], reason: str = "stop") -> Reply:
    def line(said: dict[str, Any], **more: Any) -> bytes:
        message = {"role": "assistant", "content": "", **said}
        return (
            json.dumps(
                {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, **more}
            ).encode()
            + b"\n"
        )

    def reply(handler: Handler) -> None:
        handler.begin("application/x-ndjson")
        for piece in pieces:
            handler.send(line({"content": piece}, done=False))
        handler.send(line({}, done=True, done_reason=reason, prompt_eval_count=3, eval_count=2))

    return reply


def raw(*parts: bytes, then: str = "close") -> Reply:
    """Send bytes as they are, then `close` in order, `cut` the connection, or `wait` for the client to leave."""

    def reply(handler: Handler) -> None:
        handler.begin()
        if then == "cut":
            # A chunked body that lacks its end: the client knows that something is missing.
            handler.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
            )
        for part in parts:
            handler.send(part)
        handler.wfile.flush()
        if then == "cut":
            handler.gone(0.2)
            handler.connection.close()
        if then == "wait":
            handler.wait()

    return reply


def silent(handler: Handler) -> None:
    """Take the request, and say nothing at all."""
    handler.wait()


def endless(words: Callable[[int], str]) -> Reply:
    def reply(handler: Handler) -> None:
        handler.begin()
        number = 0
        while True:
            handler.send(event({"content": words(number)}))
            number += 1

    return reply
