"""A citation's preview, and why a source is one, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
SECOND = 'a.cite[href="#src-1-2"]'


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_citation_shows_its_source_under_the_mouse(visit: Visits, theme: str) -> None:
    here = visit(theme=theme)
    here.ask("lighthouse?")
    here.page.hover(SECOND)
    here.page.wait_for_selector("#preview")
    said = here.page.inner_text("#preview")
    assert "Le phare rallumé" in said and "Le Courrier · December 2017" in said
    assert "Le phare a été rallumé mardi soir par le vieux gardien." in said
    assert here.page.get_attribute("#preview .quote", "lang") == "fr"
    for selector in ("#preview .title", "#preview .facts", "#preview .quote"):
        assert here.contrast(selector) >= 4.5, selector
    here.page.hover("#preview .quote")
    here.page.wait_for_timeout(300)
    assert here.page.is_visible("#preview")
    here.page.mouse.move(2, 2)
    here.page.wait_for_function("!document.getElementById('preview')")


def test_a_citation_shows_its_source_on_focus_and_escape_sends_it_away(visit: Visits) -> None:
    here = visit(width=360, height=740)
    here.ask("lighthouse?")
    here.page.locator("#chat .asked").click()
    for _ in range(12):
        here.page.keyboard.press("Tab")
        if here.page.evaluate("document.activeElement.matches('a.cite')"):
            break
    here.page.wait_for_selector("#preview")
    assert here.page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "preview"
    box = here.page.locator("#preview").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    here.page.keyboard.press("Escape")
    assert here.page.locator("#preview").count() == 0
    assert here.page.evaluate("document.activeElement.matches('a.cite')")


def test_a_click_opens_the_source_and_leaves_the_answer_in_sight(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.page.click(SECOND)
    here.page.wait_for_timeout(400)
    assert here.page.locator("#preview").count() == 0 and here.page.is_visible("#src-1-2.current")
    here.page.mouse.move(2, 2)
    here.page.hover(SECOND)
    here.page.wait_for_selector("#preview")


def test_a_hostile_source_is_only_text_in_its_preview(visit: Visits) -> None:
    here = visit()
    here.ask("vault?")
    here.page.hover('a.cite[href="#src-1-1"]')
    here.page.wait_for_selector("#preview")
    assert here.page.locator("#preview :not(p)").count() == 0
    assert "onerror=alert(1)" in here.page.inner_text("#preview")


def test_a_source_says_why_it_is_one_also_after_a_reload(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    for _ in range(2):
        here.page.locator("#src-1-2 .reason summary").click()
        said = here.page.inner_text("#src-1-2 .reason")
        assert "by its meaning and by its words" in said and "word for word" in said
        assert here.contrast("#src-1-2 .reason li") >= 4.5 and here.contrast("#src-1-2 .support") >= 4.5
        here.page.reload()
        here.page.wait_for_selector("#chat .answer-1")
