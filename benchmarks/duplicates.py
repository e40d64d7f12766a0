"""Near-duplicates: how well are edited copies told from other stories, and what does an article cost?

    python -m benchmarks.duplicates --data DIR [--pairs 400] [--sizes 1000 5000 25000] [--show 40]

Articles of the set scale_fr are edited in memory (nothing is written): cut, reordered, with another
lead, with a paragraph added, several of these at once, two stories merged. Against them stand pairs
of the same event in other words: of articles less than two days apart the pairs most alike in their
words (cosine of TF-IDF) that have no sentence in common. The articles go through the product's own
catalog, all in one; nothing is embedded. Every figure is over pairs, with 95 % Wilson intervals, F1
with a bootstrap over families.

`--show` prints pairs linked in scale_fr itself, drawn at random, to be judged by hand.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from assistant.evaluation.intervals import wilson
from index.catalog import CATALOG_NAME, Catalog
from index.types import Article

from .collections import Row, read_rows

Pair = tuple[str, str]
_MOST_COMPARED = 10_000
"""Articles among which pairs of one event are looked for: those of the latest days."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A text, and how it was edited."""

    id: str
    edit: str
    text: str


def sentences_of(text: str) -> list[str]:
    """Cut a text into sentences, roughly: the sets' texts have no paragraphs."""
    return [one for one in re.split(r"(?<=[.!?»\"])\s+(?=[A-ZÀ-Ý\"«])", text) if one.strip()]


def cut(rng: random.Random, lines: list[str], other: list[str]) -> list[str]:
    """Keep the first 45 to 85 per cent, as a sub-editor cuts from below."""
    return lines[: max(3, round(len(lines) * rng.uniform(0.45, 0.85)))]


def reordered(rng: random.Random, lines: list[str], other: list[str]) -> list[str]:
    """Move blocks of two or three sentences about."""
    blocks = [lines[at : at + 3] for at in range(0, len(lines), 3)]
    rng.shuffle(blocks)
    return [line for block in blocks for line in block]


def lead_changed(rng: random.Random, lines: list[str], other: list[str]) -> list[str]:
    """Put another article's words in place of the first sentence or two."""
    count = rng.randint(1, 2)
    return other[:count] + lines[count:]


