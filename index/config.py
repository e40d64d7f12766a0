"""Every limit and setting of the index: one name, one default, one environment variable each."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

DATA_ENV = "ARTICLE_ASSISTANT_DATA"
CACHE_ENV = "ARTICLE_ASSISTANT_CACHE"
MODEL_ENV = "EMBEDDING_MODEL"
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
    max_article_chars: int = 2_000_000
    """Longest article that is indexed."""
    max_question_chars: int = 2_000
    """Longest question that is searched for."""
    embed_batch: int = 8
    """Passages embedded at once."""
    candidates: int = 100
    """Passages taken from each of the two lists before fusion."""
    undo_days: float = 7
    """How long a removed article can be restored; 0 removes for good at once."""
