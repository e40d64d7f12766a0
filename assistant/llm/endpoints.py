"""Models behind an address: any OpenAI-compatible endpoint, and Ollama.

Nothing but the configured address is asked. The key is added at the last moment, to the request itself,
so that neither LlamaIndex nor the client libraries hold it, and what identifies the machine is left out.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..config import ModelConfig
from .access import address_of, is_openai, key_auth, key_of
from .failures import Failure, Place, failure

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434"
_ASK_SECONDS = 3.0  # for questions about the model; the answer itself has its own limits
_MOST_CONTEXT = 8192  # tokens asked of Ollama unless set: more costs memory, and passages need no more
_CONTEXT_KEYS = ("max_model_len", "context_length", "context_window", "max_context_length")
_ASK_AGAIN_SECONDS = 30.0
_NO_KEY = "none"  # the client library wants some key


class Endpoint:
    """What both kinds of endpoint share: the key, the client, and questions about the model."""

    missing = "check its name"

    def __init__(self, model: str, address: str, key: str | None, config: ModelConfig) -> None:
        self._model = model
        self._address = address
        self._config = config
        self._place = Place(model=model, address=address, missing=self.missing, secret=key)
        self._key = key
        self._guard = threading.Lock()
        self._asking: httpx.Client | None = None
        self._facts: dict[str, Any] = {}
        self._ask_again = 0.0

    def explain(self, error: BaseException) -> Failure:
        """Return what to make of an exception."""
        return failure(error, self._place)

    def close(self) -> None:
        """Close the connection that questions about the model were asked over."""
        with self._guard:
            if self._asking is not None:
                self._asking.close()
            self._asking = None

    @cached_property
    def _client_options(self) -> dict[str, Any]:
        import httpx

        local = urlsplit(self._address).hostname in ("localhost", "127.0.0.1", "::1")
        return {
            "auth": key_auth(self._key, keep_organization=is_openai(self._address)),
            "follow_redirects": False,  # nothing but the configured address
            "trust_env": not local,  # proxies and certificates of the environment
            "verify": httpx.create_ssl_context(trust_env=not local),  # made once: it takes 40 ms
        }

    def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        """Return the endpoint's JSON answer, or None where it has none. Raises httpx.TransportError."""
        import httpx

        with self._guard:
            if self._asking is None:
                self._asking = httpx.Client(timeout=_ASK_SECONDS, **self._client_options)
            client = self._asking
        response = client.request(method, url, json=body)
        if response.status_code != 200:
            return None
        try:
            return response.json()
        except ValueError:
            return None

    def _asked(self, question: Callable[[], Any]) -> dict[str, Any]:
        """Return the answer to a question, or {} where there is none."""
        import httpx

        try:
            answer = question()
        except (httpx.HTTPError, httpx.InvalidURL):
            return {}
        return answer if isinstance(answer, dict) else {}

    def _known(self) -> dict[str, Any]:
        """Return what the endpoint tells of the model: asked once, or again after a while if it was silent."""
        if not self._facts and time.monotonic() >= self._ask_again:
            self._facts = self._asked(self._find_out)
            self._ask_again = time.monotonic() + _ASK_AGAIN_SECONDS
        return self._facts

    def _find_out(self) -> dict[str, Any]:
        raise NotImplementedError


