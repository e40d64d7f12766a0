"""A GGUF model run in the process by xllamacpp (llama.cpp), as a LlamaIndex LLM.

    from assistant.llm.llama_cpp import Engine, LlamaCpp
    llm = LlamaCpp(engine=Engine(Path("model.gguf")))

xllamacpp opens an HTTP listener of its own, by default on a loopback port, without a key and open to
every web page. Here it listens on a socket file in a folder of its own that only the user may enter
(where the system has such sockets), asks for a random key, and refuses requests of web pages.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import tempfile
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import Field
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

from ..errors import ModelSettingError
from .gguf import read_head

_BATCH = 128  # tokens read at a time: a request can only be left between two batches
_TURN_SECONDS = 0.05
_DEFAULT_CONTEXT = 4096
Chunk = dict[str, Any]
Deliver = Callable[[Chunk | BaseException | None], None]


class LocalModelError(Exception):
    """The runtime refused a request; `status_code` and `body` are as over HTTP."""

    def __init__(self, body: Chunk) -> None:
        super().__init__("the local model refused the request")
        self.body = body
        self.status_code = int(body.get("code") or 500)


class Engine:
    """A model file in memory, loaded at its first use; one request at a time, the others wait their turn."""

    def __init__(
        self, path: Path, context_tokens: int = _DEFAULT_CONTEXT, threads: int | None = None
    ) -> None:
        self.path = path
        self.context_tokens = context_tokens
        self._threads = threads or _cores()
        self._turn = threading.Lock()
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def load(self) -> _Loaded:
        """Load the model, once. Raises ModelSettingError for a file that llama.cpp does not take."""
        with self._loading:
            if self._loaded is None:
                self._loaded = _Loaded(self.path, self.context_tokens, self._threads)
            return self._loaded

    def run(self, body: Chunk, deliver: Deliver, left: threading.Event) -> None:
        """Answer a request: hand over its chunks, then None, or the exception; stop once `left` is set."""
        try:
            while not self._turn.acquire(timeout=_TURN_SECONDS):
                if left.is_set():
                    return
            try:
                self._answer(body, deliver, left)
            finally:
                self._turn.release()
            deliver(None)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - handed to the thread that asked
            deliver(error)

    def count_tokens(self, text: str) -> int:
        """Return the number of the model's tokens in a text."""
        return self.load().count_tokens(text)

    def close(self) -> None:
        """Free the memory, once the request at work has noticed that it is left."""
        with self._turn, self._loading:
            if self._loaded is not None:
                self._loaded.close()
            self._loaded = None

    def _answer(self, body: Chunk, deliver: Deliver, left: threading.Event) -> None:
        loaded = self.load()

        def on_chunk(chunk: Chunk) -> bool:
            if left.is_set() or loaded.closing.is_set():
                return True  # leaves the request
            if "error" in chunk:
                deliver(LocalModelError(chunk["error"]))
                return True
            deliver(chunk)
            return False

        if not left.is_set():
            loaded.working.clear()
            try:
                loaded.server.handle_chat_completions(body, on_chunk)
            finally:
                loaded.working.set()


class _Loaded:
    """xllamacpp's server, its listener, and what ends both."""

    def __init__(self, path: Path, context_tokens: int, threads: int) -> None:
        import httpx

        read_head(path)
        self.closing = threading.Event()
        self.working = threading.Event()
        self.working.set()
        folder = Path(tempfile.mkdtemp(prefix="llm-"))
        # A request still at work when the interpreter ends would call back into it.
        self._end = weakref.finalize(self, _end, self.closing, self.working, folder)
        key = secrets.token_urlsafe(32)
        try:
            self.server = _server(path, context_tokens, threads, folder, key)
        except RuntimeError:
            self._end()
            text = f"{path.name} cannot be loaded; it is damaged, too large for the memory, or no model that writes."
            raise ModelSettingError(text) from None
        address = self.server.listening_address
        path_of_socket = address.removeprefix("unix://") if address.startswith("unix://") else None
        self._client = httpx.Client(
            base_url="http://localhost" if path_of_socket else address,
            transport=httpx.HTTPTransport(uds=path_of_socket, trust_env=False),
            headers={"Authorization": f"Bearer {key}"},
            timeout=30.0,
        )

    def count_tokens(self, text: str) -> int:
        """Ask the listener: xllamacpp has no other way to its tokenizer."""
        response = self._client.post("/tokenize", json={"content": text})
        response.raise_for_status()
        return len(response.json()["tokens"])

    def close(self) -> None:
        """End the request at work, and the listener."""
        self._end()
        self._client.close()


def _end(closing: threading.Event, working: threading.Event, folder: Path) -> None:
    closing.set()
    working.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


