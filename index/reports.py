"""What an ingest did, counted as it goes and put together of several runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .types import IngestReport, SourceFailure


@dataclass(kw_only=True)
class Tally:
    """What a run has done so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failures: list[SourceFailure] = field(default_factory=list)
    duplicates: list[SourceFailure] = field(default_factory=list)
    passages: int = 0

    def report(self) -> IngestReport:
        """Return what was done; an article that changed is not told as unchanged."""
        changed = {*self.added, *self.updated, *self.removed}
        return IngestReport(
            added=_once(self.added),
            updated=_once(self.updated),
            unchanged=_once(one for one in self.unchanged if one not in changed),
            removed=_once(self.removed),
            failures=tuple(self.failures),
            duplicates=tuple(self.duplicates),
            passages=self.passages,
        )


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def merge_reports(reports: Sequence[IngestReport]) -> IngestReport:
    """Return several reports as one; an article that was added and then updated counts as added."""
    added = _once(one for report in reports for one in report.added)
    updated = _once(one for report in reports for one in report.updated if one not in added)
    return IngestReport(
        added=added,
        updated=updated,
        unchanged=_once(one for report in reports for one in report.unchanged),
        removed=_once(one for report in reports for one in report.removed),
        failures=tuple(one for report in reports for one in report.failures),
        duplicates=tuple(one for report in reports for one in report.duplicates),
        warnings=tuple(one for report in reports for one in report.warnings),
        passages=sum(report.passages for report in reports),
    )
