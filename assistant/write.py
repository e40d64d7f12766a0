"""An answer in a model's words: written, cited and checked sentence by sentence.

No sentence is handed on before it has been checked: what is supported stands with its citations,
what is not gives way to the quote it should have rested on, or is struck out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index import ArticleFilter, Hit, Index

from .cite import AnswerBuilder, Span
from .config import MODEL_ENV, AssistantConfig, Unsupported
from .errors import LanguageModelError, ModelNonsenseError, ModelSettingError
from .llm import Finished, LanguageModel
from .markers import SentenceStream, Written
from .phrases import english_name
from .prompts import EXAMPLE_NAMES, Prompt, build_prompt
from .types import Answer, Draft, Sentence, Status, Style, Support, Token
from .verify import Verdict, Verifier

_MOST_SENTENCES = {Style.SHORT: 2, Style.NORMAL: 12, Style.DETAILED: 12}
"""What a model writes beyond is not taken, whatever it was told."""
_ECHO = 20
_NEVER_LAST = frozenset(
    "a an the and or of le la les un une et ou du des der die das und oder ein eine el los las y il lo e и".split()
)
"""Words after which no sentence ends."""
_LABEL = re.compile(r"(?:question|frage|pregunta|domanda|pergunta|vraag|вопрос|soru)\s*:", re.IGNORECASE)
_LARGER = f"load the model with a larger one, or set ${MODEL_ENV}_CONTEXT_TOKENS"
_SHORT_WINDOW = 2048
"""Tokens; in a smaller window the short prompt leaves more to the passages."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What an answer is written from."""

    question: str
    """As searched for: a follow-up is complete."""
    language: str | None
    hits: tuple[Hit, ...]
    confidence: float
    warnings: tuple[str, ...] = ()
    style: Style = Style.NORMAL
    within: ArticleFilter | None = None
    """The filter under which it was asked."""


