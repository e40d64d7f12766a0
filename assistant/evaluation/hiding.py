"""An index some of whose articles are not searched: what is not there must not be answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from index import Hit, Index

_SPARE = 15


class HidingIndex:
    """Stand for an index, with the articles in `hidden` left out of every search.

    Everything else is the index itself. Not for use by several threads at once.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.hidden: frozenset[str] = frozenset()

    def search(self, question: str, limit: int = 10, *arguments: Any, **named: Any) -> list[Hit]:
        """Search as the index does, without the hidden articles. Raises what the index raises."""
        if not self.hidden:
            return self._index.search(question, limit, *arguments, **named)
        found = self._index.search(question, limit + _SPARE, *arguments, **named)
        kept = [hit for hit in found if hit.article.id not in self.hidden][:limit]
        return [replace(hit, rank=rank) for rank, hit in enumerate(kept, 1)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


def hiding(index: Index) -> tuple[Index, HidingIndex]:
    """Return the stand-in twice: as an index to hand on, and as what it is."""
    stand_in = HidingIndex(index)
    return cast("Index", stand_in), stand_in
