"""What hardly ever happens: a title without end and none, an article like a book, a clock that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import free_port
from pages import LIGHTHOUSE, PHARE, FakeAssistant, FakeLibrary
from stores import open_index

import app
from assistant import Assistant
from assistant.quote import Calibration

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("title", ["Lighthouses " * 420, "L" * 5_000, ""])
def test_a_title_without_end_and_none_leave_the_page_in_shape(
    visit: Visits, serve: Callable[..., str], title: str, width: int
) -> None:
    library = FakeLibrary(shelf=(replace(LIGHTHOUSE, title=title), PHARE))
    here = visit(url=serve(library, FakeAssistant(library)), width=width)
    here.ask("lighthouse?")
    here.page.locator("a.cite").first.click()
    assert here.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = here.page.locator("#src-1-1")
    assert card.locator("mark").first.is_visible()
    assert card.locator(".title").bounding_box()["height"] < 400
    assert card.locator(".title").inner_text().strip()


def test_an_article_like_a_book_opens_at_the_quoted_place(visit: Visits, tmp_path: Path) -> None:
    said = "The keeper of Skerrow counted nine lamps."
    book = "".join(
        f"Chapter {number} tells of nothing but the weather of that year.\n\n" for number in range(32_000)
    )
    middle = book.index("\n\n", len(book) // 2) + 2
    (tmp_path / "book.md").write_text(
        f"---\ntitle: A book\n---\n{book[:middle]}{said}\n\n{book[middle:]}", "utf-8"
    )
    assert (tmp_path / "book.md").stat().st_size > 1_900_000
    with open_index(tmp_path / "data") as index:
        index.add([tmp_path / "book.md"])
        port = free_port()
        page = app.serve(
            index,
            Assistant(index, calibration=ALWAYS),
            port=port,
            open_browser=False,
            block=False,
            data_dir=tmp_path,
        )
        try:
            here = visit(url=f"http://127.0.0.1:{port}")
            here.ask("How many lamps counted the keeper of Skerrow?")
            here.page.locator("#sources a.whole").first.click()
            here.page.wait_for_selector("#library .reader mark")
            assert said in here.page.inner_text("#library .reader mark")
            assert here.visible("#library .reader mark")
            here.page.click("#tab-ask")
            here.ask("And the weather?")
        finally:
            page.close()


def test_a_clock_that_is_wrong_does_no_harm(visit: Visits) -> None:
    here = visit()
    for time in ("1999-12-31T23:59:59", "2041-02-03T04:05:06"):
        here.page.clock.set_system_time(time)
        here.page.reload()
        here.page.wait_for_selector("#question textarea:enabled")
        here.ask("lighthouse?")
        here.page.reload()
        here.page.wait_for_selector("#chat a.cite")
    assert here.page.locator("#chat .asked").count() == 2
