"""What an ingest does with new, unchanged, changed, vanished, doubled and broken files."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from stores import article_text, check_invariants, found_words, open_index, texts, write_article

from index.collection import Index
from index.config import IndexConfig
from index.errors import EmbedderMismatchError, IndexFullError, IndexLockedError, StoreError
from index.fakes import HashEmbedder, InMemoryVectors
from index.lock import WriterLock
from index.types import Progress


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    return made


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(tmp_path / "data")
    yield opened
    opened.close()


def embedded(index: Index) -> int:
    assert isinstance(index.embedder, HashEmbedder)
    return index.embedder.passages_embedded


def old(path: Path, seconds: int = 100) -> None:
    """Make a file look as if it had been written a while ago."""
    now = path.stat().st_mtime
    os.utime(path, (now - seconds, now - seconds))


def with_url(path: Path, text: str, url: str, date: str | None = None) -> Path:
    lines = ["---", "title: A title", f"url: {url}", *([f"date: {date}"] if date else []), "---", "", text]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_folder_goes_in_and_can_be_searched(index: Index, folder: Path) -> None:
    for number in range(5):
        write_article(folder, number)
    seen: list[Progress] = []
    report = index.add([folder], progress=seen.append)
    assert len(report.added) == 5
    assert report.failures == report.duplicates == report.unchanged == report.updated == ()
    assert report.passages == embedded(index) == index.status().passages
    assert (seen[-1].done, seen[-1].total, seen[-1].passages) == (5, 5, report.passages)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert found_words(index, "marker3v1") == [
        one.id for one in index.list_articles() if one.path == str(folder / "article-003.txt")
    ]
    check_invariants(index)


@pytest.mark.parametrize("age", [0, 100])
def test_an_unchanged_folder_costs_nothing(index: Index, folder: Path, age: int) -> None:
    for number in range(5):
        old(write_article(folder, number), age)
    first = index.add([folder])
    cost = embedded(index)
    with index.catalog.reading() as connection:
        before = connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes
    again = index.add([folder])
    with index.catalog.reading() as connection:
        after = connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes
    assert sorted(again.unchanged) == sorted(first.added)
    assert again.added == again.updated == again.removed == ()
    assert again.passages == 0
    assert embedded(index) == cost
    assert after == before, "nothing was written"


def test_a_touched_file_is_unchanged(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    index.add([folder])
    cost = embedded(index)
    old(path, 5000)
    assert len(index.add([folder]).unchanged) == 1
    assert embedded(index) == cost


def test_a_changed_file_replaces_its_article(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    write_article(folder, 2)
    first = index.add([folder])
    write_article(folder, 1, version=2)
    report = index.add([folder])
    assert len(report.updated) == len(report.unchanged) == 1
    assert report.updated[0] in first.added
    assert found_words(index, "marker1v1") == []
    assert found_words(index, "marker1v2") == [report.updated[0]]
    assert texts(index)[str(path)].strip() == article_text(1, 2).strip()
    check_invariants(index)


def test_a_change_that_keeps_time_and_size_is_seen_if_it_was_quick(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    index.add([folder])
    stamp = path.stat()
    path.write_text(article_text(1).replace("harbour", "HARBOUR"), encoding="utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size
    assert len(index.add([folder]).updated) == 1


def test_a_changed_title_is_a_change(index: Index, folder: Path) -> None:
    path = with_url(folder / "a.md", article_text(1), "https://example.org/a")
    index.add([folder])
    path.write_text(path.read_text().replace("A title", "Another title"))
    (updated,) = index.add([folder]).updated
    article = index.article(updated)
    assert article is not None
    assert article.title == "Another title"
    check_invariants(index)


def test_vanished_files_stay_until_sync(index: Index, folder: Path) -> None:
    for number in range(3):
        write_article(folder, number)
    index.add([folder])
    (folder / "article-001.txt").unlink()
    assert index.add([folder]).removed == ()
    report = index.add([folder], sync=True)
    assert len(report.removed) == 1
    assert len(report.unchanged) == 2
    assert found_words(index, "marker1v1") == []
    check_invariants(index)


def test_sync_leaves_other_folders_alone(index: Index, tmp_path: Path) -> None:
    one, other = tmp_path / "news", tmp_path / "news-old"
    write_article(one, 1)
    write_article(other, 2)
    index.add([one, other])
    (other / "article-002.txt").unlink()
    assert index.add([one], sync=True).removed == ()
    assert len(index.add([other], sync=True).removed) == 1


def test_a_folder_that_is_gone_removes_nothing(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    index.add([folder])
    shutil.rmtree(folder)
    report = index.add([folder], sync=True)
    assert report.removed == ()
    assert "does not exist" in report.failures[0].reason
    assert index.status().articles == 1


def test_a_single_file_that_is_gone_is_removed_by_sync(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    index.add([path])
    path.unlink()
    assert len(index.add([path], sync=True).removed) == 1


def test_the_same_content_twice_is_one_article(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    copy = folder / "copy.txt"
    shutil.copy(path, copy)
    report = index.add([folder])
    assert len(report.added) == 1
    assert [one.path for one in report.duplicates] == [str(copy)]
    assert str(path) in report.duplicates[0].reason
    cost = embedded(index)
    again = index.add([folder])
    assert [one.path for one in again.duplicates] == [str(copy)]
    assert embedded(index) == cost
    check_invariants(index)


@pytest.mark.parametrize("separately", [True, False])
def test_a_duplicate_takes_over_when_the_first_file_goes(
    index: Index, folder: Path, separately: bool
) -> None:
    path = write_article(folder, 1)
    copy = folder / "copy.txt"
    shutil.copy(path, copy)
    index.add([folder])
    path.unlink()
    if separately:
        index.add([path], sync=True)
        assert index.status().articles == 0
    report = index.add([folder], sync=True)
    assert len(report.added) == 1
    assert texts(index).keys() == {str(copy)}
    check_invariants(index)


def test_a_duplicate_becomes_an_article_when_the_first_file_changes(index: Index, folder: Path) -> None:
    path = write_article(folder, 5)
    copy = folder / "a-copy.txt"  # read before the original
    index.add([path])
    shutil.copy(path, copy)
    assert len(index.add([folder]).duplicates) == 1
    write_article(folder, 5, version=2)
    report = index.add([folder])
    assert len(report.updated) == len(report.added) == 1
    assert report.duplicates == ()
    assert texts(index).keys() == {str(path), str(copy)}
    check_invariants(index)


def test_a_file_that_becomes_a_copy_of_another_gives_its_article_up(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    second = write_article(folder, 2)
    index.add([folder])
    shutil.copy(folder / "article-001.txt", second)
    report = index.add([folder])
    assert len(report.removed) == len(report.duplicates) == len(report.unchanged) == 1
    assert found_words(index, "marker2v1") == []
    assert index.status().articles == 1
    check_invariants(index)


def test_two_files_with_one_url_are_one_article_and_the_later_one_stands(index: Index, folder: Path) -> None:
    url = "https://example.org/story"
    late = with_url(folder / "a.md", article_text(1, 2), url, "2017-12-12")
    early = with_url(folder / "b.md", article_text(1, 1), url + "/?utm_source=x", "2017-12-11")
    report = index.add([folder])
    assert len(report.added) == 1
    assert [one.path for one in report.duplicates] == [str(early)]
    assert str(late) in report.duplicates[0].reason
    assert texts(index).keys() == {str(late)}
    cost = embedded(index)
    assert [one.path for one in index.add([folder]).duplicates] == [str(early)]
    assert embedded(index) == cost
    check_invariants(index)


def test_the_later_of_two_files_wins_in_either_order(index: Index, folder: Path) -> None:
    url = "https://example.org/story"
    early = with_url(folder / "a.md", article_text(1, 1), url, "2017-12-11")
    late = with_url(folder / "b.md", article_text(1, 2), url, "2017-12-12")
    report = index.add([folder])
    assert texts(index).keys() == {str(late)}
    assert [one.path for one in report.duplicates] == [str(early)]
    assert index.add([folder]).duplicates == report.duplicates
    late.unlink()
    index.add([folder], sync=True)
    assert texts(index).keys() == {str(early)}, "the other one is not lost"
    check_invariants(index)


def test_a_file_that_gets_a_url_keeps_one_article(index: Index, folder: Path) -> None:
    path = folder / "a.md"
    path.write_text(article_text(1))
    (first,) = index.add([folder]).added
    with_url(path, article_text(1), "https://example.org/a")
    report = index.add([folder])
    assert report.removed == (first,)
    assert len(report.added) == 1
    assert index.status().articles == 1
    check_invariants(index)


def test_broken_files_are_named_and_the_others_go_on(index: Index, folder: Path) -> None:
    write_article(folder, 1)
    (folder / "empty.txt").touch()
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 50)
    report = index.add([folder, folder / "missing", folder / "picture.png"])
    assert len(report.added) == 1
    assert {Path(one.path).name for one in report.failures} == {
        "empty.txt",
        "binary.txt",
        "missing",
        "picture.png",
    }
    assert all(one.reason.endswith(".") for one in report.failures)


def test_a_file_that_breaks_later_keeps_its_article(index: Index, folder: Path) -> None:
    path = write_article(folder, 1)
    index.add([folder])
    path.write_bytes(bytes(range(256)) * 50)
    report = index.add([folder], sync=True)
    assert len(report.failures) == 1
    assert found_words(index, "marker1v1")


def test_a_file_that_goes_while_it_is_being_read_is_a_failure(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        write_article(folder, number)

    def forget(progress: Progress) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    write_article(folder, 0, paragraphs=60)  # enough for a first report before the others are read
    report = index.add([folder], progress=forget)
    assert len(report.added) + len(report.failures) == 3
    assert report.failures
    check_invariants(index)


def test_many_passages_go_through_windows(index: Index, folder: Path) -> None:
    write_article(folder, 1, paragraphs=150)
    for number in range(2, 12):
        write_article(folder, number, paragraphs=number)
    report = index.add([folder])
    assert report.passages > 200
    check_invariants(index)


def test_removing_by_id_and_by_its_beginning(index: Index, folder: Path) -> None:
    for number in range(3):
        write_article(folder, number)
    first, second, third = index.add([folder]).added
    report = index.remove([first, second[:8], third[:5], "no-such-article"])
    assert report.removed == (first, second)
    assert [one.path for one in report.failures] == [third[:5], "no-such-article"]
    assert [one.id for one in index.list_articles()] == [third]
    check_invariants(index)
    assert sorted(index.add([folder]).added) == sorted([first, second]), "adding brings them back"


def test_another_model_is_refused_until_a_rebuild(tmp_path: Path, folder: Path) -> None:
    write_article(folder, 1)
    stores: dict[str, dict] = {}
    first = open_index(tmp_path / "data")
    first.vectors = InMemoryVectors(lambda: first.catalog.meta("collection") or "articles-1", stores)
    first.add([folder])
    first.close()
    other = open_index(tmp_path / "data", embedder=HashEmbedder(dimension=64, name="other"))
    other.vectors = InMemoryVectors(lambda: other.catalog.meta("collection") or "articles-1", stores)
    for use in (
        lambda: other.search("harbour"),
        lambda: other.add([folder]),
        lambda: other.embed_question("harbour"),
    ):
        with pytest.raises(EmbedderMismatchError, match="article-assistant rebuild"):
            use()
    assert "article-assistant rebuild" in (other.status().degraded or "")
    other.rebuild()
    assert other.status().degraded is None
    assert other.status().embedding_model == "other"
    assert other.catalog.passage_vectors(other.catalog.passage_ids()).shape[1] == 64
    assert len(other.add([folder]).unchanged) == 1
    copy = shutil.copy(folder / "article-001.txt", folder / "copy.txt")
    assert [one.path for one in other.add([folder]).duplicates] == [str(copy)]
    check_invariants(other)


def test_an_empty_collection_takes_any_model(tmp_path: Path, folder: Path) -> None:
    path = write_article(folder, 1)
    index = open_index(tmp_path / "data")
    index.remove(index.add([path]).added)
    index.close()
    other = open_index(tmp_path / "data", embedder=HashEmbedder(name="other"))
    assert len(other.add([path]).added) == 1
    assert other.status().embedding_model == "other"


def test_threads_of_one_process_wait_for_each_other(index: Index, folder: Path, tmp_path: Path) -> None:
    embed, begun, go_on = index.embedder.embed_passages, threading.Event(), threading.Event()

    def slowly(*arguments: object) -> object:
        begun.set()
        go_on.wait(30)
        return embed(*arguments)

    index.embedder.embed_passages = slowly  # type: ignore[assignment, method-assign]
    first, second = write_article(tmp_path / "one", 71), write_article(tmp_path / "two", 72)
    reports = []
    threads = [
        threading.Thread(target=lambda path=path: reports.append(index.add([path])))
        for path in (first, second)
    ]  # type: ignore[misc]
    for thread in threads:
        thread.start()
        assert begun.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert [len(report.added) for report in reports] == [1, 1]
    check_invariants(index)


def test_a_locked_collection_is_refused_and_searchable(index: Index, folder: Path, tmp_path: Path) -> None:
    write_article(folder, 1)
    index.add([folder])
    with WriterLock(tmp_path / "data"):
        for change in (
            lambda: index.add([folder]),
            lambda: index.remove(["x"]),
            index.rebuild,
            index.recover,
        ):
            with pytest.raises(IndexLockedError):
                change()
        assert found_words(index, "marker1v1")
    assert len(index.add([folder]).unchanged) == 1


def test_reading_only_changes_nothing(tmp_path: Path, folder: Path) -> None:
    write_article(folder, 1)
    index = open_index(tmp_path / "data")
    index.add([folder])
    index.close()
    reader = open_index(tmp_path / "data", read_only=True)
    assert reader.status().articles == 1
    with pytest.raises(StoreError, match="reading only"):
        reader.add([folder])
    reader.close()


def test_no_room_anywhere_is_one_clear_error(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(folder, 1)

    def full(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.file_reader.read_bytes", full)  # a reader may need room for a temporary file
    with pytest.raises(IndexFullError, match="free some"):
        index.add([folder])


@pytest.mark.parametrize("step", ["pending", "vectors", "published", "vectors deleted"])
def test_ctrl_c_is_completed_by_the_next_run(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for number in range(4):
        write_article(folder, number)
    index.add([folder])
    for number in range(1, 3):
        write_article(folder, number, version=2)
    with monkeypatch.context() as patch:

        def interrupt(name: str) -> None:
            if name == step:
                raise KeyboardInterrupt

        patch.setattr("index.ingest.failpoint", interrupt)
        with pytest.raises(KeyboardInterrupt):
            index.add([folder])
    for number in range(4):
        versions = [bool(found_words(index, f"marker{number}v{version}")) for version in (1, 2)]
        assert sum(versions) == 1, "never neither, never both"
    index.add([folder])
    check_invariants(index)
    assert found_words(index, "marker1v2")
    assert found_words(index, "marker2v2")
    assert not found_words(index, "marker1v1")


def test_opening_makes_a_directory_or_says_why_not(tmp_path: Path) -> None:
    with Index.open(tmp_path / "a" / "b", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        assert index.status().articles == 0
        assert index.search("anything") == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="--data"):
        Index.open(tmp_path / "file", embedder=HashEmbedder())
    with pytest.raises(StoreError, match="add articles first"):
        Index.open(tmp_path / "none", read_only=True, embedder=HashEmbedder())
    assert not (tmp_path / "none").exists()


def test_the_directory_can_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTICLE_ASSISTANT_DATA", str(tmp_path / "named"))
    with Index.open(embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        assert index.status().data_dir == str(tmp_path / "named")


def test_a_copy_of_what_a_file_said_before_is_read_though_the_file_has_changed(
    tmp_path: Path, folder: Path
) -> None:
    first, second = folder / "article-001.txt", folder / "article-002.txt"
    write_article(folder, 1)
    with open_index(tmp_path / "data") as index:
        index.add([folder], sync=True)
        shutil.copy(first, second)
        write_article(folder, 1, 2)
        index.add([folder], sync=True)
        assert {text.strip() for text in texts(index).values()} == {
            first.read_text().strip(),
            second.read_text().strip(),
        }


edits = st.lists(
    st.tuples(st.just("write"), st.integers(0, 2), st.integers(1, 2))
    | st.tuples(st.just("copy"), st.integers(0, 2), st.integers(0, 2))
    | st.tuples(st.just("delete"), st.integers(0, 2), st.just(0)),
    min_size=1,
    max_size=3,
)


class Collection(RuleBasedStateMachine):
    """Files come, change, double and go; the collection follows each `add --sync`, and only then."""

    @initialize(base=st.just(None))
    def start(self, base: None) -> None:
        import tempfile

        self.base = Path(tempfile.mkdtemp(prefix="collection-"))
        self.folder = self.base / "articles"
        self.folder.mkdir()
        self.stores: dict[str, dict] = {}
        self.files: dict[str, str] = {}
        self.open()
        self.edit_and_sync([("write", number, 1) for number in range(3)])

    def open(self) -> None:
        self.index = open_index(self.base / "data", config=IndexConfig(passage_tokens=80))
        self.index.vectors = InMemoryVectors(
            lambda: self.index.catalog.meta("collection") or "articles-1", self.stores
        )

    def path(self, number: int) -> Path:
        return self.folder / f"article-{number:03}.txt"

    @rule(changes=edits)
    def edit(self, changes: list[tuple[str, int, int]]) -> None:
        for what, number, other in changes:
            path = self.path(number)
            if what == "write":
                write_article(self.folder, number, other, paragraphs=1)
                self.files[str(path)] = article_text(number, other, 1)
            elif what == "delete":
                path.unlink(missing_ok=True)
                self.files.pop(str(path), None)
            elif path.exists() and number != other:
                shutil.copy(path, self.path(other))
                self.files[str(self.path(other))] = self.files[str(path)]

    @rule(changes=edits)
    def edit_and_sync(self, changes: list[tuple[str, int, int]]) -> None:
        self.edit(changes)
        self.sync()

    @rule()
    def sync(self) -> None:
        self.index.add([self.folder], sync=True)
        stored = {path: text.strip() for path, text in texts(self.index).items()}
        assert set(stored.values()) == {text.strip() for text in self.files.values()}
        assert len(set(stored.values())) == len(stored), "one article for each content"
        assert all(self.files[path].strip() == text for path, text in stored.items())

    @rule()
    def sync_twice(self) -> None:
        self.sync()
        before = embedded(self.index)
        report = self.index.add([self.folder], sync=True)
        assert report.added == report.updated == report.removed == ()
        assert embedded(self.index) == before

    @rule(step=st.sampled_from(["pending", "vectors", "published", "retired", "vectors deleted"]))
    def interrupted_sync(self, step: str) -> None:
        from index import ingest

        hook = ingest.failpoint

        def interrupt(name: str) -> None:
            if name == step:
                raise KeyboardInterrupt

        ingest.failpoint = interrupt
        try:
            self.index.add([self.folder], sync=True)
        except KeyboardInterrupt:
            self.restart()
        finally:
            ingest.failpoint = hook
        self.index.recover()

    @rule()
    def restart(self) -> None:
        self.index.close()
        self.open()

    @rule()
    def rebuild(self) -> None:
        self.index.rebuild()

    @invariant()
    def the_store_is_whole(self) -> None:
        if hasattr(self, "index") and not self.index.catalog.unfinished():
            check_invariants(self.index)

    def teardown(self) -> None:
        if hasattr(self, "index"):
            self.index.close()
            shutil.rmtree(self.base)


TestCollection = Collection.TestCase
TestCollection.settings = settings(
    max_examples=30, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_terms_of_another_version_are_noticed_and_made_again(tmp_path: Path, folder: Path) -> None:
    write_article(folder, 1)
    with open_index(tmp_path / "data") as index:
        index.add([folder])
        assert index.status().degraded is None
        index.catalog.set_meta({"terms": "an older one"})
        assert "article-assistant rebuild" in (index.status().degraded or "")
        index.rebuild()
        assert index.status().degraded is None
        index.catalog.set_meta({"terms": "an older one"})
        index.add([folder])  # whoever writes mends it in passing
        assert index.status().degraded is None
