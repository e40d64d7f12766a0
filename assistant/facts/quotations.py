"""Words in quotation marks: where they stand, whether a passage has them, and who says them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

_PAIRS = (
    ("“", "”"),
    ("„", "“”"),
    ("«", "»"),
    ("»", "«"),
    ("‘", "’"),
    ("‚", "‘’"),
    ("「", "」"),
    ("『", "』"),
    ("《", "》"),
)
_FEWEST_WORDS = 3
_FEWEST_HAN = 4
_LONGEST = 1500
"""Characters of a quotation; a mark that is not closed by then opens none."""
_FOLD = {
    **dict.fromkeys("“”„‟«»″「」『』", '"'),
    **dict.fromkeys("‘’‚‛′´`ʼ", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
}
_DROPPED = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
_SAID = (
    r"said|says|told|added|adds|asked|explained|explains|insisted|warned|wrote|writes|tweeted|declared|stated|argued|argues|replied"
    r"|according to"
    r"|(?:a |avait )(?:déclaré|dit|affirmé|expliqué|ajouté|indiqué|estimé|précisé|souligné|lancé|assuré|annoncé|confié|réagi|écrit|regretté"
    r"|insisté|averti|dénoncé|répondu|tweeté|martelé|commenté)|dit|déclare|explique|affirme|ajoute|estime|précise|assure|souligne|selon"
    r"|sagte|sagt|erklärte|erklärt|betonte|betont|meinte|meint|schrieb|warnte|laut"
    r"|dijo|afirmó|declaró|aseguró|señaló|explicó|añadió|dice|ha dicho|según"
    r"|ha (?:detto|dichiarato|affermato|spiegato|aggiunto|scritto)|disse|dice|secondo"
    r"|afirmou|declarou|explicou|acrescentou|diz|segundo"
    r"|zei|zegt|verklaarde|volgens"
    r"|сказала?|заявила?|отметила?|подчеркнула?|добавила?|сообщила?|по словам"
    r"|řekla?|uvedla?|prohlásila?|dodala?|říká|podle"
    r"|dedi|söyledi|belirtti|açıkladı"
)
_SAYS = re.compile(rf"(?:(?<=\W)|^)(?:{_SAID})(?=\W|$)", re.IGNORECASE)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁ]"
_NAME = rf"{_CAPITAL}[\w'’-]+(?:\s(?:(?:de|da|di|du|von|van|der|bin|ben|al|el|le|la)\s)?{_CAPITAL}[\w'’-]*)*"
_PHRASE = r"(?P<name>[^.,;:!?()\"“”«»„]{2,80})"
_MARKS = r"\s*[\"'“”„«»‘’‚]?\s*"
_AFTER = (
    re.compile(rf"{_MARKS},?{_MARKS}(?:{_SAID})\s{_PHRASE}"),
    re.compile(rf"{_MARKS},?{_MARKS}(?P<name>{_NAME})\s(?:{_SAID})\b"),
)
_BEFORE = (
    re.compile(rf"(?P<name>{_NAME})(?:,[^,.!?]{{1,50}},)?\s(?:{_SAID})\b[^.!?\"“«„]{{0,25}}[:,]?{_MARKS}$"),
    re.compile(rf"\b(?:{_SAID})\s{_PHRASE}[:,]{_MARKS}$", re.IGNORECASE),
)
_NO_NAMES = frozenset(
    "he she they we i it this that the a an and but il elle ils elles on nous je ce cela le la les l' un une et mais er sie es wir ich das"
    " der die und él ella ellos yo nosotros lei lui noi io ele ela eles eu hij zij ze wij он она они мы я on ona oni".split()
)
_SAME_NAME = 0.6
"""Likeness of two spellings of a name, as Putin and Poutine."""
_SEEN = 160


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """Words in quotation marks: where it stands in the text, without the marks."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class SpeakerConflict:
    """A quote that a sentence gives to somebody else than the passage does."""

    quote: Quotation
    named: str
    """The speaker in the sentence."""
    speaker: str
    """The speaker in the passage."""

    def __str__(self) -> str:
        return self.named


def quotations(text: str) -> list[Quotation]:
    """Return the quotations of at least three words, in order.

    A single mark opens only at the edge of a word and closes only at one, so that an apostrophe is
    none. Of nested quotations the outer one is returned.
    """
    found: list[Quotation] = []
    at = 0
    while at < len(text):
        end = _closing(text, at)
        if end is None:
            at += 1
            continue
        quotation = _trimmed(text, at + 1, end)
        if _is_long_enough(quotation.text):
            found.append(quotation)
        at = end + 1
    return found


def quotation_in(quote: str, passage: str) -> tuple[int, int] | None:
    """Return the offsets in `passage` of the words of `quote`, or None where they do not stand there.

    Character for character, save for the kind of quotation marks, dashes, blanks and ellipses, and
    for how accents are encoded; a full stop or comma that closes the quote may differ.
    """
    folded, places, ends = _folded(passage)
    wanted = _folded(quote)[0].strip(" \"'").rstrip(" .,;:!?…")
    if not wanted:
        return None
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not _cuts_a_word(folded, at, end):
            return places[at], ends[end - 1]
        at = folded.find(wanted, at + 1)
    return None


def quoted_at(quote: str, passage: str) -> tuple[int, int] | None:
    """Return what `quotation_in` does, also for a first letter in the other case: it may stand in mid-sentence."""
    return quotation_in(quote, passage) or quotation_in(quote[:1].swapcase() + quote[1:], passage)


