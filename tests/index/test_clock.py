"""A clock that is wrong, or is put right, loses and hides nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stores import check_invariants, found_words, open_index, write_article

from index.config import IndexConfig

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.mark.parametrize("offset", [-20 * YEAR, YEAR, 20 * YEAR], ids=["past", "next year", "far future"])
def test_a_change_is_seen_whatever_time_the_file_bears(tmp_path: Path, offset: timedelta) -> None:
    stamp = (datetime.now(UTC) + offset).timestamp()
    folder = tmp_path / "articles"
    with open_index(tmp_path / "data") as index:
        os.utime(write_article(folder, 1), (stamp, stamp))
        (one,) = index.add([folder]).added
        assert index.add([folder]).unchanged == (one,)
        os.utime(write_article(folder, 1, version=2), (stamp - 7, stamp - 7))  # older than what was read
        assert index.add([folder]).updated == (one,)
        assert found_words(index, "marker1v1") == [] and found_words(index, "marker1v2") == [one]
        check_invariants(index)


def test_a_file_from_the_future_is_looked_into_and_not_trusted_by_its_time(tmp_path: Path) -> None:
    path = write_article(tmp_path / "articles", 1)
    stamp = (datetime.now(UTC) + YEAR).timestamp()
    os.utime(path, (stamp, stamp))
    with open_index(tmp_path / "data") as index:
        (one,) = index.add([path]).added
        path.write_text(path.read_text().replace("harbour", "HARBOUR"))
        os.utime(path, (stamp, stamp))
        assert index.add([path]).updated == (one,)


def test_versions_stand_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    times = iter([NOW, NOW - YEAR, NOW + YEAR])
    now = [NOW]
    with open_index(tmp_path / "data", now=lambda: now[0]) as index:
        for version in (1, 2, 3):
            now[0] = next(times)
            write_article(tmp_path / "articles", 1, version=version)
            index.add([tmp_path / "articles"])
        (article,) = index.articles()
        versions = index.versions(article.id)
        assert [one.seen for one in versions] == [NOW, NOW - YEAR, NOW + YEAR]
        assert [f"marker1v{n}" in one.text for n, one in enumerate(versions, 1)] == [True] * 3
        assert versions[-1].current and "marker1v3" in article.text


def test_what_was_removed_while_the_clock_was_ahead_can_be_restored(tmp_path: Path) -> None:
    now = [NOW + YEAR]
    with open_index(tmp_path / "data", config=IndexConfig(undo_days=7), now=lambda: now[0]) as index:
        write_article(tmp_path / "articles", 1)
        (one,) = index.add([tmp_path / "articles"]).added
        index.remove([one])
        now[0] = NOW
        write_article(tmp_path / "articles", 2)
        index.add([tmp_path / "articles" / "article-002.txt"])
        assert [held.id for held in index.removed()] == [one]
        assert index.restore([one]).restored == (one,)
        assert found_words(index, "marker1v1") == [one]
        check_invariants(index)
