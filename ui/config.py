"""Every limit of what is added in the page: one name, one default, one environment variable each."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from index import ArticleAssistantError

FILE_BYTES_ENV = "ARTICLE_ASSISTANT_UPLOAD_FILE_BYTES"
TOTAL_BYTES_ENV = "ARTICLE_ASSISTANT_UPLOAD_BYTES"
FILES_ENV = "ARTICLE_ASSISTANT_UPLOAD_FILES"


class SettingError(ArticleAssistantError):
    """A setting of the page has no possible value."""


def _number(variable: str, default: int) -> int:
    named = os.environ.get(variable) or str(default)
    if not named.isascii() or not named.isdigit() or int(named) < 1:
        raise SettingError(f"${variable} is {named!r}; set it to a whole number above 0, such as {default}.")
    return int(named)


@dataclass(frozen=True, kw_only=True)
class UploadLimits:
    """How much can be added in the page."""

    file_bytes: int = field(default_factory=lambda: _number(FILE_BYTES_ENV, 200_000_000))
    """Largest file that is taken; what is read of each kind of file may be less (`IndexConfig`)."""
    total_bytes: int = field(default_factory=lambda: _number(TOTAL_BYTES_ENV, 2_000_000_000))
    """Most bytes that wait to be read at a time."""
    files: int = field(default_factory=lambda: _number(FILES_ENV, 5_000))
    """Most files, addresses and texts that wait to be read at a time."""
    pasted_characters: int = 1_000_000
    """Longest text that can be pasted."""
