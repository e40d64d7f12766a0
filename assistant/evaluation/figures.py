"""Results → figures with confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .cases import Check, Result
from .faults import FaultKind
from .intervals import Interval, bootstrap_quantile, bootstrap_ratio, wilson
from .metrics import aurc, reciprocal_rank, risk_coverage

Pair = tuple[float, float]
"""What a case adds above and below the line of a ratio."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A ratio over cases: its name, what a case adds to it (None: nothing), and which way is better."""

    name: str
    of: Callable[[Result], Pair | None]
    better: Literal["higher", "lower"] = "higher"
    explains: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured value with its 95 % interval, over `cases` cases of a group ("all" or a kind)."""

    name: str
    group: str
    value: float
    low: float
    high: float
    cases: int
    better: Literal["higher", "lower"]


def _share(value: bool | float | None) -> Pair | None:
    return None if value is None else (float(value), 1.0)


def _found(limit: int) -> Callable[[Result], Pair | None]:
    return lambda one: None if one.rank is None else _share(0 < one.rank <= limit)


MEASURES = (
    Measure(name="hit@1", of=_found(1), explains="a gold article is the first found"),
    Measure(name="hit@5", of=_found(5), explains="…is among the first five passages"),
    Measure(name="hit@10", of=_found(10), explains="…is among the first ten"),
    Measure(name="recall@10", of=lambda one: _share(one.recall), explains="share of the gold articles found"),
    Measure(
        name="mrr@10",
        of=lambda one: None if one.rank is None else _share(reciprocal_rank(one.rank)),
        explains="mean of 1 ÷ rank of the first gold article",
    ),
    Measure(
        name="citation_recall",
        of=lambda one: _share(one.citation_recall),
        explains="ALCE: sentences that their citations support",
    ),
    Measure(
        name="citation_precision",
        of=lambda one: _share(one.citation_precision),
        explains="ALCE: citations that are of use",
    ),
    Measure(
        name="quotes_exact",
        of=lambda one: (float(one.quotes_exact), float(one.quotes)) if one.quotes else None,
        explains="quotes that stand in their article at their offsets",
    ),
    Measure(
        name="correct",
        of=lambda one: _share(one.correct),
        explains="questions whose answer holds the gold answer",
    ),
    Measure(
        name="correct_if_given",
        of=lambda one: None if one.refused else _share(one.correct),
        explains="…of those that were answered",
    ),
    Measure(name="token_f1", of=lambda one: _share(one.token_f1), explains="SQuAD's overlap with it"),
    Measure(
        name="cites_gold",
        of=lambda one: _share(one.cites_gold),
        explains="answers given that cite a gold article",
    ),
    Measure(
        name="refusal_precision",
        of=lambda one: (float(not one.answerable), 1.0) if one.refused else None,
        explains="refusals of questions that have no answer",
    ),
    Measure(
        name="refusal_recall",
        of=lambda one: None if one.answerable else _share(one.refused),
        explains="questions without an answer that are refused",
    ),
    Measure(
        name="refusal_f1",
        of=lambda one: (
            (2.0 * (one.refused and not one.answerable), float(one.refused) + float(not one.answerable))
            if one.refused or not one.answerable
            else None
        ),
        explains="harmonic mean of both",
    ),
    Measure(
        name="wrongly_refused",
        of=lambda one: _share(one.refused) if one.answerable else None,
        better="lower",
        explains="questions with an answer that are refused",
    ),
    Measure(
        name="errors",
        of=lambda one: _share(one.error is not None),
        better="lower",
        explains="questions that ended in an error",
    ),
)
TIMES = ("first_seconds", "seconds", "cpu_seconds")


def figures(results: Sequence[Result], checks: Sequence[Check], seed: int) -> list[Figure]:
    """Return every figure that the results allow: over all cases, by kind of case, and of verification."""
    groups = {"all": list(results)}
    for one in results:
        groups.setdefault(one.kind, []).append(one)
    found: list[Figure] = []
    for group, members in groups.items():
        classes = {one.answerable for one in members}
        for measure in MEASURES:
            if measure.name in ("refusal_precision", "refusal_f1") and len(classes) < 2:
                continue  # with one class they tell nothing, or the same as another figure
            pairs = [pair for pair in map(measure.of, members) if pair is not None]
            if sum(below for _, below in pairs):
                found.append(_figure(measure.name, group, ratio(pairs, seed), len(pairs), measure.better))
    if results:
        found.append(_figure("aurc", "all", _area(results, seed), len(results), "lower"))
    found += _times(results, seed)
    return found + [
        _figure(name, "verification", ratio(pairs, seed), len(pairs), better)
        for name, (pairs, better) in check_pairs(checks).items()
    ]


def ratio(pairs: Sequence[Pair], seed: int) -> Interval:
    """Return a ratio with its interval: Wilson's where every case counts 0 or 1, else a bootstrap."""
    above, below = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if all(value in (0.0, 1.0) for value in above) and all(value == 1.0 for value in below):
        return wilson(sum(above), len(pairs))
    interval = bootstrap_ratio(above, below, seed)
    if interval.low == interval.high in (0.0, 1.0):  # resampling cannot tell how seldom the other is
        return wilson(interval.value * len(pairs), len(pairs))
    return interval


