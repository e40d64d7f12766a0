"""A question that is sent while, or right after, the program starts anew; and a browser's first visit in two tabs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pages import FakeAssistant, FakeLibrary

from ui.store import FILE_NAME

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
ANSWERED_OR_TOLD = """() => {
  const asked = [...document.querySelectorAll('#chat .asked')].pop()?.innerText;
  const answer = [...document.querySelectorAll("#chat [data-testid='bot']")].pop()?.querySelector('.answer:not(.partial)');
  if (asked === 'phare?' && answer) return 'answered';
  return /again/.test(document.querySelector('#told')?.innerText) && 'told';
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
    outcome = here.page.wait_for_function(ANSWERED_OR_TOLD).json_value()
    if outcome == "told":
        assert here.page.input_value("#question textarea") == "phare?"
        here.page.wait_for_timeout(6_000)
        here.ask("phare?")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "phare?"]
    assert [question for question, _ in assistant.asked].count("phare?") >= 1
    here.errors.clear()  # requests that were under way when the program ended
