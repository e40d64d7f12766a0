"""A catalog that somebody else is writing to: readers read on, a writer waits, and is told if it takes too long."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from stores import check_invariants, found_words, open_index, write_article

from index import schema
from index.errors import IndexLockedError


def hold(data: Path) -> sqlite3.Connection:
    """Begin to write, and do not end."""
    other = sqlite3.connect(data / "catalog.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_writer_waits_for_another_and_readers_do_not(tmp_path: Path) -> None:
    with open_index(tmp_path / "data") as index:
        index.add([write_article(tmp_path, 1, paragraphs=1)])
        other = hold(tmp_path / "data")
        assert found_words(index, "marker1v1") and index.search("the report of marker1v1")
        threading.Timer(0.5, lambda: other.execute("ROLLBACK")).start()
        assert index.add([write_article(tmp_path, 2, paragraphs=1)]).added
        check_invariants(index)
        other.close()


def test_a_writer_that_waits_too_long_is_told_and_can_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_BUSY_SECONDS", 0.2)
    with open_index(tmp_path / "data") as index:
        index.add([write_article(tmp_path, 1, paragraphs=1)])
        other = hold(tmp_path / "data")
        with pytest.raises(
            IndexLockedError, match="in use by another process; try again in a moment"
        ) as refusal:
            index.add([write_article(tmp_path, 2, paragraphs=1)])
        assert refusal.value.retryable
        assert index.search("the report of marker1v1"), "questions are answered meanwhile"
        other.execute("ROLLBACK")
        other.close()
        assert index.add([tmp_path / "article-002.txt"]).added
        check_invariants(index)
