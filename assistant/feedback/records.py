"""Feedback → JSON → feedback again. What does not hold what it should is refused."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .types import Feedback

_ADAPTER = TypeAdapter(Feedback)


class RecordError(ValueError):
    """A value is not the record of a feedback."""


def to_record(feedback: Feedback) -> dict[str, Any]:
    """Return a feedback as plain values."""
    record: dict[str, Any] = _ADAPTER.dump_python(feedback, mode="json")
    return record


def from_record(record: object) -> Feedback:
    """Return the feedback of plain values that `to_record` gave. Raises RecordError, with the name of what is wrong."""
    try:
        return _ADAPTER.validate_python(record)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise RecordError(f"{where}: {first['msg'].lower()}") from None


def to_text(feedback: Feedback) -> str:
    """Return a feedback as one line of JSON in ASCII."""
    return json.dumps(to_record(feedback))


def from_text(text: str) -> Feedback:
    """Return the feedback of a line. Raises RecordError."""
    try:
        return from_record(json.loads(text))
    except RecordError:
        raise
    except (ValueError, RecursionError):
        raise RecordError("it is no JSON") from None