def check_pairs(
    checks: Sequence[Check],
) -> dict[str, tuple[list[Pair], Literal["higher", "lower"]]]:
    """Return, by figure, what each check adds: faults caught and marked, true sentences rejected and marked.

    Caught and rejected: unsupported, or, where the citation is what is wrong, moved to another passage.
    Marked: the same, or weak.
    """
    found: dict[str, tuple[list[Pair], Literal["higher", "lower"]]] = {}
    for fault in ("none", *FaultKind):
        of_kind = [check for check in checks if check.fault == fault]
        if not of_kind:
            continue
        wrong_place = fault in (FaultKind.CITATION, FaultKind.NEAR_CITATION, FaultKind.ADDED)
        moved = [check.moved and wrong_place for check in of_kind]
        rejected = [
            (float(put_right or check.support == "unsupported"), 1.0)
            for check, put_right in zip(of_kind, moved, strict=True)
        ]
        marked = [
            (float(put_right or check.support != "supported"), 1.0)
            for check, put_right in zip(of_kind, moved, strict=True)
        ]
        if fault == "none":
            found["true_rejected"], found["true_marked"] = (rejected, "lower"), (marked, "lower")
        else:
            found[f"caught_{fault}"], found[f"marked_{fault}"] = (rejected, "higher"), (marked, "higher")
    return found


def is_wrong(result: Result) -> bool:
    """Tell whether an answer was not to be had or not given rightly, for the risk-coverage curve.

    Wrong are questions that have no answer, answers without the gold answer (or, where none is
    known, without a citation of a gold article), and what was refused though it has an answer.
    """
    if not result.answerable or result.refused:
        return True
    return not (result.correct if result.correct is not None else result.cites_gold is not False)


def risk_curve(results: Sequence[Result]) -> list[Pair]:
    """Return the risk-coverage curve of the cases."""
    return risk_coverage([one.confidence for one in results], [is_wrong(one) for one in results])


def _area(results: Sequence[Result], seed: int) -> Interval:
    import numpy as np

    confidence, wrong = [one.confidence for one in results], [is_wrong(one) for one in results]
    generator = np.random.default_rng(seed)
    areas = []
    for _ in range(200):
        drawn = generator.integers(0, len(results), len(results)).tolist()
        areas.append(aurc(risk_coverage([confidence[n] for n in drawn], [wrong[n] for n in drawn])))
    low, high = np.percentile(areas, [2.5, 97.5])
    return Interval(value=aurc(risk_curve(results)), low=float(low), high=float(high))


def _times(results: Sequence[Result], seed: int) -> list[Figure]:
    found = []
    for name in TIMES:
        values = [value for one in results if (value := getattr(one, name)) is not None]
        for label, share in (("p50", 0.5), ("p95", 0.95)):
            if values:
                interval = bootstrap_quantile(values, share, seed)
                found.append(_figure(f"{name}_{label}", "all", interval, len(values), "lower"))
    return found


def _figure(
    name: str, group: str, interval: Interval, cases: int, better: Literal["higher", "lower"]
) -> Figure:
    return Figure(
        name=name,
        group=group,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        cases=cases,
        better=better,
    )
