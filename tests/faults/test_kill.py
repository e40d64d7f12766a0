"""kill -9 at random points: nothing acknowledged is lost, nothing is half there, the next run completes."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stores import article_text, check_invariants, found_words, open_index, texts, write_article

WORKER = Path(__file__).parent / "worker.py"
ARTICLES = 200


def start(data: Path, folder: Path, action: str, *failpoint: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(data), str(folder), action, *failpoint],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_after(process: subprocess.Popen[str], seconds: float) -> set[str]:
    """Let the process work for a while, kill it, and return what it had acknowledged."""
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    assert lines == ["ready\n"], process.communicate()[1]
    time.sleep(seconds)
    process.kill()
    output, _ = process.communicate()
    return {line.split()[1] for line in output.splitlines() if line.startswith("acknowledged")}


def assert_whole_articles(data: Path, expected: dict[str, set[str]]) -> set[str]:
    """Assert, with what is there now, that each article is one of its versions; returns the ids."""
    index = open_index(data, chroma=True, read_only=True)
    for path, text in texts(index).items():
        assert text.strip() in expected[path]
    for article in index.articles():
        passages = index.passages(article.id)
        assert "".join(one.text for one in passages).replace("\n", "").replace(" ", "") == (
            article.text.replace("\n", "").replace(" ", "")
        )
        versions = {one.text for one in passages if "marker" in one.text}
        assert versions
    ids = {one.id for one in index.list_articles()}
    index.close()
    return ids


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(ARTICLES):
        write_article(tmp_path / "articles", number, paragraphs=2)
    return tmp_path / "articles"


def expected(folder: Path, versions: tuple[int, ...] = (1,)) -> dict[str, set[str]]:
    return {
        str(folder / f"article-{number:03}.txt"): {article_text(number, v, 2).strip() for v in versions}
        for number in range(ARTICLES)
    }


def test_killed_while_adding(tmp_path: Path, folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    data = tmp_path / "data"
    acknowledged: set[str] = set()
    for _ in range(10):
        acknowledged |= kill_after(start(data, folder, "add"), rng.uniform(0.1, 2.0))
        present = assert_whole_articles(data, expected(folder))
        assert acknowledged <= present, (
            f"seed {seed}: {len(acknowledged - present)} acknowledged articles are gone"
        )
    index = open_index(data, chroma=True)
    report = index.add([folder])
    assert len(report.unchanged) >= len(acknowledged)
    assert index.status().articles == ARTICLES
    assert {path: {text.strip()} for path, text in texts(index).items()} == expected(folder)
    check_invariants(index)
    reference = open_index(tmp_path / "uninterrupted")
    reference.add([folder])
    assert sorted(reference.catalog.passage_ids()) == sorted(index.catalog.passage_ids())
    assert index.status(check=True).degraded is None
    index.close()


def test_killed_while_replacing(tmp_path: Path, folder: Path, seed: int) -> None:
    rng = random.Random(seed + 1)
    data = tmp_path / "data"
    index = open_index(data, chroma=True)
    index.add([folder])
    index.close()
    for number in range(ARTICLES):
        write_article(folder, number, version=2, paragraphs=2)
    for _ in range(5):
        kill_after(start(data, folder, "add"), rng.uniform(0.1, 1.5))
        assert len(assert_whole_articles(data, expected(folder, (1, 2)))) == ARTICLES
    index = open_index(data, chroma=True)
    index.add([folder])
    check_invariants(index)
    assert {path: {text.strip()} for path, text in texts(index).items()} == expected(folder, (2,))
    assert not found_words(index, "marker7v1")
    assert index.status(check=True).degraded is None
    index.close()


def test_killed_while_removing(tmp_path: Path, folder: Path, seed: int) -> None:
    rng = random.Random(seed + 2)
    data = tmp_path / "data"
    index = open_index(data, chroma=True)
    index.add([folder])
    index.close()
    removed: set[str] = set()
    for _ in range(4):
        removed |= kill_after(start(data, folder, "remove"), rng.uniform(0.1, 1.0))
        assert not removed & assert_whole_articles(data, expected(folder))
    index = open_index(data, chroma=True)
    index.recover()
    check_invariants(index)
    assert removed <= {one.id for one in index.removed()}
    assert index.status().articles + len(index.removed()) == ARTICLES, "each is there or held"
    assert index.reconcile().whole
    assert index.status(check=True).degraded is None
    index.close()


def test_killed_while_restoring(tmp_path: Path, folder: Path, seed: int) -> None:
    rng = random.Random(seed + 4)
    data = tmp_path / "data"
    index = open_index(data, chroma=True)
    index.add([folder])
    index.remove([one.id for one in index.list_articles()])
    index.close()
    restored: set[str] = set()
    for _ in range(4):
        restored |= kill_after(start(data, folder, "restore"), rng.uniform(0.1, 1.0))
        assert restored <= assert_whole_articles(data, expected(folder))
    index = open_index(data, chroma=True)
    index.recover()
    check_invariants(index)
    assert index.status().articles + len(index.removed()) == ARTICLES, "each is there or held"
    assert index.reconcile().whole
    index.restore([one.id for one in index.removed()])
    assert {path: {text.strip()} for path, text in texts(index).items()} == expected(folder)
    check_invariants(index)
    assert index.status(check=True).degraded is None
    index.close()


@pytest.mark.parametrize("step", ["pending", "vectors", "published", "vectors deleted"])
def test_killed_at_each_step(tmp_path: Path, step: str) -> None:
    folder, data = tmp_path / "few", tmp_path / "data"
    for number in range(8):
        write_article(folder, number)
    index = open_index(data, chroma=True)
    index.add([folder])
    index.close()
    for number in range(8):
        write_article(folder, number, version=2)
    process = start(data, folder, "add", step, "3")
    process.communicate()
    assert process.returncode == -9
    index = open_index(data, chroma=True)
    seen = [[bool(found_words(index, f"marker{n}v{v}")) for v in (1, 2)] for n in range(8)]
    assert all(sum(one) == 1 for one in seen), "never neither, never both"
    index.add([folder])
    check_invariants(index)
    assert all(found_words(index, f"marker{n}v2") for n in range(8))
    index.close()


def test_killed_while_rebuilding(tmp_path: Path, folder: Path, seed: int) -> None:
    rng = random.Random(seed + 3)
    data = tmp_path / "data"
    index = open_index(data, chroma=True)
    index.add([folder])
    index.close()
    for _ in range(4):
        process = start(data, folder, "rebuild")
        kill_after(process, rng.uniform(0.0, 0.8))
        index = open_index(data, chroma=True)
        check_invariants(index)
        index.close()
    index = open_index(data, chroma=True)
    index.rebuild()
    check_invariants(index)
    assert len([entry for entry in (data / "vectors").iterdir() if entry.is_dir()]) == 1
    index.close()
