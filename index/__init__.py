"""Articles in, passages out. These names are what other packages use."""

from .backup import Backup, CopyProgress, Manifest, back_up
from .collection import Index
from .config import FetchConfig, IndexConfig
from .corrections import find_correction
from .dates import parse_date
from .doctor import Diagnosis, Verdict, examine
from .duplicates import prints
from .errors import (
    ArticleAssistantError,
    BackupError,
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
from .health import Reconciliation
from .keeper import FeedKeeper
from .language import detect_language
from .lexical import fold
from .listing import ArticleFilter, ArticleOrder, ArticlePage, ArticleTally, Moment
from .mender import Mender
from .names import latin, name_key
from .reader import UNREAD, Reader
from .records import ArticleSummary, HeldArticle
from .refresh import FeedOutcome, FeedState, RefreshReport
from .restore import Restored, restore_backup
from .schedule import parse_interval
from .split import split_sentences
from .stopwords import STOP_WORDS
from .types import (
    Article,
    ArticleVersion,
    Copy,
    Correction,
    CorrectionKind,
    Edit,
    EditKind,
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
    VersionDiff,
    Via,
)

__all__ = [
    "STOP_WORDS",
    "UNREAD",
    "Article",
    "ArticleAssistantError",
    "ArticleFilter",
    "ArticleOrder",
    "ArticlePage",
    "ArticleSummary",
    "ArticleTally",
    "ArticleVersion",
    "Backup",
    "BackupError",
    "BlockedUrlError",
    "Copy",
    "CopyProgress",
    "Correction",
    "CorrectionKind",
    "Diagnosis",
    "Edit",
    "EditKind",
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
    "HeldArticle",
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
    "Manifest",
    "Mender",
    "ModelUnavailableError",
    "Moment",
    "Passage",
    "PassageSentence",
    "Precision",
    "Progress",
    "ProgressCallback",
    "Published",
    "QuestionError",
    "Reader",
    "Reconciliation",
    "RefreshReport",
    "Restored",
    "SourceFailure",
    "SourceNotFoundError",
    "SourceUnreadableError",
    "StoreError",
    "TooLargeError",
    "UnsupportedTypeError",
    "Verdict",
    "VersionDiff",
    "Via",
    "back_up",
    "detect_language",
    "examine",
    "find_correction",
    "fold",
    "latin",
    "name_key",
    "parse_date",
    "parse_interval",
    "prints",
    "restore_backup",
    "split_sentences",
]
