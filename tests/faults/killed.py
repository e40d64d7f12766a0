"""A process that kills itself at a point of a backup, a restore or a rebuild: `killed.py POINT N ACTION FROM TO`.

POINT is a function or method, as `index.restore:_unpack:before`, or a step between two, as `rename:after`;
it kills itself, hard, before or after the N-th call. A rebuild is one of the collection FROM.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from stores import open_index  # noqa: E402

from index import back_up, restore_backup  # noqa: E402


def deadly(call: Callable[..., Any], when: str, wanted: int) -> Callable[..., Any]:
    """Return a function that does the same and ends the process at its N-th call."""
    calls = 0

    def called(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == wanted and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*arguments, **named)
        if calls == wanted and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return called


def main() -> None:
    """Do what the command line says."""
    point, number, action, source, target = sys.argv[1:]
    *place, when = point.split(":")
    owner: Any = Path if place == ["rename"] else importlib.import_module(place[0])
    *parts, name = place[-1].split(".")
    for part in parts:
        owner = getattr(owner, part)
    setattr(owner, name, deadly(getattr(owner, name), when, int(number)))
    if action == "backup":
        back_up(Path(source), Path(target))
    elif action == "rebuild":
        open_index(Path(source), chroma=True).rebuild()
    else:
        restore_backup(Path(source), Path(target), replace=True)
    print("finished")


if __name__ == "__main__":
    main()
