"""Near-identical passages: the copies of one wire story in several outlets."""

from __future__ import annotations

_LEAST_OVERLAP = 0.8
_FEWEST_TERMS = 12


def near_identical(terms: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether two passages, given as sets of terms, say the same in the same words.

    They share at least 0.8 of all their terms (Jaccard) and every number: an update or a correction
    often differs from its original in a figure alone, and must not be hidden behind it.
    Short passages must be the same.
    """
    fewer, more = sorted((len(terms), len(others)))
    if fewer < _FEWEST_TERMS:
        return terms == others
    if fewer < _LEAST_OVERLAP * more:
        return False
    shared = len(terms & others)
    if shared < _LEAST_OVERLAP * (fewer + more - shared):
        return False
    return not any(term.isdecimal() for term in terms ^ others)
