"""The page in the reader's language: its own texts are translated, those of articles never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pages import LIGHTHOUSE, FakeLibrary

from ui.texts import LANGUAGES

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]
ASKS = {"en": "Ask", "fr": "Demander", "de": "Fragen", "es": "Preguntar"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browsers_language_is_the_pages(visit: Visits, language: str) -> None:
    here = visit(locale={"en": "en-GB", "fr": "fr-CA", "de": "de-AT", "es": "es-MX"}[language])
    here.page.wait_for_function(
        "said => document.querySelector('#tab-ask').textContent === said", arg=ASKS[language]
    )
    assert here.page.inner_text("#question .submit-button") == ASKS[language]
    assert here.page.get_attribute("html", "lang") == language


def test_another_language_gets_english(visit: Visits) -> None:
    here = visit(locale="nl-NL")
    assert here.page.inner_text("#tab-ask") == "Ask"
    assert here.page.get_attribute("html", "lang") == "en"


def test_a_readers_choice_goes_before_the_browsers(visit: Visits) -> None:
    here = visit(locale="fr-FR", chosen="de")
    assert here.page.inner_text("#tab-library") == "Bibliothek"
    assert here.page.get_attribute("html", "lang") == "de"


def test_an_unknown_choice_is_ignored(visit: Visits) -> None:
    here = visit(locale="fr-FR", chosen="xx")
    assert here.page.inner_text("#tab-library") == "Bibliothèque"


def test_an_answer_and_its_sources_in_french(visit: Visits) -> None:
    here = visit(locale="fr-FR")
    here.ask("lighthouse?")
    sources = here.page.locator("#sources")
    assert sources.locator("h2").first.inner_text().casefold() == "sources"
    assert here.page.locator("#chat .byline").inner_text() == "Cité des articles"
    assert here.page.locator("#chat .do-copy").get_attribute("title") == "Copier la réponse avec ses sources"
    assert LIGHTHOUSE.title in sources.inner_text()  # as the article has it
    assert "décembre 2017" in sources.locator("time").first.inner_text()
    sources.locator("details.reason summary").first.click()
    assert "Trouvé par" in sources.locator("details.reason").first.inner_text()
    assert here.page.locator("#chat .byline").get_attribute("lang") == "fr"


def test_words_of_articles_are_left_as_they_are(visit: Visits, serve: Callable[..., str]) -> None:
    shelf = (replace(LIGHTHOUSE, title="Sources", source="Feeds"), *FakeLibrary().shelf[1:])
    here = visit(locale="de-DE", url=serve(FakeLibrary(shelf=shelf)))
    here.ask("Library")
    assert here.page.locator("#chat .asked").first.inner_text() == "Library"
    here.ask("lighthouse?")
    card = here.page.locator("#sources .turn:not([hidden]) .card").first
    assert card.locator(".title").inner_text() == "Sources"
    assert card.locator(".outlet").first.inner_text() == "Feeds"
    assert here.page.locator("#sources .turn:not([hidden]) h2").inner_text().casefold() == "quellen"
    here.page.click("#tab-library")
    here.page.wait_for_selector("#library tbody tr")
    assert "Sources" in here.page.inner_text("#library tbody")
    assert here.page.inner_text("#library th.title") == "Titel"
    assert "Feeds (1)" in here.page.locator("#library select[name=source] option").all_inner_texts()


def test_numbers_are_written_as_the_language_writes_them(visit: Visits) -> None:
    here = visit(locale="de-DE")
    here.page.evaluate("document.querySelector('#state').textContent = '1,204 passages'")
    here.page.wait_for_function("document.querySelector('#state').textContent === '1.204 Stellen'")


def test_what_is_said_again_is_not_said_anew(visit: Visits) -> None:
    """A status that a script repeats must not be read out again, nor flicker between two languages."""
    here = visit(locale="es-ES")
    changes = here.page.evaluate(
        """async () => {
          const place = document.createElement('p');
          document.body.append(place);
          articleSay(place, 'Finished');
          await new Promise(done => setTimeout(done));
          let changes = 0;
          new MutationObserver(() => changes++).observe(place, { subtree: true, childList: true, characterData: true });
          for (let i = 0; i < 3; i++) articleSay(place, 'Finished');
          await new Promise(done => setTimeout(done));
          return [place.textContent, changes];
        }"""
    )
    assert changes == ["Terminado", 0]
