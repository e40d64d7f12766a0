"""A second opinion on a sentence: a cross-encoder trained on natural language inference."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from .errors import ModelSettingError

_LONGEST_PREMISE = 4_000


class CrossEncoderChecker:
    """Ask a sentence-transformers cross-encoder whether a passage entails a sentence.

    The model must have the labels of natural language inference, one of them named after entailment
    ("entailment", "ENTAILMENT", "entail"). It is loaded at the first use. Safe to share between threads.
    """

    def __init__(self, name: str) -> None:
        """Take the model by its name on the hub or by its folder."""
        self._name = name
        self._model: Any = None
        self._label = 0
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Load the model. Raises ModelSettingError."""
        with self._lock:
            self._load()

    def entailment(self, premise: str, hypothesis: str) -> float:
        """Return the probability (0 to 1) that a premise entails a hypothesis. Raises ModelSettingError."""
        with self._lock:
            model = self._load()
            pairs = [(premise[:_LONGEST_PREMISE], hypothesis)]
            scores = model.predict(pairs, apply_softmax=True, show_progress_bar=False)
        return float(scores[0][self._label])

    def _load(self) -> Any:
        if self._model is None:
            folder = Path(self._name).expanduser()
            if folder.is_dir():
                os.environ.setdefault(
                    "HF_HUB_OFFLINE", "1"
                )  # the folder is complete: nothing may be looked up
            from sentence_transformers import CrossEncoder

            try:
                model = CrossEncoder(
                    str(folder) if folder.is_dir() else self._name, device="cpu", trust_remote_code=False
                )
            except (OSError, ValueError, KeyError) as error:
                raise ModelSettingError(
                    f"The checker {self._name!r} cannot be loaded; name a cross-encoder or its folder."
                ) from error
            self._label = self._entailment_label(model.config.id2label)
            self._model = model
        return self._model

    def _entailment_label(self, labels: dict[int, str]) -> int:
        for number, label in labels.items():
            if label.lower().startswith("entail"):
                return int(number)
        raise ModelSettingError(
            f"The checker {self._name!r} has no label for entailment, so it cannot judge a sentence; "
            "use a cross-encoder trained on natural language inference."
        )
