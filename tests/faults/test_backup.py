"""A backup is one moment of the collection, whole, and restores to what it was; a hostile one restores to nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stores import check_invariants, make_first_format, open_index, texts, write_article

from index import back_up, restore_backup
from index.backup import COMMENT, MANIFEST
from index.collection import Index
from index.errors import BackupError, IndexCorruptError, IndexFullError, IndexLockedError, IndexVersionError
from ui.store import FILE_NAME, ConversationStore, new_id

WORKER = Path(__file__).parent / "worker.py"
ROOT = Path(__file__).parents[2]
OWNER, CONVERSATION = "user:me", new_id()
QUESTIONS = ("harbour council bridge", "the reactor report of marker3v1", "ferry minister election")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with a former version, a removed article and an uploaded file, and a backup of it."""
    base = tmp_path_factory.mktemp("made")
    for number in range(8):
        write_article(base / "articles", number, paragraphs=2)
    with open_index(base / "data", chroma=True) as index:
        index.add([base / "articles"])
        index.remove([one.id for one in index.list_articles() if str(one.path).endswith("000.txt")])
        write_article(base / "articles", 5, version=2, paragraphs=2)
        index.add([base / "articles" / "article-005.txt"])
    (base / "data" / "uploads").mkdir()
    (base / "data" / "uploads" / "0123-überall.txt").write_text("Dropped on the page.", encoding="utf-8")
    ConversationStore(base / "data" / FILE_NAME).begin(OWNER, CONVERSATION, "what was asked", "A title")
    back_up(base / "data", base / "true.backup")
    return base


@pytest.fixture
def data(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made / "data", tmp_path / "data")
    return tmp_path / "data"


def everything(index: Index) -> list[Any]:
    """Return what a collection answers, holds, has held and has removed."""
    hits = [
        [(hit.passage, hit.article, round(hit.score, 6), hit.via) for hit in index.search(question, 20)]
        for question in QUESTIONS
    ]
    versions = [index.versions(one.id) for one in index.list_articles()]
    return [hits, texts(index), versions, index.removed(), index.list_articles(), index.tally()]


def test_a_restored_collection_answers_as_the_one_that_was_backed_up(tmp_path: Path, data: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    backup = back_up(data, tmp_path / "one.backup", lambda *step: steps.append(step))
    assert backup.manifest.articles == 7
    assert backup.size == (tmp_path / "one.backup").stat().st_size
    assert (tmp_path / "one.backup").stat().st_mode & 0o077 == 0, (
        "it holds what was asked: nobody else's business"
    )
    assert {doing for doing, _, _ in steps} == {"writing", "checking"}
    assert all(0 < done <= total for _, done, total in steps)
    restored = restore_backup(tmp_path / "one.backup", tmp_path / "else" / "where")
    assert restored.replaced is None
    with open_index(data, chroma=True) as before, open_index(restored.data_dir, chroma=True) as after:
        assert everything(after) == everything(before)
        check_invariants(after)
        assert after.status(check=True).degraded is None
        after.restore([after.removed()[0].id])
        check_invariants(after)
    kept = ConversationStore(restored.data_dir / FILE_NAME).exchanges(OWNER, CONVERSATION)
    assert [one.record for one in kept] == ["what was asked"]
    assert (restored.data_dir / "uploads" / "0123-überall.txt").read_text("utf-8") == "Dropped on the page."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "else", "one.backup"]


def test_an_empty_collection_can_be_backed_up(tmp_path: Path) -> None:
    open_index(tmp_path / "data", chroma=True).close()
    assert back_up(tmp_path / "data", tmp_path / "b").manifest.articles == 0
    restore_backup(tmp_path / "b", tmp_path / "again")
    with open_index(tmp_path / "again", chroma=True) as index:
        assert index.status(check=True).degraded is None
        check_invariants(index)


def test_backups_while_another_process_adds_are_each_one_moment(tmp_path: Path, seed: int) -> None:
    """Not a single article is half there, and each backup goes on where the collection had come to."""
    folder, data = tmp_path / "articles", tmp_path / "data"
    for number in range(60):
        write_article(folder, number, paragraphs=1)
    open_index(data, chroma=True).close()
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), str(data), str(folder), "add"], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    backups: list[tuple[int, Path]] = []
    acknowledged = 0
    rng = random.Random(seed)
    wanted = sorted(rng.sample(range(5, 50), 3))
    for line in worker.stdout:
        acknowledged += line.startswith("acknowledged")
        if wanted and acknowledged >= wanted[0]:
            wanted.pop(0)
            file = tmp_path / f"{len(backups)}.backup"
            back_up(data, file)
            backups.append((acknowledged, file))
    assert worker.wait() == 0
    assert len(backups) == 3
    counts = []
    for known, file in backups:
        restored = restore_backup(file, tmp_path / f"from-{file.stem}").data_dir
        with open_index(restored, chroma=True) as index:
            counts.append(index.status().articles)
            assert counts[-1] >= known, f"seed {seed}: an acknowledged article is not in the backup"
            check_invariants(index)
            assert len(index.add([folder]).unchanged) == counts[-1]
            assert index.status().articles == 60
            check_invariants(index)
    assert counts == sorted(counts)
    assert counts[0] < 60, "no backup was made while articles were added"


