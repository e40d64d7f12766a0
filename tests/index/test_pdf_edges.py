"""Running heads, page numbers and what a browser prints around a page are no part of a PDF's article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sample_files as files
from hypothesis import given
from hypothesis import strategies as st
from sample_files import PARAGRAPHS, TITLE

from index.formats.document import Document, Request
from index.formats.kinds import PDF
from index.formats.pdf_edges import without_running_heads
from index.formats.pdf_lines import Line
from index.formats.reading import read

Placed = tuple[float, float, float, str]
TURNED = [PARAGRAPHS[n % 3 :] + PARAGRAPHS[: n % 3] for n in range(6)]


def text_of(*edges: list[Placed], top: float = 740) -> str:
    """Return the text of a PDF with these lines at the edges of its pages, around the article's paragraphs."""
    pages = [[*around, *files.set_lines(TURNED[n], top=top)] for n, around in enumerate(edges)]
    return document(pages).text


def document(pages: list[list[Placed]]) -> Document:
    found = next(read(files.pdf(pages), PDF, Request(now=datetime(2020, 6, 1, tzinfo=UTC))))
    assert isinstance(found, Document)
    return found


def article(pages: int) -> str:
    return "\n\n".join(paragraph for one in TURNED[:pages] for paragraph in one)


@pytest.mark.parametrize(
    "edges",
    [
        [[(72, 810, 9, "The Skerrow Chronicle"), (290, 30, 9, f"Page {n} of 4")] for n in range(1, 5)],
        [[(72, 815, 9, f"{n}  THE SKERROW CHRONICLE  March 2018")] for n in (14, 15)],
        [
            [(72, 815, 9, "Skerrow" if n % 2 else "Harbours"), (290, 30, 9, f"- {n} -")]
            for n in range(117, 123)
        ],
        [[(72, 815, 9, ["News", "Sport", "Letters"][n]), (500, 815, 9, f"{n + 40}")] for n in range(3)],
        [[(290, 30, 9, f"{n + 9}"), (72, 18, 7, "All rights reserved.")] for n in range(2)],
        [[] if n == 0 else [(290, 30, 9, f"{n + 1}")] for n in range(2)],
    ],
    ids=[
        "head and number of pages",
        "head that counts",
        "left and right pages",
        "sections",
        "two lines",
        "second page",
    ],
)
def test_running_heads_and_page_numbers_are_left_out(edges: list[list[Placed]]) -> None:
    assert text_of(*edges) == article(len(edges))


@pytest.mark.parametrize("pages", [1, 2, 3])
@pytest.mark.parametrize("browser", ["Chromium", "Firefox"])
def test_what_a_browser_prints_around_a_page_is_left_out(browser: str, pages: int) -> None:
    address = "https://chronicle.example/news/harbour-wall?print=1"
    edges: list[list[Placed]] = []
    for n in range(1, pages + 1):
        if browser == "Chromium":
            edges.append(
                [
                    (30, 818, 8, "13/03/2019, 14:05"),
                    (250, 818, 8, f"{TITLE} | Skerrow Chronicle"),
                    (30, 18, 8, address),
                    (550, 18, 8, f"{n}/{pages}"),
                ]
            )
        else:
            edges.append(
                [
                    (30, 818, 8, TITLE),
                    (300, 818, 8, address),
                    (30, 18, 8, f"{n} of {pages}"),
                    (480, 18, 8, "3/13/2019, 2:05 PM"),
                ]
            )
    assert text_of(*edges) == article(pages)
    found = document([[*edges[0], *files.set_lines(TURNED[0])]])
    assert found.published is None  # the day of printing


@pytest.mark.parametrize(
    "edges",
    [
        [[(72, 770, 11, "The wall was built by the brothers Orrin in")], [(72, 770, 11, "2017.")]],
        [[(72, 770, 11, f"Catch in week {n * 7}: {n * 913 + 5} boxes")] for n in range(4)],
        [[(72, 810, 9, "3")]],
        [[(72, 770, 11, "The first sentence of the page stands near its edge.")], []],
        [[(72, 770, 11, "A refrain of the song.")], [(72, 770, 11, "A refrain of the song.")], [], []],
    ],
    ids=["a year", "a table", "one page", "a sentence", "a refrain"],
)
def test_no_line_of_the_article_is_lost(edges: list[list[Placed]]) -> None:
    found = " ".join(text_of(*edges).split())
    for line in (line for page in edges for line in page):
        assert line[3] in found


def test_a_title_is_not_taken_for_the_small_head_that_repeats_it() -> None:
    first = [(72.0, 800.0, 20.0, TITLE), *files.set_lines(TURNED[0], top=740)]
    later = [[(72.0, 815.0, 8.0, TITLE), *files.set_lines(TURNED[n])] for n in range(1, 5)]
    found = document([first, *later])
    assert (found.title, found.text) == (TITLE, article(5))


def line(text: str, bottom: float) -> Line:
    return Line(text=text, left=72, right=500, bottom=bottom, top=bottom + 10, page_height=842)


@given(
    st.lists(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.floats(0, 830)), max_size=6), max_size=6)
)
def test_what_stands_inside_a_page_always_stays_in_order(pages: list[list[tuple[str, float]]]) -> None:
    made = [[line(text, bottom) for text, bottom in page] for page in pages]
    kept = without_running_heads(made)
    inner = [one for page in made for one in page if 100 < one.bottom < 700]
    assert [one for one in kept if 100 < one.bottom < 700] == inner
