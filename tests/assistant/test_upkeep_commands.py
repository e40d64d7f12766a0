"""`backup` and `restore FILE` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main
from index import Index
from index.fakes import HashEmbedder


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("The ferry burned in the harbour on Monday night. Nobody was hurt.")
    with Index.open(tmp_path / "data", embedder=HashEmbedder()) as index:
        index.add([tmp_path / "a.txt"])
    return tmp_path / "data"


def test_a_backup_and_its_restoration(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.backup"
    assert main(["backup", str(file)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Backed up 1 article to {file}") and "found it whole" in said
    assert main(["backup", str(file)]) == 2
    assert "not written over" in capsys.readouterr().err
    assert main(["restore", str(file)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", str(file), "--data", str(tmp_path / "else"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 1
    assert main(["list", "--data", str(tmp_path / "else")]) == 0
    assert "The ferry burned" in capsys.readouterr().out
    assert main(["restore", str(file), "--replace"]) == 0
    aside = capsys.readouterr().out.splitlines()[1].partition(" is in ")[2].partition(";")[0]
    assert (Path(aside) / "catalog.sqlite").is_file()


def test_what_is_no_backup_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK nonsense")
    for named in (tmp_path / "x.zip", tmp_path / "nothing.backup", tmp_path):
        assert main(["restore", str(named)]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and str(named) in error


def test_an_id_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "0123abcd"]) == 1
    assert "No removed article has the id" in capsys.readouterr().err
