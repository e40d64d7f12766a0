"""`show --versions`, `show --diff`, `remove`, `restore` and `purge` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main
from index.fakes import HashEmbedder

FIRST = "The fire at the mill killed three people on Friday, the prefecture said. It broke out at four."


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """An article's file whose two versions are in the collection."""
    monkeypatch.setattr("index.collection.make_embedder", lambda *_: HashEmbedder())
    path = tmp_path / "fire.md"
    for text in (FIRST, FIRST.replace("three people", "four people")):
        path.write_text(
            f"---\ntitle: Fire at the mill\nsource: Northgate Wire\n---\n{text}\n", encoding="utf-8"
        )
        assert main(["add", str(path), "--quiet"]) == 0
    capsys.readouterr()
    return path


def listed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    main(["list", "--json"])
    return [one["id"] for one in json.loads(capsys.readouterr().out)]


def test_versions_and_their_differences(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = listed(capsys)
    assert main(["show", one, "--versions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert lines[1].endswith("(current)")
    assert main(["show", one, "--versions", "--json"]) == 0
    assert [v["current"] for v in json.loads(capsys.readouterr().out)] == [False, True]
    assert main(["show", one, "--diff"]) == 0
    assert "killed [-three-]{+four+} people" in capsys.readouterr().out
    assert main(["show", one, "--diff", "2:1", "--json"]) == 0
    edits = json.loads(capsys.readouterr().out)["text"]
    assert {"kind": "deleted", "text": "four"} in edits
    for wrong in ("1:7", "x", "1"):
        assert main(["show", one, "--diff", wrong]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_removing_and_undoing_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = listed(capsys)
    assert main(["remove", one]) == 0
    assert f"article-assistant restore {one}" in capsys.readouterr().err
    assert main(["ask", "Who was killed in the fire at the mill?"]) == 3
    capsys.readouterr()
    assert listed(capsys) == []
    main(["restore"])
    assert "Fire at the mill" in capsys.readouterr().out
    assert main(["restore", one]) == 0
    assert listed(capsys) == [one]
    assert main(["remove", one, "--for-good"]) == 0
    assert main(["restore", one]) == 1
    assert "gone for good" in capsys.readouterr().err
    main(["restore", "--json"])
    assert json.loads(capsys.readouterr().out) == []


def test_purging(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["remove", *listed(capsys)])
    capsys.readouterr()
    assert main(["purge"]) == 0
    assert capsys.readouterr().out == "1 removed article deleted for good.\n"
