"""Make true sentences false in known ways, to see whether a verifier notices.

Each function takes a sentence that its passage supports and returns a Fault, or None where the
sentence offers nothing to alter. All choices come from the `random.Random` that is handed in. The
names, numbers and dates are found here by rules of their own, not by those of the verifier: what it
overlooks it must be able to miss.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from index import Passage, name_key

from .facts import Names, Span, calendar_words, dates, fold_text, numbers, overlap
from .negation import negate
from .number_words import number_words, scale_words

_WORD = re.compile(r"[^\W\d_]+")
Item = TypeVar("Item")
_TRIES = 300
_RELATED = 0.4
"""Share of a sentence's words from which a passage may say the same: too much to call it another one."""


class FaultKind(StrEnum):
    """What was made false."""

    NUMBER = "altered_number"
    NAME = "altered_name"
    DATE = "altered_date"
    NEGATION = "negated"
    CITATION = "swapped_citation"
    NEAR_CITATION = "swapped_near_citation"
    ADDED = "added_sentence"


@dataclass(frozen=True, kw_only=True)
class TrueSentence:
    """A sentence that stands in an article, the passage that holds it, and its language."""

    text: str
    language: str | None
    passage: Passage


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A false sentence, the ids of the passages that it claims to rest on, and what was changed."""

    kind: FaultKind
    text: str
    cited: tuple[str, ...]
    changed: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """What faults are made of: the names, passages and sentences of a collection."""

    names: Names
    passages: tuple[Passage, ...] = ()
    sentences: tuple[TrueSentence, ...] = ()
    near: dict[str, tuple[Passage, ...]] = field(default_factory=dict)
    """By the id of a passage, those that a search would show beside it."""


def inject(kind: FaultKind, sentence: TrueSentence, rng: random.Random, material: Material) -> Fault | None:
    """Make one fault of a kind."""
    near = material.near.get(sentence.passage.id, ())
    makers: dict[FaultKind, Callable[[], Fault | None]] = {
        FaultKind.NUMBER: lambda: altered_number(sentence, rng),
        FaultKind.NAME: lambda: altered_name(sentence, rng, material.names),
        FaultKind.DATE: lambda: altered_date(sentence, rng),
        FaultKind.NEGATION: lambda: negated(sentence),
        FaultKind.CITATION: lambda: swapped_citation(sentence, rng, material.passages),
        FaultKind.NEAR_CITATION: lambda: swapped_citation(sentence, rng, near, near=True),
        FaultKind.ADDED: lambda: added_sentence(sentence, rng, material.sentences),
    }
    return makers[kind]()


def altered_number(sentence: TrueSentence, rng: random.Random) -> Fault | None:
    """Change a number: a digit, a small step up or down, its scale, or a number word."""
    choices: list[tuple[Span, list[str]]] = [
        (span, _other_numbers(span.text, rng)) for span in numbers(sentence.text, sentence.language)
    ]
    for words in (number_words(sentence.language), scale_words(sentence.language)):
        for match in _WORD.finditer(sentence.text):
            if match[0].lower() in words:
                others = [_with_case(word, match[0]) for word in words if word != match[0].lower()]
                choices.append((Span(start=match.start(), end=match.end(), text=match[0]), others))
    choices = [(span, [one for one in others if _differs(one, span, sentence)]) for span, others in choices]
    choices = [choice for choice in choices if choice[1]]
    if not choices:
        return None
    span, others = rng.choice(choices)
    return _replaced(FaultKind.NUMBER, sentence, span, rng.choice(others))


def altered_date(sentence: TrueSentence, rng: random.Random) -> Fault | None:
    """Change a weekday, a month or a year."""
    spans = dates(sentence.text, sentence.language)
    if not spans:
        return None
    span = rng.choice(spans)
    if span.text.isdigit():
        year = int(span.text) + rng.choice([-9, -4, -2, -1, 1, 2, 4, 9])
        return _replaced(FaultKind.DATE, sentence, span, str(year))
    groups = [group for group in calendar_words(sentence.language) if span.text in group]
    others = [word for word in groups[0] if word != span.text and word not in sentence.text]
    return _replaced(FaultKind.DATE, sentence, span, rng.choice(others)) if others else None


def altered_name(sentence: TrueSentence, rng: random.Random, names: Names) -> Fault | None:
    """Put another name of the collection where one stands: as many words, the same language and script.

    Names that stand behind the same word ("in Ankara", "in Izmir") are preferred, and none is taken
    that the cited passage holds.
    """
    spans = names.find(sentence.text, sentence.language)
    rng.shuffle(spans)
    held = {_key(word) for word in _WORD.findall(f"{sentence.text} {sentence.passage.text}")}
    free = [
        other
        for other in sorted(names.known)
        if names.language.get(other) == sentence.language
        and not any(_key(word) in held for word in _WORD.findall(other) if word[0].isupper())
    ]
    for span in spans:
        others = [other for other in free if len(other.split()) == len(span.text.split())]
        alike = [other for other in others if names.before[other] & names.before[span.text]]
        if others:
            return _replaced(FaultKind.NAME, sentence, span, rng.choice(alike or others))
    return None


def negated(sentence: TrueSentence) -> Fault | None:
    """Deny what the sentence affirms, or the reverse."""
    result = negate(sentence.text, sentence.language)
    if result is None:
        return None
    text, changed = result
    return Fault(kind=FaultKind.NEGATION, text=text, cited=(sentence.passage.id,), changed=changed)


def swapped_citation(
    sentence: TrueSentence, rng: random.Random, passages: Sequence[Passage], *, near: bool = False
) -> Fault | None:
    """Cite another passage: one of another article, or, with `near`, any that is close but does not say it."""
    for other in passages if near else _drawn(passages, rng):
        own = other.article_id == sentence.passage.article_id
        another = other.id != sentence.passage.id and (near or not own)
        if another and overlap(sentence.text, other.text) < _RELATED:
            break
    else:
        return None
    kind = FaultKind.NEAR_CITATION if near else FaultKind.CITATION
    changed = f"{sentence.passage.id} → {other.id}"
    return Fault(kind=kind, text=sentence.text, cited=(other.id,), changed=changed)


def added_sentence(
    sentence: TrueSentence, rng: random.Random, others: Sequence[TrueSentence]
) -> Fault | None:
    """Claim the passage for a sentence of an unrelated article, as a model does that goes on inventing.

    The text is the added sentence alone: sentences are checked one by one.
    """
    for other in _drawn(others, rng):
        own = other.passage.article_id == sentence.passage.article_id
        fits = not own and other.language == sentence.language
        if fits and overlap(other.text, sentence.passage.text) < _RELATED:
            break
    else:
        return None
    return Fault(kind=FaultKind.ADDED, text=other.text, cited=(sentence.passage.id,), changed=other.text)


def _replaced(kind: FaultKind, sentence: TrueSentence, span: Span, new: str) -> Fault:
    text = sentence.text[: span.start] + new + sentence.text[span.end :]
    return Fault(kind=kind, text=text, cited=(sentence.passage.id,), changed=f"{span.text} → {new}")


def _differs(new: str, span: Span, sentence: TrueSentence) -> bool:
    """Tell whether a number is none that the sentence already has: that would be no clear fault."""
    return f" {fold_text(new)} " not in f" {fold_text(sentence.text)} " and new != span.text


def _other_numbers(text: str, rng: random.Random) -> list[str]:
    """Return other numbers in the same form: one digit changed, the last part a step away, ten times as much."""
    at = rng.choice([place for place, sign in enumerate(text) if sign.isdigit()])
    digits = "123456789" if at == 0 else "0123456789"
    changed = [text[:at] + digit + text[at + 1 :] for digit in digits if digit != text[at]]
    others = [rng.choice(changed)]
    if text.isdigit():
        step = rng.choice([-3, -2, -1, 1, 2, 3])
        others += [str(int(text) + step)] if int(text) + step > 0 else []
        others += [text + "0"] if int(text) else []
    return others


def _drawn(items: Sequence[Item], rng: random.Random) -> Iterator[Item]:
    """Yield items in the order of a draw, up to as many as are worth trying."""
    for number in rng.sample(range(len(items)), min(len(items), _TRIES)):
        yield items[number]


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    return (name_key(word) or fold_text(word))[:4]  # Syria, Syrian and Syrians are one name


def _with_case(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() else word
