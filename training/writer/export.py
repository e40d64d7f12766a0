"""Write a checkpoint as a GGUF adapter, as llama.cpp reads it.

    python -m training.writer.export --checkpoint RUN/checkpoint.pt --base BASE.gguf --out writer.gguf

Names and layout: https://github.com/ggml-org/llama.cpp/blob/master/convert_lora_to_gguf.py
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch

_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
BASE_KEY = "article_assistant.base_sha256"


def gguf_name(factor: str) -> str:
    """Return llama.cpp's name of `model.layers.N.<module>.a` or `.b`."""
    _, _, layer, module, projection, part = factor.split(".")
    return f"blk.{layer}.{_NAMES[f'{module}.{projection}']}.weight.lora_{part}"


def export(checkpoint: Path, base: Path, out: Path) -> None:
    """Write the adapter in f16, with the checksum of the model that it belongs to."""
    import gguf

    state = torch.load(checkpoint)
    writer = gguf.GGUFWriter(out, "gemma3")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0 * state["rank"])
    writer.add_name("Article Assistant writer")
    writer.add_license("gemma")
    writer.add_string(BASE_KEY, hashlib.sha256(base.read_bytes()).hexdigest())
    for name, tensor in state["factors"].items():
        writer.add_tensor(gguf_name(name), tensor.numpy().astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description="Write a checkpoint as a GGUF adapter.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="the packaged model, for its checksum")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.base, arguments.out)
    print(arguments.out, hashlib.sha256(arguments.out.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
