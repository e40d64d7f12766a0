"""Fit the weights of what the reader makes of sentences, in `assistant/calibration.json`.

    python -m benchmarks.calibrate_reader --data DIR [--cache DIR] [--reuse] [--write]

A conditional logit over the sentences found, on questions about the paragraphs that the reader was
not trained on: how much its score counts beside that of the other features, which are fitted by
`benchmarks/calibrate.py`. Also reported: how often the right sentence is among the best, by fits on
four fifths of the paragraphs and on the fifth left.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.quote import READ_FEATURES, Calibration, read_features
from training.judge.prepare import aside_paragraphs

from .calibrate import TARGET, fit_sentences, hit_rate
from .calibration_data import Case, train_cases

FOLDS = 5
UNREAD = np.array([1.0, 0.0, 0.0])


def with_readings(cases: Sequence[Case]) -> list[Case]:
    """Return the cases with READ_FEATURES in place of the others."""
    weights = list(Calibration.shipped().sentence_weights)
    return [
        replace(case, features=read_features(case.pairs, case.features @ weights, case.readings))
        for case in cases
    ]


def report(cases: Sequence[Case]) -> None:
    """Print the shares, for French questions and for the others, before and after."""
    fold: dict[str, int] = {}
    for case in cases:
        fold.setdefault(case.question["paragraph"], len(fold) % FOLDS)
    for name, french in (("French", True), ("other languages", False)):
        asked = [c for c in cases if (c.question["lang"] == "fr") is french and c.right.any()]
        rates = np.zeros((2, 2))
        for number in range(FOLDS):
            fitted = fit_sentences([c for c in cases if fold[c.question["paragraph"]] != number])
            left = [c for c in asked if fold[c.question["paragraph"]] == number]
            for row, weights in enumerate((UNREAD, fitted)):
                rates[row] += [hit_rate(left, weights, most) * len(left) for most in (1, 3)]
        before, after = rates / len(asked)
        print(
            f"{name}, {len(asked)} questions: right sentence first {before[0]:.3f} → {after[0]:.3f}, "
            f"among three {before[1]:.3f} → {after[1]:.3f}"
        )


def main() -> None:
    """Fit, report, and with --write keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    parser.add_argument("--reuse", action="store_true", help="take collections an earlier run has indexed")
    arguments = parser.parse_args()
    paragraphs = aside_paragraphs(arguments.data)
    cases = with_readings(
        train_cases(arguments.data, arguments.cache, reuse=arguments.reuse, paragraphs=paragraphs)
    )
    report(cases)
    weights = fit_sentences(cases)
    read = {
        "fitted_by": "python -m benchmarks.calibrate_reader --write",
        "weights": dict(zip(READ_FEATURES, [round(float(w), 4) for w in weights], strict=True)),
    }
    print(json.dumps(read, indent=2))
    if arguments.write:
        content = json.loads(TARGET.read_text(encoding="utf-8")) | {"read": read}
        TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
