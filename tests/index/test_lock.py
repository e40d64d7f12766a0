"""One writer at a time, named to the others; and the gate before the vector files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.errors import IndexLockedError, StoreError
from index.lock import VectorGate, WriterLock

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from pathlib import Path; from index.lock import WriterLock;"
    "WriterLock(Path(sys.argv[1])).acquire(); print('held', flush=True); sys.stdin.read()"
)


def holder(data_dir: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with WriterLock(tmp_path), pytest.raises(IndexLockedError) as refusal:
        WriterLock(tmp_path).acquire()
    assert str(tmp_path / ".lock") in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert refusal.value.retryable


def test_a_lock_is_free_again_after_its_release(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    for _ in range(2):
        with lock:
            assert (tmp_path / ".lock").read_text()
        assert (tmp_path / ".lock").read_text() == ""
    lock.release()


def test_another_process_is_named_and_its_death_frees_the_lock(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        with pytest.raises(IndexLockedError, match=f"process {process.pid} "):
            WriterLock(tmp_path).acquire()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert (tmp_path / ".lock").read_text(), "the dead process left its name"
    with WriterLock(tmp_path):
        assert f'"pid": {os.getpid()}' in (tmp_path / ".lock").read_text()


def test_a_lock_file_without_sense_still_gives_a_sentence(tmp_path: Path) -> None:
    with WriterLock(tmp_path):
        (tmp_path / ".lock").write_bytes(b"\xff\x00[]")
        with pytest.raises(IndexLockedError, match="another process"):
            WriterLock(tmp_path).acquire()


def test_a_directory_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="missing"):
        WriterLock(tmp_path / "missing").acquire()


def test_the_gate_counts_changes(tmp_path: Path) -> None:
    gate, other = VectorGate(tmp_path / ".gate"), VectorGate(tmp_path / ".gate")
    with gate.reading() as count:
        assert count == 0
    with gate.changing() as first, pytest.raises(RuntimeError), other_error():
        assert first == 1
    with other.changing() as second:
        assert second == 2
    with gate.reading() as count, other.reading() as same:
        assert count == same == 2


class other_error:  # noqa: N801
    def __enter__(self) -> None:
        return None

    def __exit__(self, *details: object) -> None:
        raise RuntimeError("a change that fails still counts")


def test_readers_wait_for_a_change(tmp_path: Path) -> None:
    gate = VectorGate(tmp_path / ".gate")
    seen: list[int] = []

    def read() -> None:
        with gate.reading() as count:
            seen.append(count)

    with gate.changing():
        pass
    with gate.changing():
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(timeout=0.2)
        assert thread.is_alive()
        assert seen == []
    thread.join()
    assert seen == [2]
