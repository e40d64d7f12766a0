"""The doctor finds each thing that can be wrong, says it in a sentence, and mends it without loss."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from stores import check_invariants, found_words, open_index, texts, write_article

from assistant.cli import main
from index import Verdict, doctor, examine
from index.config import IndexConfig
from index.errors import StoreError
from index.health import Health
from index.lock import WriterLock
from index.packaged import FOLDER_NAME, folder_fault, packaged_weights
from index.reader import reader_fault


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("made")
    for number in range(3):
        write_article(base / "articles", number, paragraphs=1)
    with open_index(base / "data", chroma=True) as index:
        index.add([base / "articles"])
    return base / "data"


@pytest.fixture
def data(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path / "data")
    (tmp_path / "data").chmod(0o755)
    return tmp_path / "data"


@pytest.fixture
def config(tmp_path: Path) -> IndexConfig:
    return IndexConfig(cache_dir=tmp_path / "cache")


def verdicts(data: Path, config: IndexConfig, *, repair: bool = False) -> dict[str, tuple[Verdict, str]]:
    """Examine a collection; every sentence must be one."""
    opened = functools.partial(open_index, chroma=True)
    found = list(examine(data, config=config, repair=repair, opened=opened))
    assert all(one.sentence[0].isupper() or one.sentence[0].isdigit() or "/" in one.sentence for one in found)
    assert all(one.sentence.endswith((".", "FILE.")) and "\n" not in one.sentence for one in found)
    return {one.name: (one.verdict, one.sentence) for one in found}


def wrong(found: dict[str, tuple[Verdict, str]]) -> set[str]:
    return {name for name, (verdict, _) in found.items() if verdict is Verdict.FAULT}


@pytest.fixture
def whole_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the vectors takes seconds; only those who damage them need it."""
    monkeypatch.setattr(doctor, "probe", lambda folder: Health(reason=None, checked=9))


def test_a_whole_collection_has_nothing_wrong(data: Path, config: IndexConfig) -> None:
    found = verdicts(data, config)
    assert {verdict for verdict, _ in found.values()} == {Verdict.GOOD}
    assert found.keys() == {
        "program", "permissions", "disk", "lock", "catalog", "model", "reader", "full-text search", "vectors"
    }  # fmt: skip
    assert "3 articles" in found["catalog"][1]


@pytest.mark.skipif(packaged_weights() is None, reason="the packaged model is for Linux on x86-64")
@pytest.mark.usefixtures("whole_vectors")
def test_altered_weights_of_the_reader_are_found(
    data: Path, config: IndexConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "reader_fault", lambda: reader_fault(tmp_path / "reader.safetensors"))
    assert "missing" in verdicts(data, config)["reader"][1]
    (tmp_path / "reader.safetensors").write_bytes(b"altered")
    found = verdicts(data, config)
    assert wrong(found) == {"reader"} and "checksum differs" in found["reader"][1]


def test_no_collection_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no collection"):
        list(examine(tmp_path))


def execute(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def lose_terms(data: Path) -> None:
    execute(data / "catalog.sqlite", "DELETE FROM fulltext WHERE rowid = (SELECT min(rowid) FROM fulltext)")


def damage_terms(data: Path) -> None:
    execute(data / "catalog.sqlite", "UPDATE fulltext_data SET block = x'ffffffff' WHERE id > 10")


def lose_vectors(data: Path) -> None:
    shutil.rmtree(data / "vectors")


def interrupt(data: Path) -> None:
    execute(
        data / "catalog.sqlite",
        "INSERT INTO versions (article_id, version, state, title, title_derived, characters, text)"
        " VALUES ('x', 'y', 'pending', 't', 0, 1, 't')",
    )


def leave_a_lock(data: Path) -> None:
    (data / ".lock").write_text(json.dumps({"pid": 4194304, "command": "add", "started": "yesterday"}))


def open_to_all(data: Path) -> None:
    data.chmod(0o777)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "terms are missing": (lose_terms, "full-text search"),
    "the full-text index is damaged": (damage_terms, "full-text search"),
    "an ingest was interrupted": (interrupt, "ingest"),
    "a lock was left": (leave_a_lock, "lock"),
    "everybody may write": (open_to_all, "permissions"),
}


@pytest.mark.usefixtures("whole_vectors")
@pytest.mark.parametrize(("damage", "name"), DAMAGES.values(), ids=list(DAMAGES))
def test_what_can_be_mended_is_told_then_mended(
    data: Path, config: IndexConfig, damage: Callable[[Path], None], name: str
) -> None:
    damage(data)
    verdict, sentence = verdicts(data, config)[name]
    assert verdict is (Verdict.NOTE if name in ("ingest", "lock") else Verdict.FAULT)
    assert verdicts(data, config)[name] == (verdict, sentence), "looking changes nothing"
    assert verdicts(data, config, repair=True)[name][0] is Verdict.MENDED
    assert wrong(after := verdicts(data, config)) == set()
    assert after.get(name, (Verdict.GOOD, ""))[0] is Verdict.GOOD
    with open_index(data, chroma=True) as index:
        assert found_words(index, "marker1v1")
        assert len(texts(index)) == 3
        check_invariants(index)


def test_lost_vectors_are_made_again(data: Path, config: IndexConfig) -> None:
    lose_vectors(data)
    assert wrong(verdicts(data, config)) == {"vectors"}
    assert verdicts(data, config, repair=True)["vectors"][0] is Verdict.MENDED
    with open_index(data, chroma=True) as index:
        check_invariants(index)
        assert index.status(check=True).degraded is None


