"""Is a sentence of an answer supported by the passages that it cites?

Checked locally, without a second call to the model. First what can be contradicted: quotations and
their speakers, numbers, dates, names, negation. Then closeness in meaning (`support`). A sentence
whose citation does not hold is tried against the other passages found: a marker that is wrong or
missing is put right where some passage does support the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from index import Hit, Index

from .cite import Span
from .facts.entities import Mentions
from .facts.moments import moments_in, unmatched_moments
from .facts.numbers import Number, numbers_in, unmatched_numbers
from .facts.polarity import polarity_conflict
from .facts.quotations import quotations, quoted_at, speaker_conflict, unnamed_speaker
from .support import (
    Claim,
    Evidence,
    SupportModel,
    missing_names,
    near_verbatim,
    strange_names,
    strange_words,
    support_features,
)
from .types import Finding, Problem, Support

_BESIDE = 4
"""Most characters between a day of the week and its date."""
_SMALL = 12
"""Up to here a number is looked for near the sentence that says it, not in the whole passage."""
_SMALLEST_SURE = 3
_SPANS = 3
"""Most spans that one sentence cites."""
_GAP = 3
"""Most characters between two sentences that are cited as one."""
_MARGIN = 0.25
"""By this much a passage must support a sentence better than a cited one that supports it weakly."""
_MUCH_FURTHER = 0.04
"""A second passage that is further away by this cosine is not cited beside the closest."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checking a sentence gave: its support, why, and the spans that it rests on."""

    support: Support
    findings: tuple[Finding, ...] = ()
    spans: tuple[Span, ...] = ()
    moved: bool = False
    """The passages it cited do not support it, or it cited none, and others do."""
    probability: float = 0.0


class Checker(Protocol):
    """A second opinion, such as `nli.CrossEncoderChecker`."""

    def warm_up(self) -> None:
        """Load what it needs."""

    def entailment(self, premise: str, hypothesis: str) -> float:
        """Return the probability (0 to 1) that a premise entails a hypothesis."""


class Verifier:
    """Check the sentences of one answer against the passages found for its question."""

    def __init__(
        self,
        index: Index,
        hits: Sequence[Hit],
        *,
        model: SupportModel | None = None,
        checker: Checker | None = None,
        strict: bool = False,
    ) -> None:
        """Check against the hits; `strict` marks words that a sentence adds, as small models' often are false."""
        self._index = index
        self._evidence = [Evidence(index, hit) for hit in hits]
        self._model = model or SupportModel.shipped()
        self._checker = checker
        self._strict = strict

    def check(self, text: str, language: str | None, cited: Sequence[int]) -> Verdict:
        """Check a sentence that cites passages by number (from 1; numbers of no passage are left out)."""
        claim = Claim.of(self._index, text, language)
        named = [
            self._evidence[number - 1] for number in dict.fromkeys(cited) if 0 < number <= len(self._evidence)
        ]
        verdict = self._judged(claim, named) if named else None
        if verdict is not None and verdict.support is Support.SUPPORTED:
            return verdict
        better = self._elsewhere(claim, named)
        if better is not None and (verdict is None or _is_clearly_better(better, verdict)):
            return better
        if verdict is not None:
            return verdict
        return Verdict(support=Support.UNSUPPORTED, findings=(Finding(problem=Problem.NO_CITATION),))

    def nearest(self, text: str, cited: Sequence[int]) -> Span | None:
        """Return the words that a sentence should have rested on; None where nothing is near it."""
        claim = Claim.of(self._index, text, None)
        named = [self._evidence[number - 1] for number in cited if 0 < number <= len(self._evidence)]
        best: tuple[float, Span] | None = None
        for one in named or self._evidence:
            closeness, first, last = one.closest(claim.vector)
            if best is None or closeness > best[0]:
                best = (closeness, one.span(first, last))
        return best[1] if best else None

    def _elsewhere(self, claim: Claim, named: Sequence[Evidence]) -> Verdict | None:
        """Judge the claim against the passage, other than those cited, that is closest to it."""
        others = [one for one in self._evidence if one not in named]
        others.sort(key=lambda one: -one.closest(claim.vector)[0])
        best: Verdict | None = None
        for one in others[:3]:
            verdict = self._judged(claim, [one])
            if verdict.support is Support.SUPPORTED:
                return _moved(verdict)
            if verdict.support is Support.WEAK and best is None:
                best = _moved(verdict)
        return best

    def _judged(self, claim: Claim, cited: Sequence[Evidence]) -> Verdict:
        others = [one for one in self._evidence if one not in cited]
        findings = contradictions(self._index, claim, cited)
        probability = self._model.probability(support_features(self._index, claim, cited, others))
        spans = _spans(claim, cited)
        if self._checker is not None:
            premise = "\n".join(one.told for one in cited)
            probability = min(probability, 0.5) + 0.5 * self._checker.entailment(premise, claim.text) - 0.25
        if findings or probability < self._model.weak:
            names = [name for name in missing_names(claim, cited) if name.strong]
            if not findings and names:
                findings = [Finding(problem=Problem.NAME, detail=name.text) for name in names]
            return Verdict(
                support=Support.UNSUPPORTED,
                findings=tuple(findings) or (Finding(problem=Problem.MEANING),),
                spans=spans,
                probability=probability,
            )
        translated = [
            quotation.text for quotation in quotations(claim.text) if not _quoted_by(quotation.text, cited)
        ]
        scattered, unnamed = _scattered(claim, cited), _unnamed_speakers(claim, cited)
        added = strange_words(claim, cited) if self._strict else []
        if translated or scattered or unnamed or added or probability < self._model.supported:
            return Verdict(
                support=Support.WEAK,
                findings=(
                    *_about(Problem.QUOTE, translated),
                    *_about(Problem.UNATTRIBUTED, unnamed),
                    *_about(Problem.WORD, added),
                    *_about(Problem.SCATTERED, scattered),
                ),
                spans=spans,
                probability=probability,
            )
        return Verdict(support=Support.SUPPORTED, spans=spans, probability=probability)


