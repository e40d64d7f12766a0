"""The language of a text or of a short question, told offline.

Three steps, each only where the one before leaves it open: the script (kana is Japanese, Hangul is
Korean), a vote of frequent words (which decides questions of three words, where letter statistics
fail), and py3langid, restricted to the languages of newspapers that it tells apart well. py3langid
was chosen over lingua (as accurate, but 4 s to load and 600 MB) and langdetect (less accurate on
short texts and not reproducible without a seed): see the figures in tests/index/test_language.py.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = tuple(
    (
        "ar bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id is it ja ka kk ko lt lv mk ms nl no pl pt ro ru"
        " sk sl sq sr sv sw ta te th tl tr uk ur vi zh"
    ).split()
)
_SAMPLE = 3_000
_CONFIDENT = 0.5
_LIKELY = frozenset("ar de en es fr it ja nl pt ru tr zh".split())
_PRIOR = 3.0
"""How much likelier a short text is held to be in one of these languages than in another."""
_SHORT = 200
"""Characters up to which the vote of frequent words comes before the statistics."""

_SCRIPTS = {  # scripts that one language of newspapers is written in
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af]",
    "zh": r"[\u3400-\u4dbf\u4e00-\u9fff]",
    "el": r"[\u0370-\u03ff]",
    "he": r"[\u0590-\u05ff]",
    "th": r"[\u0e00-\u0e7f]",
    "ka": r"[\u10a0-\u10ff]",
    "hy": r"[\u0530-\u058f]",
    "ta": r"[\u0b80-\u0bff]",
    "te": r"[\u0c00-\u0c7f]",
}
_FREQUENT = {
    "en": "the of and to in is are was were did does do has have had what who why when where which how many much"
    " by for with on at from about that this it its their been will would say said there whose tell me",
    "fr": "le la les l' d' qu' c' n' s' j' un une des du de et est sont a ont été que qui quoi quel quelle quels quelles"
    " pourquoi quand combien où comment dans sur par pour avec au aux en ce cette il elle ils se t-il t-elle t-on dit",
    "de": "der die das den dem des ein eine einen und ist sind war waren hat haben wurde wird warum wer wann wo wie was"
    " welche welcher viele worüber über mit zu zum zur von vom im in nicht sich nach auf für bei aus wen wohin",
    "es": "el la los las un una de del y es son fue fueron ha han qué que quién quien cuándo cuando dónde donde por"
    " cuántos cuántas cuánto cómo en con para al se su sobre hay está están lo cuál a",
    "it": "il lo la gli le i un una di del della dei delle degli e è sono ha hanno che chi perché quando dove quanti"
    " quante quanto come cosa cos' dell' nell' dall' sull' all' nel nella con per ad al si su in stato quale c' da",
    "pt": "o a os as um uma de do da dos das e é são foi foram há quem que quê quando onde quantos quantas quanto como"
    " por em no na com para ao à pelo sobre não está estão qual se seu sua pessoas",
    "nl": "de het een en is zijn was waren heeft hebben waarom wie wanneer waar hoe hoeveel wat welke met van voor op"
    " te in aan naar over niet er werd wordt door bij uit dat deze om",
    "tr": "ve bir bu ne neden niçin niye nasıl kim kimdir nerede nereye hangi kaç mi mı mu mü için ile da de ki"
    " zaman hakkında olarak çok daha var yok kimin nedir dedi gidiyor",
    "ru": "и в во не на что кто почему зачем когда где куда как сколько какой какая какие о об с со по из за для это"
    " был была было были его её от у к до чем кем ли",
    "uk": "і та що хто чому навіщо коли де куди як скільки який яка які про з із по за для це був була було були від"
    " у до й його її чи",
    "bg": "и в на не че какво кой защо кога къде как колко за с от по това е са беше бяха да ли ще той",
}
_WORD = re.compile(r"[^\W\d_]+(?:['’](?=\w))?|t-(?:ils?|elles?|on)\b")
_TELLTALE = {"uk": "іїєґ", "ru": "ыэё", "tr": "ğışİ", "de": "ß", "es": "¿¡ñ", "pt": "ãõ", "fr": "œùêî"}
_OTHER_LETTERS = re.compile("[ąęłśćźżřěůčšžđńőűșțăåøæðþ]")  # of languages that have no list above
_ARABIC_SCRIPT = re.compile(r"[\u0600-\u06ff]")
_FARSI = re.compile(r"[پچژگیک]")


def detect_language(text: str) -> str | None:
    """Return the language of `text` as an ISO 639-1 code, or None where it cannot be told."""
    return _detect(text)[0]


def choose_language(text: str, declared: str | None) -> str | None:
    """Return the language of an article: what its text shows where that is sure, else what it declares.

    A declaration ("en-US", "FR") counts only as an ISO 639-1 code. Of a text under 200 characters the
    declaration is believed.
    """
    code = language_code(declared)
    if code and len(text) < _SHORT:
        return code
    detected, sure = _detect(text)
    return detected if detected and (sure or code is None) else code


def language_code(declared: str | None) -> str | None:
    """Return the ISO 639-1 code in a declaration such as "en-US", or None where there is none."""
    match = re.fullmatch(r"([a-zA-Z]{2})(?:[-_][\w-]*)?", (declared or "").strip())
    code = match.group(1).lower() if match else None
    code = {"iw": "he", "in": "id", "nb": "no", "nn": "no"}.get(code or "", code)
    return code if code in _ISO_639_1 else None


def _detect(text: str) -> tuple[str | None, bool]:
    sample = _sample(text)
    letters = sum(1 for c in sample if c.isalpha())
    if letters < 2:
        return None, False
    by_script = _by_script(sample, letters)
    if by_script:
        return by_script, letters >= _SHORT // 4
    if letters < _SHORT:
        voted = _vote(sample)
        if voted:
            return voted, False
        ranked = [(code, p * (_PRIOR if code in _LIKELY else 1)) for code, p in _rank(sample)]
        return max(ranked, key=lambda pair: pair[1])[0], False
    code, probability = _rank(sample)[0]
    return code, probability >= _CONFIDENT


def _rank(sample: str) -> list[tuple[str, float]]:
    return [(str(code), float(probability)) for code, probability in _identifier().rank(sample)]


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    half, middle = _SAMPLE // 2, len(text) // 2
    return text[:half] + " " + text[middle : middle + half]


def _by_script(sample: str, letters: int) -> str | None:
    counts = {code: len(re.findall(signs, sample)) for code, signs in _SCRIPTS.items()}
    if counts["ja"] and counts["ja"] + counts["zh"] > letters / 3 and counts["ja"] > 0.05 * counts["zh"]:
        return "ja"
    if counts["ko"] > letters / 3:
        return "ko"
    best = max(counts, key=lambda code: counts[code])
    if counts[best] > letters / (3 if best == "zh" else 2):
        return best
    arabic = len(_ARABIC_SCRIPT.findall(sample))
    if arabic > letters / 2 and letters < _SHORT and not _FARSI.search(sample):
        return "ar"
    return None


def _vote(sample: str) -> str | None:
    """Return the language with clearly the most frequent words in `sample`, or None."""
    lowered = sample.replace("’", "'").replace("İ", "i").lower()
    if _OTHER_LETTERS.search(lowered):
        return None
    words = _WORD.findall(lowered)
    votes: Counter[str] = Counter()
    for word in words:
        holders = _holders().get(word, ())
        for code in holders:
            votes[code] += 6 // len(holders) if len(holders) < 6 else 1
    for code, signs in _TELLTALE.items():
        if any(sign in lowered for sign in signs):
            votes[code] += 4
    if not votes:
        return None
    (first, score), *others = votes.most_common(2)
    return first if score >= 6 and score > 1.3 * (others[0][1] if others else 0) else None


@lru_cache(maxsize=1)
def _holders() -> dict[str, tuple[str, ...]]:
    words = {word for frequent in _FREQUENT.values() for word in frequent.split()}
    split = {code: frozenset(frequent.split()) for code, frequent in _FREQUENT.items()}
    return {word: tuple(code for code in split if word in split[code]) for word in words}


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


_ISO_639_1 = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el"
        " en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it"
        " iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt"
        " my na nd ne ng nl no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn"
        " so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
    ).split()
)
