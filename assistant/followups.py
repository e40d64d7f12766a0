"""Questions that a collection can answer: to begin with, and to go on with after an answer.

A question is suggested only once it has been asked: what is not answered with a quote is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from index import Article, fold

from .evaluation.templates import ABOUT
from .facts.entities import names_in
from .types import Answer, Status

Ask = Callable[[str], Answer]
_ABOUT_TITLE = {
    "ar": "ماذا تقول المقالات عن «{title}»؟",
    "de": "Was sagen die Artikel über „{title}“?",
    "en": "What do the articles say about “{title}”?",
    "es": "¿Qué dicen los artículos sobre «{title}»?",
    "fr": "Que disent les articles de « {title} » ?",
    "it": "Che cosa dicono gli articoli su «{title}»?",
    "nl": "Wat zeggen de artikelen over “{title}”?",
    "pt": "O que dizem os artigos sobre “{title}”?",
    "ru": "Что говорят статьи о теме «{title}»?",
    "tr": "Haberler “{title}” hakkında ne diyor?",
    "zh": "这些文章怎么说“{title}”？",
}
_LONGEST_NAME, _LONGEST_TITLE = 48, 110
_READ = 12_000
"""Characters of each article in which names are looked for."""


def about_title(title: str, language: str | None) -> str:
    """Return the question of what articles say about what a title says, in the language of the title."""
    wording = _ABOUT_TITLE.get(language or "en", _ABOUT_TITLE["en"])
    return wording.replace("{title}", " ".join(title.split()))


def answerable(ask: Ask, question: str) -> bool:
    """Tell whether a question gets a quoted answer, and not a tentative one."""
    return bool(_quotes(ask, question))


def _quotes(ask: Ask, question: str) -> list[str]:
    """Return what a question is answered with; nothing where it is not, or perhaps not, answered."""
    answer = ask(question)
    refused = answer.status is Status.NO_EVIDENCE or answer.tentative
    return [] if refused else [citation.quote for citation in answer.citations]


def follow_ups(
    ask: Ask,
    answer: Answer,
    articles: Iterable[Article | None],
    *,
    limit: int = 3,
    tries: int = 20,
    asked: Collection[str] = (),
    wanted: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Return up to `limit` questions to ask after an answer, in its language, each of which gets a quoted answer.

    Each brings a quote that neither the answer nor the ones before it bring. They are about names in
    `articles`, those it cites or that were found with them, that neither the question nor its quotes have. At most
    `tries` questions are asked, and none once it is no longer `wanted`.
    """
    known = {citation.quote for citation in answer.citations}
    found: list[str] = []
    for number, (question, words) in enumerate(_candidates(answer, articles)):
        if number == tries or len(found) == limit or not wanted():
            break
        quotes = [] if question in asked else _quotes(ask, question)
        on_it = not words or any(all(word in fold(quote) for word in words) for quote in quotes)
        if on_it and not known.issuperset(quotes):
            found.append(question)
            known.update(quotes)
    return found


def _candidates(answer: Answer, articles: Iterable[Article | None]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield questions on names (with their words), those that are told of most first; then on other titles."""
    template = ABOUT.get(answer.language)
    if template is None or not answer.citations:
        return
    said = fold(" ".join([answer.question, answer.standalone or "", answer.text]))
    counts: Counter[tuple[str, ...]] = Counter()
    spelled: dict[tuple[str, ...], str] = {}
    cited = {citation.article_id for citation in answer.citations}
    titles: list[str] = []
    for article in articles:
        if article is None or article.language != answer.language:
            continue  # a name is spelled differently in another language
        if article.id not in cited and not article.title_derived and len(article.title) <= _LONGEST_TITLE:
            titles.append(article.title)
        for name in names_in(article.text[:_READ], article.language):
            words = tuple(map(fold, name.words))
            if name.strong and len(words) > 1 and not any(word in said for word in words):
                counts[words] += 1
                spelled.setdefault(words, " ".join(name.text.split()))
    for words, _ in counts.most_common():
        if len(spelled[words]) <= _LONGEST_NAME:
            yield template.format(name=spelled[words]), words
    for title in titles:
        yield about_title(title, answer.language), ()
