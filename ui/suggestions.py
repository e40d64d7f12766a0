"""Questions that are offered: to begin with, and below the latest answer. Each was asked before, in secret."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import partial

from assistant.followups import answerable, follow_ups
from index import ArticleAssistantError

from .conversation import Conversation, Exchange
from .examples import example_questions
from .seams import Answers, Library

_log = logging.getLogger(__name__)
_TRIED = 10
"""Questions to begin with that are tried, at most."""


class Suggestions:
    """What is offered, checked against the collection. Safe to share between threads."""

    def __init__(self, library: Library, quoter: Answers | None) -> None:
        """`quoter` answers without a language model, and so at once; without it nothing is offered."""
        self._library = library
        self._quoter = quoter
        self._lock = threading.Lock()
        self._checked: tuple[tuple[str, ...], list[str]] = ((), [])

    def opening(self, limit: int) -> list[str]:
        """Return questions to begin with; the first call for a collection takes some seconds."""
        try:
            if self._quoter is None:
                return []
            candidates = tuple(example_questions(self._library.list_articles(), _TRIED))
            with self._lock:
                known, questions = self._checked
                if known != candidates:
                    questions = [one for one in candidates if answerable(self._quoter.skim, one)]
                    self._checked = (candidates, questions)
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