class OpenAIEndpoint(Endpoint):
    """A model behind the OpenAI protocol: vLLM, LM Studio, llama.cpp's server, a hosted API, OpenAI itself."""

    missing = "check its name, and whether the address should end in /v1"

    def __init__(self, model: str, config: ModelConfig) -> None:
        address = address_of(config.url or OPENAI_URL)
        address = address if urlsplit(address).path else address + "/v1"
        super().__init__(model, address, key_of(config, address), config)
        self._root = address.removesuffix("/v1")
        self._counts_tokens = True

    @asynccontextmanager
    async def session(self, max_tokens: int, grammar: str | None) -> AsyncIterator[LLM]:
        """Open a client for one request; leaving it closes the connection."""
        import httpx
        from llama_index.llms.openai_like import OpenAILike

        async with httpx.AsyncClient(**self._client_options) as client:
            yield OpenAILike(
                model=self._model,
                api_base=self._address,
                api_key=_NO_KEY,
                temperature=0.0,
                additional_kwargs=self._options(max_tokens, grammar),
                is_chat_model=True,
                max_retries=0,  # one policy for retries: ours
                timeout=self._config.total_seconds,
                async_http_client=client,
            )

    def _options(self, max_tokens: int, grammar: str | None) -> dict[str, Any]:
        if is_openai(self._address):
            return {"max_completion_tokens": max_tokens}
        extra: dict[str, Any] = {}
        if self._kind() in ("llama.cpp", "vllm"):
            extra["chat_template_kwargs"] = {"enable_thinking": False}
        if grammar and self.takes_grammar():
            extra["grammar"] = grammar
        return {"max_tokens": max_tokens} | ({"extra_body": extra} if extra else {})

    def takes_grammar(self) -> bool:
        """Whether the runtime takes a grammar (GBNF)."""
        return self._kind() == "llama.cpp"

    def parameters(self) -> float | None:
        """Return the model's number of parameters, in billions, where the endpoint tells."""
        count = self._known().get("parameters")
        return count / 1e9 if isinstance(count, (int, float)) else None

    def context_tokens(self) -> int | None:
        """Return the context window that the endpoint tells, in tokens."""
        if is_openai(self._address):
            from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS

            known = ALL_AVAILABLE_MODELS.get(self._model)
            return int(known) if known else None
        return _positive(self._known().get("context"))

    def count_tokens(self, text: str) -> int | None:
        """Return the number of the model's own tokens, where the endpoint counts them."""
        kind = self._kind()
        if kind not in ("llama.cpp", "vllm") or not self._counts_tokens:
            return None
        body = {"content": text} if kind == "llama.cpp" else {"model": self._model, "prompt": text}
        answer = self._asked(lambda: self._ask("POST", f"{self._root}/tokenize", body))
        tokens = answer.get("tokens")
        counted = len(tokens) if isinstance(tokens, list) else _positive(answer.get("count"))
        self._counts_tokens = counted is not None
        return counted

    def warm_up(self) -> None:
        """Load the client library, and ask what the model is."""
        import llama_index.llms.openai_like  # noqa: F401

        self._known()

    def _kind(self) -> str:
        return str(self._known().get("kind", ""))

    def _find_out(self) -> dict[str, Any]:
        if is_openai(self._address):
            return {}
        props = self._ask("GET", f"{self._root}/props")
        listed = self._entry(self._ask("GET", f"{self._address}/models"))
        meta = listed.get("meta")
        count = meta.get("n_params") if isinstance(meta, dict) else None
        if isinstance(props, dict) and isinstance(
            generation := props.get("default_generation_settings"), dict
        ):
            return {
                "kind": "llama.cpp",
                "context": generation.get("n_ctx"),
                "parameters": count,
            }
        context = next((listed[key] for key in _CONTEXT_KEYS if _positive(listed.get(key))), None)
        if _positive(listed.get("max_model_len")):
            return {"kind": "vllm", "context": context}
        if context is None:  # LM Studio tells it elsewhere
            studio = self._ask("GET", f"{self._root}/api/v0/models/{self._model}")
            context = studio.get("loaded_context_length") if isinstance(studio, dict) else None
        return {"kind": "other", "context": context}

    def _entry(self, models: Any) -> dict[str, Any]:
        entries = models.get("data") if isinstance(models, dict) else None
        entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        named = [entry for entry in entries if entry.get("id") == self._model]
        return next(iter(named or (entries if len(entries) == 1 else [])), {})


class OllamaEndpoint(Endpoint):
    """A model that Ollama serves."""

    def __init__(self, model: str, config: ModelConfig) -> None:
        self.missing = f"fetch it with: ollama pull {model}"
        address = address_of(config.url or OLLAMA_URL)
        super().__init__(model, address, key_of(config, address), config)

    @asynccontextmanager
    async def session(self, max_tokens: int, grammar: str | None) -> AsyncIterator[LLM]:
        """Open a client for one request; leaving it closes the connection."""
        from llama_index.llms.ollama import Ollama
        from ollama import AsyncClient

        client = AsyncClient(host=self._address, timeout=self._config.total_seconds, **self._client_options)
        async with client:
            yield Ollama(
                model=self._model,
                base_url=self._address,
                temperature=0.0,
                context_window=self.context_tokens() or _MOST_CONTEXT // 2,
                additional_kwargs={"num_predict": max_tokens},
                thinking=False,
                async_client=client,
            )

    def takes_grammar(self) -> bool:
        """Whether the runtime takes a grammar: Ollama takes JSON schemas only."""
        return False

    def parameters(self) -> float | None:
        """Return the model's number of parameters, in billions, where Ollama tells."""
        details = self._known().get("details")
        size = details.get("parameter_size") if isinstance(details, dict) else None
        return billions(size) if isinstance(size, str) else None

    def context_tokens(self) -> int | None:
        """Return the context window asked of Ollama: what is set, else the model's, up to 8,192 tokens."""
        if self._config.context_tokens:
            return self._config.context_tokens
        known = self._known().get("model_info")
        lengths = (
            [_positive(value) for key, value in known.items() if key.endswith(".context_length")]
            if known
            else []
        )
        return min(lengths[0], _MOST_CONTEXT) if lengths and lengths[0] else None

    def count_tokens(self, text: str) -> int | None:
        """Return None: Ollama counts no tokens beforehand."""
        return None

    def warm_up(self) -> None:
        """Load the client library, and ask what the model is."""
        import llama_index.llms.ollama  # noqa: F401

        self._known()

    def _find_out(self) -> dict[str, Any]:
        return self._asked(lambda: self._ask("POST", f"{self._address}/api/show", {"model": self._model}))


def _positive(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and value > 0 else None


_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?([bm])(?![a-z])", re.IGNORECASE)


def billions(name: str) -> float | None:
    """Return the number of parameters that a name tells, in billions: 0.27 for gemma3-270m."""
    sizes = [float(number) / (1 if unit in "bB" else 1000) for number, unit in _SIZE.findall(name)]
    return max(sizes, default=None)
