"""Feedback: kept for its owner, changed, taken back, exported and read again."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import FakeLibrary, make_answer, written_answer

from assistant import Answer
from assistant.cli import main
from assistant.feedback import Feedback, FeedbackSource, Reason, Thumb, Vote
from assistant.feedback.export import FeedbackFileError, read_export, to_csv, to_jsonl
from assistant.feedback.store import FILE_NAME, FeedbackStore
from assistant.feedback.types import LONGEST_COMMENT, fingerprint
from index import Index, StoreError

ADA, BOB, TALK = "user:ada", "browser:bob", "talk-1"
UP = Vote.of(Thumb.UP)
WRONG = Vote.of(Thumb.DOWN, Reason.WRONG, " It was the <b>other</b> lamp. ")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def now() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def store(path: Path, now: list[float]) -> FeedbackStore:
    return FeedbackStore(path, lambda: now[0])


@pytest.fixture
def answer() -> Answer:
    return make_answer(FakeLibrary(), "lighthouse?")


def test_a_vote_is_kept_with_what_it_is_about(store: FeedbackStore, answer: Answer, path: Path) -> None:
    store.give(ADA, TALK, 1, answer, WRONG)
    (kept,) = store.all()
    assert (kept.thumb, kept.reason, kept.comment) == (
        Thumb.DOWN,
        Reason.WRONG,
        "It was the <b>other</b> lamp.",
    )
    assert (kept.question, kept.answer, kept.model) == ("lighthouse?", answer.text, None)
    assert [one.quote for one in kept.sources] == [one.quote for one in answer.citations]
    assert kept.sources[0].article_id == "lighthouse" and kept.sources[1].title == "Le phare rallumé"
    assert kept.given == kept.changed == datetime.fromtimestamp(1_000_000, UTC)
    assert path.stat().st_mode & 0o077 == 0
    store.give(ADA, TALK, 2, written_answer(FakeLibrary(), "keeper?", "keeper-7b"), UP)
    assert store.all()[1].model == "keeper-7b"


def test_a_refusal_keeps_the_articles_it_named(store: FeedbackStore) -> None:
    refusal = make_answer(FakeLibrary(), "who won?")
    store.give(ADA, TALK, 1, refusal, Vote.of(Thumb.DOWN, Reason.NOT_FOUND))
    (kept,) = store.all()
    assert kept.status == "no_evidence" and len(kept.sources) == 3 and not kept.sources[0].quote


def test_a_vote_is_changed_and_taken_back(store: FeedbackStore, answer: Answer, now: list[float]) -> None:
    first = store.give(ADA, TALK, 1, answer, UP)
    now[0] += 60
    changed = store.give(ADA, TALK, 1, answer, WRONG)
    assert changed.id == first.id and changed.changed - changed.given == timedelta(seconds=60)
    assert store.votes(ADA, TALK) == {(1, fingerprint(answer)): WRONG}
    assert store.remove(ADA, TALK, 1, answer) and not store.remove(ADA, TALK, 1, answer)
    assert store.all() == [] and store.votes(ADA, TALK) == {}


def test_a_vote_is_for_the_answer_that_was_read_and_not_for_what_replaced_it(
    store: FeedbackStore, answer: Answer
) -> None:
    store.give(ADA, TALK, 1, answer, WRONG)
    other = written_answer(FakeLibrary(), "lighthouse?", "keeper-7b")
    assert (1, fingerprint(other)) not in store.votes(ADA, TALK)
    store.give(ADA, TALK, 1, other, UP)
    assert [one.thumb for one in store.all()] == [Thumb.DOWN, Thumb.UP]


def test_nobody_sees_or_changes_the_votes_of_others(store: FeedbackStore, answer: Answer) -> None:
    store.give(ADA, TALK, 1, answer, UP)
    assert store.votes(BOB, TALK) == {} and store.all(BOB) == [] and len(store.all(ADA)) == 1
    assert not store.remove(BOB, TALK, 1, answer)
    store.withdraw(BOB, TALK)
    store.erase(BOB)
    assert len(store.all()) == 1
    with pytest.raises(StoreError):
        store.give(BOB, TALK, 1, answer, UP)
    assert len(store.all()) == 1 and store.all(BOB) == []


def test_votes_go_and_come_with_their_conversation(
    store: FeedbackStore, answer: Answer, now: list[float], path: Path
) -> None:
    store.give(ADA, TALK, 1, answer, WRONG)
    store.give(ADA, "talk-2", 1, answer, UP)
    store.withdraw(ADA, TALK)
    assert len(store.all()) == 1 and store.votes(ADA, TALK) == {}
    now[0] += 599
    store.restore(ADA, TALK)
    assert len(store.all()) == 2
    store.withdraw(ADA, TALK)
    now[0] += 601
    store.restore(ADA, TALK)
    assert len(store.all()) == 1
    assert b"the <b>other</b> lamp" not in path.read_bytes()
    store.erase(ADA)
    assert store.all() == [] and b"lighthouse?" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"not a database " * 100, None])
def test_a_file_that_cannot_be_used_is_one_sentence(
    path: Path, answer: Answer, content: bytes | None
) -> None:
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(StoreError, match=r"^Feedback cannot be kept .* move that file away\.$"):
        FeedbackStore(path).give(ADA, TALK, 1, answer, UP)


def test_a_file_of_a_newer_version_is_left_alone(store: FeedbackStore, path: Path, answer: Answer) -> None:
    store.give(ADA, TALK, 1, answer, UP)
    content = bytearray(path.read_bytes())
    content[60:64] = (9).to_bytes(4, "big")  # where SQLite keeps `user_version`
    path.write_bytes(content)
    with pytest.raises(StoreError, match="newer version"):
        store.all()
    assert path.read_bytes() == content


def test_what_a_reader_writes_is_bounded(store: FeedbackStore, answer: Answer) -> None:
    store.give(ADA, TALK, 1, answer, Vote.of(Thumb.DOWN, None, "x" * 100_000))
    (kept,) = store.all()
    assert kept.reason is Reason.OTHER and len(kept.comment) == LONGEST_COMMENT
    assert Vote.of(Thumb.UP, Reason.WRONG, "words") == UP


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SOURCES = st.builds(FeedbackSource, article_id=WORDS, title=WORDS, source=st.none() | WORDS, quote=WORDS)
NAMES = st.none() | WORDS.filter(bool)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
ANY = st.builds(
    Feedback,
    id=WORDS.filter(bool),
    thumb=st.sampled_from(Thumb),
    reason=st.none() | st.sampled_from(Reason),
    comment=WORDS,
    question=WORDS,
    standalone=NAMES,
    answer=WORDS,
    status=st.just("quoted"),
    language=st.just("en"),
    model=NAMES,
    sources=st.lists(SOURCES, max_size=2).map(tuple),
    given=MOMENTS,
    changed=MOMENTS,
)


@given(st.lists(ANY, max_size=3))
def test_an_export_is_read_again_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, all_: list[Feedback]
) -> None:
    folder = tmp_path_factory.mktemp("export")
    for name, write in (("all.jsonl", to_jsonl), ("all.csv", to_csv)):
        file = folder / name
        file.write_bytes(write(all_).encode())
        assert read_export(file) == all_


def test_no_cell_is_a_formula(store: FeedbackStore, answer: Answer) -> None:
    store.give(ADA, TALK, 1, answer, Vote.of(Thumb.DOWN, Reason.OTHER, '=HYPERLINK("http://evil.example")'))
    (row,) = csv.DictReader(io.StringIO(to_csv(store.all()), newline=""))
    assert row["comment"].startswith("'=")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"{half", "line 1: it is no JSON"),
        (b"[]\n", "line 1"),
        (b'{"id": "a", "thumb": "sideways"}\n', "line 1: thumb"),
        (b"id,given,changed\n1,2\n", "row 1"),
        (b'id,given,changed\n1,2,"3\n', "unexpected end of data"),
        (b"\x89PNG\r\n", "not UTF-8"),
        (b"[" * 100_000, "line 1"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "bad"
    file.write_bytes(content)
    with pytest.raises(FeedbackFileError, match=said) as raised:
        read_export(file)
    assert str(raised.value).startswith(f"{file} is no export of feedback (") and "\n" not in str(
        raised.value
    )


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer) -> Path:
    """A collection with two votes, which the commands use by default."""
    data = tmp_path / "collection"
    monkeypatch.setenv("ARTICLE_ASSISTANT_DATA", str(data))
    Index.open(data).close()
    store = FeedbackStore(data / FILE_NAME)
    store.give(ADA, TALK, 1, answer, UP)
    store.give(BOB, "talk-2", 4, answer, WRONG)
    return data


def test_the_command_lists_exports_and_deletes(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", "list"]) == 0
    listed = capsys.readouterr().out
    assert (
        "up  (quoted)" in listed and "down: wrong" in listed and "“It was the <b>other</b> lamp.”" in listed
    )
    assert main(["feedback", "export"]) == 0
    out = capsys.readouterr().out
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["thumb"] for row in rows] == ["up", "down"]
    assert ADA not in out and "ada" not in out and TALK not in out, "an export names nobody"
    file = tmp_path / "all.csv"
    assert main(["feedback", "export", "--format", "csv", "--output", str(file)]) == 0
    assert [one.thumb for one in read_export(file)] == [Thumb.UP, Thumb.DOWN]
    assert file.stat().st_mode & 0o077 == 0
    assert main(["feedback", "delete", rows[0]["id"], "nonsense"]) == 1
    assert main(["feedback", "delete"]) == 2
    assert main(["feedback", "delete", "--all"]) == 0
    capsys.readouterr()
    assert main(["feedback", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["feedback", "list", "--data", str(tmp_path / "nowhere")]) == 2
    assert main(["feedback", "export", "--output", str(tmp_path / "no" / "where")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and "cannot be written" in said[1]


def test_a_backup_holds_the_feedback(collection: Path, tmp_path: Path) -> None:
    file, back = tmp_path / "backup", tmp_path / "back"
    assert main(["backup", str(file), "--quiet"]) == 0
    assert main(["restore", str(file), "--data", str(back), "--quiet"]) == 0
    assert len(FeedbackStore(back / FILE_NAME).all()) == 2
