"""Every setting of the assistant: one name, one default, and an environment variable where there is one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from .errors import AnswerError, ModelSettingError
from .types import Style

MODEL_ENV = "ARTICLE_ASSISTANT_MODEL"
MODEL_URL_ENV = "ARTICLE_ASSISTANT_MODEL_URL"
API_KEY_ENV = "ARTICLE_ASSISTANT_API_KEY"
API_KEY_FILE_ENV = "ARTICLE_ASSISTANT_API_KEY_FILE"
UNSUPPORTED_ENV = "ARTICLE_ASSISTANT_UNSUPPORTED"
CHECKER_ENV = "ARTICLE_ASSISTANT_CHECKER"
MODEL_HELP = f"who writes: none, openai:NAME, ollama:NAME or gguf:PATH (default: ${MODEL_ENV}, or none)"
MODEL_URL_HELP = f"address of the model's endpoint (default: ${MODEL_URL_ENV}, or the usual one)"


class Unsupported(StrEnum):
    """What becomes of a sentence that no passage supports."""

    REPLACE = "replace"
    """The quote that it should have rested on stands in its place."""
    STRIKE = "strike"
    """It is shown struck out."""


def _named(variable: str) -> str | None:
    return os.environ.get(variable) or None


def _number(name: str, default: float) -> float:
    """Return a limit of $ARTICLE_ASSISTANT_MODEL_{name}; raises ModelSettingError where it is no number above 0."""
    variable = f"{MODEL_ENV}_{name}"
    named = _named(variable)
    if named is None:
        return default
    try:
        number = float(named)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e7:
        raise ModelSettingError(f"${variable} is {named!r}; set it to a number above 0.")
    return number


def _limit(name: str, default: float) -> Any:
    return field(default_factory=partial(_number, name, default))


def _unsupported() -> Unsupported:
    named = _named(UNSUPPORTED_ENV) or Unsupported.REPLACE
    try:
        return Unsupported(named)
    except ValueError:
        choices = " or ".join(f"`{one}`" for one in Unsupported)
        raise AnswerError(f"${UNSUPPORTED_ENV} is {named!r}; set it to {choices}.") from None


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Who writes the answers, and within which limits.

    The limits in tokens and seconds are taken from $ARTICLE_ASSISTANT_MODEL_CONTEXT_TOKENS,
    …_MAX_ANSWER_TOKENS, …_FIRST_TOKEN_SECONDS, …_STALL_SECONDS and …_TOTAL_SECONDS where these are set.
    """

    name: str = field(default_factory=lambda: _named(MODEL_ENV) or "none")
    """`none` (quotes), `openai:NAME`, `ollama:NAME` or `gguf:PATH`."""
    url: str | None = field(default_factory=lambda: _named(MODEL_URL_ENV))
    """Address of the endpoint; None for the usual one of its kind."""
    api_key_file: Path | None = field(
        default_factory=lambda: Path(path) if (path := _named(API_KEY_FILE_ENV)) else None
    )
    """File that holds the key; without one, the key is taken from $ARTICLE_ASSISTANT_API_KEY."""
    context_tokens: int | None = field(default_factory=lambda: int(_number("CONTEXT_TOKENS", 0)) or None)
    """Context window; None asks the endpoint or the file, and takes 4,096 where neither says."""
    max_answer_tokens: int = field(default_factory=lambda: int(_number("MAX_ANSWER_TOKENS", 400)))
    first_token_seconds: float = _limit("FIRST_TOKEN_SECONDS", 60.0)
    """Longest wait for the first word; reading the passages takes a small machine that long."""
    stall_seconds: float = _limit("STALL_SECONDS", 30.0)
    """Longest wait between two words."""
    total_seconds: float = _limit("TOTAL_SECONDS", 180.0)
    retries: int = 2
    """Further tries after 429, 5xx or a refused connection, before the first word."""
    small: bool | None = None
    """Use the short prompt of small models; None decides by the model's size where it is known."""

    @staticmethod
    def named(name: str | None, url: str | None) -> ModelConfig:
        """Return the settings of the environment, with this model and address where they are given."""
        settings = ModelConfig()
        settings = settings if name is None else replace(settings, name=name)
        return settings if url is None else replace(settings, url=url)


@dataclass(frozen=True, kw_only=True)
class AssistantConfig:
    """Settings of an assistant."""

    passages: int = 10
    """Passages looked at for an answer."""
    max_quotes: int = 3
    """Most sentences that a quoted answer shows; a short one shows one."""
    detailed_quotes: int = 5
    """Most sentences that a detailed quoted answer shows."""
    considered: int = 12
    """Best sentences from which the quoted ones are taken."""
    nearest: int = 3
    """Articles offered when there is no answer."""
    unsupported: Unsupported = field(default_factory=_unsupported)
    """What becomes of a sentence that no passage supports."""
    model_share: float = 0.3
    """A model is asked where the confidence is at least this share of what a quoted answer needs."""
    rewrite_tokens: int = 96
    """Longest completed question that a model may write, in tokens."""
    checker: str | None = field(default_factory=lambda: _named(CHECKER_ENV))
    """Name or folder of a cross-encoder (natural language inference) that checks sentences as well."""

    def quotes(self, style: Style) -> int:
        """Return the most sentences that a quoted answer of a style shows."""
        return {Style.SHORT: 1, Style.NORMAL: self.max_quotes, Style.DETAILED: self.detailed_quotes}[style]
