"""`article-assistant feeds …`: what it does, and what it says."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from index import (
    Feed,
    FeedState,
    Following,
    Index,
    ProgressCallback,
    RefreshReport,
    SourceFailure,
    parse_interval,
)

from .base import OK, PARTLY, Commands, ProgressBar, add_json


@dataclass
class Said:
    """What is printed: `text` on standard output, `notes` on standard error; and the exit code."""

    text: str = ""
    notes: list[str] = field(default_factory=list)
    code: int = OK


Action = Callable[[argparse.Namespace, ProgressCallback], Said]


def add_to(commands: Commands) -> None:
    """Declare the command and its actions."""
    text = "Follow feeds and read what is new in them."
    actions = commands.add("feeds", run, text, "feeds add example.org").add_subparsers(
        required=True, metavar="ACTION"
    )

    def action(name: str, action: Action, text: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=text, description=text)
        sub.add_argument("--data", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="the collection")
        add_json(sub, "JSON")
        sub.set_defaults(action=action, quiet=True)
        return sub

    sub = action("add", add, "Follow the feed at an address, that of a site, or all that an OPML file names.")
    sub.add_argument("targets", nargs="+", metavar="URL|SITE|OPML")
    sub.add_argument("--no-refresh", action="store_true", help="do not read the new feeds yet")
    sub.add_argument("--quiet", action="store_true", default=False, help="show no progress")
    action("list", show, "List the feeds: when each was read, and what is wrong with it.")
    sub = action("remove", remove, "Stop following feeds; their articles stay.")
    sub.add_argument("targets", nargs="+", metavar="URL|NUMBER")
    sub = action("refresh", refresh, "Read the feeds, or those named, and add what is new.")
    sub.add_argument("targets", nargs="*", metavar="URL|NUMBER")
    sub.add_argument("--restore", action="store_true", help="also bring back articles that you removed")
    sub.add_argument("--quiet", action="store_true", default=False, help="show no progress")


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says, and print what came of it."""
    with ProgressBar(arguments.quiet or arguments.json, "feeds") as progress:
        said: Said = arguments.action(arguments, progress.update)
    if said.text:
        print(said.text)
    for note in said.notes:
        print(note, file=sys.stderr)
    return said.code


