"""The numbers, dates and names in a sentence, by rules; and text compared without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index import Article

UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Signs of scripts that do not part words by spaces."""
_GROUPED = re.compile("(?<=\\d)[ \u00a0\u202f.,'’](?=\\d{3}(?!\\d))")
_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?:[.,:\u00a0\u202f ’]\d+)*(?![\w/]|[-:.,]\d)")
_YEAR = re.compile(r"(?<![\w.,:/-])(?:1[89]\d\d|20\d\d)(?![\w/%]|[-.,:]\d)")
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)*"
_TOKEN = re.compile(_WORD)
_PARTICLES = "de del della di da do dos du van von der den el al bin ben la le"
_BETWEEN = re.compile(rf" (?:(?:{'|'.join(_PARTICLES.split())}) )?")
_OPENS = re.compile(r"(?:^|[.!?…:]|\n)[\s\"'«»“”„‘’(\[–—-]*$")
_DETERMINERS = frozenset(
    "der die das den dem des ein eine einen einem einer eines im am zum zur vom beim ins kein keine keinen"
    " diese dieser dieses diesen diesem jede jeder jedes seine seiner seinen ihre ihrer ihren zwei drei vier"
    " fünf sechs sieben acht neun zehn viele alle mehr weniger mit ohne für gegen unter über durch".split()
)
_NOUN_ENDING = re.compile(r"(?:ung|ungen|heit|keit|schaft|tion|tät|nis|chen|ist|isten|uhr|jahr|jahren)$")


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of a sentence and where it stands."""

    start: int
    end: int
    text: str


def fold_text(text: str) -> str:
    """Return the words of a text without case, accents and punctuation; 330 000 and 330,000 are 330000."""
    text = _GROUPED.sub("", text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain))


def overlap(text: str, other: str) -> float:
    """Return the share of the longer words (4 letters) and numbers of `text` that `other` holds too, 0 to 1."""
    words = {word for word in fold_text(text).split() if len(word) > 3 or word.isdigit()}
    return len(words & set(fold_text(other).split())) / len(words) if words else 0.0


def dates(text: str, language: str | None) -> list[Span]:
    """Return the weekdays, months and years (1800 to 2099) of a sentence, in order."""
    found = [_span(match) for match in _YEAR.finditer(text)]
    names = {name for group in calendar_words(language) for name in group}
    found += [_span(match) for match in _TOKEN.finditer(text) if match.start() and match[0] in names]
    return sorted(found, key=lambda span: span.start)


def numbers(text: str, language: str | None = None) -> list[Span]:
    """Return the numbers written in digits that are no part of a date, a word or a code, in order."""
    near_dates = dates(text, language)
    return [
        span
        for span in map(_span, _NUMBER.finditer(text))
        if all(span.end < date.start - 4 or span.start > date.end + 2 for date in near_dates)
    ]


@lru_cache(maxsize=32)
def calendar_words(language: str | None) -> tuple[tuple[str, ...], ...]:
    """Return groups of weekdays and of months as a language writes them; each group in one grammatical form."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale(language or "en")
    except (UnknownLocaleError, ValueError):
        return ()
    groups: dict[tuple[str, ...], None] = {}
    for of in (locale.days, locale.months):
        for form in ("format", "stand-alone"):
            words = tuple(str(word) for word in of[form]["wide"].values())
            if all(_TOKEN.fullmatch(word) for word in words):
                groups[words] = None
    return tuple(groups)


class Names:
    """Which capitalised words of a collection are names.

    A word that also occurs in small letters is none. In German, where every noun has a capital, a
    word counts that stands in a text of another language too, or in a run of several of which none
    ever follows an article. What is no name by these rules is passed over.
    """

    def __init__(self, texts: Iterable[tuple[str, str | None]]) -> None:
        """Read (text, language) pairs."""
        self._small: set[str] = set()
        self._nouns: set[str] = set()
        self._languages: dict[str, set[str | None]] = defaultdict(set)
        kept = []
        for text, language in texts:
            kept.append((text, language))
            self._read(text, language)
        self.known: Counter[str] = Counter()
        """In how many texts each name occurs."""
        self.before: dict[str, set[str]] = defaultdict(set)
        """The words that stand before each name: two names after "in" are of one kind."""
        self.language: dict[str, str | None] = {}
        for text, language in kept:
            self._count(text, language)

    @classmethod
    def of(cls, articles: Iterable[Article]) -> Names:
        """Read articles."""
        return cls((article.text, article.language) for article in articles)

    def find(self, text: str, language: str | None) -> list[Span]:
        """Return the names in a sentence, without what opens it, in order."""
        spans = []
        for run in _runs(text):
            words = _TOKEN.findall(run.text)
            if self._is_name(words, language) and not _opens(text, run.start):
                spans.append(run)
        return spans

    def _read(self, text: str, language: str | None) -> None:
        previous = ""
        for match in _TOKEN.finditer(text):
            word = match[0]
            if word.islower():
                self._small.add(word)
            elif word[0].isupper() and not _opens(text, match.start()):
                self._languages[word].add(language)
                if language == "de" and (previous in _DETERMINERS or _NOUN_ENDING.search(word.lower())):
                    self._nouns.add(word)
            previous = word

    def _count(self, text: str, language: str | None) -> None:
        seen = set()
        for span in self.find(text, language):
            seen.add(span.text)
            before = _TOKEN.findall(text[max(0, span.start - 20) : span.start])
            self.before[span.text].add(before[-1].lower() if before else "")
            self.language.setdefault(span.text, language)
        self.known.update(seen)

    def _is_name(self, words: Sequence[str], language: str | None) -> bool:
        capitals = [word for word in words if word[0].isupper()]
        calendar = {name for group in calendar_words(language) for name in group}
        if any(word.lower() in self._small or word in calendar or len(word) < 3 for word in capitals):
            return False
        if language != "de":
            return True
        if all(self._languages[word] - {"de"} for word in capitals):
            return True
        return len(capitals) > 1 and not any(word in self._nouns for word in capitals)


def _runs(text: str) -> list[Span]:
    """Return the runs of capitalised words; a particle may stand inside one (Charles de Gaulle)."""
    runs: list[Span] = []
    for match in _TOKEN.finditer(text):
        if not match[0][0].isupper():
            continue
        last = runs[-1] if runs else None
        if last and not _opens(text, last.start) and _BETWEEN.fullmatch(text[last.end : match.start()]):
            runs[-1] = Span(start=last.start, end=match.end(), text=text[last.start : match.end()])
        else:
            runs.append(_span(match))
    return runs


def _opens(text: str, at: int) -> bool:
    """Tell whether a word at `at` opens a sentence, a quote or a bracket, where any word has a capital."""
    return _OPENS.search(text[max(0, at - 12) : at]) is not None


def _span(match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end(), text=match[0])