def test_searching_goes_on_during_a_backup(tmp_path: Path, data: Path) -> None:
    with open_index(data, chroma=True) as index:
        before, errors, done = everything(index), [], threading.Event()

        def ask() -> None:
            try:
                while not done.is_set():
                    assert everything(index) == before
            except BaseException as error:
                errors.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        for number in range(3):
            back_up(data, tmp_path / f"{number}.backup")
        done.set()
        asking.join()
    assert errors == []


def test_a_damaged_catalog_is_not_backed_up_as_if_it_were_whole(tmp_path: Path, data: Path) -> None:
    damage(data / "catalog.sqlite")
    with pytest.raises(IndexCorruptError, match="damaged"):
        back_up(data, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert not list(tmp_path.glob(".backup-*"))


def damage(path: Path) -> None:
    """Overwrite pages in the middle of a database."""
    content = bytearray(path.read_bytes())
    for page in range(4, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)


def test_where_a_backup_is_not_written(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(BackupError, match="not written over"):
        back_up(data, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    with pytest.raises(BackupError, match="inside the collection"):
        back_up(data, data / "b")
    with pytest.raises(BackupError, match="no directory"):
        back_up(data, tmp_path / "no" / "b")
    monkeypatch.setattr("shutil.disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
    with pytest.raises(IndexFullError, match="MB"):
        back_up(data, tmp_path / "b")


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
def test_a_disk_that_fills_up_leaves_no_half_backup(tmp_path: Path, data: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path; from index import back_up; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); back_up(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(data), str(tmp_path / "b")], cwd=ROOT, capture_output=True, text=True
    )
    assert "IndexFullError" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_collection_is_not_replaced_unless_that_is_said(tmp_path: Path, data: Path) -> None:
    back_up(data, tmp_path / "b")
    with open_index(data, chroma=True) as index:
        index.add([write_article(tmp_path, 99)])
        latest = everything(index)
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(tmp_path / "b", data)
    with open_index(data, chroma=True), pytest.raises(IndexLockedError, match="open in another program"):
        restore_backup(tmp_path / "b", data, replace=True)
    with open_index(data, chroma=True) as index:
        assert everything(index) == latest
    restored = restore_backup(tmp_path / "b", data, replace=True)
    assert restored.replaced is not None
    with open_index(data, chroma=True) as now, open_index(restored.replaced, chroma=True) as aside:
        assert now.status().articles == 7
        assert everything(aside) == latest
        check_invariants(now)
    other = tmp_path / "photos"
    other.mkdir()
    (other / "one.jpg").touch()
    for told in (False, True):
        with pytest.raises(BackupError, match="not empty and no collection"):
            restore_backup(tmp_path / "b", other, replace=told)
    assert [path.name for path in other.iterdir()] == ["one.jpg"]
    assert not list(tmp_path.glob(".*restoring*"))


@pytest.mark.parametrize("content", [b"", b"nonsense" * 1000, None])
def test_a_damaged_collection_is_replaced(
    tmp_path: Path, data: Path, made: Path, content: bytes | None
) -> None:
    if content is None:
        damage(data / "catalog.sqlite")
    else:
        (data / "catalog.sqlite").write_bytes(content)
    restored = restore_backup(made / "true.backup", data, replace=True)
    assert restored.replaced is not None
    with open_index(data, chroma=True) as index:
        assert index.status().articles == 7


def test_a_collection_of_an_earlier_format_can_be_restored(tmp_path: Path, data: Path) -> None:
    make_first_format(data / "catalog.sqlite")
    backup = back_up(data, tmp_path / "b")
    assert backup.manifest.schema == 1
    restored = restore_backup(tmp_path / "b", tmp_path / "again").data_dir
    with open_index(restored, chroma=True) as index:
        index.rebuild()  # it had no near-duplicates on record
        check_invariants(index)
        assert index.status().articles == 7


# Files that are no backups, or hostile ones.


class Forged:
    """A backup whose files and lists can be changed, and that is then put together with right checksums."""

    def __init__(self, backup: Path) -> None:
        with zipfile.ZipFile(backup) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}
            self.manifest = json.loads(archive.read(MANIFEST))

    def write(self, path: Path, *, listed: dict[str, bytes] | None = None) -> Path:
        contents = self.files if listed is None else listed
        self.manifest["members"] = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        ]
        return self.put_together(path)

    def put_together(self, path: Path) -> Path:
        manifest = json.dumps(self.manifest).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(zipfile.ZipInfo(name), content)
            archive.writestr(MANIFEST, manifest)
            archive.comment = COMMENT + hashlib.sha256(manifest).hexdigest().encode()
        return path


@pytest.fixture
def forged(tmp_path: Path, made: Path) -> Iterator[Forged]:
    yield Forged(made / "true.backup")
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"false.backup", "aside"}, "something was left, or written elsewhere"


