"""Articles in, passages out. These names are what other packages use."""

from .collection import Index
from .config import IndexConfig
from .corrections import find_correction
from .duplicates import prints
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
from .health import Reconciliation
from .language import detect_language
from .lexical import fold
from .names import latin, name_key
from .records import ArticleSummary, HeldArticle
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
    "Article",
    "ArticleAssistantError",
    "ArticleSummary",
    "ArticleVersion",
    "Copy",
    "Correction",
    "CorrectionKind",
    "Edit",
    "EditKind",
    "EmbedderMismatchError",
    "ExtractionError",
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
    "ModelUnavailableError",
    "Passage",
    "PassageSentence",
    "Precision",
    "Progress",
    "ProgressCallback",
    "Published",
    "QuestionError",
    "Reconciliation",
    "SourceFailure",
    "SourceNotFoundError",
    "SourceUnreadableError",
    "StoreError",
    "TooLargeError",
    "UnsupportedTypeError",
    "VersionDiff",
    "Via",
    "detect_language",
    "find_correction",
    "fold",
    "latin",
    "name_key",
    "prints",
    "split_sentences",
]
