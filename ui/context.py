"""A quote → the stretch of its article around it, in paragraphs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of text, and whether it belongs to the quote."""

    text: str
    quoted: bool


Paragraph = tuple[Piece, ...]


def paragraphs_around(text: str, start: int, end: int, around: int = 360) -> list[Paragraph]:
    """Return `text[start:end]` with about `around` characters on each side, cut between words.

    Blank lines are left out; "…" stands where the text goes on. `start` and `end` count characters.
    """
    first, last = _cut_before(text, start, around), _cut_after(text, end, around)
    paragraphs = paragraphs_within(text, first, last, start, end)
    if paragraphs and first > 0:
        paragraphs[0] = (Piece(text="… ", quoted=False), *paragraphs[0])
    if paragraphs and last < len(text):
        paragraphs[-1] = (*paragraphs[-1], Piece(text=" …", quoted=False))
    return paragraphs


def paragraphs_within(text: str, first: int, last: int, start: int, end: int) -> list[Paragraph]:
    """Return `text[first:last]` in paragraphs, with what of `text[start:end]` is in it as the quote."""
    paragraphs: list[Paragraph] = []
    position = first
    for line in text[first:last].split("\n"):
        line_end = position + len(line)
        if line.strip():
            paragraphs.append(_pieces(text, position, line_end, start, end))
        position = line_end + 1
    return paragraphs


def _cut_before(text: str, start: int, around: int) -> int:
    first = max(0, start - around)
    if first == 0:
        return 0
    while first < start and not text[first - 1].isspace():
        first += 1
    return first


def _cut_after(text: str, end: int, around: int) -> int:
    last = min(len(text), end + around)
    if last == len(text):
        return last
    while last > end and not text[last].isspace():
        last -= 1
    return last


def _pieces(text: str, first: int, last: int, start: int, end: int) -> Paragraph:
    """Cut text[first:last] at the ends of the quote."""
    inside = min(max(start, first), last), max(min(end, last), first)
    if inside[0] >= inside[1]:
        return (Piece(text=text[first:last], quoted=False),)
    spans = ((first, inside[0], False), (*inside, True), (inside[1], last, False))
    return tuple(Piece(text=text[a:b], quoted=quoted) for a, b, quoted in spans if a < b)
