"""The catalogs of the page's texts fit one another, and cannot break out of the script they are in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ui import texts
from ui.languages import language_name

OTHERS = [one for one in texts.LANGUAGES if one != "en"]
PLACES = re.compile(r"\{[nqx]\}")


@pytest.mark.parametrize("language", OTHERS)
def test_every_catalog_has_the_same_texts_with_the_same_places(language: str) -> None:
    catalog = texts.catalog(language)
    assert set(catalog) == set(texts.catalog(OTHERS[0]))
    for english, said in catalog.items():
        assert said.strip(), english
        assert PLACES.findall(said) == PLACES.findall(english), english
        assert not re.search(r"[<>&]", said), english


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_is_not_english(language: str) -> None:
    catalog = texts.catalog(language)
    alike = [english for english, said in catalog.items() if said == english]
    assert len(alike) < len(catalog) / 10, alike


def test_the_languages_of_articles_can_be_named_in_the_readers() -> None:
    assert [texts.catalog(one)[language_name("fr")] for one in OTHERS] == [
        "français",
        "Französisch",
        "francés",
    ]


def test_the_script_cannot_be_closed_from_within(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(texts, "catalog", lambda language: {"a": "</script><script>alert(1)</script>"})
    texts.script.cache_clear()
    script = texts.script()
    texts.script.cache_clear()
    assert "</script" not in script
    first = script.splitlines()[0].removeprefix("window.pageTexts = ").removesuffix(";")
    assert json.loads(first)["fr"]["a"].startswith("</script>")
