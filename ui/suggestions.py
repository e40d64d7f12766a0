"""Questions that are offered: to begin with, and below the latest answer. Each was asked before, in secret."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import partial

from assistant.followups import answerable, follow_ups
from index import ArticleAssistantError, ArticleFilter

from .conversation import Conversation, Exchange
from .examples import example_questions
from .seams import Answers, Library, Listed

_log = logging.getLogger(__name__)
_TRIED = 10
"""Questions to begin with that are tried, at most."""
_LOOKED_AT = 200
"""Articles within a filter among which they are looked for."""
_REMEMBERED = 16
"""Filters whose questions are remembered."""


class Suggestions:
    """What is offered, checked against the collection. Safe to share between threads."""

    def __init__(self, library: Library, quoter: Answers | None) -> None:
        """`quoter` answers without a language model, and so at once; without it nothing is offered."""
        self._library = library
        self._quoter = quoter
        self._lock = threading.Lock()
        self._checked: dict[tuple[ArticleFilter | None, tuple[str, ...]], list[str]] = {}

    def opening(self, limit: int, within: ArticleFilter | None = None) -> list[str]:
        """Return questions to begin with, answered by articles `within` a filter; the first call takes a second."""
        try:
            if self._quoter is None:
                return []
            if within is None:
                articles: Sequence[Listed] = self._library.list_articles()
            else:
                articles = self._library.page(within, limit=_LOOKED_AT).articles
            candidates = tuple(example_questions(articles, _TRIED))
            with self._lock:
                questions = self._checked.get((within, candidates))
                if questions is None:
                    skim = partial(self._quoter.skim, within=within)
                    questions = [one for one in candidates if answerable(skim, one)]
                    if len(self._checked) == _REMEMBERED:
                        self._checked.clear()
                    self._checked[within, candidates] = questions
                return questions[:limit]
        except ArticleAssistantError as error:
            _log.warning("No questions to begin with: %s", error)
        except Exception:  # noqa: BLE001  the boundary: nothing depends on what is merely offered
            _log.exception("No questions to begin with")
        return []

    def following(self, conversation: Conversation, exchange: Exchange) -> Sequence[str]:
        """Return questions to go on with after an exchange, as long as it is the last one and nothing else is asked."""
        answer = exchange.answer
        if answer is None or self._quoter is None:
            return ()

        def wanted() -> bool:
            last = conversation.exchanges[-1] if conversation.exchanges else None
            return last is exchange and conversation.stopper is None

        ids = dict.fromkeys(
            [one.article_id for one in answer.citations] + [hit.article.id for hit in answer.hits]
        )
        try:
            asked = {one.question for one in conversation.exchanges}
            articles = (self._library.article(one) for one in ids)
            ask = partial(self._quoter.skim, within=exchange.within)
            found = follow_ups(ask, answer, articles, asked=asked, wanted=wanted)
        except ArticleAssistantError as error:
            _log.warning("No questions to go on with: %s", error)
            return ()
        except Exception:  # noqa: BLE001  the boundary: nothing depends on what is merely offered
            _log.exception("No questions to go on with")
            return ()
        return found if wanted() else ()
