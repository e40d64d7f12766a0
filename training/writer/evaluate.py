"""The writer's figures, with the runtime and the files that ship.

    python -m training.writer.evaluate --base BASE.gguf --adapter writer.gguf --sets DIR [--only NAME]

`--sets` is the folder of evaluation sets, with the training sets in its folder `train`. Without
`--adapter` the bare model is measured. Four figures, each with a 95 % Wilson interval:

- `answers`: English questions of xquad_mixed over sentences in other languages; the sentence with the
  answer is given, alone or with its neighbours (`--neighbours`). How many answers hold a gold answer?
- `aside`: the same, over the training set's passages that were held aside, in all languages.
- `absent`: held-aside questions over sentences of the same passage that do not hold the answer. How
  often does it say so, and how often wrongly where the answer is there?
- `translation`: held-aside French news sentences into English: chrF, BLEU, numbers kept.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.facts.numbers import unmatched_numbers
from benchmarks.answers import fold, holds, interval
from benchmarks.collections import read_rows
from index import split_sentences

from .data import Maker, read_sets
from .prompts import NO_ANSWER
from .runtime import Words, Writer


@dataclass
class Row:
    """One prompt's result."""

    figure: str
    asked: str
    told: str
    question: str
    sentences: list[str]
    accepted: list[str]
    written: str
    certainty: float
    seconds: float
    right: bool


def around(text: str, answers: Sequence[str], language: str, neighbours: int) -> list[str]:
    """Return the sentence of a text that holds an answer, with its neighbours."""
    sentences = [text[start:end] for start, end in split_sentences(text, language)]
    for number, sentence in enumerate(sentences):
        if any(answer in sentence for answer in answers):
            return sentences[max(0, number - neighbours) : number + neighbours + 1]
    return []


def numbers_lost(text: str, told: str, translated: str, asked: str) -> set[float]:
    """Return the numbers that only one of a text and its translation has."""
    lost = unmatched_numbers(text, told, translated, asked)
    strange = unmatched_numbers(translated, asked, text, told)
    return {float(one.value) for one in (*lost, *strange) if not one.weak}


class Measuring:
    """Ask a writer and keep what it says."""

    def __init__(self, writer: Writer, kept: Path | None) -> None:
        self._writer = writer
        self._kept = kept
        self.rows: list[Row] = []

    def ask(
        self, figure: str, question: str, asked: str, told: str, sentences: list[str], accepted: list[str]
    ) -> Row:
        """Ask a question; `accepted` is empty where the sentences hold no answer."""
        began = time.perf_counter()
        words = self._writer.answer(question, asked, sentences)
        gold = [form for form in map(fold, accepted) if form]
        right = words.declined if not gold else not words.declined and holds([words.text], gold)
        return self._keep(figure, question, asked, told, sentences, accepted, words, began, right)

    def translate(self, figure: str, text: str, told: str, asked: str, reference: str) -> Row:
        """Translate; right is a translation that keeps the numbers."""
        began = time.perf_counter()
        words = self._writer.translate(text, asked)
        # What the human translation changes as well is a translator's freedom.
        right = numbers_lost(text, told, words.text, asked) <= numbers_lost(text, told, reference, asked)
        return self._keep(figure, text, asked, told, [], [reference], words, began, right)

    def _keep(
        self,
        figure: str,
        question: str,
        asked: str,
        told: str,
        sentences: list[str],
        accepted: list[str],
        words: Words,
        began: float,
        right: bool,
    ) -> Row:
        row = Row(
            figure,
            asked,
            told,
            question,
            sentences,
            accepted,
            words.text,
            words.certainty,
            time.perf_counter() - began,
            right,
        )
        self.rows.append(row)
        if self._kept is not None:
            with self._kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
        return row


def measure_answers(measuring: Measuring, sets: Path, limit: int, neighbours: int) -> None:
    """Ask xquad_mixed's English questions over the sentences that answer them."""
    corpus = {row["id"]: row for row in read_rows(sets / "xquad_mixed" / "corpus.jsonl.gz")}
    asked = [row for row in read_rows(sets / "xquad_mixed" / "questions.jsonl.gz") if row["lang"] == "en"]
    random.Random(0).shuffle(asked)
    for row in asked[:limit]:
        article = corpus[row["gold_doc_ids"][0]]
        forms = [*row["gold_answers"], *row["gold_answers_qlang"], *row["gold_answers_en"]]
        sentences = around(article["text"], row["gold_answers"], article["lang"], neighbours)
        if sentences and article["lang"] != "en":
            measuring.ask(
                f"answers, {neighbours} neighbours", row["question"], "en", article["lang"], sentences, forms
            )


def measure_aside(measuring: Measuring, sets: Path, limit: int) -> None:
    """Ask held-aside questions, with and without the sentence that answers them."""
    maker = Maker(read_sets(sets / "train")[1], 17)
    groups = (
        maker.french_questions() if number % 2 else maker.parallel_questions() for number in range(limit // 3)
    )
    for group in groups:
        for task in group.tasks:
            absent = task.target.strip() == NO_ANSWER
            figure = "absent" if absent else f"aside {'fr' if group.told == 'fr' else 'parallel'}"
            accepted = [] if absent else list(task.accepted)
            measuring.ask(figure, task.question, task.asked, group.told, list(group.sentences), accepted)


def measure_translation(measuring: Measuring, sets: Path, limit: int) -> None:
    """Translate held-aside news, and print chrF and BLEU."""
    import sacrebleu

    aside = [one for one in read_sets(sets / "train")[1].news if 25 < len(one["fr"]) < 400]
    step = max(1, len(aside) // limit)
    rows = [measuring.translate("fr → en", one["fr"], "fr", "en", one["en"]) for one in aside[::step][:limit]]
    written, references = [row.written for row in rows], [[row.accepted[0] for row in rows]]
    chrf, bleu = sacrebleu.corpus_chrf(written, references), sacrebleu.corpus_bleu(written, references)
    print(f"French to English, {len(rows)} sentences: chrF {chrf.score:.1f}, BLEU {bleu.score:.1f}")


def report(rows: Sequence[Row]) -> None:
    """Print a table of the figures."""
    print("| figure | n | right, % | seconds, median and 95th |\n|---|---|---|---|")
    for figure in dict.fromkeys(row.figure for row in rows):
        these = [row for row in rows if row.figure == figure]
        times = sorted(row.seconds for row in these)
        print(
            f"| {figure} | {len(these)} | {interval(sum(row.right for row in these), len(these))} "
            f"| {times[len(times) // 2]:.2f}, {times[len(times) * 95 // 100]:.2f} |"
        )


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description="Measure the writer.")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--neighbours", type=int, default=0, help="sentences given before and after")
    parser.add_argument("--only", choices=("answers", "aside", "translation"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=Path, help="file to add every prompt's result to (JSON Lines)")
    arguments = parser.parse_args()
    writer = Writer(arguments.base, arguments.adapter, arguments.threads)
    measuring = Measuring(writer, arguments.rows)
    steps: dict[str, Callable[[], None]] = {
        "answers": lambda: measure_answers(measuring, arguments.sets, arguments.limit, arguments.neighbours),
        "aside": lambda: measure_aside(measuring, arguments.sets, arguments.limit),
        "translation": lambda: measure_translation(measuring, arguments.sets, arguments.limit),
    }
    for name, step in steps.items():
        if arguments.only in (None, name):
            step()
    report(measuring.rows)


if __name__ == "__main__":
    main()
