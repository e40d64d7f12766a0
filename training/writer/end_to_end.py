"""The embedded writer in the product: what it writes over retrieved sentences, and what is shown of it.

    python -m training.writer.end_to_end --base BASE.gguf --adapter writer.gguf --sets DIR --cache DIR

Every English question of xquad_mixed is asked of a collection of passages in twelve languages, as a
reader would. Everything that is written is kept, with its certainty and the verdict on it, so that the
operating point can be chosen: the table gives, for each least certainty, how many answers would be shown
and how many of those hold a gold answer. `--set`, `--language` choose other questions.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant import Assistant, AssistantConfig, Status
from assistant.brief import BriefAnswer
from assistant.llm.writer import EmbeddedWriter, Words
from assistant.quote import Calibration, choose
from assistant.types import Support
from assistant.verify import Verdict, Verifier
from assistant.write import Task
from benchmarks.answers import gold_answers, holds, interval
from benchmarks.collections import build_index, read_rows
from index import Hit, Index, detect_language

_CERTAINTIES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass
class Row:
    """What became of one question."""

    id: str
    question: str
    told: str | None
    written: str
    certainty: float
    least: float
    support: str
    probability: float
    answered: bool
    """The confidence is high enough for an answer, quoted or not."""
    right: bool
    """The words hold a gold answer."""
    given: bool
    """The sentences that the writer saw hold one."""
    quoted: bool
    """The quotes hold one."""
    seconds: float


class _Recording:
    """A writer that keeps its last words."""

    def __init__(self, writer: EmbeddedWriter) -> None:
        self._writer = writer
        self.name = writer.name
        self.last = Words(text="")
        self.sentences: Sequence[str] = ()

    def warm_up(self) -> None:
        """Load the model."""
        self._writer.warm_up()

    def answer(self, question: str, language: str | None, sentences: Sequence[str]) -> Iterator[Words]:
        """Answer as the writer does."""
        self.last, self.sentences = Words(text=""), sentences
        for words in self._writer.answer(question, language, sentences):
            self.last = words
            yield words


class _RecordingVerifier(Verifier):
    """A verifier that keeps its best verdict."""

    def __init__(self, verdicts: list[Verdict], index: Index, hits: Sequence[Hit]) -> None:
        super().__init__(index, hits)
        self._verdicts = verdicts

    def check(self, text: str, language: str | None, cited: Sequence[int]) -> Verdict:
        verdict = super().check(text, language, cited)
        self._verdicts.append(verdict)
        return verdict


def ask(index: Index, assistant: Assistant, writer: _Recording, asked: dict[str, Any]) -> Row:
    """Ask one question, and keep all that the writer and the check said."""
    question, gold = asked["question"], gold_answers(asked)
    quoted = assistant.ask(question)
    began = time.perf_counter()
    language = detect_language(question)
    hits = tuple(index.search(question, AssistantConfig().passages))
    choice = choose(index, question, language, hits, Calibration.shipped())
    task = Task(question=question, language=language, hits=hits, confidence=choice.confidence)
    verdicts: list[Verdict] = []
    config = AssistantConfig(least_certainty=0.0)
    brief = BriefAnswer(index, writer, config, task, partial(_RecordingVerifier, verdicts, index))
    for _ in brief.run(choice.candidates):
        pass
    best = max(
        verdicts, key=lambda one: (one.support is not Support.UNSUPPORTED, one.probability), default=None
    )
    words = writer.last
    return Row(
        id=asked["id"],
        question=question,
        told=asked.get("doc_lang"),
        written=words.text,
        certainty=words.certainty,
        least=words.least,
        support="declined" if words.declined else best.support.value if best else "cut",
        probability=best.probability if best else 0.0,
        answered=quoted.status is not Status.NO_EVIDENCE,
        right=holds([words.text], gold),
        given=holds(list(writer.sentences), gold),
        quoted=holds([one.quote for one in quoted.citations], gold),
        seconds=time.perf_counter() - began,
    )


def report(rows: Sequence[Row]) -> None:
    """Print what was found, and what each operating point would show."""
    total = len(rows)

    def share(name: str, successes: int, of: int) -> None:
        print(f"| {name} | {of} | {interval(successes, of)} |")

    print("| figure | n | % |\n|---|---|---|")
    share("sentences given hold a gold answer", sum(row.given for row in rows), total)
    share("words hold a gold answer", sum(row.right for row in rows), total)
    share("…where the sentences do", sum(row.right for row in rows if row.given), sum(r.given for r in rows))
    share("the quotes hold it", sum(row.quoted for row in rows if row.answered), total)
    print(
        "\n| least certainty | support | shown, % of all | of those right, % | answer holds it, words or quotes |"
    )
    print("|---|---|---|---|---|")
    for supports in (("supported", "weak"), ("supported",)):
        for certainty in _CERTAINTIES:
            shown = [r for r in rows if r.answered and r.certainty >= certainty and r.support in supports]
            held = sum(r.answered and (r.quoted or (r.right and r in shown)) for r in rows)
            print(
                f"| {certainty} | {' or '.join(supports)} | {interval(len(shown), total)} "
                f"| {interval(sum(row.right for row in shown), len(shown))} | {interval(held, total)} |"
            )
    times = sorted(row.seconds for row in rows)
    print(f"\nseconds, median {times[total // 2]:.2f}, 95th percentile {times[total * 95 // 100]:.2f}")


def main() -> None:
    """Read the arguments, ask and print."""
    parser = argparse.ArgumentParser(description="Measure the embedded writer in the product.")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument("--set", default="xquad_mixed")
    parser.add_argument("--language", default="en")
    parser.add_argument("--within", action="store_true", help="also over passages in the question's language")
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=Path, help="file to add every question's result to (JSON Lines)")
    arguments = parser.parse_args()
    folder = arguments.sets / arguments.set
    asked = [row for row in read_rows(folder / "questions.jsonl.gz") if row["answerable"]]
    asked = [row for row in asked if row["lang"] == arguments.language]
    if not arguments.within:
        asked = [row for row in asked if row.get("doc_lang") != arguments.language]
    random.Random(0).shuffle(asked)
    writer = EmbeddedWriter(
        Path(), base=arguments.base, adapter=arguments.adapter, threads=arguments.threads, seconds=600
    )
    recording = _Recording(writer)
    articles = read_rows(folder / "corpus.jsonl.gz")
    with build_index(articles, arguments.cache, f"collection-{arguments.set}", reuse=True) as index:
        recording.warm_up()
        assistant = Assistant(index)
        rows = []
        for one in asked[: arguments.limit]:
            rows.append(ask(index, assistant, recording, one))
            if arguments.rows:
                with arguments.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(rows[-1]), ensure_ascii=False) + "\n")
    report(rows)
    writer.close()


if __name__ == "__main__":
    main()
