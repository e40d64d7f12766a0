"""Train the writer's adapter on the CPU, for a given time; continues where it stopped.

    python -m training.writer.train --base FOLDER --data FOLDER --out FOLDER --seconds 4800

`--base` is the folder that `training.writer.base` makes. The learning rate falls to nothing over
`--seconds` of work, pauses not counted. `--out` gets `checkpoint.pt` and `log.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from .data import TRANSLATIONS, Group, Maker, Sets, read_sets
from .lora import LoraLinear, adapt, factors, put

_POOL = 96
_LONGEST = 400
_LONGEST_TARGET = 110
_WARM_UP = 30
_SAVE_SECONDS = 240
_VALIDATE_SECONDS = 900
_IGNORED = -100


@dataclass(frozen=True)
class Batch:
    """Texts, each followed by its tasks; all of shape (texts, tokens), the mask (texts, 1, tokens, tokens)."""

    ids: torch.Tensor
    positions: torch.Tensor
    mask: torch.Tensor
    """True where a token sees another: what stands before it in the text and in its own task."""
    targets: torch.Tensor
    """The token that is to come next, where the loss looks at it."""
    tasks: int


@dataclass(frozen=True)
class Row:
    """One text with its tasks, in tokens."""

    ids: list[int]
    parts: list[int]
    """Which task each token belongs to; 0 for the text."""
    positions: list[int]
    targets: list[int]
    tasks: int


class Encoder:
    """Groups → batches of about the same number of tokens, of groups of about the same length."""

    def __init__(self, tokenizer: Any, tokens: int) -> None:
        self._tokenizer = tokenizer
        self._tokens = tokens

    def batches(self, groups: Sequence[Group], rng: random.Random) -> list[Batch]:
        """Return the batches in random order."""
        rows = sorted(
            (row for row in map(self._row, groups) if row.tasks and len(row.ids) <= _LONGEST),
            key=lambda row: len(row.ids),
        )
        batches: list[Batch] = []
        together: list[Row] = []
        for row in rows:
            if together and (len(together) + 1) * len(row.ids) > self._tokens:
                batches.append(_batch(together))
                together = []
            together.append(row)
        batches.append(_batch(together))
        rng.shuffle(batches)
        return batches

    def _row(self, group: Group) -> Row:
        ids = [self._tokenizer.bos_token_id, *self._ids(group.text)]
        first = len(ids)
        parts, positions, targets = [0] * first, list(range(first)), [_IGNORED] * first
        for number, task in enumerate(group.tasks, 1):
            prompt = self._ids(task.prompt)
            target = [*self._ids(task.target)[:_LONGEST_TARGET], self._tokenizer.eos_token_id]
            both = prompt + target[:-1]  # nothing comes after the last token
            ids += both
            parts += [number] * len(both)
            positions += range(first, first + len(both))
            targets += [_IGNORED] * (len(prompt) - 1) + target
        return Row(ids, parts, positions, targets, len(group.tasks))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _batch(rows: Sequence[Row]) -> Batch:
    longest = max(len(row.ids) for row in rows)

    def padded(lists: Iterable[list[int]], empty: int) -> torch.Tensor:
        return torch.tensor([one + [empty] * (longest - len(one)) for one in lists])

    parts = padded((row.parts for row in rows), -1)
    before = torch.tril(torch.ones(longest, longest, dtype=torch.bool))
    seen = (parts[:, None, :] == 0) | (parts[:, None, :] == parts[:, :, None])
    return Batch(
        ids=padded((row.ids for row in rows), 0),
        positions=padded((row.positions for row in rows), 0),
        mask=(seen & before)[:, None],
        targets=padded((row.targets for row in rows), _IGNORED),
        tasks=sum(row.tasks for row in rows),
    )


class Head:
    """The output layer, over those tokens only that the training data hold: the rest costs most of the time."""

    def __init__(self, weight: torch.Tensor, used: Sequence[int]) -> None:
        self._rows = weight[torch.tensor(used)].detach().contiguous()
        self._place = torch.full((weight.shape[0],), _IGNORED)
        self._place[torch.tensor(used)] = torch.arange(len(used))

    def loss(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return the mean cross-entropy over the target tokens."""
        wanted = targets != _IGNORED
        logits = functional.linear(hidden[wanted], self._rows).float()
        return functional.cross_entropy(logits, self._place[targets[wanted]], ignore_index=_IGNORED)


