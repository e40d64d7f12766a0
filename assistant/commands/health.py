"""`status` and `rebuild`: the health of a collection."""

from __future__ import annotations

import argparse

from index import Index

from .base import OK, PARTLY, Commands, ProgressBar, add_json, add_quiet, print_json


def add_to(commands: Commands) -> None:
    """Declare the commands."""
    text = "Show the state of the collection and check its health."
    add_json(commands.add("status", status, text, "status"), "one JSON object")
    text = "Build the vectors again, with the model that is set."
    add_quiet(commands.add("rebuild", rebuild, text, "rebuild"))


def status(arguments: argparse.Namespace) -> int:
    """Print the state of the collection."""
    with Index.open(arguments.data, read_only=True) as index:
        found = index.status(check=True)
    if arguments.json:
        print_json(
            {
                "data_dir": found.data_dir,
                "articles": found.articles,
                "passages": found.passages,
                "embedding_model": found.embedding_model,
                "languages": found.languages,
                "sources": found.sources,
                "pending": found.pending,
                "degraded": found.degraded,
            }
        )
    else:
        languages = ", ".join(f"{name} {count}" for name, count in found.languages.items())
        print(f"Collection  {found.data_dir}")
        print(f"Articles    {found.articles}" + (f" ({languages})" if languages else ""))
        print(f"Passages    {found.passages}")
        print(f"Model       {found.embedding_model}")
        if found.pending:
            print(f"Unfinished  {found.pending} (add them again to complete)")
        print(f"Health      {found.degraded or 'good'}")
    return PARTLY if found.degraded else OK


def rebuild(arguments: argparse.Namespace) -> int:
    """Make the vectors anew."""
    with Index.open(arguments.data) as index, ProgressBar(arguments.quiet) as progress:
        index.rebuild(progress=progress.update)
        built = index.status()
    print(f"Rebuilt {built.passages} passages of {built.articles} articles with {built.embedding_model}.")
    return OK
