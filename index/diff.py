"""What changed between two texts, by words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .types import ArticleVersion, Edit, EditKind, VersionDiff

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_PAIRS = 100_000_000
"""Words of one text times words of the other that are compared one by one; beyond that, whole lines are."""

Run = tuple[EditKind, str, str]
"""(EQUAL, text, text) or (DELETED, what went, what came)."""


def version_diff(old: ArticleVersion, new: ArticleVersion) -> VersionDiff:
    """Return what changed from one version of an article to another."""
    return VersionDiff(
        old=old, new=new, title=word_diff(old.title, new.title), text=word_diff(old.text, new.text)
    )


def word_diff(old: str, new: str) -> tuple[Edit, ...]:
    """Return the stretches that stayed, went and came, in order; what went stands before what came for it.

    The equal and deleted ones joined are `old`, the equal and inserted ones `new`.
    """
    edits: list[Edit] = []
    for kind, before, after in _runs(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if kind is EditKind.EQUAL:
            edits.append(Edit(kind=kind, text=before))
            continue
        words, others = _PIECE.findall(before), _PIECE.findall(after)
        close = 0 < len(words) * len(others) <= _MOST_PAIRS
        for inner, gone, come in _smooth(_runs(words, others)) if close else [(kind, before, after)]:
            if inner is EditKind.EQUAL:
                edits.append(Edit(kind=inner, text=gone))
                continue
            edits += [Edit(kind=EditKind.DELETED, text=gone), Edit(kind=EditKind.INSERTED, text=come)]
    return _joined(edits)


def _runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Return (EQUAL, text, text) and (DELETED, what went, what came) in turn."""
    from rapidfuzz.distance import Indel

    runs: list[Run] = []
    for code in Indel.opcodes(old, new):
        before = "".join(old[code.src_start : code.src_end])
        after = "".join(new[code.dest_start : code.dest_end])
        if code.tag == "equal":
            runs.append((EditKind.EQUAL, before, after))
        elif runs and runs[-1][0] is EditKind.DELETED:
            runs[-1] = (EditKind.DELETED, runs[-1][1] + before, runs[-1][2] + after)
        else:
            runs.append((EditKind.DELETED, before, after))
    return runs


def _smooth(runs: Sequence[Run]) -> list[Run]:
    """Join changes that only blanks part: a rewritten sentence reads better whole than word for word."""
    smooth: list[Run] = []
    for run in runs:
        parted = len(smooth) > 1 and smooth[-1][0] is EditKind.EQUAL and smooth[-1][1].isspace()
        if run[0] is EditKind.DELETED and parted:
            blank = smooth.pop()[1]
            _, gone, come = smooth.pop()
            smooth.append((EditKind.DELETED, gone + blank + run[1], come + blank + run[2]))
        else:
            smooth.append(run)
    return smooth


def _joined(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Join neighbours of one kind, and leave out the empty."""
    joined: list[Edit] = []
    for edit in edits:
        if not edit.text:
            continue
        if joined and joined[-1].kind is edit.kind:
            joined[-1] = Edit(kind=edit.kind, text=joined[-1].text + edit.text)
        else:
            joined.append(edit)
    return tuple(joined)
