"""Question in, cited answer out."""

from .answer import Assistant
from .config import AssistantConfig
from .types import Answer, Citation, Done, Event, Retrieved, Sentence, Status, Support, Token, Turn

__all__ = [
    "Answer",
    "Assistant",
    "AssistantConfig",
    "Citation",
    "Done",
    "Event",
    "Retrieved",
    "Sentence",
    "Status",
    "Support",
    "Token",
    "Turn",
]
