"""Whether a sentence denies what another affirms, as far as words of negation tell.

Words are of three kinds. Negations deny: not, never, nobody, and verbs such as refuse and deny.
Exempt phrases hold such a word and deny nothing: not only, no fewer than. Hints may stand for a
negation in another wording or language: without, hardly, fail, impossible. A conflict is reported
only where one side negates what it mainly says and the other has neither a negation nor a hint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .number_lists import folded


@dataclass(frozen=True, kw_only=True)
class _Words:
    negations: str
    exempt: str
    hints: str


_WORDS = {
    "en": _Words(
        negations=r"not|n['’]t|cannot|never|no(?!\.?\s?\d)|none|nobody|nothing|nowhere|neither|refus(?:e|es|ed|ing) to"
        r"|den(?:y|ies|ied|ying)",
        exempt=r"not (?:only|just|merely|simply|least|to mention|so much|surprisingly|always|all|every\w*|necessarily)|no (?:fewer|less|more|later|sooner) than"
        r"|whether or not|or not|why not|if not|no (?:doubt|matter|wonder)|nothing (?:but|less)|not until|not to say|more often than not"
        r"|not unlike|not in(?:sig|cons|freq|comp|conc)\w*|not un\w+|nothing other|(?:is|are|do|does|did|was|were|has|have|ca|wo|would|could|should)n['’]t (?:it|he|she|they|we|you|i)\b",
        hints=r"without|lack\w*|fail\w*|refus\w*|reject\w*|declin\w*|unable|un(?!der|til|ion|it|iv|iq|ess|less)\w{5,}|im(?:possib|prob)\w*"
        r"|in(?:ab|acc|adeq|approp|suff|vis|cap|corr|compat)\w*|dis(?:agre|allow|appear|approv|continu|count|miss|prov|put|rupt|suad)\w*|\w+less"
        r"|hardly|scarcely|barely|rarely|seldom|few|little|nor|no|instead of|rather than|prevent\w*|avoid\w*|absen\w+|miss(?:ed|es|ing)?|except"
        r"|far from|only|until|yet to|too \w+ to|no longer|ban(?:ned|s)?|wrong\w*|free of|superfluous|everlasting|block\w*",
    ),
    "fr": _Words(
        negations=r"n(?:e\s|['’])(?:\S+\s+){1,5}?(?:pas|jamais|plus(?! que| de| d['’])|rien|personne|aucune?|guère|nul(?:le)?|point)"
        r"|pas|jamais|aucune?|refus\w+ d[e'’]|(?:nie|nient|nié\w*|niant|démenti\w*|dément\w*)",
        exempt=r"(?:n(?:e\s|['’])(?:\S+\s+){1,4}?)?pas (?:seulement|uniquement|que\b|moins d|plus d|un seul|forcément|toujours|tou\w+|nécessairement)|non (?:seulement|plus)"
        r"|(?:un|le|ce|premier|grand|petit|les|des|nouveau|au|faux) pas|pas mal|sans aucune? doute|pourquoi pas|n['’]est[- ]ce pas|pas à pas|plus que jamais|à jamais|si jamais",
        hints=r"sans|ne|n['’]|ni|non|peu|rare\w*|manqu\w*|échou\w*|échec|refus\w*|rejet\w*|impossib\w*|in(?:acc|cap|suff|util|connu|exist|dispon|compl|just)\w*"
        r"|illég\w*|absen\w*|à peine|empêch\w*|évit\w*|sauf|seul\w*|loin d\w*|aucun\w*|au lieu|avant que|plutôt|interdi\w*|cess\w*|bloqu\w*|exclu\w*"
        r"|mauvais\w*|tout simplement|pas",
    ),
    "de": _Words(
        negations=r"nicht|kein\w*|nie|niemals|niemand\w*|nichts|nirgend\w*|weder|weiger\w+ sich|verweiger\w+|dementier\w*|bestreite\w*|bestritt\w*|leugne\w*",
        exempt=r"nicht (?:nur|bloß|allein|zuletzt|einmal|weniger als|mehr als|immer|all\w*|jede\w*|unbedingt)|nichts als|ob nicht|nichts anderes als|nicht un\w+",
        hints=r"ohne|un(?!ter|s|d|g[ae]r|ion|iv|gefähr)\w{4,}|\w{4,}los(?:e\w?)?|fehl\w*|mangel\w*|scheiter\w*|kaum|selten|wenig\w*|weiger\w*|ablehn\w*"
        r"|lehn\w*|statt|anstatt|erst|nur|verhinder\w*|vermeid\w*|außer|verbiet\w*|verbot\w*|sondern|nein|vermiss\w*|bleib\w*",
    ),
    "es": _Words(
        negations=r"no(?!\.?\s?\d)|nunca|jamás|nadie|nada|ningun\w*|ningún|tampoco|(?:negó|niega\w*|negaron|negado|neg\w*ndo) ?|desmint\w*|rehus\w*",
        exempt=r"no (?:s[oó]l\w+|únicamente|obstante|más de|menos de|más que|siempre|tod\w+|necesariamente)|nada más|sino que|ya no|¿no|si no|por no",
        hints=r"sin|falta\w*|fracas\w*|rechaz\w*|neg\w*|impos\w*|in(?:cap|sufic|útil|suf|exist|compl|just)\w*|des(?:cart|conoc|apar|mint|ment)\w*|apenas|poc[oa]s?"
        r"|rara\w*|ni|evit\w*|imp[ie]d\w*|excepto|salvo|carec\w*|ausen\w*|s[oó]l[oa]s?|solamente|hasta|sino|lejos|dej\w+ de|no",
    ),
    "it": _Words(
        negations=r"non|mai|nessun\w*|niente|nulla|neppure|nemmeno|neanche|rifiut\w+ di|neg(?:a|ano|ato|ò|arono)|smenti\w*",
        exempt=r"non (?:solo|soltanto|solamente|appena|meno di|più di|sempre|tutt\w+|necessariamente|è un caso)|se non|come mai|più che mai|quanto mai",
        hints=r"senza|né|non|manc\w*|fall\w*|rifiut\w*|respin\w*|impossib\w*|in(?:cap|suff|util|esist|compl|giust)\w*|poc\w*|rar\w*|evit\w*|imped\w*|tranne"
        r"|salvo|assen\w*|sol[oai]|soltanto|finché|anziché|invece|priv[oai]|negat\w*|escl\w*",
    ),
    "pt": _Words(
        negations=r"não|nunca|jamais|ninguém|nada|nenhum\w*|tampouco|neg(?:ou|a|am|aram|ado)|desment\w*|recus\w+",
        exempt=r"não (?:só|apenas|somente|obstante|mais de|menos de|sempre|tod\w+|necessariamente)|nada mais|senão|a não ser",
        hints=r"sem|nem|falt\w*|fracass\w*|rejeit\w*|neg\w*|imposs\w*|in(?:cap|sufic|útil|exist|compl)\w*|des(?:cart|conhec|apar|ment)\w*|pouc\w*|rar\w*|evit\w*"
        r"|imped\w*|exceto|só|apenas|até|deix\w+ de|não",
    ),
    "nl": _Words(
        negations=r"niet|geen|nooit|niemand|niets|nergens|noch|weiger\w+ te|ontken\w*",
        exempt=r"niet (?:alleen|slechts|minder dan|meer dan|altijd|all\w*|in het minst)|niets anders dan|niet on\w+",
        hints=r"zonder|on(?!der|s|ge|t)\w{4,}|\w+loos|\w+loze|gebrek|ontbre\w*|mislu\w*|nauwelijks|zelden|weinig|weiger\w*|afgewez\w*|pas|alleen|slechts|behalve",
    ),
    "ru": _Words(
        negations=r"не|нет|никогда|никто|никого|никому|ничего|ничто|никак\w*|нельзя|отказа\w+|отрица\w*|опроверг\w*",
        exempt=r"не (?:только|менее|более|позднее|позже|раньше|раз\b|просто|исключен\w*|случайно|столько|всегда|вс[её]\w*|кажд\w+|обязательно|меньше|больше)|тем не менее"
        r"|чуть ли не|едва ли не|пока не|если не|не то|не без|не мог\w* не|кто бы ни|что бы ни|как бы ни|а не",
        hints=r"без\w*|не(?!дел|мец|ско|кот|фт)\w{3,}|ни|ни(?:к|ч|г)\w{2,}|отсутств\w*|едва|лишь|только|мало\w*|редко|отказ\w*|отверг\w*|откло\w*|кроме|пока"
        r"|избе\w*|вместо|нет|не|прекра\w*|запре\w*|нельзя",
    ),
    "cs": _Words(
        negations=r"není|nejsou|nejsem|nejsme|nebyl\w*|nebud\w*|nebyla?|nemá|nemají|nemám\w*|neměl\w*|nemohl\w*|nemůž\w*|nemohou|nechce\w*|nechtě\w*|nikdy|nikdo|nikoho"
        r"|nic|ničeho|žádn\w*|nelze|nesmí\w*|nevěd\w*|neví\w*|nedok\w*|nedoš\w*|nepodař\w*|nedošl\w*|neexistuj\w*|neuděl\w*|neřek\w*|ne|nikoli\w*|odmít\w+|popře?l\w*|popír\w*",
        exempt=r"ne(?:jen|jenom)|ne vždy|ne každ\w+|ne všichni|ne méně než|ne více než|jestli ne|nic než|ne nadarmo",
        hints=r"ne(?!jen\b|jv|děl|mec|bo\b|ž\b|sm)\w{3,}|bez\w*|ani|ni(?:k|č|c)\w{2,}|chyb\w*|sotva|málo\w*|zřídka|odmít\w*|zamít\w*|kromě|pouze|jenom|přest\w*|zak\w*|ne",
    ),
    "tr": _Words(
        negations=r"değil\w*|yok\w*|asla|hiç\w*|\w+(?:madı|medi|mıyor|miyor|muyor|müyor|mayacak|meyecek|mamış|memiş|maz|mez)\w*|reddet\w*|yalanla\w*",
        exempt=r"sadece \S+ \S* ?değil|yalnızca \S+ \S* ?değil|değil mi|az değil",
        hints=r"\w+[sz][iı]z\w*|ne|ancak|sadece|yalnızca|ama|kadar|\w+m[ae]\w*|\w*[sş]uz\w*|nadiren|eksik\w*|başarısız\w*|karşı|ret\w*",
    ),
    "ar": _Words(
        negations="لا|لم|لن|ليس|ليست|ليسوا|نفى|نفت|ينفي|رفض|رفضت",
        exempt="ليس فقط|ليست فقط|لا يزال|لا تزال|لا يزالون|لا سيما|لا بد|لا شك|لا يقل|لا تقل|لا زال",
        hints=r"غير|بدون|دون|عدم|بلا|رفض\w*|نف[يى]\w*|إلا|فقط|قليل\w*|لكن|ولا|ولم|ولن|وليس|فلا|فلم|ما|ضد|فشل\w*|منع\w*",
    ),
}
_HAN = _Words(
    negations="不|没|未(?!来)|从未|并非|否认|拒绝",
    exempt="不仅|不但|不只|不单|不过|不断|不同|不少|不久|不得不|不到|不如|不管|不论|不光|不禁|不错|没错|不止|不会不|不可不|前所未",
    hints="不|没|未|无|非|否|勿|别|拒|失|缺|只|仅|但|除|反|禁|免|难",
)
_CLAUSE = re.compile(r"[;:,.!?…()–—،؛。，；：！？]+(?!\d)|\s-\s|[«»“”„\"]")
_CONCORD = frozenset({"fr", "es", "it", "pt", "ru", "cs"})
"""Languages in which two negations are one: никто не, nikdy ne-."""
_MAIN_SHARE = 0.5
"""Share of a sentence's words that its negated clause must have to be what it mainly says."""
_FEWEST, _REPEATED, _REPEATED_BY_MAIN = 2, 0.7, 0.5
"""Words of a clause that stands again in another sentence: fewest, and share that is found there."""
_LIKE_SIZE = 1.8
"""Most that sentences in two languages may differ in words; the longer one says more things."""
_LONGEST = 45
"""Words; sentences longer than this say too many things for one negation to be the main one."""


