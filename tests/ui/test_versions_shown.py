"""The versions of an article in the library view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pages import FakeLibrary

from ui.reading_room import ReadingRoom
from ui.versions import changes_html, versions_html


@dataclass
class Version:
    number: int
    seen: datetime | None = datetime(2018, 3, 2, tzinfo=UTC)


@dataclass
class Edit:
    kind: str
    text: str


@dataclass
class Difference:
    title: tuple[Edit, ...]
    text: tuple[Edit, ...]


CHANGED = Difference(
    title=(Edit("equal", "Fire"),),
    text=(
        Edit("equal", "Long before. " * 100 + "The fire killed "),
        Edit("deleted", "two <b>people</b>"),
        Edit("inserted", "three people"),
        Edit("equal", " on Sunday." + " Long after." * 100),
    ),
)


def test_one_version_is_not_spoken_of() -> None:
    assert versions_html([]) == versions_html([Version(1)]) == ""


def test_each_version_is_compared_with_the_one_before_it() -> None:
    html = versions_html([Version(1), Version(2), Version(3, None)])
    assert html.index('data-old="2" data-new="3"') < html.index('data-old="1" data-new="2"')
    assert "3 versions" in html and html.count("March 2&#44; 2018") == 1


def test_changes_are_shown_with_little_of_what_stayed_and_as_text() -> None:
    html = changes_html(CHANGED)
    assert "<del>two &#60;b&#62;people&#60;&#47;b&#62;</del>" in html and "<ins>three people</ins>" in html
    assert "The fire killed" in html and "on Sunday" in html and "changed-title" not in html
    assert html.count("Long") < 40 and html.count("…") == 2
    same = Difference(title=(Edit("equal", "x"),), text=())
    assert changes_html(same) == "<p>Neither title nor text changed.</p>"


def test_a_collection_with_versions_shows_them_and_another_does_not(tmp_path: Path) -> None:
    class Versioned(FakeLibrary):
        def versions(self, article_id: str) -> list[Version]:
            return [Version(1), Version(2)]

        def diff(self, article_id: str, old: int | None = None, new: int | None = None) -> Difference | None:
            return CHANGED if (article_id, old, new) == ("phare", 1, 2) else None

    for library, told in ((Versioned(), True), (FakeLibrary(), False)):
        room = ReadingRoom(library, tmp_path, lambda: tmp_path)
        assert ("2 versions" in room.article({"id": "phare"})["html"]) is told
        assert ("html" in room.changes({"id": "phare", "old": 1, "new": 2})) is told
        assert "trouble" in room.changes({"id": "phare", "old": 7, "new": 8})
