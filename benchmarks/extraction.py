"""How well articles are taken out of web pages: ours, and trafilatura alone.

    python -m benchmarks.extraction [--by-style] [--write DIR]
                                    [--data DIR [--sets NAME…] [--limit N] [--text-alone]]

Eighty pages in the styles of twenty kinds of sites (`benchmarks/pages`), made of the sample articles in
six languages; the styles are own markup. Prints a Markdown table: text as F1 of four-word
shingles (mean of the pages; for texts under four words, of words), and the share of pages whose title,
date (to the day), author and outlet are right, and the language. Where a page does not tell one,
nothing found is right. With `--data`, the same styles are filled with real news of the evaluation
sets, whose titles, dates and languages are the truth; authors and outlets are made up. There, the language
is also told from each text, and from each title, with nothing declared.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from statistics import mean

from assistant.evaluation.intervals import wilson
from index.extract import extract
from index.language import detect_language
from index.sources import MEDIA_TYPES

from .collections import Row, read_rows
from .pages import newsrooms, others
from .pages.story import Made, Story

ARTICLES = Path(__file__).parent.parent / "articles"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
PAGES_OF_A_STYLE = 4
_SHINGLE = 4
_NAMES = {
    "en": ("Moira Tulloch", "Ewan Sinclair"),
    "fr": ("Hélène Vasseur", "Bastien Le Goff"),
    "de": ("Jannis Petersen", "Antje Brockhoff"),
    "es": ("Lucía Ferrer Vidal", "Iván Castro"),
    "tr": ("Deniz Aksoy", "Elif Yalçın"),
    "ru": ("Ирина Лебедева", "Павел Громов"),
}
_SECTIONS = {
    "en": "World",
    "fr": "Monde",
    "de": "Politik",
    "es": "Internacional",
    "tr": "Dünya",
    "ru": "В мире",
}
FIELDS = ("title", "date", "author", "outlet", "language")
_SENTENCES_OF_A_PARAGRAPH = 3


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a system makes of a page."""

    text: str
    title: str | None
    date: str | None
    author: str | None
    outlet: str | None
    language: str | None


def stories() -> list[Story]:
    """Return the sample articles as stories with complete facts."""
    found = []
    paths = sorted(path for path in ARTICLES.rglob("*") if path.suffix in MEDIA_TYPES)
    read = [
        extract(path.read_bytes(), MEDIA_TYPES[path.suffix], name=path.name, fetched=NOW) for path in paths
    ]
    for number, one in enumerate(read):
        language = one.language or "en"
        same = [other for other in read if other.language == language and other is not one]
        day = one.published.at if one.published else datetime(2018, 3, 1 + number, tzinfo=UTC)
        found.append(
            Story(
                title=one.title.rstrip("…"),
                paragraphs=tuple(re.split(r"\n{1,2}", one.text)),
                author=_NAMES[language][number % 2],
                outlet=one.source or "The Sample Courier",
                date=day.replace(hour=10, minute=20, tzinfo=timezone(timedelta(hours=number % 4))),
                url=f"https://site{number}.example/news/story-{number}",
                language=language,
                section=_SECTIONS[language],
                others=tuple((other.title, other.text.split("\n")[0][:160]) for other in (same * 4)[:4]),
            )
        )
    return found


def stories_of(rows: Sequence[Row]) -> list[Story]:
    """Return articles of an evaluation set as stories; what the set does not tell is made up."""
    found = []
    for number, row in enumerate(rows):
        language = row["lang"]
        paragraphs = [one.strip() for one in row["text"].split("\n") if one.strip()]
        if len(paragraphs) == 1:
            sentences = re.split(r"(?<=[.!?…»]) (?=[A-ZÀ-Ý«\"])", paragraphs[0])
            width = _SENTENCES_OF_A_PARAGRAPH
            paragraphs = [" ".join(sentences[at : at + width]) for at in range(0, len(sentences), width)]
        near = [rows[(number + step) % len(rows)] for step in range(1, 5)]
        found.append(
            Story(
                title=row["title"],
                paragraphs=tuple(paragraphs),
                author=_NAMES[language][number % 2],
                outlet=("The Evening Ledger", "Le Quotidien du Port")[language == "fr"],
                date=datetime.fromisoformat(row["date"]).replace(hour=10, minute=20, tzinfo=UTC),
                url=f"https://site{number}.example/news/story-{number}",
                language=language,
                section=_SECTIONS[language],
                others=tuple((one["title"], one["text"][:160]) for one in near),
            )
        )
    return found


