"""The exceptions of the index, one tree.

    ArticleAssistantError            everything this project raises on purpose
    ├── IndexingError                one article or source could not be read; the others go on
    │   ├── SourceNotFoundError      the path does not exist
    │   ├── SourceUnreadableError    no permission, not a regular file, outside the folder
    │   ├── TooLargeError            over the size limit
    │   ├── UnsupportedTypeError     not text, Markdown or HTML
    │   ├── BlockedUrlError          a web address that must not be fetched, such as one of this machine
    │   ├── FetchError               a web address that could not be read; `status` and `retry_after` say more
    │   ├── FeedError                no feed, or not a valid one
    │   └── ExtractionError          no article text could be found in it
    ├── QuestionError                a question that cannot be asked: empty or too long
    └── StoreError                   the collection as a whole is affected
        ├── IndexLockedError         another process writes to it; try again later
        ├── IndexCorruptError        the catalog cannot be read
        ├── IndexFullError           no room left on the disk; free some and run again
        ├── IndexVersionError        made by a newer version of the program
        ├── BackupError              a backup that cannot be written, or is none, or damaged
        ├── EmbedderMismatchError    made with another embedding model; run `rebuild`
        └── ModelUnavailableError    the embedding model cannot be loaded

Every message is one sentence that says what is wrong and what to do.
`retryable` tells whether trying the same again later can help.
"""


class ArticleAssistantError(Exception):
    """The root of every error raised on purpose."""

    retryable = False


class IndexingError(ArticleAssistantError):
    """An article or source could not be read."""


class SourceNotFoundError(IndexingError):
    """A path does not exist."""


class SourceUnreadableError(IndexingError):
    """A path cannot be read: no permission, not a regular file, or outside the folder."""


class TooLargeError(IndexingError):
    """A file or an article is over its size limit."""


class UnsupportedTypeError(IndexingError):
    """A file is not text, Markdown or HTML."""


class BlockedUrlError(IndexingError):
    """A web address must not be fetched: its scheme, its port, or where it leads to."""


class FetchError(IndexingError):
    """A web address could not be read."""

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Say what went wrong; `status` is the server's, `retry_after` the seconds that it asks to wait."""
        super().__init__(message)
        self.retryable = retryable
        self.status = status
        self.retry_after = retry_after


class FeedError(IndexingError):
    """Something is no feed, or not a valid one."""


class ExtractionError(IndexingError):
    """No article text could be found."""


class QuestionError(ArticleAssistantError):
    """A question that cannot be asked: empty, or too long."""


class StoreError(ArticleAssistantError):
    """The collection as a whole is affected."""


class IndexLockedError(StoreError):
    """Another process writes to the collection."""

    retryable = True


class IndexCorruptError(StoreError):
    """The catalog cannot be read."""


class IndexFullError(StoreError):
    """The disk has no room left."""

    retryable = True


class IndexVersionError(StoreError):
    """The collection was made by a newer version of the program."""


class BackupError(StoreError):
    """A backup cannot be written or restored: its place is taken, or it is damaged or none of ours."""


class EmbedderMismatchError(StoreError):
    """The collection was made with another embedding model."""


class ModelUnavailableError(StoreError):
    """The embedding model cannot be loaded."""