class Writing:
    """One answer in the making."""

    def __init__(
        self,
        index: Index,
        model: LanguageModel,
        config: AssistantConfig,
        task: Task,
        make_verifier: Callable[[Sequence[Hit]], Verifier],
    ) -> None:
        self._model = model
        self._config = config
        self._task = task
        self._make_verifier = make_verifier
        self._builder = AnswerBuilder(index, task.question, task.language)
        self._seen: set[str] = set()
        self.declined = False
        """The model said that the passages do not hold the answer, and nothing else."""
        self.failure: LanguageModelError | None = None
        self.cut = False
        """The model did not come to an end by itself."""

    def run(self, tag: str) -> Iterator[Draft | Token]:
        """Have the model write; yields drafts, and the sentences once they are checked."""
        try:
            yield from self._run(tag)
        except LanguageModelError as error:
            self.failure = error
            yield Draft(text="")

    @property
    def holds_anything(self) -> bool:
        """Whether any sentence stands, in the model's words or as a quote."""
        return any(not sentence.struck for sentence in self._builder.sentences)

    @property
    def written(self) -> bool:
        """Whether anything has been handed on, struck sentences included."""
        return bool(self._builder.sentences)

    def answer(self, *warnings: str) -> Answer:
        """Return what stands."""
        said = (*self._task.warnings, *warnings)
        status = Status.DEGRADED if self._task.warnings else Status.ANSWERED
        return self._builder.answer(
            status,
            self._task.hits,
            confidence=self._task.confidence,
            warnings=said,
            model=self._model.name,
        )

    def quote(self, span: Span) -> Token:
        """Add a quote behind what was written."""
        return self._token(self._builder.quote(span))

    def _token(self, text: str) -> Token:
        return Token(text=text, sentence=self._builder.sentences[-1])

    def _run(self, tag: str) -> Iterator[Draft | Token]:
        task, model = self._task, self._model
        prompt = self._prompt(tag)
        verifier = self._make_verifier(_in_order(prompt.hits, task.hits))
        sentences = SentenceStream(task.language, len(prompt.hits))
        with model.stream(
            prompt.system, prompt.user, grammar=prompt.grammar if model.small else None
        ) as generation:
            for piece in generation:
                for written in sentences.feed(piece):
                    yield from self._released(written, verifier, len(prompt.hits))
                if self._full():
                    break
                yield Draft(text=sentences.draft)  # also without news: the reader may want to leave
            self.cut = generation.finished in (Finished.LENGTH, Finished.REPETITION, Finished.BROKEN)
        yield Draft(text="")
        for written in sentences.finish():
            if not self._full() and not (self.cut and _unfinished(written)):
                yield from self._released(written, verifier, len(prompt.hits))
        self.declined = sentences.declined and not self.written
        if not self.written and not self.declined:
            raise ModelNonsenseError(f"The model {model.name} wrote nothing that can be used.")

    def _prompt(self, tag: str) -> Prompt:
        model = self._model
        prompt = build_prompt(
            self._task.question,
            english_name(self._task.language),
            self._task.hits,
            tag=tag,
            small=self._short,
            room=model.room(model.answer_tokens()),
            count_tokens=model.count_tokens,
            style=self._task.style,
        )
        if not prompt.hits:
            window = f"The context window of {model.name} ({model.context_tokens()} tokens)"
            raise ModelSettingError(f"{window} has no room for the question and a passage; {_LARGER}.")
        return prompt

    @property
    def _short(self) -> bool:
        return self._model.small or self._model.context_tokens() < _SHORT_WINDOW

    def _full(self) -> bool:
        return len(self._builder.sentences) >= _MOST_SENTENCES[self._task.style]

    def _released(self, written: Written, verifier: Verifier, passages: int) -> Iterator[Token]:
        """Check a sentence and hand on what is left of it."""
        text = written.text
        if text in self._seen or self._echoes(text) or self._copies_example(text) or _breaks_off(text):
            return
        self._seen.add(written.text)
        cited = [number for number in written.cited if 0 < number <= passages]
        verdict = verifier.check(written.text, self._task.language, cited)
        text = self._placed(written, verdict, verifier, cited)
        if text:
            yield self._token(text)

    def _echoes(self, text: str) -> bool:
        """Tell whether a sentence is the question, said again: that is no claim."""
        question = " ".join(self._task.question.casefold().split())
        echoed = question in text.casefold() and len(text) < len(question) + _ECHO
        return echoed or _LABEL.match(text) is not None

    def _copies_example(self, text: str) -> bool:
        """Tell whether a sentence is about the prompt's example; articles may have its names, too."""
        return any(
            name in text and not any(name in hit.article.title + hit.passage.text for hit in self._task.hits)
            for name in EXAMPLE_NAMES
        )

    def _placed(self, written: Written, verdict: Verdict, verifier: Verifier, cited: Sequence[int]) -> str:
        sentence = Sentence(text=written.text, support=verdict.support, findings=verdict.findings)
        if verdict.support is not Support.UNSUPPORTED:
            return self._builder.add(sentence, verdict.spans, paragraph=written.paragraph)
        nearest = verifier.nearest(written.text, cited)
        quote = self._builder.uncited(nearest) if nearest is not None else None
        if self._config.unsupported is Unsupported.REPLACE and quote is not None:
            return self._builder.quote(quote, findings=verdict.findings, replaced=written.text)
        # Also where the quote stands there already: nothing is gained by saying it twice.
        return self._builder.add(replace(sentence, struck=True), (), paragraph=written.paragraph)


def _in_order(first: Sequence[Hit], rest: Sequence[Hit]) -> list[Hit]:
    """Return the hits by the numbers that the prompt gave them, then those it had no room for."""
    given = {hit.passage.id for hit in first}
    return [*first, *(hit for hit in rest if hit.passage.id not in given)]


def _breaks_off(text: str) -> bool:
    """Tell whether a sentence ends in the middle, as small models end one: "… in Hamburg, a."."""
    words = text.casefold().rstrip(".…!? ").rsplit(None, 1)
    return not words or words[-1] in _NEVER_LAST or text.rstrip(".…!? ").endswith((",", ";", ":", "("))


def _unfinished(written: Written) -> bool:
    return not written.text.rstrip("\"'”»)").endswith((".", "!", "?", "。", "！", "？", "…", "؟"))
