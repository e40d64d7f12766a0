"""Near-duplicates: the copies of one wire story in several outlets. Pure functions on texts.

Articles are compared by their shingles, all runs of three words. MinHash signatures (datasketch) in
bands find the few articles that may be copies (Broder 1997; Leskovec, Rajaraman and Ullman, Mining
of Massive Datasets, chapter 3); what counts is then the overlap of the shingles themselves.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Signature = NDArray[np.uint32]

DUPLICATES_VERSION = "1"
"""Changes with shingles, signatures or thresholds; links made by another version must be made again."""

LEAST_CONTAINED = 0.75
"""Two articles are near-duplicates if the shorter shares this much of its shingles with the longer…"""
LEAST_ALIKE = 0.25
"""…and both share this much of all their shingles (Jaccard): a brief does not stand for a long report."""
LEAST_PRINTED = 0.8
"""An article prints a passage if it has this share of its shingles, all its numbers, and no addition is lacking."""
_ADDITION = 10
"""So many runs of three words that another text lacks, one after the other, are an addition of eight new words or so."""
_BANDS, _ROWS = 85, 3
"""Finds 74 % of the pairs with a Jaccard of 0.25, 90 % with 0.3 and 99.6 % with 0.4."""
_PERMUTATIONS = _BANDS * _ROWS
_SHINGLE = 3
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"  # scripts without blanks
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_NUMBER = re.compile(r"\d+")
_LEAST_OVERLAP = 0.8
_FEWEST_TERMS = 12
_TEXTS_KEPT = 300
"""Texts that were compared last: an article of 700 words takes 53 kB, and a story is compared with few others."""


@lru_cache(maxsize=_TEXTS_KEPT)
def shingles(text: str) -> frozenset[int]:
    """Return the hashes (32 bits) of all runs of three words of a text; letters' case does not count."""
    return frozenset(_runs(text))


def _runs(text: str) -> list[int]:
    words = _WORD.findall(text.casefold())
    last = max(1, len(words) - _SHINGLE + 1)
    runs = (" ".join(words[at : at + _SHINGLE]) for at in range(last if words else 0))
    return [zlib.crc32(run.encode("utf-8", "surrogatepass")) for run in runs]


def signature(shingled: frozenset[int]) -> Signature:
    """Return the MinHash signature of a set of shingles, shape (255,); the same on every machine."""
    import numpy as np
    from datasketch import MinHash

    permutations, scheme = _permutations()
    minhash = MinHash(num_perm=_PERMUTATIONS, hashfunc=_as_it_is, permutations=permutations, scheme=scheme)
    minhash.update_batch(np.fromiter(shingled, dtype=np.uint32, count=len(shingled)))
    return cast("Signature", minhash.hashvalues)


def buckets(signed: Signature) -> list[int]:
    """Return the keys (64 bits, signed) under which articles with an equal band of their signatures meet."""
    rows = signed.astype("<u4").reshape(_BANDS, _ROWS)
    return [
        int.from_bytes(
            hashlib.blake2b(row.tobytes(), digest_size=8, salt=band.to_bytes(2, "little")).digest(),
            "little",
            signed=True,
        )
        for band, row in enumerate(rows)
    ]


def overlap(one: frozenset[int], other: frozenset[int]) -> float | None:
    """Return the Jaccard similarity of two articles, by their shingles, if they are near-duplicates, or None."""
    shared = len(one & other)
    fewer = min(len(one), len(other))
    alike = shared / ((len(one) + len(other) - shared) or 1)
    return alike if fewer and shared >= LEAST_CONTAINED * fewer and alike >= LEAST_ALIKE else None


def prints(whole: str, part: str) -> bool:
    """Tell whether a text prints a part of another in nearly the same words, with the same numbers."""
    return holds(shingles(whole), numbers(whole), part)


def holds(shingled: frozenset[int], numbered: frozenset[str], part: str) -> bool:
    """Tell whether texts with these shingles and numbers print a part of another one."""
    if not numbers(part) <= numbered:
        return False
    runs, lacking, longest, inside = _runs(part), 0, 0, 0
    for run in runs:
        inside = 0 if run in shingled else inside + 1
        lacking += inside > 0
        longest = max(longest, inside)
    return lacking <= (1 - LEAST_PRINTED) * len(runs) and longest < _ADDITION


@lru_cache(maxsize=_TEXTS_KEPT)
def numbers(text: str) -> frozenset[str]:
    """Return the runs of digits in a text."""
    return frozenset(_NUMBER.findall(text))


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


@cache
def _permutations() -> tuple[Any, str]:
    from datasketch import MinHash

    first = MinHash(num_perm=_PERMUTATIONS, seed=1, scheme="affine32")
    return first.permutations, "affine32"


def _as_it_is(shingle: int) -> int:
    return shingle
