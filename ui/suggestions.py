"""Questions that are offered: to begin with, and below the latest answer. Each was asked before, in secret."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from assistant import Answer
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
_GIVING_WAY = 2.0
"""Seconds that a trial waits for questions that are being answered, at most."""
_REMEMBERED = 16
"""Filters whose questions are remembered."""


class Suggestions:
    """What is offered, checked against the collection. Safe to share between threads."""

    def __init__(self, library: Library, quoter: Answers | None) -> None:
        """`quoter` answers without a language model, and so at once; without it nothing is offered."""
        self._library = library
        self._quoter = quoter
        self._lock = threading.Lock()
        self._answering = 0
        self._nothing_asked = threading.Condition()
        self._checked: dict[tuple[ArticleFilter | None, tuple[str, ...]], list[str]] = {}

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Try nothing meanwhile: somebody waits for an answer."""
        with self._nothing_asked:
            self._answering += 1
        try:
            yield
        finally:
            with self._nothing_asked:
                self._answering -= 1
                self._nothing_asked.notify_all()

    def _try(self, question: str, within: ArticleFilter | None = None) -> Answer:
        assert self._quoter is not None
        with self._nothing_asked:
            self._nothing_asked.wait_for(lambda: not self._answering, timeout=_GIVING_WAY)
        return self._quoter.skim(question, within)

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
            questions = self._checked.get((within, candidates))
            return (self._check(candidates, within) if questions is None else questions)[:limit]
        except ArticleAssistantError as error:
            _log.warning("No questions to begin with: %s", error)
        except Exception:  # noqa: BLE001  the boundary: nothing depends on what is merely offered
            _log.exception("No questions to begin with")
        return []

    def _check(self, candidates: tuple[str, ...], within: ArticleFilter | None) -> list[str]:
        with self._lock:  # several windows may want the same
            questions = self._checked.get((within, candidates))
            if questions is None:
                attempt = partial(self._try, within=within)
                questions = [one for one in candidates if answerable(attempt, one)]
                if len(self._checked) >= _REMEMBERED:
                    self._checked.clear()
                self._checked[within, candidates] = questions
            return questions

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
            ask = partial(self._try, within=exchange.within)
            found = follow_ups(ask, answer, articles, asked=asked, wanted=wanted)
        except ArticleAssistantError as error:
            _log.warning("No questions to go on with: %s", error)
            return ()
        except Exception:  # noqa: BLE001  the boundary: nothing depends on what is merely offered
            _log.exception("No questions to go on with")
            return ()
        return found if wanted() else ()
