"""Does a question stand on its own, or does it lean on what was said before?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from index import detect_language

from .facts.entities import Name, names_in
from .references import (
    CHINESE_ASKS,
    CHINESE_EMPTY,
    CHINESE_MENDS,
    CHINESE_OPENS,
    CHINESE_REFERS,
    Words,
    languages,
    words_of,
)

_WORD = re.compile(r"[^\W_]+")
_BOUNDARY = re.compile(r"[,;:.!?—–،؛؟]")
_SENTENCE_END = re.compile(r"[.!?¿¡:;…\n\"“«„؟]")
_SURE = 6
"""Words from which the detected language of a question is believed."""
_STEM = 5
"""Letters in which two forms of a word agree."""
_FEW_SIGNS = 3
"""Chinese signs of substance up to which a question is no whole one."""
_FEW_WORDS = 2
"""Words up to which a question is no whole one, in a language without a list."""
_FRENCH_SUBJECTS = frozenset("il elle ils elles".split())
_FRENCH_AUXILIARIES = frozenset("a t est ont sont fait".split())
_TITLE_CASE = 0.8
"""Share of words with a capital from which a question is written like a title."""


class Lean(StrEnum):
    """How a question leans on its history."""

    NOT = "not"
    REFERS = "refers"
    """It asks something of its own about what was said before."""
    ELLIPSIS = "ellipsis"
    """It only names something else; what is asked must be taken from before."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question and what stands before it."""

    text: str
    low: str
    start: int
    end: int
    gap: str
    """The signs between the word before and this one."""
    named: bool = False
    """Part of a name."""

    @property
    def first(self) -> bool:
        """Whether a sentence begins with it."""
        return self.start == 0 or bool(_SENTENCE_END.search(self.gap))


@dataclass(frozen=True, slots=True)
class Reading:
    """A question taken apart."""

    text: str
    language: str
    words: tuple[Word, ...]
    substance: tuple[int, ...]
    """Places of the words that are a topic but no names."""
    lean: Lean

    @property
    def names(self) -> list[str]:
        """Its names, in order."""
        spans: list[tuple[int, int]] = []
        for first, last in self.name_places:
            spans.append((self.words[first].start, self.words[last].end))
        return [self.text[start:end] for start, end in spans]

    @property
    def name_places(self) -> list[tuple[int, int]]:
        """The first and last word of each name."""
        places: list[tuple[int, int]] = []
        for n, word in enumerate(self.words):
            if not word.named:
                continue
            if places and places[-1][1] == n - 1 and word.gap in (" ", "-", "'", ". "):
                places[-1] = (places[-1][0], n)
            else:
                places.append((n, n))
        return places


def mentions_again(asked: Reading, earlier: Sequence[Reading]) -> bool:
    """Tell whether a question without a name speaks of "the" thing that an earlier one is about."""
    if any(word.named for word in asked.words):
        return False
    before = {_stem(one.words[n]) for one in earlier for n in one.substance}
    again = [
        n for n in asked.substance if len(_stem(asked.words[n])) == _STEM and _stem(asked.words[n]) in before
    ]
    lists = words_of(asked.language)
    if asked.language == "ar":
        return any(asked.words[n].low.startswith("ال") for n in again)
    return any(n and lists and asked.words[n - 1].low in lists.definite for n in again)


def _stem(word: Word) -> str:
    return word.low.removeprefix("ال")[:_STEM]


def question_language(question: str, before: str | None) -> str:
    """Return the language of a question: of few words, the one that knows most of them."""
    detected = detect_language(question) or ""
    words = [word.low for word in split_words(question)]
    if detected == "zh" or (len(words) >= _SURE and detected in languages()):
        return detected
    likely = (detected, before or "", "en")

    def known(language: str) -> tuple[int, int]:
        lists = words_of(language)
        count = sum(map(lists.knows, words)) if lists else 0
        return count, -likely.index(language) if language in likely else -len(likely)

    best = max(languages(), key=known)
    if detected not in languages() and (len(words) >= _SURE or 2 * known(best)[0] < len(words)):
        return detected
    return best if known(best)[0] or not before else before


def split_words(text: str) -> list[Word]:
    """Return the words of a text; no names are marked yet."""
    found: list[Word] = []
    last = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        low = match.group().lower()
        found.append(Word(match.group(), low, start, end, text[last:start]))
        last = end
    return found


def read(question: str, before: str | None = None) -> Reading:
    """Take a question apart; `before` is the language of the questions before it."""
    language = question_language(question, before)
    if language == "zh":
        return _read_chinese(question)
    lists = words_of(language)
    if lists is None:
        few = len(split_words(question)) <= _FEW_WORDS
        return Reading(question, language, (), (), Lean.REFERS if few else Lean.NOT)
    words = _mark_names(question.replace("’", "'"), lists, language)
    idle = [match.span() for match in lists.idle.finditer(_lowered(question))]
    words = tuple(word for word in words if not any(a <= word.start < b for a, b in idle))
    substance = tuple(n for n, word in enumerate(words) if _is_topic(word, lists, language))
    return Reading(question, language, words, substance, _lean(question, words, substance, lists, language))


def _mark_names(text: str, lists: Words, language: str) -> tuple[Word, ...]:
    """Return the words of a question, those of names marked; in a title all words have capitals."""
    words = split_words(text)
    long = [word for word in words if len(word.text) > 3]
    capitals = sum(word.text[0].isupper() for word in long)
    if len(words) > 3 and capitals > _TITLE_CASE * len(long):
        return tuple(words)
    spans = [
        (name.start, name.end) for name in names_in(text, language) if _is_name(name, words, lists, language)
    ]
    return tuple(replace(word, named=any(a <= word.start < b for a, b in spans)) for word in words)