def negations(text: str, language: str | None) -> int:
    """Count the words of `text` that deny; a phrase such as "not only" counts none. 0 without a table."""
    return _count(text, language)


def polarity_conflict(
    sentence: str, language: str | None, passage_sentence: str, passage_language: str | None
) -> bool:
    """Tell whether one sentence denies what the other affirms, as far as can be told from words alone.

    Meant for two sentences that are known to speak of the same thing. Wrong alarms are avoided at
    the cost of missed conflicts: no antonyms, no double negations, no negation in a side clause.
    """
    one, other = _judged(sentence, language), _judged(passage_sentence, passage_language)
    if one is None or other is None:
        return False
    same = language == passage_language
    return _denies(one, other, same=same) or _denies(other, one, same=same)


def _denies(one: _Judged, other: _Judged, *, same: bool) -> bool:
    """Tell whether `one` negates and `other` affirms; a hint in both explains no difference."""
    if other.negated:
        return False
    if same:
        share = _REPEATED_BY_MAIN if one.mainly else _REPEATED
        return other.hints <= one.hints and _repeats(one.denied, other, share)
    alike = max(one.size, other.size) <= _LIKE_SIZE * min(one.size, other.size)
    return one.mainly and alike and len(other.hints) == len(one.hints)


@dataclass(frozen=True, kw_only=True)
class _Clause:
    """A negated clause; a hint beside the negation may cancel it, as in "did not fail"."""

    words: frozenset[str]
    hints: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class _Judged:
    mainly: bool
    """What it mainly says is negated, once."""
    negated: bool
    """Something in it is negated."""
    hints: frozenset[str]
    size: int
    words: frozenset[str]
    denied: tuple[_Clause, ...]


