"""Questions written by a language model from a passage, kept only where the passage holds the answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from index import detect_language

from ..errors import ModelNonsenseError
from ..prompts import QUESTION_PROMPT
from .cases import Case, Kind
from .facts import fold_text
from .faults import TrueSentence
from .questions import Collection, by_turns

Complete = Callable[[str], str]
"""A language model: prompt in, text out."""
_FORM = re.compile(
    r"\s*(?:Question\s*:)?\s*(?P<question>[^\n]+?[?？؟])\s*\n+\s*[^\n:：]{1,20}[:：]\s*(?P<answer>[^\n]+)"
)
_LONGEST_ANSWER = 80
_TRIES = 3
"""Prompts for each question that is wanted, at most."""


def written(collection: Collection, complete: Complete, wanted: int, seed: int) -> Iterator[Case]:
    """Yield up to `wanted` questions; of a model that cannot keep to the form, fewer or none.

    Raises what the model raises, but for ModelNonsenseError.
    """
    rng = random.Random(f"{seed} written")  # noqa: S311 (drawn to measure, not to protect)
    seen: set[str] = set()
    made = 0
    for sentence in by_turns(collection, rng):
        if made == wanted or len(seen) == _TRIES * wanted:
            return
        if sentence.passage.id in seen:
            continue
        seen.add(sentence.passage.id)
        try:
            output = complete(QUESTION_PROMPT.format(passage=sentence.passage.text))
        except ModelNonsenseError:
            continue
        case = read_question(output, sentence)
        if case is not None:
            made += 1
            yield case


def read_question(output: str, sentence: TrueSentence) -> Case | None:
    """Return the question that a model wrote; None where it is no question, or the passage lacks its answer."""
    match = _FORM.match(output)
    if match is None:
        return None
    question, answer = match["question"].strip(), match["answer"].strip(" .\"'“”«»„")
    folded, passage = fold_text(answer), f" {fold_text(sentence.passage.text)} "
    if not folded or len(answer) > _LONGEST_ANSWER or f" {folded} " not in passage:
        return None
    if f" {folded} " in f" {fold_text(question)} " or not 12 <= len(question) <= 300:
        return None
    if detect_language(question) != sentence.language:
        return None
    return Case(
        kind=Kind.WRITTEN,
        question=question,
        language=sentence.language,
        gold_articles=(sentence.passage.article_id,),
        gold_answers=(answer,),
    )
