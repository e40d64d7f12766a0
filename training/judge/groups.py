"""Groups for training: a question, its gold passage (or not), and passages that do not answer it."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.answers import fold
from benchmarks.collections import Row
from index.lexical import index_terms

from .model import WIDTH, Batch

NEAR = 12
"""Passages kept for each question as hard negatives."""
COVERAGE = 0.06
"""What the share of the question's words that a passage holds adds to the cosine, as in `index.search`."""


@dataclass
class Reading:
    """One passage, or a window of its sentences, to be read with a question."""

    passage: Row
    first: int
    last: int
    """The sentences `first` to `last` (not included)."""
    gold: Row | None = None


@dataclass
class Group:
    """A question and its passages; where one is gold, the answer is in it."""

    question: Row
    readings: list[Reading]
    cut_mark: bool = False
    """Leave out the question mark."""


class Material:
    """The prepared passages and questions, with the hard negatives of each question."""

    def __init__(self, path: Path) -> None:
        prepared = torch.load(path, weights_only=False)
        self.passages: list[Row] = prepared["passages"]
        self.questions: list[Row] = prepared["questions"]
        self._by_paragraph: dict[tuple[str, str], list[int]] = {}
        for passage in self.passages:
            place_tokens(passage)
            key = (passage["paragraph"], passage["language"])
            self._by_paragraph.setdefault(key, []).append(passage["number"])
            passage["folded"] = fold(passage["text"])
        mined = path.with_name("mined.json")
        if not mined.is_file():
            self._mine()
            mined.write_text(json.dumps([question["near"] for question in self.questions]))
        for question, near in zip(self.questions, json.loads(mined.read_text()), strict=True):
            question["near"] = near

    def _mine(self) -> None:
        """Give each question its `near`: numbers of the passages nearest to it, of other paragraphs."""
        vectors = torch.stack([passage["vector"] for passage in self.passages])
        terms = [frozenset(index_terms(one["text"], one["language"]).split()) for one in self.passages]
        french = torch.tensor([one["language"] == "fr" for one in self.passages])
        asked = torch.stack([question["vector"] for question in self.questions])
        similar = asked @ vectors.T
        for number, question in enumerate(self.questions):
            scores = similar[number].clone()
            if question["language"] == "fr":
                words = frozenset(index_terms(question["text"], "fr").split())
                shared = torch.tensor([len(words & one) / max(1, len(words)) for one in terms])
                scores = (scores + COVERAGE * shared).masked_fill(~french, -1)
            answers = [fold(form) for form in answer_forms(question)]
            order = scores.argsort(descending=True)[: 40 * NEAR].tolist()
            seen: set[str] = {question["paragraph"]}
            near: list[int] = []
            for one in order:
                passage = self.passages[one]
                paragraph = passage["paragraph"]
                if paragraph in seen or any(len(form) > 3 and form in passage["folded"] for form in answers):
                    continue
                if question["language"] != "fr":
                    seen.add(paragraph)
                near.append(one)
                if len(near) == NEAR:
                    break
            question["near"] = near

    def versions(self, number: int, language: str) -> list[int]:
        """Return the passages that a passage's paragraph has in a language; its own where it has none."""
        return self._by_paragraph.get((self.passages[number]["paragraph"], language), [number])

    def siblings(self, number: int) -> list[int]:
        """Return the other passages of the same text."""
        own = self.passages[number]
        return [one for one in self._by_paragraph[own["paragraph"], own["language"]] if one != number]


def answer_forms(question: Row) -> list[str]:
    """Return the answer in all languages."""
    return list(question.get("forms") or [one["answer"] for one in question["gold"].values()])


def place_tokens(passage: Row) -> None:
    """Give a passage `inside`: for each token the number of its sentence, or -1."""
    inside = torch.full((len(passage["offsets"]),), -1, dtype=torch.long)
    for token, (start, end) in enumerate(passage["offsets"]):
        if end <= 0:
            continue
        for number, (first, last) in enumerate(passage["sentences"]):
            if start < last and end > first:
                inside[token] = number
                break
    passage["inside"] = inside


def gold_sentences(passage: Row, gold: Row) -> list[int]:
    """Return the numbers of the sentences that the answer stands in."""
    return [
        number
        for number, (start, end) in enumerate(passage["sentences"])
        if start < gold["end"] and end > gold["start"]
    ]


