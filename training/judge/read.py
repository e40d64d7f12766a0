"""Read many passages at once in torch, into the cache that the benchmarks read from.

    python -m training.judge.read --out DIR --cache DIR --wanted FILE --readings FILE [--weights FILE]

`--wanted` is JSON Lines: question, text, sentences. What is read is what the product's reader
(`index/reader.py`) would, to about 0.01; it is only quicker, because every text goes through the
lower layers once, and in bfloat16.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks.collections import reading_key
from index.packaged import FOLDER_NAME
from index.reader import MOST_QUESTION_TOKENS, UNREAD

from .export import halved
from .groups import Group, Reading, place_tokens
from .model import JudgeModel
from .prepare import Encoder
from .train import run

AT_ONCE = 32


def main() -> None:
    """Read what is wanted and not yet known."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--wanted", type=Path, required=True)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--weights", default="run-best.pt")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    store = sqlite3.connect(arguments.readings)
    store.execute("CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, reading TEXT)")
    known = {key for (key,) in store.execute("SELECT key FROM readings")}
    rows = [json.loads(line) for line in arguments.wanted.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if reading_key(row["question"], row["text"]) not in known]
    model = JudgeModel()
    state = torch.load(arguments.out / arguments.weights)["model"]
    model.load_state_dict({name: halved(one).float() for name, one in state.items()})  # as shipped
    model.eval()
    encoder = Encoder(arguments.cache / FOLDER_NAME)
    questions = {row["question"]: {"text": row["question"]} for row in rows}
    passages = {row["text"]: {"text": row["text"], "sentences": row["sentences"]} for row in rows}
    encoder.run(list(questions.values()), "query: ", most=MOST_QUESTION_TOKENS)
    encoder.run(list(passages.values()), "passage: ")
    for passage in passages.values():
        place_tokens(passage)
    for start in range(0, len(rows), AT_ONCE):
        chosen = rows[start : start + AT_ONCE]
        groups = [
            Group(
                questions[row["question"]],
                [Reading(passages[row["text"]], 0, len(row["sentences"]))],
            )
            for row in chosen
        ]
        scores = read_groups(model, groups)
        with store:
            store.executemany(
                "INSERT OR REPLACE INTO readings VALUES (?, ?)",
                [
                    (reading_key(row["question"], row["text"]), json.dumps(one))
                    for row, one in zip(chosen, scores, strict=True)
                ],
            )
        print(f"{start + len(chosen)}/{len(rows)}", flush=True)


@torch.no_grad()
def read_groups(model: JudgeModel, groups: Sequence[Group]) -> list[list[float]]:
    """Return the scores of the sentences of each group's one passage."""
    scores, _, sequences = run(model, list(groups))
    found = []
    for group, (score,), sequence in zip(groups, scores, sequences, strict=True):
        of_sentence = [UNREAD] * len(group.readings[0].passage["sentences"])
        for place, number in enumerate(sorted({int(one) for one in sequence.sentences if one >= 0})):
            of_sentence[number] = float(score[place])
        found.append(of_sentence)
    return found


if __name__ == "__main__":
    main()
