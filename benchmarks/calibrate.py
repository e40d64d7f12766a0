"""Fit `assistant/calibration.json`: which sentence answers, and whether any does.

    python -m benchmarks.calibrate --data DIR [--cache DIR] [--write]

Sentences: a conditional logit over the sentences of the passages found, on `train/qa_french`
(French over French) and `train/qa_parallel` (twelve languages, each paragraph in one of them).
Half of the passages are left out of the collection; questions on those are what the collection
cannot answer. Together with every second unanswerable and answerable question of orangesum_fr and
realtimeqa they fit the probability of an answer. The operating point is the threshold with the best F1
of refusing, among those that refuse at most `--most-refused` of the answerable questions of any set.
The other halves are reported, never fitted on.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.quote import ANSWER_FEATURES, SENTENCE_FEATURES, answer_features, sentence_features
from index import Index, detect_language

from .answers import ARTICLE_LIMITS, gold_answers, holds
from .collections import Row, build_index, choose_articles, read_rows, safe_name, set_id

TARGET = Path(__file__).parent.parent / "assistant" / "calibration.json"
PASSAGES = 10
QUOTE_SHARE = 0.01
REPETITION = 0.15
"""Both set by hand: a little more variety of outlets against a little less of the gold answers."""


@dataclass
class Case:
    """One question with the sentences found for it."""

    question: Row
    language: str | None
    hits: tuple[Any, ...]
    pairs: list[Any]
    features: Any
    right: Any
    """Shape (sentences,): 1 where the sentence holds the gold answer (in the gold article, if known)."""
    weight: float = 1.0


def train_rows(folder: Path) -> tuple[list[Row], list[Row]]:
    """Return articles and questions made of the training sets; half of the articles is withheld."""
    chooser = random.Random(0)
    articles: dict[str, Row] = {}
    questions: list[Row] = []

    def article(text: str, language: str) -> str:
        if text not in articles:
            articles[text] = {
                "id": f"a{len(articles)}",
                "text": text,
                "lang": language,
                "kept": chooser.random() < 0.6,
            }
        return str(articles[text]["id"])

    for row in read_rows(folder / "train" / "qa_french.jsonl.gz"):
        name = article(row["passage"], "fr")
        questions.append(
            {
                "question": row["question"],
                "lang": "fr",
                "gold_doc_ids": [name],
                "gold_answers": [row["answer"]],
            }
        )
    languages: dict[str, str] = {}
    for row in read_rows(folder / "train" / "qa_parallel.jsonl.gz"):
        versions = row["by_language"]
        key = versions["en"]["passage"]
        language = languages.setdefault(key, chooser.choice(sorted(versions)))
        name = article(versions[language]["passage"], language)
        asked = {language, "en", *chooser.sample(sorted(versions), 3)}
        answers = [version["answer"] for version in versions.values()]
        questions.extend(
            {
                "question": versions[one]["question"],
                "lang": one,
                "gold_doc_ids": [name],
                "gold_answers": answers,
            }
            for one in sorted(asked)
        )
    kept = {row["id"] for row in articles.values() if row["kept"]}
    for question in questions:
        question["answerable"] = question["gold_doc_ids"][0] in kept
    chooser.shuffle(questions)
    return [row for row in articles.values() if row["kept"]], questions


def collect(index: Index, questions: list[Row], weight: float = 1.0) -> list[Case]:
    """Search for every question and describe the sentences found."""
    cases = []
    for question in questions:
        language = detect_language(question["question"])
        hits = tuple(index.search(question["question"], PASSAGES))
        pairs = [(hit, sentence) for hit in hits for sentence in index.sentences(hit.passage.id)]
        if not pairs:
            continue
        gold = gold_answers(question)
        documents = {safe_name(name) for name in question["gold_doc_ids"]}
        right = [
            set_id(hit.article.path) in documents and bool(gold) and holds([sentence.text], gold)
            for hit, sentence in pairs
        ]
        features = sentence_features(index, question["question"], language, pairs)
        cases.append(Case(question, language, hits, pairs, features, np.array(right, float), weight))
    return cases


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

    start = np.zeros(len(SENTENCE_FEATURES))
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def hit_rate(cases: list[Case], weights: np.ndarray, most: int) -> float:
    """Return how often one of the `most` best sentences is right, of the questions with any right one."""
    found = [
        case.right[np.argsort(-(case.features @ weights))[:most]].any() for case in cases if case.right.any()
    ]
    return float(np.mean(found))


def answer_matrix(cases: list[Case], weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the answer features of every case and whether it can be answered."""
    rows = []
    for case in cases:
        order = list(np.argsort(-(case.features @ weights)))
        rows.append(
            answer_features(
                case.question["question"], case.language, case.hits, case.features, case.pairs, order
            )
        )
    return np.array(rows), np.array([bool(case.question["answerable"]) for case in cases])


def refusal(
    confidence: np.ndarray, answerable: np.ndarray, threshold: float | np.ndarray
) -> dict[str, float]:
    """Return precision, recall and F1 of refusing, and the share of answerable questions refused."""
    refused = confidence < threshold
    right = float((refused & ~answerable).sum())
    precision = right / max(1.0, float(refused.sum()))
    recall = right / max(1.0, float((~answerable).sum()))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "refused_answerable": float((refused & answerable).sum()) / max(1.0, float(answerable.sum())),
    }


