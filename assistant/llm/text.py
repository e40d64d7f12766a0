"""The text of a model's answer while it comes in: thoughts, broken characters and repetitions taken out."""

from __future__ import annotations

import math
import re

_TAGS = "think|thinking|thought|reasoning"
_OPEN_OR_CLOSE = re.compile(rf"<(/?)(?:{_TAGS})>", re.IGNORECASE)
_CLOSE = re.compile(rf"</(?:{_TAGS})>", re.IGNORECASE)
_TAG_BEGUN = re.compile(r"</?[a-z]{0,9}$", re.IGNORECASE)
_BROKEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff"
    "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls, halves of letters, and what is not seen: zero width, direction of writing, invisible tags."""
_HIGH_SURROGATE = re.compile("[\ud800-\udbff]$")

_CHECK_EVERY = 24  # characters between two looks for a repetition
_TAIL = 1500  # characters looked at
_REPEATED = 60  # a repetition is at least this many characters long in all,
_COPIES = 3  # and at least this many copies
_GARBLED_SHARE = 0.3
_GARBLED_LEAST = 20


def repetition_end(text: str) -> int | None:
    """Return where the first copy ends if a text ends in the same words over and over, else None."""
    tail = text[-_TAIL:]
    for period in range(1, len(tail) // _COPIES + 1):
        length = period * max(_COPIES, math.ceil(_REPEATED / period))
        if length > len(tail) or tail[-period:] != tail[-2 * period : -period]:
            continue
        run = tail[-length:]
        if run[period:] != run[:-period]:
            continue
        start = len(text) - length
        while start > 0 and text[start - 1] == text[start - 1 + period]:
            start -= 1
        return start + period
    return None


class ThoughtFilter:
    """Take `<think>…</think>` blocks out of a stream, also unfinished ones and tags cut in two."""

    def __init__(self) -> None:
        self.thinking = False
        """Whether a block is open."""
        self.restarted = False
        """Whether the last piece held a closing tag without an opening one: all before it was thought."""
        self._held = ""

    def feed(self, delta: str) -> str:
        """Return what of the stream so far is known to be answer and was not returned yet."""
        self._held += delta
        self.restarted = False
        kept = ""
        while match := (_CLOSE if self.thinking else _OPEN_OR_CLOSE).search(self._held):
            stray = not self.thinking and match[1] == "/"
            if not self.thinking:
                kept = "" if stray else kept + self._held[: match.start()]
            self.restarted |= stray
            self.thinking = not self.thinking and not stray
            self._held = self._held[match.end() :]
        begun = _TAG_BEGUN.search(self._held)
        cut = begun.start() if begun else len(self._held)
        kept += "" if self.thinking else self._held[:cut]
        self._held = self._held[cut:]
        return kept

    def end(self) -> str:
        """Return what was held back because it looked like the beginning of a tag."""
        return "" if self.thinking else self._held


class AnswerText:
    """Collect the answer from the pieces that a model sends.

    `limit` is the most characters of an answer. `text` is the whole of it so far; where `repeated` is
    true, it ends after the first copy of what was repeated, although more of it was returned by `feed`.
    """

    def __init__(self, limit: int) -> None:
        self.text = ""
        self.full = False
        """The limit is reached."""
        self.repeated = False
        """The model said the same over and over."""
        self._thoughts = ThoughtFilter()
        self._limit = limit
        self._high = ""
        self._broken = 0
        self._seen = 0
        self._checked = 0

    @property
    def done(self) -> bool:
        """Whether no more of the model is wanted."""
        return self.full or self.repeated

    @property
    def garbled(self) -> bool:
        """Whether much of what the model sends is not text."""
        return self._broken >= _GARBLED_LEAST and self._broken > _GARBLED_SHARE * self._seen

    @property
    def worthless(self) -> bool:
        """Whether nothing is left, or too little for what was broken: asked at the end."""
        return not self.text.strip() or self._broken > _GARBLED_SHARE * self._seen

    @property
    def thought_only(self) -> bool:
        """Whether the model has not come to its answer."""
        return self._thoughts.thinking and not self.text.strip()

    def feed(self, delta: str) -> str:
        """Take a piece, and return the part of the answer it brings, which may be empty."""
        answer = self._thoughts.feed(self._cleaned(delta))
        if self._thoughts.restarted:
            self.text, self._checked = "", 0
        return self._append(answer)

    def end(self) -> str:
        """Return the rest that was held back."""
        return self._append(self._thoughts.end())

    def _cleaned(self, delta: str) -> str:
        delta, self._high = self._high + delta, ""
        if match := _HIGH_SURROGATE.search(delta):  # half a character; its other half may follow
            delta, self._high = delta[: match.start()], match[0]
        if any("\ud800" <= letter <= "\udfff" for letter in delta):
            delta = delta.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        cleaned, broken = _BROKEN.subn("", delta)
        self._seen += len(delta)
        self._broken += broken
        return cleaned

    def _append(self, piece: str) -> str:
        if not self.text:
            piece = piece.lstrip()
        room = self._limit - len(self.text)
        self.full = self.full or len(piece) > room
        piece = piece[:room]
        self.text += piece
        if len(self.text) - self._checked >= _CHECK_EVERY:
            self._checked = len(self.text)
            if (end := repetition_end(self.text)) is not None:
                self.text, self.repeated = self.text[:end], True
        return piece
