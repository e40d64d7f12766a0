"""What all tests share: no network but loopback, and a cache of the converted model."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import seeds

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.pop("EMBEDDING_MODEL", None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the seeds, also where nothing failed."""
    if seeds.told():
        terminalreporter.write_line(f"Seeds, to replay this run: {seeds.told()}")


SAMPLES = Path(__file__).parent.parent / "articles"


class NetworkBlockedError(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that opens a connection or looks a name up beyond this machine."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise NetworkBlockedError(f"a test tried to reach {address}")
        return connect(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if host is not None and not _is_loopback(str(host)):
            raise NetworkBlockedError(f"a test tried to look up {host}")
        return getaddrinfo(host, *arguments, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1", "0.0.0.0", ""} or host.startswith("127.")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the user's own collection."""
    monkeypatch.setenv("ARTICLE_ASSISTANT_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def model_cache() -> Iterator[Path]:
    """The cache of the converted model: the user's own, since converting takes seconds."""
    from index.config import default_cache_dir

    yield default_cache_dir()


@pytest.fixture
def samples() -> Path:
    """The sample collection."""
    return SAMPLES
