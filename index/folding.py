"""Candidates → hits: what several articles print is one hit, and names the others.

Of near-duplicate articles the earliest stands for all; what a later one has beyond it (an outlet's
own addition to wire copy, a corrected figure) stays a hit of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from .duplicates import holds, near_identical, numbers, prints, shingles
from .types import Copy, Hit

if TYPE_CHECKING:
    from .search import Candidate

PER_ARTICLE = 3
"""Most passages of one article before others have had their turn."""
PER_STORY = 4
"""Most passages of near-duplicate articles together, likewise: a flood of copies with other figures is one story."""
_OVERFETCH = 3
"""Times the limit of hits, best first, from which the hits are taken."""
_COPIES = 3
"""Times as many candidates are looked at, since copies fall together."""
_LATEST = datetime.max.replace(tzinfo=UTC)


class NearDuplicates(Protocol):
    """What is known of near-duplicate articles; the catalog is one."""

    def linked(self, article_ids: Iterable[str]) -> Mapping[str, set[str]]:
        """Return, for each of some articles, those of the others that are its near-duplicates."""

    def copies(self, article_id: str, part: str | None = None) -> list[Copy]:
        """Return the near-duplicates of an article that print `part`."""


@dataclass(kw_only=True)
class _Kept:
    """A candidate that becomes a hit, with those that it stands for."""

    chosen: Candidate
    score: float
    others: list[Candidate] = field(default_factory=list)


def fold(candidates: Sequence[Candidate], limit: int, known: NearDuplicates) -> list[Hit]:
    """Take the best candidates; copies share a hit, and one article does not crowd out others."""
    considered = candidates[: _COPIES * _OVERFETCH * limit]
    linked = known.linked({one.article.id for one in considered})
    kept = _kept(considered, linked)
    kept.sort(key=lambda one: (-one.score, one.chosen.passage.id))
    first: list[_Kept] = []
    later: list[_Kept] = []
    taken: defaultdict[str, int] = defaultdict(int)
    for one in kept[: _OVERFETCH * limit]:
        article = one.chosen.article.id
        taken[article] += 1
        of_story = sum(taken[other] for other in {article, *linked.get(article, ())})
        (first if taken[article] <= PER_ARTICLE and of_story <= PER_STORY else later).append(one)
    hits: list[Hit] = []
    for rank, one in enumerate((first + later)[:limit], 1):
        score = min([one.score, *(hit.score for hit in hits[-1:])])
        hits.append(_hit(one, rank, score, known))
    return hits


def _kept(candidates: Sequence[Candidate], linked: Mapping[str, set[str]]) -> list[_Kept]:
    """Fold each candidate into one that says the same, those of earlier articles first."""
    place = {article: number for number, article in enumerate(_in_order(candidates))}
    ordered = sorted(candidates, key=lambda one: place[one.article.id])  # stable: best first within each
    kept: list[_Kept] = []
    by_article: defaultdict[str, list[_Kept]] = defaultdict(list)
    for one in ordered:
        target = _target(one, kept, by_article, linked.get(one.article.id, set()))
        if target is not None:
            target.others.append(one)
            target.score = max(target.score, one.score)
            continue
        new = _Kept(chosen=one, score=one.score)
        kept.append(new)
        by_article[one.article.id].append(new)
    return kept


def _target(
    one: Candidate,
    kept: Sequence[_Kept],
    by_article: Mapping[str, list[_Kept]],
    linked: set[str],
) -> _Kept | None:
    """Return the kept candidate that stands for another one, too, if there is one.

    Either its passage is nearly identical, or it is of a near-duplicate article whose passages found
    print all of it; where passages are cut at other places it takes two of them.
    """
    for other in kept:
        theirs = other.chosen
        if (
            theirs.article.id != one.article.id
            and near_identical(one.terms, theirs.terms)
            and prints(theirs.passage.text, one.passage.text)
        ):
            return other
    for article in by_article:
        if article not in linked:
            continue
        printed = by_article[article]
        texts = [other.chosen.passage.text for other in printed]
        union = frozenset().union(*map(shingles, texts))
        numbered = frozenset().union(*map(numbers, texts))
        if holds(union, numbered, one.passage.text):
            ours = shingles(one.passage.text)
            return max(printed, key=lambda other: len(ours & shingles(other.chosen.passage.text)))
    return None


def _in_order(candidates: Sequence[Candidate]) -> list[str]:
    """Return the articles, earliest first; of one day, the better one."""
    best = {one.article.id: one.article for one in reversed(candidates)}
    found = list(dict.fromkeys(one.article.id for one in candidates))
    return sorted(found, key=lambda one: published.at if (published := best[one].published) else _LATEST)


def _hit(one: _Kept, rank: int, score: float, known: NearDuplicates) -> Hit:
    chosen = one.chosen
    same = [other for other in one.others if prints(other.article.text, chosen.passage.text)]
    found = [_copy(other) for other in sorted(same, key=lambda other: -other.score)]
    printed = known.copies(chosen.article.id, chosen.passage.text)
    duplicates = {
        copy.article_id: copy for copy in (*printed, *found) if copy.article_id != chosen.article.id
    }
    return Hit(
        passage=chosen.passage,
        article=chosen.article,
        score=score,
        rank=rank,
        via=chosen.via,
        similarity=chosen.similarity,
        coverage=chosen.coverage,
        duplicates=tuple(duplicates.values()),
    )


def _copy(one: Candidate) -> Copy:
    article = one.article
    return Copy(
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
    )
