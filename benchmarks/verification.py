"""How many faults of a sentence the verifier catches, and how many true sentences it rejects.

    python -m benchmarks.verification --data DIR [--cache DIR] [--write]

Articles of `train/parallel_news` (en, fr, de, es, cs) are indexed, each in one of the five languages.
Their sentences are true as they stand, and so are their human translations; faults of known kinds
are injected into both (`assistant.evaluation.faults`). A sentence is rejected where the verdict is
unsupported, or where its citation is moved to another passage. A third of the articles fits the weights in
`assistant/verification.json`, the others give the table. `--write` writes the fit.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.evaluation.facts import Names
from assistant.evaluation.faults import Fault, FaultKind, Material, TrueSentence, inject
from assistant.support import SUPPORT_FEATURES, Claim, Evidence, SupportModel, support_features
from assistant.types import Support
from assistant.verify import Verifier, contradictions
from index import Hit, Index, Passage

from .answers import interval
from .collections import Row, build_index, read_rows, set_id

LANGUAGES = ("en", "fr", "de", "es", "cs")
ARTICLES = 150
PER_ARTICLE = 6
SENTENCES = 4
SHORTEST = 40
TARGET = Path("assistant/verification.json")


@dataclass(frozen=True)
class Case:
    """A sentence with the passage that it cites, among the hits of a search."""

    kind: str
    """`verbatim`, `translated`, or a fault's kind behind one of the two."""
    true: bool
    text: str
    language: str
    cited: str
    hits: tuple[Hit, ...]
    fit: bool
    changed: str = ""


def read_documents(data: Path) -> dict[str, list[dict[str, str]]]:
    """Return documents that have eight or more sentences in all five languages."""
    documents: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_rows(data / "train" / "parallel_news.jsonl.gz"):
        documents[row["doc"]].append(row["text"])
    whole = {
        name: sentences
        for name, sentences in documents.items()
        if len(sentences) >= 8 and all(set(LANGUAGES) <= set(one) for one in sentences)
    }
    names = sorted(whole)
    random.Random(3).shuffle(names)
    return {name: whole[name] for name in names[:ARTICLES]}


def to_articles(documents: dict[str, list[dict[str, str]]]) -> list[Row]:
    """Make an article of each document, in the five languages in turn."""
    rows = []
    for number, sentences in enumerate(documents.values()):
        language = LANGUAGES[number % len(LANGUAGES)]
        lines = [one[language] for one in sentences]
        paragraphs = [" ".join(lines[at : at + 4]) for at in range(1, len(lines), 4)]
        text = "\n".join(paragraphs)
        rows.append({"id": f"d{number}", "title": lines[0], "text": text, "lang": language})
    return rows


def make_cases(index: Index, documents: dict[str, list[dict[str, str]]], seed: int = 5) -> list[Case]:
    """Return true sentences and faulty ones, each with the hits of a search for its subject."""
    articles = {set_id(article.path): article for article in index.articles()}
    names = Names(
        [(one[code], code) for sentences in documents.values() for one in sentences for code in LANGUAGES]
    )
    passages = tuple(passage for article in articles.values() for passage in index.passages(article.id))
    spoken = [
        TrueSentence(text=one[code], language=code, passage=passages[0])
        for sentences in list(documents.values())[::3]
        for one in sentences[1:4]
        for code in LANGUAGES
    ]
    cases: list[Case] = []
    for number, sentences in enumerate(documents.values()):
        article = articles.get(f"d{number}")
        if article is None:
            continue
        rng = random.Random(f"{seed} {number}")
        own = LANGUAGES[number % len(LANGUAGES)]
        for place in rng.sample(range(1, len(sentences)), min(PER_ARTICLE, len(sentences) - 1)):
            original = " ".join(sentences[place][own].split())
            passage = next(
                (p for p in index.passages(article.id) if original in " ".join(p.text.split())), None
            )
            if passage is None or len(original) < SHORTEST:
                continue
            hits = _with(index, passage, index.search(original, 10))
            other = rng.choice([code for code in LANGUAGES if code != own])
            for origin, code in (("verbatim", own), ("translated", other)):
                text = " ".join(sentences[place][code].split())
                cases.append(Case(origin, True, text, code, passage.id, hits, number % 3 == 0))
                true = TrueSentence(text=text, language=code, passage=passage)
                near = {passage.id: tuple(hit.passage for hit in hits if hit.article.id != article.id)}
                elsewhere = tuple(one for one in spoken if one.text not in {s[code] for s in sentences})
                material = Material(names=names, passages=passages, sentences=elsewhere, near=near)
                for kind in FaultKind:
                    fault = inject(kind, true, rng, material)
                    if fault is not None:
                        cases.append(_faulty(index, origin, fault, code, hits, number % 3 == 0))
    return cases


def _faulty(index: Index, origin: str, fault: Fault, code: str, hits: tuple[Hit, ...], fit: bool) -> Case:
    cited = fault.cited[0]
    passage = _passage(index, cited)
    return Case(
        f"{origin} {fault.kind}",
        False,
        fault.text,
        code,
        cited,
        _with(index, passage, hits),
        fit,
        fault.changed,
    )


def _passage(index: Index, passage_id: str) -> Passage:
    article = passage_id.split(":")[0]
    return next(one for one in index.passages(article) if one.id == passage_id)


