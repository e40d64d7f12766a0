"""The About view in a real browser: numbers, a damaged collection, a rebuild beside questions."""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import FakeAssistant, FakeLibrary
from stores import check_invariants, open_index, write_article
from test_accessible import findings

from index import Diagnosis, Index, Progress, ProgressCallback, Verdict, doctor, examine
from index.health import Health
from ui.accounts import Accounts, save_user
from ui.guard import Access

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
GOOD = [
    Diagnosis(name="disk", verdict=Verdict.GOOD, sentence="12,000 MB are free on the disk."),
    Diagnosis(
        name="lock",
        verdict=Verdict.NOTE,
        sentence="Left by a process that was ended hard: nobody waits for it.",
    ),
    Diagnosis(
        name="vectors",
        verdict=Verdict.FAULT,
        sentence="The vector index lacks some of the passages; rebuild.",
    ),
]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """A collection of three articles; the look at its vectors takes seconds, and is not what is tested."""
    monkeypatch.setattr(doctor, "probe", lambda folder: Health(reason=None, checked=9))
    for number in range(3):
        write_article(tmp_path / "articles", number, paragraphs=1)
    opened = open_index(tmp_path / "data", chroma=True)
    opened.add([tmp_path / "articles"])
    yield opened
    opened.close()


@pytest.fixture
def about(index: Index, serve: Callable[..., str], visit: Visits) -> Any:
    """The About view over the collection."""

    def look(_: Path) -> Iterable[Diagnosis]:
        return examine(index.data_dir, config=index.config, opened=functools.partial(open_index, chroma=True))

    here = visit(url=serve(index, FakeAssistant(FakeLibrary()), examine=look))
    here.page.click("#tab-about")
    here.page.wait_for_selector("#about dl")
    return here


def check(here: Any) -> str:
    here.page.click("#about [data-do=check]")
    here.page.wait_for_function("document.querySelector('#about .outcome').innerText.match(/wrong|cannot/)")
    return str(here.page.inner_text("#about .outcome"))


def test_the_facts_are_told(about: Any) -> None:
    said = about.page.inner_text("#about")
    for one in (
        "Articles",
        "Passages",
        "English (3)",
        "MB",
        "Python",
        "chromadb",
        "gradio",
        "sentence-transformers",
    ):
        assert one in said
    assert about.page.locator("#about .found li").count() == 0, "nothing is looked at before one asks"
    about.page.click("#about summary")
    assert "Apache" in about.page.inner_text("#about details")


def test_a_damaged_collection_shows_it_and_a_rebuild_mends_it(about: Any, index: Index) -> None:
    assert check(about) == "Nothing is wrong."
    file = sqlite3.connect(index.data_dir / "catalog.sqlite")
    with file:
        file.execute("DELETE FROM fulltext WHERE rowid = (SELECT min(rowid) FROM fulltext)")
    file.close()
    assert check(about) == "1 thing is wrong."
    fault = about.page.locator("#about .found .fault")
    assert fault.count() == 1 and "full-text search" in fault.inner_text()
    about.page.click("#about [data-do=rebuild]")
    about.page.wait_for_function("document.querySelector('#about .outcome').innerText.startsWith('Rebuilt')")
    assert check(about) == "Nothing is wrong."
    check_invariants(index)


def test_questions_are_answered_while_it_is_rebuilt_and_a_cancel_leaves_all_as_it_was(
    about: Any, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, tick = index.catalog.meta("collection"), threading.Event()

    def slow(progress: ProgressCallback | None = None) -> int:
        assert progress is not None
        for done in range(10_000):
            progress(Progress(done=done, total=10_000, passages=done, current=""))
            tick.wait(0.02)
        return 10_000

    monkeypatch.setattr(index, "rebuild", slow)
    about.page.click("#about [data-do=rebuild]")
    about.page.wait_for_function(
        "/ of 10,000 passages\\. \\d+ (s|min) left/.test(document.querySelector('#about .outcome').innerText)"
    )
    assert about.page.is_disabled("#about [data-do=rebuild]")
    about.page.click("#tab-ask")
    about.ask("lighthouse?")
    assert about.page.is_visible("#src-1-1")
    about.page.reload()
    about.page.click("#tab-about")
    about.page.wait_for_selector("#about progress", state="visible")
    about.page.click("#about [data-do=cancel]")
    about.page.wait_for_function(
        "document.querySelector('#about .outcome').innerText.startsWith('Cancelled')"
    )
    assert not about.page.is_visible("#about progress") and not about.page.is_visible(
        "#about [data-do=cancel]"
    )
    assert index.catalog.meta("collection") == before


def test_opening_the_tabs_loads_and_looks_at_nothing(visit: Visits, serve: Callable[..., str]) -> None:
    def look(_: Path) -> Iterable[Diagnosis]:
        raise AssertionError("nobody asked")

    assistant = FakeAssistant(FakeLibrary(), model_name="keeper-7b")
    here = visit(url=serve(FakeLibrary(), assistant, examine=look))
    for tab, shown in (("settings", "#settings h2"), ("about", "#about dl")):
        here.page.click(f"#tab-{tab}")
        here.page.wait_for_selector(shown)
    here.page.wait_for_timeout(300)
    assert assistant.tried == 0 and assistant.asked == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out_of_about(visit: Visits, serve: Callable[..., str], theme: str) -> None:
    here = visit(url=serve(FakeLibrary(), examine=lambda _: GOOD), theme=theme)
    here.page.click("#tab-about")
    here.page.wait_for_selector("#about dl")
    assert check(here) == "1 thing is wrong."
    here.page.focus("#about summary")
    here.page.keyboard.press("Enter")
    assert findings(here) == []


def test_both_tabs_fit_a_phone(visit: Visits, serve: Callable[..., str]) -> None:
    here = visit(url=serve(FakeLibrary(), examine=lambda _: GOOD), width=360)
    for tab, shown in (("settings", "#settings h2"), ("about", "#about dl")):
        here.page.click(f"#tab-{tab}")
        here.page.wait_for_selector(shown)
        assert here.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_whoever_signs_in_cannot_have_it_rebuilt(
    serve: Callable[..., str], browser: Any, tmp_path: Path
) -> None:
    save_user(tmp_path / "users", "ada", "ada-has-a-secret")
    page = browser.new_page()
    page.goto(serve(FakeLibrary(), access=Access(accounts=Accounts(tmp_path / "users"))))
    page.fill("input[name=name]", "ada")
    page.fill("input[name=password]", "ada-has-a-secret")
    page.keyboard.press("Enter")
    page.click("#tab-about")
    page.wait_for_selector("#about dl")
    assert page.locator("#about .health button").count() == 0
    assert "article-assistant rebuild" in page.inner_text("#about .health")
    page.close()
