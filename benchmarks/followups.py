"""How well passages are found for follow-ups: the last turn alone, completed by rules, by a model.

    python -m benchmarks.followups --data DIR [--set NAME] [--limit N] [--model gguf:PATH] [--show] [--cache DIR]

For comparison: the question before put behind the last one, and all questions in a row. Prints hit@1,
hit@5 and MRR@10 of the gold passages with 95 % bootstrap intervals, then each system against the last
turn alone on the same questions. The rules were chosen by looking at the tuned half of the
conversations (drawn with seed 0); the other half was only reported.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant import Turn
from assistant.config import ModelConfig
from assistant.errors import LanguageModelError
from assistant.llm import open_model
from assistant.rewrite import standalone, standalone_by_model
from index import Index

from .collections import Row, build_index, read_rows, safe_name, set_id

DEPTH = 10
ALONE = "last turn alone"
_RESAMPLES = 10_000
_REWRITE_TOKENS = 120

Rewriter = Callable[[str, Sequence[Turn]], str | None]
Ranks = dict[str, list[int | None]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description="Measure the completion of follow-ups.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation sets")
    parser.add_argument("--set", default="mtrag_multiturn", help="set with a `history` for each question")
    parser.add_argument("--model", help="also complete by this model: gguf:PATH, openai:NAME or ollama:NAME")
    parser.add_argument("--limit", type=int, help="most questions (seed 0)")
    parser.add_argument("--show", action="store_true", help="print every completed question")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    options = parser.parse_args(arguments)
    folder = options.data / options.set
    rows = [row for row in read_rows(folder / "questions.jsonl.gz") if row["gold_doc_ids"] and row["history"]]
    if options.limit and len(rows) > options.limit:
        rows = random.Random(0).sample(rows, options.limit)
    systems = rewriters(options.model)
    cache = options.cache or Path(tempfile.mkdtemp(prefix="followups-"))
    articles = read_rows(folder / "corpus.jsonl.gz")
    with build_index(articles, cache, f"followups-{options.set}", sentences=False, reuse=True) as index:
        ranks = measure(index, rows, systems, show=options.show)
    parts = groups(rows)
    print("\n| questions | n | system | hit@1 | hit@5 | MRR@10 |\n|---|---|---|---|---|---|")
    print("\n".join(line for name, places in parts.items() for line in table(name, _taken(ranks, places))))
    print(
        f"\n| questions | against “{ALONE}” | ranked higher | lower | Δ hit@5 | Δ MRR@10 |\n|---|---|---|---|---|---|"
    )
    print("\n".join(line for name, places in parts.items() for line in paired(name, _taken(ranks, places))))


def rewriters(model: str | None) -> dict[str, Rewriter]:
    """Return the systems by name."""
    systems: dict[str, Rewriter] = {
        ALONE: lambda question, turns: None,
        "rules": standalone,
        "question before + last turn": lambda question, turns: f"{question} {turns[-1].question}",
        "all questions": lambda question, turns: " ".join([*(turn.question for turn in turns), question]),
    }
    opened = open_model(ModelConfig(name=model)) if model else None
    if opened is not None:

        def complete(system: str, user: str) -> str:
            return opened.complete(system, user, max_tokens=_REWRITE_TOKENS)

        def by_model(question: str, turns: Sequence[Turn]) -> str | None:
            try:
                return standalone_by_model(question, turns, complete)
            except LanguageModelError as error:  # as in use, where the rules take over
                print(f"\n{error}", file=sys.stderr)
                return standalone(question, turns)

        systems[opened.name] = by_model
    return systems


def measure(index: Index, rows: Sequence[Row], systems: dict[str, Rewriter], *, show: bool = False) -> Ranks:
    """Return by system the rank (from 1) of the best gold passage of each question, None beyond ten."""
    ranks: Ranks = {name: [] for name in systems}
    for number, row in enumerate(rows):
        if number % 20 == 0:
            print(f"\r{number} questions", end="", file=sys.stderr)
        question, turns = row["question"].strip(), turns_of(row)
        gold = {safe_name(name) for name in row["gold_doc_ids"]}
        for name, rewrite in systems.items():
            asked = rewrite(question, turns)
            if show and asked:
                print(f"{name}: {asked}")
            ranks[name].append(_rank(index, asked or question, gold))
    print(file=sys.stderr)
    return ranks


def turns_of(row: Row) -> list[Turn]:
    """Return a question's history as turns; a question that got no answer has an empty one."""
    turns: list[Turn] = []
    for said in row["history"]:
        if said["role"] == "user":
            turns.append(Turn(question=said["text"].strip(), answer=""))
        elif turns:
            turns[-1] = Turn(question=turns[-1].question, answer=said["text"])
    return turns


