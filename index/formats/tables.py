"""CSV, JSON and JSON Lines: many articles in one file, an article a row."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, TextIO

from ..decode import decode
from ..errors import ExtractionError
from .document import Documents, Problem, Request
from .rows import Mapper

_SAMPLE = 64_000
_CHUNK = 1_000_000
_LONGEST_FIELD = 2**31 - 1
"""The library's limit is the whole process's, and too small for articles; the file itself has one."""
_LOOKED_AT = 20
"""Rows of a JSON file whose names count as its columns."""
_LISTS = (
    "articles",
    "items",
    "results",
    "docs",
    "documents",
    "records",
    "entries",
    "posts",
    "data",
    "response",
)


def read_csv(content: bytes, request: Request) -> Documents:
    """Yield the articles of a CSV file with a header line; its separator is found out.

    Raises ExtractionError where it has no column that can be the text. A row with more or fewer
    fields than the header is a problem of its own.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    dialect = _dialect(_stream(content).read(_SAMPLE))
    rows = csv.reader(_stream(content), dialect, strict=False)
    header = [name.strip() for name in next(rows, [])]
    if len(header) < 1 or not any(header):
        raise ExtractionError("it has no header line with the names of its columns.")
    mapper = Mapper(header, request)
    none = True
    for number, row in enumerate(rows, 2):
        if not any(field.strip() for field in row):
            continue
        none = False
        if len(row) != len(header):
            yield Problem(
                reason=f"row {number} has {len(row)} fields where the header names {len(header)}; it was not read.",
                key=f"row-{number}",
            )
            continue
        yield mapper.document(dict(zip(header, row, strict=True)), f"row {number}")
    if none:
        raise ExtractionError("it has a header line and no rows.")


def read_json_lines(content: bytes, request: Request) -> Documents:
    """Yield the articles of a JSON Lines file; a line that is no JSON object is a problem of its own."""
    yield from _objects(_lines(content), request)


def read_json(content: bytes, request: Request) -> Documents:
    """Yield the articles of a JSON file: one object, a list of them, or one that holds such a list."""
    try:
        loaded = json.loads(_stream(content).read())
    except RecursionError:
        raise ExtractionError("it is nested too deep to be read.") from None
    except ValueError as error:
        lines = [line for line in content.split(b"\n", 3)[:3] if line.strip()]
        if len(lines) > 1 and lines[0].lstrip().startswith(b"{") and _is_json(lines[0]):
            yield from read_json_lines(content, request)
            return
        where = (
            f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "it"
        )
        raise ExtractionError(f"it is not valid JSON ({where}); it may have been cut off.") from error
    yield from _objects(((f"item {n}", one) for n, one in enumerate(_listed(loaded), 1)), request)


def _objects(values: Iterator[tuple[str, Any]], request: Request) -> Documents:
    first = list(islice(values, _LOOKED_AT))
    names = list(dict.fromkeys(name for _, one in first if isinstance(one, dict) for name in one))
    if not names:
        bad = next((one for _, one in first if isinstance(one, Problem)), None)
        raise ExtractionError(bad.reason if bad else "it holds no JSON objects with the fields of articles.")
    mapper = Mapper(names, request)
    for place, one in chain(first, values):
        if isinstance(one, Problem):
            yield one
        elif isinstance(one, dict):
            yield mapper.document(one, place)
        else:
            yield Problem(reason=f"{place} is no JSON object.", key=place.replace(" ", "-"))


def _lines(content: bytes) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(_stream(content), 1):
        if not line.strip():
            continue
        try:
            yield f"line {number}", json.loads(line)
        except (ValueError, RecursionError):
            cut = " It is the last one; the file may have been cut off." if not line.endswith("\n") else ""
            yield (
                f"line {number}",
                Problem(reason=f"line {number} is not valid JSON.{cut}", key=f"line-{number}"),
            )


def _listed(value: Any, depth: int = 0) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and depth < 3:
        for name in _LISTS:
            inner = value.get(name)
            if isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
                return inner
            if isinstance(inner, dict):
                return _listed(inner, depth + 1)
    return [value]


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _stream(content: bytes) -> TextIO:
    """Return the text of a file as a stream, so that a large one in UTF-8, as most are, is not held twice."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return io.StringIO(decode(content), newline="")
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")


def _dialect(sample: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = max(",;\t|", key=lambda sign: _regular(sample, sign))

    return Found


def _regular(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how well a separator fits: rows that have as many fields as the header, and the number of fields."""
    rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 30))
    width = len(rows[0]) if rows else 0
    if width < 2:
        return (0, width)
    return (sum(1 for row in rows if len(row) == width), width)
