"""Make questions from a collection, by rules: each with what its answer must be, or without any."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from index import Article, Index

from .cases import Case, Kind
from .facts import Names, Span, dates, fold_text, numbers, overlap
from .faults import Material, TrueSentence, altered_name
from .templates import ABOUT, BARE_GAP, BLANK, FALSE_PREMISE, GAP, NEAR_MISS, OFF_TOPIC

Item = TypeVar("Item")
SHARES = {
    Kind.GAP: 0.30,
    Kind.ABOUT: 0.15,
    Kind.TITLE: 0.10,
    Kind.HIDDEN: 0.15,
    Kind.OFF_TOPIC: 0.10,
    Kind.NEAR_MISS: 0.08,
    Kind.FALSE_PREMISE: 0.04,
    Kind.SWAPPED: 0.08,
}
"""What part of the questions is of each kind; fewer where a collection does not give so many."""
SHORTEST, LONGEST = 50, 260
"""Characters of the sentences that questions are made of."""
_MOST_ARTICLES = 5
"""A name that more articles hold than this is no question about any of them."""
_SAYS_THE_SAME = 0.6
"""Share of a sentence's words from which another text may answer the same question."""


@dataclass(frozen=True, kw_only=True)
class Collection:
    """What questions are made from, read once."""

    articles: tuple[Article, ...]
    material: Material
    words: dict[str, frozenset[str]]
    """The folded words of each article, by id."""


def read_collection(index: Index, seed: int, most_articles: int = 400) -> Collection:
    """Read up to `most_articles` articles (drawn by the seed) with their sentences, and the names of all."""
    everything = sorted(index.articles(), key=lambda article: article.id)
    drawn = list(everything)
    random.Random(seed).shuffle(drawn)  # noqa: S311 (drawn to measure, not to protect)
    sentences, passages = [], []
    for article in drawn[:most_articles]:
        for passage in index.passages(article.id):
            passages.append(passage)
            for sentence in index.sentences(passage.id):
                text = " ".join(sentence.text.split())
                if SHORTEST <= len(text) <= LONGEST and not text.endswith(("?", "？", ":")):
                    sentences.append(TrueSentence(text=text, language=article.language, passage=passage))
    names = Names.of(everything)
    return Collection(
        articles=tuple(everything),
        material=Material(names=names, passages=tuple(passages), sentences=tuple(sentences)),
        words={
            article.id: frozenset(fold_text(f"{article.title} {article.text}").split())
            for article in everything
        },
    )


def make_cases(collection: Collection, limit: int, seed: int) -> list[Case]:
    """Return up to `limit` questions of all kinds, the same ones for the same collection and seed."""
    cases: list[Case] = []
    for kind, share in SHARES.items():
        rng = random.Random(f"{seed} {kind}")  # noqa: S311
        wanted = max(1, round(limit * share))
        seen: set[str] = set()
        for case in MAKERS[kind](collection, rng):
            if case.id not in seen:
                seen.add(case.id)
                cases.append(case)
            if len(seen) == wanted:
                break
    return cases[:limit]


