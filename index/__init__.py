"""Articles in, passages out. These names are what other packages use."""

from .collection import Index
from .config import IndexConfig
from .errors import (
    ArticleAssistantError,
    EmbedderMismatchError,
    ExtractionError,
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
from .language import detect_language
from .lexical import fold
from .listing import ArticleFilter, ArticleOrder, ArticlePage, ArticleTally
from .names import latin, name_key
from .records import ArticleSummary
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
    "ArticleFilter",
    "ArticleOrder",
    "ArticlePage",
    "ArticleSummary",
    "ArticleTally",
    "EmbedderMismatchError",
    "ExtractionError",
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
    "split_sentences",
]
