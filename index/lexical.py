"""Text → terms for the full-text index, and questions → terms to look for.

A word gives up to three terms: its surface form (lower case, without accents), its stem in the
language of the text (marked, so that stems of different languages do not mix with words), and,
where it begins with a capital letter, a key that a name keeps across spellings and alphabets
(Poutine, Putin, Путин). Scripts without spaces give single signs and pairs of signs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

STEM_MARK, NAME_MARK = "zs", "zn"
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian", "id": "indonesian",
    "it": "italian", "nl": "dutch", "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_SIGNS}]+|\d{{1,3}}(?:[ .,\u00a0\u202f'’]\d{{3}})+(?!\d)|[^\W{_SIGNS}_]+(?:['’ʼ`][^\W_]+)*")
_IS_SIGNS = re.compile(rf"[{_SIGNS}]")
_ELIDED = frozenset(
    "l d j n s c m t qu jusqu lorsqu puisqu quoiqu presqu dell nell all dall sull un quest quell bell gl dov com o".split()
)
_CYRILLIC = dict(
    zip("абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e j z i i k l m n o p r s t u f h c ch ch ch _ i _ e iu ia i i e g u".replace("_", "_").split(), strict=False)
)  # fmt: skip
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i t i k l m n x o p r s s t i f h ps o".split(), strict=True))
_SAME_SOUND = [
    ("tch", "ch"), ("tsch", "ch"), ("sch", "ch"), ("sh", "ch"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("ck", "k"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("y", "i"), ("j", "i"), ("w", "v"), ("q", "k"), ("x", "ks"), ("z", "s"),
]  # fmt: skip
STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "a an the of in on at to for from by with about as is are was were be been being am do does did has have had "
        "will would can could should may might must shall what which who whom whose when where why how many much and or not "
        "this that these those it its he she they them his her their there here than then so if into over after before "
        "i you we us our your me my also any some more most other such only own same up down out off again between during",
        "fr": "le la les l un une des du de d a au aux en dans sur sous par pour avec sans chez est sont etait etaient ete "
        "etre sera ont avait a ai as avons avez avaient que qu quel quelle quels quelles qui quoi dont ou quand comment "
        "pourquoi combien et ne pas plus ce cet cette ces c se s il elle ils elles on nous vous leur leurs son sa ses mon "
        "ma mes y t lui fait font faire peut cela ca comme si entre vers depuis selon apres avant lors",
        "de": "der die das den dem des ein eine einen einem einer eines und oder in im an am auf aus bei mit nach von vom zu "
        "zum zur fur uber unter ist sind war waren wird wurde wurden werden hat haben hatte hatten was wer wen wem wo wann "
        "wie warum welche welcher welches welchen viele viel nicht er sie es ihr sein seine ihre sich als auch so um dass wohin woher",
        "es": "el la los las un una unos unas de del al a en por para con sin sobre es son era eran fue fueron ser ha han "
        "habia que cual cuales quien quienes cuando donde como por cuanto cuanta cuantos cuantas y o no se su sus lo le les "
        "este esta estos estas ese esa entre desde hasta mas",
        "it": "il lo la i gli le un una uno di del della dei degli delle da dal in nel nella su sul per con e o non che chi "
        "cosa quale quali quando dove come perche quanto quanti quante e sono era erano stato ha hanno si suo sua al alla ai",
        "pt": "o a os as um uma de do da dos das em no na nos nas por para com e ou nao que quem qual quais quando onde como "
        "porque quanto quantos quantas e sao era foi foram ser ha tem se seu sua ao aos",
        "nl": "de het een van in op aan bij met voor naar uit over en of niet is zijn was waren wordt werd heeft hebben had "
        "wat wie waar wanneer hoe waarom welke welk hoeveel dat die dit er zich te door als ook om",
        "ru": "и в во на с со к ко у о об от до из за по при для что кто кого кому кем чем где куда откуда когда как почему "
        "зачем сколько какой какая какое какие каком каких не ли же бы это этот эта эти был была было были есть он она они "
        "его ее их а но или также",
        "tr": "ve veya ile bir bu su o da de ki mi mu ne neden nicin nasil nerede nereye nereden ne zaman kim kimi kac hangi "
        "icin gibi kadar daha en cok var yok oldu olan olarak",
        "ar": "من في على الى عن مع ما ماذا هل متى اين كيف لماذا كم هو هي هذا هذه ذلك التي الذي كان كانت و او",
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class QuestionTerm:
    """A word of a question: the terms that count as holding it, and the ones that are exact."""

    surface: str
    stem: str | None
    name: str | None

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Return all terms that count as this word."""
        return tuple(term for term in (self.surface, self.stem, self.name) if term)


