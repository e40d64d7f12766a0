"""Getting the collection ready in the background, while the page is up already."""

from __future__ import annotations

import logging
import threading

from index import ArticleAssistantError

from .seams import Library

_log = logging.getLogger(__name__)

LOADING = "loading the model…"


class Readiness:
    """How far the loading of the model has come. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._done = threading.Event()
        self._trouble: str | None = None

    @property
    def loading(self) -> str | None:
        """What is still being waited for, if anything."""
        return None if self._done.is_set() else LOADING

    @property
    def trouble(self) -> str | None:
        """Why the model could not be loaded, if so."""
        return self._trouble

    def wait(self, seconds: float) -> bool:
        """Wait until everything is loaded; tells whether it is."""
        return self._done.wait(seconds)

    def start(self) -> threading.Thread:
        """Begin to load, in a thread that does not keep the program from ending."""
        thread = threading.Thread(target=self._prepare, name="warm-up", daemon=True)
        thread.start()
        return thread

    def _prepare(self) -> None:
        """Look for damage before anything is searched: a damaged vector index can end the process."""
        try:
            if self._library.status().passages:
                self._library.check_health()
            self._library.warm_up()
        except ArticleAssistantError as error:
            self._trouble = str(error)
        except Exception:  # noqa: BLE001  the boundary of the thread: the page must hear of it
            _log.exception("The model could not be loaded")
            self._trouble = "The model could not be loaded; the terminal says why."
        finally:
            self._done.set()
