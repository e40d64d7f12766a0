"""Measure the judge on the paragraphs held aside: its choice of sentence, its answers' words, its refusals.

    python -m training.judge.evaluate --out DIR --cache DIR [--weights run-best.pt] [--most N]

Each question is asked of its passage and of the four nearest ones of other paragraphs; and, for the
refusals, of the five nearest ones without it. Beside the judge: nearness of sentence vectors of e5.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from benchmarks.collections import Row

from .groups import Group, Material, Reading, gold_sentences

if TYPE_CHECKING:
    from .model import JudgeModel

OTHERS = 4
"""Passages beside the gold one."""


def aside_groups(material: Material, most: int | None) -> dict[str, list[tuple[Group, Group]]]:
    """Return groups by kind, each with its passage and with another one in its place (seed 0)."""
    chooser = random.Random(0)
    aside = [question for question in material.questions if question["aside"]]
    french = [one for one in aside if one["language"] == "fr"]
    parallel = [one for one in aside if one["language"] != "fr"]
    chooser.shuffle(french)
    chooser.shuffle(parallel)
    pairs: dict[str, list[tuple[Group, Group]]] = {"fr": [], "cross": []}
    for question in french[:most]:
        pairs["fr"].append(_pair(material, question, "fr"))
    for question in parallel[: most or 250]:
        others = sorted(set(question["gold"]) - {question["language"]})
        pairs["cross"].append(_pair(material, question, chooser.choice(others)))
    return pairs


def _pair(material: Material, question: Row, language: str) -> tuple[Group, Group]:
    gold = question["gold"][language]
    others = []
    for place, number in enumerate(question["near"][: OTHERS + 1]):
        spoken = language if place % 2 == 0 else question["language"]
        others.append(material.versions(number, spoken)[0])
    readings = [_whole(material.passages[number]) for number in others]
    kept = _whole(material.passages[gold["passage"]])
    kept.gold = gold
    return Group(question, [kept, *readings[:OTHERS]]), Group(question, readings)


def _whole(passage: Row) -> Reading:
    return Reading(passage, 0, len(passage["sentences"]))


@torch.no_grad()
def evaluate(model: JudgeModel, material: Material, most: int | None) -> dict[str, float]:
    """Return, by kind: sentence hit@1 and hit@3 of all passages, hit@1 within the gold one, AUC of refusing, span F1."""
    from .train import run

    model.eval()
    figures: dict[str, float] = {}
    for kind, pairs in aside_groups(material, most).items():
        hits1, hits3, within, exact, overlap, margins, other_margins = [], [], [], [], [], [], []
        for there, gone in pairs:
            scores, tokens, sequences = run(model, [there])
            lost, _, _ = run(model, [Group(gone.question, gone.readings[OTHERS:])])  # the others are the same
            gold = there.readings[0].gold
            assert gold is not None
            right = set(gold_sentences(there.readings[0].passage, gold))
            flat = torch.cat(scores[0])
            order = flat.argsort(descending=True).tolist()
            hits1.append(order[0] in right)
            hits3.append(any(one in right for one in order[:3]))
            within.append(int(scores[0][0].argmax()) in right)
            margins.append(float(torch.logsumexp(flat, 0)))
            rest = torch.cat([*scores[0][1:], *lost[0]])
            other_margins.append(float(torch.logsumexp(rest, 0)))
            if sequences[0].start >= 0:
                first, last = best_span(tokens[0])
                exact.append(first == sequences[0].start and last == sequences[0].end)
                shared = min(last, sequences[0].end) - max(first, sequences[0].start) + 1
                sizes = last - first + 1 + sequences[0].end - sequences[0].start + 1
                overlap.append(2 * max(0, shared) / sizes)
        figures |= {
            f"{kind}_hit1": _mean(hits1),
            f"{kind}_hit3": _mean(hits3),
            f"{kind}_within": _mean(within),
            f"{kind}_auc": auc(margins, other_margins),
            f"{kind}_exact": _mean(exact),
            f"{kind}_f1": _mean(overlap),
        }
    return figures


def best_span(tokens: torch.Tensor, longest: int = 30) -> tuple[int, int]:
    """Return the first and last token of the likeliest answer, given their scores, shape (tokens, 2)."""
    sums = tokens[:, 0][:, None] + tokens[:, 1][None, :]
    allowed = torch.ones_like(sums).triu().tril(longest - 1).bool()
    place = int(sums.masked_fill(~allowed, -1e9).argmax())
    return place // len(tokens), place % len(tokens)


def auc(positive: list[float], negative: list[float]) -> float:
    """Return how often a positive lies above a negative."""
    a, b = torch.tensor(positive)[:, None], torch.tensor(negative)[None, :]
    return float(((a > b).float() + (a == b).float() / 2).mean())


def _mean(values: list[bool] | list[float]) -> float:
    return sum(values) / max(1, len(values))


@torch.no_grad()
def nearness(material: Material, folder: Path, most: int | None) -> dict[str, float]:
    """Return the same figures for the cosine of question and sentence by the packaged e5."""
    from .prepare import Encoder

    encoder = Encoder(folder)
    vectors: dict[str, torch.Tensor] = {}

    def known(texts: list[str]) -> torch.Tensor:
        rows = [{"text": text} for text in dict.fromkeys(texts) if text not in vectors]
        encoder.run(rows, "passage: ")
        vectors.update({row["text"]: row["vector"] for row in rows})  # type: ignore[misc]
        return torch.stack([vectors[text] for text in texts])

    def sentences(group: Group) -> list[str]:
        return [
            reading.passage["text"][start:end]
            for reading in group.readings
            for start, end in reading.passage["sentences"]
        ]

    figures: dict[str, float] = {}
    pairs = aside_groups(material, most)
    known([text for found in pairs.values() for both in found for one in both for text in sentences(one)])
    for kind, found in pairs.items():
        hits1, hits3, within, margins, other_margins = [], [], [], [], []
        for there, gone in found:
            asked = there.question["vector"]
            scores, lost = known(sentences(there)) @ asked, known(sentences(gone)) @ asked
            gold = there.readings[0].gold
            assert gold is not None
            right = set(gold_sentences(there.readings[0].passage, gold))
            order = scores.argsort(descending=True).tolist()
            hits1.append(order[0] in right)
            hits3.append(any(one in right for one in order[:3]))
            within.append(int(scores[: there.readings[0].last].argmax()) in right)
            margins.append(float(scores.max()))
            other_margins.append(float(lost.max()))
        figures |= {
            f"{kind}_hit1": _mean(hits1),
            f"{kind}_hit3": _mean(hits3),
            f"{kind}_within": _mean(within),
            f"{kind}_auc": auc(margins, other_margins),
        }
    return figures


def main() -> None:
    """Print the figures of the judge and of e5."""
    from index.packaged import FOLDER_NAME

    from .model import JudgeModel

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--weights", help="file in --out; without it only e5 is measured")
    parser.add_argument("--most", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    material = Material(arguments.out / "prepared.pt")
    if arguments.weights:
        model = JudgeModel()
        model.load_state_dict(torch.load(arguments.out / arguments.weights)["model"])
        _show("judge", evaluate(model, material, arguments.most))
    _show("e5", nearness(material, arguments.cache / FOLDER_NAME, arguments.most))


def _show(name: str, figures: dict[str, float]) -> None:
    print(name, *(f"{key} {value:.3f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