def groups(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return the places of all questions and of those of each half of the conversations."""
    first = [row["history"][0]["text"] for row in rows]
    conversations = sorted(set(first))
    random.Random(0).shuffle(conversations)
    tuned = set(conversations[: len(conversations) // 2])
    completed = [place for place, row in enumerate(rows) if standalone(row["question"], turns_of(row))]
    return {
        "all with a history": list(range(len(rows))),
        "tuned half": [place for place, name in enumerate(first) if name in tuned],
        "other half": [place for place, name in enumerate(first) if name not in tuned],
        "completed by rules": completed,
        "left alone by rules": [place for place in range(len(rows)) if place not in set(completed)],
    }


def _taken(ranks: Ranks, places: Sequence[int]) -> Ranks:
    return {name: [found[place] for place in places] for name, found in ranks.items()}


def _rank(index: Index, question: str, gold: set[str]) -> int | None:
    """Return the rank of the first gold passage's article among the distinct articles found."""
    found = index.search(question[: index.config.max_question_chars], limit=3 * DEPTH)
    articles = list(dict.fromkeys(set_id(hit.article.path) for hit in found))[:DEPTH]
    return next((rank for rank, name in enumerate(articles, 1) if name in gold), None)


MEASURES: dict[str, Callable[[int | None], float]] = {
    "hit@1": lambda rank: float(rank == 1),
    "hit@5": lambda rank: float(rank is not None and rank <= 5),
    "MRR@10": lambda rank: 1 / rank if rank else 0.0,
}


def table(group: str, ranks: Ranks) -> list[str]:
    """Return a group's rows, one for each system."""
    return [
        f"| {group} | {len(found)} | {name} | "
        + " | ".join(interval(np.array([measure(rank) for rank in found])) for measure in MEASURES.values())
        + " |"
        for name, found in ranks.items()
    ]


def paired(group: str, ranks: Ranks) -> list[str]:
    """Return a group's rows that compare each system with the last turn alone, question by question."""
    rows = []
    for name, found in ranks.items():
        if name == ALONE:
            continue
        pairs = [
            (one or DEPTH + 1, other or DEPTH + 1) for one, other in zip(found, ranks[ALONE], strict=True)
        ]
        higher, lower = sum(one < other for one, other in pairs), sum(one > other for one, other in pairs)
        gains = [
            np.array([measure(one) - measure(other) for one, other in zip(found, ranks[ALONE], strict=True)])
            for measure in (MEASURES["hit@5"], MEASURES["MRR@10"])
        ]
        rows.append(f"| {group} | {name} | {higher} | {lower} | " + " | ".join(map(signed, gains)) + " |")
    return rows


def interval(values: np.ndarray) -> str:
    """Return the mean and its 95 % bootstrap interval (seed 0)."""
    low, high = _bounds(values)
    return f"{values.mean():.3f} ({low:.3f}–{high:.3f})"


def signed(values: np.ndarray) -> str:
    """Return the mean difference and its 95 % bootstrap interval (seed 0), with signs."""
    low, high = _bounds(values)
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def _bounds(values: np.ndarray) -> tuple[float, float]:
    draws = np.random.default_rng(0).integers(0, len(values), size=(_RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    main()
