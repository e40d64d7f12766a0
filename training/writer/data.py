"""Examples for the writer: a text of a few sentences, and tasks over it with what is to follow each.

From the sets of `training/writer/README.md`, none of whose text is kept here: questions over sentences
of a passage (in every pair of languages), questions whose answer is not among the sentences, news
sentences with a gap to fill from a translation, and news sentences with their translations.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.phrases import english_name
from index import split_sentences

from .prompts import ANSWER, NO_ANSWER, TEXT, TRANSLATION

HELD_ASIDE = 0.08
TRANSLATIONS = 0.54
"""Share of the groups that are a sentence to translate; the others share the rest as they do now."""
_LONGEST_TEXT = 700
"""Characters of the quoted sentences together, in Latin script."""
_DENSE = {"zh": 0.4, "th": 0.7, "hi": 0.8, "ar": 0.8, "el": 0.8}
"""Share of that for scripts that take more tokens a character."""
_MOST_TASKS = 6
_GAP = "____"


@dataclass(frozen=True)
class Task:
    """What is asked about a text, and its continuation."""

    asked: str
    """Language of the question, or of the translation."""
    prompt: str
    target: str
    question: str = ""
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Tasks over one text; none of them sees another."""

    told: str
    """Language of the text."""
    sentences: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def text(self) -> str:
        """The beginning of every prompt."""
        return TEXT.format(sentences="\n".join(map(_line, self.sentences)))


@dataclass(frozen=True)
class Asked:
    """A question about a passage in a language, with the answer in that of the passage and in others."""

    start: int
    answer: str
    by_language: dict[str, tuple[str, str]]
    """Question and answer in each language that it may be asked in."""


@dataclass(frozen=True)
class Sets:
    """What can be trained on, or what is held aside."""

    french: list[list[dict[str, Any]]]
    """Questions by passage."""
    parallel: list[list[dict[str, dict[str, Any]]]]
    """Questions by passage, each in every language."""
    news: list[dict[str, str]]


