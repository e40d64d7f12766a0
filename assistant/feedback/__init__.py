"""What readers say of the answers they got: thumbs, with a reason, kept on this machine."""

from .types import Feedback, FeedbackSource, Reason, Thumb, Vote

__all__ = ["Feedback", "FeedbackSource", "Reason", "Thumb", "Vote"]