def _is_name(name: Name, words: Sequence[Word], lists: Words, language: str) -> bool:
    """Tell whether it is no mere noun: weak ones are, unless they stand in a German sentence without article."""
    if name.strong:
        return True
    place = next(n for n, word in enumerate(words) if word.start >= name.start)
    if language != "de" or words[place].first:
        return False
    return words[place - 1].low not in lists.determiners


def _lowered(text: str) -> str:
    """Return the text in lower case, sign for sign."""
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text.replace("’", "'"))


def _is_topic(word: Word, lists: Words, language: str) -> bool:
    if word.named or lists.knows(word.low):
        return False
    if language == "ar" and word.low[:1] in "وف" and lists.knows(word.low[1:]):
        return False
    return len(word.low) > 1 or word.low.isdigit()


def _lean(
    question: str, words: tuple[Word, ...], substance: tuple[int, ...], lists: Words, language: str
) -> Lean:
    lowered = re.sub(r"^[\W_]+", "", _lowered(question))
    named = any(word.named for word in words)
    asks = any(word.low in lists.asks or (word.low[1:] in lists.asks and language == "ar") for word in words)
    if lists.opens.match(lowered):
        return Lean.ELLIPSIS
    if lists.mends.match(lowered):
        return Lean.REFERS
    if lists.adds.match(lowered) and (not named or len(substance) <= 1):
        only_number = all(words[n].text.isdigit() for n in substance)
        return Lean.REFERS if asks or not (named or only_number) else Lean.ELLIPSIS
    if _dangles(words, substance, lists, language):
        return Lean.REFERS
    if named:
        return Lean.NOT
    if _compares(words, lists):
        return Lean.REFERS
    if len(substance) > 1 or (substance and lists.defines.match(lowered)):
        return Lean.NOT
    return Lean.REFERS if asks or len(words) > 2 or not substance else Lean.ELLIPSIS


def _compares(words: tuple[Word, ...], lists: Words) -> bool:
    """Tell whether something else is asked for without saying than what."""
    others = [n for n, word in enumerate(words) if word.low in lists.others]
    return bool(others) and not any(word.low in lists.than for word in words[others[0] + 1 :])


def _dangles(words: tuple[Word, ...], substance: tuple[int, ...], lists: Words, language: str) -> bool:
    """Tell whether a pronoun or demonstrative stands for nothing that the question names before it."""
    topics = set(substance) | {n for n, word in enumerate(words) if word.named}
    for place, word in enumerate(words):
        if language == "de" and word.text[0].isupper() and not word.first:
            continue
        if _points_out(place, words, topics, lists):
            return True
    return False


def _points_out(place: int, words: tuple[Word, ...], topics: set[int], lists: Words) -> bool:
    word = words[place]
    following = words[place + 1] if place + 1 < len(words) else None
    before = [n for n in topics if n < place]
    owning = word.low in lists.either and place + 1 in topics
    if word.low in lists.owns or owning:
        return not before
    if word.low in lists.links:
        return not before or following is None
    if word.low in lists.points:
        return not (following and following.low in lists.times) and not _parted(before, place, words, lists)
    if word.low in lists.refers or word.low in lists.either:
        if word.low in _FRENCH_SUBJECTS and _inverted(place, words):
            verb = place - 2 if place > 1 and words[place - 1].low == "t" else place - 1
            nouns = [n for n in before if n != verb]
            return len(nouns) < (2 if _asks_for_thing(words, word) else 1)
        return not _parted(before, place, words, lists)
    return False


def _inverted(place: int, words: tuple[Word, ...]) -> bool:
    """Tell whether a French pronoun follows its verb, as the subject's double: l'usine a-t-elle fermé."""
    return words[place].gap.endswith("-") or (place > 0 and words[place - 1].low in _FRENCH_AUXILIARIES)


def _asks_for_thing(words: tuple[Word, ...], pronoun: Word) -> bool:
    """Tell whether the first noun is what is asked for: quelle ville a-t-il visitée."""
    return not pronoun.low.endswith("s") and any(one.low.startswith(("quel", "combien")) for one in words[:2])


def _parted(before: list[int], place: int, words: tuple[Word, ...], lists: Words) -> bool:
    """Tell whether a topic stands in a clause before that of the word at `place`."""
    if not before:
        return False
    between = words[min(before) + 1 : place]
    return any(word.low in lists.joins for word in between) or any(
        _BOUNDARY.search(word.gap) for word in (*between, words[place])
    )


def _read_chinese(question: str) -> Reading:
    rest = CHINESE_EMPTY.sub(" ", CHINESE_REFERS.sub(" ", CHINESE_ASKS.sub(" ", question)))
    signs = sum(sign.isalnum() for sign in rest)
    plain = question.strip(" ?？。!！")
    opened = bool(CHINESE_OPENS.search(plain))
    if opened and not CHINESE_ASKS.search(plain.removesuffix("呢")):
        lean = Lean.ELLIPSIS
    elif (
        signs < _FEW_SIGNS
        or CHINESE_MENDS.search(plain)
        or (CHINESE_REFERS.search(question) and not _chinese_antecedent(question))
    ):
        lean = Lean.REFERS
    else:
        lean = Lean.NOT
    return Reading(question, "zh", (), (), lean)


def _chinese_antecedent(question: str) -> bool:
    """Tell whether a clause of substance stands before the one with the pronoun."""
    found = CHINESE_REFERS.search(question)
    clause = re.search(r"[，,；;]", question)
    return bool(found and clause and clause.start() >= _FEW_SIGNS and clause.start() < found.start())
