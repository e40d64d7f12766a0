"""Getting the collection and the language model ready in the background, while the page is up already."""

from __future__ import annotations

import logging
import threading

from index import ArticleAssistantError

from .seams import Library, Warmable

_log = logging.getLogger(__name__)

LOADING = "loading the model…"
WAKING = "waking the language model…"
QUOTED_MEANWHILE = "{} Until then, answers are quoted."


class Readiness:
    """How far the loading has come. Safe to share between threads."""

    def __init__(self, library: Library, model: Warmable | None = None) -> None:
        self._library = library
        self._model = model
        self._done = threading.Event()
        self._awake = threading.Event()
        self._trouble: str | None = None
        self._model_trouble: str | None = None

    @property
    def loading(self) -> str | None:
        """What a question would still have to wait for, if anything."""
        return None if self._done.is_set() else LOADING

    @property
    def busy(self) -> str | None:
        """What is going on in the background, if anything."""
        return self.loading or (None if self._awake.is_set() else WAKING)

    @property
    def trouble(self) -> str | None:
        """Why the embedding model could not be loaded, if so."""
        return self._trouble

    @property
    def model_trouble(self) -> str | None:
        """Why the language model could not be had, if so; it may be there by the next question."""
        return self._model_trouble

    def note_writer(self, model: str | None) -> None:
        """Take notice of who wrote an answer: a model that did is there."""
        if model:
            self._model_trouble = None

    def wait(self, seconds: float) -> bool:
        """Wait until a question can be answered; tells whether it can."""
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
            if self._model is None:
                self._awake.set()
            self._done.set()
        self._wake(self._model)

    def _wake(self, model: Warmable | None) -> None:
        try:
            if model:
                model.warm_up()
        except ArticleAssistantError as error:
            self._model_trouble = QUOTED_MEANWHILE.format(error)
        except Exception:  # noqa: BLE001  the boundary of the thread: the page must hear of it
            _log.exception("The language model could not be had")
            self._model_trouble = "The language model could not be had; the terminal says why."
        finally:
            self._awake.set()
