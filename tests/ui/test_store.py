"""Conversations that outlive the page."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from index import StoreError
from ui.store import FILE_NAME, ConversationStore, Limits, is_id, new_id


def test_what_was_kept_is_found_by_another_start_of_the_program(tmp_path: Path) -> None:
    mine, yours = new_id(), new_id()
    store = ConversationStore(tmp_path / FILE_NAME)
    store.add(mine, "one")
    store.add(yours, "other")
    store.add(mine, "two")
    assert ConversationStore(tmp_path / FILE_NAME).records(mine) == ["one", "two"]
    assert store.records(new_id()) == []


def test_nothing_is_written_before_there_is_something_to_keep(tmp_path: Path) -> None:
    assert ConversationStore(tmp_path / "none" / FILE_NAME).records(new_id()) == []
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    ConversationStore(tmp_path / FILE_NAME).add(new_id(), "one")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_of_a_long_conversation_the_latest_exchanges_are_kept(tmp_path: Path) -> None:
    store, mine, yours = ConversationStore(tmp_path / FILE_NAME, Limits(exchanges=3)), new_id(), new_id()
    store.add(yours, "untouched")
    for number in range(5):
        store.add(mine, str(number))
    assert store.records(mine) == ["2", "3", "4"] and store.records(yours) == ["untouched"]


def test_conversations_that_are_old_or_too_many_go(tmp_path: Path) -> None:
    now = [0.0]
    store = ConversationStore(
        tmp_path / FILE_NAME, Limits(conversations=2, days=10), clock=lambda: now[0] * 86_400
    )
    ids = [new_id() for _ in range(4)]
    for day, one in ((0, ids[0]), (1, ids[1]), (2, ids[0]), (3, ids[2])):
        now[0] = day
        store.add(one, "x")
    assert [len(store.records(one)) for one in ids] == [2, 0, 1, 0]
    now[0] = 12.5
    store.add(ids[3], "x")
    assert [len(store.records(one)) for one in ids] == [0, 0, 1, 1]


def test_many_can_write_at_once(tmp_path: Path) -> None:
    store, mine = ConversationStore(tmp_path / FILE_NAME), new_id()
    threads = [threading.Thread(target=store.add, args=(mine, str(number))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(store.records(mine)) == [str(number) for number in range(8)]


@pytest.mark.parametrize("content", [b"not a database " * 100, None])
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(StoreError, match="move that file away"):
        ConversationStore(path).add(new_id(), "x")
    with pytest.raises(StoreError, match="move that file away"):
        ConversationStore(path).records(new_id())


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store, mine = ConversationStore(tmp_path / FILE_NAME), new_id()
    store.add(mine, "x")
    content = bytearray((tmp_path / FILE_NAME).read_bytes())
    content[60:64] = (9).to_bytes(4, "big")  # where SQLite keeps `user_version`
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError, match="newer version"):
        store.add(mine, "y")
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_ids_cannot_be_guessed_and_have_a_form() -> None:
    assert len({new_id() for _ in range(100)}) == 100 and is_id(new_id())
    for value in (None, 7, "", "x" * 42, "x" * 43 + "\n", "../" + "x" * 40, {"id": new_id()}, [new_id()]):
        assert not is_id(value)
