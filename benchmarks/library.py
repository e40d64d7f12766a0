"""How quickly the library's pages come, from a generated catalog.

    python -m benchmarks.library [--articles 25000] [--keep DIR]

It writes articles of about 3,000 characters with eight passages each into a catalog, without vectors,
and times each kind of page through `Index.page`, in milliseconds: the first, and the median of the
next `--rounds`, by the clock and by the processor (which other programs do not slow down).
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Article, ArticleFilter, ArticleOrder, Index, Passage, Precision, Published
from index.fakes import HashEmbedder
from index.records import PassageRecord

WORDS = (
    "harbour council bridge winter minister election river factory strike museum orchestra railway storm "
    "lighthouse vineyard parliament glacier tunnel bakery theatre satellite reactor orchard embassy ferry "
    "élection président fenêtre île garçon Straße Überschwemmung Öffnung выборы министр гавань мост"
).split()
LANGUAGES = ("en", "fr", "de", "es", "ru", "tr")
OUTLETS = tuple(f"The {word.title()} {kind}" for word in WORDS[:25] for kind in ("Post", "Times", "Wire"))
PASSAGES = 8
PAGE = 50


def main() -> None:
    """Fill a catalog, time its pages and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="fill or use this collection, and keep it")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        index = stack.enter_context(Index.open(folder, embedder=HashEmbedder()))
        missing = arguments.articles - index.status().articles
        if missing > 0:
            fill(index, index.status().articles, missing)
        print(f"{index.status().articles:,} articles, {index.status().passages:,} passages\n")
        print("| page | first ms | median ms | first, processor | median, processor |\n|---|---|---|---|---|")
        for name, page in pages(index, arguments.articles).items():
            first, *later = [_timed(page) for _ in range(arguments.rounds + 1)]
            clock, processor = (statistics.median(one) for one in zip(*later, strict=True))
            print(f"| {name} | {first[0]:.0f} | {clock:.0f} | {first[1]:.0f} | {processor:.0f} |", flush=True)


def pages(index: Index, articles: int) -> dict[str, Callable[[], object]]:
    """Return the pages that are timed, by name."""
    some = ArticleFilter(
        sources=OUTLETS[:1], languages=("fr",), since=date(2016, 1, 1), until=date(2018, 12, 31)
    )

    def page(wanted: ArticleFilter | None = None, **how: object) -> Callable[[], object]:
        return lambda: index.page(wanted, limit=PAGE, **how)  # type: ignore[arg-type]

    return {
        "counts by outlet, language, feed and date": index.tally,
        "the same under a filter": lambda: index.tally(some),
        "latest added": page(),
        "the last page": page(offset=articles - PAGE),
        **{f"sorted by {order}": page(order=order, descending=False) for order in ArticleOrder},
        "outlet, language and dates": page(some),
        "a frequent word": page(ArticleFilter(text="harbour")),
        "two words, one rare": page(ArticleFilter(text="ministre marker17")),
        "a word with accents, in titles and texts": page(ArticleFilter(text="Élection")),
    }


def fill(
    index: Index, first: int, count: int, draw: Callable[[Article], NDArray[np.float32]] | None = None
) -> None:
    """Write `count` articles into the catalog, as the ingest would, with the vectors drawn for their passages."""
    chance = random.Random(first)
    embedder = index.embedder
    for unfinished in index.catalog.unfinished():
        index.catalog.discard(unfinished)
    for connection in index.catalog._idle:
        connection.execute("PRAGMA synchronous = OFF")  # a catalog that nobody will miss
    ones = np.ones((PASSAGES, embedder.dimension), dtype=np.float32) / np.sqrt(embedder.dimension)
    for number in range(first, first + count):
        article = _article(number, chance)
        size = len(article.text) // PASSAGES
        vectors = draw(article) if draw else ones
        records = [
            PassageRecord(
                passage=_passage(article, at, size),
                spans=((at * size, (at + 1) * size),),
                vector=vectors[at],
                sentence_vectors=vectors[at : at + 1],
            )
            for at in range(PASSAGES)
        ]
        index.catalog.add_pending(article, records)
        index.catalog.publish(article.id, article.version, [])


def _article(number: int, chance: random.Random) -> Article:
    dated = chance.random() < 0.95
    at = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(5_800))
    return Article(
        id=f"{number:016x}",
        version="1" * 12,
        title=" ".join(chance.choices(WORDS, k=8)).capitalize(),
        text=" ".join([f"marker{number}", *chance.choices(WORDS, k=380)]),
        source=chance.choice(OUTLETS),
        author=chance.choice((None, "A. Writer", "B. Author")),
        path=f"news/article-{number}.txt",
        published=Published(at=at, precision=Precision.DAY) if dated else None,
        language=chance.choice(LANGUAGES),
    )


def _passage(article: Article, number: int, size: int) -> Passage:
    start, end = number * size, (number + 1) * size
    return Passage(
        id=f"{article.id}:{article.version}:{number}",
        article_id=article.id,
        version=article.version,
        number=number,
        start=start,
        end=end,
        text=article.text[start:end],
    )


def _timed(page: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    page()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor)


if __name__ == "__main__":
    main()
