"""Confidence intervals and tests of differences, at the levels named here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Z = 1.959964
"""Of an interval of 95 %."""
RESAMPLES = 2_000


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value and its 95 % confidence interval."""

    value: float
    low: float
    high: float


def wilson(successes: float, total: int) -> Interval:
    """Return a share with its interval (Wilson 1927). Raises ValueError for a total of 0."""
    if total <= 0:
        raise ValueError("a share of nothing")
    share, square = successes / total, Z * Z
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return Interval(
        value=share, low=max(0.0, min(share, centre - half)), high=min(1.0, max(share, centre + half))
    )


def bootstrap_ratio(above: Sequence[float], below: Sequence[float], seed: int) -> Interval:
    """Return sum(above) ÷ sum(below) with its percentile interval over resampled cases (Efron 1979)."""
    import numpy as np

    counts = _resampled(len(above), seed)
    tops, bottoms = counts @ np.array(above), counts @ np.array(below)
    ratios = tops[bottoms > 0] / bottoms[bottoms > 0]
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Interval(value=sum(above) / sum(below), low=float(low), high=float(high))


def bootstrap_quantile(values: Sequence[float], share: float, seed: int) -> Interval:
    """Return a quantile with its percentile interval."""
    import numpy as np

    drawn = np.random.default_rng(seed).choice(np.array(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(np.quantile(drawn, share, axis=1), [2.5, 97.5])
    return Interval(value=float(np.quantile(values, share)), low=float(low), high=float(high))


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided p of as lopsided a split of changed cases (McNemar's test, exact)."""
    total = better + worse
    tail = sum(math.comb(total, count) for count in range(min(better, worse) + 1)) / (1 << total)
    return min(1.0, 2 * tail)


def paired_ratio_test(
    old: tuple[Sequence[float], Sequence[float]], new: tuple[Sequence[float], Sequence[float]], seed: int
) -> float:
    """Return the two-sided p that two ratios over the same cases differ, by a paired bootstrap."""
    import numpy as np

    counts = _resampled(len(old[0]), seed)
    bottoms_old, bottoms_new = counts @ np.array(old[1]), counts @ np.array(new[1])
    usable = (bottoms_old > 0) & (bottoms_new > 0)
    if not usable.any():
        return 1.0
    before = (counts @ np.array(old[0]))[usable] / bottoms_old[usable]
    after = (counts @ np.array(new[0]))[usable] / bottoms_new[usable]
    return z_test(sum(new[0]) / sum(new[1]) - sum(old[0]) / sum(old[1]), float(np.std(after - before)))


def z_test(difference: float, deviation: float) -> float:
    """Return the two-sided p of a difference with this standard deviation."""
    if deviation == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    return float(math.erfc(abs(difference) / deviation / math.sqrt(2)))


def _resampled(size: int, seed: int) -> Vector:
    """Return how often each case is drawn, shape (RESAMPLES, size)."""
    import numpy as np

    drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    return drawn.astype(np.float64)