def titles(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield titles as searches; all articles with the same title are right."""
    by_title: dict[str, list[Article]] = {}
    for article in collection.articles:
        if not article.title_derived and len(article.title) > 15:
            by_title.setdefault(fold_text(article.title), []).append(article)
    for alike in _shuffled(list(by_title.values()), rng):
        yield Case(
            kind=Kind.TITLE,
            question=alike[0].title,
            language=alike[0].language,
            gold_articles=tuple(article.id for article in alike),
        )


def about(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield questions on names of several words that few articles hold; those articles are right."""
    for name, language in _subjects(collection, rng):
        if language in ABOUT:
            gold = _holders(collection, name)
            if 0 < len(gold) <= _MOST_ARTICLES:
                yield Case(
                    kind=Kind.ABOUT,
                    question=ABOUT[language].format(name=name),
                    language=language,
                    gold_articles=gold,
                )


def gaps(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield sentences with a name, number or date left out."""
    for sentence in by_turns(collection, rng):
        case = _gap(sentence, collection, rng)
        if case:
            yield case


def hidden(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield gap questions that no article answers once theirs is hidden."""
    for sentence in by_turns(collection, rng):
        case = _gap(sentence, collection, rng)
        if case and not _said_elsewhere(sentence, case, collection):
            yield replace(
                case,
                kind=Kind.HIDDEN,
                answerable=False,
                hidden=case.gold_articles,
                gold_articles=(),
                gold_answers=(),
            )


def swapped(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield gap questions about another name than the article's."""
    for sentence in by_turns(collection, rng):
        fault = altered_name(sentence, rng, collection.material.names)
        if fault is None:
            continue
        new = fault.changed.split(" → ")[1]
        altered = replace(sentence, text=fault.text)
        case = _gap(altered, collection, rng, keep=new)
        if case:
            yield replace(case, kind=Kind.SWAPPED, answerable=False, gold_articles=(), gold_answers=())


def near_misses(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield what no article says of a name that the collection has."""
    yield from _of_names(collection, rng, Kind.NEAR_MISS, NEAR_MISS)


def false_premises(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield questions for the reason of what no article says happened."""
    yield from _of_names(collection, rng, Kind.FALSE_PREMISE, FALSE_PREMISE)


def off_topic(collection: Collection, rng: random.Random) -> Iterator[Case]:
    """Yield questions on matters that the collection never mentions."""
    everything = frozenset[str]().union(*collection.words.values())
    spaceless = "".join(word for word in everything if not word.isascii())
    for language, question, key in _shuffled(list(OFF_TOPIC), rng):
        folded = fold_text(key)
        if not any(word.startswith(folded) for word in everything) and folded not in spaceless:
            yield Case(kind=Kind.OFF_TOPIC, question=question, language=language, answerable=False)


MAKERS: dict[Kind, Callable[[Collection, random.Random], Iterator[Case]]] = {
    Kind.TITLE: titles,
    Kind.ABOUT: about,
    Kind.GAP: gaps,
    Kind.HIDDEN: hidden,
    Kind.SWAPPED: swapped,
    Kind.NEAR_MISS: near_misses,
    Kind.FALSE_PREMISE: false_premises,
    Kind.OFF_TOPIC: off_topic,
}


def _gap(
    sentence: TrueSentence, collection: Collection, rng: random.Random, keep: str | None = None
) -> Case | None:
    """Leave a fact out of a sentence that stays telling without it: two more names or numbers are left."""
    text, language = sentence.text, sentence.language
    names = collection.material.names.find(text, language)
    facts = [*numbers(text, language), *dates(text, language), *names]
    chosen = [span for span in facts if span.text != keep and _stands_once(span, text)]
    if not chosen or len(facts) < 3:
        return None
    span = rng.choice(chosen)
    blanked = text[: span.start] + BLANK + text[span.end :]
    blanked = re.sub(r"[«»“”„\"]", "", blanked).rstrip(" .…")
    return Case(
        kind=Kind.GAP,
        question=GAP.get(language or "", BARE_GAP).format(text=blanked),
        language=language,
        gold_articles=(sentence.passage.article_id,),
        gold_answers=(span.text,),
    )


def _stands_once(span: Span, text: str) -> bool:
    rest = f" {fold_text(text[: span.start] + ' ' + text[span.end :])} "
    return f" {fold_text(span.text)} " not in rest


def _said_elsewhere(sentence: TrueSentence, case: Case, collection: Collection) -> bool:
    """Tell whether another article may hold the answer too: the answer's words, and most of the sentence's."""
    answer = set(fold_text(case.gold_answers[0]).split())
    for article, words in collection.words.items():
        if article == sentence.passage.article_id or not answer <= words:
            continue
        if overlap(sentence.text, " ".join(words)) >= _SAYS_THE_SAME:
            return True
    return False


def _of_names(
    collection: Collection, rng: random.Random, kind: Kind, templates: dict[str, tuple[tuple[str, str], ...]]
) -> Iterator[Case]:
    for name, language in _subjects(collection, rng):
        for template, key in _shuffled(list(templates.get(language, ())), rng):
            holders = _holders(collection, name)
            if not any(word.startswith(key) for one in holders for word in collection.words[one]):
                yield Case(
                    kind=kind, question=template.format(name=name), language=language, answerable=False
                )
                break


def _subjects(collection: Collection, rng: random.Random) -> list[tuple[str, str]]:
    """Return the names of two words and more with their languages, in the order of the draw."""
    names = collection.material.names
    several = [name for name in sorted(names.known) if " " in name]
    return _shuffled([(name, names.language[name] or "") for name in several], rng)


def _holders(collection: Collection, name: str) -> tuple[str, ...]:
    words = set(fold_text(name).split())
    return tuple(
        article.id
        for article in collection.articles
        if words <= collection.words[article.id]
        and f" {fold_text(name)} " in f" {fold_text(f'{article.title} {article.text}')} "
    )


def by_turns(collection: Collection, rng: random.Random) -> Iterator[TrueSentence]:
    """Yield the sentences, one of every language in turn, so that no language is left out."""
    by_language: dict[str, list[TrueSentence]] = {}
    for sentence in _shuffled(list(collection.material.sentences), rng):
        by_language.setdefault(sentence.language or "", []).append(sentence)
    while any(by_language.values()):
        for language in sorted(by_language):
            if by_language[language]:
                yield by_language[language].pop()


def _shuffled(items: Sequence[Item], rng: random.Random) -> list[Item]:
    shuffled = list(items)
    rng.shuffle(shuffled)
    return shuffled
