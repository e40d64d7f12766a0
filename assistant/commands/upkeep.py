"""`backup` and `restore` from one: the collection in a file, and back; `doctor`: is all as it should be?"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from index import Diagnosis, Verdict, back_up, examine, restore_backup

from ..config import ModelConfig
from ..errors import AnswerError
from ..llm import open_model
from .base import OK, PARTLY, Commands, add_json, add_quiet, print_json

_MARKS = {Verdict.GOOD: "✓", Verdict.NOTE: "·", Verdict.FAULT: "✗", Verdict.MENDED: "+"}
_ID = re.compile(r"[0-9A-Fa-f]{1,16}")


def add_to(commands: Commands) -> None:
    """Declare the commands; `restore` is declared with those of articles."""
    text = "Write the whole collection to one file, also while it is used."
    sub = commands.add("backup", backup, text, "backup ~/articles-2018-03-01.backup", goes_on=False)
    sub.add_argument("file", type=Path, metavar="FILE")
    add_json(sub, "one JSON object")
    add_quiet(sub)
    text = "Look at everything the collection needs, and say what is wrong with it."
    sub = commands.add("doctor", doctor, text, "doctor --repair")
    sub.add_argument("--repair", action="store_true", help="mend what can be mended without losing anything")
    add_json(sub, "a JSON list")


def backup(arguments: argparse.Namespace) -> int:
    """Write a backup."""
    with _Bytes(arguments.quiet or arguments.json) as bar:
        written = back_up(arguments.data, arguments.file, bar.update)
    if arguments.json:
        print_json(
            {
                "file": str(written.path),
                "bytes": written.size,
                "articles": written.manifest.articles,
                "passages": written.manifest.passages,
                "files": len(written.manifest.members),
                "left_out": list(written.left_out),
            }
        )
        return OK
    print(
        f"Backed up {_counted(written.manifest.articles)} to {written.path} "
        f"({written.size / 1e6:,.1f} MB), read it again and found it whole."
    )
    for name in written.left_out:
        print(f"  left out: {name!r}, which is no ordinary file or has an unusual name")
    return OK


def names_a_file(named: list[str]) -> bool:
    """Tell whether `restore` was given a file; an article's id is hexadecimal, and no more than 16 digits."""
    return any(not _ID.fullmatch(one) for one in named)


def restore(arguments: argparse.Namespace) -> int:
    """Restore a collection from a backup."""
    with _Bytes(arguments.quiet or arguments.json) as bar:
        restored = restore_backup(
            Path(arguments.ids[0]), arguments.data, replace=arguments.replace, progress=bar.update
        )
    if arguments.json:
        print_json(
            {
                "data_dir": str(restored.data_dir),
                "articles": restored.manifest.articles,
                "passages": restored.manifest.passages,
                "made": restored.manifest.made,
                "replaced": str(restored.replaced) if restored.replaced else None,
            }
        )
        return OK
    print(
        f"Restored {_counted(restored.manifest.articles)}, as they were at {restored.manifest.made}, "
        f"to {restored.data_dir}."
    )
    if restored.replaced:
        print(f"What was there before is in {restored.replaced}; delete it when you need it no more.")
    return OK


def doctor(arguments: argparse.Namespace) -> int:
    """Print what was looked at, and how it was found; 1 where something is wrong and was not mended."""
    found = []
    for one in (*examine(arguments.data, repair=arguments.repair), _writer()):
        found.append(one)
        if not arguments.json:
            print(f"{_MARKS[one.verdict]} {one.name:18} {one.sentence}", flush=True)
    if arguments.json:
        print_json([{"name": o.name, "verdict": str(o.verdict), "sentence": o.sentence} for o in found])
    wrong = sum(one.verdict is Verdict.FAULT for one in found)
    if not arguments.json:
        print("Nothing is wrong." if not wrong else f"{wrong} thing{' is' if wrong == 1 else 's are'} wrong.")
    return PARTLY if wrong else OK


def _writer() -> Diagnosis:
    """Look at the language model that the settings name; nobody is asked for anything."""
    name = "language model"
    try:
        model = open_model(ModelConfig())
    except AnswerError as error:
        return Diagnosis(
            name=name, verdict=Verdict.FAULT, sentence=f"{error} Until then, answers are quoted."
        )
    if model is None:
        return Diagnosis(name=name, verdict=Verdict.GOOD, sentence="None is set: answers are quoted.")
    model.close()
    return Diagnosis(name=name, verdict=Verdict.GOOD, sentence=f"{model.name} is set, and can be opened.")


def _counted(articles: int) -> str:
    return f"{articles} article{'' if articles == 1 else 's'}"


class _Bytes:
    """Show how far a file has come, on a terminal."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._doing = ""
        self._bar: Any = None

    def __enter__(self) -> _Bytes:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def update(self, doing: str, done: int, total: int) -> None:
        """Show a step."""
        from tqdm import tqdm

        if doing != self._doing:
            self.__exit__()
            self._doing = doing
            self._bar = tqdm(desc=doing, total=total, unit_scale=True, disable=True if self._quiet else None)
        self._bar.total = total
        self._bar.update(done - self._bar.n)