class Sampler:
    """Draw groups for training."""

    def __init__(self, material: Material, seed: int, *, french: float = 0.5, withheld: float = 0.25) -> None:
        self._material = material
        self._random = random.Random(seed)
        questions = [one for one in material.questions if not one["aside"]]
        self._french = _Deck([one for one in questions if one["language"] == "fr"], self._random)
        self._parallel = _Deck([one for one in questions if one["language"] != "fr"], self._random)
        self._english = _Deck([one for one in questions if one["language"] == "en"], self._random)
        self._share, self._withheld = french, withheld
        self._usable = [one["number"] for one in material.passages if not one["aside"]]

    def draw(self) -> Group:
        """Return a group of three passages: gold and two others, or three others."""
        chance = self._random.random()
        if chance < self._share:
            question = self._french.draw()
            language = "fr"
        else:
            deck = self._english if self._random.random() < 0.25 else self._parallel
            question = deck.draw()
            known = sorted(question["gold"])
            language = question["language"] if self._random.random() < 0.2 else self._random.choice(known)
            if language not in question["gold"]:
                language = known[0]
        gold = question["gold"][language]
        withheld = self._random.random() < self._withheld
        readings = [] if withheld else [self._gold(gold)]
        while len(readings) < 3:
            number = self._negative(question, gold["passage"], language)
            if all(one.passage["number"] != number for one in readings):
                readings.append(self._window(self._material.passages[number], None))
        return Group(question, readings, cut_mark=self._random.random() < 0.15)

    def _negative(self, question: Row, gold: int, language: str) -> int:
        chance = self._random.random()
        siblings = self._material.siblings(gold)
        if siblings and chance < 0.12:
            other = self._random.choice(siblings)
            folded = self._material.passages[other]["folded"]
            if not any(fold(form) in folded for form in answer_forms(question)):
                return other
        near = [one for one in question["near"] if not self._material.passages[one]["aside"]]
        if near and chance < 0.85:
            # Nearer ones more often.
            number = near[min(int(self._random.expovariate(1 / 3.0)), len(near) - 1)]
        else:
            number = self._random.choice(self._usable)
        if self._material.passages[number]["language"] == "fr":
            return number
        kind = self._random.random()
        spoken = language if kind < 0.6 else question["language"] if kind < 0.8 else None
        found = self._material.versions(number, spoken) if spoken else [number]
        return self._random.choice(found)

    def _gold(self, gold: Row) -> Reading:
        passage = self._material.passages[gold["passage"]]
        return self._window(passage, gold)

    def _window(self, passage: Row, gold: Row | None) -> Reading:
        """Take the whole passage, or some of its sentences: a shorter reading costs less."""
        count = len(passage["sentences"])
        if gold is not None:
            if self._random.random() < 0.5:
                return Reading(passage, 0, count, gold)
            needed = gold_sentences(passage, gold) or [0]
            first = self._random.randint(0, needed[0])
            last = self._random.randint(needed[-1] + 1, count) if needed[-1] + 1 <= count else count
            return Reading(passage, first, last, gold)
        most = self._random.choice((60, 100, 160))
        first = self._random.randrange(count)
        last = first + 1
        inside = passage["inside"]
        while last < count and int(((inside >= first) & (inside <= last)).sum()) <= most:
            last += 1
        return Reading(passage, first, last)


class _Deck:
    """Draw without repetition until all have been drawn."""

    def __init__(self, rows: Sequence[Row], chooser: random.Random) -> None:
        self._rows, self._random, self._left = list(rows), chooser, []  # type: ignore[var-annotated]

    def draw(self) -> Row:
        if not self._left:
            self._left = list(self._rows)
            self._random.shuffle(self._left)
        return self._left.pop()


@dataclass
class LaidOut:
    """A group's reading laid out for the model."""

    states: Tensor
    parts: Tensor
    sentences: Tensor
    """Numbers within the reading's passage, or -1."""
    start: int = -1
    end: int = -1
    """Tokens where the answer starts and ends."""


def lay_out(group: Group, reading: Reading) -> LaidOut:
    """Join the states of the question and of the passage's window."""
    asked = group.question["states"]
    if group.cut_mark and group.question["text"].rstrip().endswith(("?", "？", "؟", ";")):
        asked = torch.cat([asked[:-2], asked[-1:]])
    inside = reading.passage["inside"]
    kept = (inside >= reading.first) & (inside < reading.last)
    places = torch.arange(len(inside))
    text = places[inside >= 0]
    if len(text):
        kept |= (inside < 0) & ((places < text[0]) | (places > text[-1]))
    kept = kept.nonzero()[:, 0]
    states = torch.cat([asked, reading.passage["states"][kept]]).float()
    before = len(asked)
    parts = torch.cat([torch.zeros(before, dtype=torch.long), torch.ones(len(kept), dtype=torch.long)])
    sentences = torch.cat([torch.full((before,), -1), inside[kept]])
    one = LaidOut(states, parts, sentences)
    if reading.gold is not None:
        offsets: Any = reading.passage["offsets"]
        tokens = [
            place
            for place, token in enumerate(kept.tolist())
            if offsets[token][1] > reading.gold["start"]
            and offsets[token][0] < reading.gold["end"]
            and inside[token] >= 0
        ]
        if tokens:
            one.start, one.end = before + tokens[0], before + tokens[-1]
    return one


def batched(sequences: Sequence[LaidOut]) -> tuple[Batch, list[list[int]]]:
    """Pad the sequences; also return, for each, the batch's numbers of its sentences, in order."""
    width = max(len(one.parts) for one in sequences)
    states = torch.zeros(len(sequences), width, WIDTH)
    parts = torch.full((len(sequences), width), 2)
    sentences = torch.full((len(sequences), width), -1)
    count, numbers = 0, []
    for row, one in enumerate(sequences):
        length = len(one.parts)
        states[row, :length], parts[row, :length] = one.states, one.parts
        own = sorted({int(number) for number in one.sentences if number >= 0})
        mapped = {number: count + place for place, number in enumerate(own)}
        count += len(own)
        numbers.append(list(mapped.values()))
        sentences[row, :length] = torch.tensor([mapped.get(int(number), -1) for number in one.sentences])
    return Batch(states, parts, sentences, count), numbers
