"""An assistant as the settings want it: with the model and the checker they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from index import Index

from .answer import Assistant
from .config import AssistantConfig, ModelConfig
from .llm import open_model
from .verify import Checker


@contextmanager
def open_assistant(
    index: Index,
    *,
    model: str | None = None,
    model_url: str | None = None,
    config: AssistantConfig | None = None,
) -> Iterator[Assistant]:
    """Open the assistant that the settings describe; the model is let go of at the end.

    `model` and `model_url` stand for those of the environment where they are given. Loads nothing
    yet. Raises ModelSettingError where a setting cannot be right.
    """
    config = config or AssistantConfig()
    writer = open_model(ModelConfig.named(model, model_url))
    try:
        yield Assistant(index, config, model=writer, checker=open_checker(config))
    finally:
        if writer is not None:
            writer.close()


def open_checker(config: AssistantConfig) -> Checker | None:
    """Return the checker that the settings name; loads nothing yet."""
    if not config.checker:
        return None
    from .nli import CrossEncoderChecker

    return CrossEncoderChecker(config.checker)
