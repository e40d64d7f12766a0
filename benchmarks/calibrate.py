"""Fit `assistant/calibration.json`: which sentence answers, and whether any does.

    python -m benchmarks.calibrate --data DIR [--cache DIR] [--reuse] [--write]

Sentences: a conditional logit over the sentences of the passages found, on `train/qa_french`
(French over French) and `train/qa_parallel` (twelve languages, each paragraph in one of them).
Half of the passages are left out of the collection; questions on those are what the collection
cannot answer. Together with training questions asked of the news of orangesum_fr (off topic) and
every second question of realtimeqa and orangesum_fr they fit the probability of an answer: one
logistic model for answers within a language, one for those across.
The operating point of each is the threshold with the best F1 of refusing among those that refuse at
most 16 % (across languages 15 %) of the questions of any set for which an answer was found.
The other halves, and every fourth question of train, are reported, never fitted on, and drawn as
curves of risk against coverage.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evidence import ACROSS_FEATURES, WITHIN_FEATURES, gather
from assistant.quote import SENTENCE_FEATURES, ranked

from .calibration_data import Case, evaluation_cases, off_topic_cases, train_cases
from .risk_coverage import curve, picture

TARGET = Path(__file__).parent.parent / "assistant" / "calibration.json"
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "risk-coverage.svg"
SHARES = {"train": 300.0, "off topic": 100.0, "realtimeqa": 300.0, "orangesum_fr": 100.0}
"""What the sets count for in the fit, however many questions they have."""
MOST_REFUSED = {False: 0.16, True: 0.15}
"""Of the questions of a set for which an answer was found; the second across languages."""
EVALUATION_SETS = ("realtimeqa", "orangesum_fr")
MOST_WEIGHT = 2.0
"""What a single question counts for at most."""
LOWEST = {False: 0.0, True: 0.28}
"""Least operating points, set by hand: over a small collection in other languages, questions on something
else come up to here."""
SURE = {False: 0.7, True: 0.5}
"""Set by hand, within a language and across: below it quotes are called tentative."""
LACKING = 0.2
"""Set by hand: what is left of the confidence where a sum of money is asked for and no passage has one."""
QUOTE_SHARE = 0.01
REPETITION = 0.15
"""Both set by hand: a little more variety of outlets against a little less of the gold answers."""
LEAST = 20
"""A set with fewer answerable questions has no say in the operating point."""

Groups = dict[str, list[Case]]


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A logistic model and its operating point."""

    features: tuple[str, ...]
    weights: np.ndarray
    bias: float
    threshold: float

    def logits(self, cases: Sequence[Case]) -> np.ndarray:
        """Return shape (cases,)."""
        return vectors(cases) @ self.weights + self.bias

    def margins(self, cases: Sequence[Case]) -> np.ndarray:
        """Return how far each lies above the operating point, in logits, shape (cases,)."""
        return self.logits(cases) - np.log(self.threshold / (1 - self.threshold))

    def content(self, sure: float) -> dict[str, Any]:
        """Return what is written to the file."""
        weights = {name: round(float(w), 4) for name, w in zip(self.features, self.weights, strict=True)}
        points = {"threshold": round(self.threshold, 4), "sure": max(sure, round(self.threshold, 4))}
        return {"weights": weights, "bias": round(self.bias, 4), **points}


