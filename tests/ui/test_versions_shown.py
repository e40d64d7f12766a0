"""The versions of an article in the library view."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pages import FakeLibrary

from index import ArticleVersion, Edit, EditKind, VersionDiff
from ui.reading_room import ReadingRoom
from ui.versions import changes_html, versions_html


def version(number: int, seen: datetime | None = datetime(2018, 3, 2, tzinfo=UTC)) -> ArticleVersion:
    return ArticleVersion(
        number=number,
        version="x" * 12,
        title="Fire",
        text="x",
        author=None,
        source=None,
        published=None,
        seen=seen,
        current=False,
    )


def edit(kind: EditKind, text: str) -> Edit:
    return Edit(kind=kind, text=text)


CHANGED = VersionDiff(
    old=version(1),
    new=version(2),
    title=(edit(EditKind.EQUAL, "Fire"),),
    text=(
        edit(EditKind.EQUAL, "Long before. " * 100 + "The fire killed "),
        edit(EditKind.DELETED, "two <b>people</b>"),
        edit(EditKind.INSERTED, "three people"),
        edit(EditKind.EQUAL, " on Sunday." + " Long after." * 100),
    ),
)


def test_one_version_is_not_spoken_of() -> None:
    assert versions_html([]) == versions_html([version(1)]) == ""


def test_each_version_is_compared_with_the_one_before_it() -> None:
    html = versions_html([version(1), version(2), version(3, None)])
    assert html.index('data-old="2" data-new="3"') < html.index('data-old="1" data-new="2"')
    assert "3 versions" in html and html.count("March 2&#44; 2018") == 1


def test_changes_are_shown_with_little_of_what_stayed_and_as_text() -> None:
    html = changes_html(CHANGED)
    assert "<del>two &#60;b&#62;people&#60;&#47;b&#62;</del>" in html and "<ins>three people</ins>" in html
    assert "The fire killed" in html and "on Sunday" in html and "changed-title" not in html
    assert html.count("Long") < 40 and html.count("…") == 2
    same = replace(CHANGED, title=(edit(EditKind.EQUAL, "x"),), text=())
    assert changes_html(same) == "<p>Neither title nor text changed.</p>"


def test_an_article_in_full_shows_its_versions(tmp_path: Path) -> None:
    class Versioned(FakeLibrary):
        def versions(self, article_id: str) -> list[ArticleVersion]:
            return [version(1), version(2)]

        def diff(self, article_id: str, old: int | None = None, new: int | None = None) -> VersionDiff | None:
            return CHANGED if (article_id, old, new) == ("phare", 1, 2) else None

    room = ReadingRoom(Versioned(), tmp_path, lambda: tmp_path)
    assert "2 versions" in room.article({"id": "phare"})["html"]
    assert "html" in room.changes({"id": "phare", "old": 1, "new": 2})
    assert "trouble" in room.changes({"id": "phare", "old": 7, "new": 8})
