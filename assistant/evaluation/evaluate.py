"""The whole of an evaluation: collection or sets in, report and comparison out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any

from index import Index, ProgressCallback, QuestionError

from ..errors import AnswerError
from .cases import Case, Check, Result
from .compare import Comparison, compare
from .errors import EvaluationError
from .figures import figures
from .from_feedback import feedback_cases
from .questions import Collection, make_cases, read_collection
from .report import Report, check_output, read_report, write_report
from .run import AssistantFactory, VerifierFactory, run_cases
from .sets import default_cache, find_sets, index_set, set_cases
from .verification import draw, run_checks
from .written import Complete, written

Track = Callable[[str, int, Iterable[Any]], Iterable[Any]]
"""Shows progress: takes what is done, how many there are at most, and what to go through."""
_MOST_CHECKED = 200
_WRITTEN = 0.25


def _untracked(_what: str, _total: int, items: Iterable[Any]) -> Iterable[Any]:
    return items


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """What is evaluated: how to make the assistant and its verifier, and how to name the model."""

    make_assistant: AssistantFactory
    model: str = "none"
    verifier: VerifierFactory | None = None
    """Without one, nothing is verified, and generated sentences have no citation figures."""
    complete: Complete | None = None
    """Writes further questions; without one, all are made by rules."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to measure, and where the reports are."""

    data: Path | None = None
    """A collection (None: the user's own), an evaluation set, or a folder of sets."""
    feedback: Path | None = None
    """An export of what readers said of answers over the collection, to be asked instead of made questions."""
    limit: int = 200
    """Most questions, of each set."""
    seed: int = 0
    cache: Path | None = None
    """Where the collections of sets are kept; None for the user's cache directory."""
    output: Path | None = None
    earlier: Path | None = None

    @property
    def checked(self) -> int:
        """Most sentences that faults are injected into, of each collection: half as many as questions."""
        return min(_MOST_CHECKED, -(-self.limit // 2))


@dataclass
class _Measured:
    results: list[Result] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    articles: int = 0
    passages: int = 0
    embedder: str = ""
    notes: list[str] = field(default_factory=list)
    interrupted: bool = False


def evaluate(
    plan: Plan,
    evaluated: Evaluated,
    *,
    track: Track | None = None,
    indexing: ProgressCallback | None = None,
    open_index: Callable[[Path | None], Index] | None = None,
) -> tuple[Report, Comparison | None]:
    """Measure, write the report where the plan says so, and compare it with the earlier one.

    Interrupted (Ctrl-C), it reports what was measured until then. Raises EvaluationError (nothing to
    ask, a file that cannot be used; before anything is measured where that can be told) and StoreErrors.
    """
    if plan.limit < 1:
        raise EvaluationError("There must be at least one question; give a --limit of 1 or more.")
    if plan.output:
        check_output(plan.output)
    earlier = read_report(plan.earlier) if plan.earlier else None
    sets = find_sets(plan.data) if plan.data else []
    if sets and plan.feedback:
        raise EvaluationError(
            "Feedback is about a collection; name that with --data, and no evaluation sets."
        )
    measured = _Measured()
    with suppress(KeyboardInterrupt):
        measured.interrupted = True
        if sets:
            for folder in sets:
                with index_set(folder, plan.cache or default_cache(), indexing) as index:
                    _measure(index, plan, evaluated, measured, track or _untracked, folder)
        else:
            with (open_index or _open)(plan.data) as index:
                _measure(index, plan, evaluated, measured, track or _untracked, None)
        measured.interrupted = False
    if not measured.results:
        if measured.interrupted:
            raise KeyboardInterrupt
        raise EvaluationError("There are no questions to ask; the articles have too little text.")
    report = _report(plan, evaluated, measured, sets)
    if plan.output:
        write_report(report, plan.output)
    return report, compare(earlier, report) if earlier else None


def _open(data: Path | None) -> Index:
    return Index.open(data, read_only=True)


def _measure(
    index: Index,
    plan: Plan,
    evaluated: Evaluated,
    measured: _Measured,
    track: Track,
    folder: Path | None,
) -> None:
    status = index.status()
    if not status.articles:
        raise EvaluationError(f"The collection in {status.data_dir} is empty; add articles first.")
    measured.articles += status.articles
    measured.passages += status.passages
    measured.embedder = status.embedding_model
    verifier = evaluated.verifier
    read_all = plan.feedback is None and (folder is None or verifier is not None)
    collection = read_collection(index, plan.seed) if read_all else None
    cases: Iterable[Case]
    if plan.feedback is not None:
        told = feedback_cases(plan.feedback, index, plan.limit, quotes=evaluated.complete is None)
        cases, total = told.cases, len(told.cases)
        if told.left_out:
            measured.notes.append(f"Votes that tell of no answer to expect are left out: {told.left_out}.")
    elif folder is not None:
        cases, total = set_cases(folder, index, plan.limit, plan.seed), plan.limit
    else:
        assert collection is not None
        cases, total = _questions(collection, plan, evaluated)
    cases = _warmed_up(index, iter(cases), evaluated)
    for result in run_cases(index, track("questions", total, cases), evaluated.make_assistant, verifier):
        measured.results.append(result)
    if verifier and collection:
        sentences = draw(collection.material.sentences, plan.checked, plan.seed)
        checks = run_checks(
            index, track("sentences", len(sentences), sentences), collection.material, verifier, plan.seed
        )
        for check in checks:
            measured.checks.append(check)


def _questions(collection: Collection, plan: Plan, evaluated: Evaluated) -> tuple[Iterable[Case], int]:
    """Return the questions on a collection, and how many there are at most; a model writes a quarter."""
    if evaluated.complete is None:
        cases = make_cases(collection, plan.limit, plan.seed)
        return cases, len(cases)
    wanted = round(plan.limit * _WRITTEN)
    cases = make_cases(collection, plan.limit - wanted, plan.seed)
    by_model = written(collection, evaluated.complete, wanted, plan.seed)
    return chain(by_model, cases), len(
        cases
    ) + wanted  # first: a model that cannot be reached is told at once


def _warmed_up(index: Index, cases: Iterator[Case], evaluated: Evaluated) -> Iterator[Case]:
    """Ask the first question once before the clock starts: loading is no part of an answer's time."""
    first = next(cases, None)
    if first is None:
        return
    with suppress(QuestionError, AnswerError):
        for _ in evaluated.make_assistant(index).stream(first.question):
            pass
    yield first
    yield from cases


def _report(plan: Plan, evaluated: Evaluated, measured: _Measured, sets: Sequence[Path]) -> Report:
    return Report(
        version=_version(),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        model=evaluated.model,
        embedder=measured.embedder,
        seed=plan.seed,
        collection=", ".join(folder.resolve().name for folder in sets)
        or str(plan.data or "the default collection"),
        articles=measured.articles,
        passages=measured.passages,
        results=tuple(measured.results),
        checks=tuple(measured.checks),
        figures=tuple(figures(measured.results, measured.checks, plan.seed)),
        interrupted=measured.interrupted,
        notes=tuple(measured.notes),
    )


def _version() -> str:
    try:
        return version("article-assistant")
    except PackageNotFoundError:
        return "not installed"
