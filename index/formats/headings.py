"""A date that stands by itself in the first lines of an article: a guess, for formats whose metadata has none."""

from __future__ import annotations

import re
from datetime import datetime

from ..dates import parse_date
from ..types import Precision, Published

_LINES = 8
_LABEL = re.compile(
    r"^(?:published|posted|updated|date|publié(?:e)?|paru|mis à jour|veröffentlicht|erschienen|stand|publicado|publicada"
    r"|fecha|pubblicato|gepubliceerd|datum|data)\b(?:\s+(?:on|le|am|el|il|op))?\s*:?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s+[|•·–—-]\s+|\s{2,}|\t")


def date_in_head(text: str, now: datetime) -> Published | None:
    """Return the date that a line of the first few holds alone, or beside a bar or dash; to the day at least."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines[:_LINES]:
        if len(line) > 120:
            continue
        for part in (line, *_SPLIT.split(line)):
            found = parse_date(_LABEL.sub("", part.strip(" .,")), now=now)
            if found and found.precision in (Precision.DAY, Precision.SECOND):
                return found
    return None
