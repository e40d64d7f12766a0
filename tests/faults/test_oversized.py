"""Files and articles far larger than any that people read: refused with the number, or indexed in batches."""

from __future__ import annotations

from pathlib import Path

import pytest
from stores import article_text, check_invariants, found_words, open_index, write_article

from index.config import IndexConfig

pytestmark = pytest.mark.faults
LINE = "<p>The marker of this page is lanternfish.</p>" + "<i>word </i>" * 40
PASSAGES = 5_600
OTHER = 3
"""The article beside the large one."""


def reasons(folder: Path, data: Path, config: IndexConfig | None = None) -> dict[str, str]:
    """Add a folder, check that the article beside the large file is found, and return why others are not."""
    write_article(folder, OTHER)
    with open_index(data, config=config) as index:
        report = index.add([folder])
        assert found_words(index, f"marker{OTHER}v1"), "one large file keeps no other from being read"
        check_invariants(index)
        return {Path(one.path).name: one.reason for one in report.failures}


def test_a_page_of_one_line_of_fifty_megabytes_is_refused_with_the_limit(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "long.html").write_text("<html><body>" + LINE * 96_000, encoding="utf-8")
    assert (folder / "long.html").stat().st_size > 50_000_000
    (reason,) = reasons(folder, tmp_path / "data").values()
    assert "20" in reason and "limit" in reason


def test_a_page_of_one_line_just_below_the_limit_is_read_or_named(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "long.html").write_text("<html><body>" + LINE * 36_000, encoding="utf-8")
    assert (folder / "long.html").stat().st_size < 20_000_000
    found = reasons(folder, tmp_path / "data")
    assert found.get("long.html", "read") == "read" or len(found["long.html"]) > 20


def test_an_article_of_more_passages_than_chroma_takes_at_once_is_indexed(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "huge.txt").write_text(article_text(1, paragraphs=PASSAGES), encoding="utf-8")
    write_article(folder, OTHER)
    limits = IndexConfig(max_article_chars=40_000_000, max_file_bytes=40_000_000)
    with open_index(tmp_path / "data", chroma=True, config=limits) as index:
        assert not index.add([folder]).failures
        assert index.catalog.passage_count() > PASSAGES > 5_461
        assert index.vectors.count() == index.catalog.passage_count()
        assert found_words(index, "marker1v1") and found_words(index, f"marker{OTHER}v1")
        index.remove([one.id for one in index.list_articles() if one.passages > 1_000])
        check_invariants(index)


def test_an_article_beyond_the_limit_is_refused_with_the_number(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "huge.txt").write_text(article_text(1, paragraphs=6_000), encoding="utf-8")
    (reason,) = reasons(folder, tmp_path / "data").values()
    assert "2,000,000" in reason
