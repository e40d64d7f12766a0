"""What the writer is trained on: a text, then one of two tasks."""

from assistant.prompts import NO_ANSWER

__all__ = ["ANSWER", "NO_ANSWER", "TEXT", "TRANSLATION"]

TEXT = "Text: {sentences}\n"
ANSWER = "Question: {question}\nAnswer in {language}:"
TRANSLATION = "Translation into {language}:"
