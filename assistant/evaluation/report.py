"""A report of an evaluation: written and read as JSON, shown as a table."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from .cases import Check, Result
from .errors import EvaluationError
from .figures import MEASURES, Figure, risk_curve

KIND, SCHEMA = "article-assistant evaluation", 1
"""What a report names itself, and the version of its form."""
Entry = TypeVar("Entry", Result, Check, Figure)
_POINTS = 50


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was measured, of what, and with what."""

    version: str
    made: str
    """When, in ISO 8601."""
    model: str
    embedder: str
    seed: int
    collection: str
    articles: int
    passages: int
    results: tuple[Result, ...]
    checks: tuple[Check, ...]
    figures: tuple[Figure, ...]
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    """What else there is to know, in sentences."""


def to_json(report: Report) -> dict[str, Any]:
    """Return the report as one JSON object; `risk_coverage` holds up to 50 points of the curve."""
    curve = risk_curve(report.results)
    step = max(1, -(-len(curve) // _POINTS))
    return {
        "kind": KIND,
        "schema": SCHEMA,
        **asdict(report),
        "risk_coverage": [list(point) for point in curve[::-1][::step][::-1]],
    }


def write_report(report: Report, path: Path) -> None:
    """Write the report, all of it or nothing. Raises EvaluationError."""
    content = json.dumps(to_json(report), ensure_ascii=False, indent=1)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        raise EvaluationError(f"The report cannot be written to {path} ({error.strerror}).") from error


def check_output(path: Path) -> None:
    """Raise EvaluationError where a report could not be written, before anything is measured."""
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise EvaluationError(
            f"The report cannot be written to {path}; name a file in a folder that exists and is writable."
        )


def read_report(path: Path) -> Report:
    """Read a report that `write_report` wrote. Raises EvaluationError where it is none or of another schema."""
    try:
        content = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
    except OSError as error:
        raise EvaluationError(f"The earlier report {path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise EvaluationError(f"The earlier report {path} is not JSON; name a file of --output.") from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise EvaluationError(f"{path} is no report of an evaluation; name a file of --output.")
    if content.get("schema") != SCHEMA:
        raise EvaluationError(
            f"The report {path} has the form {content.get('schema')} and this version reads form {SCHEMA}; "
            "measure again with --output to have one to compare with."
        )
    try:
        known: dict[str, Any] = {
            name: tuple(content[name]) if name == "notes" else content[name]
            for name in (field.name for field in fields(Report))
            if name in content and name not in ("results", "checks", "figures")
        }
        return Report(
            results=tuple(_entry(Result, row) for row in content["results"]),
            checks=tuple(_entry(Check, row) for row in content["checks"]),
            figures=tuple(_entry(Figure, row) for row in content["figures"]),
            **known,
        )
    except (KeyError, TypeError) as error:
        raise EvaluationError(
            f"The report {path} is damaged ({error}); measure again with --output."
        ) from error


def _entry(kind: Callable[..., Entry], row: Mapping[str, Any]) -> Entry:
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})


def to_table(report: Report) -> str:
    """Return the figures as plain text with their intervals: over all, by kind of question, of verification."""
    explained = {measure.name: measure.explains for measure in MEASURES}
    lines = [
        f"{report.collection}: {report.articles} articles, {report.passages} passages; answers by: {report.model}",
        f"{len(report.results)} questions (seed {report.seed}); values with their 95 % confidence intervals",
        *report.notes,
        "",
    ]
    for figure in report.figures:
        if figure.group in ("all", "verification"):
            said = explained.get(figure.name, "") if figure.group == "all" else ""
            lines.append(f"{figure.name:30} {_value(figure):24} n={figure.cases:<5} {said}".rstrip())
    lines += ["", *_by_kind(report)]
    if report.interrupted:
        lines.append("\nInterrupted: these are the figures of what was measured until then.")
    return "\n".join(lines)


def _by_kind(report: Report) -> list[str]:
    """Return a table with a line for each kind of question."""
    known = {(figure.group, figure.name): figure for figure in report.figures}
    kinds = Counter(result.kind for result in report.results)
    lines = [f"{'questions':22} {'n':>5}  {'hit@5':24} {'correct':24} refused"]
    for kind, count in kinds.items():
        refused = known.get((kind, "wrongly_refused")) or known.get((kind, "refusal_recall"))
        cells = [known.get((kind, "hit@5")), known.get((kind, "correct"))]
        text = " ".join(f"{_value(figure) if figure else '–':24}" for figure in cells)
        lines.append(f"{kind:22} {count:>5}  {text} {_value(refused) if refused else '–'}")
    return lines


def _value(figure: Figure) -> str:
    if "seconds" in figure.name:
        return f"{figure.value:.2f} s ({figure.low:.2f}–{figure.high:.2f})"
    if figure.name in ("mrr@10", "aurc", "token_f1"):
        return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"
    return f"{figure.value * 100:.1f} % ({figure.low * 100:.1f}–{figure.high * 100:.1f})"
