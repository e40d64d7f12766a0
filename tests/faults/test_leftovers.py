"""kill -9 at each step of a backup and a restore: nothing is lost, and what is left is named and cleaned up."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stores import texts, write_article

from index import Index, Verdict, back_up, examine, restore_backup
from index.errors import IndexLockedError
from index.fakes import HashEmbedder
from index.leftovers import BACKUP_PREFIX, aside_prefix, complete_restore, restored_prefix, restoring_prefix
from index.lock import LOCK_NAME, WriterLock

KILLED = Path(__file__).parent / "killed.py"


def opened(data: Path) -> Index:
    return Index.open(data, embedder=HashEmbedder())


def articles(data: Path, *, check: bool = False) -> dict[str, str]:
    with opened(data) as index:
        assert index.status(check=check).degraded is None
        return {Path(path).name: text for path, text in texts(index).items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of three articles, and the collection as it is later: one of them changed, and one more."""
    base = tmp_path_factory.mktemp("made")
    for number in range(3):
        write_article(base / "articles", number, paragraphs=1)
    with opened(base / "data") as index:
        index.add([base / "articles"])
        back_up(base / "data", base / "earlier.backup")
        write_article(base / "articles", 1, version=2, paragraphs=1)
        write_article(base / "articles", 3, paragraphs=1)
        index.add([base / "articles"])
    return base


@pytest.fixture
def place(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made / "data", tmp_path / "data")
    shutil.copy(made / "earlier.backup", tmp_path)
    return tmp_path


def kill(point: str, number: int, action: str, source: Path, target: Path) -> bool:
    """Run it; tells whether it was killed, and not finished."""
    command = [sys.executable, str(KILLED), point, str(number), action, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == -9


def names(place: Path) -> set[str]:
    return {entry.name for entry in place.iterdir()}


def leftovers(data: Path, *, repair: bool = False) -> list[tuple[Verdict, str]]:
    """Examine a collection as far as its surroundings go, and return what is said of leftovers."""
    found = itertools.takewhile(
        lambda one: one.name != "catalog", examine(data, repair=repair, opened=opened)
    )
    return [(one.verdict, one.sentence) for one in found if one.name == "leftovers"]


BACKUP_POINTS = [
    ("index.backup:_write:before", 1),
    ("index.backup:copy_database:after", 1),
    ("index.backup:_store:after", 1),
    ("index.backup:_write:after", 1),
    ("index.backup:verify:after", 1),
    ("rename:before", 1),
    ("rename:after", 1),
]


@pytest.mark.parametrize(("point", "number"), BACKUP_POINTS)
def test_a_backup_that_is_killed(place: Path, point: str, number: int) -> None:
    assert kill(point, number, "backup", place / "data", place / "new.backup")
    before = articles(place / "data")
    (left,) = names(place) - {"data", "earlier.backup", "new.backup"}
    assert left.startswith(BACKUP_PREFIX)
    assert (place / left).stat().st_mode & 0o077 == 0, "it may hold the catalog: nobody else's business"
    if (place / "new.backup").exists():
        restore_backup(place / "new.backup", place / "again")
        assert articles(place / "again", check=True) == before
    else:
        back_up(place / "data", place / "new.backup")
        assert left not in names(place), "the next backup cleans up after the last"
    assert leftovers(place / "data", repair=True) in (
        [],
        [(Verdict.MENDED, f"{_said(left, place)}: deleted.")],
    )
    assert names(place) <= {"data", "earlier.backup", "new.backup", "again"}
    assert articles(place / "data") == before


def _said(left: str, place: Path) -> str:
    return f"A backup or restore that was ended hard left {left} in {place}"


RESTORE_POINTS = [
    ("index.restore:_unpack:before", 1),
    ("index.restore:copy_member:after", 1),
    ("index.restore:_unpack:after", 1),
    ("index.restore:_check_databases:after", 1),
    ("index.restore:_make_usable:after", 1),
    *((f"rename:{when}", number) for number in (1, 2, 3) for when in ("before", "after")),
]


@pytest.mark.parametrize(("point", "number"), RESTORE_POINTS)
def test_a_restore_that_is_killed(place: Path, point: str, number: int) -> None:
    """The collection is the old one or the restored one, whole; the old one is there, and what is left is named."""
    old = articles(place / "data")
    assert kill(point, number, "restore", place / "earlier.backup", place / "data")
    now = articles(place / "data", check=True)
    aside = [name for name in names(place) if name.startswith(aside_prefix(place / "data"))]
    if aside:
        assert len(now) == 3 and articles(place / aside[0]) == old, (
            "the restored one, and the old one beside it"
        )
    else:
        assert now == old
    left = names(place) - {"data", "earlier.backup", *aside}
    if left:
        ((verdict, sentence),) = leftovers(place / "data")
        assert verdict is Verdict.NOTE and left.pop() in sentence and "--repair" in sentence
        assert leftovers(place / "data", repair=True)[0][0] is Verdict.MENDED
    assert leftovers(place / "data") == []
    assert names(place) == {"data", "earlier.backup", *aside}
    assert articles(place / "data") == now


def test_the_next_restore_cleans_up_after_the_last(place: Path) -> None:
    assert kill("index.restore:_unpack:after", 1, "restore", place / "earlier.backup", place / "data")
    assert any(name.startswith(restoring_prefix(place / "data")) for name in names(place))
    restored = restore_backup(place / "earlier.backup", place / "data", replace=True)
    assert restored.replaced is not None
    assert names(place) == {"data", "earlier.backup", restored.replaced.name}


def test_what_others_are_at_work_in_is_left_alone(place: Path) -> None:
    """Another restore, another backup, folders of strangers, and those of a collection with a longer name."""
    data = place / "data"
    busy = place / f"{restoring_prefix(data)}abc"
    strange = [
        place / ".article-assistant-backup-",
        place / ".data-restored-restoring-abc",
        place / ".backup-x",
    ]
    for folder in (busy, *strange):
        folder.mkdir()
        (folder / "notes").write_text("mine")
    (strange[1] / LOCK_NAME).touch()
    with WriterLock(busy):
        assert leftovers(data, repair=True) == []
        back_up(data, place / "new.backup")
        restore_backup(place / "new.backup", data, replace=True)
        assert all((folder / "notes").exists() for folder in (busy, *strange))


def test_a_collection_that_is_being_put_in_place_is_waited_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / f"{aside_prefix(data)}20261126T070000Z").mkdir()
    ready = tmp_path / f"{restored_prefix(data)}abc"
    ready.mkdir()
    with WriterLock(ready), pytest.raises(IndexLockedError, match="being restored by process"):
        Index.open(data, embedder=HashEmbedder())
    assert not data.exists()
    complete_restore(data)
    assert data.exists() and not ready.exists()
