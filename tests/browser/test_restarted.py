"""A question that is sent while, or right after, the program starts anew; and a browser's first visit in two tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pages import FakeAssistant, FakeLibrary

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
ANSWERED_OR_KEPT = """() => {
  const asked = [...document.querySelectorAll('#chat .asked')].pop()?.innerText;
  const answer = [...document.querySelectorAll("#chat [data-testid='bot']")].pop()?.querySelector('.answer:not(.partial)');
  if (asked === 'phare?' && answer) return 'answered';
  const settled = document.querySelector('#talks nav[data-ready]') && !sessionStorage.sent;
  return settled && document.querySelector('#question textarea').value === 'phare?' && 'kept';
}"""


@pytest.mark.parametrize("seconds", [0.0, 1.0, 3.0])
def test_a_question_right_after_a_restart_is_not_swallowed(
    visit: Visits, serve: Callable[..., str], seconds: float
) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("lighthouse?")
    library = FakeLibrary()
    assistant = FakeAssistant(library)
    serve(library, assistant)
    here.page.wait_for_timeout(seconds * 1_000)
    here.page.fill("#question textarea", "phare?")
    here.page.keyboard.press("Enter")
    outcome = here.page.wait_for_function(ANSWERED_OR_KEPT).json_value()
    if outcome == "kept":  # also where Enter came while the page was being loaded anew
        here.page.wait_for_timeout(1_000)
        assert here.page.input_value("#question textarea") == "phare?"
        here.ask("phare?")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "phare?"]
    assert [question for question, _ in assistant.asked].count("phare?") >= 1
    here.errors.clear()  # requests that were under way when the program ended


def test_a_question_that_did_not_arrive_goes_back_into_the_box(
    visit: Visits, serve: Callable[..., str]
) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("lighthouse?")
    here.page.route("**/gradio_api/queue/join*", lambda route: route.abort())  # as when the program is gone
    here.page.fill("#question textarea", "phare?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_timeout(300)
    here.page.unroute_all()
    here.page.reload()
    here.page.wait_for_function("document.querySelector('#told')?.innerText.includes('Send it again')")
    assert here.page.input_value("#question textarea") == "phare?"
    here.page.focus("#question textarea")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .answer-2")
    here.page.reload()
    here.page.wait_for_selector("#chat .answer-2")
    here.page.wait_for_timeout(500)
    assert here.page.input_value("#question textarea") == "", "what has arrived does not come back"
    here.errors.clear()


def test_two_tabs_that_a_new_browser_opens_at_once_are_one_reader(
    browser: Any, visit: Visits, serve: Callable[..., str]
) -> None:
    kind, url = type(visit()), serve(FakeLibrary())
    for _ in range(3):
        context = browser.new_context(viewport={"width": 1500, "height": 800}, reduced_motion="reduce")
        pages = [context.new_page() for _ in range(2)]
        for page in pages:  # neither waits for the other
            page.evaluate("url => { setTimeout(() => location.assign(url), 50) }", url)
        for page in pages:
            page.wait_for_url(f"{url}/**")
            page.wait_for_selector("#talks nav[data-ready]", state="attached")
        for page, question in zip(pages, ("lighthouse?", "phare?"), strict=True):
            kind(page).ask(question)
        for page in pages:
            page.reload()
            page.wait_for_function("document.querySelectorAll('#talks li').length === 2")
        assert sorted(pages[0].locator("#talks li .name").all_inner_texts()) == ["lighthouse?", "phare?"]
        context.close()


def test_a_question_asked_before_the_page_is_quite_there_does_not_come_back(
    visit: Callable[..., Any], serve: Callable[..., str]
) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.page.fill("#question textarea", "lighthouse?")  # the list of conversations is still on its way
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .answer:not(.partial)")
    here.page.wait_for_selector("#talks nav[data-ready]", state="attached")
    here.page.wait_for_timeout(500)
    assert here.page.input_value("#question textarea") == ""
    assert here.page.locator("#chat .asked").count() == 1