class Training:
    """The state of a training run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self._arguments = arguments
        self._out: Path = arguments.out
        self._out.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(arguments.seed)
        tokenizer = AutoTokenizer.from_pretrained(arguments.base)
        kept, aside = read_sets(arguments.data)
        self._kept = kept
        self._encoder = Encoder(tokenizer, arguments.tokens)
        kind = {"bf16": torch.bfloat16, "f32": torch.float32}[arguments.type]
        self._model = AutoModelForCausalLM.from_pretrained(
            arguments.base, dtype=kind, attn_implementation="eager"
        )
        self._adapters: dict[str, LoraLinear] = adapt(self._model, arguments.rank, 2.0 * arguments.rank)
        self._head = Head(self._model.lm_head.weight, _used(tokenizer, kept))
        parameters = [one for one in self._model.parameters() if one.requires_grad]
        self._parameters = parameters
        self._optimizer = torch.optim.AdamW(
            parameters, lr=arguments.rate, betas=(0.9, 0.99), weight_decay=0.0
        )
        self._aside = self._encoder.batches(_some(aside, 64, arguments.translations), random.Random(0))
        self._step, self._seconds, self._tasks, self._block = 0, 0.0, 0, 0
        self._resume()

    def run(self) -> None:
        """Train until the time is up."""
        saved = validated = self._seconds
        running: list[float] = []
        for batch in self._stream():
            started = time.monotonic()
            running.append(self._learn(batch))
            self._seconds += time.monotonic() - started
            if self._step % 20 == 0:
                self._say(loss=sum(running) / len(running))
                running.clear()
            if self._seconds - saved > _SAVE_SECONDS:
                self._save()
                saved = self._seconds
            if self._seconds - validated > _VALIDATE_SECONDS:
                self._say(aside=self._validate())
                validated = self._seconds
            if self._seconds >= self._arguments.seconds or (self._out / "stop").exists():
                break
        self._save()
        self._say(aside=self._validate())

    def _stream(self) -> Iterator[Batch]:
        while True:
            self._block += 1
            seed = self._arguments.seed * 100_003 + self._block
            maker = Maker(self._kept, seed, self._arguments.translations)
            groups = [maker.draw() for _ in range(_POOL)]
            yield from self._encoder.batches(groups, random.Random(self._block))

    def _learn(self, batch: Batch) -> float:
        progress = min(1.0, self._seconds / self._arguments.seconds)
        rate = self._arguments.rate * min(1.0, (self._step + 1) / _WARM_UP) * max(0.03, 1.0 - progress)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss = self._loss(batch)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._step += 1
        self._tasks += batch.tasks
        return float(loss.detach())

    def _loss(self, batch: Batch) -> torch.Tensor:
        least = torch.finfo(self._model.dtype).min
        added = torch.where(batch.mask, 0.0, least).to(self._model.dtype)
        hidden = self._model.model(
            input_ids=batch.ids,
            position_ids=batch.positions,
            # No text is as long as the window of the layers that look less far.
            attention_mask={"full_attention": added, "sliding_attention": added},
            use_cache=False,
        )
        return self._head.loss(hidden.last_hidden_state, batch.targets)

    @torch.no_grad()
    def _validate(self) -> float:
        return sum(float(self._loss(batch)) for batch in self._aside) / len(self._aside)

    def _say(self, **figures: float) -> None:
        line = {"step": self._step, "tasks": self._tasks, "seconds": round(self._seconds)}
        with (self._out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | {name: round(value, 4) for name, value in figures.items()}) + "\n")

    def _save(self) -> None:
        state = {
            "factors": factors(self._adapters),
            "optimizer": self._optimizer.state_dict(),
            "counts": (self._step, self._seconds, self._tasks, self._block),
            "rank": self._arguments.rank,
        }
        torch.save(state, self._out / "checkpoint.tmp")
        (self._out / "checkpoint.tmp").replace(self._out / "checkpoint.pt")

    def _resume(self) -> None:
        path = self._out / "checkpoint.pt"
        if path.exists():
            state = torch.load(path)
            put(self._adapters, state["factors"])
            self._optimizer.load_state_dict(state["optimizer"])
            self._step, self._seconds, self._tasks, self._block = state["counts"]


def _some(sets: Sets, number: int, translations: float) -> list[Group]:
    maker = Maker(sets, 0, translations)
    return [maker.draw() for _ in range(number)]


def _used(tokenizer: Any, sets: Sets) -> list[int]:
    """Return the tokens that occur in the data, and the special ones."""
    sides = [side for passage in sets.parallel for one in passage for side in one.values()]
    questions = [*sides, *(one for passage in sets.french for one in passage)]
    texts = [one[key] for one in questions for key in ("question", "passage", "answer")]
    texts += [text for one in sets.news for text in one.values()]
    texts += [f" {text}" for text in texts if len(text) < 400] + [" NO_ANSWER"]
    return sorted({*range(300), *(token for ids in tokenizer(texts)["input_ids"] for token in ids)})


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description="Train the writer's adapter.")
    parser.add_argument("--base", type=Path, required=True, help="the dequantised model")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and log")
    parser.add_argument("--seconds", type=float, required=True, help="time to train")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--type", choices=("bf16", "f32"), default="bf16", help="type of the frozen weights")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--tokens", type=int, default=1000, help="tokens of a batch")
    parser.add_argument("--translations", type=float, default=TRANSLATIONS, help="share of translations")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    torch.set_num_threads(arguments.threads)
    Training(arguments).run()


if __name__ == "__main__":
    main()
