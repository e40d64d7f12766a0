"""What `article-assistant eval` does and prints.

Exit codes: 0 measured, and nothing is worse than in the earlier report; 1 something is worse beyond
noise; 2 nothing could be measured; 130 interrupted (what was measured is printed and written).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from index import ProgressCallback

from ..answer import Assistant
from ..config import AssistantConfig, ModelConfig
from ..llm import LanguageModel, open_model
from ..opening import open_checker
from ..verify import Verifier
from .compare import Comparison, to_text
from .evaluate import Evaluated, Plan, evaluate
from .report import Report, to_json, to_table

NOT_WORSE, WORSE, INTERRUPTED = 0, 1, 130


def run(arguments: argparse.Namespace, progress: ProgressCallback | None = None) -> tuple[str, int]:
    """Evaluate as the arguments say; returns what to print and the exit code.

    Raises EvaluationError, StoreErrors and LanguageModelErrors.
    """
    plan = Plan(
        data=arguments.data,
        feedback=arguments.feedback,
        limit=arguments.limit,
        seed=arguments.seed,
        cache=arguments.cache,
        output=arguments.output,
        earlier=arguments.compare,
    )
    track = partial(_track, quiet=arguments.quiet or arguments.json)
    report, comparison = evaluate(
        plan,
        evaluated(ModelConfig.named(arguments.model, arguments.model_url)),
        track=track,
        indexing=progress,
    )
    text = _json(report, comparison) if arguments.json else _plain(report, comparison)
    if report.interrupted:
        return text, INTERRUPTED
    return text, WORSE if comparison and comparison.regressions else NOT_WORSE


def evaluated(settings: ModelConfig) -> Evaluated:
    """Return the assistant with the model of the settings. Raises ModelSettingError."""
    model, config = open_model(settings), AssistantConfig()
    checker = open_checker(config)
    return Evaluated(
        make_assistant=lambda index: Assistant(index, config, model=model, checker=checker),
        model=model.name if model else "none",
        verifier=partial(Verifier, checker=checker),
        complete=partial(_complete, model) if model else None,
    )


def _complete(model: LanguageModel, prompt: str) -> str:
    return model.complete("", prompt, max_tokens=120)


def _track(what: str, total: int, items: Iterable[Any], *, quiet: bool) -> Iterator[Any]:
    from tqdm import tqdm

    yield from tqdm(items, desc=what, total=total, disable=True if quiet else None)


def _plain(report: Report, comparison: Comparison | None) -> str:
    return to_table(report) + (f"\n\n{to_text(comparison)}" if comparison else "")


def _json(report: Report, comparison: Comparison | None) -> str:
    content = to_json(report)
    if comparison:
        content["comparison"] = {
            "notes": list(comparison.notes),
            "changes": [
                {
                    "name": one.name,
                    "old": one.old,
                    "new": one.new,
                    "p": one.p,
                    "paired": one.paired,
                    "cases": one.cases,
                    "regression": one in comparison.regressions,
                }
                for one in comparison.changes
            ],
        }
    return json.dumps(content, ensure_ascii=False, indent=2)
