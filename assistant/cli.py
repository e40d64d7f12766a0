"""The command line: `article-assistant COMMAND`.

Exit codes: 0 done; 1 done in part (a file could not be read, an id is unknown), or `eval --compare`
found something worse; 2 not done (wrong use, bad input, the collection cannot be used); 3 the articles
hold no answer; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from index import ArticleAssistantError

from .commands import articles, asking, feedback, feeds, health, serving, upkeep
from .commands.base import FAILED, INTERRUPTED, OK, Commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to fail
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except ArticleAssistantError as error:
        print(f"article-assistant: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        kept = " What was done is kept; run the same command again to go on." if arguments.goes_on else ""
        print(f"Interrupted.{kept}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return OK
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="article-assistant",
        description="Ask questions of a collection of articles; every sentence of an answer is cited.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = Commands(parser)
    for group in (asking, articles, feeds, feedback, upkeep, health, serving):
        group.add_to(commands)
    return parser


def _version() -> str:
    try:
        return f"article-assistant {version('article-assistant')}"
    except PackageNotFoundError:
        return "article-assistant (not installed)"
