"""The judge in torch, as it is trained: the encoder's upper layers over (question, passage), and heads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, WIDE = 384, 12, 1536
ACROSS = -2.0
NEAR_SLOPE, NEAR_MIDDLE = 40.0, 0.87
LAYERS = range(6, 12)
"""The layers that read question and passage together."""


class Layer(nn.Module):
    """A BERT encoder layer, post-norm, with one matrix for queries, keys and values."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = nn.Linear(WIDTH, WIDE)
        self.narrow = nn.Linear(WIDE, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return shape (sequences, tokens, WIDTH); `mask` is 0 for tokens and -inf for padding."""
        count, length, _ = states.shape
        q, k, v = self.qkv(states).view(count, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        heads = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        states = self.norm1(states + self.out(heads.transpose(1, 2).reshape(count, length, WIDTH)))
        return self.norm2(states + self.narrow(functional.gelu(self.widen(states))))


@dataclass
class Batch:
    """Sequences of question and passage states, and which sentence each token belongs to."""

    states: Tensor
    """Shape (sequences, tokens, WIDTH), after the lower layers."""
    parts: Tensor
    """Shape (sequences, tokens): 0 question, 1 passage, 2 padding."""
    sentences: Tensor
    """Shape (sequences, tokens): number of the sentence, counted over the batch, or -1."""
    count: int
    """Sentences of the batch."""


class JudgeModel(nn.Module):
    """Score every sentence of every passage of a question, and every token as start and end."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.Embedding(2, WIDTH)
        nn.init.zeros_(self.parts.weight)
        self.layers = nn.ModuleList(Layer() for _ in LAYERS)
        self.tokens = nn.Linear(WIDTH, 3)
        """Salience within the sentence, start and end of the answer."""
        self.pooled = nn.Linear(2 * WIDTH, WIDTH)
        self.score = nn.Linear(WIDTH, 1)
        self.across = nn.Parameter(torch.full((len(LAYERS), HEADS), ACROSS))
        """Added to the attention between question and passage, by layer and head: it opens as it learns."""
        self.near = nn.Parameter(torch.tensor([NEAR_SLOPE, NEAR_MIDDLE]))
        """What the nearness of question and sentence counts for: the model starts from what e5 knows."""
        for head in (self.tokens, self.score):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        self.dropout = nn.Dropout(0.1)

    def start_from(self, folder: Path) -> None:
        """Copy the upper layers of the packaged model."""
        from safetensors.torch import load_file

        state = load_file(folder / "model.safetensors")
        names = {
            "out": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "widen": "intermediate.dense",
            "narrow": "output.dense",
            "norm2": "output.LayerNorm",
        }
        for layer, number in zip(self.layers, LAYERS, strict=True):
            prefix = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                joined = [state[f"{prefix}attention.self.{one}.{kind}"] for one in ("query", "key", "value")]
                getattr(layer.qkv, kind).data.copy_(torch.cat(joined))
                for ours, theirs in names.items():
                    getattr(getattr(layer, ours), kind).data.copy_(state[f"{prefix}{theirs}.{kind}"])

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return scores of the sentences, shape (batch.count,), and of tokens, (sequences, tokens, 2)."""
        padding = batch.parts == 2
        states = batch.states + self.parts(batch.parts.clamp(max=1))
        states = self.dropout(states)
        mask = torch.zeros(padding.shape).masked_fill(padding, -1e9)[:, None, None, :]
        apart = (batch.parts[:, :, None] != batch.parts[:, None, :]).float()[:, None]
        for number, layer in enumerate(self.layers):
            states = layer(states, (mask + apart * self.across[number, :, None, None]))
        states = states.float()
        with torch.autocast("cpu", enabled=False):
            token = self.tokens(states)
            inside = batch.sentences >= 0
            numbers = batch.sentences[inside]
            weight = token[..., 0][inside].clamp(-9, 9).exp()
            total = torch.zeros(batch.count).index_add(0, numbers, weight)
            mean = torch.zeros(batch.count, WIDTH).index_add(0, numbers, states[inside] * weight[:, None])
            mean = mean / total.clamp(min=1e-9)[:, None]
            rows = torch.zeros(batch.count, dtype=torch.long)
            rows[numbers] = torch.arange(len(states))[:, None].expand_as(inside)[inside]
            joined = self.dropout(torch.cat([mean, states[rows, 0]], dim=1))
            score = self.score(functional.gelu(self.pooled(joined)))[:, 0]
            asked = (batch.parts == 0).float()[..., None]
            question = (states * asked).sum(1) / asked.sum(1)
            near = functional.cosine_similarity(mean, question[rows], dim=1)
            score = score + self.near[0] * (near - self.near[1])
        return score, token[..., 1:]
