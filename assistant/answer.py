"""The assistant: question in, cited answer out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from math import exp

from index import Hit, Index, detect_language

from .cite import cited_answer, no_evidence_answer
from .config import AssistantConfig
from .quote import Calibration, Candidate, choose
from .types import Answer, Done, Event, Retrieved, Status, Token, Turn


class Assistant:
    """Answer questions from an index, with a citation for every sentence."""

    def __init__(
        self, index: Index, config: AssistantConfig | None = None, calibration: Calibration | None = None
    ) -> None:
        self._index = index
        self._config = config or AssistantConfig()
        self._calibration = calibration or Calibration.shipped()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question. Raises QuestionError for an empty one or one that is too long."""
        for event in self.stream(question, history):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream always ends with Done")

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Answer a question step by step: Retrieved, then Tokens, then Done."""
        hits = tuple(self._index.search(question, self._config.passages))
        yield Retrieved(hits=hits)
        answer = self._quoted(question.strip(), hits)
        for piece in _pieces(answer.text):
            yield Token(text=piece)
        yield Done(answer=answer)

    def rank(self, question: str) -> tuple[Candidate, ...]:
        """Return all sentences of the passages found, the likeliest answer first."""
        hits = self._index.search(question, self._config.passages)
        return choose(self._index, question, detect_language(question), hits, self._calibration).candidates

    def _quoted(self, question: str, hits: tuple[Hit, ...]) -> Answer:
        language = detect_language(question)
        choice = choose(self._index, question, language, hits, self._calibration)
        warnings = tuple(filter(None, [self._index.degraded]))
        known = self._calibration
        if choice.confidence < (known.threshold_across if choice.across_languages else known.threshold):
            return no_evidence_answer(question, language, hits, choice.confidence, warnings)
        best = self._worth_quoting(choice.candidates)
        status = Status.DEGRADED if warnings else Status.QUOTED
        return cited_answer(self._index, question, language, hits, best, choice.confidence, status, warnings)

    def _worth_quoting(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Take the best sentences, without repetition, as long as they are not far behind the best.

        Another outlet is preferred to one that has been quoted: a reader who checks wants several.
        """
        chosen: list[Candidate] = []
        spoken: Counter[str] = Counter()
        rest = list(candidates[: self._config.considered])
        while rest and len(chosen) < self._config.max_quotes:
            best = max(rest, key=lambda one: one.score - self._calibration.repetition * spoken[_outlet(one)])
            rest.remove(best)
            if exp(best.score - candidates[0].score) < self._calibration.quote_share:
                break
            if all(_differs(best, other) for other in chosen):
                chosen.append(best)
                spoken[_outlet(best)] += 1
        return chosen


def _outlet(candidate: Candidate) -> str:
    return candidate.hit.article.source or candidate.hit.article.id


def _differs(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences say different things; a wire copy repeats the same words."""
    if one.sentence.text == other.sentence.text:
        return False
    return float(one.sentence.vector @ other.sentence.vector) < 0.985


def _pieces(text: str) -> Iterator[str]:
    """Cut a text into words with the blanks that follow them."""
    start = 0
    for end in count(1):
        if end >= len(text):
            break
        if text[end - 1].isspace() and not text[end].isspace():
            yield text[start:end]
            start = end
    if text[start:]:
        yield text[start:]
