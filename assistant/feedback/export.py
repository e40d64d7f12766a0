"""Feedback ↔ files: JSON Lines, which hold everything, and CSV for a spreadsheet.

An export names nobody: whose feedback it is stays in the store.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from index import ArticleAssistantError

from .records import RecordError, from_record, from_text, to_record
from .types import Feedback

_COLUMNS = tuple(
    "id given changed thumb reason comment question standalone answer status language model sources within".split()
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_MOST_CHARACTERS = 10_000_000


class FeedbackFileError(ArticleAssistantError):
    """A file is no export of feedback."""


def to_jsonl(feedback: Iterable[Feedback]) -> str:
    """Return feedback as JSON Lines."""
    return "".join(json.dumps(to_record(one), ensure_ascii=False) + "\n" for one in feedback)


def to_csv(feedback: Iterable[Feedback]) -> str:
    """Return feedback as CSV with a heading; `sources` and `within` are JSON.

    A cell that a spreadsheet would take for a formula has a ' before it.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in feedback:
        record = to_record(one)
        for name in ("sources", "within"):
            record[name] = json.dumps(record[name], ensure_ascii=False)
        writer.writerow([_cell(record[name]) for name in _COLUMNS])
    return text.getvalue()


FORMATS: Mapping[str, Callable[[Iterable[Feedback]], str]] = MappingProxyType(
    {"jsonl": to_jsonl, "csv": to_csv}
)


def read_export(path: Path) -> list[Feedback]:
    """Return the feedback of an export of either form. Raises FeedbackFileError with what is wrong, and where."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FeedbackFileError(f"The feedback {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise FeedbackFileError(_no_export(path, "it is not UTF-8")) from error
    read = _from_csv if content.startswith(",".join(_COLUMNS[:3])) else _from_jsonl
    return read(path, content)


def _from_jsonl(path: Path, content: str) -> list[Feedback]:
    found = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(from_text(line))
        except RecordError as error:
            raise FeedbackFileError(_no_export(path, f"line {number}: {error}")) from error
    return found


def _from_csv(path: Path, content: str) -> list[Feedback]:
    found = []
    try:
        rows = csv.DictReader(io.StringIO(content, newline=""), strict=True)
        csv.field_size_limit(_MOST_CHARACTERS)
        for number, row in enumerate(rows, 1):
            try:
                found.append(from_record(_from_cells(row)))
            except ValueError as error:
                raise FeedbackFileError(_no_export(path, f"row {number}: {error}")) from error
    except csv.Error as error:
        raise FeedbackFileError(_no_export(path, str(error))) from error
    return found


def _from_cells(row: Mapping[str | Any, Any]) -> dict[str, Any]:
    """Return the values of a row; nothing stands for None where a value may be missing."""
    if None in row or None in row.values():
        raise ValueError("it has too many or too few cells")
    values = {name: value[1:] if value.startswith("'") else value for name, value in row.items()}
    optional = {name: values.get(name) or None for name in ("reason", "standalone", "model")}
    lists = {
        "sources": json.loads(values.get("sources", "")),
        "within": json.loads(values.get("within", "null")),
    }
    return {**values, **optional, **lists}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _no_export(path: Path, why: str) -> str:
    return f"{path} is no export of feedback ({why}); make one with `article-assistant feedback export`."
