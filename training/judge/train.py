"""Train the judge: which sentence of which passage answers, and with which words, or none.

    python -m training.judge.train --out DIR --minutes N [--seed N] [--resume]

The loss is the cross-entropy over all sentences of a group's passages and "none of them" (whose
score is 0), plus that of the answer's first and last token within the gold passage. The learning
rate falls with the time used, so the run ends by itself after `--minutes`; `OUT/checkpoint.pt` is
written every few minutes and holds all that `--resume` needs, and `OUT/best.pt` the weights that
did best on the paragraphs held aside. The weights of the last fifth are kept as `OUT/late-STEP.pt`:
their mean is what ships.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.answers import fold
from index.packaged import FOLDER_NAME

from .evaluate import evaluate
from .groups import Group, Material, Sampler, answer_forms, batched, gold_sentences, lay_out
from .model import JudgeModel

GROUPS = 8
CHUNK = 8
"""Sequences that are run at once, those of like length together."""
RATE_LAYERS, RATE_HEADS, RATE_GATES = 1.5e-4, 1e-3, 1e-2
WARM_UP = 0.03
SPAN_WEIGHT = 0.3
SAVE_EVERY = 300.0
LATE = 0.8
"""Share of the time after which the weights are kept whenever a checkpoint is written."""


def main() -> None:
    """Train until the time is up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of prepared.pt and of what is written"
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder of the converted packaged model")
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--evaluate-every", type=float, default=10, help="minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--name", default="run", help="prefix of the files written")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    Run(arguments).go()