def speaker_conflict(sentence: str, passage: str) -> SpeakerConflict | None:
    """Return a quote of `sentence` whose speaker is another in `passage`, or None.

    Only where both name a person right beside the quote ("said X", "a déclaré X", "X sagte: ").
    """
    for quote in quotations(sentence):
        place = quoted_at(quote.text, passage)
        if place is None:
            continue
        named, speaker = _speaker(sentence, quote.start, quote.end), _speaker(passage, *place)
        if named and speaker and _differ(named, speaker) and not _mentions(sentence, speaker):
            return SpeakerConflict(quote=quote, named=named, speaker=speaker)
    return None


def unnamed_speaker(sentence: str, passage: str) -> str | None:
    """Return whom a passage gives a quote of `sentence` to, where the sentence says nothing of a speaker.

    A sentence that says that somebody speaks ("she said") is taken to name them, if only by a pronoun.
    """
    for quote in quotations(sentence):
        place = quoted_at(quote.text, passage)
        speaker = _speaker(passage, *place) if place else None
        if speaker is None or _mentions(sentence, speaker):
            continue
        around = f"{sentence[: quote.start]}\n{sentence[quote.end :]}"
        names = [name for name in map(_names, re.findall(_NAME, around)) if name]
        if not _SAYS.search(around) and all(_differ(name, speaker) for name in names):
            return _in_full(speaker, passage)
    return None


def _closing(text: str, at: int) -> int | None:
    """Return where the quotation that opens at `at` closes."""
    mark = text[at]
    if mark in "\"'‘’‚":
        return _closing_at_edge(text, at)
    for opening, closings in _PAIRS:
        if mark == opening and not (mark == "»" and "«" in text[max(0, at - _LONGEST) : at]):
            depth = 0
            for place in range(at + 1, min(len(text), at + _LONGEST)):
                depth += text[place] == opening and opening not in closings
                if text[place] in closings:
                    if depth == 0:
                        return place
                    depth -= 1
            return None
    return None


def _closing_at_edge(text: str, at: int) -> int | None:
    mark = text[at]
    closings = {'"': '"', "'": "'", "‘": "’", "‚": "‘’"}.get(mark)
    if closings is None or (at > 0 and text[at - 1].isalnum()) or text[at + 1 : at + 2].isspace():
        return None
    for place in range(at + 1, min(len(text), at + _LONGEST)):
        after = text[place + 1 : place + 2]
        if text[place] in closings and not after.isalnum() and not text[place - 1].isspace():
            return place
    return None


def _trimmed(text: str, start: int, end: int) -> Quotation:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Quotation(text=text[start:end], start=start, end=end)


def _is_long_enough(words: str) -> bool:
    return (
        len(re.findall(r"\w+", words)) >= _FEWEST_WORDS
        or len(re.findall(r"[\u3040-\u9fff]", words)) >= _FEWEST_HAN
    )


def _folded(text: str) -> tuple[str, list[int], list[int]]:
    """Return `text` in the form that quotes are compared in, and for each character where it began and ended."""
    letters: list[str] = []
    places: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for letter in _folded_letter(text[at:end]):
            if letter != " " or not letters or letters[-1] != " ":
                letters.append(letter)
                places.append(at)
                ends.append(end)
        at = end
    return "".join(letters), places, ends


def _folded_letter(letter: str) -> str:
    composed = unicodedata.normalize("NFC", letter)
    if composed.isspace():
        return " "
    return "".join(_DROPPED.get(one, _FOLD.get(one, one)) for one in composed)


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return _joins(before, text[start]) or _joins(text[end - 1], after)


def _joins(one: str, other: str) -> bool:
    """Tell whether two characters belong to one word; scripts without blanks have no such edges."""
    return (one.isalnum() and other.isalnum()) and not re.match(r"[\u3040-\u9fff]", one + other)


def _speaker(text: str, start: int, end: int) -> str | None:
    after, before = text[end : end + _SEEN], text[max(0, start - _SEEN) : start]
    after = re.sub(r"^[.!?…]?", "", after)
    found = [match for pattern in _AFTER if (match := pattern.match(after))]
    found += [match for pattern in _BEFORE if (match := pattern.search(before))]
    return next((name for match in found if (name := _names(match["name"]))), None)


def _names(phrase: str) -> str:
    """Return the capitalised words of the phrase that tells who speaks."""
    words = re.findall(rf"(?<![\w'’]){_CAPITAL}[\w'’-]+", phrase)
    return " ".join(word for word in words if _plain(word) not in _NO_NAMES)


def _in_full(speaker: str, passage: str) -> str:
    """Return the longest run of a speaker's words in the passage, as "Emma Laurent" of "French Emma Laurent"."""
    words = set(speaker.split())
    runs = [run for run in re.findall(_NAME, passage) if set(run.split()) <= words]
    return max(runs, key=lambda run: len(run.split()), default=speaker)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in letters if letter.isalnum() or letter == "'")


def _differ(one: str, other: str) -> bool:
    """Tell whether no word of one name is a word of the other; unknown across scripts."""
    if _is_latin(one) != _is_latin(other):
        return False
    pairs = ((a, b) for a in map(_plain, one.split()) for b in map(_plain, other.split()))
    return not any(SequenceMatcher(None, a, b).ratio() >= _SAME_NAME for a, b in pairs)


def _is_latin(name: str) -> bool:
    return unicodedata.name(name[0], "").startswith("LATIN")


def _mentions(text: str, name: str) -> bool:
    """Tell whether `text` has a word of `name`: then who says what is more than these rules can tell."""
    words = {_plain(word) for word in re.findall(r"[\w'’-]+", text)}
    return any(_plain(part) in words for part in name.split() if len(part) > 2)
