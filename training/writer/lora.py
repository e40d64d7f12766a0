"""Low-rank adapters on the linear layers of a frozen model: the smallest that trains, and its weights."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LoraLinear(nn.Module):
    """A frozen matrix plus `scale * b @ a`; the factors are kept in f32 and applied in the input's type.

    Hu et al. 2021, https://arxiv.org/abs/2106.09685.
    """

    def __init__(self, linear: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.register_buffer("weight", linear.weight.detach(), persistent=False)
        self.scale = scale
        self.a = nn.Parameter(torch.empty(rank, linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        nn.init.normal_(self.a, std=linear.in_features**-0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (…, in) to (…, out)."""
        low = functional.linear(x, self.a.to(x.dtype))
        return functional.linear(x, self.weight).add_(
            functional.linear(low, (self.b * self.scale).to(x.dtype))
        )


def adapt(model: nn.Module, rank: int, alpha: float) -> dict[str, LoraLinear]:
    """Freeze a transformers model and put adapters on its projections; returns them by module name."""
    model.requires_grad_(False)
    found = [name for name, _ in model.named_modules() if name.rpartition(".")[2] in PROJECTIONS]
    adapters = {}
    for name in found:
        parent, _, last = name.rpartition(".")
        adapters[name] = LoraLinear(model.get_submodule(name), rank, alpha / rank)  # type: ignore[arg-type]
        setattr(model.get_submodule(parent), last, adapters[name])
    return adapters


def factors(adapters: dict[str, LoraLinear]) -> dict[str, torch.Tensor]:
    """Return the trained tensors: `<module>.a` of shape (rank, in) and `<module>.b` of shape (out, rank)."""
    return {f"{name}.{part}": getattr(one, part).detach() for name, one in adapters.items() for part in "ab"}


def put(adapters: dict[str, LoraLinear], tensors: dict[str, torch.Tensor]) -> None:
    """Set the trained tensors. Raises KeyError where one is missing."""
    with torch.no_grad():
        for name, one in adapters.items():
            one.a.copy_(tensors[f"{name}.a"])
            one.b.copy_(tensors[f"{name}.b"])
