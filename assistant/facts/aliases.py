"""What places, peoples and institutions are called from language to language.

Countries, languages (which double as adjectives: "allemand", "German") and the larger cities come
from the Unicode CLDR by way of Babel. A short table adds what it lacks: adjectives of countries
without a language of their own, and the acronyms of institutions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from index import fold

_LONGEST = 5
"""Most words of an alias."""
_SHORTEST_STEM = 5
_ENDING = 4
"""Most letters that an ending adds: allemand, allemandes; deutsch, deutschen."""

_OWN = {  # stems of words; capitals aside
    "US": "american amerikan américain american estadounidens estadunidens statunitens americano америк amerik"
    " usa u.s us united-states états-unis etats-unis vereinigte-staaten estados-unidos eeuu stati-uniti washington"
    " 美国 美國 أمريك أميرك",
    "GB": "british britannique britisch britan brits britânic великобритан британ ingiliz uk u.k royaume-uni"
    " grossbritannien großbritannien grande-bretagne gran-bretaña reino-unido regno-unito england angleterre"
    " anglais englisch inglés inglese 英国 بريطان",
    "EU": "eu ue union-européenne european-union europäische-union unión-europea unione-europea ес евросоюз ab avrupa-birliği",
    "UN": "un onu uno united-nations nations-unies vereinte-nationen naciones-unidas nazioni-unite оон bm",
    "x:nato": "nato otan нато",
    "x:imf": "imf fmi iwf мвф",
    "x:who": "who oms воз who weltgesundheitsorganisation",
    "x:ecb": "ecb bce ezb ецб",
    "x:wto": "wto omc вто",
    "x:iaea": "iaea aiea oiea магатэ",
    "x:opec": "opec opep опек",
    "x:oecd": "oecd ocde",
    "x:kremlin": "kremlin kreml кремл",
    "RU": "russi russe rusia ruso rusa russo russisch росси русск rusya rus ruský rusko",
    "CH": "swiss suisse schweiz suiza suizo svizzer швейцар isviçre",
    "NL": "dutch néerlandais niederländ holandés olandes нидерланд голланд hollanda netherlands pays-bas niederlande",
    "GR": "greek grec grecque griech grieg greco греч греци yunan",
    "IL": "israel israël израил",
    "CN": "chin china chinois chinesisch chino cinese китай çin",
    "TR": "turk turc turque türk turco turch турец турц",
    "SA": "saudi saoud arabie-saoudite саудов suudi",
    "CZ": "czech tchèque tschech chec cec чех čes česk çek",
    "PL": "pol poland polish polon polska polnisch polac польш польск",
    "ES": "spain spanish espagn espan spanien spanisch españ spagn испан ispany",
    "DE": "german allem deutsch aleman tedesc немец герман alman německ",
    "FR": "french franç france frank französ franc франц fransa fransız francouz",
    "IT": "ital итал",
    "UA": "ukrain украин",
    "SY": "syri сири suriye",
    "IQ": "irak iraq ирак",
    "IR": "iran иран",
    "JP": "japan japon japan giappon япон",
    "IN": "india inde indien индии индийск hindistan",
    "HU": "hungar hongr ungar húngar ungher венгр macar maďar",
    "SE": "swed suèd suédo schwed sueci suec svez svedes шве isveç švéd",
    "BE": "belg бельг",
    "AT": "austri autrich österreich австр avustury rakous",
    "x:europe": "europ európ europä европ avrup evrop",
}
_TERRITORY_OF = {"en": "GB", "pt": "PT", "es": "ES", "ar": None, "la": None, "eo": None}


@lru_cache(maxsize=32)
def _table(language: str) -> dict[str, set[str]]:
    """Return {folded alias, words joined by blanks: ids} of a language."""
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global

    table: dict[str, set[str]] = {}
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return table
    for code, name in locale.territories.items():
        _put(table, name, code)
    likely = get_global("likely_subtags")
    for code, name in locale.languages.items():
        territory = _TERRITORY_OF[code] if code in _TERRITORY_OF else _territory(likely.get(code))
        if "_" not in code and territory:
            _put(table, name, territory)
    for zone, names in locale.time_zones.items():
        city = _city(names) or zone.rsplit("/", 1)[-1].replace("_", " ")
        _put(table, city, f"city:{zone}")
    return table


@lru_cache(maxsize=1)
def _english_cities() -> dict[str, set[str]]:
    """Return the cities by the names of their time zones, which are English."""
    from babel import Locale

    table: dict[str, set[str]] = {}
    for zone in Locale.parse("ru").time_zones:  # Russian names all of them
        if "/" in zone:
            _put(table, zone.rsplit("/", 1)[-1].replace("_", " "), f"city:{zone}")
    return table


@lru_cache(maxsize=1)
def _own_stems() -> dict[str, list[tuple[str, str]]]:
    """Return {first three letters: (stem, id)} of the table above."""
    stems: dict[str, list[tuple[str, str]]] = {}
    for code, words in _OWN.items():
        for word in words.split():
            if "-" not in word:
                stems.setdefault(fold(word)[:3], []).append((fold(word), code))
    return stems


@lru_cache(maxsize=1)
def _own_phrases() -> dict[str, str]:
    return {
        " ".join(map(fold, word.split("-"))): code
        for code, words in _OWN.items()
        for word in words.split()
        if "-" in word
    }


def _city(names: Any) -> str:
    return str(names["city"]) if "city" in names else ""


def _territory(likely: str | None) -> str | None:
    return likely.rsplit("_", 1)[-1] if likely else None


def _put(table: dict[str, set[str]], name: str, code: str) -> None:
    words = [fold(word) for word in name.replace("-", " ").replace("’", " ").replace("'", " ").split()]
    if 0 < len(words) <= _LONGEST and len(" ".join(words)) > 2:
        table.setdefault(" ".join(words), set()).add(code)


def alias_ids(words: list[str], language: str | None) -> list[tuple[int, int, str]]:
    """Return (first word, word after the last, id) for every alias among folded words of a language."""
    table = _table(language) if language else {}
    found: list[tuple[int, int, str]] = []
    for start in range(len(words)):
        for length in range(1, _LONGEST + 1):
            if start + length > len(words):
                break
            phrase = " ".join(words[start : start + length])
            codes = set(table.get(phrase, ())) | set(_english_cities().get(phrase, ()))
            if phrase in _own_phrases():
                codes.add(_own_phrases()[phrase])
            found.extend((start, start + length, code) for code in sorted(codes))
        found.extend((start, start + 1, code) for code in _of_word(words[start], language))
    return found


@lru_cache(maxsize=20_000)
def _of_word(word: str, language: str | None) -> tuple[str, ...]:
    """Return the ids of a single word, also with an ending that the tables lack."""
    codes = _of_own(word)
    if len(word) > _SHORTEST_STEM and language and word not in _table(language):
        for alias, ids in _by_stem(language).get(word[:4], ()):
            stem = alias[: max(_SHORTEST_STEM - 1, len(alias) - 2)]
            if word.startswith(stem) and abs(len(word) - len(alias)) <= _ENDING:
                codes |= ids
    return tuple(sorted(codes))


def _of_own(word: str) -> set[str]:
    return {
        code
        for stem, code in _own_stems().get(word[:3], ())
        if word == stem or (len(stem) >= 4 and word.startswith(stem) and len(word) - len(stem) <= _ENDING + 2)
    }


@lru_cache(maxsize=32)
def _by_stem(language: str) -> dict[str, list[tuple[str, set[str]]]]:
    stems: dict[str, list[tuple[str, set[str]]]] = {}
    for alias, ids in _table(language).items():
        if " " not in alias and len(alias) >= _SHORTEST_STEM:
            stems.setdefault(alias[:4], []).append((alias, ids))
    return stems


@lru_cache(maxsize=32)
def calendar_words(language: str | None) -> frozenset[str]:
    """Return the folded names of the months and days of a language; they are dates, not names."""
    return frozenset(_calendar(language or "en"))


def _calendar(language: str) -> Iterator[str]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return
    for names in (locale.months, locale.days):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for name in names[context][width].values():
                    yield fold(str(name).rstrip("."))


def is_known_place(word: str, language: str | None) -> bool:
    """Tell whether a word is, in just this form, a country, its adjective, a larger city or an institution."""
    folded = fold(word)
    tables = (_table(language) if language else {}, _english_cities())
    return any(folded in table for table in tables) or bool(_of_own(folded))
