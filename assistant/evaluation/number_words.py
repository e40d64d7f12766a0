"""Number words of nine languages that may stand for each other without breaking the sentence.

Words that are often something else (one, neuf) are left out.
"""

from __future__ import annotations

_NUMBERS = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "fr": "deux trois quatre cinq six sept huit dix onze douze",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "ru": "пять шесть семь восемь девять десять одиннадцать двенадцать",
    "cs": "pět šest sedm osm devět deset jedenáct dvanáct",
}
_SCALES = {
    "en": "million billion trillion",
    "fr": "millions milliards",
    "de": "millionen milliarden",
    "it": "milioni miliardi",
    "nl": "miljoen miljard",
    "ru": "миллионов миллиардов",
    "cs": "milionů miliard",
}


def number_words(language: str | None) -> tuple[str, ...]:
    """Return number words in one grammatical form, small letters; none for other languages."""
    return tuple(_NUMBERS.get(language or "", "").split())


def scale_words(language: str | None) -> tuple[str, ...]:
    """Return the words for a million and more, in one grammatical form; none for other languages."""
    return tuple(_SCALES.get(language or "", "").split())
