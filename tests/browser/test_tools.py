"""Copy, link, ask again, edit and export, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
QUESTIONS = "#chat .asked"


def questions(here: Any) -> list[str]:
    return list(here.page.locator(QUESTIONS).all_inner_texts())


def test_an_answer_and_a_link_to_it_are_copied(visit: Visits) -> None:
    here = visit()
    here.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    here.ask("lighthouse?")
    here.page.click("#chat .do-copy")
    here.page.wait_for_selector("#told:not(:empty)")
    copied = here.page.evaluate("navigator.clipboard.readText()")
    assert "lamp had cracked" in copied and "[2] “Le phare rallumé”, Le Courrier" in copied
    here.page.click("#chat .do-link")
    here.page.wait_for_function("navigator.clipboard.readText().then(text => text.endsWith('/1'))")
    link = here.page.evaluate("navigator.clipboard.readText()")
    here.page.goto("about:blank")
    here.page.goto(link)
    here.page.wait_for_selector("#chat .answer-1")


@pytest.mark.parametrize("kind", ["markdown", "html", "json", "bibtex", "ris"])
def test_a_conversation_is_saved(visit: Visits, tmp_path: Path, kind: str) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.page.click(".export summary")
    with here.page.expect_download() as download:
        here.page.click(f"[data-kind={kind}]")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert file.stem == "lighthouse" and "Skerrow" in text
    if kind == "json":
        assert json.loads(text)["exchanges"][0]["question"] == "lighthouse?"
    if kind == "html":
        page = here.page.context.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        assert page.locator("li q").first.inner_text().startswith("The lighthouse was repaired")
        assert requests == [file.as_uri()]


def test_the_last_question_is_asked_again_in_its_place_and_an_earlier_one_below(
    visit: Visits, serve: Callable[..., str]
) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library)
    here = visit(url=serve(library, assistant))
    here.ask("lighthouse?")
    here.ask("phare?")
    here.page.locator("#chat .do-again").nth(1).click()
    here.page.wait_for_function("document.querySelector('#question .stop-button')")
    here.page.wait_for_selector("#question .submit-button")
    assert questions(here) == ["lighthouse?", "phare?"]
    again = [history for question, history in assistant.asked if question == "phare?"]
    assert [[turn.question for turn in history] for history in again] == [["lighthouse?"]] * 2
    here.page.locator("#chat .do-again").nth(0).click()
    here.page.wait_for_selector("#chat .answer-3")
    assert questions(here) == ["lighthouse?", "phare?", "lighthouse?"]
    here.page.reload()
    here.page.wait_for_selector("#chat .answer-3")
    assert questions(here) == ["lighthouse?", "phare?", "lighthouse?"]


def test_the_last_question_can_be_changed_or_left_as_it_was(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.ask("who won?")
    here.page.locator("#chat .do-edit").nth(1).click()
    here.page.wait_for_selector("#notice .editing")
    assert here.page.input_value("#question textarea") == "who won?"
    here.page.click("#notice .editing button")
    here.page.wait_for_function("!document.querySelector('#question textarea').value")
    assert not here.page.is_visible("#notice")
    here.page.locator("#chat .do-edit").nth(1).click()
    here.page.wait_for_selector("#notice .editing")
    here.page.fill("#question textarea", "phare?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#src-2-1 mark")
    assert questions(here) == ["lighthouse?", "phare?"] and not here.page.is_visible("#notice")
    here.page.wait_for_selector("#question .submit-button")
    here.page.locator("#chat .do-edit").nth(0).click()
    here.page.wait_for_selector("#notice .editing")
    here.page.fill("#question textarea", "vault?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#src-3-1 mark")
    assert questions(here) == ["lighthouse?", "phare?", "vault?"]


def test_a_repetition_that_is_stopped_or_fails_leaves_the_answer(
    visit: Visits, serve: Callable[..., str]
) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library)
    here = visit(url=serve(library, assistant))
    here.ask("lighthouse?")
    assistant.failure = RuntimeError("broken")
    here.page.click("#chat .do-again")
    here.page.wait_for_selector("#notice p")
    assert "Something went wrong" in here.page.inner_text("#notice") and here.page.is_visible("#src-1-1 mark")
    assert here.page.is_visible("#chat .answer-1")


def test_a_failure_can_be_asked_again(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, RuntimeError("broken"), model_name=MODEL)
    here = visit(url=serve(library, assistant))
    here.ask("phare?")
    assistant.failure = None
    here.page.click("#chat .trouble .do-again")
    here.page.wait_for_selector("#src-1-1 mark")
    assert questions(here) == ["phare?"]
