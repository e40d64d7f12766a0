"""What is measured of one answer. Pure functions, each named after where its definition comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from .facts import UNSPACED, fold_text

Source = TypeVar("Source")


def first_rank(found: Sequence[frozenset[str]], gold: frozenset[str]) -> int:
    """Return the rank, from 1, of the first hit that stands for a gold article; 0 where there is none."""
    return next((rank for rank, ids in enumerate(found, 1) if ids & gold), 0)


def recall(found: Sequence[frozenset[str]], gold: frozenset[str]) -> float:
    """Return the share of the gold articles among the hits; of more gold than hits, the hits are the most.

    Capped recall of BEIR (Thakur et al. 2021, https://arxiv.org/abs/2104.08663).
    """
    held = frozenset[str]().union(*found) & gold
    return min(1.0, len(held) / max(1, min(len(gold), len(found)))) if gold else 0.0


def reciprocal_rank(rank: int, limit: int = 10) -> float:
    """Return 1 ÷ rank down to `limit`, else 0 (the mean over questions is MRR@10, as in MS MARCO)."""
    return 1 / rank if 0 < rank <= limit else 0.0


def alce(
    sentences: Sequence[tuple[str, Sequence[Source]]], supports: Callable[[str, Sequence[Source]], bool]
) -> tuple[float, float] | None:
    """Return citation recall and citation precision of an answer; None of one without sentences.

    Gao et al. 2023, Enabling Large Language Models to Generate Text with Citations, section 3
    (https://arxiv.org/abs/2305.14627). Recall: the share of sentences that what they cite supports
    when taken together; a sentence without citations counts as unsupported. Precision: the share of
    citations that are of use: their sentence is supported, and they support it by themselves or the
    others do not support it without them. An answer that cites nothing has precision 0.
    """
    if not sentences:
        return None
    supported, useful, cited = 0, 0, 0
    for text, sources in sentences:
        cited += len(sources)
        if not sources or not supports(text, sources):
            continue
        supported += 1
        for number, source in enumerate(sources):
            others = [*sources[:number], *sources[number + 1 :]]
            useful += not others or supports(text, [source]) or not supports(text, others)
    return supported / len(sentences), useful / cited if cited else 0.0


def holds_answer(texts: Sequence[str], gold: Sequence[str]) -> bool:
    """Tell whether a text holds a gold answer as whole words, case, accents and punctuation aside."""
    for text in map(fold_text, texts):
        for answer in filter(None, map(fold_text, gold)):
            if f" {answer} " in f" {text} " or (UNSPACED.search(answer) and answer in text):
                return True
    return False


def token_f1(text: str, gold: Sequence[str]) -> float:
    """Return the best overlap of words with a gold answer, as SQuAD counts it (Rajpurkar et al. 2016)."""
    return max((_f1(_tokens(text), _tokens(answer)) for answer in gold), default=0.0)


def risk_coverage(confidence: Sequence[float], wrong: Sequence[bool]) -> list[tuple[float, float]]:
    """Return (coverage, risk) at every confidence from the highest down.

    Risk is the share of wrong ones among those answered when only as sure ones are (El-Yaniv and
    Wiener 2010; Geifman and El-Yaniv 2017, https://arxiv.org/abs/1705.08500). Equal confidences are
    answered together.
    """
    order = sorted(range(len(confidence)), key=lambda number: -confidence[number])
    points, errors = [], 0
    for count, number in enumerate(order, 1):
        errors += wrong[number]
        if count == len(order) or confidence[order[count]] != confidence[number]:
            points.append((count / len(order), errors / count))
    return points


def aurc(points: Sequence[tuple[float, float]]) -> float:
    """Return the area under a risk-coverage curve, each risk holding back to the coverage before it."""
    area, before = 0.0, 0.0
    for coverage, risk in points:
        area += (coverage - before) * risk
        before = coverage
    return area


def _f1(tokens: list[str], gold: list[str]) -> float:
    common = sum((Counter(tokens) & Counter(gold)).values())
    return 2 * common / (len(tokens) + len(gold)) if common else 0.0


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for word in fold_text(text).split():
        tokens.extend(word if UNSPACED.search(word) else [word])
    return tokens
