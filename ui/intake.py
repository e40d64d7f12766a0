"""What is added in the page: a queue, read by one thread, so that asking goes on meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from index import ArticleAssistantError, IndexLockedError, IngestReport, Progress

from .config import UploadLimits
from .escape import printable
from .seams import Library
from .uploads import UploadError, UploadFolder, addresses_in

_log = logging.getLogger(__name__)
_PAUSE = 2.0
_REMEMBERED = 10_000
_LONGEST_NAME = 300
PASTED_NAME = "pasted text.txt"
UNEXPECTED = "This could not be read; the terminal says why."
KNOWN = "It was in the library already."
CANCELLED = "Cancelled."
CANCELLING = "Cancelling…"
NAMESAKE = "Another file of this name was added before."


class State(StrEnum):
    """What has become of something that is added."""

    ASKING = "asking"
    """Its owner is asked whether it takes the place of an earlier file."""
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    KNOWN = "known"
    """Nothing new was in it."""
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({State.DONE, State.KNOWN, State.FAILED, State.CANCELLED})
BUSY = frozenset({State.WAITING, State.READING})


@dataclass(frozen=True, kw_only=True)
class Item:
    """A file, a text or an address that is added, and how far it has come."""

    id: int
    name: str
    """What its owner calls it."""
    state: State = State.WAITING
    note: str = ""
    """One sentence, or what is being done."""
    article_id: str | None = None
    """The first article that was read from it."""


@dataclass
class _Job:
    item: Item
    target: Path | str
    new: bool
    """Whether its file was not in the collection's folder before."""
    size: int
    former: Path | None = None
    """The earlier file of its name, while its owner is asked about it."""
    sync: bool = False
    """Whether articles that have left the file are to go."""
    cancelled: bool = False


class _CancelledError(Exception):
    """Ends the reading of a file from within."""


