"""Conversations that survive a reload and a restart, in a real browser."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pages import MODEL, PHARE, FakeAssistant, FakeLibrary

from ui.store import FILE_NAME, ConversationStore

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]


def reload(here: Any) -> None:
    here.page.reload()
    here.page.wait_for_selector("#question textarea")


def shown(here: Any) -> list[str]:
    return list(
        here.page.locator("#chat .asked, #chat .answer, #sources .turn").evaluate_all(
            "all => all.map(e => e.outerHTML)"
        )
    )


def test_a_reload_keeps_everything_and_a_follow_up_works(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=MODEL)
    here = visit(url=serve(library, assistant))
    here.ask("lighthouse?")
    here.ask("who is the keeper?")
    before = shown(here)
    reload(here)
    here.page.wait_for_selector("#chat .answer-2")
    assert shown(here) == before
    assert not here.page.is_visible("#welcome")
    here.page.locator('a.cite[href="#src-1-2"]').click()
    assert here.visible("#src-1-2 mark")
    assert here.page.inner_text("#src-1-2 mark") == "Le phare a été rallumé mardi soir par le vieux gardien."
    here.ask("and the keeper?")
    assert "Searched for" in here.page.inner_text("#chat .answer-3")
    assert [turn.question for turn in assistant.asked[-1][1]] == ["lighthouse?", "who is the keeper?"]
    reload(here)
    here.page.wait_for_selector("#chat .answer-3")


def test_a_restart_keeps_it_and_sees_that_an_article_has_changed(
    visit: Visits, serve: Callable[..., str]
) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("phare?")
    serve(FakeLibrary(shelf=(replace(PHARE, text="Autre chose. " + PHARE.text),)))
    reload(here)
    here.page.wait_for_selector("#chat .answer-1")
    assert here.page.inner_text("#src-1-1 mark") == "Le phare a été rallumé mardi soir par le vieux gardien."
    assert "changed or removed" in here.page.inner_text("#src-1-1")


def test_a_new_conversation_starts_afresh_and_stays_so(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library)
    here = visit(url=serve(library, assistant))
    assert not here.page.is_visible("#anew")
    here.ask("lighthouse?")
    here.page.click("#anew")
    here.page.wait_for_selector("#welcome", state="visible")
    assert here.page.locator("#chat .asked").count() == here.page.locator("#sources details").count() == 0
    reload(here)
    here.page.wait_for_selector("#welcome", state="visible")
    here.page.wait_for_timeout(500)
    assert here.page.locator("#chat .asked").count() == 0
    here.ask("phare?")
    assert assistant.asked[-1][1] == ()
    assert here.page.is_visible("#src-1-1")


def test_a_new_conversation_in_the_middle_of_an_answer(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=MODEL, endless=True, pace=0.05)
    here = visit(url=serve(library, assistant))
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .draft")
    here.page.click("#anew")
    here.page.wait_for_selector("#welcome", state="visible")
    here.page.wait_for_timeout(600)
    assert here.page.locator("#chat .asked").count() == 0 and assistant.closed == 1
    assistant.endless = False
    here.ask("phare?")
    assert here.page.locator("#chat .asked").count() == 1


def test_browsers_do_not_see_each_others_conversations(visit: Visits) -> None:
    one = visit()
    one.ask("lighthouse?")
    other = visit()
    other.page.wait_for_timeout(500)
    assert other.page.is_visible("#welcome") and other.page.locator("#chat .asked").count() == 0
    other.ask("phare?")
    reload(one)
    one.page.wait_for_selector("#chat .asked")
    assert one.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?"]


@pytest.mark.parametrize("value", ["garbage", "{}", ""])
def test_a_damaged_memory_of_the_browser_is_made_good(visit: Visits, value: str) -> None:
    here = visit()
    here.ask("lighthouse?")
    keys = here.page.evaluate(
        """value => Object.keys(localStorage).filter(key => key.startsWith('article-assistant-'))
             .map(key => (localStorage.setItem(key, value), key))""",
        value,
    )
    assert len(keys) == 1
    reload(here)
    here.page.wait_for_selector("#chat .answer-1")
    here.ask("phare?")
    reload(here)
    here.page.wait_for_selector("#chat .answer-2")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "phare?"]


def test_whoever_clears_the_browsers_storage_begins_afresh(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.page.evaluate(
        """async () => {
          localStorage.clear();
          for (const { name } of await indexedDB.databases())
            await new Promise((done) => (indexedDB.deleteDatabase(name).onsuccess = done));
        }"""
    )
    reload(here)
    here.page.wait_for_selector("#welcome", state="visible")
    here.ask("phare?")
    reload(here)
    here.page.wait_for_selector("#chat .asked")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["phare?"]


def test_the_browser_keeps_only_the_id(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    stored = here.page.evaluate("JSON.stringify(localStorage)")
    assert "lighthouse" not in stored and len(stored) < 400


def test_earlier_answers_of_a_long_conversation_can_be_brought_back(
    visit: Visits, serve: Callable[..., str], tmp_path: Path
) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("phare?")
    _multiply(tmp_path / FILE_NAME, 40)
    reload(here)
    here.page.wait_for_selector("#chat .answer-41")
    assert here.page.locator("#chat .answer-1").count() == 0
    here.ask("lighthouse?")
    here.page.click("#earlier")
    here.page.wait_for_selector("#chat .answer-1")
    assert not here.page.is_visible("#earlier")
    here.page.locator('a.cite[href="#src-1-1"]').click()
    assert here.visible("#src-1-1 mark")


def _multiply(file: Path, times: int) -> None:
    """Repeat the one record of a store."""
    store = ConversationStore(file)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        query = "SELECT owner, id, record FROM exchanges JOIN conversations ON id = conversation"
        ((owner, kept_as, record),) = connection.execute(query)
    for _ in range(times):
        store.begin(owner, kept_as, record, "T")