def _judged(text: str, language: str | None) -> _Judged | None:
    if _patterns(language) is None or text.rstrip(" \"'»”").endswith(("?", "？", "؟")):
        return None
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    counts = [_count(clause, language) for clause in clauses]
    if language in _CONCORD:
        counts = [min(count, 1) for count in counts]
    sizes = [_size(clause, language) for clause in clauses]
    whole = sum(sizes) or 1
    denied = [
        (clause, size) for clause, size, count in zip(clauses, sizes, counts, strict=True) if count == 1
    ]
    share = sum(size for _, size in denied) / whole
    return _Judged(
        mainly=max(counts, default=0) == 1 and share >= _MAIN_SHARE and whole <= _LONGEST,
        negated=any(counts) or _count(text, language) > 0,
        hints=_hints(text, language),
        size=whole,
        words=_words(text),
        denied=tuple(_Clause(words=_words(c), hints=_cancelling(c, language)) for c, _ in denied),
    )


def _words(text: str) -> frozenset[str]:
    """Return the words that carry meaning: those of four letters and more, and all of a script without blanks."""
    return frozenset(word for word in re.findall(r"[^\W\u4e00-\u9fff]{4,}|[\u4e00-\u9fff]", folded(text)))


def _repeats(denied: tuple[_Clause, ...], other: _Judged, share: float) -> bool:
    """Tell whether a negated clause stands nearly word for word in the other sentence, hints included."""
    return any(
        len(clause.words) >= _FEWEST
        and len(clause.words & other.words) >= share * len(clause.words)
        and clause.hints <= other.hints
        for clause in denied
    )


