"""What is exported of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.bibliography import Reference

from .conversation import Exchange


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A conversation, ready to be written in any form."""

    title: str
    moment: datetime
    """When it is exported, with its time zone."""
    exchanges: tuple[Exchange, ...]
    """Those that are over, oldest first."""
    references: tuple[Reference, ...]
    """The articles that they cite."""
