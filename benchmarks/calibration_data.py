"""The questions that the calibration is fitted and reported on, with the sentences found for them."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evidence import Evidence
from assistant.quote import pair, read, sentence_features
from index import Hit, Index, detect_language

from .answers import ARTICLE_LIMITS, gold_answers, holds
from .collections import Row, build_index, choose_articles, read_rows, safe_name, set_id

PASSAGES = 10
FRENCH, PARALLEL = 600, 1050
"""Training questions used of each set (seed 0)."""
OFF_FRENCH, OFF_PARALLEL = 60, 140
"""And those that are asked of a collection without their subjects."""
READ_FRENCH, READ_PARALLEL = 320, 240
"""Those used of the paragraphs that the reader was not trained on."""


@dataclass
class Case:
    """One question with the sentences found for it."""

    question: Row
    language: str | None
    hits: tuple[Hit, ...]
    pairs: list[Any]
    features: np.ndarray
    """Shape (sentences, len(SENTENCE_FEATURES))."""
    right: np.ndarray
    """Shape (sentences,): 1 where the sentence holds the gold answer (in the gold article, if known)."""
    evidence: Evidence | None = None
    """Of the sentences as ranked by the fitted weights."""
    readings: list[float] = field(default_factory=list)
    """What the reader gives the sentences, where it was asked."""

    @property
    def answerable(self) -> bool:
        """Whether the collection holds an answer."""
        return bool(self.question["answerable"])

    @property
    def found(self) -> bool:
        """Whether the passages found hold an answer; where they do not, refusing is right."""
        searched = bool(gold_answers(self.question))
        return self.answerable and (not searched or bool(self.right.any()))


def train_rows(folder: Path, paragraphs: Collection[str] = ()) -> tuple[list[Row], list[Row]]:
    """Return articles and questions made of the training sets; 40 % of the articles are withheld.

    Of these `paragraphs`, which are few, more is asked, and which of them are withheld is drawn apart:
    they were themselves drawn by the same seed.
    """
    chooser, apart, further = random.Random(0), random.Random(1), random.Random(2)
    articles: dict[str, Row] = {}
    questions: list[Row] = []

    def article(text: str, language: str, paragraph: str) -> str:
        if text not in articles:
            chance = chooser.random()
            articles[text] = {
                "id": f"a{len(articles)}",
                "text": text,
                "lang": language,
                "kept": (apart.random() if paragraph in paragraphs else chance) < 0.6,
            }
        return str(articles[text]["id"])

    for row in read_rows(folder / "train" / "qa_french.jsonl.gz"):
        name = article(row["passage"], "fr", row["passage"])
        questions.append(
            {
                "question": row["question"],
                "lang": "fr",
                "gold_doc_ids": [name],
                "gold_answers": [row["answer"]],
                "paragraph": row["passage"],
            }
        )
    languages: dict[str, str] = {}
    for row in read_rows(folder / "train" / "qa_parallel.jsonl.gz"):
        versions = row["by_language"]
        key = versions["en"]["passage"]
        language = languages.setdefault(key, chooser.choice(sorted(versions)))
        name = article(versions[language]["passage"], language, key)
        asked = {language, "en", *chooser.sample(sorted(versions), 3)}
        if key in paragraphs:
            asked.update(further.sample(sorted(versions), 6))
        answers = [version["answer"] for version in versions.values()]
        questions.extend(
            {
                "question": versions[one]["question"],
                "lang": one,
                "gold_doc_ids": [name],
                "gold_answers": answers,
                "paragraph": key,
            }
            for one in sorted(asked)
        )
    kept = {row["id"] for row in articles.values() if row["kept"]}
    for question in questions:
        question["answerable"] = question["gold_doc_ids"][0] in kept
    chooser.shuffle(questions)
    return [row for row in articles.values() if row["kept"]], questions


def chosen(questions: list[Row], paragraphs: Collection[str] | None = None) -> list[Row]:
    """Return the training questions that are used: the first of each of the two sets, on these paragraphs."""
    left = {True: FRENCH, False: PARALLEL}
    if paragraphs is not None:
        left = {True: READ_FRENCH, False: READ_PARALLEL}
        questions = [question for question in questions if question["paragraph"] in paragraphs]
    taken = []
    for question in questions:
        french = question["lang"] == "fr"
        if left[french]:
            left[french] -= 1
            taken.append(question)
    return taken


def train_cases(
    data: Path, cache: Path, *, reuse: bool, paragraphs: Collection[str] | None = None
) -> list[Case]:
    """Return the cases of the training sets; with `paragraphs`, of these of theirs, and read."""
    articles, questions = train_rows(data, paragraphs or ())
    name = "calibrate-train" if paragraphs is None else "calibrate-train-read"
    with build_index(articles, cache, name, reuse=reuse) as index:
        return collect(index, chosen(questions, paragraphs), reading=paragraphs is not None)


def off_topic_cases(data: Path, cache: Path, *, reuse: bool) -> list[Case]:
    """Return training questions, none of those above, asked of the news of orangesum_fr, which lack their subjects."""
    _, questions = train_rows(data)
    asked = [{**one, "answerable": False, "gold_doc_ids": []} for one in off_topic(questions)]
    with _evaluation_index(data, cache, "orangesum_fr", reuse=reuse) as index:
        return collect(index, asked)


def off_topic(questions: list[Row]) -> list[Row]:
    """Return the training questions that stand for questions on something else: the last of each set."""
    french = [question for question in questions if question["lang"] == "fr"]
    parallel = [question for question in questions if question["lang"] != "fr"]
    asked = [*french[-OFF_FRENCH:], *parallel[-OFF_PARALLEL:]]
    random.Random(1).shuffle(asked)
    return asked


def collect(index: Index, questions: Sequence[Row], *, reading: bool = False) -> list[Case]:
    """Search for every question and describe the sentences found; with `reading`, have them read, too."""
    cases = []
    for question in questions:
        language = detect_language(question["question"])
        hits = tuple(index.search(question["question"], PASSAGES))
        pairs = pair(index, hits)
        if not pairs:
            continue
        gold = gold_answers(question)
        documents = {safe_name(name) for name in question["gold_doc_ids"]}
        right = [
            set_id(hit.article.path) in documents and bool(gold) and holds([sentence.text], gold)
            for hit, sentence in pairs
        ]
        features = sentence_features(index, question["question"], language, pairs)
        case = Case(question, language, hits, pairs, features, np.array(right, float))
        if reading:
            case.readings = _read(index, case)
        cases.append(case)
    return cases


def _read(index: Index, case: Case) -> list[float]:
    readings = read(index, case.question["question"], case.pairs)
    if not isinstance(readings, list):
        raise SystemExit(readings or "There is no reader.")
    return readings


def evaluation_cases(data: Path, cache: Path, name: str, most: int, *, reuse: bool) -> list[Case]:
    """Return the cases of an evaluation set: what cannot be answered, and at most `most` others."""
    rows = set_rows(data / name)
    answerable = [row for row in rows if row["answerable"]]
    random.Random(0).shuffle(answerable)  # the order of benchmarks.answers
    unanswerable = [row for row in rows if not row["answerable"]]
    asked = [*answerable[:most], *unanswerable]
    random.Random(1).shuffle(asked)
    with _evaluation_index(data, cache, name, reuse=reuse) as index:
        return collect(index, asked)


def _evaluation_index(data: Path, cache: Path, name: str, *, reuse: bool) -> Index:
    corpus = read_rows(data / name / "corpus.jsonl.gz")
    articles = choose_articles(corpus, set_rows(data / name), ARTICLE_LIMITS.get(name))
    return build_index(articles, cache, f"collection-{name}", reuse=reuse)


def set_rows(folder: Path) -> list[Row]:
    """Return all questions of a set."""
    extra = folder / "questions_unanswerable.jsonl.gz"
    return [*read_rows(folder / "questions.jsonl.gz"), *(read_rows(extra) if extra.is_file() else [])]