def main() -> None:
    """Fit, report, and with --write keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument("--questions", type=int, default=2400, help="training questions used (seed 0)")
    parser.add_argument("--most-refused", type=float, default=0.12)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    parser.add_argument("--reuse", action="store_true", help="take collections an earlier run has indexed")
    arguments = parser.parse_args()
    articles, questions = train_rows(arguments.data)
    with build_index(articles, arguments.cache, "calibrate-train", reuse=arguments.reuse) as index:
        train = collect(index, questions[: arguments.questions])
    half = len(train) * 3 // 4
    weights = fit_sentences(train[:half])
    for most in (1, 3):
        print(
            f"right sentence among the best {most}: fitted {hit_rate(train[:half], weights, most):.3f}, "
            f"held aside {hit_rate(train[half:], weights, most):.3f}, nearest by e5 "
            f"{hit_rate(train[half:], np.eye(len(SENTENCE_FEATURES))[0], most):.3f}"
        )
    fitted, reported = _by_crossing(train[:half]), _by_crossing(train[half:])
    for name in ("realtimeqa", "orangesum_fr"):
        cases = _evaluation_cases(arguments, name)
        fitted[name], reported[name] = cases[::2], cases[1::2]
    answer_weights, bias, thresholds = _fit_answers(fitted, weights, arguments.most_refused)
    for title, parts in (("fitted", fitted), ("held aside", reported)):
        for name, cases in parts.items():
            matrix, answerable = answer_matrix(cases, weights)
            confidence = 1 / (1 + np.exp(-(matrix @ answer_weights + bias)))
            same = matrix[:, ANSWER_FEATURES.index("same_language")] > 0
            threshold = np.where(same, *thresholds)
            print(
                title,
                name,
                len(cases),
                {k: round(v, 3) for k, v in refusal(confidence, answerable, threshold).items()},
            )
    content = {
        "fitted_by": "python -m benchmarks.calibrate --write",
        "sentence_weights": dict(zip(SENTENCE_FEATURES, [round(float(w), 4) for w in weights], strict=True)),
        "answer_weights": dict(
            zip(ANSWER_FEATURES, [round(float(w), 4) for w in answer_weights], strict=True)
        ),
        "answer_bias": round(float(bias), 4),
        "threshold": round(float(thresholds[0]), 4),
        "threshold_across": round(float(thresholds[1]), 4),
        "quote_share": QUOTE_SHARE,
        "repetition": REPETITION,
    }
    print(json.dumps(content, indent=2))
    if arguments.write:
        TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _by_crossing(cases: list[Case]) -> dict[str, list[Case]]:
    """Part the cases by whether question and best passage are in one language."""
    parts: dict[str, list[Case]] = {"train, one language": [], "train, across languages": []}
    for case in cases:
        one = case.hits[0].article.language == case.language
        parts["train, one language" if one else "train, across languages"].append(case)
    return parts


def _evaluation_cases(arguments: argparse.Namespace, name: str) -> list[Case]:
    folder = arguments.data / name
    rows = read_rows(folder / "questions.jsonl.gz")
    extra = folder / "questions_unanswerable.jsonl.gz"
    if extra.is_file():  # headlines and leads are no questions; only what is asked calibrates
        rows = read_rows(extra)
    articles = choose_articles(read_rows(folder / "corpus.jsonl.gz"), rows, ARTICLE_LIMITS[name])
    random.Random(1).shuffle(rows)
    with build_index(articles, arguments.cache, f"collection-{name}", reuse=arguments.reuse) as index:
        return collect(index, rows)


def _fit_answers(
    fitted: dict[str, list[Case]], weights: np.ndarray, most_refused: float
) -> tuple[np.ndarray, float, tuple[float, float]]:
    """Fit the probability of an answer, and its operating points within a language and across."""
    from sklearn.linear_model import LogisticRegression

    parts = [answer_matrix(cases, weights) for cases in fitted.values()]
    every = np.concatenate([matrix for matrix, _ in parts])
    known = np.concatenate([answerable for _, answerable in parts])
    importance = np.concatenate([np.full(len(matrix), 300 / len(matrix)) for matrix, _ in parts])
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(every, known, sample_weight=importance)  # each set counts the same
    confidence = model.predict_proba(every)[:, 1]
    same = every[:, ANSWER_FEATURES.index("same_language")] > 0
    sets = np.concatenate([np.full(len(matrix), number) for number, (matrix, _) in enumerate(parts)])

    def operating_point(group: np.ndarray) -> float:
        def worst(threshold: float) -> float:
            """Return the share of answerable questions refused in the set where it is highest."""
            chosen = [group & (sets == number) for number in range(len(parts))]
            return max(
                refusal(confidence[one], known[one], threshold)["refused_answerable"]
                for one in chosen
                if known[one].sum() >= 20
            )

        allowed = [threshold for threshold in np.linspace(0.02, 0.9, 89) if worst(threshold) <= most_refused]
        return max(
            (refusal(confidence[group], known[group], threshold)["f1"], threshold) for threshold in allowed
        )[1]

    return model.coef_[0], float(model.intercept_[0]), (operating_point(same), operating_point(~same))


if __name__ == "__main__":
    main()