def read_sets(folder: Path) -> tuple[Sets, Sets]:
    """Return the sets for training and those held aside: whole passages, and whole news documents."""
    french = _grouped((one["passage"], one) for one in _lines(folder / "qa_french.jsonl.gz"))
    parallel = _grouped(
        (one["by_language"]["en"]["passage"], one["by_language"])
        for one in _lines(folder / "qa_parallel.jsonl.gz")
    )
    news = _grouped((one["doc"], one["text"]) for one in _lines(folder / "parallel_news.jsonl.gz"))
    kept, aside = zip(*map(_parted, (french, parallel, news)), strict=True)
    return tuple(Sets(one[0], one[1], [text for texts in one[2] for text in texts]) for one in (kept, aside))  # type: ignore[return-value]


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _grouped(pairs: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _parted(groups: dict[str, list[Any]]) -> tuple[list[list[Any]], list[list[Any]]]:
    """Return the groups to train on and those held aside, the same ones each time."""
    keys = sorted(groups)
    random.Random(4).shuffle(keys)
    cut = round(len(keys) * HELD_ASIDE)
    return [groups[key] for key in keys[cut:]], [groups[key] for key in keys[:cut]]


class Maker:
    """Draw groups at random, the same ones for the same seed."""

    def __init__(self, sets: Sets, seed: int, translations: float = TRANSLATIONS) -> None:
        self._sets = sets
        self._translations = translations
        self._random = random.Random(seed)
        self._news = [one for one in sets.news if all(25 < len(text) < 260 for text in one.values())]

    def draw(self) -> Group:
        """Return a group of any kind, in the shares that training uses."""
        if self._random.random() < self._translations:
            return self.translation()
        share = self._random.uniform(TRANSLATIONS, 1.0)
        if share < 0.79:
            return self.parallel_questions()
        if share < 0.92:
            return self.french_questions()
        return self.gap()

    def translation(self) -> Group:
        """Return a news sentence to translate: mostly from French, and mostly to English."""
        rng = self._random
        one = rng.choice(self._news)
        others = [language for language in one if language not in ("en", "fr")]
        share = rng.random()
        if share < 0.6 or not others:
            told, asked = "fr", "en"
        elif share < 0.85:
            told, asked = rng.choice(others), "en"
        elif share < 0.95:
            told, asked = "en", "fr"
        else:
            told, asked = rng.sample(list(one), 2)
        task = Task(asked, TRANSLATION.format(language=english_name(asked)), f" {_line(one[asked])}")
        return Group(told, (one[told],), (task,))

    def parallel_questions(self) -> Group:
        """Return questions in several languages over sentences in one."""
        rng = self._random
        passage = rng.choice(self._sets.parallel)
        told = rng.choice(sorted(passage[0]))
        asked = [
            Asked(
                one[told]["start"],
                one[told]["answer"],
                {name: (side["question"], side["answer"]) for name, side in one.items()},
            )
            for one in passage
            if one[told]["passage"] == passage[0][told]["passage"]
        ]
        strange = rng.choice(self._sets.parallel)[0][rng.choice(sorted(passage[0]))]["passage"]
        return self._questions(passage[0][told]["passage"], told, asked, strange)

    def french_questions(self) -> Group:
        """Return French questions over French sentences."""
        passage = self._random.choice(self._sets.french)
        asked = [
            Asked(one["start"], one["answer"], {"fr": (one["question"], one["answer"])}) for one in passage
        ]
        strange = self._random.choice(self._sets.french)[0]["passage"]
        return self._questions(passage[0]["passage"], "fr", asked, strange)

    def gap(self) -> Group:
        """Return an English sentence with a gap over a translation of it, to be filled in English."""
        rng = self._random
        one = rng.choice(self._news)
        told = "fr" if rng.random() < 0.7 else rng.choice([name for name in one if name != "en"])
        texts = [one[told], *(rng.choice(self._news)["fr"] for _ in range(rng.choice((0, 0, 1, 2))))]
        rng.shuffle(texts)
        gaps = dict(_with_gap(one["en"], rng) for _ in range(3))
        return Group(
            told, tuple(texts), tuple(answering(asked, "en", answer) for asked, answer in gaps.items())
        )

    def _questions(self, text: str, told: str, asked: Sequence[Asked], strange: str) -> Group:
        """Choose sentences, and the questions that they answer, with one that they do not."""
        rng = self._random
        spans = split_sentences(text, told)
        chosen = self._spans(spans, rng.choice(asked))
        texts = [text[slice(*one)] for one in chosen]
        if rng.random() < 0.35:
            rng.shuffle(texts)
        if rng.random() < 0.15:
            texts.insert(rng.randrange(len(texts) + 1), strange[slice(*split_sentences(strange, "en")[0])])
        texts = _short(texts, told)
        tasks: list[Task] = []
        absent = []
        for one in asked:
            if any(one.answer in sentence for sentence in texts):
                if any(start <= one.start < end for start, end in chosen):
                    tasks += self._asked(one)
            else:
                absent.append(one)
        rng.shuffle(tasks)
        tasks = tasks[: _MOST_TASKS - 1]
        if absent and (rng.random() < 0.6 or not tasks):
            one = rng.choice(absent)
            language = self._language(one)
            tasks.append(answering(one.by_language[language][0], language, NO_ANSWER))
        return Group(told, tuple(texts), tuple(tasks))

    def _spans(self, spans: Sequence[tuple[int, int]], one: Asked) -> list[tuple[int, int]]:
        """Return the sentences with an answer and up to three more, next to them or anywhere."""
        rng = self._random
        end = one.start + len(one.answer)
        holding = [span for span in spans if span[0] < end and one.start < span[1]]
        rest = [span for span in spans if span not in holding]
        more = min(len(rest), rng.choice((0, 1, 2, 2, 3)))
        if rng.random() < 0.5:
            rest = sorted(rest, key=lambda span: abs(span[0] - one.start))[: more + 1]
        return sorted([*holding, *rng.sample(rest, more)])

    def _asked(self, one: Asked) -> list[Task]:
        """Return a question in English, in another language, or both."""
        rng = self._random
        languages = {self._language(one)} | ({self._language(one)} if rng.random() < 0.5 else set())
        accepted = tuple({answer for _, answer in one.by_language.values()})
        return [
            answering(one.by_language[language][0], language, one.by_language[language][1], accepted)
            for language in sorted(languages)
        ]

    def _language(self, one: Asked) -> str:
        if "en" in one.by_language and self._random.random() < 0.6:
            return "en"
        return self._random.choice(sorted(one.by_language))


def answering(question: str, language: str, answer: str, accepted: tuple[str, ...] = ()) -> Task:
    """Return the task of answering a question."""
    prompt = ANSWER.format(question=_line(question), language=english_name(language))
    return Task(language, prompt, f" {_line(answer)}", _line(question), accepted or (answer,))


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(texts: list[str], language: str) -> list[str]:
    """Leave out sentences that have no room; the first that has some stays, cut if it must be."""
    left = round(_LONGEST_TEXT * _DENSE.get(language, 1.0))
    kept: list[str] = []
    for text in texts:
        if len(text) <= left or not kept:
            kept.append(text[:left])
            left -= len(text)
    return kept


def _with_gap(sentence: str, rng: random.Random) -> tuple[str, str]:
    """Replace one to five words by a gap, a name or a number where there is one."""
    words = sentence.split()
    marked = [
        place for place, word in enumerate(words) if place and (word[0].isupper() or word[0].isdecimal())
    ]
    first = rng.choice(marked) if marked and rng.random() < 0.6 else rng.randrange(len(words))
    last = first + 1
    if first in marked:
        while last < len(words) and last in marked:
            last += 1
    else:
        last = min(len(words), first + rng.randint(1, 5))
    answer = " ".join(words[first:last])
    gap = _GAP + (answer[-1] if answer[-1] in ".,;:?!" else "")
    return " ".join([*words[:first], gap, *words[last:]]), answer.rstrip(".,;:?!") or answer