class Run:
    """The state of a training run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._material = Material(arguments.out / "prepared.pt")
        self._model = JudgeModel()
        self._model.start_from(arguments.cache / FOLDER_NAME)
        layers = [*self._model.layers.parameters()]
        known = {id(one) for one in layers}
        gates = [self._model.across, self._model.near]
        known |= {id(one) for one in gates}
        heads = [one for one in self._model.parameters() if id(one) not in known]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": layers, "peak": RATE_LAYERS},
                {"params": heads, "peak": RATE_HEADS},
                {"params": gates, "peak": RATE_GATES, "weight_decay": 0.0},
            ],
            lr=RATE_LAYERS,
            weight_decay=0.01,
        )
        self._step, self._used, self._best = 0, 0.0, -1.0
        if arguments.resume:
            self._load()
        self._sampler = Sampler(self._material, arguments.seed * 100_003 + self._step)

    def go(self) -> None:
        """Step until the time is up, saving and evaluating in between."""
        budget = self._arguments.minutes * 60
        every = self._arguments.evaluate_every * 60
        last_saved, next_look, mean = self._used, self._used + every, None
        while self._used < budget:
            began = time.monotonic()
            self._set_rate(self._used / budget)
            found = self._train_step([self._sampler.draw() for _ in range(GROUPS)])
            mean = found if mean is None else [0.97 * a + 0.03 * b for a, b in zip(mean, found, strict=True)]
            self._step += 1
            self._used += time.monotonic() - began
            if self._step % 20 == 0:
                self._log(sentence=mean[0], span=mean[1], right=mean[2])
            if self._used - last_saved > SAVE_EVERY:
                self._save("checkpoint")
                last_saved = self._used
                if self._used > LATE * budget:
                    self._save(f"late-{self._step}")
            if self._used > next_look or self._used >= budget:
                self._look(most=100 if self._used >= budget else 40)
                next_look = self._used + every
        self._save("checkpoint")
        self._save(f"late-{self._step}")

    def _set_rate(self, progress: float) -> None:
        factor = min(1.0, (progress + 1e-3) / WARM_UP) * max(0.02, 1 - progress)
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * factor

    def _train_step(self, groups: list[Group]) -> list[float]:
        self._model.train()
        scores, tokens, sequences = run(self._model, groups)
        sentence = torch.stack([self._sentence_loss(g, s) for g, s in zip(groups, scores, strict=True)])
        spans = [
            (functional.cross_entropy(token[:, 0][None], torch.tensor([one.start]))
             + functional.cross_entropy(token[:, 1][None], torch.tensor([one.end]))) / 2
            for token, one in zip(tokens, sequences, strict=True)
            if one.start >= 0
        ]  # fmt: skip
        span = torch.stack(spans).mean() if spans else torch.zeros(())
        loss = sentence.mean() + SPAN_WEIGHT * span
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        right = [float(_is_right(g, s)) for g, s in zip(groups, scores, strict=True)]
        return [float(sentence.detach().mean()), float(span.detach()), sum(right) / len(right)]

    def _sentence_loss(self, group: Group, scores: list[Tensor]) -> Tensor:
        right, unclear = targets(group)
        flat = torch.cat([torch.zeros(1), *scores])
        flat = flat.masked_fill(torch.tensor([False, *unclear]), -1e4)
        good = torch.tensor([not any(right), *right])
        return torch.logsumexp(flat, 0) - torch.logsumexp(flat[good], 0)

    def _look(self, most: int | None) -> None:
        figures = evaluate(self._model, self._material, most)
        self._log(**figures)
        value = figures["fr_hit1"] + figures["cross_hit1"] + figures["fr_auc"] + figures["cross_auc"]
        if value > self._best:
            self._best = value
            self._save("best")

    def _log(self, **figures: float) -> None:
        row = {"step": self._step, "minutes": round(self._used / 60, 2)}
        row |= {name: round(value, 4) for name, value in figures.items()}
        print(json.dumps(row), flush=True)
        with (self._arguments.out / f"{self._arguments.name}-log.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")

    def _save(self, kind: str) -> None:
        content: dict[str, Any] = {"model": self._model.state_dict(), "step": self._step}
        if kind == "checkpoint":
            content |= {"optimizer": self._optimizer.state_dict(), "used": self._used, "best": self._best}
        path = self._arguments.out / f"{self._arguments.name}-{kind}.pt"
        torch.save(content, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)

    def _load(self) -> None:
        content = torch.load(self._arguments.out / f"{self._arguments.name}-checkpoint.pt")
        self._model.load_state_dict(content["model"])
        self._optimizer.load_state_dict(content["optimizer"])
        self._step, self._used, self._best = content["step"], content["used"], content["best"]


def run(model: JudgeModel, groups: list[Group]) -> tuple[list[list[Tensor]], list[Tensor], list[Any]]:
    """Return sentence scores by group and reading, token scores by sequence, and the sequences."""
    sequences = [lay_out(group, reading) for group in groups for reading in group.readings]
    order = sorted(range(len(sequences)), key=lambda number: len(sequences[number].parts))
    scores: dict[int, Tensor] = {}
    tokens: dict[int, Tensor] = {}
    for start in range(0, len(order), CHUNK):
        chosen = order[start : start + CHUNK]
        batch, numbers = batched([sequences[number] for number in chosen])
        with torch.autocast("cpu", torch.bfloat16):
            score, token = model(batch)
        for row, number in enumerate(chosen):
            scores[number] = score[numbers[row]]
            tokens[number] = token[row, : len(sequences[number].parts)].masked_fill(
                (sequences[number].sentences < 0)[:, None], -1e4
            )
    place, by_group = 0, []
    for group in groups:
        by_group.append([scores[place + n] for n in range(len(group.readings))])
        place += len(group.readings)
    return by_group, [tokens[number] for number in range(len(sequences))], sequences


def targets(group: Group) -> tuple[list[bool], list[bool]]:
    """Return which sentences of the readings are right, and which hold the answer's words elsewhere."""
    right, unclear = [], []
    for reading in group.readings:
        for number in range(reading.first, reading.last):
            good = reading.gold is not None and number in gold_sentences(reading.passage, reading.gold)
            right.append(good)
            hidden = False
            if reading.gold is not None and not good:
                start, end = reading.passage["sentences"][number]
                words = f" {fold(reading.passage['text'][start:end])} "
                hidden = any(f" {fold(form)} " in words for form in answer_forms(group.question))
            unclear.append(hidden)
    return right, unclear


def _is_right(group: Group, scores: list[Tensor]) -> bool:
    flat = torch.cat([torch.zeros(1), *scores]).detach()
    best = int(flat.argmax())
    right, _ = targets(group)
    return right[best - 1] if best else not any(right)


if __name__ == "__main__":
    main()
