"""Every setting of the assistant, with its default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AssistantConfig:
    """Settings of an assistant."""

    passages: int = 10
    """Passages looked at for an answer."""
    max_quotes: int = 3
    """Most sentences that a quoted answer shows."""
    considered: int = 12
    """Best sentences from which the quoted ones are taken."""
    nearest: int = 3
    """Articles offered when there is no answer."""
