"""One request to a LlamaIndex model, in a thread of its own, that can be left at any moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from .failures import Failure

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_JOIN_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A piece of an answer; empty text is a sign of life, such as a thought."""

    text: str


@dataclass(frozen=True, kw_only=True)
class End:
    """The last of a request."""

    failure: Failure | None = None
    reason: str | None = None
    """Why the model ended, in its protocol's word: `stop`, `length`."""
    missing: bool = False
    """The protocol says why an answer ends, and did not: the end is missing."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a model."""

    system: str
    user: str
    max_tokens: int
    grammar: str | None = None

    def messages(self) -> list[Any]:
        """Return LlamaIndex's chat messages."""
        from llama_index.core.llms import ChatMessage, MessageRole

        told = [ChatMessage(role=MessageRole.SYSTEM, content=self.system)] if self.system else []
        return [*told, ChatMessage(role=MessageRole.USER, content=self.user)]

    def without_system(self) -> Request:
        """Return the request with the system's words at the head of the user's."""
        return replace(self, system="", user=f"{self.system}\n\n{self.user}")


class Pump:
    """Run a request and hand over its pieces.

    The thread runs an event loop of its own, so that waiting for a word can be cancelled. A model that
    only has blocking calls cannot be cancelled; its thread is a daemon, and left behind.
    """

    def __init__(
        self,
        session: Callable[[int, str | None], AbstractAsyncContextManager[LLM]],
        request: Request,
        explain: Callable[[BaseException], Failure],
    ) -> None:
        self._session = session
        self._request = request
        self._explain = explain
        self._items: SimpleQueue[Delta | End] = SimpleQueue()
        self._stopped = threading.Event()
        self._guard = threading.Lock()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._tells = False
        self._reason: str | None = None
        self._thread = threading.Thread(target=self._work, name="language-model", daemon=True)
        self._thread.start()

    def get(self, timeout: float) -> Delta | End | None:
        """Return the next piece, or None if none came within `timeout` seconds."""
        try:
            return self._items.get(timeout=max(0.0, timeout))
        except Empty:
            return None

    def close(self, wait: float = _JOIN_SECONDS) -> None:
        """Cancel the request, and wait up to `wait` seconds until nothing of it is left."""
        self._stopped.set()
        self._items.put(End())  # wakes whoever waits
        with self._guard:
            if self._running:
                loop, task = self._running
                loop.call_soon_threadsafe(task.cancel)
        self._thread.join(wait)

    def _work(self) -> None:
        failure = None
        try:
            asyncio.run(self._main())
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the boundary to any model's library
            failure = self._explain(error)
        missing = self._tells and self._reason is None
        self._items.put(End(failure=failure, reason=self._reason, missing=missing))

    async def _main(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        with self._guard:
            self._running = asyncio.get_running_loop(), task
        try:
            if not self._stopped.is_set():
                await self._talk()
        finally:
            with self._guard:
                self._running = None

    async def _talk(self) -> None:
        async with self._session(self._request.max_tokens, self._request.grammar) as llm:
            stream = await llm.astream_chat(self._request.messages())
            try:
                async for chunk in stream:
                    if self._stopped.is_set():
                        break
                    self._take(chunk)
            finally:
                if hasattr(stream, "aclose"):
                    await stream.aclose()

    def _take(self, chunk: Any) -> None:
        tells, reason = _ending(chunk.raw)
        self._tells, self._reason = self._tells or tells, reason or self._reason
        text = chunk.delta or ""
        if text or (chunk.additional_kwargs or {}).get("thinking_delta"):
            self._items.put(Delta(text=text))


def _ending(raw: Any) -> tuple[bool, str | None]:
    """Tell whether a chunk is of a protocol that says why an answer ends, and what it says (OpenAI, Ollama)."""
    if isinstance(raw, dict) and "done" in raw:
        return True, raw.get("done_reason") or ("stop" if raw["done"] else None)
    choices = raw.get("choices") if isinstance(raw, dict) else getattr(raw, "choices", None)
    if not isinstance(choices, list) or not choices:
        return False, None
    choice = choices[0]
    reason = (
        choice.get("finish_reason") if isinstance(choice, dict) else getattr(choice, "finish_reason", None)
    )
    return True, reason
