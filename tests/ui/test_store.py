"""Conversations that outlive the page."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index import StoreError
from ui.store import FILE_NAME, ConversationStore, Limits, is_id, new_id

ROOT = Path(__file__).parent.parent.parent
ME, YOU = "user:me", "user:you"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def store(path: Path) -> ConversationStore:
    return ConversationStore(path)


def records(store: ConversationStore, conversation: str, owner: str = ME) -> list[str]:
    return [kept.record for kept in store.exchanges(owner, conversation)]


def titles(store: ConversationStore, text: str = "", owner: str = ME) -> list[str]:
    return [one.title for one in store.conversations(owner, text)]


def add(
    store: ConversationStore, conversation: str, record: str = "x", owner: str = ME, title: str = "T"
) -> None:
    store.begin(owner, conversation, record, title, record)


def test_what_was_kept_is_found_by_another_start_of_the_program(store: ConversationStore, path: Path) -> None:
    mine, yours = new_id(), new_id()
    add(store, mine, "one")
    add(store, yours, "other")
    add(store, mine, "two")
    assert records(ConversationStore(path), mine) == ["one", "two"]
    assert records(store, new_id()) == []


def test_nothing_is_written_before_there_is_something_to_keep(tmp_path: Path) -> None:
    store = ConversationStore(tmp_path / "none" / FILE_NAME)
    assert records(store, new_id()) == titles(store) == []
    assert not store.rename(ME, new_id(), "T") and not store.delete(ME, new_id())
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_the_file(store: ConversationStore, path: Path) -> None:
    add(store, new_id())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nobody_sees_or_changes_what_is_another_owners(store: ConversationStore) -> None:
    mine = new_id()
    add(store, mine, "secret", title="Mine")
    assert records(store, mine, YOU) == titles(store, owner=YOU) == titles(store, "secret", YOU) == []
    assert not store.rename(YOU, mine, "Yours") and not store.pin(YOU, mine, True)
    assert not store.delete(YOU, mine) and not store.restore(YOU, mine)
    assert store.change(YOU, mine, 1, "other") is None
    store.adopt(YOU, mine)
    with pytest.raises(StoreError, match="somebody else"):
        add(store, mine, owner=YOU)
    assert records(store, mine) == ["secret"] and titles(store) == ["Mine"]


def test_turns_are_numbered_once_and_changes_can_be_followed(store: ConversationStore) -> None:
    mine = new_id()
    first = store.begin(ME, mine, "a", "T")
    second = store.begin(ME, mine, "b", "T")
    assert (first.turn, second.turn) == (1, 2) and second.revision > first.revision
    revision = store.change(ME, mine, 1, "a2")
    assert revision and revision > second.revision
    changed = store.exchanges(ME, mine, after=second.revision)
    assert [(kept.turn, kept.record) for kept in changed] == [(1, "a2")]
    assert store.exchanges(ME, mine, after=revision) == []
    assert store.change(ME, mine, 9, "c") is None


def test_of_a_long_conversation_the_latest_exchanges_are_kept(path: Path) -> None:
    store, mine, yours = ConversationStore(path, Limits(exchanges=3)), new_id(), new_id()
    add(store, yours, "untouched")
    for number in range(5):
        add(store, mine, str(number))
    assert records(store, mine) == ["2", "3", "4"] and records(store, yours) == ["untouched"]
    assert store.begin(ME, mine, "5", "T").turn == 6


def test_conversations_that_are_old_or_too_many_go_but_pinned_ones_stay(path: Path) -> None:
    now = [0.0]
    store = ConversationStore(path, Limits(conversations=2, days=10), clock=lambda: now[0] * 86_400)
    ids = [new_id() for _ in range(5)]
    add(store, ids[4])
    assert store.pin(ME, ids[4], True)
    for day, one in ((0, ids[0]), (1, ids[1]), (2, ids[0]), (3, ids[2])):
        now[0] = day
        add(store, one)
    add(store, theirs := new_id(), owner=YOU)
    assert [len(records(store, one)) for one in ids] == [2, 0, 1, 0, 1]
    now[0] = 12.5
    add(store, ids[3])
    assert [len(records(store, one)) for one in ids] == [0, 0, 1, 1, 1]
    assert records(store, theirs, YOU) == ["x"]


def test_many_can_write_at_once_and_no_turn_is_lost(path: Path) -> None:
    mine = new_id()
    stores = [ConversationStore(path) for _ in range(4)]
    threads = [
        threading.Thread(target=add, args=(stores[number % 4], mine, str(number))) for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = stores[0].exchanges(ME, mine)
    assert sorted(one.record for one in kept) == sorted(map(str, range(12)))
    assert [one.turn for one in kept] == list(range(1, 13))


def test_the_list_has_pinned_ones_first_and_then_the_latest(path: Path) -> None:
    now = [0.0]
    store = ConversationStore(path, clock=lambda: now[0])
    ids = [new_id() for _ in range(3)]
    for number, one in enumerate(ids):
        now[0] = number
        add(store, one, title=f"talk {number}")
    assert titles(store) == ["talk 2", "talk 1", "talk 0"]
    assert store.pin(ME, ids[0], True)
    assert titles(store) == ["talk 0", "talk 2", "talk 1"]
    assert [one.pinned for one in store.conversations(ME)] == [True, False, False]


def test_a_search_wants_all_words_in_the_title_or_in_one_exchange(store: ConversationStore) -> None:
    add(store, new_id(), "Warum zahlt die Türkei?", title="Kraftwerk")
    add(store, second := new_id(), "Combien de morts ? Élysée", title="Ferry")
    add(store, second, "100% sure_thing", title="-")
    assert titles(store, "TURKEI zahlt") == ["Kraftwerk"] and titles(store, "kraft") == ["Kraftwerk"]
    assert titles(store, "elysee") == ["Ferry"] and titles(store, "100%") == ["Ferry"]
    assert titles(store, "morts sure") == titles(store, "zahlt ferry") == []
    assert titles(store, "_thing") == ["Ferry"] and len(titles(store, "   ")) == 2


def test_a_name_is_kept_and_an_empty_one_refused(store: ConversationStore) -> None:
    mine = new_id()
    add(store, mine, title="first question " * 20)
    assert len(titles(store)[0]) <= 80
    assert store.rename(ME, mine, "  Ankara\n trip ") and titles(store) == ["Ankara trip"]
    assert titles(store, "ankara") == ["Ankara trip"]
    assert not store.rename(ME, mine, "  ") and titles(store) == ["Ankara trip"]
    add(store, mine, title="another question")
    assert titles(store) == ["Ankara trip"]


def test_a_deletion_can_be_undone_for_a_while_and_then_overwrites(path: Path) -> None:
    now = [0.0]
    store = ConversationStore(path, Limits(undo_seconds=60), clock=lambda: now[0])
    mine = new_id()
    add(store, mine, "unforgettable words")
    assert store.delete(ME, mine)
    assert records(store, mine) == titles(store) == titles(store, "words") == [] and not store.delete(
        ME, mine
    )
    assert store.restore(ME, mine) and records(store, mine) == ["unforgettable words"]
    assert store.delete(ME, mine)
    now[0] = 61
    assert not store.restore(ME, mine)
    assert b"unforgettable" not in path.read_bytes()


def test_everything_of_an_owner_is_given_and_erased_and_nothing_of_others(
    store: ConversationStore, path: Path
) -> None:
    mine, other, theirs = new_id(), new_id(), new_id()
    add(store, mine, "unforgettable words")
    add(store, mine, "more")
    add(store, other, "gone already")
    store.delete(ME, other)
    store.begin("user:bob", theirs, "kept", "T")
    ((talk, kept),) = store.everything(ME)
    assert (talk.id, talk.exchanges, [one.turn for one in kept]) == (mine, 2, [1, 2])
    store.erase(ME)
    assert store.everything(ME) == [] and not store.restore(ME, other)
    assert b"unforgettable" not in path.read_bytes()
    assert len(store.everything("user:bob")) == 1


def test_a_question_brings_a_deleted_conversation_back_but_a_late_answer_does_not(
    store: ConversationStore,
) -> None:
    mine = new_id()
    add(store, mine, "one")
    store.delete(ME, mine)
    assert store.change(ME, mine, 1, "late") is None and records(store, mine) == []
    add(store, mine, "two")
    assert records(store, mine) == ["one", "two"]


@pytest.mark.parametrize("content", [b"not a database " * 100, None])
def test_a_file_that_cannot_be_used_is_one_sentence(path: Path, content: bytes | None) -> None:
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(StoreError, match="move that file away"):
        add(ConversationStore(path), new_id())
    with pytest.raises(StoreError, match="move that file away"):
        ConversationStore(path).exchanges(ME, new_id())


def test_a_file_of_a_newer_version_is_left_alone(store: ConversationStore, path: Path) -> None:
    mine = new_id()
    add(store, mine)
    content = bytearray(path.read_bytes())
    content[60:64] = (9).to_bytes(4, "big")  # where SQLite keeps `user_version`
    path.write_bytes(content)
    with pytest.raises(StoreError, match="newer version"):
        add(store, mine)
    assert path.read_bytes() == content


def test_a_file_of_the_first_format_keeps_all_and_waits_for_its_browsers(path: Path) -> None:
    mine = new_id()
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(
            """
            CREATE TABLE conversations (id TEXT PRIMARY KEY, used REAL NOT NULL) WITHOUT ROWID;
            CREATE INDEX conversations_by_use ON conversations (used);
            CREATE TABLE exchanges (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
                record TEXT NOT NULL
            );
            CREATE INDEX exchanges_by_conversation ON exchanges (conversation, number);
            PRAGMA user_version = 1;
            """
        )
        old.execute("INSERT INTO conversations VALUES (?, ?)", (mine, time.time()))
        for record in (json.dumps({"question": "Why Ankara?", "answer": {"text": "Talks"}}), '{"half'):
            old.execute("INSERT INTO exchanges (conversation, record) VALUES (?, ?)", (mine, record))
        old.commit()
    store = ConversationStore(path)
    assert titles(store) == []
    store.adopt(ME, mine)
    assert titles(store) == titles(store, "talks") == ["Why Ankara?"]
    assert [kept.turn for kept in store.exchanges(ME, mine)] == [1, 2]
    assert store.begin(ME, mine, "x", "T").turn == 3


def test_a_program_killed_while_it_writes_loses_nothing_that_was_kept(path: Path) -> None:
    mine = new_id()
    code = (
        "import sys; from pathlib import Path; from ui.store import ConversationStore\n"
        "store = ConversationStore(Path(sys.argv[1]))\n"
        "for number in range(10**6):\n"
        "    kept = store.begin('user:me', sys.argv[2], 'r' * 5_000, 'T')\n"
        "    print(kept.turn, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), mine], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        for _ in range(20):
            writer.stdout.readline()
        writer.kill()
        told = 20 + len(writer.stdout.read().split("\n")) - 1
    kept = ConversationStore(path).exchanges(ME, mine)
    assert len(kept) in (told, told + 1) and all(len(one.record) == 5_000 for one in kept)


def test_ids_cannot_be_guessed_and_have_a_form() -> None:
    assert len({new_id() for _ in range(100)}) == 100 and is_id(new_id())
    for value in (None, 7, "", "x" * 42, "x" * 43 + "\n", "../" + "x" * 40, {"id": new_id()}, [new_id()]):
        assert not is_id(value)


def test_a_file_of_the_second_format_keeps_all_and_asks_all_articles(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.executescript(
            """
            CREATE TABLE conversations (
                id TEXT PRIMARY KEY, owner TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '',
                words TEXT NOT NULL DEFAULT '', pinned INTEGER NOT NULL DEFAULT 0, used REAL NOT NULL,
                deleted REAL, revision INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID;
            CREATE TABLE exchanges (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
                record TEXT NOT NULL, turn INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,
                words TEXT NOT NULL DEFAULT ''
            );
            CREATE INDEX conversations_by_owner ON conversations (owner, used);
            CREATE UNIQUE INDEX exchanges_by_turn ON exchanges (conversation, turn);
            INSERT INTO conversations VALUES ('one', 'ada', 'Harbour', 'harbour', 1, 1e9, NULL, 1);
            INSERT INTO exchanges VALUES (1, 'one', 'a record', 1, 1, 'harbour crane');
            PRAGMA user_version = 2;
            """
        )
    store = ConversationStore(path, clock=lambda: 1e9)
    assert [kept.record for kept in store.exchanges("ada", "one")] == ["a record"]
    assert [(one.title, one.pinned) for one in store.conversations("ada", "crane")] == [("Harbour", True)]
    assert store.kept_filter("ada", "one") == ""
    store.keep_filter("ada", "one", "a filter")
    assert store.begin("ada", "one", "another", "Crane", within="a filter").turn == 2
    assert (store.kept_filter("ada", "one"), store.kept_filter("eve", "one")) == ("a filter", None)
    store.keep_filter("eve", "one", "hers")
    assert store.kept_filter("ada", "one") == "a filter"
