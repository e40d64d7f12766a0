"""A reader says which articles are asked, and is answered from those alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import free_port
from pages import FakeLibrary
from test_accessible import findings

import app
from assistant import Assistant
from assistant.quote import Calibration
from index import Index
from index.fakes import HashEmbedder

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
QUESTION = "What did the harbour council vote for?"
OUTLETS = ("The Ledger", "Le Courrier", "الميناء")
MONTHS = ("2017-12-08", "2018-01-09", "2018-02-10", "2018-05-11")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Twelve articles of three outlets and four months; each says which it is."""
    folder = tmp_path_factory.mktemp("filters")
    for outlet, language in zip(OUTLETS, ("en", "fr", "ar"), strict=True):
        for number, day in enumerate(MONTHS):
            head = f"---\ntitle: Crane {number}\nsource: {outlet}\nlanguage: {language}\ndate: {day}\n---\n\n"
            words = (
                f"The harbour council voted for crane number {number} of {outlet}, to be built at the pier."
            )
            (folder / f"{language}{number}.md").write_text(f"{head}{words}\n", "utf-8")
    (folder / "undated.md").write_text(
        "---\ntitle: Tea\n---\n\nTea was served to the harbour council at noon.\n"
    )
    with Index.open(folder / "data", embedder=HashEmbedder()) as index:
        assert len(index.add([folder]).added) == 13
        yield index


