"""A BERT encoder in NumPy, for a few short texts at once: loads in a moment, where torch takes seconds.

One text is run at a time, each on one thread: matrix products this small gain nothing from more, and
the texts of a question are spread over the threads instead (`reader.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

HEADS = 12
EPSILON = 1e-12
_CUBE, _SLOPE = np.float32(0.044715), np.float32(-1.5957691)

Tensors = Callable[[str], "Array"]
"""Gives a tensor by its name."""


class Layer:
    """One layer of the encoder, its norms after its sums, as in BERT (https://arxiv.org/abs/1810.04805)."""

    def __init__(self, tensors: Mapping[str, Array]) -> None:
        """Take `qkv`, `out`, `widen` and `narrow`, each with `.weight` (out, in) and `.bias`, and two norms."""
        self._tensors = dict(tensors)

    def __call__(self, states: Array, first: int = 0, across: Array | None = None) -> Array:
        """Return the states of a text after this layer, shape (tokens, width).

        `across` (HEADS,) is added to the attention between the `first` tokens and the rest.
        """
        states = self._norm("norm1", states + self._linear("out", self._attend(states, first, across)))
        wide = _gelu(self._linear("widen", states))
        return self._norm("norm2", states + self._linear("narrow", wide))

    def _attend(self, states: Array, first: int, across: Array | None) -> Array:
        count, width = states.shape
        joined = self._linear("qkv", states).reshape(count, 3, HEADS, width // HEADS)
        queries, keys, values = joined.transpose(1, 2, 0, 3)
        scores = np.matmul(queries * np.float32((width // HEADS) ** -0.5), keys.transpose(0, 2, 1))
        if across is not None:
            scores[:, :first, first:] += across[:, None, None]
            scores[:, first:, :first] += across[:, None, None]
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        found: Array = np.matmul(scores, values).transpose(1, 0, 2).reshape(count, width)
        return found

    def _linear(self, name: str, states: Array) -> Array:
        return linear(states, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"])

    def _norm(self, name: str, states: Array) -> Array:
        return norm(states, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"])


def linear(states: Array, weight: Array, bias: Array) -> Array:
    """Return states @ weight.T + bias."""
    found: Array = states @ weight.T
    found += bias
    return found


def norm(states: Array, weight: Array, bias: Array) -> Array:
    """Return the layer norm of each row."""
    centred: Array = states - states.mean(axis=-1, keepdims=True)
    centred /= np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + np.float32(EPSILON))
    centred *= weight
    centred += bias
    return centred


def gelu(values: Array) -> Array:
    """Return x·Φ(x) by its usual approximation (within 0.0005), in a new array."""
    return _gelu(values.copy())


def _gelu(values: Array) -> Array:
    """The same in place: x / (1 + exp(-1.5957691·(x + 0.044715·x³)))."""
    inner = values * values
    inner *= _CUBE
    inner += 1
    inner *= values
    inner *= _SLOPE
    np.minimum(inner, 80, out=inner)  # exp of more is infinite; the quotient is nothing long before
    np.exp(inner, out=inner)
    inner += 1
    values /= inner
    return values
