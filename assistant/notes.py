"""What is said beside a source: that it was corrected, and who else prints it. In English, as the page is."""

from __future__ import annotations

from index import Copy, CorrectionKind

from .phrases import format_date
from .types import Citation

_CHANGED = {
    CorrectionKind.CORRECTION: "corrected",
    CorrectionKind.CLARIFICATION: "clarified",
    CorrectionKind.UPDATE: "updated",
}
_MOST_NAMED = 3


def changed(citation: Citation) -> str | None:
    """Say that the article tells of a correction, and when it was: "corrected December 9, 2017"."""
    if citation.correction is None:
        return None
    word, date = _CHANGED[citation.correction.kind], citation.correction.published
    return f"{word} {format_date(date, 'en')}" if date else word


def also_in(citation: Citation) -> str | None:
    """Say who else prints the quoted words: "also in Le Courrier and La Vigie", "also in 6 outlets"."""
    if not citation.also:
        return None
    outlets = dict.fromkeys(
        copy.source for copy in citation.also if copy.source not in (None, citation.source)
    )
    unnamed = sum(copy.source is None for copy in citation.also)
    names = [name for name in outlets if name]
    if not names:
        count = len(citation.also)
        return f"also in {count} other article{'s' if count > 1 else ''}"
    if unnamed or len(names) > _MOST_NAMED:
        count = len(names) + unnamed
        return f"also in {count} outlets" if not unnamed else f"also in {count} other places"
    return f"also in {_listed(names)}"


def outlet(copy: Copy) -> str:
    """Name the outlet of a copy, or its title where that is unknown."""
    return copy.source or copy.title


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
