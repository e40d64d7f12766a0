"""Language models: one wrapper over any LlamaIndex LLM, with limits, cancellation and plain errors."""

from .generation import Finished, Generation
from .model import LanguageModel, estimated_tokens, open_model

__all__ = ["Finished", "Generation", "LanguageModel", "estimated_tokens", "open_model"]
