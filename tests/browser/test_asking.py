"""Sources that come first, what is offered to be asked, who answers, keys, and a chat that stays put."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pages import LIGHTHOUSE, MODEL, FakeAssistant, FakeLibrary

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
TEXT = "Miss Ada Lovell keeps the lighthouse now. " + LIGHTHOUSE.text


def test_what_is_read_is_shown_before_there_is_an_answer(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=MODEL, held=True)
    here = visit(url=serve(library, assistant))
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#sources .reading .card")
    assert here.page.locator("#chat a.cite").count() == 0 and "Skerrow" in here.page.inner_text("#sources")
    assistant.go_on.set()
    here.page.wait_for_selector("#src-1-1 mark")
    assert here.page.locator("#sources .reading").count() == 0


def test_an_offered_question_is_asked_with_one_click(visit: Visits, serve: Callable[..., str]) -> None:
    shelf = (replace(LIGHTHOUSE, text=TEXT), *FakeLibrary().shelf[1:])
    library = FakeLibrary(shelf=shelf)

    class Knowing(FakeAssistant):
        def _events(self, question: str, follow_up: bool) -> Any:
            if "Ada Lovell" not in question:
                return super()._events(question, follow_up)
            quote = "Miss Ada Lovell keeps the lighthouse now."
            return self._about(question, quote)

        def _about(self, question: str, quote: str) -> Any:
            for event in super()._events("lighthouse?", False):
                if type(event).__name__ == "Done":
                    first = replace(event.answer.citations[0], quote=quote, start=0, end=len(quote))
                    answer = replace(event.answer, question=question, citations=(first,))
                    event = replace(event, answer=replace(answer, sentences=answer.sentences[:1]))
                yield event

    here = visit(url=serve(library, Knowing(library)))
    here.ask("why was the lighthouse repaired?")
    here.page.wait_for_selector("button.followup")
    offered = here.page.inner_text("button.followup")
    assert offered == "What do the articles report about Ada Lovell?"
    here.page.click("button.followup")
    here.page.wait_for_selector("#chat .answer-2")
    assert here.page.locator("#chat .asked").nth(1).inner_text() == offered
    assert here.page.inner_text("#src-2-1 mark") == "Miss Ada Lovell keeps the lighthouse now."


def test_somebody_else_can_be_asked_again(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    writer, quoter = FakeAssistant(library, model_name=MODEL), FakeAssistant(library)
    here = visit(url=serve(library, writer, others=[quoter]))
    here.ask("lighthouse keeper?")
    assert MODEL in here.page.inner_text("#chat .byline")
    here.page.click("#chat .do-again")
    assert here.page.locator("#again-menu button").all_inner_texts() == [MODEL, "Quotes only"]
    here.page.keyboard.press("Escape")
    assert here.page.locator("#again-menu").count() == 0
    here.page.click("#chat .do-again")
    here.page.locator("#again-menu button").nth(1).click()
    here.page.wait_for_selector("#chat .answer-2")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse keeper?"] * 2
    assert "Quoted from the articles" in here.page.inner_text("#chat .answer-2")


def test_keys_work_outside_of_text_and_can_be_switched_off(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.page.locator("#chat .asked").click()
    here.page.keyboard.press("2")
    here.page.wait_for_selector("#src-1-2.current")
    here.page.keyboard.press("/")
    assert here.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    here.page.keyboard.type("n?2")
    assert here.page.input_value("#question textarea") == "n?2"
    here.page.fill("#question textarea", "")
    here.page.locator("#chat .asked").click()
    here.page.keyboard.press("?")
    assert here.page.is_visible("#shortcuts") and "New conversation" in here.page.inner_text("#shortcuts")
    assert here.page.evaluate("document.activeElement.closest('dialog') !== null")
    here.page.uncheck("#shortcuts input")
    here.page.keyboard.press("Escape")
    here.page.keyboard.press("n")
    here.page.wait_for_timeout(300)
    assert here.page.is_visible("#chat .asked")
    here.page.click(".keys")
    here.page.check("#shortcuts input")
    here.page.click("#shortcuts button")
    here.page.locator("#chat .asked").click()
    here.page.keyboard.press("n")
    here.page.wait_for_selector("#welcome", state="visible")


def test_a_reader_who_scrolls_is_left_where_they_are(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=MODEL)
    here = visit(url=serve(library, assistant), height=600)
    for _ in range(4):
        here.ask("lighthouse?")
    assistant.held = True
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .draft")
    here.page.hover("#chat [role=log]")
    here.page.mouse.wheel(0, -400)
    here.page.wait_for_timeout(400)
    before = here.page.evaluate("document.querySelector('#chat [role=log]').scrollTop")
    assistant.go_on.set()
    here.page.wait_for_selector("#chat .answer-5 .byline")
    here.page.wait_for_timeout(400)
    assert abs(here.page.evaluate("document.querySelector('#chat [role=log]').scrollTop") - before) < 3


def test_a_second_question_waits_for_the_first(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=MODEL, held=True)
    here = visit(url=serve(library, assistant))
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .draft")
    here.page.evaluate("articleAskAgain(0, { question: 'phare?' })")
    here.page.wait_for_selector("#notice p")
    assert "still being answered" in here.page.inner_text("#notice")
    assistant.go_on.set()
    here.page.wait_for_selector("#chat .answer-1 .byline")
    assert here.page.locator("#chat .asked").count() == 1


def test_keys_and_clicks_that_follow_at_once_ask_only_once(visit: Visits, serve: Callable[..., str]) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.page.fill("#question textarea", "lighthouse?")
    for _ in range(5):
        here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .answer:not(.partial)")
    here.page.wait_for_timeout(1_500)
    here.page.fill("#question textarea", "phare?")
    here.page.dblclick("#question .submit-button")
    here.page.wait_for_selector("#chat .asked-2")
    here.page.wait_for_timeout(1_500)
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "phare?"]
