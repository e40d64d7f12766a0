"""Damaged searches are built again in the background from the catalog, while others go on beside them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from .errors import ArticleAssistantError, IndexLockedError
from .health import EMBEDDER

if TYPE_CHECKING:
    from .collection import Index

_log = logging.getLogger(__name__)
BEING_MENDED = "The vector index is damaged and is being built again; until then, only words are searched."
_LONGEST_PAUSE = 3600.0


def mend(index: Index) -> bool:
    """Build what a search had to do without again, if it is damaged: vectors, full-text search; tells whether it did.

    Nothing is embedded: vectors of another model stay as they are. Raises a StoreError.
    """
    if index.degraded is None or index.catalog.meta(EMBEDDER) not in (None, index.embedder.id):
        return False
    if index.check_health().reason is not None:
        index.vectors.disable(BEING_MENDED)
    elif index.catalog.terms_trouble is None:
        return False
    index.rebuild()
    return True


class Mender:
    """Looks every few seconds whether searches are degraded, and mends, in one thread. A context manager.

    While another process changes the collection it waits; after a failure it waits longer each time.
    """

    def __init__(self, index: Index, *, nap: float = 5.0) -> None:
        """Look every `nap` seconds."""
        self._index = index
        self._nap = nap
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why the vectors could not be built again, if so."""
        return self._trouble

    def start(self) -> None:
        """Begin, in a thread that does not keep the program from ending."""
        self._thread = threading.Thread(target=self._run, name="mender", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Ask for the end and wait for it up to `seconds`; a rebuild that is cut off leaves the old state."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def __enter__(self) -> Mender:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        pause = self._nap
        while not self._stop.wait(pause):
            pause = self._nap if self._mended() else min(_LONGEST_PAUSE, pause * 2)

    def _mended(self) -> bool:
        """Tell whether all is well, or may be in a moment."""
        try:
            if mend(self._index):
                _log.warning("The vector index was damaged, and was built again.")
            self._trouble = None
        except IndexLockedError:
            _log.info("The vector index is built again once nobody changes the collection.")
        except ArticleAssistantError as error:
            _log.warning("The vector index could not be built again: %s", error)
            self._trouble = str(error)
        except Exception:  # noqa: BLE001  the boundary of the thread: searches go on without it
            _log.exception("The vector index could not be built again")
            self._trouble = "The vector index could not be built again; the terminal says why."
        return self._trouble is None
