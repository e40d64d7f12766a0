from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.errors import SourceNotFoundError, SourceUnreadableError, TooLargeError, UnsupportedTypeError
from index.file_reader import FileReader
from index.sources import Source, check_paths, find_sources, passed_over, path_of, read_bytes
from index.types import Article, SourceFailure

NOW = datetime(2020, 6, 1, tzinfo=UTC)
CONFIG = IndexConfig(max_file_bytes=10_000, embedding_model=None)
TEXT = "The council voted on Tuesday to repair the old harbour wall."


def found(*paths: Path) -> tuple[list[Source], list[SourceFailure]]:
    everything = list(find_sources(paths, CONFIG))
    return (
        [one for one in everything if isinstance(one, Source)],
        [one for one in everything if isinstance(one, SourceFailure)],
    )


def read(source: Source, config: IndexConfig = CONFIG) -> Article:
    reader = FileReader(config)
    try:
        (one,) = reader.read(source, now=NOW, embedder_id="e5").articles
    finally:
        reader.close()
    assert not isinstance(one, SourceFailure)
    return one[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    for name in ("b.txt", "a.md", "deep/er/c.HTML", "deep/d.markdown"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{TEXT} {name}")
    return root


def test_a_folder_is_searched_all_the_way_down_in_order(folder: Path) -> None:
    (folder / ".hidden.txt").write_text(TEXT)
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text(TEXT)
    (folder / "picture.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "deep" / "Makefile").write_text("all:")
    sources, failures = found(folder)
    assert [source.name for source in sources] == ["a.md", "b.txt", "deep/d.markdown", "deep/er/c.HTML"]
    assert [source.media_type for source in sources[1:]] == ["text/plain", "text/markdown", "text/html"]
    assert failures == []
    assert passed_over([folder]) == (
        "2 files were passed over (.jpg: 1, no ending: 1); read are text, Markdown, HTML, saved web pages (.mhtml), PDF,"
        " Word (.docx), RTF, EPUB, e-mail (.eml, .mbox), JSON Lines, CSV and ZIP files."
    )


def test_an_empty_folder_holds_nothing_and_nothing_is_passed_over(tmp_path: Path) -> None:
    assert found(tmp_path) == ([], [])
    assert passed_over([tmp_path]) is None


def test_a_file_is_the_same_article_however_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absolute = {source.identity for source in found(folder)[0]}
    monkeypatch.chdir(folder.parent)
    assert {source.identity for source in found(Path("articles"))[0]} == absolute
    monkeypatch.chdir(folder)
    assert {source.identity for source in found(Path())[0]} == absolute
    assert {
        source.identity for source in found(Path("../articles/deep"), Path("a.md"), Path("b.txt"))[0]
    } == absolute
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert {source.identity for source in found(link)[0]} == absolute


def test_two_folders_of_one_name_do_not_mix(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "articles"
    shutil.copytree(folder, other)
    ids = {read(source).id for source in found(folder, other)[0]}
    assert len(ids) == 8


def test_a_file_named_twice_is_found_once(folder: Path) -> None:
    assert len(found(folder, folder / "a.md", folder)[0]) == 4


def test_what_is_missing_is_a_failure_and_the_rest_goes_on(folder: Path) -> None:
    sources, failures = found(folder / "nowhere", folder)
    assert len(sources) == 4
    assert ["does not exist" in one.reason for one in failures] == [True]
    with pytest.raises(SourceNotFoundError, match="nowhere"):
        check_paths([folder, folder / "nowhere"])
    check_paths([folder])


def test_a_named_file_is_read_for_what_its_content_is(folder: Path) -> None:
    (folder / "picture.jpg").write_bytes(b"\xff\xd8\xff and so on")
    (folder / "note").write_text(TEXT)
    sources, failures = found(folder / "picture.jpg", folder / "note")
    assert (len(sources), failures) == (2, [])
    with pytest.raises(UnsupportedTypeError, match=r"picture\.jpg was not read: it is a picture"):
        read(sources[0])
    assert read(sources[1]).text == TEXT


def test_the_folder_that_a_browser_saves_beside_a_page_is_not_searched(folder: Path) -> None:
    (folder / "page.html").write_text(TEXT)
    for name in ("page_files", "page-Dateien", "b_files"):
        (folder / name).mkdir()
        (folder / name / "frame.html").write_text(TEXT)
    names = [source.name for source in found(folder)[0]]
    assert [name for name in names if "frame" in name] == ["b_files/frame.html"]  # b is no page


def test_empty_and_large_files_are_failures_with_the_limit_named(folder: Path) -> None:
    (folder / "empty.txt").touch()
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(2_000_000_000)
    sources, failures = found(folder)
    assert len(sources) == 4
    assert ["is empty" in failures[0].reason, "limit of 10,000 bytes" in failures[1].reason] == [True, True]


def test_links_are_followed_only_within_the_folder(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret that must not be indexed by anybody.")
    (folder / "inside.txt").symlink_to(folder / "b.txt")
    (folder / "outside.txt").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "deep" / "round").symlink_to(folder)
    sources, failures = found(folder)
    assert [source.name for source in sources] == [
        "a.md",
        "b.txt",
        "inside.txt",
        "deep/d.markdown",
        "deep/er/c.HTML",
    ]
    assert {Path(failure.path).name: failure.reason.split(" ", 1)[1] for failure in failures} == {
        "outside.txt": "is a link out of its folder; it was not read.",
        "up": "is a link out of its folder; it was not read.",
        "gone.txt": "is gone or is a link to nothing.",
        "loop.txt": "is a link that leads round in a loop.",
        "round": "is a link to a folder that it is in; it was not followed.",
    }


def test_a_link_put_in_a_files_place_is_not_read(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret that must not be indexed by anybody.")
    source = found(folder / "b.txt")[0][0]
    source.path.unlink()
    source.path.symlink_to(secret)
    with pytest.raises(SourceUnreadableError, match="out of its folder"):
        read_bytes(source, CONFIG)


def test_pipes_and_sockets_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "file.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.txt")
        sources, failures = found(tmp_path)
    assert [source.name for source in sources] == ["file.txt"]
    assert all("is not a regular file" in failure.reason for failure in failures)
    assert len(failures) == 2
    assert "is not a regular file" in found(Path("/dev/zero"))[1][0].reason


def test_a_pipe_put_in_a_files_place_does_not_hang(folder: Path) -> None:
    source = found(folder / "b.txt")[0][0]
    source.path.unlink()
    os.mkfifo(source.path)
    with pytest.raises(SourceUnreadableError, match="not a regular file"):
        read_bytes(source, CONFIG)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter: pytest's own are for the user who runs it."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        root.chmod(0o755)
        yield root
        for path in root.iterdir():
            path.chmod(0o755)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Give up root's rights for a while, to whom nothing is forbidden."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read_is_a_failure_and_the_rest_goes_on(open_folder: Path) -> None:
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        (open_folder / name).parent.mkdir(exist_ok=True)
        (open_folder / name).write_text(TEXT)
    (open_folder / "deep").chmod(0)
    (open_folder / "b.txt").chmod(0)
    with ordinary_user():
        sources, failures = found(open_folder)
        assert [source.name for source in sources] == ["a.txt", "b.txt"]
        assert [failure.reason for failure in failures] == [
            f"{open_folder}/deep cannot be read: no permission."
        ]
        with pytest.raises(SourceUnreadableError, match="no permission"):
            read_bytes(sources[1], CONFIG)
        assert read_bytes(sources[0], CONFIG) == TEXT.encode()


def test_a_file_that_grows_or_goes_after_it_was_found(folder: Path) -> None:
    grows, goes = found(folder)[0][:2]
    grows.path.write_text("x" * 10_001)
    goes.path.unlink()
    with pytest.raises(TooLargeError, match="limit of 10,000 bytes"):
        read_bytes(grows, CONFIG)
    with pytest.raises(SourceUnreadableError, match="is gone"):
        read_bytes(goes, CONFIG)


def test_names_that_are_not_utf_8_are_read_and_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n.txt"))
    try:
        path.write_text(TEXT)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (source,) = found(tmp_path)[0]
    article = read(source)
    assert article.text == TEXT
    assert article.path == source.identity
    source.identity.encode("utf-8")
    assert path_of(source.identity).read_text() == TEXT
    path.write_text("")
    assert "caf\\xe9\\n.txt is empty" in found(tmp_path)[1][0].reason


def test_an_article_is_known_by_its_url_and_else_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Title: A\nUrl: https://www.x.org/a/?utm_source=b\n\n{TEXT}")
    (tmp_path / "b.txt").write_text(f"Title: A\nUrl: http://x.org/a\n\n{TEXT}")
    (tmp_path / "c.txt").write_text(TEXT)
    a, b, c = (read(source) for source in found(tmp_path)[0])
    assert a.id == b.id != c.id
    assert a.version == b.version  # read by another address of it, it is no other version
    assert (c.path, c.fetched, c.language, c.title) == (
        str(tmp_path.resolve() / "c.txt"),
        NOW,
        "en",
        TEXT[:-1],
    )


def test_an_article_over_the_limit_is_refused_with_the_number(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT * 3)
    (source,) = found(tmp_path)[0]
    with pytest.raises(TooLargeError, match="holds 180 characters of text, more than the limit of 100"):
        read(source, IndexConfig(max_article_chars=100))


def test_an_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "fake.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (source,) = found(tmp_path)[0]
    with pytest.raises(Exception, match=r"fake\.txt was not read: it is a picture"):
        read(source)