@pytest.mark.usefixtures("whole_vectors")
def test_a_damaged_catalog_is_told_and_not_touched(data: Path, config: IndexConfig) -> None:
    path = data / "catalog.sqlite"
    content = bytearray(path.read_bytes())
    for page in range(4, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(content)
    for repair in (False, True):
        found = verdicts(data, config, repair=repair)
        assert found["catalog"][0] is Verdict.FAULT and "backup" in found["catalog"][1]
        assert found["searches"][0] is Verdict.NOTE
        assert path.read_bytes() == content


@pytest.mark.usefixtures("whole_vectors")
def test_a_damaged_index_of_the_catalog_is_made_again(data: Path, config: IndexConfig) -> None:
    execute(
        data / "catalog.sqlite",
        "PRAGMA writable_schema = ON",
        "CREATE TABLE aside AS SELECT rootpage FROM sqlite_schema WHERE name = 'passages_by_article'",
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX passages_by_article ON passages (article_id, number)'"
        " WHERE name = 'passages_by_article'",
        "DROP TABLE aside",
    )
    first = verdicts(data, config)
    assert first["catalog"][0] is Verdict.FAULT and "--repair" in first["catalog"][1]
    assert verdicts(data, config, repair=True)["catalog"][0] is Verdict.MENDED
    assert wrong(verdicts(data, config)) == set()


@pytest.mark.usefixtures("whole_vectors")
def test_what_somebody_else_is_changing_is_left_alone(data: Path, config: IndexConfig) -> None:
    lose_terms(data)
    code = (
        "import sys; from pathlib import Path; from index.lock import WriterLock; "
        "WriterLock(Path(sys.argv[1])).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(data)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None and other.stdout.readline() == b"held\n"
    found = verdicts(data, config, repair=True)
    assert found["lock"][0] is Verdict.NOTE and str(other.pid) in found["lock"][1]
    assert "searches" in wrong(found) or "full-text search" in wrong(found)
    other.kill()
    other.communicate()
    assert "lock" in verdicts(data, config)
    assert wrong(verdicts(data, config, repair=True)) == set()
    with WriterLock(data):
        pass


@pytest.mark.usefixtures("whole_vectors")
def test_a_newer_collection_and_other_databases(data: Path, config: IndexConfig) -> None:
    (data / "conversations.sqlite").write_bytes(b"nonsense" * 1000)
    assert wrong(verdicts(data, config)) == {"conversations.sqlite"}
    execute(data / "catalog.sqlite", "PRAGMA user_version = 99")
    found = verdicts(data, config)
    assert "update the program" in found["catalog"][1]


@pytest.mark.usefixtures("whole_vectors")
def test_little_room_and_no_rights(data: Path, config: IndexConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
        assert wrong(verdicts(data, config)) == {"disk"}
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_, **__: False)
        assert "permissions" in wrong(verdicts(data, config))


@pytest.mark.usefixtures("whole_vectors")
@pytest.mark.skipif(packaged_weights() is None, reason="the packaged model is for Linux on x86-64")
def test_a_damaged_model_folder_is_made_again(data: Path, config: IndexConfig) -> None:
    folder = config.cache_dir / FOLDER_NAME
    folder.mkdir(parents=True)
    (folder / "modules.json").write_text("[]")
    (folder / "model.safetensors").write_bytes(b"short")
    assert wrong(verdicts(data, config)) == {"model"}
    assert verdicts(data, config, repair=True)["model"][0] is Verdict.MENDED
    assert folder_fault(config.cache_dir) is None
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert folder_fault(config.cache_dir)


@pytest.mark.usefixtures("whole_vectors")
@pytest.mark.parametrize("name", ["/no/such/folder", "."])
def test_a_model_that_is_not_there(data: Path, name: str) -> None:
    assert wrong(verdicts(data, IndexConfig(embedding_model=name))) >= {"model"}


def test_on_the_command_line(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("index.collection.make_embedder", lambda *_: open_index(tmp_path / "other").embedder)
    with open_index(data, chroma=True) as index:
        index.rebuild()
        index.catalog.set_meta({"terms": __import__("index.lexical", fromlist=["x"]).LEXICAL_VERSION})
    arguments = ["doctor", "--data", str(data)]
    assert main(arguments) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Nothing is wrong." and said[-2].startswith("✓ language model")
    monkeypatch.setenv("ARTICLE_ASSISTANT_MODEL", "gguf:/no/such.gguf")
    lose_terms(data)
    assert main([*arguments, "--json"]) == 1
    found = {one["name"]: one["verdict"] for one in json.loads(capsys.readouterr().out)}
    assert found["full-text search"] == found["language model"] == "fault"
    assert main([*arguments, "--repair"]) == 1, "the language model is not ours to mend"
    assert "1 thing is wrong." in capsys.readouterr().out
    assert main(["doctor", "--data", str(tmp_path / "none")]) == 2


def test_what_a_killed_rebuild_left_is_named_and_deleted(
    data: Path, config: IndexConfig, whole_vectors: None
) -> None:
    left = data / "vectors" / "articles-2"
    left.mkdir()
    with WriterLock(data):
        found = examine(data, config=config, opened=functools.partial(open_index, chroma=True))
        assert "rebuild" not in {one.name for one in found}, "somebody may be building it now"
    verdict, sentence = verdicts(data, config)["rebuild"]
    assert verdict is Verdict.NOTE and "articles-2" in sentence and left.exists()
    assert verdicts(data, config, repair=True)["rebuild"][0] is Verdict.MENDED
    assert [entry.name for entry in left.parent.iterdir() if entry.is_dir()] == ["articles-1"]
    assert "rebuild" not in verdicts(data, config)
