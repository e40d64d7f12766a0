"""Web addresses that the user names → articles, or why not."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from .addresses import parse_address, shorten
from .config import IndexConfig
from .errors import IndexingError
from .file_reader import FileReader
from .pages import Page, read_page
from .parallel import in_parallel
from .politeness import PoliteWeb
from .text import canonical_url
from .types import SourceFailure

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_FURTHER_TRIES = 2
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 10.0


def divide(paths: Iterable[Path | str]) -> tuple[list[Path], list[str]]:
    """Return the files and folders, and the web addresses, among what a user named."""
    files: list[Path] = []
    addresses: list[str] = []
    for one in paths:
        if isinstance(one, str) and _SCHEME.match(one.strip()):
            addresses.append(one.strip())
        else:
            files.append(Path(one))
    return files, addresses


def read_addresses(
    addresses: Sequence[str],
    web: PoliteWeb,
    config: IndexConfig,
    reader: FileReader,
    *,
    now: Callable[[], datetime],
    embedder_id: str,
    stop: threading.Event,
) -> list[Page | SourceFailure]:
    """Fetch pages, those of one host after each other, and return them in the order of their addresses."""

    def work(address: str) -> tuple[str, Page | SourceFailure]:
        try:
            return address, _read(address, web, config, reader, now(), embedder_id, stop)
        except IndexingError as error:
            return address, SourceFailure(path=shorten(address), reason=str(error))

    by_host: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):
        by_host.setdefault(_host(address), []).append(address)
    done = dict(in_parallel(list(by_host.values()), work, workers=config.fetch.workers, stop=stop))
    return list(_once(done[one] for one in dict.fromkeys(addresses) if one in done))


def _read(
    address: str,
    web: PoliteWeb,
    config: IndexConfig,
    reader: FileReader,
    now: datetime,
    embedder_id: str,
    stop: threading.Event,
) -> Page:
    """Read one page; what may be better in a moment is tried again."""
    parse_address(address, config.fetch)
    pause = _FIRST_PAUSE
    for further in range(_FURTHER_TRIES, -1, -1):
        try:
            fetched = web.page(address)
            break
        except IndexingError as error:
            wait = max(pause, getattr(error, "retry_after", None) or 0.0)
            if not (error.retryable and further) or wait > _LONGEST_PAUSE or stop.wait(wait):
                raise
            pause *= 2
    return read_page(fetched, config, reader, now=now, embedder_id=embedder_id, asked=address)


def _once(found: Iterable[Page | SourceFailure]) -> Iterable[Page | SourceFailure]:
    """Leave out pages that several addresses lead to."""
    seen: set[str] = set()
    for one in found:
        key = one.identity if isinstance(one, Page) else one.path
        if key not in seen:
            seen.add(key)
            yield one


def _host(address: str) -> str:
    try:
        return urlsplit(canonical_url(address)).netloc
    except ValueError:
        return address
