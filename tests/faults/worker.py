"""A process that changes a collection and is killed while it does: `worker.py DATA FOLDER ACTION [FAILPOINT N]`.

It prints "acknowledged <id>" for each article once it is published. With a failpoint it kills
itself, hard, when that point is passed for the N-th time.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from stores import open_index  # noqa: E402

from index import changes, ingest  # noqa: E402


def main() -> None:
    """Do what the command line says."""
    data, folder, action, *rest = sys.argv[1:]
    wanted, passes = (rest[0], int(rest[1])) if rest else ("", 0)
    counts: dict[str, int] = {}

    def failpoint(name: str) -> None:
        counts[name] = counts.get(name, 0) + 1
        if name == wanted and counts[name] == passes:
            os.kill(os.getpid(), signal.SIGKILL)

    ingest.failpoint = failpoint
    publish = changes.Changes.publish

    def acknowledged(self: changes.Changes, article_id: str, *rest: object, **named: object) -> object:
        result = publish(self, article_id, *rest, **named)  # type: ignore[arg-type]
        print("acknowledged", article_id, flush=True)
        return result

    changes.Changes.publish = acknowledged  # type: ignore[method-assign,assignment]
    index = open_index(Path(data), chroma=True)
    print("ready", flush=True)
    if action == "add":
        index.add([folder], sync=True)
    elif action == "remove":
        for one in index.list_articles():
            index.remove([one.id])
            print("acknowledged", one.id, flush=True)
    elif action == "restore":
        for held in index.removed():
            index.restore([held.id])
            print("acknowledged", held.id, flush=True)
    elif action == "rebuild":
        index.rebuild(lambda step: print("step", step.done, flush=True))
    index.close()
    print("finished", flush=True)


if __name__ == "__main__":
    main()
