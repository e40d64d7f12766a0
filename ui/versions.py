"""The versions of an article, and what changed between two of them → HTML."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from index import ArticleVersion, Edit, EditKind, Precision, Published, VersionDiff

from .escape import escape
from .render import date_html

_AROUND = 160
"""Characters of what stayed that are shown on either side of a change."""


def versions_html(versions: Sequence[ArticleVersion]) -> str:
    """Offer what changed from each version to the next, latest first; nothing where there is but one."""
    if len(versions) < 2:
        return ""
    pairs = list(pairwise(versions))[::-1]
    lines = "".join(
        f'<li><button type="button" class="quiet" data-old="{old.number}" data-new="{new.number}">'
        f"What changed from version {old.number} to {new.number}</button>{_seen(new)}</li>"
        for old, new in pairs
    )
    return (
        f'<details class="versions"><summary>{len(versions)} versions</summary><ul>{lines}</ul>'
        '<div class="changes" role="status"></div></details>'
    )


def changes_html(difference: VersionDiff) -> str:
    """Show what went struck out and what came underlined, with a little of what stayed around it."""
    title, text = _edits(difference.title), _edits(difference.text)
    if not title and not text:
        return "<p>Neither title nor text changed.</p>"
    heading = f'<p class="changed-title" dir="auto">{title}</p>' if title else ""
    return heading + (f'<div class="changed-text" dir="auto">{text}</div>' if text else "")


def _seen(version: ArticleVersion) -> str:
    if version.seen is None:
        return ""
    return f" <span>read {date_html(Published(at=version.seen, precision=Precision.DAY))}</span>"


def _edits(edits: Sequence[Edit]) -> str:
    """Show edits; "" where nothing changed."""
    if all(edit.kind is EditKind.EQUAL for edit in edits):
        return ""
    last = len(edits) - 1
    return "".join(_edit(edit, at == 0, at == last) for at, edit in enumerate(edits)).replace("\n", "<br>")


def _edit(edit: Edit, first: bool, last: bool) -> str:
    text = edit.text
    if edit.kind is EditKind.DELETED:
        return f'<span class="unseen">taken out: </span><del>{escape(text)}</del>'
    if edit.kind is EditKind.INSERTED:
        return f'<span class="unseen">put in: </span><ins>{escape(text)}</ins>'
    before, after = (0 if first else _AROUND), (0 if last else _AROUND)
    if len(text) <= before + after + 20:
        return escape(text)
    start = text[:before].rsplit(" ", 1)[0] if before else ""
    end = text[len(text) - after :].partition(" ")[2] if after else ""
    return f"{escape(start)} … {escape(end)}"