def _size(clause: str, language: str | None) -> int:
    return (len(clause) + 1) // 2 if language == "zh" else len(clause.split())


def _count(text: str, language: str | None) -> int:
    patterns = _patterns(language)
    if patterns is None:
        return 0
    found, exempt, _ = patterns
    return len(found.findall(exempt.sub(" … ", folded(text))))


def _hints(text: str, language: str | None) -> frozenset[str]:
    patterns = _patterns(language)
    if patterns is None:
        return frozenset()
    found, exempt, hints = patterns
    rest = found.sub(" … ", exempt.sub(" … ", folded(text)))
    return frozenset(match.group() for match in hints.finditer(rest))


def _cancelling(clause: str, language: str | None) -> frozenset[str]:
    """Return the hints that can undo a negation; the Czech prefix ne- goes along with one."""
    hints = _hints(clause, language)
    return frozenset(hint for hint in hints if not hint.startswith("ne")) if language == "cs" else hints


@cache
def _patterns(language: str | None) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]] | None:
    if language == "zh":
        return re.compile(_HAN.negations), re.compile(_HAN.exempt), re.compile(_HAN.hints)
    words = _WORDS.get(language or "")
    if words is None:
        return None
    before = r"(?:(?<!\w)|(?=n['’]t))"
    negated, exempt, hints = (
        re.compile(rf"{before}(?:{part})(?!\w)") for part in (words.negations, words.exempt, words.hints)
    )
    return negated, exempt, hints