@dataclass
class Intake:
    """The queue. Safe to share between threads; whatever else changes the collection takes `writing`."""

    library: Library
    folder: UploadFolder
    limits: UploadLimits
    pause: float = _PAUSE
    """Seconds between two tries while another process changes the collection."""
    _jobs: list[_Job] = field(default_factory=list)
    _change: threading.Condition = field(default_factory=threading.Condition)
    _writer: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _last_id: int = 0
    _guests: int = 0
    """Who waits to change the collection; they go before the next file."""

    def offer_file(self, file: Path, name: str) -> Item:
        """Take a file that was uploaded. Raises UploadError where it cannot be added."""
        name = _shown(name)
        size = file.stat().st_size
        if size > self.limits.file_bytes:
            file.unlink(missing_ok=True)
            raise UploadError(f"{name} is larger than the limit of {self.limits.file_bytes:,} bytes.")
        try:
            self._check_room(size)
        except UploadError:
            file.unlink(missing_ok=True)
            raise
        target, new = self.folder.take(file, name)
        return self._offer(name, target, new, size)

    def answer(self, replace_former: bool, item_id: int | None = None) -> None:
        """Take the place of the earlier files of their names, or stay beside them: one item, or all that ask.

        Raises UploadError where a file cannot be replaced.
        """
        with self._change:
            for job in self._jobs:
                if job.item.state is not State.ASKING or item_id not in (None, job.item.id):
                    continue
                self._decide(job, replace_former)
                self._set(job, State.WAITING, "")

    def offer_address(self, address: str, name: str) -> Item:
        """Read a web address, again if it was read before. Raises UploadError where nothing more can wait."""
        self._check_room(0)
        return self._enqueue(_shown(name), address, False, 0)

    def offer_text(self, text: str) -> list[Item]:
        """Take a pasted text: an article, or web addresses. Raises UploadError where it cannot be added."""
        text = text.strip()
        if not text:
            raise UploadError("Paste the text of an article first.")
        if len(text) > self.limits.pasted_characters:
            raise UploadError(
                f"The text has {len(text):,} characters; paste {self.limits.pasted_characters:,} or fewer, "
                "or add it as a file."
            )
        addresses = addresses_in(text)
        if addresses:
            self._check_room(0, len(addresses))
            return [self._enqueue(_shown(one), one, False, 0) for one in dict.fromkeys(addresses)]
        size = len(text.encode("utf-8", "replace"))
        self._check_room(size)
        target, new = self.folder.write(text, PASTED_NAME)
        beginning = " ".join(printable(text[:200]).split())
        shown = beginning if len(beginning) <= 60 else beginning[:60].rsplit(" ", 1)[0] + " …"
        return [self._enqueue(f"“{shown}”", target, new, size)]

    def resume(self) -> None:
        """Go on with the files that waited when the program ended."""
        for file, name in self.folder.noted():
            self._offer(_shown(name), file, True, file.stat().st_size)

    def items(self) -> list[Item]:
        """Return everything that was added, oldest first."""
        with self._change:
            return [job.item for job in self._jobs]

    def cancel(self, item_id: int | None = None) -> None:
        """Cancel an item, or all that are not over yet; what was read before stays."""
        with self._change:
            for job in self._jobs:
                if item_id not in (None, job.item.id):
                    continue
                if job.item.state in (State.WAITING, State.ASKING) and not job.cancelled:
                    self._set(job, State.CANCELLED, CANCELLED)
                    self._drop_file(job)
                elif job.item.state is State.READING:
                    job.cancelled = True
                    self._set(job, State.READING, CANCELLING)
            self._change.notify_all()

    def forget(self) -> None:
        """Leave out of the list what is over."""
        with self._change:
            self._jobs = [job for job in self._jobs if job.item.state not in OVER]

    @contextmanager
    def writing(self, seconds: float) -> Iterator[None]:
        """Change the collection between two files. Raises UploadError where none ends within `seconds`."""
        with self._change:
            self._guests += 1
        try:
            if not self._writer.acquire(timeout=seconds):
                raise UploadError("A file is being read into the collection; try again when it is finished.")
            try:
                yield
            finally:
                self._writer.release()
        finally:
            with self._change:
                self._guests -= 1
                self._change.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is read or waits to be; tells whether it is so."""
        with self._change:
            return self._change.wait_for(
                lambda: not any(job.item.state in BUSY for job in self._jobs), timeout=seconds
            )

    def _decide(self, job: _Job, replace_former: bool) -> None:
        assert isinstance(job.target, Path) and job.former
        if replace_former:
            self.folder.replace(job.former, job.target)
            self.folder.settle(job.target)
            job.target, job.new, job.sync = job.former, False, True
            self.folder.note(job.target, job.item.name)
        self.folder.name(job.target, job.item.name)
        job.former = None

    def _check_room(self, size: int, number: int = 1) -> None:
        with self._change:
            waiting = [job for job in self._jobs if job.item.state not in OVER]
        if len(waiting) + number > self.limits.files:
            raise UploadError(
                f"{self.limits.files:,} files are waiting already; add more when some have been read."
            )
        if sum(job.size for job in waiting) + size > self.limits.total_bytes:
            raise UploadError(
                f"More than {self.limits.total_bytes:,} bytes would be waiting; add more when some have been read."
            )

    def _offer(self, name: str, target: Path, new: bool, size: int) -> Item:
        """Enqueue a file; where another one of its name was added before, its owner is asked first."""
        former = self.folder.named(name)
        if new and former and former != target:
            return self._enqueue(name, target, new, size, former=former)
        self.folder.name(target, name)
        return self._enqueue(name, target, new, size)

    def _enqueue(
        self, name: str, target: Path | str, new: bool, size: int, former: Path | None = None
    ) -> Item:
        if isinstance(target, Path):
            self.folder.note(target, name)
        with self._change:
            self._last_id += 1
            item = Item(id=self._last_id, name=name)
            if former:
                item = replace(item, state=State.ASKING, note=NAMESAKE)
            job = _Job(item=item, target=target, new=new, size=size, former=former)
            self._jobs.append(job)
            over = [one for one in self._jobs if one.item.state in OVER]
            for one in over[: max(0, len(self._jobs) - _REMEMBERED)]:
                self._jobs.remove(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
                self._thread.start()
            self._change.notify_all()
            return job.item

    def _work(self) -> None:
        while True:
            with self._change:
                while self._guests or (job := self._next()) is None:
                    self._change.wait()
                self._set(job, State.READING, "")
            if not self._read(job):
                with self._change:
                    self._change.wait(self.pause)

    def _next(self) -> _Job | None:
        return next((job for job in self._jobs if job.item.state is State.WAITING), None)

    def _read(self, job: _Job) -> bool:
        """Read one job to its end; False where another process changes the collection and it waits on."""
        done = 0

        def show(progress: Progress) -> None:
            nonlocal done
            done = progress.done
            if job.cancelled and progress.done < progress.total:
                raise _CancelledError
            if job.cancelled:
                return
            if progress.total > 1:
                self._note(job, f"{progress.done:,} of {progress.total:,} articles")
            elif progress.passages:
                self._note(job, _count(progress.passages, "passage"))

        try:
            with self._writer:
                report = self.library.add([job.target], sync=job.sync, progress=show)
        except _CancelledError:
            stay = f"Cancelled; {_count(done, 'article')} read before stayed." if done else CANCELLED
            self._end(job, State.CANCELLED, stay, keep=done > 0)
        except IndexLockedError as error:
            return self._wait_on(job, str(error))
        except ArticleAssistantError as error:
            self._end(job, State.FAILED, str(error), keep=done > 0)
        except Exception:  # noqa: BLE001  the boundary of the thread: one file's trouble must not be the next one's
            _log.exception("%s could not be read", job.item.name)
            self._end(job, State.FAILED, UNEXPECTED, keep=done > 0)
        else:
            self._conclude(job, report)
        return True

    def _wait_on(self, job: _Job, reason: str) -> bool:
        with self._change:
            if job.cancelled:
                self._set(job, State.CANCELLED, CANCELLED)
                self._drop_file(job)
                return True
            self._set(job, State.WAITING, self.folder.plain(reason))
            return False

    def _conclude(self, job: _Job, report: IngestReport) -> None:
        state, note = _outcome(report)
        ids = (*report.added, *report.updated, *report.unchanged)
        note = self.folder.plain(note).replace(str(job.target), job.item.name)
        self._end(job, state, note, keep=bool(ids), article_id=ids[0] if ids else None)

    def _end(self, job: _Job, state: State, note: str, *, keep: bool, article_id: str | None = None) -> None:
        with self._change:
            self._set(job, state, self.folder.plain(note), article_id)
            if not keep:
                self._drop_file(job)

    def _note(self, job: _Job, note: str) -> None:
        with self._change:
            self._set(job, job.item.state, note)

    def _set(self, job: _Job, state: State, note: str, article_id: str | None = None) -> None:
        job.item = replace(job.item, state=state, note=note, article_id=article_id)
        if state in OVER and isinstance(job.target, Path):
            self.folder.settle(job.target)
        self._change.notify_all()

    def _drop_file(self, job: _Job) -> None:
        """Delete a file that no article was read from."""
        shared = any(one is not job and one.target == job.target for one in self._jobs)
        if isinstance(job.target, Path) and job.new and not shared:
            job.target.unlink(missing_ok=True)


def _outcome(report: IngestReport) -> tuple[State, str]:
    """Return what has become of a file, in one sentence."""
    new = len(report.added) + len(report.updated)
    gone = len(report.removed)
    failed = [one.reason for one in report.failures]
    missed = f"{_count(len(failed), 'article')} could not be read: {failed[0]}" if failed else ""
    if new:
        said = _changes(report)
        return State.DONE, " ".join(part for part in (said, missed) if part)
    if gone and not failed:
        return State.DONE, _changes(report)
    if failed:
        return State.FAILED, failed[0] if len(failed) == 1 else missed
    if report.duplicates:
        return State.KNOWN, report.duplicates[0].reason
    if report.unchanged:
        return State.KNOWN, KNOWN
    return State.FAILED, report.warnings[0] if report.warnings else "It holds no article."


def _changes(report: IngestReport) -> str:
    """Tell what was added, updated and removed."""
    added, updated, gone = len(report.added), len(report.updated), len(report.removed)
    if not (updated or gone or report.failures) and added == 1:
        return "Added."
    parts = [
        f"{_count(number, 'article')} {what}"
        for number, what in ((added, "added"), (updated, "updated"), (gone, "no longer in it and removed"))
        if number
    ]
    return f"{'; '.join(parts)}."


def _shown(name: str) -> str:
    name = " ".join(printable(name).split())
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def waiting(items: Sequence[Item]) -> int:
    """Count the items that are read, or wait to be."""
    return sum(item.state in BUSY for item in items)