def interval(text: str) -> int:
    """Return the seconds of an interval such as 15m, for argparse."""
    try:
        return parse_interval(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add(arguments: argparse.Namespace, progress: ProgressCallback) -> Said:
    """Follow feeds, and read those that are new."""
    with Index.open(arguments.data) as index:
        following = index.feeds.add(arguments.targets)
        fresh = [feed.url for feed in following.added]
        read = bool(fresh) and not arguments.no_refresh
        report = index.feeds.refresh(fresh, progress=progress) if read else None
    code = PARTLY if following.failures or (report and _failures(report)) else OK
    if arguments.json:
        content = {**_following(following), **({"refresh": _report(report)} if report else {})}
        return Said(text=_json(content), code=code)
    counts = {"added": following.added, "known": following.known, "failed": following.failures}
    lines = [_counted(counts) or "Nothing to do."]
    lines += [
        f"  {feed.title or feed.url}" + (f"  {feed.url}" if feed.title else "")
        for feed in following.added[:20]
    ]
    if len(following.added) > 20:
        lines.append(f"  … and {len(following.added) - 20} more")
    notes = [_note(failure.path, failure.reason) for failure in following.failures]
    notes += [f"  The site names another feed: {url}" for url in following.others]
    if report:
        lines.append(_summary(report))
        notes += _notes(report)
    return Said(text="\n".join(lines), notes=notes, code=code)


def show(arguments: argparse.Namespace, progress: ProgressCallback) -> Said:
    """List the feeds with their state."""
    with Index.open(arguments.data, read_only=True) as index:
        feeds = index.feeds.all()
    if arguments.json:
        return Said(text=_json([_feed(feed) for feed in feeds]))
    if not feeds:
        return Said(notes=["No feed is followed yet. Follow one with: article-assistant feeds add URL"])
    return Said(text="\n".join(line for feed in feeds for line in _lines(feed)))


def remove(arguments: argparse.Namespace, progress: ProgressCallback) -> Said:
    """Stop following feeds."""
    with Index.open(arguments.data) as index:
        removed, failures = index.feeds.remove(arguments.targets)
    code = PARTLY if failures else OK
    if arguments.json:
        return Said(
            text=_json({"removed": [feed.url for feed in removed], "failures": _plain(failures)}), code=code
        )
    text = _counted({"removed": removed, "failed": failures}) + (". Their articles stay." if removed else ".")
    return Said(text=text, notes=[f"  {failure.reason}" for failure in failures], code=code)


def refresh(arguments: argparse.Namespace, progress: ProgressCallback) -> Said:
    """Read feeds and index what is new."""
    with Index.open(arguments.data) as index:
        report = index.feeds.refresh(arguments.targets or None, restore=arguments.restore, progress=progress)
        followed = bool(report.outcomes or index.feeds.all())
    code = PARTLY if _failures(report) else OK
    if arguments.json:
        return Said(text=_json(_report(report)), code=code)
    if not followed:
        return Said(notes=["No feed is followed yet. Follow one with: article-assistant feeds add URL"])
    return Said(text=_summary(report), notes=_notes(report), code=code)


def _failures(report: RefreshReport) -> bool:
    return bool(report.failed or report.articles.failures)


def _summary(report: RefreshReport) -> str:
    states = [outcome.state for outcome in report.outcomes]
    feeds = _counted({str(state): [one for one in states if one is state] for state in FeedState})
    articles = _counted({"added": report.articles.added, "updated": report.articles.updated})
    return f"Feeds: {feeds or 'none'}. Articles: {articles or 'nothing new'}."


def _notes(report: RefreshReport) -> list[str]:
    failed = [_note(outcome.feed.url, outcome.reason or "") for outcome in report.failed]
    waiting = [
        f"  {outcome.feed.url}: its server asked to be left alone until {_time(outcome.feed.not_before)}."
        for outcome in report.outcomes
        if outcome.state is FeedState.WAITING
    ]
    entries = [_note(failure.path, failure.reason) for failure in report.articles.failures]
    return [*failed, *waiting, *entries, *(f"  {warning}" for warning in report.articles.warnings)]


def _note(address: str, reason: str) -> str:
    return f"  {reason}" if address in reason else f"  {address}: {reason}"


def _lines(feed: Feed) -> list[str]:
    read = f"read {_time(feed.read)}" if feed.read else "never read"
    counts = f"{feed.articles} article{'' if feed.articles == 1 else 's'}"
    counts += f", {feed.new_articles} new" if feed.new_articles else ""
    lines = [f"{feed.id:>4}  {feed.title or '(no title)'}  {feed.url}", f"      {read} · {counts}"]
    if feed.gone:
        lines.append("      gone for good; remove it, or try it again with `feeds refresh` and its number")
    elif feed.error:
        times = f"{feed.failures} times" if feed.failures > 1 else "once"
        lines.append(f"      failed {times}, next try {_time(feed.due)}: {feed.error}")
    return lines


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def _counted(groups: dict[str, Any]) -> str:
    return ", ".join(f"{len(group)} {name}" for name, group in groups.items() if group)


def _feed(feed: Feed) -> dict[str, Any]:
    moments = {name: getattr(feed, name) for name in ("added", "tried", "read", "due")}
    return {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "failures": feed.failures,
        "error": feed.error,
        "gone": feed.gone,
        "articles": feed.articles,
        "new_articles": feed.new_articles,
    }


def _following(following: Following) -> dict[str, Any]:
    return {
        "added": [_feed(feed) for feed in following.added],
        "known": list(following.known),
        "failures": _plain(following.failures),
        "others": list(following.others),
    }


def _report(report: RefreshReport) -> dict[str, Any]:
    return {
        "feeds": [
            {
                "url": outcome.feed.url,
                "state": outcome.state.value,
                "added": outcome.added,
                "updated": outcome.updated,
                "reason": outcome.reason,
            }
            for outcome in report.outcomes
        ],
        "added": list(report.articles.added),
        "updated": list(report.articles.updated),
        "failures": _plain(report.articles.failures),
        "warnings": list(report.articles.warnings),
    }


def _plain(failures: tuple[SourceFailure, ...]) -> list[dict[str, str]]:
    return [{"path": failure.path, "reason": failure.reason} for failure in failures]


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