def index_terms(text: str, language: str | None) -> str:
    """Return the terms of a passage, separated by blanks."""
    return " ".join(term for word in _words(text) for term in _terms_of(*word, language))


def question_terms(question: str, language: str | None) -> list[QuestionTerm]:
    """Return the words of a question that matter, each once; all words where only stop words are left."""
    words = list(_words(question))
    stop = STOP_WORDS.get(language or "", frozenset()) or frozenset().union(*STOP_WORDS.values())
    kept = [word for word in words if word[0] not in stop] or words
    found: dict[str, QuestionTerm] = {}
    for surface, capital in kept:
        if _IS_SIGNS.match(surface) and len(surface) == 1 and len(kept) > 1:
            continue  # pairs of signs say more
        stem = _stem(surface, language)
        found.setdefault(surface, QuestionTerm(surface, stem, _name_key(surface) if capital else None))
    return list(found.values())


def fold(word: str) -> str:
    """Return a word in lower case without accents."""
    plain = word.replace("İ", "i").replace("ı", "i").casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def _words(text: str) -> Any:
    """Yield (folded word, begins with a capital letter)."""
    for match in _WORD.finditer(text):
        word = match.group()
        if _IS_SIGNS.match(word):
            yield from ((sign, False) for sign in word)
            yield from ((word[n : n + 2], False) for n in range(len(word) - 1))
        elif word[0].isdigit():
            yield re.sub(r"\D", "", word) if re.fullmatch(r"[\d .,'’\u00a0\u202f]+", word) else fold(word), False
        else:
            word = _without_clitics(word)
            folded = fold(word)
            if folded:
                yield folded, word[0].isupper()


def _without_clitics(word: str) -> str:
    parts = re.split(r"['’ʼ`]", word)
    while len(parts) > 1 and fold(parts[0]) in _ELIDED:
        parts = parts[1:]
    return parts[0] if len(parts[0]) > 1 or len(parts) == 1 else "".join(parts)


def _terms_of(surface: str, capital: bool, language: str | None) -> list[str]:
    terms = [surface]
    stem = _stem(surface, language)
    if stem:
        terms.append(stem)
    if capital:
        key = _name_key(surface)
        if key:
            terms.append(key)
    return terms


@lru_cache(maxsize=200_000)
def _stem(surface: str, language: str | None) -> str | None:
    if language not in _STEMMERS or surface.isdigit() or len(surface) < 3:
        return None
    stem = _stemmer(language).stemWord(surface)
    return f"{STEM_MARK}{stem}"


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(_STEMMERS[language])


@lru_cache(maxsize=100_000)
def _name_key(surface: str) -> str | None:
    latin = "".join(_CYRILLIC.get(c, _GREEK.get(c, c)) for c in surface).replace("_", "")
    if len(latin) < 4 or not latin.isascii() or not latin.isalpha():
        return None
    for spelling, sound in _SAME_SOUND:
        latin = latin.replace(spelling, sound)
    latin = re.sub(r"c(?=[ei])", "s", latin).replace("ch", "C").replace("c", "k").replace("C", "c")
    latin = re.sub(r"(.)\1+", r"\1", latin)
    key = latin[0] + re.sub(r"[aeiou]", "", latin[1:])
    ending = re.sub(r"(?:[aeiou]+|s)$", "", latin)
    return f"{NAME_MARK}{ending}" if len(ending) < 6 else f"{NAME_MARK}{key}" if len(key) >= 4 else f"{NAME_MARK}{ending}"