def added(rng: random.Random, lines: list[str], other: list[str]) -> list[str]:
    """Add a paragraph of another article in the middle or at the end."""
    place = rng.choice([len(lines) // 2, len(lines)])
    return lines[:place] + other[: max(2, len(lines) // 5)] + lines[place:]


def several(rng: random.Random, lines: list[str], other: list[str]) -> list[str]:
    """Cut a little, change the lead and add a sentence."""
    shorter = lines[: max(4, round(len(lines) * rng.uniform(0.75, 0.95)))]
    return [*other[:1], *shorter[1:], *other[1:2]]


EDITS: dict[str, Callable[[random.Random, list[str], list[str]], list[str]]] = {
    "cut": cut,
    "reordered": reordered,
    "another lead": lead_changed,
    "added paragraph": added,
    "several": several,
}


def labelled_set(rows: Sequence[Row], families: int, seed: int) -> tuple[list[Labelled], dict[Pair, str]]:
    """Return edited articles and the kinds of the pairs that are near-duplicates.

    In a family each edit is made of the original, so that two copies differ by two edits. Every
    fourth family has a text in which its original and the next family's are merged: it prints both
    stories, so it is a copy of all of either family, and they are none of each other.
    """
    rng = random.Random(seed)
    whole = [row for row in rows if len(sentences_of(row["text"])) >= 8]
    chosen = rng.sample(whole, 2 * families)
    grouped: list[list[Labelled]] = []
    for number in range(families):
        row, stranger = chosen[number], chosen[families + number]
        lines, other = sentences_of(row["text"]), sentences_of(stranger["text"])
        grouped.append([Labelled(id=f"{row['id']}|original", edit="original", text=row["text"])])
        for edit, make in EDITS.items():
            text = " ".join(make(rng, list(lines), list(other)))
            grouped[-1].append(Labelled(id=f"{row['id']}|{edit}", edit=edit, text=text))
    pairs = {
        _pair(one.id, copy.id): copy.edit if one.edit == "original" else "two edits"
        for family in grouped
        for one, copy in combinations(family, 2)
    }
    texts = [one for family in grouped for one in family]
    for number in range(0, families - 1, 4):
        first, second = chosen[number], chosen[number + 1]
        merged = Labelled(id=f"{first['id']}|merged", edit="merged", text=f"{first['text']} {second['text']}")
        texts.append(merged)
        pairs |= {_pair(merged.id, one.id): "merged" for one in grouped[number] + grouped[number + 1]}
    return texts, pairs


def same_event(rows: Sequence[Row], count: int) -> list[tuple[Row, Row]]:
    """Return pairs of one event in other words: alike in their words, close in time, no sentence in common."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    dated = [row for row in rows if row.get("date") and len(row["text"]) > 600]
    dated = sorted(dated, key=lambda row: (str(row["date"]), str(row["id"])))[-_MOST_COMPARED:]
    by_day: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(dated):
        by_day[row["date"][:10]].append(number)
    matrix = TfidfVectorizer(sublinear_tf=True, max_df=0.2, min_df=2, dtype=np.float32).fit_transform(
        row["text"] for row in dated
    )
    found: list[tuple[float, int, int]] = []
    days = sorted(by_day)
    for day, following in zip(days, [*days[1:], ""], strict=True):
        members = by_day[day] + by_day.get(following, [])
        alike = (matrix[by_day[day]] @ matrix[members].T).toarray()
        for row_number, column in zip(*np.where(alike > 0.35), strict=True):
            one, other = by_day[day][row_number], members[column]
            if one < other:
                found.append((float(alike[row_number, column]), one, other))
    found.sort(reverse=True)
    pairs, used = [], set()
    for _, one, other in found:
        if one in used or other in used or _share_sentence(dated[one]["text"], dated[other]["text"]):
            continue
        used |= {one, other}
        pairs.append((dated[one], dated[other]))
        if len(pairs) == count:
            break
    return pairs


def _share_sentence(one: str, other: str) -> bool:
    ours, theirs = (
        {re.sub(r"\W+", " ", line.casefold()).strip() for line in sentences_of(text) if len(line) > 40}
        for text in (one, other)
    )
    return bool(ours & theirs)


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


class Linker:
    """The product's catalog, with articles that have no passages: what is measured is the linking."""

    def __init__(self, folder: Path) -> None:
        self.catalog = Catalog(folder / CATALOG_NAME, index_terms=lambda text, language: "")

    def add(self, one: str, text: str) -> None:
        article = Article(id=one, version="1", title="", text=text)
        self.catalog.add_pending(article, [])
        self.catalog.publish(one, "1", [])

    def links(self) -> set[Pair]:
        with self.catalog.reading() as connection:
            return {_pair(*row) for row in connection.execute("SELECT article_id, other_id FROM links")}


def quality(rows: Sequence[Row], families: int, seed: int) -> None:
    """Print precision, recall and F1 over all pairs, and the recall of each edit."""
    texts, truth = labelled_set(rows, families, seed)
    negatives = same_event(rows, families)
    own = {one.id: one.text for one in texts}
    hard = {_pair(f"{a['id']}|a", f"{b['id']}|b") for a, b in negatives}
    for a, b in negatives:
        own |= {f"{a['id']}|a": a["text"], f"{b['id']}|b": b["text"]}
    with tempfile.TemporaryDirectory() as folder:
        linker = Linker(Path(folder))
        for one, text in own.items():
            linker.add(one, text)
        found = {pair for pair in linker.links() if not _same_source(*pair, truth)}
    right = found & truth.keys()
    print(f"{len(own)} articles, {len(truth)} pairs of copies, {len(hard)} of one event in other words")
    print(f"precision {_share(len(right), len(found))}, recall {_share(len(right), len(truth))}")
    print(f"F1 {_f1(found, set(truth)):.3f} ({_bootstrap(found, set(truth))})")
    print(f"same event in other words, linked: {_share(len(found & hard), len(hard))}")
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    for pair, kind in truth.items():
        kinds[kind].append(pair in found)
    for kind, hits in kinds.items():
        print(f"  recall of {kind}: {_share(sum(hits), len(hits))}")
    for one, other in sorted(found - truth.keys())[:10]:
        print(f"  linked, not labelled: {one} {other}", file=sys.stderr)


def _same_source(one: str, other: str, truth: dict[Pair, str]) -> bool:
    """Tell whether two texts come from one article that was drawn twice, for the edits and for the events."""
    return (one, other) not in truth and one.split("|")[0] == other.split("|")[0]


def _share(some: int, of: int) -> str:
    found = wilson(some, of)
    return f"{some}/{of} = {found.value:.3f} ({found.low:.3f}–{found.high:.3f})"


def _f1(found: set[Pair], truth: set[Pair]) -> float:
    return 2 * len(found & truth) / max(1, len(found) + len(truth))


def _bootstrap(found: set[Pair], truth: set[Pair]) -> str:
    """Return the 95 % interval of F1 over resampled articles: pairs of one original stay together."""
    rng = np.random.default_rng(0)
    groups: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for pair in found | truth:
        group = groups[pair[0].split("|")[0]]
        group[0] += pair in found and pair in truth
        group[1] += pair in found
        group[2] += pair in truth
    counts = np.array(list(groups.values()))
    values = []
    for _ in range(2000):
        right, links, labels = counts[rng.integers(0, len(counts), len(counts))].sum(axis=0)
        values.append(2 * right / max(1, links + labels))
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{low:.3f}–{high:.3f}"


def cost(rows: Sequence[Row], sizes: Iterable[int], folder: Path) -> Linker:
    """Print what adding one article costs, in milliseconds, when so many are there."""
    linker, sizes = Linker(folder), sorted(sizes)
    links: list[float] = []
    for number, row in enumerate(rows[: sizes[-1]], 1):
        started = time.process_time()
        linker.add(row["id"], row["text"])
        links.append(time.process_time() - started)
        if number in sizes:
            last = np.array(links[-500:]) * 1000
            print(
                f"{number:6,} articles: median {np.median(last):.1f} ms, 95th percentile"
                f" {np.quantile(last, 0.95):.1f} ms of processor time for each of the last {len(last)}",
                flush=True,
            )
    return linker


def show(rows: Sequence[Row], linker: Linker, count: int) -> None:
    """Print clusters found, drawn at random: each article's title, date and the overlap with the first one."""
    with linker.catalog.reading() as connection:
        links = connection.execute("SELECT article_id, other_id, overlap FROM links").fetchall()
    by_id = {row["id"]: row for row in rows}
    clusters: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for one, other, overlap in links:
        clusters[one][other] = overlap
    heads, seen = [], set()
    for one in sorted(clusters, key=lambda one: (by_id[one].get("date") or "", one)):
        if one not in seen:
            heads.append(one)
            seen |= {one, *clusters[one]}
    print(f"{len(links) // 2} links, {len(heads)} clusters in {len(by_id)} articles")
    for head in random.Random(0).sample(heads, min(count, len(heads))):
        print(f"\n* {_line(by_id[head])}\n    {by_id[head]['text'][:240]}")
        for other, overlap in clusters[head].items():
            print(f"  {overlap:.2f} {_line(by_id[other])}\n    {by_id[other]['text'][:240]}")


def _line(row: Row) -> str:
    return f"{row['id']} {(row.get('date') or '')[:10]} {len(row['text'])} {row.get('title') or ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=400, help="families of copies, and pairs of one event")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 5_000, 25_000])
    parser.add_argument("--show", type=int, default=0, help="clusters of scale_fr to print")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rows = read_rows(arguments.data / "scale_fr" / "corpus.jsonl.gz")
    if arguments.pairs:
        quality(rows, arguments.pairs, arguments.seed)
    if arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            linker = cost(rows, arguments.sizes, Path(folder))
            if arguments.show:
                show(rows[: max(arguments.sizes)], linker, arguments.show)


if __name__ == "__main__":
    main()
