"""What a `LanguageModel` needs to know of the thing that writes, and the two kinds without an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..config import ModelConfig
from ..errors import ModelSettingError
from .endpoints import billions
from .failures import Failure, Place, failure
from .gguf import read_head

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from .llama_cpp import Engine

_DEFAULT_CONTEXT = 4096
_MOST_CONTEXT = 8192  # tokens, unless set: the memory of a window grows with it
_SMALL_FILE = 2.2e9  # bytes; in four bits, a model of 4 billion parameters is larger


class Backend(Protocol):
    """A model that can be opened for one request at a time or for many."""

    def session(self, max_tokens: int, grammar: str | None) -> AbstractAsyncContextManager[LLM]:
        """Open the model for one request, as a LlamaIndex LLM; leaving the context ends the request."""

    def takes_grammar(self) -> bool:
        """Whether the runtime takes a grammar (GBNF)."""

    def parameters(self) -> float | None:
        """Return the number of parameters, in billions, if known."""

    def context_tokens(self) -> int | None:
        """Return the context window, if known. Never raises."""

    def count_tokens(self, text: str) -> int | None:
        """Return the number of the model's tokens, if it can be had. Raises ModelSettingError."""

    def explain(self, error: BaseException) -> Failure:
        """Return what to make of an exception that `session` or the LLM raised."""

    def warm_up(self) -> None:
        """Load what is loaded at first use. Raises LanguageModelError."""

    def close(self) -> None:
        """Free what was loaded."""


class OwnModel:
    """Any LlamaIndex LLM that a user has set up."""

    def __init__(self, llm: LLM, name: str) -> None:
        self._llm = llm
        self._place = Place(model=name, quoted=False)

    @asynccontextmanager
    async def session(self, max_tokens: int, grammar: str | None) -> AsyncIterator[LLM]:
        """Yield the LLM as it is: its own settings hold."""
        yield self._llm

    def takes_grammar(self) -> bool:
        """Return False: LlamaIndex has no word for it."""
        return False

    def parameters(self) -> float | None:
        """Return None: LlamaIndex does not tell."""
        return None

    def context_tokens(self) -> int | None:
        """Return what the LLM says of itself."""
        try:
            window = self._llm.metadata.context_window
        except Exception:  # noqa: BLE001 - some integrations look models up in a table, or ask the network
            return None
        return int(window) if window and window > 0 else None

    def count_tokens(self, text: str) -> int | None:
        """Return None: LlamaIndex has no word for it."""
        return None

    def explain(self, error: BaseException) -> Failure:
        """Return what to make of an exception."""
        return failure(error, self._place)

    def warm_up(self) -> None:
        """Do nothing: it is loaded."""

    def close(self) -> None:
        """Do nothing: it is the user's."""


class LocalFile:
    """A GGUF file, run in the process; loaded at its first use."""

    def __init__(self, path: Path, config: ModelConfig) -> None:
        if find_spec("xllamacpp") is None:
            text = "Running a GGUF file needs an extra: pip install 'article-assistant[local-llm]'."
            raise ModelSettingError(text)
        self._path = path.expanduser()
        self._place = Place(model=path.name)
        head = read_head(self._path)
        trained = head.context_tokens or _DEFAULT_CONTEXT
        self._context = config.context_tokens or min(trained, _MOST_CONTEXT)
        self._label = head.size_label
        self._engine: Engine | None = None

    @asynccontextmanager
    async def session(self, max_tokens: int, grammar: str | None) -> AsyncIterator[LLM]:
        """Yield a LlamaIndex LLM over the engine, which all requests share."""
        from .llama_cpp import LlamaCpp

        yield LlamaCpp(engine=self._opened(), max_tokens=max_tokens, grammar=grammar)

    def takes_grammar(self) -> bool:
        """Return True: llama.cpp has grammars."""
        return True

    def parameters(self) -> float | None:
        """Return what the file's head says, else a guess from its size, in billions."""
        known = billions(self._label or "")
        if known is None and self._path.stat().st_size < _SMALL_FILE:
            return 1.0
        return known

    def context_tokens(self) -> int | None:
        """Return the window that the model is loaded with: what is set, else the model's, up to 8,192."""
        return self._context

    def count_tokens(self, text: str) -> int | None:
        """Return the number of the model's tokens. Loads the model; raises ModelSettingError if it cannot."""
        return self._opened().count_tokens(text)

    def explain(self, error: BaseException) -> Failure:
        """Return what to make of an exception."""
        return failure(error, self._place)

    def warm_up(self) -> None:
        """Load the model. Raises ModelSettingError for a file that llama.cpp does not take."""
        self._opened().load()

    def close(self) -> None:
        """Free the model's memory."""
        if self._engine is not None:
            self._engine.close()

    def _opened(self) -> Engine:
        from .llama_cpp import Engine

        self._engine = self._engine or Engine(self._path, self._context)
        return self._engine
