"""The tensors of the converted packaged model, by name, without reading them all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def packaged_tensors(folder: Path) -> Callable[[str], NDArray[np.float16]]:
    """Return a function that gives the tensors of a converted folder by name."""
    path = folder / "model.safetensors"
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        directory = json.loads(file.read(size))
    content = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + size)

    def tensor(name: str) -> NDArray[np.float16]:
        start, end = directory[name]["data_offsets"]
        return content[start:end].view(np.float16).reshape(directory[name]["shape"])

    return tensor
