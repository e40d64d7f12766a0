"""What the head of a GGUF file tells about its model, read without loading it.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import ModelSettingError

_MAGIC = b"GGUF"
_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_LONGEST_STRING = 1 << 20
_MOST_ENTRIES = 4096


@dataclass(frozen=True, kw_only=True)
class GgufHead:
    """What is known of a model before it is loaded; None where the file does not tell."""

    context_tokens: int | None
    """Context window that the model was trained with."""
    size_label: str | None
    """Number of parameters, as `1.5B`."""


def read_head(path: Path) -> GgufHead:
    """Read the head of a file. Raises ModelSettingError for one that is missing or no GGUF file."""
    try:
        with path.open("rb") as file:
            if file.read(4) != _MAGIC:
                raise ModelSettingError(
                    f"{path.name} is not a GGUF file; name a model in llama.cpp's format."
                )
            entries = _entries(file)
    except FileNotFoundError:
        raise ModelSettingError(f"There is no file {path.name} at the path given; correct it.") from None
    except OSError:
        raise ModelSettingError(f"{path.name} cannot be read; it must be a file that you may read.") from None
    except (struct.error, ValueError):
        raise ModelSettingError(f"The GGUF file {path.name} is damaged; fetch it again.") from None
    context = entries.get(f"{entries.get('general.architecture')}.context_length")
    label = entries.get("general.size_label")
    return GgufHead(
        context_tokens=context if isinstance(context, int) and context > 0 else None,
        size_label=label if isinstance(label, str) else None,
    )


def _entries(file: BinaryIO) -> dict[str, Any]:
    """Return the metadata up to the tokenizer's, which comes last and is long."""
    version, _tensors, count = _unpack(file, "<IQQ")
    if version < 2:
        raise ValueError("version 1 has other widths")
    found: dict[str, Any] = {}
    for _ in range(min(count, _MOST_ENTRIES)):
        key = _string(file)
        if key.startswith("tokenizer."):
            break
        found[key] = _value(file, *_unpack(file, "<I"))
    return found


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        element, count = _unpack(file, "<IQ")
        if element == _ARRAY:
            raise ValueError("arrays hold no arrays")
        for _ in range(min(count, _LONGEST_STRING)):
            _value(file, element)
        return None
    if kind not in _SCALARS:
        raise ValueError("unknown kind of value")
    return _unpack(file, _SCALARS[kind])[0]


def _string(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<Q")
    if length > _LONGEST_STRING:
        raise ValueError("a string too long to be one")
    return file.read(length).decode("utf-8", "replace")


def _unpack(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))