def _with(index: Index, passage: Passage, hits: list[Hit] | tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Return the hits, with the passage among them."""
    if any(hit.passage.id == passage.id for hit in hits):
        return tuple(hits)
    article = index.article(passage.article_id)
    assert article is not None
    first = hits[0]
    own = Hit(
        passage=passage,
        article=article,
        score=first.score,
        rank=1,
        via=first.via,
        similarity=0.0,
        coverage=0.0,
    )
    return (own, *hits[:9])


def fit(index: Index, cases: list[Case]) -> SupportModel:
    """Fit the weights on what the comparison of facts leaves open, and choose the two operating points."""
    from sklearn.linear_model import LogisticRegression

    rows, labels = [], []
    for case in cases:
        claim = Claim.of(index, case.text, case.language)
        cited = [Evidence(index, hit) for hit in case.hits if hit.passage.id == case.cited]
        others = [Evidence(index, hit) for hit in case.hits if hit.passage.id != case.cited]
        if contradictions(index, claim, cited):
            continue
        if "negated" in case.kind or "number" in case.kind or "date" in case.kind:
            continue  # what closeness cannot see must not blunt it
        rows.append(support_features(index, claim, cited, others))
        labels.append(case.true)
    features, truth = np.array(rows), np.array(labels)
    model = LogisticRegression(C=1.0, max_iter=5000, class_weight="balanced").fit(features, truth)
    probability = model.predict_proba(features)[:, 1]
    weak = float(np.quantile(probability[truth], 0.03))
    supported = float(np.quantile(probability[truth], 0.08))
    return SupportModel(
        weights=tuple(float(w) for w in model.coef_[0]),
        bias=float(model.intercept_[0]),
        supported=round(max(supported, weak), 3),
        weak=round(weak, 3),
    )


def report(index: Index, cases: list[Case], model: SupportModel, *, show: int = 0) -> None:
    """Print, for each kind, how many sentences were rejected and how many were called weak."""
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    reasons: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    seconds = []
    shown: dict[str, int] = defaultdict(int)
    for case in cases:
        index.embed_question(case.text)
        start = time.perf_counter()
        verifier = Verifier(index, case.hits, model=model)
        place = next(n for n, hit in enumerate(case.hits, 1) if hit.passage.id == case.cited)
        verdict = verifier.check(case.text, case.language, [place])
        seconds.append(time.perf_counter() - start)
        rejected = verdict.support is Support.UNSUPPORTED or verdict.moved
        row = counted[case.kind]
        row[0] += 1
        row[1] += rejected
        row[2] += not rejected and verdict.support is Support.WEAK
        for finding in verdict.findings:
            reasons[case.kind][str(finding.problem)] += 1
        if rejected == case.true and shown[case.kind] < show:
            shown[case.kind] += 1
            print(
                f"  {case.kind} [{case.language}] {case.text} | {case.changed} | {verdict.findings} {verdict.probability:.2f}"
            )
    print("| sentences | n | rejected | weak | reasons |\n|---|---|---|---|---|")
    for kind in sorted(counted, key=lambda k: (k.split()[0], " " in k, k)):
        n, rejected, weak = counted[kind]
        told = ", ".join(
            f"{name} {count}" for name, count in sorted(reasons[kind].items(), key=lambda p: -p[1])
        )
        print(f"| {kind} | {n} | {interval(rejected, n)} | {interval(weak, n)} | {told} |")
    print(
        f"a sentence, without its embedding: median {np.median(seconds) * 1000:.1f} ms, "
        f"p95 {np.quantile(seconds, 0.95) * 1000:.1f} ms"
    )
    spent = _answers(index, [case for case in cases if case.true], model)
    print(
        f"an answer of {SENTENCES} sentences, without their embedding: median {np.median(spent) * 1000:.1f} ms, "
        f"p95 {np.quantile(spent, 0.95) * 1000:.1f} ms ({len(spent)} answers)"
    )


def _answers(index: Index, cases: list[Case], model: SupportModel) -> list[float]:
    """Return the seconds that checking and citing takes for answers made of sentences of one article."""
    by_article: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_article[case.cited.split(":")[0]].append(case)
    seconds = []
    for group in by_article.values():
        if len(group) < SENTENCES:
            continue
        start = time.perf_counter()
        verifier = Verifier(index, group[0].hits, model=model)
        for case in group[:SENTENCES]:
            verifier.check(case.text, case.language, [1])
        seconds.append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks"))
    parser.add_argument("--reuse", action="store_true", help="take the collection of an earlier run")
    parser.add_argument("--write", action="store_true", help=f"fit, and write {TARGET}")
    parser.add_argument("--show", type=int, default=0, help="errors of each kind to print")
    arguments = parser.parse_args()
    documents = read_documents(arguments.data)
    with build_index(to_articles(documents), arguments.cache, "verification", reuse=arguments.reuse) as index:
        cases = make_cases(index, documents)
        if arguments.write:
            model = fit(index, [case for case in cases if case.fit])
            content = {
                "fitted_by": "python -m benchmarks.verification --write",
                "weights": {n: round(w, 4) for n, w in zip(SUPPORT_FEATURES, model.weights, strict=True)},
                "bias": round(model.bias, 4),
                "supported": model.supported,
                "weak": model.weak,
            }
            TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
            print(json.dumps(content))
        else:
            model = SupportModel.shipped()
        report(index, [case for case in cases if not case.fit], model, show=arguments.show)


if __name__ == "__main__":
    main()
