"""Language models: one wrapper over any LlamaIndex LLM, with limits, cancellation and plain errors.

model = open_model(ModelConfig(name="ollama:llama3.2"))
with model.stream("Answer in one sentence.", "Why is the sky blue?") as generation:
    for piece in generation:
        print(piece, end="")
print(generation.finished, generation.text)
"""

from __future__ import annotations

import math
import random as randomness
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import MODEL_ENV, ModelConfig
from ..errors import ModelSettingError
from .backends import Backend, LocalFile, OwnModel
from .endpoints import OllamaEndpoint, OpenAIEndpoint, billions
from .generation import Finished, Generation, Means
from .stream import Pump, Request

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

__all__ = ["Finished", "Generation", "LanguageModel", "estimated_tokens", "open_model"]

_DEFAULT_CONTEXT = 4096
_MARGIN_TOKENS = 64
"""Tokens left free for a model's chat template."""
_SMALL = 4.0  # billions of parameters
_FOREIGN_TOKENIZER = 1.3  # other tokenizers than the one at hand may need this many times its tokens


def open_model(
    config: ModelConfig,
    *,
    sleep: Callable[[float], object] | None = None,
    random: Callable[[], float] = randomness.random,
) -> LanguageModel | None:
    """Return the model that a configuration names, or None for `none`. Loads and asks nothing yet.

    `sleep` and `random` are `LanguageModel`'s.

    Raises ModelSettingError for a name of no known kind, a file that is missing or no GGUF file, an
    extra that is not installed, an address that is none, and a key that is missing or cannot be read.
    """
    kind, _, name = config.name.strip().partition(":")
    if kind == "none" and not name:
        return None
    if kind not in ("openai", "ollama", "gguf") or not name:
        text = "The model must be `none`, `openai:NAME`, `ollama:NAME` or `gguf:PATH`"
        raise ModelSettingError(f"{text}; correct the setting `model` or ${MODEL_ENV}.")
    shown, backend = _backend(kind, name, config)
    return LanguageModel(shown, backend, config, sleep=sleep, random=random)


def _backend(kind: str, name: str, config: ModelConfig) -> tuple[str, Backend]:
    """Return the name to show, without folders, and the model."""
    if kind == "gguf":
        return Path(name).stem, LocalFile(Path(name), config)
    if kind == "ollama":
        return name, OllamaEndpoint(name, config)
    is_path = name.lower().endswith(".gguf")  # llama.cpp's server may call a model by its path
    return Path(name).stem if is_path else name, OpenAIEndpoint(name, config)


class LanguageModel:
    """A model that writes. Cheap to make: nothing is loaded or asked before its first use.

    `config` gives the limits. `sleep`, `random` (0 to 1) and `clock` are for tests. Threads may share one.
    """

    def __init__(
        self,
        name: str,
        backend: Backend,
        config: ModelConfig | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = randomness.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        """As shown to readers."""
        self._backend = backend
        self._config = config or ModelConfig(name="none")
        self._means = Means(
            name=name, config=self._config, start=self._start, random=random, clock=clock, sleep=sleep
        )

    @classmethod
    def of(cls, llm: LLM, config: ModelConfig | None = None, *, name: str | None = None) -> LanguageModel:
        """Wrap a LlamaIndex LLM of your own; its settings hold, `config` gives the limits."""
        shown = name or str(llm.metadata.model_name)
        return cls(shown, OwnModel(llm, shown), config)

    def __repr__(self) -> str:
        return f"LanguageModel({self.name!r})"

    @cached_property
    def small(self) -> bool:
        """Whether it has under 4 billion parameters: as set, else as its name or its runtime tells."""
        if self._config.small is not None:
            return self._config.small
        size = billions(self.name)
        size = self._backend.parameters() if size is None else size
        return size is not None and size < _SMALL

    def takes_grammar(self) -> bool:
        """Whether `stream` heeds a grammar; others ignore it."""
        return self._backend.takes_grammar()

    def context_tokens(self) -> int:
        """Return the context window in tokens: as set, else as the runtime tells, else 4,096."""
        return self._config.context_tokens or self._backend.context_tokens() or _DEFAULT_CONTEXT

    def answer_tokens(self) -> int:
        """Return the longest answer to ask for, in tokens: as set, but at most a third of the window."""
        return max(1, min(self._config.max_answer_tokens, self.context_tokens() // 3))

    def room(self, answer_tokens: int) -> int:
        """Return the tokens that a prompt may have, so that so long an answer fits behind it."""
        return self.context_tokens() - answer_tokens - _MARGIN_TOKENS

    def count_tokens(self, text: str) -> int:
        """Return the number of the model's tokens in a text; where it does not tell, rather too many.

        Raises ModelSettingError if a local model has to be loaded for it and cannot.
        """
        counted = self._backend.count_tokens(text)
        return counted if counted is not None else estimated_tokens(text)

    def warm_up(self) -> None:
        """Load libraries and model now. Raises ModelSettingError if the model cannot be loaded."""
        self._backend.warm_up()

    def close(self) -> None:
        """Free memory and connections; a later use loads again."""
        self._backend.close()

    def stream(
        self, system: str, user: str, *, max_tokens: int | None = None, grammar: str | None = None
    ) -> Generation:
        """Ask the model, and return its answer as it is written.

        `max_tokens` defaults to `answer_tokens()`. Iterating raises ModelUnreachableError,
        ModelTimeoutError, ModelNonsenseError or ModelSettingError; `text` keeps what came before.
        """
        most = max_tokens or self.answer_tokens()
        request = Request(system=system, user=user, max_tokens=most, grammar=grammar)
        return Generation(self._means, request)

    def complete(self, system: str, user: str, *, max_tokens: int | None = None) -> str:
        """Ask the model, and return its whole answer. Raises as `stream`."""
        with self.stream(system, user, max_tokens=max_tokens) as generation:
            for _ in generation:
                pass
        return generation.text

    def _start(self, request: Request) -> Pump:
        return Pump(self._backend.session, request, self._backend.explain)


def estimated_tokens(text: str) -> int:
    """Return a cautious guess of the tokens in a text, from the tokenizer that LlamaIndex brings along."""
    from llama_index.core.utils import get_tokenizer

    return math.ceil(len(get_tokenizer()(text)) * _FOREIGN_TOKENIZER)
