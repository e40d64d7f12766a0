"""What the page needs of the collection and of the assistant."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant import Answer, Event, Style, Turn
from index import (
    Article,
    ArticleFilter,
    ArticleOrder,
    ArticlePage,
    ArticleTally,
    ArticleVersion,
    Feed,
    Following,
    IndexStatus,
    IngestReport,
    Moment,
    Passage,
    ProgressCallback,
    RefreshReport,
    SourceFailure,
    VersionDiff,
)


class Listed(Protocol):
    """An article in a list."""

    @property
    def title(self) -> str:
        """Its title, or the beginning of its text."""

    @property
    def path(self) -> str | None:
        """The file it was read from."""

    @property
    def language(self) -> str | None:
        """Its language (ISO 639-1), if it could be told."""


class Library(Protocol):
    """The collection; `index.Index` is one."""

    def article(self, article_id: str) -> Article | None:
        """Return an article with its text."""

    def list_articles(self) -> Sequence[Listed]:
        """Return all articles without their texts."""

    def page(
        self,
        wanted: ArticleFilter | None = None,
        *,
        order: ArticleOrder = ...,
        descending: bool = ...,
        limit: int = ...,
        offset: int = ...,
    ) -> ArticlePage:
        """Return a part of a filtered and sorted list of articles."""

    def tally(self, wanted: ArticleFilter | None = None) -> ArticleTally:
        """Count the articles, or those that fit a filter, by outlet, language, feed and date."""

    def moment(self) -> Moment:
        """Return the present moment, for a list of what feeds bring from now on."""

    def passages(self, article_id: str) -> Sequence[Passage]:
        """Return the passages of an article, in order."""

    def versions(self, article_id: str) -> Sequence[ArticleVersion]:
        """Return the versions of an article, oldest first."""

    def diff(self, article_id: str, old: int | None = None, new: int | None = None) -> VersionDiff | None:
        """Return what changed between two versions, by their numbers."""

    def add(
        self, paths: Iterable[Path | str], *, sync: bool = ..., progress: ProgressCallback | None = None
    ) -> IngestReport:
        """Read files, folders and web addresses into the collection; with `sync`, forget what left them."""

    @property
    def can_restore(self) -> bool:
        """Whether what is removed can be brought back for a while."""

    def remove(self, ids: Iterable[str]) -> IngestReport:
        """Remove articles."""

    def restore(self, ids: Iterable[str]) -> IngestReport:
        """Bring removed articles back."""

    @property
    def feeds(self) -> FollowedFeeds:
        """The feeds that are followed."""

    def status(self) -> IndexStatus:
        """Return the state of the collection."""

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""

    def check_health(self) -> object:
        """Look for damage."""

    def rebuild(self, progress: ProgressCallback | None = None) -> int:
        """Build the searches again from the articles; what there was serves until they are ready."""


class FollowedFeeds(Protocol):
    """The feeds of the collection; `index.Feeds` is one."""

    def all(self) -> Sequence[Feed]:
        """Return all feeds with their state."""

    def articles(self, feed: Feed) -> Sequence[str]:
        """Return the ids of the articles that only this feed has brought."""

    def add(self, targets: Iterable[str | Path], *, files: bool = ...) -> Following:
        """Follow feeds; only a Path names a file where not `files`."""

    def remove(
        self, targets: Iterable[str], *, anew: bool = ...
    ) -> tuple[Sequence[Feed], Sequence[SourceFailure]]:
        """Stop following feeds, by number."""

    def refresh(
        self,
        targets: Iterable[str] | None = None,
        *,
        interval: float | None = None,
        stop: threading.Event | None = None,
        progress: ProgressCallback | None = None,
    ) -> RefreshReport:
        """Read feeds, by number, or all of them."""


class Keeping(Protocol):
    """What reads feeds in the background; `index.FeedKeeper` is one."""

    @property
    def interval(self) -> float:
        """Seconds between two readings of a feed."""

    @property
    def reading(self) -> bool:
        """Whether feeds are being read now."""

    @property
    def trouble(self) -> str | None:
        """Why the feeds cannot be kept current, if so."""


class Answers(Protocol):
    """Who answers; `assistant.Assistant` is one."""

    @property
    def model_name(self) -> str | None:
        """The language model that writes the answers; None where they are quoted."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: ArticleFilter | None = None,
        *,
        style: Style = ...,
    ) -> Iterator[Event]:
        """Answer a question step by step, from the articles that fit a filter, as long as the style says."""

    def skim(self, question: str, within: ArticleFilter | None = None) -> Answer:
        """Answer with quotes, quickly: for a question that is only tried."""

    def try_model(self) -> None:
        """See that the model writes, if there is one. Raises ArticleAssistantError where it does not."""


class Warmable(Protocol):
    """What has to be loaded or reached before it answers quickly; a language model is one."""

    def warm_up(self) -> None:
        """Load it, or see that it can be reached. Raises ArticleAssistantError where it cannot."""