NAMES = [
    "../outside.txt",
    "uploads/../../outside.txt",
    "/tmp/outside.txt",
    "C:/outside.txt",
    "C:outside.txt",
    "..\\outside.txt",
    "uploads\\..\\..\\outside.txt",
    "uploads//outside.txt",
    "uploads/./outside.txt",
    "./outside.txt",
    "uploads/.. /outside.txt",
    "uploads/",
    "vectors/articles-1/chroma.sqlite3",
    "Vectors/x",
    ".lock",
    "catalog.sqlite-wal",
    "catalog.sqlite/x",
    "CATALOG.SQLITE",
    "a" * 300,
    "/".join("abcdefghij"),
    "uploads/new\nline.txt",
    "uploads/\u202etxt.exe",
    "uploads/\x1b[2J.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, forged: Forged, name: str) -> None:
    forged.files[name] = b"not here"
    with pytest.raises(BackupError) as refusal:
        restore_backup(forged.write(tmp_path / "false.backup"), tmp_path / "again")
    assert str(refusal.value).isprintable()
    assert not (tmp_path / "again").exists()


def test_the_true_one_is_restored(tmp_path: Path, forged: Forged) -> None:
    restore_backup(forged.write(tmp_path / "false.backup"), tmp_path / "again")
    shutil.rmtree(tmp_path / "again")


def change_catalog(forged: Forged, tmp_path: Path, *statements: str) -> None:
    path = tmp_path / "changed.sqlite"
    path.write_bytes(forged.files["catalog.sqlite"])
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    forged.files["catalog.sqlite"] = path.read_bytes()
    path.unlink()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON articles BEGIN DELETE FROM articles; END",
        "CREATE VIEW v AS SELECT * FROM articles",
        "CREATE TABLE more (x)",
        "CREATE INDEX more ON articles (added)",
        "CREATE VIRTUAL TABLE more USING fts5 (x)",
        "DROP TABLE versions",
        "ALTER TABLE versions ADD COLUMN more",
        "ALTER TABLE versions RENAME COLUMN title TO headline",
        "PRAGMA application_id = 7",
        "UPDATE meta SET value = 'articles-1/../../../victim-1' WHERE key = 'collection'",
        "DELETE FROM articles WHERE id = (SELECT min(id) FROM articles)",
    ],
)
def test_a_catalog_that_is_not_ours_is_refused(tmp_path: Path, forged: Forged, statement: str) -> None:
    victim = tmp_path / "aside" / "victim-2"
    victim.mkdir(parents=True)
    change_catalog(forged, tmp_path, statement)
    file = forged.write(tmp_path / "false.backup")
    if "meta" in statement:  # which directory the vectors are in is ours to say
        restore_backup(file, tmp_path / "aside" / "again")
        with open_index(tmp_path / "aside" / "again", chroma=True) as index:
            check_invariants(index)
    else:
        with pytest.raises((BackupError, IndexCorruptError)):
            restore_backup(file, tmp_path / "again")
    assert victim.is_dir()


def test_a_newer_one_is_refused_politely(tmp_path: Path, forged: Forged) -> None:
    change_catalog(forged, tmp_path, "PRAGMA user_version = 99")
    with pytest.raises(IndexVersionError, match="update the program"):
        restore_backup(forged.write(tmp_path / "false.backup"), tmp_path / "again")


def test_a_file_that_unpacks_without_end_stops_at_its_listed_size(tmp_path: Path, forged: Forged) -> None:
    forged.files["uploads/bomb"] = bytes(50_000_000)
    forged.write(tmp_path / "false.backup")
    for member in forged.manifest["members"]:
        if member["name"] == "uploads/bomb":
            member["size"] = 10
    with pytest.raises(BackupError, match="not as it is listed"):
        restore_backup(forged.put_together(tmp_path / "false.backup"), tmp_path / "again")
    content = (tmp_path / "false.backup").read_bytes()
    lying = content.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 10))
    assert lying != content
    (tmp_path / "false.backup").write_bytes(lying)
    with pytest.raises(BackupError, match="damaged"):
        restore_backup(tmp_path / "false.backup", tmp_path / "again")


