"""Compare a report with an earlier one: what got worse beyond noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev
from typing import Literal

from .cases import Result
from .figures import MEASURES, Figure, Pair, check_pairs
from .intervals import Z, paired_ratio_test, sign_test, z_test
from .report import Report

LEVEL = 0.01
"""p below which a difference is no noise: some twenty figures are compared, and one false alarm in
twenty each would make every second comparison one."""
LEAST = 0.02
"""Least difference of a share that counts, however sure it is."""
LEAST_SLOWER, LEAST_SECONDS = 1.5, 0.1
"""Least factor and least seconds (of the median) by which answers must be slower."""
_BUSY = 1.5
"""A machine on which answers wait this many times longer for the processor is too busy to compare times."""
_REPORTED_ONLY = frozenset({"correct_if_given", "token_f1", "cites_gold", "hit@10"})
"""Figures that move for good reasons (more is answered), or with another one."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A figure in both reports, and the p of its difference; `paired` where the same questions were asked."""

    name: str
    old: float
    new: float
    p: float
    better: Literal["higher", "lower"]
    paired: bool
    cases: int

    @property
    def significant(self) -> bool:
        """It is more than noise and more than a trifle."""
        if "seconds" in self.name:
            factor = max(self.new, self.old) / max(min(self.new, self.old), 1e-9)
            apart = factor >= LEAST_SLOWER and abs(self.new - self.old) >= LEAST_SECONDS
        else:
            apart = abs(self.new - self.old) >= LEAST
        return apart and self.p < LEVEL

    @property
    def worse(self) -> bool:
        """It moved in the wrong direction."""
        return self.new < self.old if self.better == "higher" else self.new > self.old


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All figures that both reports have, and what makes the reports differ in kind."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def regressions(self) -> tuple[Change, ...]:
        """What got worse beyond noise."""
        return tuple(
            one for one in self.changes if one.significant and one.worse and one.name not in _REPORTED_ONLY
        )


def compare(old: Report, new: Report) -> Comparison:
    """Compare figure by figure.

    Where at least half of the questions are the same, they are compared question by question (McNemar's
    exact test of shares, else a paired bootstrap), and only they; else the figures are compared by their
    intervals (z-test). Of the times, that of the processor counts, which other programs change least,
    unless a language model takes part: it may run elsewhere.
    """
    before, after = {one.id: one for one in old.results}, {one.id: one for one in new.results}
    shared = [name for name in after if name in before]
    changes: list[Change] = []
    for measure in MEASURES:
        if 2 * len(shared) >= min(len(before), len(after)):
            pairs = [(measure.of(before[name]), measure.of(after[name])) for name in shared]
            change = _paired(measure.name, pairs, measure.better)
        else:
            change = _unpaired(measure.name, "all", old, new)
        changes += [change] if change else []
    changes += _checks(old, new)
    elsewhere = new.model != "none"
    busy = not elsewhere and _waiting(new.results) > _BUSY * _waiting(old.results)
    if not busy and old.model == new.model:
        name = "seconds" if elsewhere else "cpu_seconds"
        change = _slower(name, [(getattr(before[one], name), getattr(after[one], name)) for one in shared])
        changes += [change] if change else []
    notes = _notes(old, new, len(shared))
    if busy:
        notes.append("Note: the machine was busier than for the earlier report; times are not compared.")
    return Comparison(changes=tuple(changes), notes=tuple(notes))


def to_text(comparison: Comparison) -> str:
    """Return what changed beyond noise, worst first, as plain text."""
    lines = [*comparison.notes]
    regressed = comparison.regressions
    improved = [one for one in comparison.changes if one.significant and not one.worse]
    for title, changes in (("Worse", regressed), ("Better", improved)):
        lines += [f"{title}: {_line(one)}" for one in changes]
    if not regressed:
        lines.append(f"No figure of {len(comparison.changes)} is worse beyond noise.")
    return "\n".join(lines)


def _line(change: Change) -> str:
    how = "the same questions" if change.paired else "other questions"
    return f"{change.name} {change.old:.3f} → {change.new:.3f} (p {change.p:.2g}, {change.cases} {how})"


