"""Lines of a PDF's pages, with their places → paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_ENDS = re.compile(r"[.!?…:;][\"'»”’)\]]*$")
_LONGEST_HEADING = 250
_INDENT = 15.0
"""Points by which the lines of one column may begin apart."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a page, in points from the page's lower left corner; "\\xad" at its end is a hyphen of the setting."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    page_height: float

    @property
    def size(self) -> float:
        """Return the height of the font."""
        return max(self.top - self.bottom, 0.1)


def heading_of(lines: list[Line]) -> str | None:
    """Return the lines in the largest type near the beginning, where it is clearly larger than the text's."""
    if not lines:
        return None
    usual = median(line.size for line in lines for _ in range(1 + len(line.text) // 20))
    head = lines[:15]
    largest = max(line.size for line in head)
    if largest < 1.15 * usual:
        return None
    start = next(at for at, line in enumerate(head) if line.size > 0.95 * largest)
    taken = []
    for line in head[start:]:
        if line.size < 0.95 * largest:
            break
        taken.append(line)
    heading = _joined([line.text for line in taken])
    return heading if 3 < len(heading) <= _LONGEST_HEADING else None


def paragraphs(lines: list[Line]) -> str:
    """Return the text in paragraphs: a new one begins where the gap, the type, the indent or a short line says so."""
    if not lines:
        return ""
    gaps = [a.bottom - b.bottom for a, b in pairwise(lines) if 0 < a.bottom - b.bottom < 4 * a.size]
    leading = median(gaps) if gaps else lines[0].size
    edges = _right_edges(lines)
    found: list[list[str]] = [[lines[0].text]]
    for before, line in pairwise(lines):
        if _begins(before, line, leading, edges[_column(before)]):
            found.append([line.text])
        else:
            found[-1].append(line.text)
    return "\n\n".join(_joined(one) for one in found)


def _column(line: Line) -> int:
    return round(line.left / _INDENT)


def _right_edges(lines: list[Line]) -> dict[int, float]:
    """Return the usual right edge of the lines that begin at each place, give or take an indent."""
    rights: dict[int, list[float]] = {}
    for line in lines:
        for near in (-1, 0, 1):
            rights.setdefault(_column(line) + near, []).append(line.right)
    return {column: sorted(found)[int(0.8 * (len(found) - 1))] for column, found in rights.items()}


def _begins(before: Line, line: Line, leading: float, right: float) -> bool:
    ended = bool(_ENDS.search(before.text))
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return True
    drop = before.bottom - line.bottom
    if drop <= 0 or drop > 4 * leading:  # another column or page: a sentence goes on there
        return ended
    if drop > 1.25 * leading:
        return True
    indented = 0.7 * line.size < line.left - before.left < 5 * line.size
    return ended and (indented or before.right < right - 2 * line.size)


def _joined(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        if text.endswith("\xad") or (re.search(r"[^\W\d_]-$", text) and line[:1].islower()):
            text = text[:-1] + line
        else:
            text = f"{text} {line}"
    return text.replace("\xad", "")
