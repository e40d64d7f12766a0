"""Versions of an article, what changed between two, and what can be restored, for the command line."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from typing import Any

from index import ArticleVersion, Edit, EditKind, HeldArticle, Index, VersionDiff

_MARKS = {EditKind.EQUAL: ("", ""), EditKind.DELETED: ("[-", "-]"), EditKind.INSERTED: ("{+", "+}")}
_AROUND = 60
"""Characters that are shown of what stayed, on each side of a change."""


def shown(index: Index, arguments: argparse.Namespace) -> tuple[str, bool] | None:
    """Return what `show` prints for --versions or --diff, and whether there is such a thing; None for neither."""
    if arguments.versions:
        versions = index.versions(arguments.id)
        if arguments.json:
            return _json([version_dict(one) for one in versions]), True
        return "\n".join(_line(one) for one in versions), True
    if arguments.diff is None:
        return None
    match = re.fullmatch(r"(?:(\d+):(\d+))?", arguments.diff)
    if match is None:
        return f"article-assistant: {arguments.diff!r} names no two versions; write --diff 1:2.", False
    numbers = [int(one) for one in match.groups() if one]
    found = index.diff(arguments.id, *numbers)
    if found is None:
        several = len(index.versions(arguments.id)) > 1
        reason = "there is no such version" if several else "it has one version only"
        return f"article-assistant: nothing to compare: {reason}; see --versions.", False
    return (_json(diff_dict(found)) if arguments.json else to_terminal(found)), True


def restorable(removed: Sequence[HeldArticle], *, as_json: bool) -> str:
    """List the removed articles that can be restored."""
    if as_json:
        return _json(
            [{"id": one.id, "title": one.title, "removed": one.removed.isoformat()} for one in removed]
        )
    lines = [f"{one.id}  {one.removed:%Y-%m-%d %H:%M}  {one.source or '-'}: {one.title}" for one in removed]
    return "\n".join(lines) or "No removed article can be restored."


def version_dict(version: ArticleVersion) -> dict[str, Any]:
    """Return a version as plain values."""
    return {
        "number": version.number,
        "title": version.title,
        "author": version.author,
        "source": version.source,
        "published": version.published.isoformat() if version.published else None,
        "seen": version.seen.isoformat() if version.seen else None,
        "current": version.current,
        "text": version.text,
    }


def diff_dict(diff: VersionDiff) -> dict[str, Any]:
    """Return what changed as plain values."""
    return {
        "old": diff.old.number,
        "new": diff.new.number,
        "title": [{"kind": str(edit.kind), "text": edit.text} for edit in diff.title],
        "text": [{"kind": str(edit.kind), "text": edit.text} for edit in diff.text],
    }


def to_terminal(diff: VersionDiff) -> str:
    """Return what changed with [-what went-] and {+what came+}, and a little of what stayed around it."""
    head = f"Version {diff.old.number} ({_seen(diff.old)}) → {diff.new.number} ({_seen(diff.new)})"
    if all(edit.kind is EditKind.EQUAL for edit in (*diff.title, *diff.text)):
        return f"{head}\n\nTitle and text are the same."
    title = "".join(_marked(edit) for edit in diff.title)
    last = len(diff.text) - 1
    body = "".join(
        _marked(edit) if edit.kind is not EditKind.EQUAL else _short(edit.text, first=not n, last=n == last)
        for n, edit in enumerate(diff.text)
    )
    return f"{head}\n\n{title}\n\n{body}"


def _line(version: ArticleVersion) -> str:
    now = "  (current)" if version.current else ""
    return f"{version.number:3}  {_seen(version)}  {len(version.text):6,} characters  {version.title}{now}"


def _seen(version: ArticleVersion) -> str:
    return f"{version.seen:%Y-%m-%d %H:%M}" if version.seen else "unknown time"


def _marked(edit: Edit) -> str:
    opening, closing = _MARKS[edit.kind]
    return f"{opening}{edit.text}{closing}"


def _short(text: str, *, first: bool, last: bool) -> str:
    """Return the ends of a long stretch that stayed; at the beginning of the text only its end, and so on."""
    if len(text) <= 3 * _AROUND:
        return text
    before = "" if first else text[:_AROUND].rsplit(None, 1)[0]
    after = "" if last else text[-_AROUND:].split(None, 1)[-1]
    return f"{before} … {after}"


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
