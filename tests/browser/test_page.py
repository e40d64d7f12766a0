"""The page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pages import HOSTILE, FakeLibrary

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]


def test_ask_and_check(visit: Visits) -> None:
    here = visit()
    here.page.wait_for_selector("button.example")
    assert "4 articles" in here.page.inner_text("#state")
    here.ask("why was the lighthouse repaired?")
    assert here.page.locator("#sources mark").all_inner_texts() == [
        "The lighthouse was repaired because its lamp had cracked.",
        "It cost forty thousand crowns.",
        "Le phare a été rallumé mardi soir par le vieux gardien.",
    ]
    assert not here.page.is_visible("#welcome")
    here.page.locator("a.cite").nth(1).click()
    here.page.wait_for_selector("#src-1-2.current[open]")
    assert here.visible("#src-1-2 mark")
    assert here.page.inner_text("#src-1-2 mark") == "Le phare a été rallumé mardi soir par le vieux gardien."
    assert here.page.get_attribute("#src-1-2 .passage", "lang") == "fr"
    assert here.page.get_attribute("#src-1-1 a.original", "rel") == "noopener noreferrer nofollow"
    assert here.page.locator("#src-1-2 a.original").count() == 0


def test_a_quote_keeps_its_language_and_a_message_its_name(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    assert here.page.locator("#chat .quote[lang=fr]").count() == 1
    names = here.page.locator("#chat [data-testid]").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert [name for name in names if name] == ["Question", "Answer"]


def test_an_example_is_asked_with_one_click(visit: Visits) -> None:
    here = visit()
    here.page.locator("button.example").first.click()
    here.page.wait_for_selector("a.cite")
    assert "lighthouse of Skerrow" in here.page.inner_text("#chat .asked")


def test_the_keyboard_is_enough(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    for _ in range(40):
        here.page.keyboard.press("Shift+Tab")
        if here.page.evaluate("document.activeElement.matches('a.cite')"):
            break
    assert here.page.evaluate("document.activeElement.getAttribute('href')") == "#src-1-2"
    assert here.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#src-1-2.current")
    assert here.visible("#src-1-2 mark")
    assert here.page.evaluate("document.activeElement.closest('details').id") == "src-1-2"
    here.page.keyboard.press("Escape")
    assert here.page.evaluate("document.activeElement.getAttribute('href')") == "#src-1-2"


def test_earlier_answers_keep_their_sources(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.ask("le phare?")
    assert not here.page.is_visible("#src-1-1") and here.page.is_visible("#src-2-1")
    here.page.locator('a.cite[href="#src-1-1"]').click()
    assert here.page.is_visible("#src-1-1") and not here.page.is_visible("#src-2-1")
    assert here.page.locator("#src-1-1 mark").first.inner_text().startswith("The lighthouse was repaired")
    here.ask("lighthouse again?")
    assert here.page.is_visible("#src-3-1") and not here.page.is_visible("#src-1-1")


def test_what_is_not_in_the_articles(visit: Visits) -> None:
    here = visit()
    here.ask("lighthouse?")
    here.page.locator("a.cite").nth(1).click()
    here.ask("who won the football match?")
    assert "Not in the articles" in here.page.inner_text("#chat .answer-2")
    assert "Nearest articles" in here.page.inner_text("#sources")
    assert here.visible("#sources .nearest h2")
    assert (
        here.page.locator("#chat .answer-2 a").count()
        == here.page.locator("#sources .nearest mark").count()
        == 0
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_can_be_read(visit: Visits, theme: str) -> None:
    here = visit(theme=theme)
    assert here.contrast("#greeting p") >= 4.5
    here.ask("lighthouse?")
    assert here.page.evaluate("document.body.classList.contains('dark')") == (theme == "dark")
    for selector in (
        "#chat .answer p",
        "#chat .asked",
        "#chat a.cite",
        "#sources mark",
        "#sources .facts time",
        "#sources .title",
        "#sources .passage p",
        "#sources .for",
        "#state .state span",
        "#name .tagline",
        "#sources a.original",
        "#question .submit-button",
    ):
        assert here.contrast(selector) >= 4.5, selector


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_the_sources_stand_below_and_nothing_is_cut_off(visit: Visits, width: int) -> None:
    here = visit(width=width, height=844)
    here.ask("lighthouse?")
    here.ask("vault?")
    assert here.page.evaluate("document.documentElement.scrollWidth") <= width
    chat, sources = (here.page.locator(one).bounding_box() for one in ("#chat-column", "#sources-column"))
    assert sources["y"] >= chat["y"] + chat["height"] - 1
    here.page.locator('a.cite[href="#src-1-2"]').click()
    assert here.visible("#src-1-2 mark")
    here.page.locator("#src-1-2 a.back").click()
    assert here.visible('a.cite[href="#src-1-2"]')


def test_right_to_left_text_runs_from_the_right(visit: Visits) -> None:
    here = visit()
    here.ask("متى أضيئت المنارة القديمة؟")
    gap = """e => {
      const words = document.createRange();
      words.selectNodeContents(e);
      const gap = e.getBoundingClientRect().right - words.getBoundingClientRect().right;
      return getComputedStyle(e).direction === "rtl" ? gap : 999;
    }"""
    for selector in ("#chat .asked", "#src-1-1 .title", "#src-1-1 .passage p"):
        assert 0 <= here.page.locator(selector).first.evaluate(gap) < 12, selector
    width = here.page.locator("#chat .asked").evaluate("e => e.getBoundingClientRect().width")
    assert width > 300  # so that it is the text's side, and not a narrow box's
    answer = here.page.locator("#chat .answer > p[dir=auto]").first
    assert answer.evaluate("e => getComputedStyle(e).textAlign") == "start"


def test_hostile_articles_and_questions_are_only_text(visit: Visits) -> None:
    here = visit()
    question = (
        "vault <img src=https://evil.example/q.png onerror=alert(7)> ![x](https://evil.example/q2.png) "
        "<script>alert(8)</script> [l](javascript:alert(9)) ${alert(1)} **bold** https://evil.example/auto"
    )
    here.ask(question)
    here.page.wait_for_timeout(300)
    assert here.page.locator("#chat .asked").inner_text() == question
    assert here.page.locator("#sources mark").inner_text() == HOSTILE.text
    assert here.page.locator("#sources .title").inner_text() == HOSTILE.title
    assert here.page.locator("#columns").locator("img, script, iframe, strong, em, code").count() == 0
    addresses = here.page.locator("#columns a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert all(address.startswith("#") for address in addresses)


@pytest.mark.parametrize(
    ("question", "said"), [("   ", "Type a question first"), ("x" * 100_000, "100,000 characters")]
)
def test_a_question_that_cannot_be_asked_gets_a_sentence(visit: Visits, question: str, said: str) -> None:
    here = visit()
    here.page.fill("#question textarea", question)
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#notice p")
    assert said in here.page.inner_text("#notice")
    here.ask("phare?")
    assert here.page.locator("#notice p").count() == 0


def test_the_page_is_there_while_the_model_loads(visit: Visits, serve: Callable[[FakeLibrary], str]) -> None:
    library = FakeLibrary(slow=True)
    here = visit(url=serve(library))
    here.page.wait_for_selector("#state .loading")
    assert "loading the model…" in here.page.inner_text("#state")
    here.page.fill("#question textarea", "phare?")
    here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat .waiting")
    library.loaded.set()
    here.page.wait_for_selector("a.cite")
    here.page.wait_for_selector("#state .ready")


def test_a_degraded_collection_says_so(visit: Visits, serve: Callable[[FakeLibrary], str]) -> None:
    here = visit(
        url=serve(FakeLibrary(degraded="The vector index is missing; run `article-assistant rebuild`."))
    )
    here.page.wait_for_selector("#state .warning")
    assert "article-assistant rebuild" in here.page.inner_text("#state .warning")
    assert here.contrast("#state .warning") >= 4.5


def test_two_visitors_do_not_see_each_other(visit: Visits) -> None:
    one, other = visit(), visit()
    one.ask("lighthouse?")
    other.ask("phare?")
    assert one.page.locator("#chat .asked").count() == other.page.locator("#chat .asked").count() == 1
    assert "Le phare" not in one.page.inner_text("#src-1-1")


def test_the_latest_answer_can_be_seen_after_many(visit: Visits) -> None:
    for width in (1280, 390):
        here = visit(width=width)
        for _ in range(6):
            here.ask("lighthouse?")
        here.page.wait_for_function(
            """() => {
              const all = document.querySelectorAll('#chat .asked'), box = all[all.length - 1].getBoundingClientRect();
              return all.length === 6 && box.top >= 0 && box.bottom < innerHeight;
            }"""
        )


def test_the_browser_itself_refuses_other_hosts(visit: Visits) -> None:
    here = visit()
    refused = here.page.evaluate(
        """() => new Promise(done => {
          const image = new Image();
          image.onload = () => done(false);
          document.addEventListener('securitypolicyviolation', event => done(event.blockedURI));
          image.src = 'https://evil.example/pixel.png';
        })"""
    )
    assert refused.startswith("https://evil.example")
    here.foreign.clear()


def test_impatience_asks_once(visit: Visits) -> None:
    here = visit()
    here.page.fill("#question textarea", "lighthouse?")
    for _ in range(5):
        here.page.keyboard.press("Enter")
    here.page.wait_for_selector("#chat a.cite")
    here.page.wait_for_timeout(500)
    assert here.page.locator("#chat .asked").count() == 1
