"""The list of conversations, links to answers, several windows and several readers, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary

from ui.accounts import Accounts, save_user
from ui.guard import Access

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
NAMES = "#talks li .name"


@pytest.fixture
def here(visit: Visits, serve: Callable[..., str]) -> Any:
    """A wide page with two conversations, the second open."""
    here = visit(url=serve(FakeLibrary()), width=1500)
    here.ask("lighthouse?")
    here.ask("vault?")
    here.page.click("#anew")
    here.page.wait_for_selector("#welcome", state="visible")
    here.ask("phare?")
    here.page.wait_for_function("document.querySelectorAll('#talks li').length === 2")
    return here


def names(here: Any) -> list[str]:
    return list(here.page.locator(NAMES).all_inner_texts())


def wait_for_names(here: Any, *expected: str) -> None:
    here.page.wait_for_function(
        "([selector, names]) => JSON.stringify([...document.querySelectorAll(selector)].map(e => e.innerText)) === names",
        arg=[NAMES, json.dumps(expected, separators=(",", ":"))],
    )


def deed(here: Any, number: int, name: str) -> None:
    item = here.page.locator("#talks li").nth(number)
    item.hover()
    item.locator(f"[data-do={name}]").click()


def test_the_list_opens_another_conversation_with_its_sources(here: Any) -> None:
    assert names(here) == ["phare?", "lighthouse?"]
    assert here.page.locator("#talks [aria-current]").inner_text().startswith("phare?")
    here.page.locator("#talks li a").nth(1).click()
    here.page.wait_for_selector("#chat .answer-2")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "vault?"]
    here.page.locator('a.cite[href="#src-1-2"]').click()
    assert here.visible("#src-1-2 mark")
    here.page.go_back()
    here.page.wait_for_function("document.querySelector('#chat .asked').innerText === 'phare?'")
    assert here.page.locator("#chat .asked").count() == 1
    here.page.reload()
    here.page.wait_for_selector("#chat .asked")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["phare?"]


def test_a_name_a_pin_and_a_search(here: Any) -> None:
    deed(here, 1, "rename")
    here.page.keyboard.type("<b>Tower</b> & co")
    here.page.keyboard.press("Enter")
    wait_for_names(here, "phare?", "<b>Tower</b> & co")
    deed(here, 1, "rename")
    here.page.keyboard.type("dropped")
    here.page.keyboard.press("Escape")
    deed(here, 1, "pin")
    wait_for_names(here, "<b>Tower</b> & co", "phare?")
    assert here.page.locator("#talks h3").all_inner_texts() == ["Pinned", "Latest"]
    here.page.fill("#talks-search", "REPAIRED because")
    wait_for_names(here, "<b>Tower</b> & co")
    here.page.fill("#talks-search", "nowhere")
    here.page.wait_for_selector("#talks .hint")
    here.page.fill("#talks-search", "")
    wait_for_names(here, "<b>Tower</b> & co", "phare?")
    here.page.reload()
    wait_for_names(here, "<b>Tower</b> & co", "phare?")


def test_a_deleted_conversation_comes_back(here: Any) -> None:
    address = here.page.url
    deed(here, 0, "delete")
    wait_for_names(here, "lighthouse?")
    here.page.wait_for_selector("#welcome", state="visible")
    assert "#/c/" not in here.page.url and here.page.locator("#sources mark").count() == 0
    here.page.click("#talks .undo button")
    wait_for_names(here, "phare?", "lighthouse?")
    deed(here, 0, "delete")
    wait_for_names(here, "lighthouse?")
    here.page.goto(address)
    here.page.reload()
    here.page.wait_for_selector("#notice p")
    assert "deleted" in here.page.inner_text("#notice")


def test_a_link_leads_to_an_answer_and_only_its_reader(visit: Visits, serve: Callable[..., str]) -> None:
    url = serve(FakeLibrary())
    here = visit(url=url)
    for _ in range(6):
        here.ask("lighthouse?")
    address = here.page.url
    assert "#/c/" in address
    here.page.click("#anew")
    here.page.wait_for_selector("#welcome", state="visible")
    here.page.goto(f"{address}/2")
    here.page.wait_for_selector("#chat .answer-6")
    here.page.wait_for_timeout(300)
    assert here.visible("#chat .asked-2") and not here.visible("#chat .asked-6")
    here.page.reload()
    here.page.wait_for_selector("#chat .answer-6")
    other = visit(url=url)
    other.page.goto(address)
    other.page.reload()
    other.page.wait_for_selector("#notice p")
    assert other.page.locator("#chat .asked").count() == 0


def test_two_windows_on_one_conversation(visit: Visits, serve: Callable[..., str]) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("lighthouse?")
    second = here.page.context.new_page()
    second.goto(here.page.url)
    second.wait_for_selector("#chat .answer-1")
    here.ask("phare?")
    there = type(here)(second)
    there.ask("vault?")
    second.wait_for_function("document.querySelectorAll('#chat .asked').length === 3")
    here.page.evaluate("dispatchEvent(new Event('focus'))")
    here.page.wait_for_selector("#chat .answer-3")
    for page in (here.page, second):
        assert page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "phare?", "vault?"]
    second.close()


def test_the_program_ends_in_the_middle_of_an_answer(visit: Visits, serve: Callable[..., str]) -> None:
    library = FakeLibrary()
    here = visit(url=serve(library, FakeAssistant(library, model_name=MODEL, endless=True, pace=0.05)))
    here.page.fill("#question textarea", "who is the keeper?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .draft")
    url = here.page.url
    serve(library, FakeAssistant(library, model_name=MODEL))
    here.page.goto(url)
    here.page.reload()
    here.page.wait_for_selector("#chat .asked")
    assert here.page.inner_text("#chat .asked") == "who is the keeper?"
    here.ask("phare?")
    assert here.page.is_visible("#src-2-1")


def test_the_program_starts_anew_under_an_open_page(visit: Visits, serve: Callable[..., str]) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("lighthouse?")
    serve(FakeLibrary())
    here.page.wait_for_timeout(6_000)  # until Gradio's page has found the program again
    here.ask("phare?")
    assert here.page.locator("#chat .asked").all_inner_texts() == ["lighthouse?", "phare?"]
    assert here.page.locator("#src-2-1 mark").count() == 1
    assert here.page.locator("#talks li").count() == 1
    here.errors.clear()  # requests that were under way when the program ended


def test_a_new_conversation_is_in_the_list_and_the_address_once_it_is_answered(here: Any) -> None:
    for number in range(3, 6):
        here.page.click("#anew")
        here.page.wait_for_selector("#welcome", state="visible")
        assert "#/c/" not in here.page.url
        here.ask("phare?")
        here.page.wait_for_function(f"document.querySelectorAll('#talks li').length === {number}")
        assert here.page.get_attribute("#talks nav", "data-current") in here.page.url
        assert here.page.locator("#talks [aria-current]").count() == 1


def test_quick_deeds_are_all_done(here: Any) -> None:
    here.page.evaluate(
        """() => {
          const id = document.querySelectorAll('#talks li')[1].dataset.id;
          articleAct('rename', { id, title: 'Quick' });
          articleAct('pin', { id });
          articleAct('sync');
        }"""
    )
    wait_for_names(here, "Quick", "phare?")


def test_users_who_sign_in_see_their_own_in_any_browser(
    visit: Visits, serve: Callable[..., str], browser: Any, tmp_path: Path
) -> None:
    users = tmp_path / "users"
    for name in ("ada", "bob"):
        save_user(users, name, f"{name}-has-a-secret")
    url = serve(FakeLibrary(), access=Access(accounts=Accounts(users)))

    def sign_in(name: str) -> Any:
        page = browser.new_page(viewport={"width": 1500, "height": 800}, reduced_motion="reduce")
        page.goto(url)
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", f"{name}-has-a-secret")
        page.keyboard.press("Enter")
        page.wait_for_selector("#question textarea")
        return page

    ada, bob = sign_in("ada"), sign_in("bob")
    kind = type(visit())
    kind(ada).ask("lighthouse?")
    kind(bob).ask("phare?")
    assert ada.locator(NAMES).all_inner_texts() == ["lighthouse?"]
    assert bob.locator(NAMES).all_inner_texts() == ["phare?"]
    again = sign_in("ada")
    again.wait_for_selector(NAMES)
    assert again.locator(NAMES).all_inner_texts() == ["lighthouse?"]
    again.locator("#talks li a").click()
    again.wait_for_selector("#chat .answer-1")
    bob.goto(again.url)
    bob.reload()
    bob.wait_for_selector("#notice p")
    assert bob.locator("#chat .asked").count() == 0
    for page in (ada, bob, again):
        page.close()


def test_the_drawer_of_a_narrow_window_opens_over_the_chat_and_closes(visit: Visits) -> None:
    for width in (1280, 390):
        here = visit(width=width)
        here.ask("lighthouse?")
        assert not here.page.is_visible("#talks")
        here.page.click(".drawer-toggle")
        here.page.wait_for_selector("#talks li")
        assert here.page.evaluate("document.documentElement.scrollWidth") <= width
        assert here.page.get_attribute(".drawer-toggle", "aria-expanded") == "true"
        here.page.keyboard.press("Escape")
        assert not here.page.is_visible("#talks")
        assert here.page.evaluate("document.activeElement.className") == "drawer-toggle"


def test_a_window_that_is_made_narrow_is_not_covered_by_the_list(here: Any) -> None:
    here.page.wait_for_selector("#talks li")
    here.page.set_viewport_size({"width": 390, "height": 800})
    here.page.wait_for_selector("#talks", state="hidden")
    here.page.set_viewport_size({"width": 1500, "height": 800})
    here.page.wait_for_selector("#talks li")


def test_a_browser_that_keeps_nothing_can_still_ask(visit: Visits) -> None:
    here = visit()
    here.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('off', 'SecurityError'); } });"
    )
    here.page.reload()
    here.page.wait_for_selector("#question textarea")
    here.ask("lighthouse?")
    here.ask("phare?")
    assert here.page.locator("#chat .asked").count() == 2
    here.errors.clear()
