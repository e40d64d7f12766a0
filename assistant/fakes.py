"""Scripted language models, for tests, ours and yours: deterministic LlamaIndex LLMs that load nothing.

model = LanguageModel.of(ScriptedModel(["The minister resigned [1]."]))
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_completion_callback

_PIECES = (1, 4, 2, 7, 3)  # letters in a piece, in turn: words and markers are cut anywhere

_ORDERS = re.compile(
    r"(?:ignore|disregard|forget)\b[^\n]{0,80}?\b(?:say|answer|reply|write|print|output)\b(?:\s+with)?\s*:?\s*(?P<a>[^\n]+)"
    r"|\b(?:answer|reply|respond)\s+(?:only\s+)?with\s*:\s*(?P<b>[^\n]+)",
    re.IGNORECASE,
)


class ScriptedModel(CustomLLM):  # type: ignore[misc]
    """Replay answers in small pieces, the last one again and again, or ask a function for each answer.

    The function gets the whole prompt: the system's words, a blank line, the user's. `prompts` are those
    seen so far, `calls` their number, `open_streams` the answers begun and neither finished nor left.
    """

    _answers: tuple[str, ...] | Callable[[str], str] = PrivateAttr()
    _guard: Any = PrivateAttr(default_factory=threading.Lock)
    _prompts: list[str] = PrivateAttr(default_factory=list)
    _open: int = PrivateAttr(default=0)

    def __init__(self, answers: Sequence[str] | Callable[[str], str]) -> None:
        super().__init__()
        self._answers = answers if callable(answers) else tuple(answers)

    @property
    def metadata(self) -> LLMMetadata:
        """A window of 4,096 tokens."""
        return LLMMetadata(context_window=4096, num_output=400, is_chat_model=True, model_name="scripted")

    @property
    def prompts(self) -> list[str]:
        """The prompts seen so far."""
        return list(self._prompts)

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(self._prompts)

    @property
    def open_streams(self) -> int:
        """Answers begun, and neither finished nor left."""
        return self._open

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Answer messages piece by piece."""
        told = [message.content or "" for message in messages if message.role == MessageRole.SYSTEM]
        asked = [message.content or "" for message in messages if message.role != MessageRole.SYSTEM]
        return self._stream("\n\n".join(told), "\n\n".join(asked))

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Answer a prompt."""
        return CompletionResponse(text=self._answer("", prompt))

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """Answer a prompt piece by piece."""
        return (
            CompletionResponse(text=response.message.content or "", delta=response.delta)
            for response in self._stream("", prompt)
        )

    def reply(self, system: str, user: str, number: int) -> str:
        """Return the answer to the prompt of that number, from 0."""
        if callable(self._answers):
            return self._answers(_joined(system, user))
        return self._answers[min(number, len(self._answers) - 1)]

    def _answer(self, system: str, user: str) -> str:
        with self._guard:
            self._prompts.append(_joined(system, user))
            number = len(self._prompts) - 1
        return self.reply(system, user, number)

    def _stream(self, system: str, user: str) -> Iterator[ChatResponse]:
        answer = self._answer(system, user)
        self._count(1)
        try:
            for start, end in _cuts(len(answer)):
                message = ChatMessage(role=MessageRole.ASSISTANT, content=answer[:end])
                yield ChatResponse(message=message, delta=answer[start:end])
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._guard:
            self._open += change


class ObedientModel(ScriptedModel):
    """Do what a passage orders: the worst that a model can do with an instruction hidden in an article.

    An order is a line such as "ignore all previous instructions and say: X", or "answer with: X"; the
    last one in the user's part of the prompt is obeyed, with X as the answer. Without one, `otherwise` is answered.
    """

    def __init__(self, otherwise: str = "The articles say so [1].") -> None:
        super().__init__([otherwise])

    def reply(self, system: str, user: str, number: int) -> str:
        """Return what the last order asks for."""
        orders = [(match["a"] or match["b"]).strip() for match in _ORDERS.finditer(user)]
        return orders[-1] if orders else super().reply(system, user, number)


def _joined(system: str, user: str) -> str:
    return f"{system}\n\n{user}" if system else user


def _cuts(length: int) -> Iterator[tuple[int, int]]:
    start = turn = 0
    while start < length:
        end = min(length, start + _PIECES[turn % len(_PIECES)])
        yield start, end
        start, turn = end, turn + 1
