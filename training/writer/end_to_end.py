"""The writer in the product: what it writes over retrieved sentences, and what would be shown of it.

    python -m training.writer.end_to_end --base BASE.gguf --adapter writer.gguf --sets DIR --cache DIR

Every English question of xquad_mixed is asked of a collection of passages in other languages, as a
reader would. The writer answers from the four likeliest sentences; then `assistant.verify` checks what it
wrote, as an answer to the question: alone, a few words are no claim. For each least certainty the
table gives how many answers would be shown and how many of those hold a gold answer.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant import Assistant, AssistantConfig, Status, Support
from assistant.quote import Calibration, Candidate, choose
from assistant.verify import Verdict, Verifier
from benchmarks.answers import gold_answers, holds, interval
from benchmarks.collections import build_index, read_rows
from index import Hit, Index, detect_language

from .runtime import Writer

_CERTAINTIES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_GIVEN = 4
"""Likeliest sentences that the writer sees."""


@dataclass
class Row:
    """What became of one question."""

    id: str
    question: str
    told: str | None
    written: str
    certainty: float
    support: str
    answered: bool
    """The confidence is high enough for an answer, quoted or not."""
    right: bool
    """The words hold a gold answer."""
    given: bool
    """The sentences that the writer saw hold one."""
    quoted: bool
    """The quotes hold one."""
    seconds: float


def ask(index: Index, assistant: Assistant, writer: Writer, asked: dict[str, Any]) -> Row:
    """Ask one question, and keep all that the writer and the check said."""
    question, gold = asked["question"], gold_answers(asked)
    quoted = assistant.ask(question)
    began = time.perf_counter()
    language = detect_language(question)
    hits = index.search(question, AssistantConfig().passages)
    choice = choose(index, question, language, hits, Calibration.shipped())
    given = in_order(choice.candidates[:_GIVEN])
    texts = [one.sentence.text for one in given]
    words = writer.answer(question, language, texts)
    support = "declined" if words.declined else "cut"
    if words.over and words.text and not words.declined:
        support = verdict(index, hits, given, f"{question} {words.text}", language).support.value
    return Row(
        id=asked["id"],
        question=question,
        told=asked.get("doc_lang"),
        written=words.text,
        certainty=words.certainty,
        support=support,
        answered=quoted.status is not Status.NO_EVIDENCE,
        right=not words.declined and holds([words.text], gold),
        given=holds(texts, gold),
        quoted=holds([one.quote for one in quoted.citations], gold),
        seconds=time.perf_counter() - began,
    )


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return sentences as a reader would meet them: those of the best passage first, each in its order."""
    first = {one.hit.passage.id: number for number, one in reversed(list(enumerate(candidates)))}
    return sorted(candidates, key=lambda one: (first[one.hit.passage.id], one.sentence.start))


def verdict(
    index: Index, hits: Sequence[Hit], given: Sequence[Candidate], claim: str, language: str | None
) -> Verdict:
    """Return the verdict with the one passage, of those the writer saw, that supports a claim best."""
    places = {hit.passage.id: number for number, hit in enumerate(hits, 1)}
    verifier = Verifier(index, hits)
    verdicts = [
        verifier.check(claim, language, [number])
        for number in sorted({places[one.hit.passage.id] for one in given})
    ]
    return max(verdicts, key=lambda one: (one.support is not Support.UNSUPPORTED, one.probability))


def report(rows: Sequence[Row]) -> None:
    """Print what was found, and what each operating point would show."""
    total = len(rows)
    given = [row for row in rows if row.given]
    answered = [row for row in rows if row.answered]
    counts = {
        "sentences given hold a gold answer": (len(given), total),
        "words hold a gold answer": (sum(row.right for row in rows), total),
        "…where the sentences do": (sum(row.right for row in given), len(given)),
        "declined": (sum(row.support == "declined" for row in rows), total),
        "the quotes hold it": (sum(row.quoted for row in answered), total),
    }
    print("| figure | n | % |\n|---|---|---|")
    for name, (successes, of) in counts.items():
        print(f"| {name} | {of} | {interval(successes, of)} |")
    print("\n| least certainty | support | shown, % of all | of those right, % |\n|---|---|---|---|")
    for supports in (("supported", "weak"), ("supported",)):
        for certainty in _CERTAINTIES:
            shown = [row for row in answered if row.certainty >= certainty and row.support in supports]
            right = interval(sum(row.right for row in shown), len(shown))
            print(f"| {certainty} | {' or '.join(supports)} | {interval(len(shown), total)} | {right} |")
    times = sorted(row.seconds for row in rows)
    print(f"\nseconds, median {times[total // 2]:.2f}, 95th percentile {times[total * 95 // 100]:.2f}")


def main() -> None:
    """Read the arguments, ask and print."""
    parser = argparse.ArgumentParser(description="Measure the writer in the product.")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=Path, help="file to add every question's result to (JSON Lines)")
    arguments = parser.parse_args()
    folder = arguments.sets / "xquad_mixed"
    questions = read_rows(folder / "questions.jsonl.gz")
    asked = [row for row in questions if row["lang"] == "en" != row["doc_lang"] and row["answerable"]]
    random.Random(0).shuffle(asked)
    writer = Writer(arguments.base, arguments.adapter, arguments.threads)
    articles = read_rows(folder / "corpus.jsonl.gz")
    rows = []
    with build_index(articles, arguments.cache, "collection-xquad_mixed", reuse=True) as index:
        assistant = Assistant(index)
        for one in asked[: arguments.limit]:
            rows.append(ask(index, assistant, writer, one))
            if arguments.rows:
                with arguments.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(rows[-1]), ensure_ascii=False) + "\n")
    report(rows)


if __name__ == "__main__":
    main()
