"""How often the verifier rejects true sentences in other words, and how many subtly false ones it lets by.

    python -m benchmarks.paraphrases [--data DIR] [--show]

`paraphrases.json` holds paraphrases, translations and merged sentences over the sample articles,
all true, and sentences with one thing wrong. Each is checked against the passage that holds its
original, among the hits of a search for the sentence. A sentence is rejected where the verdict is
unsupported, or where its citation is moved to another passage; passages of other articles often say
the same, so the unsupported and the moved are also counted apart: a true sentence that moves may be
cited rightly still, and a false one that moves is shown.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.types import Support
from assistant.verify import Verdict, Verifier
from index import Article, Hit, Index, Passage

from .answers import interval

ENTRIES = Path(__file__).parent / "paraphrases.json"
SAMPLES = Path(__file__).parent.parent / "articles"
JOIN = " … "
HITS = 10
KINDS = ("paraphrase", "translation", "merged", "false")


@dataclass(frozen=True)
class Entry:
    """A sentence about a sample article, and what of the article it is made from."""

    article: str
    """Path relative to the samples."""
    sentence: str
    """The original, verbatim; two originals are joined by JOIN."""
    text: str
    language: str
    kind: str
    """One of KINDS; all but `false` are true."""
    wrong: str = ""
    """What is wrong with a false one."""

    @property
    def true(self) -> bool:
        """Tell whether the article supports it."""
        return self.kind != "false"


@dataclass
class Tally:
    """What was counted of one kind."""

    n: int = 0
    unsupported: int = 0
    moved: int = 0
    weak: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        self.n += 1
        if verdict.support is Support.UNSUPPORTED:
            self.unsupported += 1
        elif verdict.moved:
            self.moved += 1
        elif verdict.support is Support.WEAK:
            self.weak += 1
        self.reasons.update(str(finding.problem) for finding in verdict.findings)


def read_entries() -> list[Entry]:
    """Read the sentences."""
    rows: list[dict[str, Any]] = json.loads(ENTRIES.read_text(encoding="utf-8"))
    return [Entry(**row) for row in rows]


@contextmanager
def open_index(data: Path | None) -> Iterator[Index]:
    """Open a collection that holds the samples, or make one for this run."""
    if data is not None:
        with Index.open(data, read_only=True) as index:
            yield index
        return
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder)) as index:
        index.add([SAMPLES])
        yield index


def find_passage(index: Index, articles: list[Article], entry: Entry) -> Passage:
    """Return the passage that holds the most of an entry's originals; raises LookupError where none does."""
    parts = [_plain(part) for part in entry.sentence.split(JOIN)]
    candidates = [
        passage
        for article in articles
        if article.path and article.path.endswith(f"/{entry.article}")
        for passage in index.passages(article.id)
    ]
    held = [(sum(part in _plain(passage.text) for part in parts), passage) for passage in candidates]
    most, best = max(held, key=lambda one: one[0], default=(0, None))
    if best is None or not most:
        raise LookupError(f"No passage of {entry.article} holds: {entry.sentence}")
    return best


def _plain(text: str) -> str:
    return " ".join(text.split())


def find_hits(index: Index, passage: Passage, text: str) -> list[Hit]:
    """Search for a sentence; the passage takes the last place where the search did not find it."""
    hits = index.search(text, HITS)
    if any(hit.passage.id == passage.id for hit in hits):
        return hits
    article = index.article(passage.article_id)
    assert article is not None
    own = Hit(
        passage=passage,
        article=article,
        score=hits[-1].score,
        rank=HITS,
        via=hits[-1].via,
        similarity=0.0,
        coverage=0.0,
    )
    return [*hits[: HITS - 1], own]


def check(index: Index, articles: list[Article], entry: Entry) -> Verdict:
    """Check one sentence, which cites the passage of its original."""
    passage = find_passage(index, articles, entry)
    hits = find_hits(index, passage, entry.text)
    number = next(n for n, hit in enumerate(hits, 1) if hit.passage.id == passage.id)
    return Verifier(index, hits).check(entry.text, entry.language, [number])


def is_wrong(entry: Entry, verdict: Verdict) -> bool:
    """Tell whether a true sentence was rejected or moved, or a false one let by, moved or not."""
    rejected = verdict.support is Support.UNSUPPORTED
    return rejected or verdict.moved if entry.true else not rejected


def describe(entry: Entry, verdict: Verdict) -> str:
    """Return the lines that `--show` prints of a wrong verdict."""
    findings = ", ".join(f"{finding.problem} {finding.detail}".strip() for finding in verdict.findings)
    moved = f" moved to {verdict.spans[0].hit.article.path}" if verdict.moved and verdict.spans else ""
    told = f"{verdict.support}{moved} {verdict.probability:.2f} [{findings}]"
    lines = [f"{entry.kind} {entry.language}: {entry.text}", f"  original: {entry.sentence}", f"  {told}"]
    return "\n".join([*lines, *([f"  wrong: {entry.wrong}"] if entry.wrong else [])])


def report(tallies: dict[str, Tally]) -> None:
    """Print the table; shares in per cent with their Wilson intervals."""
    print(
        "| sentences | n | rejected | unsupported | moved | weak | reasons |\n|---|---|---|---|---|---|---|"
    )
    for kind in KINDS:
        tally = tallies[kind]
        told = ", ".join(f"{name} {count}" for name, count in tally.reasons.most_common())
        shares = [
            interval(count, tally.n)
            for count in (tally.unsupported + tally.moved, tally.unsupported, tally.moved, tally.weak)
        ]
        print(f"| {kind} | {tally.n} | {' | '.join(shares)} | {told} |")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, help="a collection that holds the samples; else they are indexed"
    )
    parser.add_argument("--show", action="store_true", help="print every wrong verdict")
    arguments = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    with open_index(arguments.data) as index:
        articles = list(index.articles())
        for entry in read_entries():
            verdict = check(index, articles, entry)
            tallies[entry.kind].add(verdict)
            if arguments.show and is_wrong(entry, verdict):
                print(describe(entry, verdict))
    report(tallies)


if __name__ == "__main__":
    main()
