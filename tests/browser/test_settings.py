"""The settings in a real browser: who answers and how, the language, and all that is kept of a reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary
from test_accessible import findings

from assistant import LanguageModelError, Style

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
OTHER = "other-model: 3b"


def open_settings(here: Any) -> None:
    here.page.click("#tab-settings")
    here.page.wait_for_selector("#settings h2")


@pytest.fixture
def models(serve: Callable[..., str]) -> tuple[FakeAssistant, FakeAssistant, FakeAssistant, str]:
    """A model that writes, one that fails, one who quotes, and where they are."""
    library = FakeLibrary()
    works = FakeAssistant(library, model_name=MODEL)
    fails = FakeAssistant(
        library, model_name=OTHER, failure=LanguageModelError("other-model cannot be reached; start it.")
    )
    quotes = FakeAssistant(library)
    return works, fails, quotes, serve(library, works, others=[fails, quotes])


def test_a_model_is_tested_in_a_sentence(visit: Visits, models: tuple[Any, ...]) -> None:
    works, _, quotes, url = models
    works.pace = 0.2
    here = visit(url=url)
    open_settings(here)
    rows = here.page.locator("#settings .writer")
    said = []
    for number in range(3):
        rows.nth(number).locator("button").click()
        rows.nth(number).locator(".outcome:is(.good, .bad)").wait_for()
        said.append(rows.nth(number).locator(".outcome").inner_text())
    assert re.fullmatch(r"It works: the first word came after \d+(\.\d)? s\.", said[0])
    assert said[1] == "other-model cannot be reached; start it."
    assert said[2] == "Quoting always works: it needs no model."
    assert works.tried == 1 and quotes.tried == 0 and works.asked == []


def test_who_answers_and_how_holds_from_the_next_question_on_and_stays(
    visit: Visits, models: tuple[Any, ...], serve: Callable[..., str]
) -> None:
    works, fails, quotes, url = models
    here = visit(url=url)
    here.ask("who is the keeper?")
    assert works.styles == [Style.NORMAL]
    open_settings(here)
    here.page.check("#settings input[value='Quotes only']")
    here.page.check("#settings input[value=short]")
    here.page.click("#tab-ask")
    here.ask("lighthouse?")
    assert Style.SHORT in quotes.styles and len(works.asked) == 1
    library = FakeLibrary()
    quotes = FakeAssistant(library)
    serve(library, FakeAssistant(library, model_name=MODEL), others=[fails, quotes])  # a restart
    here.page.reload()
    here.page.wait_for_selector("#chat .answer-2")
    here.ask("phare?")
    assert Style.SHORT in quotes.styles
    open_settings(here)
    assert here.page.is_checked("#settings input[value='Quotes only']")
    assert here.page.is_checked("#settings input[value=short]")
    other = visit(url=url)
    open_settings(other)
    assert other.page.is_checked(f"#settings input[value='{MODEL}']"), "another browser has its own"
    here.errors.clear()  # requests that were under way when the program ended


def test_a_name_that_nobody_has_is_the_usual_one(visit: Visits, models: tuple[Any, ...]) -> None:
    works, _, _, url = models
    here = visit(url=url)
    here.page.evaluate(
        "document.cookie = 'writer=' + encodeURIComponent('gone; model'); document.cookie = 'style=loud'"
    )
    here.ask("who is the keeper?")
    assert works.styles == [Style.NORMAL]
    open_settings(here)
    assert here.page.is_checked(f"#settings input[value='{MODEL}']")


def test_the_language_is_kept_in_a_cookie_and_the_page_loaded_anew(visit: Visits) -> None:
    here = visit()
    open_settings(here)
    assert here.page.locator("#settings option").all_inner_texts()[1:] == [
        "English",
        "Français",
        "Deutsch",
        "Español",
    ]
    with here.page.expect_navigation():
        here.page.select_option("#settings select", "fr")
    here.page.wait_for_selector("#settings h2")
    assert here.page.get_attribute("html", "lang") == "fr"
    (cookie,) = here.page.context.cookies()
    assert (cookie["name"], cookie["value"], cookie["sameSite"], cookie["path"]) == (
        "language",
        "fr",
        "Strict",
        "/",
    )
    assert cookie["expires"] > here.page.evaluate("Date.now() / 1000") + 360 * 24 * 3600
    with here.page.expect_navigation():
        here.page.select_option("#settings select", "")
    here.page.wait_for_selector("#settings h2")
    assert here.page.context.cookies() == []


def test_all_of_mine_is_saved_and_deleted_and_nothing_of_others(
    visit: Visits, serve: Callable[..., str], tmp_path: Path
) -> None:
    url = serve(FakeLibrary())
    here, other = visit(url=url), visit(url=url)
    for one in (here, other):
        one.ask("lighthouse?")
        one.page.click("#chat .do-up")
        one.page.wait_for_selector("#chat .do-up[aria-pressed=true]")
    open_settings(here)
    with here.page.expect_download() as waiting:
        here.page.click("#settings [data-do=export-all]")
    assert waiting.value.suggested_filename == "article-assistant-my-data.json"
    content = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    (talk,) = content["conversations"]
    assert talk["exchanges"][0]["question"] == "lighthouse?"
    assert talk["exchanges"][0]["answer"]["citations"][0]["article_id"] == "lighthouse"
    assert [one["thumb"] for one in content["feedback"]] == ["up"]
    here.page.click("#settings [data-do=erase]")
    here.page.keyboard.press("Escape")
    here.page.click("#settings [data-do=erase]")
    here.page.click("#erasing [value=no]")
    assert here.page.locator("#talks li").count() == 1
    here.page.click("#settings [data-do=erase]")
    here.page.click("#erasing [value=yes]")
    here.page.wait_for_function("document.getElementById('told')?.innerText.includes('are deleted')")
    here.page.click("#tab-ask")
    here.page.wait_for_selector("#welcome", state="visible")
    assert here.page.locator("#talks li").count() == 0
    here.page.reload()
    here.page.wait_for_selector("#welcome", state="visible")
    with here.page.expect_download() as waiting:
        open_settings(here)
        here.page.click("#settings [data-do=export-all]")
    content = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert content["conversations"] == content["feedback"] == []
    other.page.reload()
    other.page.wait_for_selector("#chat .do-up[aria-pressed=true]")
    assert other.page.locator("#talks li").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out_of_the_settings(
    visit: Visits, models: tuple[Any, ...], theme: str
) -> None:
    here = visit(url=models[-1], theme=theme)
    open_settings(here)
    here.page.locator("#settings [data-do=test]").nth(1).click()
    here.page.wait_for_selector("#settings .outcome.bad")
    assert findings(here) == []
    here.page.click("#settings [data-do=erase]")
    assert findings(here) == []


def test_the_pages_own_name_for_quotes_is_said_in_the_readers_language(
    visit: Visits, models: tuple[Any, ...]
) -> None:
    here = visit(url=models[-1], locale="fr-FR")
    here.ask("lighthouse?")
    here.page.click("#chat .do-again")
    names = here.page.locator("#again-menu button").all_inner_texts()
    assert "Citations seulement" in names and MODEL in names
    here.page.keyboard.press("Escape")
    open_settings(here)
    assert "Citations seulement" in here.page.inner_text("#settings .writers")
    assert here.page.locator("#settings input[value='Quotes only']").count() == 1


def test_the_tabs_and_the_settings_by_keyboard(visit: Visits, models: tuple[Any, ...]) -> None:
    here = visit(url=models[-1])
    here.page.focus("#tab-ask")
    here.page.keyboard.press("ArrowRight")
    here.page.keyboard.press("ArrowRight")
    assert here.page.is_visible("#settings") and not here.page.is_visible("#columns")
    assert here.page.get_attribute("#tab-settings", "aria-selected") == "true"
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("ArrowDown")
    here.page.keyboard.press("ArrowDown")
    assert here.page.is_checked("#settings input[value='Quotes only']")
    here.page.keyboard.press("Tab")
    assert here.page.evaluate("document.activeElement.dataset.do") == "test"
    here.page.go_back()
    here.page.wait_for_selector("#library", state="visible")