def _server(path: Path, context_tokens: int, threads: int, folder: Path, key: str) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.stem}  # else the listener tells the whole path
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = _BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.verbosity = -1
    params.warmup = False
    params.ui = False
    params.api_keys = [key]
    params.cors_origins = "null"
    if hasattr(socket, "AF_UNIX") and os.name == "posix":
        params.hostnames = [str(folder / "llm.sock")]
    return xllamacpp.Server(params)


def _cores() -> int:
    """Return the cores to use: $OMP_NUM_THREADS, as for other libraries that calculate, else all there are.

    llama.cpp's threads wait for each other by spinning; with more of them than free cores it crawls.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LlamaCpp(CustomLLM):  # type: ignore[misc]
    """A local model as a LlamaIndex LLM, with the chat template of its file.

    Raises ModelSettingError for a file that cannot be loaded, and LocalModelError for a request that the
    runtime refuses. An asynchronous stream that is cancelled or closed is left at the next word, or at
    the next 128 tokens of the prompt.
    """

    engine: Any = Field(exclude=True)
    """An `Engine`; several models may share one."""
    max_tokens: int = 400
    temperature: float = 0.0
    grammar: str | None = None
    """A grammar in llama.cpp's notation (GBNF)."""

    @property
    def metadata(self) -> LLMMetadata:
        """Context window, longest answer and name."""
        return LLMMetadata(
            context_window=self.engine.context_tokens,
            num_output=self.max_tokens,
            is_chat_model=True,
            model_name=self.engine.path.name,
        )

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Answer a prompt, taken as a user's message."""
        text = "".join(response.delta or "" for response in self.stream_complete(prompt, formatted, **kwargs))
        return CompletionResponse(text=text)

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """Answer a prompt, taken as a user's message, word by word."""
        chat = self.stream_chat([ChatMessage(role=MessageRole.USER, content=prompt)], **kwargs)
        return (
            CompletionResponse(text=response.message.content or "", delta=response.delta, raw=response.raw)
            for response in chat
        )

    @llm_chat_callback()  # type: ignore[untyped-decorator]
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer messages."""
        nothing = ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=""))
        return [nothing, *self.stream_chat(messages, **kwargs)][-1]

    @llm_chat_callback()  # type: ignore[untyped-decorator]
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Answer messages word by word."""
        return self._stream(self._body(messages, kwargs))

    @llm_chat_callback()  # type: ignore[untyped-decorator]
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """Answer messages word by word, without blocking."""
        return self._astream(self._body(messages, kwargs))

    def _stream(self, body: Chunk) -> ChatResponseGen:
        chunks: SimpleQueue[Chunk | BaseException | None] = SimpleQueue()
        left = threading.Event()
        self._start(body, chunks.put, left)
        text = ""
        try:
            while (chunk := chunks.get()) is not None:
                response = _response(chunk, text)
                text = response.message.content or ""
                yield response
        finally:
            left.set()

    async def _astream(self, body: Chunk) -> ChatResponseAsyncGen:
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[Chunk | BaseException | None] = asyncio.Queue()
        left = threading.Event()

        def deliver(chunk: Chunk | BaseException | None) -> None:
            try:
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            except RuntimeError:  # the loop is closed: nobody listens any more
                left.set()

        self._start(body, deliver, left)
        text = ""
        try:
            while (chunk := await chunks.get()) is not None:
                response = _response(chunk, text)
                text = response.message.content or ""
                yield response
        finally:
            left.set()

    def _start(self, body: Chunk, deliver: Deliver, left: threading.Event) -> None:
        threading.Thread(
            target=self.engine.run, args=(body, deliver, left), name="llama.cpp", daemon=True
        ).start()

    def _body(self, messages: Sequence[ChatMessage], options: dict[str, Any]) -> Chunk:
        body = {
            "messages": [
                {"role": message.role.value, "content": message.content or ""} for message in messages
            ],
            "max_tokens": options.get("max_tokens", self.max_tokens),
            "temperature": self.temperature,
            "stream": True,
            "return_progress": True,  # a chance to leave while the prompt is read
            "cache_prompt": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        grammar = options.get("grammar", self.grammar)
        return body | {"grammar": grammar} if grammar else body


def _response(chunk: Chunk | BaseException, text: str) -> ChatResponse:
    if isinstance(chunk, BaseException):
        raise chunk
    choice = (chunk.get("choices") or [{}])[0]
    said = choice.get("delta") or {}
    delta = said.get("content") or ""
    return ChatResponse(
        message=ChatMessage(role=MessageRole.ASSISTANT, content=text + delta),
        delta=delta,
        raw=chunk,
        additional_kwargs={"thinking_delta": said.get("reasoning_content")},
    )
