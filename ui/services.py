"""What the page's scripts may call: JSON in, JSON out, in any thread, and nothing is raised."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from index import ArticleAssistantError

from .uploads import UploadError

_log = logging.getLogger(__name__)
UNEXPECTED = "Something went wrong; the terminal says what. You can try again."

Reply = dict[str, Any]
"""What a browser gets: JSON; "trouble" is one sentence where something is wrong."""
Service = Callable[[Any], Reply]


def answered(service: Service, room: str = "library") -> Service:
    """Answer with a sentence instead of raising; `room` begins the name that the page calls."""

    @wraps(service)
    def answer(asked: Any) -> Reply:
        try:
            return service(asked)
        except ArticleAssistantError as error:
            return {"trouble": str(error)}
        except Exception:  # noqa: BLE001  the boundary: one visitor's trouble must not be the page's
            _log.exception("The page's %s could not answer", room)
            return {"trouble": UNEXPECTED}

    answer.__name__ = f"{room}_{service.__name__}"  # they share a name space with Gradio's own
    return answer


def arrived(arrivals: Path, named: str) -> Path:
    """Return a file that was uploaded. Raises UploadError for any other path."""
    arrivals = arrivals.resolve()
    file = Path(named)
    inside = "\0" not in named and file.is_absolute() and file.resolve().is_relative_to(arrivals)
    if not inside or file.is_symlink() or not file.is_file():
        raise UploadError("The file did not arrive; add it again.")
    return file.resolve()
