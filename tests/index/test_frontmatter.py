from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.frontmatter import take_front_matter
from index.markdown import markdown_to_text

NOW = datetime(2020, 6, 1, tzinfo=UTC)


def test_yaml_between_dashes() -> None:
    matter, rest = take_front_matter(
        '---\ntitle: "Ferry: the inquiry"\ndate: 2018-03-22\nauthors: [Ann Alder, Bo Birk]\nurl: https://x.org/a\n'
        "lang: en-GB\noutlet: The Ledger\nweight: 3\n---\n\nThe fire.\n",
        now=NOW,
    )
    assert rest == "\nThe fire.\n"
    assert (matter.title, matter.author, matter.source) == (
        "Ferry: the inquiry",
        "Ann Alder, Bo Birk",
        "The Ledger",
    )
    assert (matter.url, matter.language) == ("https://x.org/a", "en-GB")
    assert matter.published is not None
    assert matter.published.isoformat() == "2018-03-22"


def test_broken_yaml_is_read_line_by_line() -> None:
    matter, rest = take_front_matter("---\ntitle: Ferry: the inquiry\ndate: 2018\nbad: [\n---\nText", now=NOW)
    assert (matter.title, matter.date, rest) == ("Ferry: the inquiry", "2018", "Text")


@pytest.mark.parametrize(
    "yaml",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\ntitle: Bomb",
        "title: Bomb\nx: " + "[" * 5_000,
        "title: Bomb\nx: !!python/object/apply:os.system ['false']",
    ],
)
def test_hostile_yaml_is_read_line_by_line_at_worst(yaml: str) -> None:
    matter, rest = take_front_matter(f"---\n{yaml}\n---\nText", now=NOW)
    assert (matter.title, rest) == ("Bomb", "Text")


def test_header_lines() -> None:
    matter, rest = take_front_matter(
        "TITLE: A fire\nBy: Ann\nDate: 8 mars 2018\n\nThe text: it began.\n\nx", now=NOW
    )
    assert (matter.title, matter.author, rest) == ("A fire", "Ann", "The text: it began.\n\nx")
    assert matter.published is not None
    assert matter.published.isoformat() == "2018-03-08"


@pytest.mark.parametrize(
    "text",
    [
        "Paris: the city is calm\n\nMore.",
        "Title: only half\nof these lines are headers\n\nMore.",
        "Title: no blank line follows",
        "---\nA rule, not front matter.\n---\nText",
        "Plain text.\n\nTitle: later",
        "",
    ],
)
def test_other_beginnings_stay_text(text: str) -> None:
    matter, rest = take_front_matter(text, now=NOW)
    assert rest == text
    assert matter.title is None


def test_leading_date_alone_and_after_front_matter() -> None:
    matter, rest = take_front_matter(" date 2017-12 Le maire", now=NOW)
    assert matter.published is not None
    assert (matter.published.isoformat(), rest) == ("2017-12", "Le maire")
    matter, rest = take_front_matter("Title: A\nDate: 2018-01-02\n\ndate 2017-12 Le maire", now=NOW)
    assert matter.published is not None
    assert (matter.published.isoformat(), rest) == ("2018-01-02", "Le maire")


@given(
    st.text(max_size=200)
    | st.text(alphabet="-: \ntitleda[]{}&*!2017#\"'", max_size=120).map("---\n{}\n---\nx".format)
)
def test_no_text_makes_it_fail_or_loses_the_end(text: str) -> None:
    _, rest = take_front_matter(text, now=NOW)
    assert text.endswith(rest)


def test_markdown_becomes_plain_paragraphs() -> None:
    title, text = markdown_to_text(
        "# The *ferry*\n\nFour **people** died, [officials](https://x.org) said.\nMore `soon`. ![map](m.png)\n\n"
        "## Cause\n\n- a cable\n- a [spark][1]\n\n> We saw it.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "<div onclick=x>kept</div>\n\n<script>alert(1)</script>\n\n```\ncode\n```\n\n[1]: https://x.org/spark\n"
    )
    assert title == "The ferry"
    assert text.split("\n\n") == [
        "Four people died, officials said. More soon.",
        "Cause",
        "a cable\na spark",
        "We saw it.",
        "a | b\n1 | 2",
        "kept",
        "code",
    ]


def test_only_a_first_heading_is_a_title() -> None:
    assert markdown_to_text("Text\n\n# Later") == (None, "Text\n\nLater")
    assert markdown_to_text("## Second level\n\nText")[0] is None


@pytest.mark.parametrize("piece", ["> ", "- ", "[", "*", "<", "`", "[a](", "|", "&", "1. "])
def test_hostile_markdown_ends(piece: str) -> None:
    markdown_to_text(piece * 20_000 + "x")