def _paired(
    name: str, pairs: Sequence[tuple[Pair | None, Pair | None]], better: Literal["higher", "lower"]
) -> Change | None:
    kept = [(one or (0.0, 0.0), two or (0.0, 0.0)) for one, two in pairs if one or two]
    old = ([one[0] for one, _ in kept], [one[1] for one, _ in kept])
    new = ([two[0] for _, two in kept], [two[1] for _, two in kept])
    if not sum(old[1]) or not sum(new[1]):
        return None
    if all(below == 1.0 for below in (*old[1], *new[1])) and {*old[0], *new[0]} <= {0.0, 1.0}:
        up = sum(after > before for before, after in zip(old[0], new[0], strict=True))
        down = sum(after < before for before, after in zip(old[0], new[0], strict=True))
        p = sign_test(up, down)
    else:
        p = paired_ratio_test(old, new, seed=0)
    return Change(
        name=name,
        old=sum(old[0]) / sum(old[1]),
        new=sum(new[0]) / sum(new[1]),
        p=p,
        better=better,
        paired=True,
        cases=len(kept),
    )


def _unpaired(name: str, group: str, old: Report, new: Report) -> Change | None:
    one, two = _figure(old, name, group), _figure(new, name, group)
    if one is None or two is None:
        return None
    deviation = math.hypot(one.high - one.low, two.high - two.low) / (2 * Z)
    return Change(
        name=name,
        old=one.value,
        new=two.value,
        p=z_test(two.value - one.value, deviation),
        better=two.better,
        paired=False,
        cases=two.cases,
    )


def _figure(report: Report, name: str, group: str) -> Figure | None:
    return next((one for one in report.figures if (one.name, one.group) == (name, group)), None)


def _checks(old: Report, new: Report) -> list[Change]:
    """Compare the verification: on the same faults where most are, else by the figures."""
    before, after = {one.id: one for one in old.checks}, {one.id: one for one in new.checks}
    shared = [name for name in after if name in before]
    names = [name for name in check_pairs(new.checks) if not name.startswith(("marked", "true_marked"))]
    if 2 * len(shared) < min(len(before), len(after)):
        return [change for name in names if (change := _unpaired(name, "verification", old, new))]
    was = check_pairs([before[name] for name in shared])
    now = check_pairs([after[name] for name in shared])
    changes = [
        _paired(name, list(zip(was[name][0], now[name][0], strict=True)), now[name][1])
        for name in names
        if name in was and name in now
    ]
    return [change for change in changes if change]


def _slower(name: str, pairs: Sequence[tuple[float | None, float | None]]) -> Change | None:
    """Compare the times of the same questions by the mean logarithm of their ratios."""
    known = [(old, new) for old, new in pairs if old and new]
    if len(known) < 2:
        return None
    logs = [math.log(new / old) for old, new in known]
    return Change(
        name=name,
        old=median(old for old, _ in known),
        new=median(new for _, new in known),
        p=z_test(mean(logs), stdev(logs) / math.sqrt(len(logs))),
        better="lower",
        paired=True,
        cases=len(known),
    )


def _waiting(results: Sequence[Result]) -> float:
    """Return the median of the time that passed for each second of the processor."""
    known = [one.seconds / one.cpu_seconds for one in results if one.seconds and one.cpu_seconds]
    return median(known) if known else math.inf


def _notes(old: Report, new: Report, shared: int) -> list[str]:
    facts: Mapping[str, tuple[object, object]] = {
        "model": (old.model, new.model),
        "embedding model": (old.embedder, new.embedder),
        "collection": (old.collection, new.collection),
        "number of articles": (old.articles, new.articles),
        "seed": (old.seed, new.seed),
    }
    notes = [f"Note: the {name} was {was} and is {now}." for name, (was, now) in facts.items() if was != now]
    if shared < len(new.results):
        notes.append(f"Note: {shared} of {len(new.results)} questions are the same as in the earlier report.")
    return notes
