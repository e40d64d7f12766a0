"""Make the folder that training reads: the packaged 4-bit model, with the values that its 4 bits stand for.

python -m training.writer.base --gguf FOLDER/gemma-3-270m-q4_k_m.gguf --out FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path


def main() -> None:
    """Dequantise the model and write it, with configuration and tokenizer, in transformers' format."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    parser = argparse.ArgumentParser(description="Dequantise the packaged model for training.")
    parser.add_argument("--gguf", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    folder, name = arguments.gguf.parent, arguments.gguf.name
    AutoTokenizer.from_pretrained(folder, gguf_file=name).save_pretrained(arguments.out)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    configuration = model.config
    if hasattr(configuration, "quantization_config"):  # it is no longer quantised
        del configuration.quantization_config
    configuration.save_pretrained(arguments.out)
    tensors = {
        key: value.contiguous() for key, value in model.state_dict().items() if key != "lm_head.weight"
    }
    save_file(tensors, arguments.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
