"""How often the quoted answer holds the gold answer, and how often it abstains rightly and wrongly.

    python -m benchmarks.answers --data DIR [--sets piaf_fr,xquad_mixed,...] [--limit N] [--cache DIR]

End to end: the set's articles are indexed, every question is asked as a reader would, and the
words between the quotation marks are searched for the gold answer (case, accents and punctuation
aside). For comparison: the one and the three sentences nearest to the question by the embedding
model, of the five best passages.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant import Assistant, Status
from index import Index

from .collections import Row, build_index, choose_articles, read_rows

ARTICLE_LIMITS = {"realtimeqa": 900, "orangesum_fr": 1200}
"""Articles indexed of the large sets (all gold ones are among them); --full indexes all."""
SETS = ("piaf_fr", "xquad_mixed", "realtimeqa", "orangesum_fr", "clapnq_en")


@dataclass
class Tally:
    """What was counted in one row of the table."""

    answerable: int = 0
    holds: int = 0
    holds_forced: int = 0
    first_holds: int = 0
    wrongly_refused: int = 0
    nearest_one: int = 0
    nearest_three: int = 0
    passages_hold: int = 0
    unanswerable: int = 0
    rightly_refused: int = 0
    quoted_sentences: list[int] = field(default_factory=list)


def fold(text: str) -> str:
    """Return the words of a text without case, accents and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain))


def gold_answers(question: Row) -> list[str]:
    """Return every accepted form of the answer, folded."""
    forms = [
        *question["gold_answers"],
        *question.get("gold_answers_qlang", []),
        *question.get("gold_answers_en", []),
    ]
    return [form for form in map(fold, forms) if form]


def holds(texts: list[str], gold: list[str]) -> bool:
    """Tell whether any text holds any gold answer as whole words."""
    return any(f" {answer} " in f" {fold(text)} " for text in texts for answer in gold) or any(
        answer in fold(text) for text in texts for answer in gold if not answer.isascii() or len(answer) > 8
    )


def measure(index: Index, questions: list[Row], group_by: str) -> dict[str, Tally]:
    """Ask every question and count, by question language (or all together)."""
    assistant = Assistant(index)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for question in questions:
        tally = tallies[question["lang"] if group_by == "lang" else "all"]
        answer = assistant.ask(question["question"])
        refused = answer.status is Status.NO_EVIDENCE
        if not question["answerable"]:
            tally.unanswerable += 1
            tally.rightly_refused += refused
            continue
        gold = gold_answers(question)
        tally.answerable += 1
        tally.wrongly_refused += refused
        if not gold:
            continue
        quotes = [citation.quote for citation in answer.citations]
        forced = quotes or [candidate.sentence.text for candidate in assistant.rank(question["question"])[:3]]
        tally.holds += holds(quotes, gold)
        tally.holds_forced += holds(forced, gold)
        tally.first_holds += holds(forced[:1], gold)
        nearest = _nearest(index, question["question"], answer.hits[:5])
        tally.nearest_one += holds(nearest[:1], gold)
        tally.nearest_three += holds(nearest[:3], gold)
        tally.passages_hold += holds([hit.passage.text for hit in answer.hits[:5]], gold)
        tally.quoted_sentences.append(len(quotes))
    return dict(tallies)


def _nearest(index: Index, question: str, hits: tuple) -> list[str]:  # type: ignore[type-arg]
    vector = index.embed_question(question)
    sentences = [sentence for hit in hits for sentence in index.sentences(hit.passage.id)]
    sentences.sort(key=lambda sentence: -float(sentence.vector @ vector))
    return [sentence.text for sentence in sentences]


def interval(successes: int, total: int) -> str:
    """Return a share in per cent with its 95 % Wilson interval."""
    if not total:
        return "–"
    share, z = successes / total, 1.96
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{share * 100:.0f} ({max(0.0, centre - half) * 100:.0f}–{min(1.0, centre + half) * 100:.0f})"


def main() -> None:
    """Run the benchmark and print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--limit", type=int, default=400, help="questions of a set (seed 0)")
    parser.add_argument("--full", action="store_true", help="index every article of the large sets")
    parser.add_argument("--reuse", action="store_true", help="take collections an earlier run has indexed")
    arguments = parser.parse_args()
    print(
        "| set | questions | quote holds the answer | …if never refusing | its first sentence | nearest 1 by e5 |"
    )
    print("| nearest 3 by e5 | 5 passages hold it | wrongly refused | rightly refused |")
    for name in arguments.sets.split(","):
        rows = read_rows(arguments.data / name / "questions.jsonl.gz")
        extra = arguments.data / name / "questions_unanswerable.jsonl.gz"
        rows = [*rows, *(read_rows(extra) if extra.is_file() else [])]
        answerable = [row for row in rows if row["answerable"]]
        random.Random(0).shuffle(answerable)
        asked = answerable[: arguments.limit] + [row for row in rows if not row["answerable"]]
        corpus = read_rows(arguments.data / name / "corpus.jsonl.gz")
        limit = None if arguments.full else ARTICLE_LIMITS.get(name)
        articles = choose_articles(corpus, rows, limit)
        with build_index(articles, arguments.cache, f"collection-{name}", reuse=arguments.reuse) as index:
            group = "lang" if name == "xquad_mixed" else "all"
            for language, tally in sorted(measure(index, asked, group).items()):
                _print_row(f"{name} {language}" if group == "lang" else name, tally)


def _print_row(name: str, tally: Tally) -> None:
    total = len(tally.quoted_sentences)
    cells = [
        name,
        f"{tally.answerable} + {tally.unanswerable}",
        interval(tally.holds, total),
        interval(tally.holds_forced, total),
        interval(tally.first_holds, total),
        interval(tally.nearest_one, total),
        interval(tally.nearest_three, total),
        interval(tally.passages_hold, total),
        interval(tally.wrongly_refused, tally.answerable),
        interval(tally.rightly_refused, tally.unanswerable),
    ]
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
