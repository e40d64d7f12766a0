"""The assistant: question in, cited answer out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from math import exp
from secrets import token_hex

from index import ArticleFilter, Hit, Index, detect_language

from .cite import cited_answer, joined_spans, no_evidence_answer
from .config import AssistantConfig
from .errors import LanguageModelError
from .llm import LanguageModel
from .prompts import TRIAL
from .quote import Calibration, Candidate, Choice, Reading, choose
from .rewrite import standalone, standalone_by_model
from .support import SupportModel
from .types import Answer, Done, Draft, Event, Retrieved, Status, Style, Token, Turn
from .verify import Checker, Verifier
from .write import Task, Writing


class Assistant:
    """Answer questions from an index, with a citation for every sentence."""

    def __init__(
        self,
        index: Index,
        config: AssistantConfig | None = None,
        calibration: Calibration | None = None,
        *,
        model: LanguageModel | None = None,
        support: SupportModel | None = None,
        checker: Checker | None = None,
        tag: Callable[[], str] = lambda: token_hex(4),
    ) -> None:
        """Quote from `index`, or have `model` write; `tag` makes the random tag of each prompt."""
        self._index = index
        self._config = config or AssistantConfig()
        self._calibration = calibration or Calibration.shipped()
        self._model = model
        self._support = support or SupportModel.shipped()
        self._checker = checker
        self._tag = tag

    def warm_up(self) -> None:
        """Load what writing and checking need. Raises LanguageModelErrors."""
        if self._model is not None:
            self._model.warm_up()
        if self._checker is not None:
            self._checker.warm_up()

    @property
    def model_name(self) -> str | None:
        """The language model that writes; None where answers are quoted."""
        return self._model.name if self._model else None

    def try_model(self) -> None:
        """Ask the model a tiny question and wait for its first word. Raises LanguageModelErrors."""
        if self._model is None:
            return
        with self._model.stream("", TRIAL) as generation:
            for _ in generation:
                if generation.text.strip():
                    return

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: ArticleFilter | None = None,
        *,
        style: Style = Style.NORMAL,
    ) -> Answer:
        """Answer a question. Raises QuestionError for an empty one or one that is too long."""
        for event in self.stream(question, history, within, style=style):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream always ends with Done")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: ArticleFilter | None = None,
        *,
        style: Style = Style.NORMAL,
    ) -> Generator[Event]:
        """Answer a question step by step: Retrieved, then Drafts and Tokens, then Done.

        Articles that are not `within` a filter are neither read nor cited. `style` says how much is
        quoted or written.

        Closing the iterator cancels the model's work. A model that fails is no error: the answer is
        quoted then, and its warnings say so.
        """
        question = question.strip()
        within = None if within == ArticleFilter() else within
        completed = self._completed(question, history)
        searched = completed or question
        hits = tuple(self._index.search(searched, self._config.passages, within))
        yield Retrieved(hits=hits, standalone=completed)
        language, choice = self._chosen(searched, hits)
        task = Task(
            question=searched,
            language=language,
            hits=hits,
            confidence=choice.confidence,
            warnings=tuple(filter(None, [self._index.degraded, choice.trouble])),
            style=style,
            within=within,
        )
        for event in self._answered(task, choice):
            if isinstance(event, Done):
                answer = replace(event.answer, question=question, standalone=completed, within=within)
                yield Done(answer=self._inside(answer))
            else:
                yield event

    def skim(self, question: str, within: ArticleFilter | None = None) -> Answer:
        """Answer with quotes, without reading the passages or asking the model: for questions that are only tried.

        Whether it is answered, and whether tentatively, is as `stream` would tell without a model; which sentences
        are quoted may differ. Raises QuestionError for an empty question or one that is too long.
        """
        hits = tuple(self._index.search(question, self._config.passages, within))
        language, choice = self._chosen(question, hits, Reading.NEVER)
        task = Task(
            question=question,
            language=language,
            hits=hits,
            confidence=choice.confidence,
            warnings=(self._index.degraded,) if self._index.degraded else (),
            within=within,
        )
        return self._inside(replace(self._quoted(task, choice), within=within))

    def rank(self, question: str) -> tuple[Candidate, ...]:
        """Return all sentences of the passages found, the likeliest answer first."""
        hits = self._index.search(question, self._config.passages)
        return self._chosen(question, hits, Reading.ALWAYS)[1].candidates

    def _chosen(
        self, question: str, hits: Sequence[Hit], reading: Reading = Reading.WORTHWHILE
    ) -> tuple[str | None, Choice]:
        """Return the question's language, and which sentences of the hits answer it."""
        language = detect_language(question)
        return language, choose(self._index, question, language, hits, self._calibration, reading=reading)

    def _completed(self, question: str, history: Sequence[Turn]) -> str | None:
        """Return a follow-up's whole question; None where the question stands on its own."""
        if not history:
            return None
        if self._model is None:
            return standalone(question, history)
        try:
            return standalone_by_model(question, history, self._complete, fits=self._fits)
        except LanguageModelError:  # the answer itself will say that the model fails
            return standalone(question, history)

    def _fits(self, prompt: str) -> bool:
        """Tell whether a prompt leaves the model room for a completed question."""
        assert self._model is not None
        return self._model.count_tokens(prompt) <= self._model.room(self._config.rewrite_tokens)

    def _complete(self, system: str, user: str) -> str:
        assert self._model is not None
        return self._model.complete(system, user, max_tokens=self._config.rewrite_tokens)

    def _answered(self, task: Task, choice: Choice) -> Iterator[Draft | Token | Done]:
        """Have the model write where there is one and anything to write from; quote otherwise."""
        least = self._least(choice)
        if self._model is None or choice.confidence < least * self._share(self._model):
            yield from _whole(self._quoted(task, choice))
            return
        verifier = partial(
            Verifier, self._index, model=self._support, checker=self._checker, strict=self._model.small
        )
        writing = Writing(self._index, self._model, self._config, task, verifier)
        yield from writing.run(self._tag())
        if writing.holds_anything:
            yield Done(answer=writing.answer(*_trouble(writing)))
        elif writing.declined and not (self._model.small and choice.confidence >= least):
            yield from _whole(self._refused(task, choice))
        else:
            yield from self._rescued(task, choice, writing)

    def _rescued(self, task: Task, choice: Choice, writing: Writing) -> Iterator[Token | Done]:
        """Quote where the model failed, wrote nothing that holds, or (a small one) gave up too soon."""
        warnings = _trouble(writing)
        if writing.declined:
            warnings = (
                f"{self.model_name} found no answer in the passages; these sentences are the nearest.",
            )
        elif writing.failure is None:
            warnings = (f"Nothing that {self.model_name} wrote is supported by the articles.", *warnings)
        degraded = replace(task, warnings=(*task.warnings, *warnings))
        if choice.confidence < self._least(choice):
            yield from _whole(self._refused(degraded, choice))
        elif not writing.written:
            yield from _whole(self._quoted(degraded, choice))
        else:  # struck sentences stand there already: they are not passed over
            for span in joined_spans(self._worth_quoting(choice.candidates, task.style)):
                yield writing.quote(span)
            answer = replace(writing.answer(*warnings), status=Status.DEGRADED)
            yield Done(answer=replace(answer, tentative=choice.confidence < self._sure(choice)))

    def _quoted(self, task: Task, choice: Choice) -> Answer:
        if choice.confidence < self._least(choice):
            return self._refused(task, choice)
        best = self._worth_quoting(choice.candidates, task.style)
        status = Status.DEGRADED if task.warnings else Status.QUOTED
        answer = cited_answer(
            self._index,
            task.question,
            task.language,
            task.hits,
            best,
            choice.confidence,
            status,
            task.warnings,
        )
        return replace(answer, tentative=choice.confidence < self._sure(choice))

    def _inside(self, answer: Answer) -> Answer:
        """Leave out, under a filter, copies of cited words that other articles print."""
        if answer.within is None:
            return answer
        copies = {copy.article_id for citation in answer.citations for copy in citation.also}
        fitting = self._index.fitting(copies, answer.within)
        citations = [
            replace(one, also=tuple(copy for copy in one.also if copy.article_id in fitting))
            for one in answer.citations
        ]
        return replace(answer, citations=tuple(citations))

    def _fitting(self, within: ArticleFilter | None) -> int | None:
        """Count the articles that fit a filter; None where there is none, or nothing that it could leave out."""
        if within is None or not self._index.page(limit=0).total:
            return None
        return self._index.page(within, limit=0).total

    def _refused(self, task: Task, choice: Choice) -> Answer:
        return no_evidence_answer(
            task.question,
            task.language,
            task.hits,
            choice.confidence,
            task.warnings,
            choice.missing,
            choice.lacks,
            fitting=self._fitting(task.within),
        )

    def _share(self, model: LanguageModel) -> float:
        """Return the share of `_least` from which a model is asked; a small one cannot judge for itself."""
        return 1.0 if model.small else self._config.model_share

    def _least(self, choice: Choice) -> float:
        """Return the confidence below which the assistant abstains."""
        return self._calibration.least(across=choice.across_languages)

    def _sure(self, choice: Choice) -> float:
        """Return the confidence below which quotes are called tentative."""
        known = self._calibration
        return known.sure_across if choice.across_languages else known.sure

    def _worth_quoting(self, candidates: Sequence[Candidate], style: Style) -> list[Candidate]:
        """Take the best sentences, without repetition, as long as they are not far behind the best.

        Another outlet is preferred to one that has been quoted: a reader who checks wants several. A heading is
        quoted only where no sentence comes near it, and an article that mentions no name of the question only where
        none that does comes near.
        """
        chosen: list[Candidate] = []
        spoken: Counter[str] = Counter()
        considered = candidates[: self._config.considered]
        near = [one for one in considered if not one.is_heading and self._is_near(one, candidates[0])]
        if any(one.mentions for one in near):
            near = [one for one in near if one.mentions is not False]
        rest = near or list(considered)
        while rest and len(chosen) < self._config.quotes(style):
            best = max(rest, key=lambda one: one.score - self._calibration.repetition * spoken[_outlet(one)])
            rest.remove(best)
            if not self._is_near(best, candidates[0]):
                break
            if all(_differs(best, other) for other in chosen):
                chosen.append(best)
                spoken[_outlet(best)] += 1
        return chosen

    def _is_near(self, candidate: Candidate, best: Candidate) -> bool:
        """Tell whether a sentence is likely enough, compared to the likeliest, to be quoted beside it."""
        return exp(candidate.score - best.score) >= self._calibration.quote_share


def _trouble(writing: Writing) -> tuple[str, ...]:
    """Say what went wrong with the model, if anything did."""
    if writing.failure is not None:
        kept = "what it had written until then is kept" if writing.holds_anything else "the answer is quoted"
        return (f"The language model failed, so {kept}. {writing.failure}",)
    if writing.cut:
        return ("The model did not come to an end and was stopped.",)
    return ()


def _whole(answer: Answer) -> Iterator[Token | Done]:
    for piece in _pieces(answer.text):
        yield Token(text=piece)
    yield Done(answer=answer)


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
