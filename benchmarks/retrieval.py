"""How well passages are found: lexical, dense, plain reciprocal rank fusion, and ours.

    python -m benchmarks.retrieval --data DIR [--sets NAME…] [--limit N] [--cache DIR]

Every set is indexed by `Index.add` and asked through `Searcher`, as in use. Prints a Markdown table:
hit@1, hit@5 and MRR@10 of the gold article, with 95 % bootstrap intervals, by language of question
and article. Where a question names several gold articles, the first is the strict one for realtimeqa.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from index.collection import Index
from index.search import Candidate, Searcher

from .collections import Row, build_index, choose_articles, read_rows, safe_name, set_id

SETS = ("piaf_fr", "wmtnews_x2fr", "xquad_mixed", "orangesum_fr", "realtimeqa")
STRICT = frozenset({"realtimeqa"})
SYSTEMS = ("lexical", "dense", "plain fusion", "ours")
DEPTH = 10
_PLAIN_FUSION = 60
_RESAMPLES = 2_000

Group = tuple[str, str]
Ranks = dict[Group, dict[str, list[int | None]]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description="Measure retrieval on evaluation sets.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation sets")
    parser.add_argument("--sets", nargs="+", default=list(SETS), help="sets to run")
    parser.add_argument("--limit", type=int, help="most questions of a set (seed 0)")
    parser.add_argument(
        "--articles", type=int, help="most articles of a set: the gold ones and a sample (seed 0)"
    )
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    options = parser.parse_args(arguments)
    cache = options.cache or Path(tempfile.mkdtemp(prefix="retrieval-"))
    print("| set | question → article | n | system | hit@1 | hit@5 | MRR@10 |\n|---|---|---|---|---|---|---|")
    for name in options.sets:
        questions = [
            row for row in read_rows(options.data / name / "questions.jsonl.gz") if row["answerable"]
        ]
        articles = choose_articles(
            read_rows(options.data / name / "corpus.jsonl.gz"), questions, options.articles
        )
        if options.limit and len(questions) > options.limit:
            questions = random.Random(0).sample(questions, options.limit)
        with build_index(articles, cache, f"retrieval-{name}", sentences=False) as index:
            languages = {row["id"]: row.get("lang") or "?" for row in articles}
            ranks = measure(index, questions, languages, strict=name in STRICT)
        print("\n".join(table(name, ranks)), flush=True)


def measure(index: Index, questions: Iterable[Row], languages: dict[str, str], *, strict: bool) -> Ranks:
    """Return, by group and system, the rank (from 1) of the gold article of each question, None beyond ten."""
    searcher = Searcher(index.catalog, index.vectors, index.embedder, index.config)
    ranks: Ranks = defaultdict(lambda: defaultdict(list))
    several = len(set(languages.values())) > 1
    for number, row in enumerate(questions):
        if number % 100 == 0:
            print(f"\r{number} questions", end="", file=sys.stderr)
        gold = row["gold_doc_ids"][:1] if strict else row["gold_doc_ids"]
        names = {safe_name(one) for one in gold}
        spoken = languages.get(gold[0], "?")
        question = row["question"][: index.config.max_question_chars]
        candidates = searcher.candidates(question, index.config.candidates)
        found = {system: _articles(order(candidates)) for system, order in ORDERS.items()}
        found["ours"] = [{set_id(hit.article.path)} for hit in searcher.search(question, limit=3 * DEPTH)]
        for system in SYSTEMS:
            ranks[_group(row["lang"], spoken, several)][system].append(_rank(found[system], names))
    print(file=sys.stderr)
    return ranks


def _group(asked: str, spoken: str, several: bool) -> Group:
    """Name the row of a question: by both languages, or for a mixed set by whether they are the same."""
    if not several:
        return asked, spoken
    return ("each", "its own language") if asked == spoken else (asked, "other languages")


def _by_words(candidates: list[Candidate]) -> list[Candidate]:
    return sorted((one for one in candidates if one.lexical_rank), key=lambda one: one.lexical_rank or 0)


def _by_meaning(candidates: list[Candidate]) -> list[Candidate]:
    return sorted((one for one in candidates if one.dense_rank), key=lambda one: one.dense_rank or 0)


def _by_plain_fusion(candidates: list[Candidate]) -> list[Candidate]:
    def share(rank: int | None) -> float:
        return 1 / (_PLAIN_FUSION + rank) if rank else 0.0

    return sorted(candidates, key=lambda one: -share(one.lexical_rank) - share(one.dense_rank))


ORDERS: dict[str, Callable[[list[Candidate]], list[Candidate]]] = {
    "lexical": _by_words,
    "dense": _by_meaning,
    "plain fusion": _by_plain_fusion,
}


def _articles(candidates: Iterable[Candidate]) -> list[set[str]]:
    return [{set_id(one.article.path)} for one in candidates]


def _rank(found: Iterable[set[str]], gold: set[str]) -> int | None:
    """Return the rank of the first gold article among the distinct articles, None beyond ten."""
    seen: set[str] = set()
    for names in found:
        if names & gold:
            return len(seen) + 1 if len(seen) < DEPTH else None
        seen |= names
    return None


def table(name: str, ranks: Ranks) -> list[str]:
    """Return the rows of a set, one for each group and system."""
    rows = []
    for (asked, language), by_system in sorted(ranks.items()):
        for system in SYSTEMS:
            found = by_system[system]
            cells = " | ".join(_cell(found, value) for value in (_hit_1, _hit_5, _reciprocal))
            rows.append(f"| {name} | {asked} → {language} | {len(found)} | {system} | {cells} |")
    return rows


def _hit_1(rank: int | None) -> float:
    return float(rank == 1)


def _hit_5(rank: int | None) -> float:
    return float(rank is not None and rank <= 5)


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


def _cell(ranks: Sequence[int | None], value: Callable[[int | None], float]) -> str:
    """Return the mean and its 95 % bootstrap interval (seed 0)."""
    values = np.array([value(rank) for rank in ranks])
    draws = np.random.default_rng(0).integers(0, len(values), size=(_RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return f"{values.mean():.3f} ({low:.3f}–{high:.3f})"


if __name__ == "__main__":
    main()
