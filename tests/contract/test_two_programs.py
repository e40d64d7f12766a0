"""Two programs and one collection: the second is told who has it, at once, and the first is not disturbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stores import check_invariants, open_index, write_article

from assistant.cli import main

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from pathlib import Path; from index.lock import WriterLock; "
    "WriterLock(Path(sys.argv[1])).acquire(); print('held', flush=True); sys.stdin.read()"
)


@pytest.mark.parametrize("command", [["add", "{}"], ["remove", "0123456789abcdef"], ["rebuild"], ["purge"]])
def test_the_second_writer_ends_within_a_second(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    data, article = tmp_path / "data", write_article(tmp_path, 1)
    open_index(data).close()
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None and other.stdout.readline() == b"held\n"
    begun = time.process_time()
    code = main([*(one.format(article) for one in command), "--data", str(data)])
    assert time.process_time() - begun < 1
    error = capsys.readouterr().err
    assert code == 2
    assert str(data) in error and f"process {other.pid}" in error and error.count("\n") == 1
    other.kill()
    other.communicate()
    assert json.loads((data / ".lock").read_text())["pid"] == other.pid, "it left its name"
    with open_index(data) as index:
        assert index.add([article]).added, "and nothing else"


READ = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from stores import found_words, open_index
index = open_index(Path(sys.argv[1]), chroma=True, read_only=True)
index.search("harbour council bridge report", 10)
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    begun = time.time()
    hits = index.search("harbour council bridge report", 50)
    assert index.degraded is None, index.degraded
    print(begun, len({hit.article.id for hit in hits}), len(found_words(index, "report")), flush=True)
    time.sleep(0.05)
index.close()
"""


@pytest.mark.faults
@pytest.mark.skipif(os.name != "posix", reason="needs locks that are shared")
def test_readers_see_what_a_writer_has_added_by_the_time_they_look(tmp_path: Path) -> None:
    """The collection is shared by processes through its files; there is no server in between."""
    data, stop, number = tmp_path / "data", tmp_path / "stop", 10
    with open_index(data, chroma=True) as index:
        index.add([write_article(tmp_path / "articles", 0, paragraphs=1)])
        command = [sys.executable, "-c", READ, str(data), str(stop), str(ROOT), str(ROOT / "tests")]
        readers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        for reader in readers:
            assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
        added = []
        for one in range(1, number):
            index.add([write_article(tmp_path / "articles", one, paragraphs=1)])
            added.append(time.time())
        time.sleep(3)
        stop.touch()
        check_invariants(index)
    for reader in readers:
        output, error = reader.communicate(timeout=120)
        assert reader.returncode == 0, error
        looks = [tuple(map(float, line.split())) for line in output.splitlines()]
        assert looks[-1][1:] == (number, number)
        for begun, by_meaning, by_words in looks:
            there = 1 + sum(moment < begun for moment in added)
            assert by_meaning >= there and by_words >= there