def test_more_than_the_disk_holds_is_refused_before_it_is_unpacked(tmp_path: Path, forged: Forged) -> None:
    forged.files["uploads/much"] = b"x"
    forged.write(tmp_path / "false.backup")
    forged.manifest["members"][-1]["size"] = 1 << 60
    forged.put_together(tmp_path / "false.backup")
    with pytest.raises((BackupError, IndexFullError)):
        restore_backup(tmp_path / "false.backup", tmp_path / "again")


@pytest.mark.parametrize(
    "members",
    [
        None,
        [],
        [1],
        [{"name": "catalog.sqlite"}],
        [{"name": "catalog.sqlite", "size": "1", "sha256": ""}],
        [{"name": "catalog.sqlite", "size": -1, "sha256": ""}],
        [{"name": ["x"], "size": 1, "sha256": ""}],
        [{"name": "catalog.sqlite", "size": 1, "sha256": "", "mode": 7}],
        {"a": 1},
        "x",
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, forged: Forged, members: object) -> None:
    forged.manifest["members"] = members
    with pytest.raises(BackupError, match="no backup"):
        restore_backup(forged.put_together(tmp_path / "false.backup"), tmp_path / "again")


def test_links_in_a_backup_become_no_links(tmp_path: Path, forged: Forged) -> None:
    file = forged.write(tmp_path / "false.backup", listed={**forged.files, "uploads/link": b"/etc/passwd"})
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("uploads/link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
    restored = restore_backup(file, tmp_path / "aside" / "again").data_dir
    assert not (restored / "uploads" / "link").is_symlink()
    assert (restored / "uploads" / "link").read_bytes() == b"/etc/passwd"


@pytest.mark.parametrize("content", [b"", b"x" * 50, b"PK\5\6" + bytes(18), b"\x00" * 100_000])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(BackupError, match="no backup"):
        restore_backup(tmp_path / "b", tmp_path / "again")
    with pytest.raises(BackupError, match="There is no file"):
        restore_backup(tmp_path / "c", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_an_endless_list_of_files_is_not_read(tmp_path: Path) -> None:
    comment = COMMENT + b"0" * 64
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, len(comment))
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 40, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    (tmp_path / "b").write_bytes(record + locator + ending + comment)
    with pytest.raises(BackupError, match="too many files"):
        restore_backup(tmp_path / "b", tmp_path / "again")


def test_any_damaged_byte_is_noticed(tmp_path: Path, made: Path, seed: int) -> None:
    content = (made / "true.backup").read_bytes()
    file, rng = tmp_path / "false.backup", random.Random(seed)
    spots = [rng.randrange(len(content)) for _ in range(25)]
    cuts: list[Callable[[], bytes]] = [lambda: content[: rng.randrange(len(content))] for _ in range(5)]
    for number, spot in enumerate(spots):
        damaged = bytearray(content)
        damaged[spot] ^= 1 + rng.randrange(255)
        file.write_bytes(damaged)
        target = tmp_path / "aside" / f"again-{number}"
        try:
            restored = restore_backup(file, target)
        except (BackupError, IndexCorruptError, IndexVersionError):
            assert not target.exists()
        else:  # a byte that says nothing, such as a date of the ZIP format
            with zipfile.ZipFile(made / "true.backup") as archive:
                for member in restored.manifest.members:
                    if not member.name.endswith(".sqlite"):
                        assert (target / member.name).read_bytes() == archive.read(member.name)
    for cut in cuts:
        file.write_bytes(cut())
        with pytest.raises(BackupError):
            restore_backup(file, tmp_path / "again")


def test_a_restore_that_is_killed_leaves_no_collection(tmp_path: Path, made: Path, seed: int) -> None:
    backup = made / "true.backup"
    code = (
        "import sys; from pathlib import Path; from index import restore_backup; print('go', flush=True); "
        "restore_backup(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    rng = random.Random(seed)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(backup), str(tmp_path / "again")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0.0, 1.0))
        process.kill()
        process.communicate()
        if (tmp_path / "again").exists():  # it had come to its end
            with open_index(tmp_path / "again", chroma=True) as index:
                check_invariants(index)
            shutil.rmtree(tmp_path / "again")
    restore_backup(backup, tmp_path / "again")
    assert os.access(tmp_path / "again" / "catalog.sqlite", os.R_OK)
