"""The library beside the chat: lists articles, opens, deletes and brings back, and takes new ones in."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index import ArticleAssistantError, ArticleFilter, ArticleOrder

from .articles import article_html, languages_html, outlets_html, rows_html
from .config import UploadLimits
from .escape import printable
from .feed_room import FeedRoom
from .intake import Intake, Item, State, waiting
from .removals import Removals
from .requests import PAGE, ids_of, list_request, number_of, text_of
from .seams import Keeping, Library
from .services import Reply, Service, answered, arrived
from .uploads import FOLDER, UploadFolder
from .versions import changes_html, versions_html

_MOST_SHOWN = 200
_RARE = "qzxj"
"""A word of no text, for which all names are looked through."""
GONE = "This article is no longer in the library."
_FIRST = ("asking", "reading", "failed")
"""The states of what is shown first of all that is added."""


class ReadingRoom:
    """The services of the library view; see `services.answered` for what they may do."""

    def __init__(
        self,
        library: Library,
        folder: Path,
        arrivals: Callable[[], Path],
        limits: UploadLimits | None = None,
        keeper: Keeping | None = None,
    ) -> None:
        """`arrivals` names the folder where files lie right after their upload; `keeper` reads feeds."""
        self.name = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        self.limits = limits or UploadLimits()
        self.uploads = UploadFolder(folder / FOLDER)
        self.intake = Intake(library, self.uploads, self.limits)
        self._removals = Removals(library, self.uploads, self.intake)
        self._feed_room = FeedRoom(library, keeper, self._removals, arrivals)
        self._library = library
        self._arrivals = arrivals
        self.uploads.purge()
        self.intake.resume()

    def warm_up(self) -> threading.Thread:
        """Have titles and names ready to be sorted and searched, in a thread of its own."""
        thread = threading.Thread(target=self._warm_up, name="lists", daemon=True)
        thread.start()
        return thread

    def close(self, seconds: float = 5.0) -> None:
        """End the reading of feeds, and wait for that up to `seconds`; no feed is blamed for it."""
        self._feed_room.runs.cancel()
        self._feed_room.runs.wait(seconds)

    def _warm_up(self) -> None:
        with contextlib.suppress(ArticleAssistantError):  # whoever asks for a list is told
            self._library.page(order=ArticleOrder.TITLE, limit=0)
            self._library.page(ArticleFilter(text=_RARE), limit=0)

    def services(self) -> list[Service]:
        """Return what the page may call, by the names of the functions."""
        every = (self.articles, self.choices, self.article, self.changes, self.remove, self.undo)
        adding = (self.offer, self.paste, self.again, self.answer, self.progress, self.cancel, self.forget)
        return [answered(one) for one in (*every, *adding, *self._feed_room.services())]

    def articles(self, asked: Any) -> Reply:
        """Give a part of the list."""
        wanted = list_request(asked)
        page = self._library.page(
            wanted.wanted,
            order=wanted.order,
            descending=wanted.descending,
            limit=PAGE,
            offset=wanted.offset,
        )
        return {
            "rows": rows_html(page),
            "total": page.total,
            "first": wanted.offset + 1 if page.articles else 0,
            "last": wanted.offset + len(page.articles),
            "size": PAGE,
        }

    def choices(self, asked: Any) -> Reply:
        """Give what the list can be filtered by, and how much there is of it."""
        tally = self._library.tally()
        return {
            "outlets": outlets_html(tally),
            "languages": languages_html(tally),
            "articles": sum(tally.sources.values()),
            "undated": tally.undated,
        }

    def article(self, asked: Any) -> Reply:
        """Give an article in full, with the place that was asked for marked in it."""
        article = self._library.article(text_of(asked, "id"))
        if article is None:
            return {"trouble": GONE}
        version = text_of(asked, "version")
        changed = bool(version) and version != article.version
        start, end = number_of(asked, "start"), number_of(asked, "end")
        html = article_html(
            article,
            self._library.passages(article.id),
            quote=None if changed or end <= start else (start, end),
            changed=changed,
            from_answer=bool(version),
            versions=versions_html(self._library.versions(article.id)),
        )
        return {"html": html, "title": printable(article.title)}

    def changes(self, asked: Any) -> Reply:
        """Tell what changed between two versions of an article."""
        numbers = number_of(asked, "old"), number_of(asked, "new")
        found = self._library.diff(text_of(asked, "id"), *numbers)
        return (
            {"html": changes_html(found)} if found else {"trouble": "These versions are not kept any more."}
        )

    def remove(self, asked: Any) -> Reply:
        """Delete articles."""
        removed = self._removals.remove(ids_of(asked))
        reply: Reply = {"titles": [printable(one) for one in removed.titles], "undo": removed.token}
        return {**reply, "trouble": removed.trouble} if removed.trouble else reply

    def undo(self, asked: Any) -> Reply:
        """Bring deleted articles back."""
        return {"ids": list(self._removals.undo(text_of(asked, "token")))}

    def offer(self, asked: Any) -> Reply:
        """Take a file in that was uploaded before."""
        file = arrived(self._arrivals(), text_of(asked, "file", 4_000))
        return {"item": _shown(self.intake.offer_file(file, text_of(asked, "name", 1_000) or file.name))}

    def paste(self, asked: Any) -> Reply:
        """Take in a text or web addresses."""
        text = text_of(asked, "text", self.limits.pasted_characters + 1)
        return {"items": [_shown(item) for item in self.intake.offer_text(text)]}

    def again(self, asked: Any) -> Reply:
        """Read an article's page on the web once more."""
        article = self._library.article(text_of(asked, "id"))
        if article is None or article.url is None or article.path is not None:
            return {"trouble": GONE}
        return {"item": _shown(self.intake.offer_address(article.url, article.title))}

    def answer(self, asked: Any) -> Reply:
        """Let files take the place of earlier ones of their names, or stay beside them."""
        replaced = isinstance(asked, dict) and asked.get("replace") is True
        self.intake.answer(replaced, number_of(asked, "item") or None)
        return self.progress(asked)

    def progress(self, asked: Any) -> Reply:
        """Tell how far everything has come that was added: what went wrong, what goes on, and the latest."""
        items = self.intake.items()
        busy = waiting(items)
        states = [item.state.value for item in items]
        first = [item for item in items if item.state.value in _FIRST]
        rest = [item for item in reversed(items) if item.state.value not in _FIRST]
        shown = [*first, *rest][:_MOST_SHOWN]
        return {
            "items": [
                _shown(item)
                for item in sorted(shown, key=lambda item: (item.state is not State.ASKING, item.id))
            ],
            "hidden": len(items) - len(shown),
            "counts": {state: states.count(state) for state in set(states)},
            "all": len(items),
            "busy": busy,
        }

    def cancel(self, asked: Any) -> Reply:
        """Cancel an item, or all that is not read yet."""
        self.intake.cancel(number_of(asked, "item") or None)
        return self.progress(asked)

    def forget(self, asked: Any) -> Reply:
        """Leave out of the list what is over."""
        self.intake.forget()
        return self.progress(asked)


def _shown(item: Item) -> Reply:
    return {
        "id": item.id,
        "name": item.name,
        "state": item.state.value,
        "note": printable(item.note),
        "article": item.article_id,
    }
