"""Question in, cited answer out."""

from .answer import Assistant
from .config import AssistantConfig, ModelConfig, Unsupported
from .errors import AnswerError, LanguageModelError
from .types import (
    Answer,
    Citation,
    Done,
    Draft,
    Event,
    Finding,
    Problem,
    Retrieved,
    Sentence,
    Status,
    Style,
    Support,
    Token,
    Turn,
)

__all__ = [
    "Answer",
    "AnswerError",
    "Assistant",
    "AssistantConfig",
    "Citation",
    "Done",
    "Draft",
    "Event",
    "Finding",
    "LanguageModelError",
    "ModelConfig",
    "Problem",
    "Retrieved",
    "Sentence",
    "Status",
    "Style",
    "Support",
    "Token",
    "Turn",
    "Unsupported",
]
