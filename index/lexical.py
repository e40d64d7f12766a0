"""The words of passages and questions, in the form in which the full-text index compares them.

A word of a passage becomes up to three terms: its folded surface ("présidentielles" →
"presidentielles"), its stem behind a 0 ("0presidentiel") and, where it looks like a name, a key that
is the same in Latin, Cyrillic and Greek spelling behind a 1 (Poutine, Putin, Путин → "1patan").
Surfaces and name keys are looked up in every language, stems help within one. Scripts that
do not part words by spaces become single signs and overlapping pairs of signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from .names import name_key
from .stopwords import ELIDED, STOP_WORDS

LEXICAL_VERSION = "1"
"""Changes with the form of the terms; a full-text index made by another version must be made again."""

STEM_MARK = "0"
NAME_MARK = "1"

_UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u0963\u0980-\u0dff"
_NUMBER = r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+(?![\d])"
_WORD = rf"(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+"
_TERM = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<run>[{_UNSPACED}]+)|(?P<word>{_WORD})(?:['’ʼ](?P<tail>{_WORD}))?"
)
_NO_DIGIT = re.compile(r"\D")
_FOLDED_MARKS = re.compile(
    "[\u0300-\u0305\u0307-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670\u0640]|(?<!и)\u0306"  # й is no и
)
_SINGLE = str.maketrans(
    {"ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ς": "σ"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ё": "е"}
)
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nl": "dutch", "no": "norwegian", "nb": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
_LONGEST_TERM = 60


@dataclass(frozen=True, kw_only=True)
class QuestionTerm:
    """A word of a question and the terms of the index that it may stand for."""

    surface: str
    stem: str | None = None
    name: str | None = None

    @cached_property
    def alternatives(self) -> tuple[str, ...]:
        """The index terms, surest first."""
        return tuple(term for term in (self.surface, self.stem, self.name) if term)


def index_terms(text: str, language: str | None) -> str:
    """Return the search terms of a text in an ISO 639-1 language, separated by spaces.

    Terms hold only letters, marks and digits. An unknown language gives surfaces and names only.
    """
    stemmer = _stemmer(language)
    terms: list[str] = []
    for word in _words(text):
        if word.unspaced:
            terms.extend(word.text)
            terms.extend(_pairs(word.text))
            continue
        terms.append(word.text)
        stem = _stem(word, stemmer)
        if stem:
            terms.append(stem)
        if word.name:
            terms.append(NAME_MARK + word.name)
    return " ".join(terms)


def question_terms(question: str, language: str | None) -> list[QuestionTerm]:
    """Return the distinct words of a question without the stop words of its language, in order.

    A question of nothing but stop words keeps them.
    """
    stemmer = _stemmer(language)
    stop = STOP_WORDS.get(language or "", frozenset())
    found: dict[str, QuestionTerm] = {}
    stopped: dict[str, QuestionTerm] = {}
    for word in _words(question):
        if word.unspaced:
            pieces = _pairs(word.text) or [word.text]
            found.update((piece, QuestionTerm(surface=piece)) for piece in pieces if piece not in stop)
            continue
        name = NAME_MARK + word.name if word.name else None
        term = QuestionTerm(surface=word.text, stem=_stem(word, stemmer), name=name)
        (stopped if word.text in stop else found).setdefault(word.text, term)
    return list((found or stopped).values())


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    original: str
    name: str | None = None
    unspaced: bool = False


def _words(text: str) -> Iterator[_Word]:
    text = unicodedata.normalize("NFKC", text)
    for match in _TERM.finditer(text):
        if match["number"]:
            number = fold(_NO_DIGIT.sub("", match["number"]))
            yield _Word(number, number)
        elif match["run"]:
            yield _Word(match["run"], match["run"], unspaced=True)
        else:
            for part in _without_elision(match["word"], match["tail"]):
                folded = fold(part)
                if folded:
                    yield _Word(folded[:_LONGEST_TERM], part, name=name_key(part))


def _without_elision(word: str, tail: str | None) -> tuple[str, ...]:
    """Take off an article before an apostrophe (l'État) or a suffix behind it (Ankara'ya, Trump's)."""
    if tail is None:
        return (word,)
    if word.casefold() in ELIDED:
        return (tail,)
    if tail.islower() and (len(tail) <= 2 or (len(tail) <= 5 and word[0].isupper())):
        return (word,)
    return (word, tail)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word in lower case, without accents, in plain digits."""
    word = unicodedata.normalize("NFD", word.casefold().translate(_SINGLE))
    word = unicodedata.normalize("NFC", _FOLDED_MARKS.sub("", word))
    if word.isascii():
        return word
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in word)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _stemmer(language: str | None) -> Any:
    """Return a stemmer of one's own (they are not safe to share between threads), or None."""
    name = _STEMMERS.get(language or "")
    if name is None:
        return None
    import Stemmer

    return Stemmer.Stemmer(name)


def _stem(word: _Word, stemmer: Any) -> str | None:
    """Return the marked stem of a word; None for numbers and where no stemmer knows the language."""
    if stemmer is None or word.text[0].isdigit():
        return None
    stem = fold(stemmer.stemWord(word.original.lower()))
    return STEM_MARK + stem[:_LONGEST_TERM] if stem else None