def fit_sentences(cases: list[Case], penalty: float = 2.0) -> np.ndarray:
    """Fit the conditional logit: the right sentences of a question share its probability."""
    from scipy.optimize import minimize

    used = [case for case in cases if 0 < case.right.sum() < len(case.right)]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = penalty * float(weights @ weights) / 2, penalty * weights
        for case in used:
            scores = case.features @ weights
            scores -= scores.max()
            odds = np.exp(scores)
            every, good = odds.sum(), (odds * case.right).sum()
            total += np.log(every) - np.log(good)
            gradient = gradient + case.features.T @ (odds / every - odds * case.right / good)
        return total, gradient

    start = np.zeros(used[0].features.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def hit_rate(cases: Sequence[Case], weights: np.ndarray, most: int) -> float:
    """Return how often one of the `most` best sentences is right, of the questions with any right one."""
    found = [
        case.right[np.argsort(-(case.features @ weights))[:most]].any() for case in cases if case.right.any()
    ]
    return float(np.mean(found))


def weigh_evidence(cases: Sequence[Case], weights: np.ndarray) -> None:
    """Give every case the evidence that its best sentences make, by the fitted weights."""
    for case in cases:
        order = [int(number) for number in np.argsort(-(case.features @ weights))]
        sentences = ranked(case.hits, case.pairs, case.features, order)
        case.evidence = gather(case.question["question"], case.language, case.hits, sentences)


def vectors(cases: Sequence[Case]) -> np.ndarray:
    """Return the features of the cases, shape (cases, features of their kind)."""
    return np.array([case.evidence.vector for case in cases if case.evidence])


def known(cases: Sequence[Case]) -> np.ndarray:
    """Return which cases can be answered, shape (cases,)."""
    return np.array([case.answerable for case in cases], dtype=bool)


def found(cases: Sequence[Case]) -> np.ndarray:
    """Return for which cases a passage with an answer was found, shape (cases,)."""
    return np.array([case.found for case in cases], dtype=bool)


def refusal(margin: np.ndarray, answerable: np.ndarray) -> dict[str, float]:
    """Return precision, recall and F1 of refusing, and the share of answerable questions refused."""
    refused = margin < 0
    right = float((refused & ~answerable).sum())
    precision = right / max(1.0, float(refused.sum()))
    recall = right / max(1.0, float((~answerable).sum()))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "refused_answerable": float((refused & answerable).sum()) / max(1.0, float(answerable.sum())),
    }


def fit_judge(groups: Groups, features: tuple[str, ...], most_refused: float, lowest: float) -> Fitted:
    """Fit the probability of an answer and its operating point, which is `lowest` at least."""
    from sklearn.linear_model import LogisticRegression

    groups = {name: cases for name, cases in groups.items() if cases}
    every = [case for cases in groups.values() for case in cases]
    importance = [
        min(MOST_WEIGHT, SHARES[name] / len(cases)) for name, cases in groups.items() for _ in cases
    ]
    model = LogisticRegression(C=1.0, max_iter=3000)
    model.fit(vectors(every), found(every), sample_weight=importance)
    plain = Fitted(features=features, weights=model.coef_[0], bias=float(model.intercept_[0]), threshold=0.5)
    return replace(plain, threshold=max(lowest, _operating_point(groups, plain, most_refused)))


def _operating_point(groups: Groups, model: Fitted, most_refused: float) -> float:
    logits = {name: model.logits(cases) for name, cases in groups.items()}
    truth = {name: found(cases) for name, cases in groups.items()}

    def at(threshold: float) -> tuple[float, float]:
        """Return the highest share of a set that is refused with an answer found, and F1 over all."""
        cut = float(np.log(threshold / (1 - threshold)))
        shares = [
            refusal(logits[name] - cut, truth[name])["refused_answerable"]
            for name in groups
            if truth[name].sum() >= LEAST
        ]
        joined = np.concatenate(list(logits.values())) - cut
        return max(shares), refusal(joined, np.concatenate(list(truth.values())))["f1"]

    tried = [(*at(threshold), threshold) for threshold in np.linspace(0.02, 0.9, 89)]
    return float(max((f1, threshold) for share, f1, threshold in tried if share <= most_refused)[1])


