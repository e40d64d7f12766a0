"""Damaged vectors: answers go on, marked as such, while they are built again beside them."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stores import check_invariants, open_index, write_article

from assistant import Assistant, Status
from assistant.quote import Calibration
from index import Index, Mender
from index.catalog import TERMS_DAMAGED
from index.errors import IndexCorruptError, StoreError
from index.fakes import HashEmbedder
from index.lock import WriterLock
from index.mender import BEING_MENDED, mend

ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
QUESTION = "What does the harbour report of marker1v1 say?"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    opened = open_index(tmp_path / "data")
    opened.add([write_article(tmp_path / "articles", number, paragraphs=1) for number in range(3)])
    return opened


def lose_vectors(index: Index) -> None:
    index.vectors.delete(index.catalog.passage_ids()[:1])
    assert index.check_health().reason


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def test_answers_go_on_while_the_vectors_are_built_again(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(index, calibration=ALWAYS)
    before = assistant.ask(QUESTION)
    assert before.status is Status.QUOTED
    lose_vectors(index)
    may, begun, rebuild = threading.Event(), threading.Event(), index.rebuild

    def slowly(*arguments: Any) -> int:
        begun.set()
        may.wait(20)
        return rebuild(*arguments)

    monkeypatch.setattr(index, "rebuild", slowly)
    with Mender(index, nap=0.02) as mender:
        assert begun.wait(20)
        meanwhile = assistant.ask(QUESTION)
        assert meanwhile.status is Status.DEGRADED
        assert any(BEING_MENDED in warning for warning in meanwhile.warnings)
        assert "marker1v1" in meanwhile.citations[0].quote
        may.set()
        wait_for(lambda: index.status().degraded is None)
        assert mender.trouble is None
    after = assistant.ask(QUESTION)
    assert (after.status, after.text) == (Status.QUOTED, before.text)
    check_invariants(index)


def test_nothing_is_mended_that_is_whole_or_of_another_model(index: Index) -> None:
    assert not mend(index)
    lose_vectors(index)
    index.embedder = HashEmbedder(name="other")
    assert not mend(index), "another model would have to embed everything: that is for the user to say"
    index.embedder = HashEmbedder()
    assert mend(index) and not mend(index)


def test_a_damaged_full_text_search_is_done_without_and_built_again(index: Index) -> None:
    assistant = Assistant(index, calibration=ALWAYS)
    before = assistant.ask(QUESTION)
    with sqlite3.connect(index.data_dir / "catalog.sqlite") as connection:
        connection.execute("UPDATE fulltext_data SET block = x'ffffffff' WHERE id > 10")
    connection.close()
    meanwhile = assistant.ask(QUESTION)
    assert meanwhile.status is Status.DEGRADED
    assert any("found by meaning only" in warning for warning in meanwhile.warnings)
    assert "marker1v1" in meanwhile.citations[0].quote
    assert index.status().degraded == TERMS_DAMAGED
    with Mender(index, nap=0.02):
        wait_for(lambda: index.status().degraded is None)
    after = assistant.ask(QUESTION)
    assert (after.status, after.text) == (Status.QUOTED, before.text)
    check_invariants(index)


def test_a_damaged_catalog_is_not_taken_for_that(index: Index) -> None:
    path = index.data_dir / "catalog.sqlite"
    index.catalog.truncate_log()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * len(content[4096:])
    index.close()
    path.write_bytes(content)
    with pytest.raises(IndexCorruptError, match="backup"):
        list(open_index(index.data_dir).articles())


def test_it_waits_for_who_changes_the_collection(index: Index) -> None:
    lose_vectors(index)
    with WriterLock(index.data_dir) as lock, Mender(index, nap=0.02) as mender:
        time.sleep(0.2)
        assert index.degraded and mender.trouble is None
        lock.release()
        wait_for(lambda: index.degraded is None)


def test_a_failure_is_told_and_tried_again_later(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_vectors(index)
    with monkeypatch.context() as patch, Mender(index, nap=0.02) as mender:
        patch.setattr(index, "rebuild", lambda: (_ for _ in ()).throw(StoreError("No room is left.")))
        wait_for(lambda: mender.trouble)
        assert mender.trouble == "No room is left."
        patch.undo()
        wait_for(lambda: index.degraded is None)
        wait_for(lambda: mender.trouble is None)


def test_chroma_is_mended_beside_searches(tmp_path: Path) -> None:
    with open_index(tmp_path / "data", chroma=True) as index:
        index.add([write_article(tmp_path / "articles", number, paragraphs=1) for number in range(3)])
    shutil.rmtree(tmp_path / "data" / "vectors" / "articles-2", ignore_errors=True)
    for file in (tmp_path / "data" / "vectors").rglob("chroma.sqlite3"):
        file.write_bytes(b"nonsense")
    with open_index(tmp_path / "data", chroma=True) as index, Mender(index, nap=0.05):
        assert index.search(QUESTION), "found by words"
        assert index.degraded
        wait_for(
            lambda: index.status().degraded is None and (index.search(QUESTION), index.degraded)[1] is None
        )
        check_invariants(index)
