"""A full disk: a clear error, everything finished before it is kept, and the next run completes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from stores import check_invariants, open_index, texts, write_article

ADD = """
import resource, sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from stores import open_index
from index.errors import IndexFullError
from index import detect_language
detect_language('Its model is unpacked to a large file of its own, once.')
index = open_index(Path(sys.argv[1]), chroma=True)
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    index.add([sys.argv[2]])
except IndexFullError as error:
    print(error)
    sys.exit(3)
"""
ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
@pytest.mark.parametrize("limit", [150_000, 300_000, 450_000, 600_000])
def test_a_limit_on_the_size_of_files(tmp_path: Path, limit: int) -> None:
    folder, data = tmp_path / "articles", tmp_path / "data"
    for number in range(40):
        write_article(folder, number, paragraphs=6)
    command = [sys.executable, "-c", ADD, str(data), str(folder), str(limit), str(ROOT), str(ROOT / "tests")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "free some and run the same command again" in done.stdout
    index = open_index(data, chroma=True)
    before = texts(index)
    for article in index.articles():
        assert index.passages(article.id)
    report = index.add([folder])
    assert index.status().articles == 40
    assert len(report.unchanged) == len(before)
    check_invariants(index)
    assert index.status(check=True).degraded is None
    index.close()
