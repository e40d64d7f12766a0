"""Visitors who break off in the middle of an answer, over HTTP as a browser does: nothing of them is left."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
from stores import write_article

import app
from assistant import Assistant
from assistant.config import ModelConfig
from assistant.fakes import ScriptedModel
from assistant.llm import LanguageModel
from assistant.quote import Calibration
from index import Index
from index.fakes import HashEmbedder, InMemoryVectors

VISITORS, AT_ONCE = 200, 4
ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)


class SlowModel(ScriptedModel):
    """Writes without end, and slowly."""

    def _stream(self, system: str, user: str) -> Iterator[Any]:
        stream = super()._stream(system, user)
        try:
            for piece in stream:
                time.sleep(0.02)
                yield piece
        finally:
            stream.close()  # type: ignore[attr-defined]


class Served:
    """A page over a small collection, written by a slow model."""

    def __init__(self, folder: Path) -> None:
        self.model = SlowModel(
            ["The harbour report of marker1v1 says that the council met the bridge [1]. " * 200]
        )
        self.index = Index.open(folder / "data", embedder=HashEmbedder(), vectors=InMemoryVectors)
        self.index.add([write_article(folder / "articles", 1, paragraphs=1)])
        language_model = LanguageModel.of(self.model, ModelConfig(name="none", retries=0))
        assistant = Assistant(self.index, calibration=ALWAYS, model=language_model)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.page = app.serve(
            self.index, assistant, model=assistant, port=self.port, open_browser=False, block=False
        )
        self.address = f"http://127.0.0.1:{self.port}"
        config = httpx.get(f"{self.address}/config").json()
        boxes = {one["id"] for one in config["components"] if one["props"].get("elem_id") == "question"}
        self.asks = next(
            one
            for one in config["dependencies"]
            if any(target[0] in boxes and target[1] == "submit" for target in one["targets"])
        )

    def ask(self, visitor: str) -> None:
        """Put a question into the queue."""
        data = ["What does the report of marker1v1 say?", *[None] * (len(self.asks["inputs"]) - 1)]
        asked = {"data": data, "fn_index": self.asks["id"], "session_hash": visitor}
        assert httpx.post(f"{self.address}/gradio_api/queue/join", json=asked, timeout=60).status_code == 200

    def leave_in_the_middle(self, visitor: str) -> None:
        """Ask, read the beginning of the answer, and break the connection off."""
        self.ask(visitor)
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
            path = f"/gradio_api/queue/data?session_hash={visitor}"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
            told = b""
            while told.count(b"process_generating") < 2:
                piece = connection.recv(65_536)
                assert piece and b"process_completed" not in told, told[-2_000:]
                told += piece
            # Closed like this, it is cut off with a reset, as by a phone that leaves the network.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def busy(self) -> int:
        """Count the questions that are being answered, or wait to be."""
        queue = self.page.app.get_blocks()._queue
        return sum(job is not None for job in queue.active_jobs) + len(queue)


def tasks() -> int:
    """Count the tasks of the page's event loop that are not done."""
    return sum(isinstance(one, asyncio.Task) and not one.done() for one in gc.get_objects())


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def test_two_hundred_visitors_who_break_off_leave_no_thread_task_or_model_slot(tmp_path: Path) -> None:
    served = Served(tmp_path)
    process = psutil.Process(os.getpid())
    try:
        state = []
        for visitors in (range(20), range(20, 20 + VISITORS)):  # the first load what is loaded once
            errors = visit(served, visitors)
            assert errors == []
            assert wait_until(lambda: served.model.open_streams == 0), "a model goes on writing for nobody"
            assert wait_until(lambda: served.busy() == 0), "a place in the queue is not free again"
            time.sleep(1.0)
            gc.collect()
            memory = process.memory_info().rss / 1e6
            state.append((threading.active_count(), process.num_fds(), memory, tasks()))
        (threads, files, memory, waiting), after = state
        print(f"threads {threads} → {after[0]}, files {files} → {after[1]}, tasks {waiting} → {after[3]}")
        print(f"memory {memory:.0f} → {after[2]:.0f} MB")
        assert after[0] <= threads + 2
        assert after[1] <= files + 4
        assert after[2] - memory < 50
        assert after[3] <= waiting + 2
    finally:
        served.page.close()
        served.index.close()


def visit(served: Served, visitors: range) -> list[str]:
    """Let visitors come, a few at a time, and leave; returns what went wrong."""
    errors: list[str] = []

    def some(first: int) -> None:
        for number in visitors[first::AT_ONCE]:
            try:
                served.leave_in_the_middle(f"visitor{number}")
            except Exception as error:
                errors.append(repr(error)[:500])
                return

    threads = [threading.Thread(target=some, args=(first,)) for first in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_who_stays_is_answered_after_all_that(tmp_path: Path) -> None:
    """Those who leave take no place from one who stays."""
    served = Served(tmp_path)
    try:
        assert visit(served, range(12)) == []
        served.ask("stays")
        with httpx.stream(
            "GET", f"{served.address}/gradio_api/queue/data?session_hash=stays", timeout=120
        ) as told:
            kinds = [json.loads(line[6:])["msg"] for line in told.iter_lines() if line.startswith("data: ")]
        assert kinds[-2:] == ["process_completed", "close_stream"] or "process_completed" in kinds
    finally:
        served.page.close()
        served.index.close()