@pytest.fixture
def start(collection: Index, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Serve the page over them; serving again is a restart."""
    port, pages = free_port(), []

    def serve(calibration: Calibration = ALWAYS) -> str:
        while pages:
            pages.pop().close()
        assistant = Assistant(collection, calibration=calibration)
        pages.append(
            app.serve(collection, assistant, data_dir=tmp_path, port=port, open_browser=False, block=False)
        )
        return f"http://127.0.0.1:{port}"

    yield serve
    for page in pages:
        page.close()


def choose(here: Any, *names: str) -> None:
    """Open the panel and check boxes."""
    here.page.click(".open-filters")
    for name in names:
        here.page.locator("#filter-panel .choices label", has_text=name).click()
        settled(here)


def settled(here: Any) -> None:
    here.page.wait_for_timeout(250)


def apply(here: Any) -> None:
    here.page.click("#filter-panel [data-do=apply]")
    here.page.wait_for_selector("#filter-panel", state="hidden")
    here.page.wait_for_selector("#filters .chip")


def chips(here: Any) -> list[str]:
    return [one.strip() for one in here.page.locator("#filters .chip .name").all_inner_texts()]


def outlets(here: Any, turn: int) -> set[str]:
    return set(here.page.locator(f'.card[id^="src-{turn}-"] .outlet').all_inner_texts())


def test_an_answer_rests_on_what_was_chosen_and_a_reload_keeps_it(visit: Visits, start: Any) -> None:
    here = visit(url=start())
    choose(here, "Le Courrier")
    assert here.page.inner_text("#filter-panel .fitting") == "4 articles"
    apply(here)
    assert chips(here) == ["Le Courrier"] and "4 of 13 articles" in here.page.inner_text("#filters")
    here.page.reload()
    here.page.wait_for_selector("#filters .chip")
    here.ask(QUESTION)
    assert outlets(here, 1) == {"Le Courrier"}
    assert here.page.inner_text("#chat p.within") == "Filter: Le Courrier"
    here.page.reload()
    here.page.wait_for_selector("#chat p.within")
    here.page.wait_for_selector("#filters .chip")
    here.page.goto(start())  # a restart of the program
    here.page.wait_for_selector("#filters .chip")
    here.page.click("#filters .chip")
    here.page.wait_for_selector("#filters .chip", state="detached")
    here.ask(QUESTION)
    assert len(outlets(here, 2)) > 1
    here.page.click("#chat .do-again >> nth=0")
    here.page.wait_for_selector("#chat .answer-3")
    assert outlets(here, 3) == {"Le Courrier"}  # what is asked again keeps the filter it had
    here.page.click("#anew")
    here.page.wait_for_selector("#welcome", state="visible")
    assert chips(here) == []


def test_what_is_offered_is_answered_by_the_articles_chosen(visit: Visits, start: Any) -> None:
    offered = "[...document.querySelectorAll('button.example')].map(one => one.innerText.trim())"
    english = f"{offered}.some(one => one.startsWith('What '))"
    here = visit(url=start(replace(ALWAYS, sure=0.0, sure_across=0.0)))
    here.page.wait_for_function(english)
    choose(here, "Le Courrier")
    apply(here)
    here.page.wait_for_function(f"!{english}")
    inside = here.page.evaluate(offered)
    assert inside
    here.page.reload()
    here.page.wait_for_selector("#filters .chip")
    here.page.wait_for_function(f"inside => String({offered}) === String(inside)", arg=inside)
    here.page.locator("button.example").first.click()
    here.page.wait_for_selector("#chat .answer-1")
    assert outlets(here, 1) == {"Le Courrier"}
    here.page.click("#anew")
    here.page.wait_for_function(english)


def test_a_refusal_is_asked_of_all_articles_with_one_click(visit: Visits, start: Any) -> None:
    here = visit(url=start(replace(ALWAYS, threshold=1.1, threshold_across=1.1)))
    choose(here, "The Ledger")
    apply(here)
    here.ask(QUESTION)
    assert "None of the articles that fit the filter (4) answers this question." in here.page.inner_text(
        "#chat"
    )
    here.page.click("#chat .do-everywhere")
    here.page.wait_for_selector("#chat .answer-2")
    assert "The articles do not answer this question." in here.page.inner_text("#chat .answer-2")
    assert here.page.locator("#chat p.within").count() == 1 and chips(here) == ["The Ledger"]


def test_dates_are_brushed_with_the_keyboard(visit: Visits, start: Any) -> None:
    here = visit(url=start())
    here.page.focus(".open-filters")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#filter-panel .bar >> nth=5")
    low, high = here.page.locator("#filter-panel [role=slider]").all()
    assert low.get_attribute("aria-valuetext") == "December 2017"
    assert high.get_attribute("aria-valuetext") == "May 2018"
    low.focus()
    here.page.keyboard.press("ArrowRight")
    settled(here)
    assert here.page.evaluate("document.activeElement.className") == "from"
    assert low.get_attribute("aria-valuetext") == "January 2018"
    assert here.page.inner_text("#filter-panel .fitting") == "9 articles"
    assert here.page.inner_text("#filter-panel .undated") == "1 article without a date is left out."
    here.page.keyboard.press("Tab")
    for key in ("PageDown", "ArrowRight"):
        here.page.keyboard.press(key)
    settled(here)
    assert high.get_attribute("aria-valuetext") == "February 2018"
    assert here.page.input_value("#filter-panel .until") == "2018-02-28"
    assert here.page.inner_text("#filter-panel .fitting") == "6 articles"
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#filters .chip")
    assert chips(here) == ["January 2018 – February 2018"]
    here.ask(QUESTION)
    dates = set(here.page.locator('.card[id^="src-1-"] time').all_inner_texts())
    assert dates and dates <= {"January 9, 2018", "February 10, 2018"}
    here.page.focus("#filters .chip")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#filters .chip", state="detached")
    here.page.wait_for_function("document.activeElement.matches('.open-filters')")


def test_dates_are_brushed_with_the_mouse(visit: Visits, start: Any) -> None:
    here = visit(url=start())
    here.page.click(".open-filters")
    here.page.wait_for_selector("#filter-panel .bar >> nth=5")
    box = here.page.locator("#filter-panel .plot").bounding_box()

    def drag(start: float, end: float) -> None:
        y = box["y"] + 30
        here.page.mouse.move(box["x"] + start * box["width"] / 6, y)
        here.page.mouse.down()
        here.page.mouse.move(box["x"] + end * box["width"] / 6, y, steps=5)
        here.page.mouse.up()
        settled(here)

    def days() -> tuple[str, str]:
        return here.page.input_value("#filter-panel .since"), here.page.input_value("#filter-panel .until")

    drag(1.5, 2.5)  # a stretch is drawn
    assert days() == ("2018-01-01", "2018-02-28")
    assert here.page.inner_text("#filter-panel .fitting") == "6 articles"
    drag(1.5, 2.5)  # it is moved
    assert days() == ("2018-02-01", "2018-03-31")
    drag(4, 5.5)  # its end is
    assert days() == ("2018-02-01", "")
    drag(2, 0.5)  # its beginning, too
    assert days() == ("", "")
    drag(5.5, 5.5)  # a click takes one month
    assert days() == ("2018-05-01", "")
    assert here.page.inner_text("#filter-panel .fitting") == "3 articles"
    here.page.fill("#filter-panel .since", "2018-05-11")
    here.page.fill("#filter-panel .until", "2018-05-11")
    settled(here)
    assert here.page.inner_text("#filter-panel .fitting") == "3 articles"
    here.page.click("#filter-panel [data-do=none]")
    settled(here)
    assert here.page.inner_text("#filter-panel .fitting") == "13 articles"
    here.page.click("#filter-panel [data-do=cancel]")
    assert chips(here) == []


def test_dates_are_brushed_with_a_finger(visit: Visits, start: Any) -> None:
    here = visit(url=start(), width=390, height=844)
    here.page.keyboard.press("Tab")  # out of the question box
    here.page.evaluate("document.activeElement.blur()")
    here.page.keyboard.press("f")
    here.page.wait_for_selector("#filter-panel .bar >> nth=5")
    plot = here.page.locator("#filter-panel .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    fingers = here.page.context.new_cdp_session(here.page)
    fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    y = box["y"] + 30
    for kind, bar in (("Start", 1.5), ("Move", 1.8), ("Move", 2.5), ("End", None)):
        points = [] if bar is None else [{"x": box["x"] + bar * box["width"] / 6, "y": y}]
        fingers.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    settled(here)
    assert here.page.inner_text("#filter-panel .fitting") == "6 articles"
    assert here.page.input_value("#filter-panel .since") == "2018-01-01"
    assert here.page.input_value("#filter-panel .until") == "2018-02-28"


def test_counts_follow_the_other_choices_and_outlets_are_searched(visit: Visits, start: Any) -> None:
    here = visit(url=start())
    choose(here, "French")
    labels = here.page.locator("#filter-panel .outlets label").all_inner_texts()
    assert [one.split() for one in labels] == [["Le", "Courrier", "4"]]
    here.page.fill("#filter-panel .sought", "ledger")
    settled(here)
    assert here.page.inner_text("#filter-panel .outlets .choices") == "None found"
    here.page.locator("#filter-panel .languages label", has_text="French").click()
    here.page.wait_for_selector("#filter-panel .outlets label")
    assert here.page.locator("#filter-panel .outlets .name").all_inner_texts() == ["The Ledger"]
    here.page.keyboard.press("Escape")
    here.page.wait_for_selector("#filter-panel", state="hidden")
    assert chips(here) == [] and here.page.evaluate("document.activeElement.matches('.open-filters')")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_panel_and_the_chips_keep_nobody_out(visit: Visits, start: Any, theme: str) -> None:
    here = visit(url=start(), theme=theme)
    choose(here, "الميناء", "Arabic")
    assert findings(here) == []
    here.page.focus("#filter-panel .from")
    here.page.keyboard.press("ArrowRight")
    settled(here)
    assert findings(here) == []
    apply(here)
    here.ask(QUESTION)
    assert findings(here) == []
    assert (
        here.page.evaluate("getComputedStyle(document.querySelector('#filters .chip bdi')).direction")
        == "rtl"
    )


def test_the_panel_fits_a_phone(visit: Visits, start: Any) -> None:
    here = visit(url=start(), width=360, height=640)
    choose(here, "Le Courrier")
    wide = "Math.max(document.documentElement.scrollWidth, document.querySelector('#filter-panel .frame').scrollWidth)"
    assert here.page.evaluate(wide) <= 360
    here.page.locator("#filter-panel .to").scroll_into_view_if_needed()
    buttons = here.page.locator("#filter-panel .ways button:visible")
    assert len({round(one.bounding_box()["y"]) for one in buttons.all()}) == 1
    apply(here)
    assert here.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_changes_of_another_window_are_seen(visit: Visits, start: Any) -> None:
    here = visit(url=start())
    choose(here, "Le Courrier")
    apply(here)
    here.ask(QUESTION)
    other = here.page.context.new_page()
    other.goto(here.page.url)
    other.wait_for_selector("#filters .chip")
    other.click("#filters .chip")
    other.wait_for_selector("#filters .chip", state="detached")
    here.page.evaluate("dispatchEvent(new Event('focus'))")
    here.page.wait_for_selector("#filters .chip", state="detached")


def test_a_hostile_outlet_is_a_name_like_any_other(visit: Visits, serve: Callable[..., str]) -> None:
    here = visit(url=serve(FakeLibrary()))
    choose(here, "<b>Evil</b> & Co")
    apply(here)
    assert chips(here) == ["<b>Evil</b> & Co"]
    here.ask("what is in the vault?")
    assert here.page.inner_text("#chat p.within") == "Filter: <b>Evil</b> & Co"
    assert here.page.locator("#chat b, #filters b, #filter-panel b").count() == 0
