"""A model's text, as it streams in → its sentences, each with the passage numbers that it cites.

The forms of markers are in `marker_forms`. What a sentence must not hold (markup, links, images, a
list of sources) is taken out here: links and titles come from the catalog, never from a model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index import split_sentences

from .marker_forms import MARKER, marker_numbers, markers_in
from .prompts import NO_ANSWER

_TAG = r"[<‹][/!?|]?[a-zA-Z][^<>‹›\n]{0,500}>|<!--[^\n]{0,500}?-->"  # ‹ stands for < in our prompts
_ADDRESS = r"(?:[a-z][a-z0-9+.-]{1,12}://|\bwww\.|\bdata:[a-z]|javascript:|mailto:)[^\s)\]<>\"']*|(?<![\w:])//\w[\w.-]*\.\w[^\s)\]<>\"']*"
_REMOVED = re.compile(
    rf"{MARKER}"
    r"|!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])?"  # images
    r"|\[(?=[^\[\]\n]{1,300}\](?:\(|\[\D))|(?<=\S)\](?:\([^)\n]*\)|\[\D[^\]\n]*\])"  # links: their words stay
    rf"|(?m:^\s{{0,3}}\[[^\]\n]+\]:\s*\S+.*$)|{_TAG}|{_ADDRESS}",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\s*(?:\\?[\[［〔][^\[\]［］〔〕\n]{0,100}|【[^】\n]{0,60}|\([^()\n]{0,12}|\{[^{}\n]{0,20}|<[^<>\n]{0,100}|\\)?$"
)
_UNCLOSED = re.compile(r"\s*[\[［〔【][\s\d,;–-]{0,20}$")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`+|~~")
_LINE_START = re.compile(r"(?m)^\s*(?:#{1,6}\s+|[-*•+]\s+|>\s+|\d{1,2}[.)]\s+(?=\S))")
_ENUMERATION = re.compile(r"\(?\d{1,2}[.)]")
_SOURCES = re.compile(
    r"(?im)^\W*(?:sources?|references?|références?|citations?|quellen|fuentes|fonti|fontes|bronnen|источники|kaynaklar)\W*:?\s*$"
    r"|^\W*(?:sources?|references?)\s*:\s*[\[【(]?\d"
)
_SENTINEL = re.compile(
    rf"[\[(*_\"'“]*(?:(?i:{NO_ANSWER})|{NO_ANSWER.replace('_', ' ?')}(?!\w))[\])*_\"'”]*[.!]?"
)
_NOTHING_ELSE = re.compile(rf"[\W_]*{NO_ANSWER.replace('_', '[_ ]?')}[\W_]*", re.IGNORECASE)
_PREAMBLE = re.compile(r"^(?:answer|réponse|antwort|respuesta|risposta|ответ|yanıt)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A sentence as a model wrote it, without its markers, and the passage numbers they name.

    `paragraph` tells that it begins a paragraph. Numbers are as written: 0 and 99 are among them.
    """

    text: str
    cited: tuple[int, ...]
    paragraph: bool = False


