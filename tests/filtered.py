"""Articles of several outlets, languages and dates, and filters over them."""

from __future__ import annotations

import random
from datetime import date
from itertools import product
from pathlib import Path

from hypothesis import strategies as st

from index import ArticleFilter

TOPICS = {
    "harbour": "The harbour council of {place} voted for a new crane after a long debate about the old pier.",
    "mill": "The mill of {place} grinds rye again since the baker bought the wheel from the parish.",
    "railway": "The railway to {place} stops at the frontier while the tunnel under the pass is mended.",
}
OUTLETS = ("The Ledger", "Le Courrier", "La Vigie", "")
LANGUAGES = ("en", "fr", "de")
PLACES = ("Skerrow", "Brannock", "Tarn", "Gotland", "Ankara", "Sochi")
DATES = ("2017-12-08", "2018-02", "2019", "")
"""A day, a month, a year, and none."""
QUESTIONS = ("What did the harbour council vote for?", "Who bought the mill of Tarn?", "railway to Gotland")


def write_articles(folder: Path) -> None:
    """Write 72 articles of different outlets, languages and dates; some are copies of others."""
    folder.mkdir()
    heads = product(OUTLETS, LANGUAGES, PLACES)
    draw = random.Random(1)
    for number, (outlet, language, place) in enumerate(heads):
        topic, day = draw.choice(list(TOPICS)), draw.choice(DATES)
        text = (
            TOPICS[topic].format(place=place) + f" {TOPICS[topic].format(place=place)} So it was told there."
        )
        lines = [f"title: {topic} {place}", f"language: {language}"]
        lines += [f"source: {outlet}"] if outlet else []
        lines += [f"date: {day}"] if day else []
        (folder / f"{number:03}.md").write_text("---\n" + "\n".join(lines) + f"\n---\n\n{text}\n", "utf-8")


FILTERS = st.builds(
    ArticleFilter,
    sources=st.lists(st.sampled_from(OUTLETS), max_size=2, unique=True).map(tuple),
    languages=st.lists(st.sampled_from(LANGUAGES), max_size=2, unique=True).map(tuple),
    since=st.none() | st.dates(date(2017, 6, 1), date(2019, 6, 1)),
    until=st.none() | st.dates(date(2017, 6, 1), date(2020, 6, 1)),
    text=st.sampled_from(("", "", "mill", "Skerrow")),
)
