"""What the commands share: how they are declared, their exit codes, progress, and how reports are printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index import IngestReport, Progress, ProgressCallback

from ..config import MODEL_HELP, MODEL_URL_HELP

OK, PARTLY, FAILED, NO_ANSWER, INTERRUPTED = 0, 1, 2, 3, 130

Run = Callable[[argparse.Namespace], int]


class Commands:
    """The commands of a parser, to which each module of this package adds its own."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        self, name: str, run: Run, text: str, example: str, *, goes_on: bool = True
    ) -> argparse.ArgumentParser:
        """Declare a command and return its parser; one that `goes_on` keeps what it did when interrupted."""
        command = self._parsers.add_parser(
            name, help=text, description=text, epilog=f"Example: article-assistant {example}"
        )
        command.add_argument(
            "--data", type=Path, metavar="DIR", help="the collection (default: $ARTICLE_ASSISTANT_DATA)"
        )
        command.set_defaults(run=run, goes_on=goes_on)
        return command


def add_model(command: argparse.ArgumentParser) -> None:
    """Give a command the options that say who writes the answers."""
    command.add_argument("--model", metavar="NAME", help=MODEL_HELP)
    command.add_argument("--model-url", metavar="URL", help=MODEL_URL_HELP)


def add_json(command: argparse.ArgumentParser, what: str) -> None:
    """Give a command the option --json."""
    command.add_argument("--json", action="store_true", help=f"print {what}")


def add_quiet(command: argparse.ArgumentParser) -> None:
    """Give a command the option --quiet."""
    command.add_argument("--quiet", action="store_true", help="show no progress")


class ProgressBar:
    """Show progress on the terminal; nothing where standard error is not one."""

    def __init__(self, quiet: bool, unit: str = "articles") -> None:
        self._quiet = quiet
        self._unit = unit
        self._bar: Any = None
        self.update: ProgressCallback = self._update

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _update(self, progress: Progress) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(unit=f" {self._unit}", disable=True if self._quiet else None)
        self._bar.total = progress.total
        self._bar.set_postfix_str(f"{progress.passages} passages", refresh=False)
        self._bar.update(progress.done - self._bar.n)


def finish(report: IngestReport, as_json: bool) -> int:
    """Print what an ingest did and return the exit code."""
    if as_json:
        print_json(
            {
                **{
                    name: list(getattr(report, name))
                    for name in ("added", "updated", "unchanged", "removed", "restored")
                },
                "failures": [{"path": f.path, "reason": f.reason} for f in report.failures],
                "duplicates": [{"path": f.path, "reason": f.reason} for f in report.duplicates],
                "warnings": list(report.warnings),
                "passages": report.passages,
            }
        )
    else:
        counts = {
            "added": report.added,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "restored": report.restored,
            "duplicate": report.duplicates,
            "failed": report.failures,
        }
        print(", ".join(f"{len(ids)} {name}" for name, ids in counts.items() if ids) or "Nothing to do.")
        for entry in (*report.duplicates, *report.failures):
            print(f"  {entry.path}: {entry.reason}", file=sys.stderr)
        for warning in report.warnings:
            print(f"  {warning}", file=sys.stderr)
    return PARTLY if report.failures else OK


def print_json(content: Any) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(content, ensure_ascii=False, indent=2))
