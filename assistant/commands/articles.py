"""`add`, `list`, `show`, `remove`, `restore` and `purge`: the articles of a collection."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from index import Article, ArticleSummary, Index

from . import upkeep
from .base import OK, PARTLY, Commands, ProgressBar, add_json, add_quiet, finish, print_json


def add_to(commands: Commands) -> None:
    """Declare the commands."""
    _declare_add(commands)
    add_json(commands.add("list", list_, "List the articles.", "list --json"), "a JSON list")
    _declare_show(commands)
    text = "Remove articles from the collection."
    sub = commands.add("remove", remove, text, "remove 3f2a9c0d1e4b5a67")
    sub.add_argument("ids", nargs="+", metavar="ID")
    sub.add_argument("--for-good", action="store_true", help="keep nothing to restore them from")
    add_json(sub, "the report as JSON")
    text = (
        "Bring removed articles back (without an ID, list those that can be), or a collection from a backup."
    )
    sub = commands.add("restore", restore, text, "restore 3f2a9c0d1e4b5a67")
    sub.add_argument("ids", nargs="*", metavar="ID|FILE")
    replaces = "move the collection aside that is there, and put the backup's in its place"
    sub.add_argument("--replace", action="store_true", help=replaces)
    add_json(sub, "JSON")
    add_quiet(sub)
    commands.add("purge", purge, "Delete for good all that was removed.", "purge")


def _declare_add(commands: Commands) -> None:
    text = "Add files, folders of them, and web pages by their addresses: text, HTML, PDF, Word, EPUB, mail, tables, ZIP."
    sub = commands.add("add", add, text, "add articles/ https://example.org/story --sync")
    sub.add_argument("paths", nargs="+", metavar="PATH|URL")
    sub.add_argument(
        "--sync", action="store_true", help="also remove articles that are gone from the folders and files"
    )
    sub.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar="FIELD=NAME",
        help="which column of a CSV or JSON file holds the text, title, date, source, author, url, language, section"
        " or id; may be repeated (default: found by the usual names)",
    )
    add_json(sub, "the report as JSON")
    add_quiet(sub)


def _declare_show(commands: Commands) -> None:
    sub = commands.add("show", show, "Show one article in full.", "show 3f2a9c0d1e4b5a67")
    sub.add_argument("id", metavar="ID")
    add_json(sub, "one JSON object")
    kept = sub.add_mutually_exclusive_group()
    kept.add_argument("--versions", action="store_true", help="list its versions, the current one last")
    kept.add_argument(
        "--diff",
        nargs="?",
        const="",
        metavar="OLD:NEW",
        help="what changed between versions (default: the last)",
    )


def add(arguments: argparse.Namespace) -> int:
    """Add files, folders and pages."""
    with Index.open(arguments.data) as index, ProgressBar(arguments.quiet or arguments.json) as progress:
        report = index.add(
            arguments.paths,
            sync=arguments.sync,
            columns=dict(arguments.column) or None,
            progress=progress.update,
        )
    return finish(report, arguments.json)


def list_(arguments: argparse.Namespace) -> int:
    """List all articles."""
    with Index.open(arguments.data, read_only=True) as index:
        articles = index.list_articles()
    if arguments.json:
        print_json([_article(article) for article in articles])
        return OK
    for article in articles:
        date = article.published.isoformat()[:10] if article.published else "undated"
        print(
            f"{article.id}  {date:10}  {article.language or '??'}  {article.source or '-'}: {article.title}"
        )
    if not articles:
        print("The collection is empty. Add articles with: article-assistant add PATH", file=sys.stderr)
    return OK


def show(arguments: argparse.Namespace) -> int:
    """Show an article, its versions, or what changed between two."""
    from .. import history

    with Index.open(arguments.data, read_only=True) as index:
        article = index.article(arguments.id)
        shown = history.shown(index, arguments) if article else None
    if article is None:
        print(f"article-assistant: no article has the id {arguments.id}; see `list`.", file=sys.stderr)
        return PARTLY
    if shown is not None:
        text, found = shown
        print(text, file=sys.stdout if found else sys.stderr)
        return OK if found else PARTLY
    if arguments.json:
        print_json({**_article(article), "text": article.text})
        return OK
    facts = [article.source, article.published and article.published.isoformat(), article.author]
    print(article.title)
    print(" · ".join(str(fact) for fact in [*facts, article.language, article.url or article.path] if fact))
    print(f"\n{article.text}")
    return OK


def remove(arguments: argparse.Namespace) -> int:
    """Remove articles."""
    with Index.open(arguments.data) as index:
        report = index.remove(arguments.ids, for_good=arguments.for_good)
    if report.removed and not arguments.for_good and not arguments.json:
        print("To undo: article-assistant restore " + " ".join(report.removed), file=sys.stderr)
    return finish(report, arguments.json)


def restore(arguments: argparse.Namespace) -> int:
    """Restore articles, list those that can be, or restore a whole collection."""
    from .. import history

    if not arguments.ids:
        with Index.open(arguments.data, read_only=True) as index:
            print(history.restorable(index.removed(), as_json=arguments.json))
        return OK
    if upkeep.names_a_file(arguments.ids):
        return upkeep.restore(arguments)
    with Index.open(arguments.data) as index:
        report = index.restore(arguments.ids)
    return finish(report, arguments.json)


def purge(arguments: argparse.Namespace) -> int:
    """Delete for good what was removed."""
    with Index.open(arguments.data) as index:
        purged = index.purge()
    print(f"{purged} removed article{'' if purged == 1 else 's'} deleted for good.")
    return OK


def _article(article: Article | ArticleSummary) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "section": article.section,
        "url": article.url,
        "path": article.path,
    }


def _column(written: str) -> tuple[str, str]:
    field, equals, name = written.partition("=")
    if not equals or not field.strip() or not name.strip():
        raise argparse.ArgumentTypeError(f"{written!r} is not FIELD=NAME, as in text=Body")
    return field.strip(), name.strip()
