"""The names in a text, and whether another text, perhaps in another language, holds them too.

A name is a run of capitalised words. Two spellings are the same name where their letters agree
after folding and transliteration (Poutine, Putin, Путин), where one is an inflection of the other
(Путина, Zemanem), where they are a close misspelling, or where `aliases` says so (Germany,
Allemagne; OTAN, NATO).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index import STOP_WORDS, fold, latin, name_key

from .aliases import alias_ids, calendar_words

_WORD = re.compile(r"[^\W_]+(?:[.](?=[^\W\d_]\b)[^\W_]+)*\.?(?<!\.)|[^\W_]+")
_BETWEEN = re.compile(r"[ \u00a0\u202f]|[-‐–]|\. |['’]")
_PARTICLES = frozenset(
    "de du des von van der den el al la le di da dos del bin ibn ben e y of the und and et".split()
)
_GERMAN_PARTICLES = frozenset("von van zu".split())  # its articles stand between any two nouns
_PARTING = frozenset("of the und and et e y de du des di da del dos la le el".split())
"""What may stand between two names as well as within one: each part is looked for by itself."""
_TITLES = frozenset(
    (
        "president presidente präsident president mr mrs ms mme mlle m sir lord lady dr prof herr frau señor señora sr sra"
        " minister ministre ministro ministerpräsident premier chancellor chancelier kanzler bundeskanzlerin kanzlerin"
        " king queen roi reine könig königin pope pape papst general général général prince princess министр президент"
        " senator governor secretary chairman chief"
    ).split()
)
_GENERIC = (
    "minist gouvern govern regier gobierno depart office court cour tribunal gericht corte house maison casa haus kammer"
    " commission kommission comisión commit comité council conseil rat consejo parti party partei partido bank banque"
    " banco banca univers govern parlament parlement parliament congreso senat senado state stadt estado états etats"
    " staat nation federal fédéral republi repúbli démocrat democr demokr conservat konserv social soziale sozial"
    " assembl asamblea chamber chambre cámara attorney procure procuradur parquet staatsanwalt police polic polizei"
    " institut agency agence agentur agencia union constitu verfassung konstitu society société gesellschaft group groupe"
    " world war guerre weltkrieg mondial second first premi zweit erst department law code código reform fund fonds"
    " west east north south occident orient nord süd sud sur secretar law interior intérieur foreign affaires affairs"
    " finance finanz defense defence défense verteidig christ musulm muslim islam cathol kathol catól green home white état cancill kanzler chancel statist amt oficina bureau board center centre centro zentrum research organi cooperat coopér kooperat zusammenarbeit işbirliği teşkilat сотруднич организац"
    " blanche blanca министерств палат суд банк партия партии советск комисси совет западн восточн государств"
).split()
"""Beginnings of words that name a kind of institution and are translated with it, unlike names proper."""
_OPENS = frozenset("«“„\"'‘(:—–-•")
_ENDS = frozenset(".!?…。！？\n:;»”")
_CLOSE = 0.82
"""Least similarity (1 − edit distance ÷ length) of two spellings of a name of five letters or more."""
_SHORTEST_CLOSE = 5
_ENDING = 3
_COMMON_START = 4


@dataclass(frozen=True, kw_only=True)
class Name:
    """A run of capitalised words: `text[start:end]`. A weak one may be no name at all."""

    text: str
    start: int
    end: int
    strong: bool
    opens: bool = False
    """A single word that opens a sentence, which any word may do."""

    @property
    def words(self) -> tuple[str, ...]:
        """Its words, particles and titles left out."""
        return _significant(self.text)


def names_in(text: str, language: str | None) -> list[Name]:
    """Return the names in a text, in order.

    Weak are single capitalised words at the beginning of a sentence, and single German nouns.
    """
    names: list[Name] = []
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        if word is not None and run and _joins(text, run[-1], word, language):
            run.append(word)
            continue
        names.extend(_name(text, run, language))
        run = [word] if word is not None and _capitalised(word.group()) else []
    return names


def _joins(text: str, last: re.Match[str], word: re.Match[str], language: str | None) -> bool:
    gap = text[last.end() : word.start()]
    if not _BETWEEN.fullmatch(gap) or (gap == ". " and len(last.group()) > 2):
        return False
    particles = _GERMAN_PARTICLES if language == "de" else _PARTICLES
    return _capitalised(word.group()) or (gap.isspace() and word.group() in particles)


def _capitalised(word: str) -> bool:
    return word[0].isupper() or (word[0].isdigit() and any(sign.isupper() for sign in word))


def _name(text: str, run: list[re.Match[str]], language: str | None) -> Iterable[Name]:
    """Make a name of a run of words without stop words and calendar words at its ends."""
    stop = STOP_WORDS.get(language or "en", frozenset())
    dates = calendar_words(language)

    def idle(word: str) -> bool:
        folded = fold(word)
        return (
            word.casefold() in _PARTICLES
            or folded in dates
            or (folded in stop and not is_acronym(word))
            or len(word) < 2
        )

    initial = bool(run) and _begins_sentence(text, run[0].start())
    while run and idle(run[-1].group()):
        run = run[:-1]
    stripped = 0
    while run and idle(run[0].group()):
        run, stripped = run[1:], stripped + 1
    if not run:
        return
    parts = _parts(run)
    for number, part in enumerate(parts):
        first = initial and part[0] is run[0] and not stripped
        if first and len(part) > 1 and not is_acronym(part[0].group()):
            part, first = part[1:], False  # the first word may be no part of it: "Although Parliament"
        words = _significant(text[part[0].start() : part[-1].end()])
        if not words:
            continue
        first_name = number + 1 < len(parts) and text[part[-1].end() :].lstrip().startswith(
            ("de ", "di ", "da ", "del ")
        )
        plain = len(words) == 1 and not is_acronym(words[0])
        weak = (plain and (first or first_name or language == "de")) or all(map(is_generic, words))
        yield Name(
            text=text[part[0].start() : part[-1].end()],
            start=part[0].start(),
            end=part[-1].end(),
            strong=not weak,
            opens=plain and first,
        )


def _parts(run: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Part "France and Germany", but also "Bank of England" and "Charles de Gaulle"."""
    parts: list[list[re.Match[str]]] = [[]]
    for word in run:
        if word.group() in _PARTING:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \u00a0\u202f")
    elided = before[-1:] in ("'", "’") and before[-2:-1].isalpha()
    return not before or before[-1] in _ENDS or (before[-1] in _OPENS and not elided)


