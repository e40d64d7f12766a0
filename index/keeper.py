"""Keep the feeds current in the background, beside whoever asks questions."""

from __future__ import annotations

import logging
import threading

from .errors import ArticleAssistantError, IndexLockedError
from .feeds import Feeds

_log = logging.getLogger(__name__)
_LONGEST_NAP = 30.0


class FeedKeeper:
    """Reads each feed whose time has come, in one thread, until it is stopped. A context manager.

    It looks every half minute, by a clock that nobody sets; which feeds are due, their times in the
    catalog tell. While another process changes the collection, or reads the feeds, it waits.
    """

    def __init__(self, feeds: Feeds, interval: float, *, nap: float | None = None) -> None:
        """Read each feed every `interval` seconds; look every `nap` seconds."""
        self._feeds = feeds
        self._interval = interval
        self._nap = nap or min(_LONGEST_NAP, interval)
        self._stop = threading.Event()
        self._reading = False
        self._trouble: str | None = None
        self._thread: threading.Thread | None = None

    @property
    def interval(self) -> float:
        """Seconds between two readings of a feed."""
        return self._interval

    @property
    def reading(self) -> bool:
        """Tell whether feeds are being read now."""
        return self._reading

    @property
    def trouble(self) -> str | None:
        """Why the feeds cannot be kept current, if so; a feed's own trouble is in its state."""
        return self._trouble

    def start(self) -> None:
        """Begin, in a thread that does not keep the program from ending."""
        self._thread = threading.Thread(target=self._run, name="feed-keeper", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Ask for the end and wait for it up to `seconds`; what was being read is read again next time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def __enter__(self) -> FeedKeeper:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while True:
            self._read_due()
            if self._stop.wait(self._nap):
                return

    def _read_due(self) -> None:
        try:
            self._reading = True
            self._feeds.refresh(due_only=True, interval=self._interval, stop=self._stop)
            self._trouble = None
        except IndexLockedError as error:
            _log.info("The feeds are read later: %s", error)
        except ArticleAssistantError as error:
            _log.warning("The feeds could not be read: %s", error)
            self._trouble = str(error)
        except Exception:  # noqa: BLE001  the boundary of the thread: the page must hear of it
            _log.exception("The feeds could not be read")
            self._trouble = "The feeds could not be read; the terminal says why."
        finally:
            self._reading = False
