"""Where uploaded files are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.uploads import UploadError, UploadFolder, addresses_in, safe_name


def arrived(folder: Path, name: str, content: bytes = b"The text of an article.") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_a_file_is_kept_under_its_hash_and_its_name(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path / "uploads")
    file, new = uploads.take(arrived(tmp_path / "in", "x"), "news/Pütin à Ankara.HTML")
    assert new and file.parent == tmp_path / "uploads"
    assert file.name.endswith("-Pütin à Ankara.HTML") and len(file.name.split("-")[0]) == 16
    assert file.read_bytes() == b"The text of an article." and not (tmp_path / "in" / "x").exists()
    again, new = uploads.take(arrived(tmp_path / "in", "y"), "news/Pütin à Ankara.HTML")
    assert again == file and not new
    other, new = uploads.take(arrived(tmp_path / "in", "z", b"Another text."), "news/Pütin à Ankara.HTML")
    assert other != file and new


@given(st.text(max_size=300))
def test_a_name_never_leads_out_of_the_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe and len(safe.encode()) <= 120
    assert not set(safe) & set('/\\\0\n\t<>:"|?*$`&;') and safe not in (".", "..") and safe[0] != "."
    assert Path("/folder", safe).resolve().parent == Path("/folder")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\notes.txt", "notes.txt"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("x" * 300 + ".html", "x" * 115 + ".html"),
        ("ж" * 300 + ".md", "ж" * 58 + ".md"),
    ],
)
def test_names_are_made_safe_and_keep_their_ending(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_disk_without_room_is_told_before_anything_is_moved(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path / "uploads", free=lambda _: 1_000)
    file = arrived(tmp_path / "in", "x")
    with pytest.raises(UploadError, match="no room left"):
        uploads.take(file, "x.txt")
    assert file.exists() and not any((tmp_path / "uploads").iterdir())


def test_what_is_set_aside_can_come_back_until_it_is_purged(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path / "uploads")
    file, _ = uploads.take(arrived(tmp_path / "in", "x"), "x.txt")
    assert uploads.holds(str(file)) == file and uploads.holds("/etc/passwd") is None
    aside = uploads.set_aside(file)
    assert not file.exists() and uploads.holds(str(file)) is None
    assert uploads.bring_back(aside) == file and file.exists()
    uploads.set_aside(file)
    uploads.purge()
    assert [one.name for one in (tmp_path / "uploads").iterdir()] == []


def test_sentences_name_files_as_their_owner_does(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path / "uploads")
    file, _ = uploads.take(arrived(tmp_path / "in", "x"), "x.txt")
    assert uploads.plain(f"{file} is empty.") == "x.txt is empty."


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "https://ledger.example/a\n\nHTTP://courier.example/b?c=d",
            ["https://ledger.example/a", "HTTP://courier.example/b?c=d"],
        ),
        ("See https://ledger.example/a for more.", []),
        ("ledger.example", []),
        ("javascript:alert(1)", []),
        ("", []),
    ],
)
def test_only_a_text_of_nothing_but_addresses_is_addresses(text: str, addresses: list[str]) -> None:
    assert addresses_in(text) == addresses
