"""A scripted model server, and no keys but those that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.model_server import ModelServer, Reply


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARTICLE_ASSISTANT_API_KEY", "OPENAI_API_KEY", "ARTICLE_ASSISTANT_API_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., ModelServer]]:
    servers: list[ModelServer] = []

    def start(*replies: Reply, facts: dict[str, Any] | None = None) -> ModelServer:
        servers.append(ModelServer(*replies, facts=facts).__enter__())
        return servers[-1]

    yield start
    for server in servers:
        server.__exit__()
