"""A collection's directory, and the sentence for one made with another embedding model."""

from __future__ import annotations

import os
from pathlib import Path

from .catalog import CATALOG_NAME
from .errors import StoreError
from .leftovers import complete_restore


def mismatch(made_with: str | None, configured: str) -> str:
    """Return the sentence for a collection made with another embedding model than the one that is set."""
    return (
        f"The collection was made with the embedding model {made_with}, and {configured} is configured; "
        "run `article-assistant rebuild` to change it over, or set EMBEDDING_MODEL back."
    )


def make_directory(folder: Path, read_only: bool) -> None:
    """Make a collection's directory unless it is there. Raises a StoreError where it cannot be used."""
    complete_restore(folder)
    if read_only:
        if not (folder / CATALOG_NAME).exists():
            raise StoreError(f"There is no collection in {folder}; add articles first.")
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The directory {folder} cannot be made ({error.strerror}); choose another one with --data."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"The directory {folder} is not writable; choose another one with --data.")
