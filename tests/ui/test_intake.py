"""The queue of what is added in the page, over a real collection with a fake embedder."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stores import article_text, check_invariants, open_index

from index import Index, IngestReport, Progress, StoreError
from index.lock import WriterLock
from ui.config import SettingError, UploadLimits
from ui.intake import CANCELLED, CANCELLING, KNOWN, NAMESAKE, Intake, Item, State
from ui.uploads import UploadError, UploadFolder


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(tmp_path / "data")
    yield opened
    opened.close()


def intake_of(library: Any, tmp_path: Path, **limits: int) -> Intake:
    folder = UploadFolder(tmp_path / "data" / "uploads")
    return Intake(library, folder, UploadLimits(**limits), pause=0.05)


def arrived(tmp_path: Path, content: str | bytes, name: str = "upload") -> Path:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def outcomes(intake: Intake) -> list[Item]:
    assert intake.wait(30)
    return intake.items()


def kept(tmp_path: Path) -> list[str]:
    folder = tmp_path / "data" / "uploads"
    return sorted(one.name.split("-", 1)[1] for one in folder.glob("[!.]*"))


def test_a_good_file_is_added_and_a_broken_one_told_in_a_sentence(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    intake.offer_file(arrived(tmp_path, article_text(1)), "news/good.txt")
    intake.offer_file(arrived(tmp_path, b"\x00\x01\x02" * 900), "news/broken.txt")
    intake.offer_file(arrived(tmp_path, "<html><body></body></html>"), "empty.html")
    good, broken, empty = outcomes(intake)
    assert (good.name, good.state, good.note) == ("news/good.txt", State.DONE, "Added.")
    assert index.article(good.article_id or "").text == article_text(1).strip()  # type: ignore[union-attr]
    assert broken.state is empty.state is State.FAILED
    assert (
        broken.note.startswith("broken.txt")
        and broken.note.endswith(".")
        and str(tmp_path) not in broken.note
    )
    assert kept(tmp_path) == ["good.txt"], "what no article was read from is not kept"
    check_invariants(index)


def test_the_content_decides_and_not_the_name(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    intake.offer_file(arrived(tmp_path, b"%PDF-1.7\n" + bytes(range(256)) * 20), "article.txt")
    [disguised] = outcomes(intake)
    assert disguised.state is State.FAILED and index.status().articles == 0


def test_the_same_file_again_is_known(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    for name in ("a.txt", "a.txt", "b.txt"):
        intake.offer_file(arrived(tmp_path, article_text(1)), name)
        intake.wait(30)
    first, same, other = outcomes(intake)
    assert first.state is State.DONE
    assert (same.state, same.note, same.article_id) == (State.KNOWN, KNOWN, first.article_id)
    assert other.state is State.KNOWN
    assert other.note == "b.txt holds the same article as a.txt; it was not indexed twice."
    assert kept(tmp_path) == ["a.txt"] and index.status().articles == 1


def test_a_pasted_text_is_an_article(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    [offered] = intake.offer_text(f"\n{article_text(3)}\n")
    [item] = outcomes(intake)
    assert item.id == offered.id and item.state is State.DONE and item.name.startswith("“The ")
    assert "marker3v1" in index.article(item.article_id or "").text  # type: ignore[union-attr]


def test_addresses_are_read_each_once(tmp_path: Path) -> None:
    seen: list[object] = []

    class Web:
        def add(self, paths: Iterable[Path | str], **_: object) -> IngestReport:
            seen.extend(paths)
            return IngestReport(added=("a" * 16,))

    intake = intake_of(Web(), tmp_path)
    intake.offer_text("https://ledger.example/a https://ledger.example/a\nhttps://ledger.example/b")
    assert [item.state for item in outcomes(intake)] == [State.DONE, State.DONE]
    assert seen == ["https://ledger.example/a", "https://ledger.example/b"]


def test_limits_are_told_and_leave_nothing_behind(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path, file_bytes=100, total_bytes=150, files=2, pasted_characters=30)
    hold = threading.Event()
    intake._read = lambda job: hold.wait(30)  # type: ignore[method-assign]
    file = arrived(tmp_path, "x" * 101)
    with pytest.raises(UploadError, match=r"long\.txt is larger than the limit of 100 bytes"):
        intake.offer_file(file, "long.txt")
    assert not file.exists()
    intake.offer_file(arrived(tmp_path, "x" * 100), "one.txt")
    with pytest.raises(UploadError, match="150 bytes would be waiting"):
        intake.offer_file(arrived(tmp_path, "y" * 100), "two.txt")
    intake.offer_file(arrived(tmp_path, "y" * 20), "two.txt")
    with pytest.raises(UploadError, match="2 files are waiting already"):
        intake.offer_file(arrived(tmp_path, "z"), "three.txt")
    with pytest.raises(UploadError, match="31 characters"):
        intake.offer_text("x" * 31)
    with pytest.raises(UploadError, match="Paste the text"):
        intake.offer_text("  \n ")
    assert kept(tmp_path) == ["one.txt", "two.txt"]
    hold.set()


def test_a_setting_without_a_possible_value_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLE_ASSISTANT_UPLOAD_FILES", "many")
    with pytest.raises(SettingError, match=r"ARTICLE_ASSISTANT_UPLOAD_FILES is 'many'"):
        UploadLimits()
    monkeypatch.setenv("ARTICLE_ASSISTANT_UPLOAD_FILES", "7")
    assert UploadLimits().files == 7


def test_while_another_process_writes_it_waits_and_says_so(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    with WriterLock(tmp_path / "data"):
        intake.offer_file(arrived(tmp_path, article_text(1)), "good.txt")
        for _ in range(200):
            if intake.items()[0].note:
                break
            threading.Event().wait(0.02)
        [item] = intake.items()
        assert item.state is State.WAITING and "is being changed by process" in item.note
    [item] = outcomes(intake)
    assert item.state is State.DONE and index.status().articles == 1


class SlowLibrary:
    """A collection that waits before each article of a file with many."""

    def __init__(self, articles: int) -> None:
        self.articles, self.done = articles, 0
        self.begun, self.go_on = threading.Event(), threading.Event()

    def add(self, paths: Iterable[Path | str], *, progress: Any, **_: object) -> IngestReport:
        for number in range(self.articles):
            progress(Progress(done=number, total=self.articles, passages=number, current="x"))
            self.begun.set()
            self.go_on.wait(30)
            self.done += 1
        return IngestReport(added=("a" * 16,) * self.articles)


def test_cancelling_ends_what_is_read_and_drops_what_waits(tmp_path: Path) -> None:
    library = SlowLibrary(3)
    intake = intake_of(library, tmp_path)
    for name in ("archive.txt", "next.txt"):
        intake.offer_file(arrived(tmp_path, name), name)
    assert library.begun.wait(30)
    intake.cancel()
    library.go_on.set()
    first, second = outcomes(intake)
    assert first.state is second.state is State.CANCELLED
    assert first.note == "Cancelled; 1 article read before stayed."
    assert library.done == 1 and kept(tmp_path) == ["archive.txt"]


def test_one_of_several_is_cancelled_and_the_others_are_read(tmp_path: Path) -> None:
    library = SlowLibrary(2)
    intake = intake_of(library, tmp_path)
    items = [intake.offer_file(arrived(tmp_path, name), name) for name in ("a.txt", "b.txt", "c.txt")]
    assert library.begun.wait(30)
    intake.cancel(items[1].id)
    intake.cancel(items[0].id)
    intake.cancel(999)
    assert [item.note for item in intake.items()][:2] == [CANCELLING, CANCELLED]
    library.go_on.set()
    first, second, third = outcomes(intake)
    assert (first.state, first.note) == (State.CANCELLED, "Cancelled; 1 article read before stayed.")
    assert (second.state, third.state) == (State.CANCELLED, State.DONE)
    assert kept(tmp_path) == ["a.txt", "c.txt"], "what was read from stays, what was not goes"


def test_a_file_of_a_known_name_takes_the_place_of_the_earlier_one_if_its_owner_says_so(
    index: Index, tmp_path: Path
) -> None:
    intake = intake_of(index, tmp_path)
    intake.offer_file(arrived(tmp_path, article_text(1)), "news/one.txt")
    key = outcomes(intake)[-1].article_id or ""
    intake.offer_file(arrived(tmp_path, article_text(2)), "other/one.txt")
    assert outcomes(intake)[-1].state is State.DONE, "a name is that of a file with its folders"
    intake.offer_file(arrived(tmp_path, article_text(1, 2)), "news/one.txt")
    asking = outcomes(intake)[-1]
    assert (asking.state, asking.note) == (State.ASKING, NAMESAKE)
    assert "marker1v1" in index.article(key).text, "nothing is done before the answer"  # type: ignore[union-attr]
    intake.answer(True, asking.id)
    done = outcomes(intake)[-1]
    assert (done.state, done.note, done.article_id) == (State.DONE, "1 article updated.", key)
    assert "marker1v2" in index.article(key).text and len(index.versions(key)) == 2  # type: ignore[union-attr]
    assert index.status().articles == 2
    check_invariants(index)
    intake.offer_file(arrived(tmp_path, article_text(1, 2)), "news/one.txt")
    assert outcomes(intake)[-1].state is State.KNOWN
    intake.offer_file(arrived(tmp_path, article_text(1)), "news/one.txt")
    intake.answer(True)
    assert outcomes(intake)[-1].state is State.DONE and index.status().articles == 2
    assert "marker1v1" in index.article(key).text, "also back to what it was"  # type: ignore[union-attr]


def test_files_of_one_name_can_stay_beside_each_other_or_be_cancelled(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    for number in (1, 2, 3):
        intake.offer_file(arrived(tmp_path, article_text(number)), "one.txt")
        if number > 1:
            assert outcomes(intake)[-1].state is State.ASKING
            intake.answer(False) if number == 2 else intake.cancel()
        assert outcomes(intake)[-1].state is (State.CANCELLED if number == 3 else State.DONE)
    assert index.status().articles == 2 and len(kept(tmp_path)) == 2


def test_what_has_left_an_archive_that_is_replaced_is_gone(index: Index, tmp_path: Path) -> None:
    first, second, changed = (article_text(*one) for one in ((1,), (2,), (1, 2)))
    intake = intake_of(index, tmp_path)
    intake.offer_file(arrived(tmp_path, archive({"one.txt": first, "two.txt": second})), "pile.zip")
    assert outcomes(intake)[-1].note == "2 articles added."
    intake.offer_file(arrived(tmp_path, archive({"one.txt": changed})), "pile.zip")
    intake.answer(True)
    done = outcomes(intake)[-1]
    assert done.state is State.DONE
    assert done.note == "1 article updated; 1 article no longer in it and removed."
    assert "marker1v2" in " ".join(article.text for article in index.articles())
    assert index.status().articles == 1
    check_invariants(index)


def archive(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return out.getvalue()


def test_a_cancelled_article_is_not_in_the_collection(index: Index, tmp_path: Path) -> None:
    intake = intake_of(index, tmp_path)
    embed, begun, go_on = index.embedder.embed_passages, threading.Event(), threading.Event()

    def slowly(*arguments: Any) -> Any:
        begun.set()
        go_on.wait(30)
        return embed(*arguments)

    index.embedder.embed_passages = slowly  # type: ignore[method-assign]
    intake.offer_file(arrived(tmp_path, article_text(1)), "one.txt")
    assert begun.wait(30)
    intake.cancel()
    go_on.set()
    [item] = outcomes(intake)
    assert item.state is State.CANCELLED and index.status().articles == 0 and kept(tmp_path) == []
    index.embedder.embed_passages = embed  # type: ignore[method-assign]
    intake.offer_file(arrived(tmp_path, article_text(1)), "one.txt")
    assert outcomes(intake)[-1].state is State.DONE
    check_invariants(index)


class BrokenLibrary:
    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def add(self, paths: Iterable[Path | str], **_: object) -> IngestReport:
        if self.error:
            error, self.error = self.error, None
            raise error
        return IngestReport(added=("a" * 16,))


@pytest.mark.parametrize(
    ("error", "said"),
    [(StoreError("The disk is full."), "The disk is full."), (RuntimeError("x"), "the terminal says why")],
)
def test_a_failure_of_one_is_not_the_end_of_the_others(tmp_path: Path, error: Exception, said: str) -> None:
    intake = intake_of(BrokenLibrary(error), tmp_path)
    for name in ("one.txt", "two.txt"):
        intake.offer_file(arrived(tmp_path, name), name)
    first, second = outcomes(intake)
    assert first.state is State.FAILED and said in first.note
    assert second.state is State.DONE


def test_who_changes_the_collection_goes_before_the_next_file(tmp_path: Path) -> None:
    library = SlowLibrary(1)
    intake = intake_of(library, tmp_path)
    for number in range(3):
        intake.offer_file(arrived(tmp_path, str(number)), f"{number}.txt")
    assert library.begun.wait(30)
    with pytest.raises(UploadError, match="is being read"), intake.writing(0.05):
        pass
    threading.Timer(0.1, library.go_on.set).start()
    with intake.writing(30):
        assert library.done < 3
    outcomes(intake)
    intake.forget()
    assert intake.items() == []


def test_what_waited_when_the_program_ended_is_read_at_the_next_start(index: Index, tmp_path: Path) -> None:
    ended = intake_of(index, tmp_path)
    ended._work = lambda: None  # type: ignore[method-assign]
    ended.offer_file(arrived(tmp_path, article_text(1)), "news/good.txt")
    ended.offer_file(arrived(tmp_path, article_text(2)), "lost.txt")
    next((tmp_path / "data" / "uploads").glob("*-lost.txt")).unlink()
    intake = intake_of(index, tmp_path)
    intake.resume()
    [item] = outcomes(intake)
    assert (item.name, item.state) == ("news/good.txt", State.DONE)
    index.remove([item.article_id or ""])
    again = intake_of(index, tmp_path)
    again.resume()
    assert again.items() == [] and index.status().articles == 0, "what was deleted does not come back"
