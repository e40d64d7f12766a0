"""Every limit and setting of the index: one name, one default, one environment variable each."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

DATA_ENV = "ARTICLE_ASSISTANT_DATA"
CACHE_ENV = "ARTICLE_ASSISTANT_CACHE"
MODEL_ENV = "EMBEDDING_MODEL"
PRIVATE_HOSTS_ENV = "ARTICLE_ASSISTANT_PRIVATE_HOSTS"
FULL_TEXT_ENV = "ARTICLE_ASSISTANT_FULL_TEXT"
_APP = "article-assistant"


def default_data_dir() -> Path:
    """Return the directory of the collection: $ARTICLE_ASSISTANT_DATA, or the user's data directory."""
    named = os.environ.get(DATA_ENV)
    return Path(named).expanduser() if named else user_data_path(_APP, appauthor=False)


def default_cache_dir() -> Path:
    """Return the directory of model files: $ARTICLE_ASSISTANT_CACHE, or the user's cache directory."""
    named = os.environ.get(CACHE_ENV)
    return Path(named).expanduser() if named else user_cache_path(_APP, appauthor=False)


def _default_model() -> str | None:
    return os.environ.get(MODEL_ENV) or None


def _private_hosts() -> frozenset[str]:
    named = os.environ.get(PRIVATE_HOSTS_ENV, "").replace(",", " ").split()
    return frozenset(host.lower() for host in named)


def _full_text() -> bool:
    return os.environ.get(FULL_TEXT_ENV, "1").strip().lower() not in ("0", "no", "off", "false")


@dataclass(frozen=True, kw_only=True)
class FetchConfig:
    """Settings of what is fetched from the web. Times are in seconds."""

    private_hosts: frozenset[str] = field(default_factory=_private_hosts)
    """Hosts ("intranet.example") or hosts with a port ("127.0.0.1:8000") that may be in a private network."""
    ports: tuple[int, ...] = (80, 443)
    max_redirects: int = 5
    max_page_bytes: int = 20_000_000
    """Largest page, after decompression."""
    max_feed_bytes: int = 10_000_000
    """Largest feed, sitemap or OPML file, after decompression."""
    connect_seconds: float = 10.0
    stall_seconds: float = 15.0
    """Longest silence of a server."""
    total_seconds: float = 60.0
    """Longest time for one address, its redirects included."""
    host_delay: float = 1.0
    """Pause between two requests to one host; a longer Crawl-delay in its robots.txt is kept, up to 30."""
    workers: int = 32
    """Hosts that are read at the same time."""
    full_text: bool = field(default_factory=_full_text)
    """Fetch the page of an entry of which the feed gives only a summary."""
    pages_per_feed: int = 50
    """Most pages fetched for one feed in one run; the rest follow in the next."""
    refresh_seconds: float = 900.0
    """Time after which a feed is due again, where nothing else is said."""
    entries_per_feed: int = 1_000
    """Most entries of a feed that are looked at, the first ones."""


@dataclass(frozen=True, kw_only=True)
class IndexConfig:
    """Settings of an index. Sizes are in bytes or characters, as their names say."""

    cache_dir: Path = field(default_factory=default_cache_dir)
    embedding_model: str | None = field(default_factory=_default_model)
    """Name or folder of a sentence-transformers model; None for the packaged multilingual-e5-small."""
    passage_tokens: int = 180
    """Most tokens of a passage, as `split.count_tokens` estimates them (about 700 characters of French)."""
    max_file_bytes: int = 20_000_000
    """Largest file that is read."""
    max_collection_bytes: int = 200_000_000
    """Largest file that is read of a kind that holds many articles: CSV, JSON Lines, mailbox, EPUB, ZIP."""
    max_article_chars: int = 2_000_000
    """Longest article that is indexed."""
    max_archive_bytes: int = 500_000_000
    """Most bytes that a ZIP file may unpack to."""
    max_archive_members: int = 20_000
    """Most files in a ZIP file."""
    max_pdf_pages: int = 3_000
    """Most pages of a PDF."""
    reader_memory_bytes: int = 2**30
    """Address space of the process that reads files."""
    reader_seconds: float = 30.0
    """Longest time that one article may take to read."""
    max_question_chars: int = 2_000
    """Longest question that is searched for."""
    embed_batch: int = 8
    """Passages embedded at once."""
    candidates: int = 100
    """Passages taken from each of the two lists before fusion."""
    fetch: FetchConfig = field(default_factory=FetchConfig)
    """What is fetched from the web, and how."""
    undo_days: float = 7
    """How long a removed article can be restored; 0 removes for good at once."""
