"""Chroma runs in this process: no server is started, no port is opened, no connection is made."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import chromadb
import psutil
import pytest
from stores import check_invariants, open_index, write_article

NETWORKED = ("HttpClient", "AsyncHttpClient", "CloudClient", "Client", "EphemeralClient")


def test_a_collection_lives_and_dies_without_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Added to, changed, searched, rebuilt, opened again: with every door to a server nailed up."""

    def refuse(*arguments: Any, **named: Any) -> Any:
        raise AssertionError(f"a server was asked for: {arguments} {named}")

    for name in NETWORKED:
        monkeypatch.setattr(chromadb, name, refuse)
    for name in ("connect", "connect_ex", "bind", "listen"):
        monkeypatch.setattr(socket.socket, name, refuse)
    before = set(psutil.Process().children(recursive=True))
    for _ in range(2):
        for number in range(4):
            write_article(tmp_path / "articles", number, paragraphs=1)
        with open_index(tmp_path / "data", chroma=True) as index:
            index.add([tmp_path / "articles"])
            write_article(tmp_path / "articles", 1, version=2, paragraphs=1)
            index.add([tmp_path / "articles"])
            assert index.search("the report of marker1v2", 3)
            index.rebuild()
            check_invariants(index)
    assert set(psutil.Process().children(recursive=True)) <= before
    listening = [one for one in psutil.Process().net_connections() if one.status == psutil.CONN_LISTEN]
    assert listening == []
    assert not [name for name in sys.modules if name.startswith(("chromadb.server", "chromadb.app"))]
