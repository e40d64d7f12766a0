"""The checkup and the rebuild of the About view: in threads, one at a time, cancelled, and told of."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import FakeLibrary
from stores import check_invariants, open_index, write_article

from index import Diagnosis, Index, Progress, ProgressCallback, StoreError, Verdict
from ui.caretaker import NOT_YOURS, UNEXPECTED, Caretaker

FAULT = Diagnosis(name="disk", verdict=Verdict.FAULT, sentence="No room.")


class Building(FakeLibrary):
    """Rebuilds as it is told."""

    def __init__(self, work: Callable[[ProgressCallback], None]) -> None:
        super().__init__()
        self.work, self.begun = work, 0

    def rebuild(self, progress: ProgressCallback | None = None) -> int:
        assert progress is not None
        self.begun += 1
        self.work(progress)
        return 3


def call(care: Caretaker, name: str) -> dict[str, Any]:
    [service] = [one for one in care.services() if one.__name__ == f"about_{name}"]
    reply = service({})
    json.dumps(reply)  # must be able to travel
    return reply


def until(care: Caretaker, what: str) -> dict[str, Any]:
    """Wait until something is over, and return what is told of it."""
    for _ in range(500):
        told = call(care, "progress")[what]
        if told and told["over"]:
            return dict(told)
        time.sleep(0.02)
    raise AssertionError("it does not end")


def step(done: int, total: int = 4) -> Progress:
    return Progress(done=done, total=total, passages=done, current="")


def test_a_checkup_tells_what_it_finds(tmp_path: Path) -> None:
    care = Caretaker(FakeLibrary(), tmp_path, examine=lambda _: [FAULT])
    assert call(care, "progress") == {"check": None, "rebuild": None}
    call(care, "check")
    told = until(care, "check")
    assert told["faults"] == 1 and told["found"] == [
        {"name": "disk", "verdict": "fault", "sentence": "No room."}
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [(StoreError("There is no collection."), "There is no collection."), (OSError(5), UNEXPECTED)],
)
def test_what_goes_wrong_is_one_sentence(tmp_path: Path, error: Exception, said: str) -> None:
    def fail(_: object) -> Iterator[Diagnosis]:
        yield FAULT
        raise error

    def break_off(_: ProgressCallback) -> None:
        raise error

    care = Caretaker(Building(break_off), tmp_path, examine=fail)
    call(care, "check")
    call(care, "rebuild")
    assert until(care, "check")["note"] == until(care, "rebuild")["note"] == said
    assert len(until(care, "check")["found"]) == 1


def test_one_rebuild_at_a_time_with_an_estimate(tmp_path: Path) -> None:
    go_on, now = threading.Event(), [0.0]

    def work(progress: ProgressCallback) -> None:
        progress(step(1))
        go_on.wait(10)
        progress(step(4))

    library = Building(work)
    care = Caretaker(library, tmp_path, clock=lambda: now[0])
    call(care, "rebuild")
    while not (call(care, "progress")["rebuild"] or {}).get("done"):
        time.sleep(0.01)
    now[0] = 5.0
    told = call(care, "rebuild")["rebuild"]
    assert (told["done"], told["total"], told["left"], told["over"]) == (1, 4, 15, False)
    go_on.set()
    assert until(care, "rebuild")["done"] == 4 and library.begun == 1
    call(care, "rebuild")
    until(care, "rebuild")
    assert library.begun == 2


def test_a_rebuild_that_is_cancelled_leaves_the_collection_as_it_was(tmp_path: Path) -> None:
    for number in range(3):
        write_article(tmp_path / "articles", number, paragraphs=1)
    with open_index(tmp_path / "data") as index:
        index.add([tmp_path / "articles"])
        held = _Held(index)
        care = Caretaker(held, tmp_path / "data")  # type: ignore[arg-type]
        call(care, "rebuild")
        assert held.reached.wait(10)
        call(care, "cancel")
        held.go_on.set()
        told = until(care, "rebuild")
        assert told["cancelled"] and not told["note"]
        check_invariants(index)
        held.go_on.set()
        call(care, "rebuild")
        assert not until(care, "rebuild")["cancelled"]
        check_invariants(index)


class _Held:
    """Waits, the first time, before it tells of any progress."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.reached, self.go_on = threading.Event(), threading.Event()

    def rebuild(self, progress: ProgressCallback) -> int:
        def tell(one: Progress) -> None:
            self.reached.set()
            self.go_on.wait(10)
            progress(one)

        return self._index.rebuild(tell)


def test_closing_ends_a_rebuild(tmp_path: Path) -> None:
    def work(progress: ProgressCallback) -> None:
        for done in range(10_000):
            progress(step(done))
            time.sleep(0.01)

    care = Caretaker(Building(work), tmp_path)
    call(care, "rebuild")
    care.close()
    assert until(care, "rebuild")["cancelled"]


def test_whoever_may_not_does_not(tmp_path: Path) -> None:
    def look(_: Path) -> Iterable[Diagnosis]:
        raise AssertionError

    library = Building(lambda _: None)
    care = Caretaker(library, tmp_path, allowed=False, examine=look)
    assert {call(care, name)["trouble"] for name in ("check", "rebuild", "cancel")} == {NOT_YOURS}
    assert library.begun == 0 and call(care, "progress") == {"check": None, "rebuild": None}


def test_names_from_elsewhere_are_text(tmp_path: Path) -> None:
    (tmp_path / "a file").write_bytes(b"x" * 3_000_000)
    html = call(Caretaker(FakeLibrary(degraded="<b>bad</b>"), tmp_path, writers=["<img src=x>"]), "facts")[
        "html"
    ]
    assert "<b>" not in html and "<img" not in html and "3.0 MB" in html
