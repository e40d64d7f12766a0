"""Ask every question and measure its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from index import ArticleFilter, Hit, Index, QuestionError

from ..errors import AnswerError
from ..types import Answer, Citation, Done, Event, Finding, Sentence, Status, Support, Turn
from .cases import Case, Result
from .facts import fold_text
from .hiding import hiding
from .metrics import alce, first_rank, holds_answer, recall, token_f1


class Asked(Protocol):
    """What is evaluated; `Assistant` is one."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), within: ArticleFilter | None = None
    ) -> Iterator[Event]:
        """Answer step by step, with Done last."""


class Verdict(Protocol):
    """What a verifier says of a sentence."""

    @property
    def support(self) -> Support:
        """How well the passages support it."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Why not better."""

    @property
    def moved(self) -> bool:
        """Not what it cites supports it, but another passage."""


class Verifies(Protocol):
    """Tells whether passages support sentences; `Verifier` is one."""

    def check(self, text: str, language: str | None, cited: Sequence[int]) -> Verdict:
        """Check a sentence that cites the passages handed over by number, from 1."""


AssistantFactory = Callable[[Index], Asked]
VerifierFactory = Callable[[Index, Sequence[Hit]], Verifies]


def run_cases(
    index: Index,
    cases: Iterable[Case],
    make_assistant: AssistantFactory,
    verifier: VerifierFactory | None = None,
) -> Iterator[Result]:
    """Yield the result of each case, in order.

    Questions that cannot be asked or answered (QuestionError, AnswerError) become results with the
    error; a StoreError is raised. Without a verifier, generated sentences have no citation figures.
    """
    stand_in, hides = hiding(index)
    assistant = make_assistant(stand_in)
    for case in cases:
        hides.hidden = frozenset(case.hidden)
        yield _result(index, case, assistant, verifier)


@dataclass(frozen=True)
class _Timed:
    answer: Answer
    first_seconds: float
    seconds: float
    cpu_seconds: float


def _result(index: Index, case: Case, assistant: Asked, verifier: VerifierFactory | None) -> Result:
    try:
        timed = _ask(assistant, case)
    except (QuestionError, AnswerError) as error:
        return Result(
            id=case.id,
            kind=case.group or str(case.kind),
            question=case.question,
            language=case.language,
            answerable=case.answerable,
            status="error",
            refused=False,
            confidence=0.0,
            correct=False if case.gold_answers else None,
            error=str(error),
        )
    answer = timed.answer
    refused = answer.status is Status.NO_EVIDENCE
    gold, found = frozenset(case.gold_articles), [_stands_for(hit) for hit in answer.hits]
    said = [] if refused else _said(answer)
    cited = {citation.article_id for citation in answer.citations}
    scores = None if refused else _citations(index, answer, verifier)
    return Result(
        id=case.id,
        kind=case.group or str(case.kind),
        question=case.question,
        language=case.language,
        answerable=case.answerable,
        status=answer.status,
        refused=refused,
        confidence=answer.confidence,
        rank=first_rank(found, gold) if gold else None,
        recall=recall(found, gold) if gold else None,
        correct=holds_answer(said, case.gold_answers) if case.gold_answers else None,
        token_f1=token_f1(" ".join(said), case.gold_answers) if case.gold_answers else None,
        cites_gold=bool(cited & gold) if gold and not refused else None,
        citation_recall=scores[0] if scores else None,
        citation_precision=scores[1] if scores else None,
        quotes=len(answer.citations),
        quotes_exact=sum(stands_in_article(index, citation) for citation in answer.citations),
        unsupported=sum(one.struck or one.replaced is not None for one in answer.sentences),
        first_seconds=timed.first_seconds,
        seconds=timed.seconds,
        cpu_seconds=timed.cpu_seconds,
    )


def _ask(assistant: Asked, case: Case) -> _Timed:
    start, cpu_start = time.perf_counter(), time.process_time()
    first: float | None = None
    for event in assistant.stream(case.question, case.history, case.within):
        first = time.perf_counter() - start if first is None else first
        if isinstance(event, Done):
            return _Timed(
                answer=event.answer,
                first_seconds=first,
                seconds=time.perf_counter() - start,
                cpu_seconds=time.process_time() - cpu_start,
            )
    raise AnswerError("The stream of an answer ended without the answer.")


def stands_in_article(index: Index, citation: Citation) -> bool:
    """Tell whether a quote stands in its article at its offsets, character for character."""
    article = index.article(citation.article_id)
    return article is not None and article.text[citation.start : citation.end] == citation.quote


def _stands_for(hit: Hit) -> frozenset[str]:
    return frozenset((hit.article.id, *(copy.article_id for copy in hit.duplicates)))


def _said(answer: Answer) -> list[str]:
    """Return what the answer asserts: its sentences, or, of a quoted answer, the quotes without lead-ins.

    The lead-in gives outlet and date, which must not count as the answer.
    """
    if answer.model is None:
        return [citation.quote for citation in answer.citations]
    return [sentence.text for sentence in answer.sentences if not sentence.struck]


def _citations(index: Index, answer: Answer, verifier: VerifierFactory | None) -> tuple[float, float] | None:
    """Return ALCE's citation recall and precision; None where nothing can judge a generated sentence."""
    by_number = {citation.number: citation for citation in answer.citations}
    places = {hit.passage.id: number for number, hit in enumerate(answer.hits, 1)}
    asserted = [sentence for sentence in answer.sentences if not sentence.struck]
    pairs = [(one.text, [by_number[number] for number in one.citations]) for one in asserted]
    if all(_is_quote(one, by_number) for one in asserted):
        check = None
    elif verifier is None:
        return None
    else:
        check = verifier(index, answer.hits).check

    def supports(text: str, sources: Sequence[Citation]) -> bool:
        if any(_quotes(text, source) and stands_in_article(index, source) for source in sources):
            return True
        cited = [places[source.passage_id] for source in sources if source.passage_id in places]
        if check is None or not cited:
            return False
        verdict = check(text, answer.language, cited)
        return verdict.support is Support.SUPPORTED and not verdict.moved

    return alce(pairs, supports)


def _is_quote(sentence: Sentence, by_number: Mapping[int, Citation]) -> bool:
    return any(_quotes(sentence.text, by_number[number]) for number in sentence.citations)


def _quotes(text: str, citation: Citation) -> bool:
    """Tell whether a sentence is the quote of a citation, between quotation marks or as it stands."""
    return bool(fold_text(citation.quote)) and fold_text(text).endswith(fold_text(citation.quote))
