"""Articles in, passages out."""

from .config import IndexConfig
from .errors import ArticleAssistantError
from .types import Article, Hit, IngestReport, Passage, Precision, Published
