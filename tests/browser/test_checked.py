"""Answers that a model wrote, with what the check found, in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from pages import MODEL, TRAP, FakeAssistant, FakeLibrary

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
ModelPage = tuple[FakeAssistant, str]

MARKS = ("#chat .caught", "#chat button.flag", "#chat .removed summary", "#chat del.struck", "#chat .byline")


def test_what_the_check_found_is_plain_to_see(visit: Visits, model_page: ModelPage) -> None:
    here = visit(url=model_page[1])
    here.ask("who is the keeper?")
    answer = here.page.inner_text("#chat .answer-1")
    assert "Not supported. The passage does not have the number “330”." in answer
    assert "The model’s sentence was not supported and was replaced" in answer
    assert f"Written by {MODEL}, every sentence checked" in answer and MODEL in here.page.inner_text("#state")
    assert (
        here.page.inner_text("#chat .answer > p > del.struck")
        == "Some 330 guests were rescued from the tower."
    )
    lines = here.page.locator("#chat span.weak, #chat .answer > p > del.struck").evaluate_all(
        "all => all.map(e => getComputedStyle(e).textDecorationLine)"
    )
    assert lines == ["underline", "line-through"]
    assert "Admiral Brandt" not in answer
    read_out = here.page.text_content("#announcer")
    assert "Struck out: Some 330 guests" in read_out and "Admiral Brandt" not in read_out


def test_the_keyboard_opens_every_reason(visit: Visits, model_page: ModelPage) -> None:
    here = visit(url=model_page[1])
    here.ask("who is the keeper?")

    def back_to(selector: str) -> None:
        for _ in range(40):
            here.page.keyboard.press("Shift+Tab")
            if here.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    back_to("#chat .removed summary")
    here.page.keyboard.press("Enter")
    assert here.page.is_visible("#chat .removed del")
    assert "Admiral Brandt himself" in here.page.inner_text("#chat .removed del")
    assert not here.page.is_visible("#chat .why")
    back_to("#chat button.flag")
    assert here.page.inner_text("#chat .why") == "The passage does not have the number “43,000”."
    assert here.visible("#chat .why") and here.contrast("#chat .why") >= 4.5
    here.page.keyboard.press("Escape")
    assert not here.page.is_visible("#chat .why")


def test_a_reason_shows_under_the_mouse_and_is_read_out(visit: Visits, model_page: ModelPage) -> None:
    here = visit(url=model_page[1])
    here.ask("who is the keeper?")
    here.page.hover("#chat button.flag")
    assert here.page.is_visible("#chat .why")
    here.page.keyboard.press("Escape")
    assert not here.page.is_visible("#chat .why")
    named = here.page.get_by_role(
        "button", name=re.compile("weakly supported ?: The passage does not have the number")
    )
    assert named.count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_can_be_read(visit: Visits, model_page: ModelPage, theme: str) -> None:
    here = visit(url=model_page[1], theme=theme)
    here.ask("who is the keeper?")
    here.ask("and the keeper?")
    here.page.locator("#sources .turn:not([hidden]) details").evaluate_all(
        "all => all.map(e => e.open = true)"
    )
    for selector in (*MARKS, "#chat .searched", "#sources .doubt", "#anew", "#state .writer"):
        assert here.contrast(selector) >= 4.5, selector


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_nothing_is_cut_off(visit: Visits, model_page: ModelPage, width: int) -> None:
    here = visit(url=model_page[1], width=width, height=844)
    here.ask("who is the keeper?")
    here.page.locator("#chat button.flag").click()
    box = here.page.locator("#chat .why").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert here.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_completed_question_is_shown(visit: Visits, model_page: ModelPage) -> None:
    here = visit(url=model_page[1])
    here.ask("lighthouse?")
    assert here.page.locator("#chat .searched").count() == 0
    here.ask("and the keeper?")
    assert here.page.inner_text("#chat .answer-2 .searched") == "Searched for: the keeper of Skerrow?"


def test_a_draft_is_dimmed_and_then_replaced(visit: Visits, model_page: ModelPage) -> None:
    assistant, url = model_page
    assistant.held = True
    here = visit(url=url)
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .draft")
    assert "Draft of The" in here.page.inner_text("#chat .draft")
    assert here.contrast("#chat .draft") >= 4.5
    colours = [
        here.page.evaluate("s => getComputedStyle(document.querySelector(s)).color", selector)
        for selector in ("#chat .draft", "#chat .asked")
    ]
    assert colours[0] != colours[1]
    live = here.page.evaluate("document.querySelector('#chat .draft').closest('[aria-live]').ariaLive")
    assert live == "off"
    assert here.page.text_content("#announcer") == "Looking for an answer."
    assistant.held = False
    assistant.go_on.set()
    here.page.wait_for_selector("#chat .answer-1")
    assert here.page.locator("#chat .draft").count() == 0
    assert "The lamp of the lighthouse" in here.page.text_content("#announcer")


def test_stop_ends_an_answer_in_the_middle(visit: Visits, model_page: ModelPage) -> None:
    assistant, url = model_page
    assistant.endless, assistant.pace = True, 0.05
    here = visit(url=url)
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_function("document.querySelector('#chat .draft')?.innerText.includes('on and on')")
    here.page.click("#question .stop-button")
    here.page.wait_for_selector("#chat .stopped")
    assert here.page.inner_text("#chat .halted p") == "The lamp of the"
    here.page.wait_for_selector("#question .submit-button")
    here.page.wait_for_timeout(300)
    assert assistant.closed == 1
    assistant.endless = False
    here.ask("phare?")
    assert here.page.is_visible("#src-2-1")


def test_an_obedient_model_gets_nothing_but_text(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=TRAP)
    here = visit(url=serve(library, assistant))
    here.ask("obey!")
    here.page.locator("#chat details, #sources details").evaluate_all("all => all.map(e => e.open = true)")
    here.page.locator("#chat button.flag").focus()
    here.page.wait_for_timeout(300)
    assert TRAP in here.page.inner_text("#chat .answer-1 > p >> nth=1")
    assert here.page.locator("#columns, #masthead").locator("img, script, iframe, em, code, h3").count() == 0
    addresses = here.page.locator("#chat a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert addresses and all(address.startswith("#src-1-") for address in addresses)
    here.page.reload()
    here.page.wait_for_selector("#chat .answer-1")
    here.page.wait_for_timeout(300)
    assert here.page.locator("#columns, #masthead").locator("img, script, iframe, em, code, h3").count() == 0


def test_a_hostile_draft_is_only_text(visit: Visits, serve: Callable[..., str]) -> None:
    class Drafting(FakeAssistant):
        def _events(self, question: str, follow_up: bool) -> Any:
            for event in super()._events(question, follow_up):
                yield type(event)(text=TRAP) if type(event).__name__ == "Draft" else event

    library = FakeLibrary()
    assistant = Drafting(library, model_name=MODEL, held=True)
    here = visit(url=serve(library, assistant))
    here.page.fill("#question textarea", "obey!")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .draft")
    here.page.wait_for_timeout(300)
    assert TRAP in here.page.inner_text("#chat .draft")
    assert here.page.locator("#chat").locator("a, img, script, iframe, em, strong, code").count() == 0
    assistant.held = False
    assistant.go_on.set()
    here.page.wait_for_selector("#chat .answer-1")


def test_closing_the_page_ends_the_answer(visit: Visits, model_page: ModelPage) -> None:
    assistant, url = model_page
    assistant.endless, assistant.pace = True, 0.05
    here = visit(url=url)
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_function("document.querySelector('#chat .draft')?.innerText.includes('on and on')")
    assert assistant.closed == 0
    here.page.goto("about:blank")  # as a closed tab does, it breaks the connection off
    deadline = time.monotonic() + 15
    while assistant.closed == 0 and time.monotonic() < deadline:
        here.page.wait_for_timeout(100)
    assert assistant.closed == 1
