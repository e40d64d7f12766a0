"""Text → the form in which its words are compared: without case, accents and points."""

from __future__ import annotations

import unicodedata

_LONGEST = 20_000


def folded(text: str) -> str:
    """Return a text as it is compared; of a very long one, the beginning."""
    parts = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    return " ".join("".join(char for char in parts if not unicodedata.combining(char)).split())