class SentenceStream:
    """Feed it a model's text piece by piece; it gives back whole sentences."""

    def __init__(self, language: str | None, passages: int = 12) -> None:
        """Read what a model writes in a language, from so many passages."""
        self._language = language
        self._passages = passages
        self._text = ""
        self._given = 0
        """Characters of `_text` whose sentences have been given."""
        self.declined = False
        """The model wrote the sentinel."""

    def feed(self, piece: str) -> list[Written]:
        """Add a piece and return the sentences that are complete with it."""
        self._text += piece
        return self._take(final=False)

    def finish(self) -> list[Written]:
        """Return what is left at the end of the text."""
        return self._take(final=True)

    @property
    def draft(self) -> str:
        """The sentence that is being written, as far as it has come, cleaned."""
        rest = self._without_markers(_without_open_marker(self._text[self._given :]))[0]
        begun = rest.strip().upper()
        sentinel = (
            NO_ANSWER.startswith(begun) or _NOTHING_ELSE.fullmatch(rest) or _SENTINEL.match(rest.strip())
        )
        return "" if sentinel else self._cleaned(rest)

    def _take(self, *, final: bool) -> list[Written]:
        rest = self._text[self._given :]
        ended = _SOURCES.search(rest)
        if ended:
            rest = rest[: ended.start()]
        whole = _UNCLOSED.sub("", rest) if final else _without_open_marker(rest)
        clean, markers = self._without_markers(whole)
        spans = split_sentences(clean, self._language)
        complete = spans if final or ended else spans[:-1]
        if (
            not final
            and complete
            and not re.search(r"\s", clean[spans[-1][0] : spans[-1][1]].strip() + clean[spans[-1][1] :])
        ):
            complete = complete[:-1]  # the next sentence has not shown its first word yet
        written: list[Written] = []
        for number, (start, end) in enumerate(complete):
            until = spans[number + 1][0] if number + 1 < len(spans) else len(clean) + 1
            cited = [one for at, ones in markers if start < at <= until or at == start == 0 for one in ones]
            before = clean[spans[number - 1][1] if number else 0 : start]
            made = self._written(clean[start:end], cited, paragraph="\n" in before)
            if made is not None:
                written.append(made)
        if final:
            self._given = len(self._text)
        elif complete:
            last = len(complete)
            self._given += self._original(whole, spans[last][0] if last < len(spans) else len(clean))
        return written

    def _written(self, text: str, cited: list[int], *, paragraph: bool) -> Written | None:
        if _NOTHING_ELSE.fullmatch(text):
            self.declined = True
            return None
        if _SENTINEL.search(text):
            self.declined = True
            text = _SENTINEL.sub("", text)
        text = self._cleaned(text)
        if not any(sign.isalnum() for sign in text) or (_ENUMERATION.fullmatch(text) and not cited):
            return None
        return Written(text=text, cited=tuple(dict.fromkeys(cited)), paragraph=paragraph)

    def _cleaned(self, text: str) -> str:
        """Return plain text: no markup, links, addresses or HTML, in single blanks."""
        for match in reversed([*markers_in(_REMOVED, text, 0)]):  # what the first removal brought together
            text = text[: match.start()] + text[match.end() :]
        text = _LINE_START.sub("", text)
        text = _EMPHASIS.sub("", text)
        text = _PREAMBLE.sub("", " ".join(text.split()))
        return re.sub(r"\s+([.,;!?…](?:\s|$))", r"\1", text).strip()

    def _without_markers(self, text: str) -> tuple[str, list[tuple[int, tuple[int, ...]]]]:
        """Return a text without markers, links, images and tags, and (place in that text, numbers) of each marker."""
        pieces: list[str] = []
        markers: list[tuple[int, tuple[int, ...]]] = []
        length = last = 0
        for match in markers_in(_REMOVED, text, self._passages):
            pieces.append(text[last : match.start()])
            length += match.start() - last
            last = match.end()
            if match["marker"] is not None:
                markers.append((length + 2 * _opens(match), marker_numbers(match, self._passages)))
        return "".join([*pieces, text[last:]]), markers

    def _original(self, text: str, clean_position: int) -> int:
        """Return the place in `text` of a place in its form without markers (behind markers at that place)."""
        removed = 0
        for match in markers_in(_REMOVED, text, self._passages):
            place = match.start() - removed
            if place > clean_position or (_opens(match) and place >= clean_position - 1):
                break
            removed += match.end() - match.start()
        return clean_position + removed


def sentences_of(text: str, language: str | None, passages: int = 12) -> list[Written]:
    """Return the sentences of a whole text."""
    stream = SentenceStream(language, passages)
    return [*stream.feed(text), *stream.finish()]


def _opens(match: re.Match[str]) -> bool:
    """Tell whether a marker may begin a sentence: "As [1] says, …"."""
    return (match["marker"] or "_")[0].isalpha() and match.string[match.end() :][:1].isspace()


def _without_open_marker(text: str) -> str:
    """Leave out what is not closed yet at the end."""
    return text[: match.start()] if (match := _OPEN.search(text)) else text
