"""The page, as axe-core sees it: no finding against WCAG 2.2 A and AA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def findings(here: Any) -> list[str]:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-core is not installed: pip install '.[dev]'"
    )
    found = axe.Axe().run(here.page, options=LEVELS).response["violations"]
    return [f"{one['id']} ({one['impact']}): {node['html'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out(visit: Visits, serve: Callable[..., str], theme: str) -> None:
    library = FakeLibrary()
    writer = FakeAssistant(library, model_name=MODEL)
    here = visit(url=serve(library, writer, others=[FakeAssistant(library)]), theme=theme, width=1500)
    here.page.wait_for_selector("button.example")
    assert findings(here) == []
    here.ask("who is the keeper?")
    here.ask("who won?")
    here.page.locator('a.cite[href="#src-1-1"]').first.click()
    here.page.click("#src-1-1 .reason summary")
    here.page.click(".export summary")
    here.page.locator('a.cite[href="#src-1-2"]').first.hover()
    here.page.wait_for_selector("#preview")
    assert findings(here) == []
    here.page.click("#talks [data-do=delete]")
    here.page.wait_for_selector("#talks .undo")
    assert findings(here) == []
    here.page.click(".keys")
    assert findings(here) == []


def test_the_look_finds_what_is_wrong(visit: Visits) -> None:
    here = visit()
    here.page.evaluate("document.body.append(Object.assign(new Image(), { src: 'data:,' }))")
    assert any(one.startswith("image-alt") for one in findings(here))
