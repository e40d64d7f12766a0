"""What readers say of answers, in a real browser: given, changed, taken back, kept, exported, their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary
from test_accessible import findings

from assistant.cli import main
from index import Index

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
UP, DOWN = "#chat .do-up", "#chat .do-down"


def wait_for_thumb(here: Any, selector: str, pressed: bool = True) -> None:
    here.page.wait_for_selector(f'{selector}[aria-pressed="{"true" if pressed else "false"}"]')


def say_why(here: Any, reason: str, words: str = "") -> None:
    here.page.check(f"#vote input[value={reason}]")
    here.page.fill("#vote textarea", words)
    here.page.click("#vote [type=submit]")


def exported(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    Index.open(folder).close()
    capsys.readouterr()
    assert main(["feedback", "export", "--data", str(folder)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_vote_is_given_changed_kept_and_exported(
    visit: Visits, serve: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = serve(FakeLibrary())
    here = visit(url=url)
    here.ask("lighthouse?")
    assert here.page.get_attribute(UP, "aria-pressed") == "false"
    here.page.click(UP)
    wait_for_thumb(here, UP)
    here.page.reload()
    wait_for_thumb(here, UP)
    here.page.click(DOWN)
    say_why(here, "citation", "The second one is about <b>another</b> lamp.")
    wait_for_thumb(here, DOWN)
    wait_for_thumb(here, UP, pressed=False)
    (row,) = exported(tmp_path, capsys)
    assert (row["thumb"], row["reason"]) == ("down", "citation")
    assert (
        row["comment"] == "The second one is about <b>another</b> lamp." and row["question"] == "lighthouse?"
    )
    assert [one["article_id"] for one in row["sources"]] == ["lighthouse", "phare"]
    serve(FakeLibrary())  # a restart
    here.page.reload()
    wait_for_thumb(here, DOWN)
    here.page.click(DOWN)
    assert here.page.is_checked("#vote input[value=citation]")
    assert "another" in here.page.input_value("#vote textarea")
    here.page.click("#vote [data-do=remove]")
    wait_for_thumb(here, DOWN, pressed=False)
    assert exported(tmp_path, capsys) == []
    here.errors.clear()  # requests that were under way when the program ended


def test_a_reason_is_asked_for_and_may_be_left_alone_by_keyboard(
    visit: Visits, serve: Callable[..., str]
) -> None:
    here = visit(url=serve(FakeLibrary()))
    here.ask("who won?")
    here.page.focus(DOWN)
    here.page.keyboard.press("Enter")
    assert here.page.is_visible("#vote")
    here.page.click("#vote [type=submit]")
    assert here.page.is_visible("#vote"), "without a reason nothing is sent"
    here.page.keyboard.press("Escape")
    here.page.wait_for_selector("#vote", state="hidden")
    assert here.page.evaluate("document.activeElement.matches('.do-down')")
    here.page.keyboard.press("Enter")
    here.page.keyboard.press("ArrowDown")
    here.page.keyboard.press("ArrowDown")
    here.page.keyboard.press("Tab")
    here.page.keyboard.type("It is in the Ledger.")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Enter")
    wait_for_thumb(here, DOWN)
    here.page.click(DOWN)
    assert here.page.input_value("#vote textarea") == "It is in the Ledger."
    assert findings(here) == []


def test_a_vote_is_not_carried_over_to_the_answer_that_takes_its_place(
    visit: Visits, serve: Callable[..., str]
) -> None:
    library = FakeLibrary()
    writer = FakeAssistant(library, model_name=MODEL)
    here = visit(url=serve(library, writer))
    here.ask("who is the keeper?")
    here.page.click(UP)
    wait_for_thumb(here, UP)
    writer.model_name = None
    here.page.click("#chat .do-again")
    here.page.wait_for_selector("#chat .answer.no_evidence")
    wait_for_thumb(here, UP, pressed=False)
    here.page.reload()
    here.page.wait_for_selector("#chat .answer.no_evidence")
    wait_for_thumb(here, UP, pressed=False)


def test_votes_are_the_readers_own_and_go_with_the_conversation(
    visit: Visits, serve: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = serve(FakeLibrary())
    one, other = visit(url=url, width=1500), visit(url=url, width=1500)
    for here in (one, other):
        here.ask("lighthouse?")
    one.page.click(UP)
    wait_for_thumb(one, UP)
    other.page.reload()
    wait_for_thumb(other, UP, pressed=False)
    one.page.click("#talks [data-do=delete]")
    one.page.wait_for_selector("#talks .undo")
    assert exported(tmp_path, capsys) == []
    one.page.click("#talks .undo button")
    one.page.locator("#talks li a").click()
    wait_for_thumb(one, UP)
    assert len(exported(tmp_path, capsys)) == 1
