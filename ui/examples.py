"""Questions to begin with, made from the collection at hand."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.followups import about_title

from .escape import printable
from .seams import Listed

_SAMPLES = (
    ("ankara-2017/apercu-poutine-ankara.txt", "Why is Putin visiting Ankara?"),
    (
        "ferry-2018/phare-valmere-rectificatif.html",
        "Combien de personnes sont mortes dans l'incendie du ferry ?",
    ),
    ("ankara-2017/halic-putin-ankaraya-geliyor.md", "Putin neden Ankara'ya gidiyor?"),
    ("ankara-2017/elbbote-gas-atom-raketen.md", "Wie viel kostet das Kernkraftwerk Akkuyu?"),
    ("misc/eniseiskii-listok-mamont.md", "Кто нашёл скелет мамонта?"),
)
_LONGEST_TITLE = 110


def example_questions(articles: Sequence[Listed], limit: int = 5) -> list[str]:
    """Return up to `limit` questions that the collection can probably answer.

    Of the sample articles we know good ones; of others we ask what they say about a title, one
    article per language first.
    """
    paths = [(article.path or "").replace("\\", "/") for article in articles]
    known = [question for ending, question in _SAMPLES if any(path.endswith(ending) for path in paths)]
    if known:
        return known[:limit]
    firsts: dict[str | None, Listed] = {}
    for article in articles:
        if _fits(article):
            firsts.setdefault(article.language, article)
    others = [article for article in articles if _fits(article) and article not in firsts.values()]
    return [_about(article) for article in [*firsts.values(), *others][:limit]]


def _fits(article: Listed) -> bool:
    return 0 < len(article.title.strip()) <= _LONGEST_TITLE


def _about(article: Listed) -> str:
    return about_title(printable(article.title), article.language)