def main() -> None:
    """Fit, report, and with --write keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument(
        "--answerable", type=int, default=100, help="answerable questions of an evaluation set"
    )
    parser.add_argument("--swap", action="store_true", help="fit on the halves that are otherwise reported")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name} and {PICTURE.name}")
    parser.add_argument("--reuse", action="store_true", help="take collections an earlier run has indexed")
    arguments = parser.parse_args()
    train = train_cases(arguments.data, arguments.cache, reuse=arguments.reuse)
    off_topic = off_topic_cases(arguments.data, arguments.cache, reuse=arguments.reuse)
    aside = {"train": train[::4], "off topic": off_topic[::2]}
    fitted = {
        "train": [case for number, case in enumerate(train) if number % 4],
        "off topic": off_topic[1::2],
    }
    for name in EVALUATION_SETS:
        cases = evaluation_cases(
            arguments.data, arguments.cache, name, arguments.answerable, reuse=arguments.reuse
        )
        first = 1 if arguments.swap else 0
        fitted[name], aside[name] = cases[first::2], cases[1 - first :: 2]
    weights = fit_sentences(fitted["train"])
    _report_sentences(fitted["train"], aside["train"], weights)
    for cases in (*fitted.values(), *aside.values()):
        weigh_evidence(cases, weights)
    judges = {
        across: fit_judge(
            _crossing(fitted, across),
            ACROSS_FEATURES if across else WITHIN_FEATURES,
            MOST_REFUSED[across],
            LOWEST[across],
        )
        for across in (False, True)
    }
    for title, groups in (("fitted", fitted), ("held aside", aside)):
        _report_refusals(title, groups, judges)
    content = {
        "fitted_by": "python -m benchmarks.calibrate --write",
        "sentence_weights": dict(zip(SENTENCE_FEATURES, [round(float(w), 4) for w in weights], strict=True)),
        "within": judges[False].content(SURE[False]),
        "across": judges[True].content(SURE[True]),
        "lacking": LACKING,
        "quote_share": QUOTE_SHARE,
        "repetition": REPETITION,
    }
    print(json.dumps(content, indent=2))
    if arguments.write:
        TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        curves = {name: curve(margins(cases, judges), known(cases)) for name, cases in _rows(aside).items()}
        PICTURE.write_text(picture(curves), encoding="utf-8")


def margins(cases: Sequence[Case], judges: dict[bool, Fitted]) -> np.ndarray:
    """Return how far each case lies above the operating point that it is judged by, shape (cases,)."""
    return np.array([judges[_across(case)].margins([case])[0] for case in cases])


def _across(case: Case) -> bool:
    return bool(case.evidence and case.evidence.across)


def _crossing(groups: Groups, across: bool) -> Groups:
    return {name: [case for case in cases if _across(case) is across] for name, cases in groups.items()}


def _rows(groups: Groups) -> Groups:
    """Return the rows of the report: train in two."""
    return {
        "train, one language": _crossing(groups, False)["train"],
        "train, across languages": _crossing(groups, True)["train"],
        **{name: cases for name, cases in groups.items() if name != "train"},
    }


def _report_sentences(fitted: Sequence[Case], aside: Sequence[Case], weights: np.ndarray) -> None:
    nearest = np.eye(len(SENTENCE_FEATURES))[0]
    for most in (1, 3):
        print(
            f"right sentence among the best {most}: fitted {hit_rate(fitted, weights, most):.3f}, "
            f"held aside {hit_rate(aside, weights, most):.3f}, "
            f"nearest by e5 {hit_rate(aside, nearest, most):.3f}"
        )


def _report_refusals(title: str, groups: Groups, judges: dict[bool, Fitted]) -> None:
    print(f"| {title} | questions | precision | recall | F1 | answerable ones refused |")
    for name, cases in _rows(groups).items():
        truth = known(cases)
        found = refusal(margins(cases, judges), truth)
        counts = f"{int(truth.sum())} + {int((~truth).sum())}"
        shares = " | ".join(
            f"{found[key]:.2f}" for key in ("precision", "recall", "f1", "refused_answerable")
        )
        print(f"| {name} | {counts} | {shares} |")


if __name__ == "__main__":
    main()