def contradictions(index: Index, claim: Claim, cited: Sequence[Evidence]) -> list[Finding]:
    """Return what a claim says that the passages it cites contradict or lack: facts that can be compared."""
    return [
        *_about(Problem.QUOTE, _strange_quotations(claim, cited)),
        *_about(Problem.NAME, [name.text for name in strange_names(index, claim, cited)]),
        *_about(Problem.NUMBER, _strange_numbers(claim, cited)),
        *_about(Problem.DATE, _strange_dates(claim, cited)),
        *_polarity(claim, cited),
        *_speakers(claim, cited),
    ]


def _about(problem: Problem, details: Sequence[str]) -> list[Finding]:
    return [Finding(problem=problem, detail=detail) for detail in dict.fromkeys(details)]


def _strange_quotations(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    """Return the quotations that no passage has; of passages in other languages they are translations."""
    if not any(one.language == claim.language for one in cited):
        return []
    return [quotation.text for quotation in quotations(claim.text) if not _quoted_by(quotation.text, cited)]


def _quoted_by(quote: str, cited: Sequence[Evidence]) -> bool:
    return any(quoted_at(quote, one.told) for one in cited)


def _strange_numbers(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    left: list[str] | None = None
    for one in cited:
        strange = _strange_in(claim, one)
        left = strange if left is None else [text for text in left if text in strange]
    return left or []


def _strange_in(claim: Claim, one: Evidence) -> list[str]:
    """Return the numbers that a passage lacks; small ones, which any text has, must stand close by."""
    anywhere = unmatched_numbers(claim.text, claim.language, one.dated, one.language)
    close_by = unmatched_numbers(claim.text, claim.language, one.around(claim.vector), one.language)
    taken = one.language == claim.language and near_verbatim(claim, [one])
    near = [number for number in close_by if taken or number.value <= _SMALL]
    return [number.text for number in (*anywhere, *near) if _counts(number, taken=taken)]


def _counts(number: Number, *, taken: bool) -> bool:
    """Tell whether a number that is missing is a fault: "two" and "a second" may be the reader's own count.

    In a sentence that is `taken` from the passage, nothing is.
    """
    if number.weak and number.ordinal and number.value == 1:  # "as first reported"
        return False
    return taken or not number.weak or number.value == _SMALLEST_SURE


def _strange_dates(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    left: list[str] | None = None
    for one in cited:
        # In a sentence taken from the passage the date must stand close by, as a number must.
        taken = one.language == claim.language and near_verbatim(claim, [one])
        told = one.around(claim.vector) if taken else one.dated
        strange = [
            moment.text
            for moment in unmatched_moments(claim.text, claim.language, told, one.language, one.published)
        ]
        left = strange if left is None else [text for text in left if text in strange]
    return [*(left or []), *_impossible_dates(claim, cited)]


def _impossible_dates(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    """Return days of the week beside dates that fall on another day, unless a passage says so itself."""
    moments = moments_in(claim.text, claim.language, None)
    found = []
    for one, other in pairwise(moments):
        day, dated = (one, other) if one.weekday is not None else (other, one)
        text = claim.text[one.start : other.end]
        if day.weekday is None or len(dated.dates) != 1 or other.start - one.end > _BESIDE:
            continue
        if dated.dates[0].weekday() != day.weekday and not any(text in passage.dated for passage in cited):
            found.append(text)
    return found


def _polarity(claim: Claim, cited: Sequence[Evidence]) -> list[Finding]:
    """Compare with the sentence that the claim is closest to; others may well say no to something else."""
    best: tuple[float, Evidence, str] | None = None
    for one in cited:
        closeness, first, last = one.closest(claim.vector)
        if one.sentences and (best is None or closeness > best[0]):
            best = (closeness, one, " ".join(sentence.text for sentence in one.sentences[first : last + 1]))
    if best and polarity_conflict(claim.text, claim.language, best[2], best[1].language):
        return [Finding(problem=Problem.NEGATION)]
    return []


def _speakers(claim: Claim, cited: Sequence[Evidence]) -> list[Finding]:
    for one in cited:
        conflict = speaker_conflict(claim.text, one.hit.passage.text)
        if conflict:
            return [Finding(problem=Problem.SPEAKER, detail=str(conflict))]
    return []


def _unnamed_speakers(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    found = (unnamed_speaker(claim.text, one.hit.passage.text) for one in cited)
    return [speaker for speaker in found if speaker]


def _spans(claim: Claim, cited: Sequence[Evidence]) -> tuple[Span, ...]:
    """Return the words that say it: the closest sentences, and those that hold what they leave out.

    A number or a name of the claim that the closest sentence lacks is looked for in the others, so
    that a sentence made of two facts cites both.
    """
    closest = sorted(
        ((one.closest(claim.vector), number, one) for number, one in enumerate(cited)), reverse=True
    )
    if not closest:
        return ()
    (best, first, last), _, nearest = closest[0]
    spans = [nearest.span(first, last)]
    left = _uncovered(claim, nearest.texts(first, last), nearest.language)
    for _, _, passage in closest:
        for place in passage.nearest_first(claim.vector):
            if not left or len(spans) == _SPANS:
                break
            covered = left - _uncovered(claim, passage.texts(place, place), passage.language)
            if covered:
                left -= covered
                spans = _with_span(spans, passage.span(place, place))
    for (closeness, first, last), _, passage in closest[1:]:
        if len(spans) < _SPANS and closeness > best - _MUCH_FURTHER:
            spans = _with_span(spans, passage.span(first, last))
    return tuple(spans)


def _scattered(claim: Claim, cited: Sequence[Evidence]) -> list[str]:
    """Return the names and numbers that the passages have, but not near the sentence closest to the claim.

    True sentences rarely draw on several places; words put together from all over a passage do.
    """
    facts = {name.text for name in claim.names if name.strong}
    facts |= {number.text for number in numbers_in(claim.text, claim.language) if not number.weak}
    for one in cited:
        facts &= _uncovered(
            claim, f"{one.around(claim.vector)}\n{one.hit.article.source or ''}", one.language
        )
    for one in cited:
        facts -= _uncovered(claim, one.told, one.language)
    return sorted(facts)


def _uncovered(claim: Claim, text: str, language: str | None) -> set[str]:
    """Return the names and numbers of a claim that a text lacks."""
    mentions = Mentions(text, language)
    names = {name.text for name in claim.names if not mentions.holds(name, claim.language)}
    return names | {
        number.text
        for number in unmatched_numbers(claim.text, claim.language, text, language)
        if not number.weak
    }


def _with_span(spans: Sequence[Span], span: Span) -> list[Span]:
    """Add a span, or join it to one of the same article that it follows or precedes."""
    for place, other in enumerate(spans):
        same = other.hit.article.id == span.hit.article.id
        if same and span.start <= other.end + _GAP and other.start <= span.end + _GAP:
            joined = replace(other, start=min(other.start, span.start), end=max(other.end, span.end))
            return [*spans[:place], joined, *spans[place + 1 :]]
    return [*spans, span]


def _is_clearly_better(other: Verdict, verdict: Verdict) -> bool:
    """Tell whether another passage supports a sentence that the cited one supports weakly or not at all."""
    if other.support is not Support.SUPPORTED:
        return False
    return verdict.support is Support.UNSUPPORTED or other.probability > verdict.probability + _MARGIN


def _moved(verdict: Verdict) -> Verdict:
    return replace(verdict, moved=True)
