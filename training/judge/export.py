"""Write the trained weights, or the mean of several, in half precision, as the product loads them.

    python -m training.judge.export --out DIR --weights run-late-1668.pt … [--target FILE]

Prints the SHA-256 that `index/reader.py` pins.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from safetensors.torch import save

from index.reader import READER_FILE

TARGET = Path(__file__).parents[2] / "index" / READER_FILE
FEW = 100


def main() -> None:
    """Write the file and print its checksum."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", nargs="+", default=["run-best.pt"])
    parser.add_argument("--target", type=Path, default=TARGET)
    arguments = parser.parse_args()
    states = [torch.load(arguments.out / name)["model"] for name in arguments.weights]
    mean = {name: sum(one[name].float() for one in states) / len(states) for name in states[0]}
    content = save({name: halved(one).contiguous() for name, one in sorted(mean.items())})
    arguments.target.write_bytes(content)
    print(f"{len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def halved(tensor: torch.Tensor) -> torch.Tensor:
    """Return the tensor in half precision; a few numbers that weigh much stay as they are."""
    return tensor.half() if tensor.numel() > FEW else tensor


if __name__ == "__main__":
    main()
