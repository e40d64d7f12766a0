"""Reading passages with a question in mind: weights checked, every sentence told, spans within them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoder import Layer, gelu, norm
from index.errors import ModelUnavailableError
from index.reader import LONGEST_ANSWER, PackagedReader, _likeliest, _tokens_by_sentence

WIDTH, WIDE = 24, 48


def test_missing_weights_are_one_sentence(tmp_path: Path) -> None:
    reader = PackagedReader(tmp_path, tmp_path / "reader.safetensors")
    with pytest.raises(ModelUnavailableError, match=r"are missing; reinstall this package\.$"):
        reader.read("Who?", [("Anna.", [(0, 5)])])


def test_altered_weights_are_not_loaded(tmp_path: Path) -> None:
    altered = tmp_path / "reader.safetensors"
    altered.write_bytes(b"no weights")
    with pytest.raises(ModelUnavailableError, match=r"are damaged \(checksum differs\)"):
        PackagedReader(tmp_path, altered).warm_up()


def test_gelu_and_norm_are_what_they_are_called() -> None:
    values = np.linspace(-9, 9, 301, dtype=np.float32)
    exact = [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in values.tolist()]
    assert np.abs(gelu(values) - exact).max() < 5e-4
    assert np.isfinite(gelu(np.array([-1e4, 1e4], dtype=np.float32))).all()
    rows = np.random.default_rng(0).normal(3, 7, (5, WIDTH)).astype(np.float32)
    normed = norm(rows, np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32))
    assert np.allclose(normed.mean(axis=1), 0, atol=1e-5)
    assert np.allclose(normed.std(axis=1), 1, atol=1e-3)


def test_a_layer_attends_to_all_tokens_alike_where_it_cannot_tell_them_apart() -> None:
    layer = _layer()
    alike = np.tile(np.random.default_rng(1).normal(size=WIDTH).astype(np.float32), (4, 1))
    found = layer(alike)
    assert found.shape == (4, WIDTH)
    assert np.allclose(found, found[0], atol=1e-5)


def test_a_layer_does_not_depend_on_the_order_of_the_tokens() -> None:
    layer = _layer()
    states = np.random.default_rng(2).normal(size=(6, WIDTH)).astype(np.float32)
    assert np.allclose(layer(states)[::-1], layer(states[::-1].copy()), atol=1e-4)


def _layer() -> Layer:
    random = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return (random.normal(size=shape) / 5).astype(np.float32)

    tensors = {f"norm{n}.{kind}": draw(WIDTH) for n in (1, 2) for kind in ("weight", "bias")}
    for name, out, inner in (
        ("qkv", 3 * WIDTH, WIDTH),
        ("out", WIDTH, WIDTH),
        ("widen", WIDE, WIDTH),
        ("narrow", WIDTH, WIDE),
    ):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = draw(out, inner), draw(out)
    return Layer(tensors)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.lists(st.integers(1, 25), max_size=6))
def test_every_token_of_a_sentence_is_its_and_no_other_s(tokens: list[int], lengths: list[int]) -> None:
    ends = np.cumsum(tokens).tolist()
    places = [(0, 0), *zip([0, *ends[:-1]], ends, strict=True), (0, 0)]
    cuts = np.cumsum(lengths).tolist()
    sentences = list(zip([0, *cuts], cuts, strict=False))
    found = _tokens_by_sentence(places, sentences)
    assert len(found) == len(sentences)
    flat = [token for inside in found for token in inside]
    assert len(flat) == len(set(flat))
    assert all(
        places[token][0] < last and places[token][1] > first
        for inside, (first, last) in zip(found, sentences, strict=True)
        for token in inside
    )
    assert {token for token, (start, end) in enumerate(places) if end > 0 and start < sum(lengths)} == set(
        flat
    )


@settings(max_examples=60)
@given(st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_an_answer_is_never_backwards_or_too_long(starts: list[float], random: object) -> None:
    ends = list(starts)
    random.shuffle(ends)  # type: ignore[attr-defined]
    first, last = _likeliest(np.array(starts, np.float32), np.array(ends, np.float32))
    assert 0 <= first <= last < len(starts)
    assert last - first < LONGEST_ANSWER
    for one in range(len(starts)):
        for other in range(one, min(len(starts), one + LONGEST_ANSWER)):
            assert starts[first] + ends[last] >= starts[one] + ends[other] - 1e-5
