"""The exception of an evaluation."""

from index import ArticleAssistantError


class EvaluationError(ArticleAssistantError):
    """There is nothing to evaluate, or a file of the evaluation cannot be used."""
