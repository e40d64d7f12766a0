"""The exceptions of the assistant, under the one root of the project.

    ArticleAssistantError
    └── AnswerError                       a question could not be answered as asked
        ├── FilterError                   a filter that cannot be understood, or names what no article has
        └── LanguageModelError            the language model; the quoted answer is given instead
            ├── ModelSettingError         the setting names no model we know, or an extra is not installed
            ├── ModelUnreachableError     nothing answers there, or it refuses: address, key, model name
            ├── ModelTimeoutError         too slow
            └── ModelNonsenseError        empty, broken or endless output

Every message is one sentence that says what is wrong and what to do; none ever holds a key.
`retryable` tells whether trying the same again later can help.
"""

from index import ArticleAssistantError


class AnswerError(ArticleAssistantError):
    """A question could not be answered as asked."""


class FilterError(AnswerError):
    """A filter cannot be understood, or names what no article has."""


class LanguageModelError(AnswerError):
    """The language model failed."""


class ModelSettingError(LanguageModelError):
    """The setting names no model we know, or what it needs is not installed."""


class ModelUnreachableError(LanguageModelError):
    """Nothing answers at the address, or it refuses the request."""

    retryable = True


class ModelTimeoutError(LanguageModelError):
    """The model takes too long."""

    retryable = True


class ModelNonsenseError(LanguageModelError):
    """The model answers with nothing, with broken text, or without end."""

    retryable = True
