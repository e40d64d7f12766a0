"""The services of the library view, over a real collection with a fake embedder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import HOSTILE
from stores import check_invariants, found_words, open_index

from index import Index, IndexConfig
from index.lock import WriterLock
from ui.reading_room import GONE, ReadingRoom
from ui.removals import NOT_AGAIN
from ui.services import UNEXPECTED

MILL = (
    "---\ntitle: The mill is sold\ndate: 2018-03\nsource: The Harbour Ledger\nlanguage: en\n---\n"
    "The mill of Brannock was sold on Friday.\n\nA baker from Tarn wants to grind rye in it again.\n"
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def room(index: Index, tmp_path: Path) -> ReadingRoom:
    (tmp_path / "arrivals").mkdir()
    return ReadingRoom(index, tmp_path / "data", lambda: tmp_path / "arrivals")


def call(room: ReadingRoom, name: str, asked: Any = None) -> dict[str, Any]:
    [service] = [one for one in room.services() if one.__name__ == f"library_{name}"]
    reply = service(asked)
    json.dumps(reply)  # must be able to travel
    return reply


def add(room: ReadingRoom, tmp_path: Path, text: str = MILL, name: str = "mill.md") -> str:
    file = tmp_path / "arrivals" / name
    file.write_text(text)
    assert "trouble" not in call(room, "offer", {"file": str(file), "name": name})
    assert room.intake.wait(30)
    item = call(room, "progress")["items"][-1]
    assert item["state"] == "done", item
    return str(item["article"])


def test_an_uploaded_article_is_listed_opened_deleted_and_brought_back(
    room: ReadingRoom, index: Index, tmp_path: Path
) -> None:
    key = add(room, tmp_path)
    listed = call(room, "articles", {})
    assert (listed["total"], listed["first"], listed["last"]) == (1, 1, 1)
    assert "The mill is sold" in listed["rows"] and "March 2018" in listed["rows"]
    opened = call(room, "article", {"id": key})
    assert opened["html"].count('<section class="piece') == len(index.passages(key))
    removed = call(room, "remove", {"ids": [key]})
    assert removed["titles"] == ["The mill is sold"] and removed["undo"]
    assert call(room, "articles", {})["total"] == 0 and call(room, "article", {"id": key}) == {
        "trouble": GONE
    }
    assert found_words(index, "brannock") == [] and index.search("Who bought the mill?") == []
    check_invariants(index)
    assert not list((tmp_path / "data" / "uploads").glob("[!.]*"))
    assert call(room, "undo", {"token": removed["undo"]}) == {"ids": [key]}
    assert call(room, "article", {"id": key})["title"] == "The mill is sold"
    check_invariants(index)
    assert call(room, "undo", {"token": removed["undo"]}) == {"trouble": NOT_AGAIN}


def test_what_was_deleted_is_gone_for_good_at_the_next_start(
    room: ReadingRoom, index: Index, tmp_path: Path
) -> None:
    call(room, "remove", {"ids": [add(room, tmp_path)]})
    ReadingRoom(index, tmp_path / "data", lambda: tmp_path / "arrivals")
    assert list((tmp_path / "data" / "uploads").rglob("*mill*")) == []


def test_an_article_comes_back_also_without_its_file(index: Index, room: ReadingRoom, tmp_path: Path) -> None:
    own = tmp_path / "own.md"
    own.write_text(MILL)
    key = index.add([own]).added[0]
    own.unlink()
    token = call(room, "remove", {"ids": [key]})["undo"]
    assert index.article(key) is None
    assert call(room, "undo", {"token": token}) == {"ids": [key]}
    assert index.article(key) is not None


def test_a_file_of_the_readers_own_is_left_where_it_is(
    index: Index, room: ReadingRoom, tmp_path: Path
) -> None:
    own = tmp_path / "own.md"
    own.write_text(MILL)
    key = index.add([own]).added[0]
    token = call(room, "remove", {"ids": [key]})["undo"]
    assert own.read_text() == MILL
    assert call(room, "undo", {"token": token}) == {"ids": [key]}


def test_a_collection_that_keeps_nothing_offers_no_undo(tmp_path: Path) -> None:
    with open_index(tmp_path / "data", config=IndexConfig(undo_days=0)) as index:
        (tmp_path / "arrivals").mkdir()
        room = ReadingRoom(index, tmp_path / "data", lambda: tmp_path / "arrivals")
        removed = call(room, "remove", {"ids": [add(room, tmp_path)]})
        assert removed["titles"] and removed["undo"] is None and not index.can_restore
        assert list((tmp_path / "data" / "uploads").rglob("*mill*")) == []


def test_the_quoted_words_are_marked_unless_the_article_has_changed(
    room: ReadingRoom, index: Index, tmp_path: Path
) -> None:
    key = add(room, tmp_path)
    article = index.article(key)
    assert article
    start = article.text.index("was sold on Friday.\n\nA baker")
    place = {
        "id": key,
        "version": article.version,
        "start": start,
        "end": start + len("was sold on Friday.\n\nA baker"),
    }
    html = call(room, "article", place)["html"]
    assert "<mark>was sold on Friday&#46;</mark>" in html and "<mark>A baker</mark>" in html
    assert "Back to the answer" in html
    changed = call(room, "article", {**place, "version": "0" * 12})["html"]
    assert "<mark>" not in changed and "has been changed" in changed


def test_hostile_articles_are_only_text(room: ReadingRoom, tmp_path: Path) -> None:
    header = f"---\ntitle: '{HOSTILE.title}'\nsource: '{HOSTILE.source}'\nauthor: '<i>x</i>'\nurl: '{HOSTILE.url}'\n---\n"
    key = add(room, tmp_path, header + HOSTILE.text, '"><img src=x onerror=alert(1)>.md')
    for html in (
        call(room, "articles", {})["rows"],
        call(room, "article", {"id": key})["html"],
        call(room, "choices")["outlets"],
    ):
        assert not any(tag in html for tag in ("<img", "<script", "<b>", "<i>", "${", "{{", "javascript:"))
    assert "&#60;img src&#61;x onerror" in call(room, "articles", {})["rows"]


def test_only_what_was_uploaded_is_taken(room: ReadingRoom, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(MILL)
    link = tmp_path / "arrivals" / "link.txt"
    link.symlink_to(secret)
    (tmp_path / "arrivals" / "folder").mkdir()
    for path in (
        secret,
        link,
        tmp_path / "arrivals" / ".." / "secret.txt",
        "secret.txt",
        tmp_path / "arrivals" / "folder",
        "",
        "\0",
        None,
        7,
    ):
        asked = {"file": str(path) if isinstance(path, Path) else path, "name": "x.txt"}
        assert "did not arrive" in call(room, "offer", asked)["trouble"], path
    assert secret.read_text() == MILL and room.intake.items() == []


@pytest.mark.parametrize(
    "asked",
    [None, 7, [], "x", {"ids": "x"}, {"ids": [None, {}]}, {"offset": -1}, {"offset": 10**400}, {"order": "DROP"}, {"since": "9999-99-99", "until": "2018"}, {"source": 7, "text": ["x"]}, {"id": "../.."}, {"token": {}}, {"start": True, "end": "7"}],
)  # fmt: skip
def test_nonsense_is_answered_and_harms_nothing(room: ReadingRoom, tmp_path: Path, asked: Any) -> None:
    add(room, tmp_path)
    for service in room.services():
        assert service(asked).get("trouble") != UNEXPECTED
    assert call(room, "articles", {})["total"] == 1


def test_filters_and_pages_are_passed_on(room: ReadingRoom, tmp_path: Path) -> None:
    add(room, tmp_path)
    for asked, total in (
        ({"text": "baker"}, 1),
        ({"text": "butcher"}, 0),
        ({"source": "=The Harbour Ledger"}, 1),
        ({"source": "="}, 0),
        ({"language": "=fr"}, 0),
        ({"since": "2018-03-31"}, 1),
        ({"until": "2018-02-28"}, 0),
    ):
        assert call(room, "articles", asked)["total"] == total, asked
    beyond = call(room, "articles", {"offset": 500})
    assert (beyond["rows"], beyond["total"], beyond["first"]) == ("", 1, 0)
    choices = call(room, "choices")
    assert (
        '<option value="=The Harbour Ledger" dir="auto">The Harbour Ledger (1)</option>' in choices["outlets"]
    )


def test_while_another_process_writes_deleting_says_so(room: ReadingRoom, tmp_path: Path) -> None:
    key = add(room, tmp_path)
    with WriterLock(tmp_path / "data"):
        assert f"process {os.getpid()}" in call(room, "remove", {"ids": [key]})["trouble"]
    assert call(room, "articles", {})["total"] == 1
    assert call(room, "remove", {"ids": ["0" * 16]})["trouble"] == "It was no longer in the library."


def test_a_fault_of_ours_is_a_sentence_too(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(room._library, "page", fail)
    assert call(room, "articles", {}) == {"trouble": UNEXPECTED}
