"""Inject faults into true sentences of the collection and see which of them a verifier catches."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from index import Article, Hit, Index, Passage, Via

from .cases import Check
from .faults import FaultKind, Material, TrueSentence, inject
from .run import VerifierFactory, Verifies

TRUE = "none"
"""The fault of a sentence that is as the article has it."""
_NEAR = 10


def run_checks(
    index: Index,
    sentences: Iterable[TrueSentence],
    material: Material,
    make_verifier: VerifierFactory,
    seed: int,
) -> Iterator[Check]:
    """Yield the verdict on each sentence as it stands and on one fault of every kind that it offers.

    The verifier gets what it would get in an answer: the passage cited, and those near it. The same
    sentences and seed give the same faults.
    """
    for sentence in sentences:
        rng = random.Random(f"{seed} {sentence.text}")  # noqa: S311 (drawn to measure, not to protect)
        found = [hit for hit in index.search(sentence.text, _NEAR) if hit.passage.id != sentence.passage.id]
        hits = [_hit(index, sentence.passage), *found]
        verifier = make_verifier(index, hits)
        yield _check(verifier, sentence, TRUE, sentence.text, 1, "")
        at_hand = replace(material, near={sentence.passage.id: tuple(hit.passage for hit in found)})
        for kind in FaultKind:
            fault = inject(kind, sentence, rng, at_hand)
            if fault is None:
                continue
            cited, judge = fault.cited[0], verifier
            places = {hit.passage.id: number for number, hit in enumerate(hits, 1)}
            if cited not in places:  # far from the sentence: it stands beside what was found
                passage = next(one for one in material.passages if one.id == cited)
                judge, places[cited] = make_verifier(index, [*hits, _hit(index, passage)]), len(hits) + 1
            yield _check(judge, sentence, kind, fault.text, places[cited], fault.changed)


def draw(sentences: Sequence[TrueSentence], number: int, seed: int) -> list[TrueSentence]:
    """Return up to `number` sentences, languages in turn."""
    shuffled = list(sentences)
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    by_language: dict[str, list[TrueSentence]] = {}
    for sentence in shuffled:
        by_language.setdefault(sentence.language or "", []).append(sentence)
    drawn: list[TrueSentence] = []
    while any(by_language.values()) and len(drawn) < number:
        for language in sorted(by_language):
            if by_language[language] and len(drawn) < number:
                drawn.append(by_language[language].pop())
    return drawn


def _check(
    verifier: Verifies, sentence: TrueSentence, fault: str, text: str, cited: int, changed: str
) -> Check:
    start = time.perf_counter()
    verdict = verifier.check(text, sentence.language, [cited])
    seconds = time.perf_counter() - start
    named = "\0".join([fault, text, changed, sentence.passage.id])
    return Check(
        id=hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        fault=fault,
        language=sentence.language,
        text=text,
        support=str(verdict.support),
        moved=verdict.moved,
        seconds=seconds,
        changed=changed,
        findings=tuple(str(finding.problem) for finding in verdict.findings),
    )


def _hit(index: Index, passage: Passage) -> Hit:
    article = index.article(passage.article_id)
    if article is None:  # removed by another process since the passages were read
        article = Article(id=passage.article_id, version=passage.version, title="", text=passage.text)
    return Hit(
        passage=passage, article=article, score=1.0, rank=1, via=Via.DENSE, similarity=1.0, coverage=1.0
    )
