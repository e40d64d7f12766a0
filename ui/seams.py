"""What the page needs of the collection and of the assistant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant import Event, Turn
from index import (
    Article,
    ArticleFilter,
    ArticleOrder,
    ArticlePage,
    ArticleTally,
    Feed,
    IndexStatus,
    IngestReport,
    Passage,
    ProgressCallback,
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

    def tally(self) -> ArticleTally:
        """Count the articles by outlet, language and year."""

    def passages(self, article_id: str) -> Sequence[Passage]:
        """Return the passages of an article, in order."""

    def add(self, paths: Iterable[Path | str], *, progress: ProgressCallback | None = None) -> IngestReport:
        """Read files, folders and, where it has `feeds`, web addresses into the collection."""

    def remove(self, ids: Iterable[str]) -> IngestReport:
        """Remove articles. Where it has `restore(ids)`, that brings them back."""

    def status(self) -> IndexStatus:
        """Return the state of the collection."""

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""

    def check_health(self) -> object:
        """Look for damage."""


class FollowedFeeds(Protocol):
    """The feeds of the collection; `index.Feeds` is one."""

    def all(self) -> Sequence[Feed]:
        """Return all feeds with their state."""


class Keeping(Protocol):
    """What reads feeds in the background; `index.FeedKeeper` is one."""

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

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Answer a question step by step."""


class Warmable(Protocol):
    """What has to be loaded or reached before it answers quickly; a language model is one."""

    def warm_up(self) -> None:
        """Load it, or see that it can be reached. Raises ArticleAssistantError where it cannot."""
