"""Seeds of the tests that leave something to chance: told at the end of a run, and given again by the environment.

FAULT_SEED=7 make test-faults           # replays what a run with that seed did
FAULT_SEED=random make test-faults      # draws one
"""

from __future__ import annotations

import os
import secrets

USUAL = 20171211
_drawn: dict[str, int] = {}


def seed_of(variable: str) -> int:
    """Return the seed that a variable of the environment names: a number, `random`, or by default the usual one."""
    if variable not in _drawn:
        named = os.environ.get(variable, str(USUAL))
        _drawn[variable] = secrets.randbelow(10**9) if named == "random" else int(named)
    return _drawn[variable]


def told() -> str:
    """Return the seeds that were asked for in this run, as they replay it."""
    return " ".join(f"{variable}={seed}" for variable, seed in sorted(_drawn.items()))
