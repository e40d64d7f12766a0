"""What a question asks for, and which sentences hold something of that kind."""

from __future__ import annotations

import re
from enum import StrEnum


class Asks(StrEnum):
    """The kind of thing that a question asks for."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    REASON = "reason"
    OTHER = "other"


class Measure(StrEnum):
    """What the number that a question asks for counts, where that has a form of its own."""

    MONEY = "money"
    AGE = "age"
    SHARE = "share"


_NUMBER = (
    r"how (?:many|much|long|old|far|big|tall|large|high|often|fast|deep|wide|heavy)|what (?:percentage|number|share|age)"
    r"|combien|quel(?:le)? (?:est la |est le |était la |était le |est l['’]|était l['’])?(?:âge|nombre|pourcentage|part|distance|taille|somme|montant|prix|superficie|population|longueur|hauteur|durée|vitesse|température)"
    r"|wie ?(?:viele?n?|viel|lange?|alt|hoch|weit|groß|oft|teuer|tief|schwer)"
    r"|cu[aá]nt[oa]s?|qu[eé] (?:porcentaje|edad|n[uú]mero|cantidad)|quant[oiae]s?\b|quanto|qual(?: è)? (?:il )?(?:numero|prezzo)"
    r"|hoeveel|hoe (?:lang|oud|ver|groot|hoog|vaak)"
    r"|сколько|скольки|какова? (?:цена|стоимость|доля|численность|площадь)|ka[cç]\b|kaçı|ne kadar|yüzde kaç|كم|多少|几|幾"
)
_REASON = (
    r"\bwhy\b|what (?:caused|causes|led|was the (?:reason|cause))|how come|for what reason|pourquoi|à cause de quoi|pour quelle raison"
    r"|\bwarum\b|\bweshalb\b|\bwieso\b|\bwozu\b|por qu[eé]|perch[eé]|por que\b|porqu[eê]|waarom|почему|зачем|отчего|из-за чего"
    r"|neden|niçin|niye|لماذا|为什么|為什麼|为何|なぜ|どうして"
)
_TIME = (
    r"\bwhen\b|what (?:year|date|day|time|month|century|decade)|(?:which|in what) (?:year|month|day|century)|how long ago"
    r"|\bquand\b|quelle (?:année|date|heure|époque|période)|en quelle|quel (?:jour|mois|siècle)|à quelle (?:date|époque|heure)"
    r"|\bwann\b|welche[mns]? (?:jahr|tag|monat|datum|jahrhundert)|seit wann|cu[aá]ndo|(?:qu[eé]|cu[aá]l) (?:a[ñn]o|fecha|d[ií]a|mes|siglo)"
    r"|\bquando\b|(?:che|quale|in che) (?:anno|data|giorno)|(?:que|qual) (?:ano|data|dia)|wanneer|welk jaar"
    r"|когда|каком году|какого числа|какой день|с какого|ne zaman|hangi (?:yıl|tarih|ay|gün)|متى|أي عام|什么时候|何时|哪一年|いつ"
)
_PLACE = (
    r"\bwhere\b|(?:which|what) (?:country|city|town|place|state|region|island|port|village|continent)"
    r"|\boù\b|quel(?:le)? (?:pays|ville|endroit|lieu|région|île|continent|département|village)"
    r"|\bwo\b|\bwohin\b|\bwoher\b|welche[rmsn]? (?:land|stadt|ort|region|insel)|d[oó]nde|(?:qu[eé]|cu[aá]l) (?:pa[ií]s|ciudad|lugar|regi[oó]n)"
    r"|\bdove\b|quale (?:paese|citt[aà])|\bonde\b|\bwaar\b|\bгде\b|\bкуда\b|откуда|каком (?:городе|месте)|какой стране"
    r"|nerede|nereye|nereden|hangi (?:ülke|şehir|kent)|أين|哪里|哪儿|何处|哪个国家|どこ"
)
_PERSON = (
    r"\bwho(?:m|se)?\b|which (?:person|president|minister|player|actor|singer|artist|royal)|\bqui\b|quel(?:le)? (?:personne|homme|femme|président|ministre|roi|reine|auteur|artiste)"
    r"|\bwer\b|\bwen\b|\bwem\b|\bwessen\b|qui[eé]n(?:es)?\b|\bchi\b|\bquem\b|\bwie\b(?= (?:is|was|heeft|zijn|waren))"
    r"|\bкто\b|\bкого\b|\bкому\b|\bкем\b|\bkim(?:i|in|e|ler|dir)?\b|\bمن (?:هو|هي|الذي|قال|فاز)|谁|誰|だれ"
)
_ORDER = [
    (Asks.NUMBER, _NUMBER),
    (Asks.REASON, _REASON),
    (Asks.TIME, _TIME),
    (Asks.PLACE, _PLACE),
    (Asks.PERSON, _PERSON),
]
_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ORDER]

_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|in order to|so that|caused|blamed|for talks|thanks to|as a result|amid|to discuss|after)\b"
    r"|\bparce qu|\bcar\b|\bafin d|\bpour\b|en raison d|à cause d|\bpuisqu|grâce à|s'explique|provenait|faute d"
    r"|\b(?:weil|denn|um|wegen|aufgrund|damit|da|deshalb|daher)\b|\b(?:porque|para|debido|por|a causa|gracias a|ya que)\b"
    r"|\b(?:perché|per|poiché|a causa|grazie)\b|\b(?:omdat|want|wegens|door|vanwege)\b"
    r"|потому|поскольку|так как|из-за|чтобы|ради|для|причин|\b(?:için|nedeniyle|çünkü|üzere|yüzünden|dolayı|amacıyla)\b"
    r"|لأن|بسبب|من أجل|因为|由于|为了|以便|ため|ので|から",
    re.IGNORECASE,
)
_MONTHS = re.compile(
    r"\b(?:1[0-9]{3}|20[0-9]{2})\b"
    r"|\b(?:jan|f[eé]v|feb|mar[sczt]|m[aä]rz|a[pvb]r|ma[iy]|ju[ni]|ju[il]|a[uo][gû]|sep|o[ck]t|nov|d[eéi][czc]|ene|ago|dic|gen|giu|lug|set|ott|out)[a-zéûä]{0,7}\b\.?"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:lun|mar|mercre|jeu|vendre|same)di\b|\bdimanche\b"
    r"|\b(?:mon|diens|donners|frei|sams|sonn)tag\b|\bmittwoch\b|\b(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)\b"
    r"|январ|феврал|март|апрел|\bма[йя]\b|июн|июл|август|сентябр|октябр|ноябр|декабр|понедельник|вторник|сред[ау]|четверг|пятниц|суббот|воскресень"
    r"|\b(?:ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar)\b"
    r"|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|年|月",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand|million|billion|half"
    r"|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|cent|mille|millions?|moitié|tiers"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hundert|tausend|millionen|hälfte"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|cien|mil|millones|mitad|due|tre|quattro|cinque|sei|sette|otto|dieci"
    r"|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|сто|тысяч\w*|миллион\w*"
    r"|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|yüz|bin|milyon)\b|[二三四五六七八九十百千万]",
    re.IGNORECASE,
)
_MONEY_FORM = re.compile(
    r"[€$£¥₽₺₴₹]|\b(?:euros?|dollars?|pounds?|francs?|livres? sterling|yuan|yens?|roubles?|rubles?|rupees?|crowns?"
    r"|pfund|franken|rubel|kronen|d[oó]lar(?:es)?|pesos?|libras?|reais|lir[ae]s?|sterline|avro|dolar)"
    r"|евро|доллар|рубл|фунт|гривен|(?:万|亿)?(?:美元|欧元|元)|يورو|دولار|جنيه",
    re.IGNORECASE,
)
_AGE_FORM = re.compile(
    r"\d[ -]?(?:years?[ -]old|year-old|ans\b|jahre|jährige|años|anos|anni|jaar|лет|год|yaş)|, \d{1,3},|\(\d{1,3}\)"
    r"|\baged? (?:of )?\d|\d岁|\d歳",
    re.IGNORECASE,
)
_SHARE_FORM = re.compile(
    r"%|\bper ?cent|\bpour ?cent|\bprozent|\bpor ciento|\bpor cento|\bper cento|\bprocent|процент|\byüzde|百分|٪|بالمئة"
    r"|\b(?:half|third|quarter|moitié|tiers|quart|hälfte|drittel|viertel|mitad|tercio|metà|половин|треть)\w*",
    re.IGNORECASE,
)
_MEASURES = [
    (re.compile(pattern, re.IGNORECASE), measure)
    for pattern, measure in (
        (
            r"how old|\bage\b|\bâge\b|wie alt|\balter\b|\bedad\b|\bet[aà]\b|\bidade\b|сколько лет|возраст|\byaş|几岁|多大",
            Measure.AGE,
        ),
        (
            r"percent|per cent|pourcent|prozent|\bshare\b|\bpart\b|anteil|porcentaje|porcentagem|процент|\bдоля|yüzde|百分",
            Measure.SHARE,
        ),
        (
            r"\b(?:costs?|prices?|pay|paid|worth|money|spen[dt]|earn|dollars?|euros?|co[uû]t|prix|montant|argent|vaut|pay[eé]|kost|preis"
            r"|geld|teuer|bezahl|cuest|cost[oóa]|precio|dinero|vale\b|pag[oóa]|prezzo|denaro|soldi|preço|dinheiro)"
            r"|стои[тлм]|цен[аыу]|денег|рублей|заплат|\b(?:lira|fiyat|ödedi|tutt)|多少钱|价格",
            Measure.MONEY,
        ),
    )
]
"""What is counted, by words of the question: the number must come with its unit."""
_FORMS = {Measure.MONEY: _MONEY_FORM, Measure.AGE: _AGE_FORM, Measure.SHARE: _SHARE_FORM}
_NAME = re.compile(r"(?<![.!?…\"«“„]\s)(?<!^)\b[A-ZÀ-ÖØ-ÞА-ЯĞİŞÇÖÜ][\w'’-]+")
_QUESTION_MARK = re.compile(r"[?？؟]|[;\u037e]\W*$")  # Greek asks with a semicolon
_FRONT = 5
"""Words from the beginning in which a question word is expected; some languages ask in the middle."""


def question_asks(question: str) -> Asks:
    """Tell what kind of thing a question asks for, from its question word."""
    for kind, pattern in _PATTERNS:
        if pattern.search(question):
            return kind
    return Asks.OTHER


def measure_asked(question: str) -> Measure | None:
    """Tell which measure a question asks for a number of; None for any other question."""
    return _measure(question) if question_asks(question) is Asks.NUMBER else None


def _measure(question: str) -> Measure | None:
    return next((measure for asked, measure in _MEASURES if asked.search(question)), None)


def gives(measure: Measure, text: str) -> bool:
    """Tell whether a text has a number of a measure: a sum of money, an age, a share."""
    return _FORMS[measure].search(text) is not None


def is_statement(text: str) -> bool:
    """Tell whether a text asks nothing, as a headline: no question mark, no question word in front."""
    return not _QUESTION_MARK.search(text) and question_asks(" ".join(text.split()[:_FRONT])) is Asks.OTHER


def holds(kind: Asks, sentence: str, question: str) -> float:
    """Return how far (0 to 1) a sentence holds something of the kind, beyond what the question names."""
    if kind is Asks.NUMBER:
        measure = _measure(question)
        if measure:
            return float(gives(measure, sentence))
        return 1.0 if _DIGITS.search(sentence) else 0.6 if _NUMBER_WORDS.search(sentence) else 0.0
    if kind is Asks.TIME:
        return 1.0 if _MONTHS.search(sentence) else 0.4 if _DIGITS.search(sentence) else 0.0
    if kind is Asks.REASON:
        return 1.0 if _CAUSE.search(sentence) else 0.0
    if kind in (Asks.PERSON, Asks.PLACE):
        asked = question.casefold()
        new = sum(1 for name in _NAME.findall(sentence) if name.casefold()[:4] not in asked)
        return min(new, 2) / 2
    return 0.0
