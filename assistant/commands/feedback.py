"""`feedback list`, `feedback export` and `feedback delete`: what readers of the page said of their answers."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index import ArticleAssistantError, Index

from .base import OK, PARTLY, Commands, add_json, print_json

if TYPE_CHECKING:
    from ..feedback import Feedback
    from ..feedback.store import FeedbackStore

_WIDTH = 70
NONE_YET = "There is no feedback yet. Readers give it below an answer on the chat page."


class OutputError(ArticleAssistantError):
    """A file cannot be written."""


def add_to(commands: Commands) -> None:
    """Declare the command and its actions."""
    text = "What readers said of their answers: thumbs, reasons and words."
    actions = commands.add("feedback", run, text, "feedback export --format csv", goes_on=False)
    subs = actions.add_subparsers(required=True, metavar="ACTION")

    def action(
        name: str, act: Callable[[argparse.Namespace, FeedbackStore], int], text: str
    ) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, help=text, description=text)
        sub.add_argument("--data", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="the collection")
        sub.set_defaults(action=act)
        return sub

    add_json(action("list", show, "List the feedback, oldest first."), "a JSON list")
    sub = action("export", export, "Write the feedback for other programs, and for `eval --feedback`.")
    sub.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="the form (default: jsonl)")
    sub.add_argument("--output", type=Path, metavar="FILE", help="where to (default: standard output)")
    sub = action("delete", delete, "Delete feedback for good, by the ids that `list` shows.")
    sub.add_argument("ids", nargs="*", metavar="ID")
    sub.add_argument("--all", action="store_true", help="delete all of it")


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    from ..feedback.store import FILE_NAME, FeedbackStore

    with Index.open(arguments.data, read_only=True) as index:
        store = FeedbackStore(index.data_dir / FILE_NAME)
    code: int = arguments.action(arguments, store)
    return code


def show(arguments: argparse.Namespace, store: FeedbackStore) -> int:
    """List the feedback."""
    from ..feedback.records import to_record

    found = store.all()
    if arguments.json:
        print_json([to_record(one) for one in found])
    elif found:
        for one in found:
            print("\n".join(_lines(one)))
    else:
        print(NONE_YET, file=sys.stderr)
    return OK


def export(arguments: argparse.Namespace, store: FeedbackStore) -> int:
    """Write the feedback to a file or to standard output."""
    from ..feedback.export import FORMATS

    found = store.all()
    content = FORMATS[arguments.format](found)
    if arguments.output is None:
        print(content, end="")
        return OK
    try:
        # Not for others to read, and line ends as they are: those of CSV are part of its form.
        descriptor = os.open(arguments.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(content)
    except OSError as error:
        raise OutputError(
            f"The feedback cannot be written to {arguments.output} ({error.strerror}); name another file."
        ) from error
    print(f"Wrote {_counted(len(found))} to {arguments.output}.", file=sys.stderr)
    return OK


def delete(arguments: argparse.Namespace, store: FeedbackStore) -> int:
    """Delete feedback by its ids, or all of it."""
    wanted = [one.id for one in store.all()] if arguments.all else arguments.ids
    if not wanted and not arguments.all:
        raise OutputError("Name what to delete by its id, as `feedback list` shows it, or say --all.")
    gone = store.delete(wanted)
    print(f"Deleted {_counted(len(gone))}.")
    unknown = [one for one in wanted if one not in gone]
    for one in unknown:
        print(f"  {one}: there is no such feedback", file=sys.stderr)
    return PARTLY if unknown else OK


def _lines(one: Feedback) -> list[str]:
    said = (
        one.thumb.value if one.reason is None else f"{one.thumb.value}: {one.reason.value.replace('_', ' ')}"
    )
    lines = [
        f"{one.id}  {one.changed:%Y-%m-%d %H:%M}  {said}  ({one.model or 'quoted'})",
        f"      {_short(one.question)}",
    ]
    return [*lines, f"      “{_short(one.comment)}”"] if one.comment else lines


def _short(text: str) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 2]} …"


def _counted(number: int) -> str:
    return f"{number} {'vote' if number == 1 else 'votes'}"