def pages(told: Sequence[Story]) -> list[Made]:
    """Return the pages: each style with several stories, turn about, until all stories are told."""
    styles = (*newsrooms.STYLES, *others.STYLES)
    turns = max(PAGES_OF_A_STYLE, len(told) // len(styles))
    return [
        style(
            told[(number * 7 + turn * 5) % len(told)]
            if len(told) < 100
            else told[number + turn * len(styles)]
        )
        for number, style in enumerate(styles)
        for turn in range(turns)
    ]


def ours(page: Made) -> Guess:
    """Return what this project's extraction makes of a page."""
    found = extract(page.html.encode(), "text/html", name="page", fetched=NOW)
    return Guess(
        text=found.text,
        title=None if found.title_derived else found.title,
        date=found.published.isoformat() if found.published else None,
        author=found.author,
        outlet=found.source,
        language=found.language,
    )


def trafilatura_alone(page: Made) -> Guess:
    """Return what trafilatura makes of a page by itself, with its own settings."""
    import trafilatura

    document = trafilatura.bare_extraction(page.html, with_metadata=True, include_comments=False)
    found = document.as_dict() if document is not None and not isinstance(document, dict) else {}
    return Guess(
        text=found.get("text") or "",
        title=found.get("title"),
        date=found.get("date"),
        author=found.get("author"),
        outlet=found.get("sitename"),
        language=None,  # it tells one only where it is asked for one
    )


SYSTEMS: dict[str, Callable[[Made], Guess]] = {"trafilatura alone": trafilatura_alone, "ours": ours}


def f1(found: str, wanted: str) -> float:
    """Return the F1 of the shingles of two texts, 0 to 1."""
    a, b = _shingles(found), _shingles(wanted)
    common = (a & b).total()
    return 2 * common / (a.total() + b.total()) if common else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    width = min(_SHINGLE, max(len(words), 1))
    return Counter(tuple(words[at : at + width]) for at in range(len(words) - width + 1))


def right(name: str, guess: Guess, page: Made) -> bool:
    """Tell whether a field was found as it is."""
    found, wanted = getattr(guess, name), getattr(page, name)
    if name == "date":
        return (found or "")[:10] == (wanted or "")
    if name == "author":
        return {_letters(one) for one in re.split(r"[,;]", found or "")} == {_letters(wanted or "")}
    return _letters(found or "") == _letters(wanted or "")


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description="Measure the extraction of articles from web pages.")
    parser.add_argument("--by-style", action="store_true", help="also print each style, and what was wrong")
    parser.add_argument("--write", type=Path, help="write the pages into this folder")
    parser.add_argument("--data", type=Path, help="folder of the evaluation sets")
    parser.add_argument(
        "--sets", nargs="+", default=["scale_fr", "realtimeqa"], help="sets to fill the styles with"
    )
    parser.add_argument("--limit", type=int, default=1_000, help="articles of each set (default: 1,000)")
    parser.add_argument(
        "--text-alone", action="store_true", help="with --data: only the language, told from texts and titles"
    )
    options = parser.parse_args(arguments)
    if options.data:
        for name in options.sets:
            rows = read_rows(options.data / name / "corpus.jsonl.gz")
            chosen = [row for row in rows if row["title"] and row["date"] and len(row["text"]) > 500]
            chosen = random.Random(0).sample(chosen, options.limit)
            if not options.text_alone:
                _measure(name, pages(stories_of(chosen)), options.by_style)
            _measure_language(name, chosen)
        return
    everything = pages(stories())
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(everything):
            (options.write / f"{number:02}-{page.style.replace(' ', '-').replace(',', '')}.html").write_text(
                page.html, encoding="utf-8"
            )
    _measure("sample articles", everything, options.by_style)


def _measure(name: str, everything: Sequence[Made], by_style: bool) -> None:
    print(
        f"| {name} | pages | text F1 | {' | '.join(FIELDS)} | ms a page |\n|---|---|---|{'---|' * len(FIELDS)}---|"
    )
    for label, system in SYSTEMS.items():
        system(everything[0])
        started = time.process_time()
        guesses = [system(page) for page in everything]
        took = (time.process_time() - started) * 1000 / len(everything)
        pairs = list(zip(guesses, everything, strict=True))
        scores = [f"{mean(right(field, guess, page) for guess, page in pairs):.3f}" for field in FIELDS]
        if system is trafilatura_alone:
            scores[FIELDS.index("language")] = "–"
        text = mean(f1(guess.text, page.text) for guess, page in pairs)
        print(f"| {label} | {len(everything)} | {text:.3f} | {' | '.join(scores)} | {took:.0f} |")
        if by_style:
            _print_styles(guesses, everything)


def _measure_language(name: str, rows: Sequence[Row]) -> None:
    """Print how often the language is told from a text, and from a title, with nothing declared."""
    for part in ("text", "title"):
        hits = sum(detect_language(str(row[part])) == row["lang"] for row in rows)
        found = wilson(hits, len(rows))
        shares = f"{found.value:.3f} ({found.low:.3f}–{found.high:.3f})"
        print(f"{name}: language told from the {part} alone: {hits} of {len(rows)}, {shares}", flush=True)


def _print_styles(guesses: Sequence[Guess], everything: Sequence[Made]) -> None:
    groups: defaultdict[str, list[tuple[Guess, Made]]] = defaultdict(list)
    for guess, page in zip(guesses, everything, strict=True):
        groups[page.style].append((guess, page))
    for style, pairs in groups.items():
        text = mean(f1(guess.text, page.text) for guess, page in pairs)
        print(f"    {style}: F1 {text:.3f}")
        for name in FIELDS:
            for guess, page in pairs:
                if not right(name, guess, page):
                    print(f"        {name}: {getattr(guess, name)!r} for {getattr(page, name)!r}")


if __name__ == "__main__":
    main()