def is_acronym(word: str) -> bool:
    """Tell whether a word has two capitals or more, as NATO or BfV; institutions have others in each language."""
    return len(word) >= 2 and sum(sign.isupper() for sign in word) >= 2


@lru_cache(maxsize=20_000)
def _significant(name: str) -> tuple[str, ...]:
    words = [word for word in re.split(r"[\s\u00a0\u202f'’‐–-]+|(?<=\w)\.(?=\s|$)", name) if word]
    return tuple(
        word for word in words if word not in _PARTICLES and fold(word) not in _TITLES and len(word) > 1
    )


@lru_cache(maxsize=20_000)
def is_generic(word: str) -> bool:
    """Tell whether a word names a kind of institution ("Ministry"), which is translated, not transcribed."""
    return fold(word).startswith(_GENERIC_FOLDED)


_GENERIC_FOLDED = tuple(fold(word) for word in _GENERIC)


class Mentions:
    """What a text mentions, for looking names up in it."""

    def __init__(self, text: str, language: str | None) -> None:
        self._words = [match.group() for match in _WORD.finditer(text)]
        self._language = language
        self._text = text

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(part for word in self._words for part in (fold(word), fold(word.split("'")[0])))

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(_stem(key) for word in self._words if (key := name_key(word)))

    @cached_property
    def _latin(self) -> tuple[str, ...]:
        return tuple(
            {latin(word) for word in self._words if len(word) >= _COMMON_START and word[0].isupper()}
        )

    @cached_property
    def _acronyms(self) -> frozenset[str]:
        return frozenset(
            "".join(sorted(word.upper())) for word in self._words if is_acronym(word) and len(word) < 6
        )

    @cached_property
    def _initials(self) -> str:
        return "".join(
            fold(word)[:1].upper() for word in self._words if word not in _PARTICLES and len(word) > 2
        )

    @cached_property
    def _aliases(self) -> frozenset[str]:
        words = [fold(word) for word in self._words]
        return frozenset(code for _, _, code in alias_ids(words, self._language))

    def share(self, name: Name, language: str | None) -> float:
        """Return the share (0 to 1) of a name's words that the text mentions."""
        words = name.words
        if not words:
            return 1.0
        folded = [fold(word) for word in re.findall(r"[^\W_]+", name.text)]
        whole = {code for first, last, code in alias_ids(folded, language) if last - first >= len(words)}
        if whole & self._aliases:
            return 1.0
        proper = [word for word in words if not is_generic(word)] or words
        return sum(self._mentions(word, language) for word in proper) / len(proper)

    def holds(self, name: Name, language: str | None) -> bool:
        """Tell whether the text mentions a name: most of its words, in whatever spelling.

        In the text's own language the last word, most often the surname, must be among them.
        """
        if self.share(name, language) < 0.5:
            return False
        words = name.words
        last = words[-1] if words else ""
        return language != self._language or not last or is_generic(last) or self._mentions(last, language)

    def _mentions(self, word: str, language: str | None) -> bool:
        folded = fold(word)
        key = name_key(word)
        if folded in self._folded or (key is not None and _stem(key) in self._keys):
            return True
        if self._unspaced(folded) or (language == "de" and self._ends_a_compound(folded)):
            return True
        if is_acronym(word) and self._spells(word):
            return True
        codes = {code for _, _, code in alias_ids([folded], language)}
        if codes:  # a place that is known by name is no misspelling of another: Austria, Australia
            return bool(codes & self._aliases)
        return self._close(latin(word), misspelt=language != self._language)

    def _ends_a_compound(self, folded: str) -> bool:
        """Look a German noun up at the end of longer ones: Fähre in Mittelmeerfähre."""
        return len(folded) > _COMMON_START and any(word.endswith(folded) for word in self._folded)

    def _unspaced(self, folded: str) -> bool:
        """Look a word up in a script that does not part words."""
        return (
            bool(re.match(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]", folded))
            and folded in self._text
        )

    def _spells(self, word: str) -> bool:
        """Tell whether an acronym stands there in another order (OTAN, NATO) or written out."""
        letters = "".join(sign for sign in word.upper() if sign.isalpha())
        sorted_letters = "".join(sorted(letters))
        if len(letters) < 3 or sorted_letters in self._acronyms:
            return len(letters) >= 3
        windows = (
            self._initials[at : at + len(letters)] for at in range(len(self._initials) - len(letters) + 1)
        )
        return any("".join(sorted(window)) == sorted_letters for window in windows)

    def _close(self, word: str, *, misspelt: bool) -> bool:
        """Look for an inflected form, or, from language to language, for another transcription."""
        from rapidfuzz.distance import Levenshtein

        if len(word) < _COMMON_START:
            return False
        for other in self._latin:
            if other[0] == word[0] and _inflected(word, other):
                return True
            if (
                misspelt
                and min(len(word), len(other)) >= _SHORTEST_CLOSE
                and (Levenshtein.normalized_similarity(word, other, score_cutoff=_CLOSE) >= _CLOSE)
            ):
                return True
        return False


def _stem(key: str) -> str:
    """Take the vowel and the case ending of Slavic languages off a key: Putin, Putina, Putinem."""
    stem = re.sub(r"(?:a|am|aga|amu|a[hv])$", "", key)
    return stem if len(stem) >= 3 else key


def _inflected(one: str, other: str) -> bool:
    """Tell whether two words differ only in their endings: Putin, Putina; Zeman, Zemanem."""
    shorter, longer = sorted((one, other), key=len)
    shared = 0
    while shared < len(shorter) and shorter[shared] == longer[shared]:
        shared += 1
    return (
        shared >= _COMMON_START
        and shared >= len(shorter) - 2
        and len(longer) - shared <= _ENDING
        and shared >= 0.6 * len(longer)
    )


def holds_name(
    name: Name | str, text: str, language: str | None = None, text_language: str | None = None
) -> bool:
    """Tell whether a text mentions a name, in whatever spelling."""
    found = name if isinstance(name, Name) else Name(text=name, start=0, end=len(name), strong=True)
    return Mentions(text, text_language).holds(found, language)
