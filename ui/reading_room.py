"""The library beside the chat: lists articles, opens, deletes and brings back, and takes new ones in."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from index import ArticleAssistantError, ArticleFilter, ArticleOrder

from .articles import article_html, languages_html, outlets_html, rows_html
from .config import UploadLimits
from .escape import printable
from .intake import Intake, Item, reads_web, waiting
from .removals import Removals
from .requests import PAGE, ids_of, list_request, number_of, text_of
from .seams import Library
from .uploads import FOLDER, UploadError, UploadFolder
from .versions import changes_html, keeps_versions, versions_html

_log = logging.getLogger(__name__)
_MOST_SHOWN = 200
_RARE = "qzxj"
"""A word of no text, for which all names are looked through."""
UNEXPECTED = "Something went wrong; the terminal says what. You can try again."
GONE = "This article is no longer in the library."

Reply = dict[str, Any]
"""What a browser gets: JSON; "trouble" is one sentence where something is wrong."""
Service = Callable[[Any], Reply]


class ReadingRoom:
    """The services of the library view. Each takes and gives JSON, runs in any thread, and raises nothing."""

    def __init__(
        self,
        library: Library,
        folder: Path,
        arrivals: Callable[[], Path],
        limits: UploadLimits | None = None,
    ) -> None:
        """`arrivals` names the folder where files lie right after their upload."""
        self.limits = limits or UploadLimits()
        self.uploads = UploadFolder(folder / FOLDER)
        self.intake = Intake(library, self.uploads, self.limits)
        self._removals = Removals(library, self.uploads, self.intake)
        self._library = library
        self._arrivals = arrivals
        self.uploads.purge()
        self.intake.resume()

    def warm_up(self) -> threading.Thread:
        """Have titles and names ready to be sorted and searched, in a thread of its own."""
        thread = threading.Thread(target=self._warm_up, name="lists", daemon=True)
        thread.start()
        return thread

    def _warm_up(self) -> None:
        with contextlib.suppress(ArticleAssistantError):  # whoever asks for a list is told
            self._library.page(order=ArticleOrder.TITLE, limit=0)
            self._library.page(ArticleFilter(text=_RARE), limit=0)

    def services(self) -> list[Service]:
        """Return what the page may call, by the names of the functions."""
        every = (self.articles, self.choices, self.article, self.changes, self.remove, self.undo)
        adding = (self.offer, self.paste, self.progress, self.cancel, self.forget)
        return [_answered(one) for one in (*every, *adding)]

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
            "rows": rows_html(page, self._removals.can_undo),
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
            versions=self._versions(article.id),
        )
        return {
            "html": html,
            "title": printable(article.title),
            "undo": self._removals.can_undo(article.path),
        }

    def changes(self, asked: Any) -> Reply:
        """Tell what changed between two versions of an article."""
        numbers = number_of(asked, "old"), number_of(asked, "new")
        found = self._library.diff(text_of(asked, "id"), *numbers) if keeps_versions(self._library) else None
        return (
            {"html": changes_html(found)} if found else {"trouble": "These versions are not kept any more."}
        )

    def _versions(self, article_id: str) -> str:
        if not keeps_versions(self._library):
            return ""
        return versions_html(self._library.versions(article_id))

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
        file = self._arrived(text_of(asked, "file", 4_000))
        return {"item": _shown(self.intake.offer_file(file, text_of(asked, "name", 1_000) or file.name))}

    def paste(self, asked: Any) -> Reply:
        """Take in a text or web addresses."""
        text = text_of(asked, "text", self.limits.pasted_characters + 1)
        return {"items": [_shown(item) for item in self.intake.offer_text(text)]}

    def progress(self, asked: Any) -> Reply:
        """Tell how far everything has come that was added: what went wrong, what goes on, and the latest."""
        items = self.intake.items()
        busy = waiting(items)
        states = [item.state.value for item in items]
        first = [item for item in items if item.state.value in ("reading", "failed")]
        rest = [item for item in reversed(items) if item.state.value not in ("reading", "failed")]
        shown = [*first, *rest][:_MOST_SHOWN]
        return {
            "items": [_shown(item) for item in sorted(shown, key=lambda item: item.id)],
            "hidden": len(items) - len(shown),
            "counts": {state: states.count(state) for state in set(states)},
            "all": len(items),
            "busy": busy,
        }

    def cancel(self, asked: Any) -> Reply:
        """Cancel what is not read yet."""
        self.intake.cancel()
        return self.progress(asked)

    def forget(self, asked: Any) -> Reply:
        """Leave out of the list what is over."""
        self.intake.forget()
        return self.progress(asked)

    @property
    def reads_web(self) -> bool:
        """Whether web addresses can be added."""
        return reads_web(self._library)

    def _arrived(self, named: str) -> Path:
        """Return a file that was uploaded. Raises UploadError for any other path."""
        arrivals = self._arrivals().resolve()
        file = Path(named)
        inside = "\0" not in named and file.is_absolute() and file.resolve().is_relative_to(arrivals)
        if not inside or file.is_symlink() or not file.is_file():
            raise UploadError("The file did not arrive; add it again.")
        return file.resolve()


def _shown(item: Item) -> Reply:
    return {
        "id": item.id,
        "name": item.name,
        "state": item.state.value,
        "note": printable(item.note),
        "article": item.article_id,
    }


def _answered(service: Service) -> Service:
    """Answer with a sentence instead of raising."""

    @wraps(service)
    def answer(asked: Any) -> Reply:
        try:
            return service(asked)
        except ArticleAssistantError as error:
            return {"trouble": str(error)}
        except Exception:  # noqa: BLE001  the boundary: one visitor's trouble must not be the page's
            _log.exception("The library could not answer")
            return {"trouble": UNEXPECTED}

    answer.__name__ = f"library_{service.__name__}"  # they share a name space with Gradio's own
    return answer
