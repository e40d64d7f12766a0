"""Articles in, passages out. These names are what other packages use."""

from .collection import Index
from .config import FetchConfig, IndexConfig
from .errors import (
    ArticleAssistantError,
    BlockedUrlError,
    EmbedderMismatchError,
    ExtractionError,
    FeedError,
    FetchError,
    IndexCorruptError,
    IndexFullError,
    IndexingError,
    IndexLockedError,
    IndexVersionError,
    ModelUnavailableError,
    QuestionError,
    SourceNotFoundError,
    SourceUnreadableError,
    StoreError,
    TooLargeError,
    UnsupportedTypeError,
)
from .feed_store import Feed
from .feeds import Feeds, Following
from .keeper import FeedKeeper
from .language import detect_language
from .lexical import fold
from .names import latin, name_key
from .records import ArticleSummary
from .refresh import FeedOutcome, FeedState, RefreshReport
from .schedule import parse_interval
from .split import split_sentences
from .stopwords import STOP_WORDS
from .types import (
    Article,
    Hit,
    IndexStatus,
    IngestReport,
    Passage,
    PassageSentence,
    Precision,
    Progress,
    ProgressCallback,
    Published,
    SourceFailure,
    Via,
)

__all__ = [
    "STOP_WORDS",
    "Article",
    "ArticleAssistantError",
    "ArticleSummary",
    "BlockedUrlError",
    "EmbedderMismatchError",
    "ExtractionError",
    "Feed",
    "FeedError",
    "FeedKeeper",
    "FeedOutcome",
    "FeedState",
    "Feeds",
    "FetchConfig",
    "FetchError",
    "Following",
    "Hit",
    "Index",
    "IndexConfig",
    "IndexCorruptError",
    "IndexFullError",
    "IndexLockedError",
    "IndexStatus",
    "IndexVersionError",
    "IndexingError",
    "IngestReport",
    "ModelUnavailableError",
    "Passage",
    "PassageSentence",
    "Precision",
    "Progress",
    "ProgressCallback",
    "Published",
    "QuestionError",
    "RefreshReport",
    "SourceFailure",
    "SourceNotFoundError",
    "SourceUnreadableError",
    "StoreError",
    "TooLargeError",
    "UnsupportedTypeError",
    "Via",
    "detect_language",
    "fold",
    "latin",
    "name_key",
    "parse_interval",
    "split_sentences",
]
