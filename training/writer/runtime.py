"""The writer run as it would ship: the 4-bit model and the adapter on llama.cpp, through xllamacpp."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.phrases import english_name

from .prompts import ANSWER, NO_ANSWER, TEXT, TRANSLATION

_CONTEXT = 1024
_LONGEST_TEXT = 900
"""Characters of the sentences together: about what it was trained on."""
_DENSE = 0.45
"""Share of them for texts in scripts that need more tokens a character."""
_LONGEST_ANSWER = 64
_LONGEST_TRANSLATION = 160


@dataclass(frozen=True, kw_only=True)
class Words:
    """What was written."""

    text: str
    certainty: float
    """Mean probability that the model gives its tokens, as the exponential of their mean logarithm."""
    over: bool
    """It came to its own end."""

    @property
    def declined(self) -> bool:
        """Whether it says that the sentences hold no answer."""
        return self.text.startswith(NO_ANSWER)


class Writer:
    """The model in memory, greedy. Without an adapter, the bare model."""

    def __init__(self, base: Path, adapter: Path | None, threads: int) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(base)
        if adapter is not None:
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        params.n_ctx = _CONTEXT
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.verbosity = -1
        params.warmup = False
        params.ui = False
        self._folder = tempfile.TemporaryDirectory(prefix="writer-")
        params.hostnames = [str(Path(self._folder.name) / "llm.sock")]  # else it listens on a port
        self._server = xllamacpp.Server(params)

    def answer(self, question: str, language: str | None, sentences: Sequence[str]) -> Words:
        """Answer from sentences, in a few words of `language` (ISO 639-1), or decline."""
        asked = ANSWER.format(question=_line(question), language=english_name(language))
        return self._written(_text(sentences) + asked, _LONGEST_ANSWER)

    def translate(self, text: str, language: str | None) -> Words:
        """Translate a sentence into `language`."""
        return self._written(
            _text([text]) + TRANSLATION.format(language=english_name(language)), _LONGEST_TRANSLATION
        )

    def _written(self, prompt: str, max_tokens: int) -> Words:
        chunks: list[dict[str, Any]] = []

        def keep(chunk: dict[str, Any]) -> bool:
            chunks.append(chunk)
            return "error" in chunk  # leaves the request

        body = {"prompt": prompt, "max_tokens": max_tokens, "temperature": 0.0, "stop": ["\n"], "logprobs": 1}
        self._server.handle_completions(body | {"stream": True}, keep)
        if chunks and "error" in chunks[-1]:
            raise RuntimeError(f"llama.cpp refused a prompt: {chunks[-1]['error']}")
        choices = [chunk["choices"][0] for chunk in chunks if chunk.get("choices")]
        logs = [
            float(token["logprob"])
            for choice in choices
            for token in (choice.get("logprobs") or {}).get("content") or []
        ]
        return Words(
            text="".join(choice.get("text") or "" for choice in choices).strip(),
            certainty=math.exp(sum(logs) / len(logs)) if logs else 0.0,
            over=any(choice.get("finish_reason") == "stop" for choice in choices),
        )


def _text(sentences: Sequence[str]) -> str:
    return TEXT.format(sentences="\n".join(_fitting([_line(one) for one in sentences])))


def _line(text: str) -> str:
    return " ".join(text.split())


def _fitting(sentences: Sequence[str]) -> list[str]:
    """Return as many sentences as it was trained to read; the first one always, cut if it must be."""
    latin = sum(ord(sign) < 0x250 for text in sentences for sign in text)
    total = sum(map(len, sentences)) or 1
    left = round(_LONGEST_TEXT * (1.0 if latin > 0.7 * total else _DENSE))
    kept: list[str] = []
    for text in sentences:
        if kept and len(text) > left:
            continue
        kept.append(text[: max(left, 1)])
        left -= len(text)
    return kept
