"""What numbers count: per cent, money, lengths, masses, spans of time; and words that make them rough."""

from __future__ import annotations

import re
from enum import StrEnum

from .number_lists import folded


class Bound(StrEnum):
    """How a number is meant."""

    EXACT = "exact"
    ABOUT = "about"
    MORE = "more"
    """More than, at least, over."""
    LESS = "less"
    """Less than, at most, nearly."""


PER_CENT = "%"

# Of each unit, a pattern for folded text. Names of the units are ISO codes or symbols where there are any.
_UNITS = {
    PER_CENT: r"[%٪％]|per\s?cent\b|percent|pct\b|pour\s?cent\b|prozent|por\s?ci?ento?\b|per\s?cento\b|procent|процент"
    r"|yüzde|(?:في|ب)\s?ال(?:مئة|مائة)|percentage points?|points? de pourcentage|百分点|个百分点",
    "dollar": r"[a-z]{0,2}\$|(?:us|u\.s\.)?[- ]?dollar|dóla|dolar|dolár|доллар|دولار|美元|us?d\b",
    "EUR": r"€|euros?\b|eur[yaůuo]?\b|euroa?\b|евро\b|avro|يورو|欧元",
    "GBP": r"£|gbp\b|pounds? sterling|livres? sterling|libras? esterlinas?|sterlin|фунтов стерлингов|英镑",
    "pound": r"pounds?\b|livres?\b|pfund\b|libras?\b|фунт|liber\b|libry\b",
    "yen": r"[¥￥]|yens?\b|иен|jen[ůy]?\b|日元",
    "yuan": r"yuan|юан|jüan|人民币|元",
    "ruble": r"₽|roubles?\b|rubles?\b|rubel|rublos?\b|rubl[iyůo]|рубл|руб\b|卢布",
    "franc": r"francs?\b|franken\b|francos?\b|franchi\b|frank[ůy]?\b|франк",
    "crown": r"kč|czk|korun|kronen\b|couronnes?\b|crowns?\b|coronas?\b|corone\b|крон\b|krono[rn]\b",
    "real": r"rea(?:l|is)\b|r\$",
    "km": r"km\b|kilomet|kilomèt|kilómet|quilômet|quilómet|chilomet|километр|км\b|公里|كيلومتر",
    "m": r"m\b(?!\.)|meters?\b|metres?\b|mètres?\b|metern?\b|metros?\b|metri\b|метр|metr[ůyu]\b|米",
    "cm": r"cm\b|centimet|centimèt|centímet|zentimet|сантиметр|см\b",
    "mile": r"miles?\b(?! de)|meilen?\b|millas?\b|миль\b|mil[ei]\b(?! d)|英里",
    "kg": r"kg\b|kilos?\b|kilogram|килограмм|кг\b|公斤",
    "tonne": r"tonn?es?\b|tonnen\b|tons\b|toneladas?\b|tonnellate\b|тонн|tun\b|tuny\b|吨",
    "degree": r"°\s?[cf]?\b|degrees?\b|degrés?\b|grad\b|grados?\b|gradi\b|градус|stup[ňn]",
    "year": r"years?\b|yr\b|ans?\b|années?\b|jahren?\b|jährig|jahre?s?\b|años?\b|anni\b|anos?\b|jaar\b|jarige?\b"
    r"|лет\b|год|rok[uyůa]?\b|let\b|letech\b|letý|letá|yaş|yıl|年",
    "month": r"months?\b|mois\b|monate?n?s?\b|monatig|mes(?:es)?\b|mes[ei]\b|maand|месяц|měsíc|ay\b",
    "week": r"weeks?\b|semaines?\b|wochen?\b|semanas?\b|settiman|weken\b|недел|týd[ne]|hafta",
    "day": r"days?\b|jours?\b|tage?n?s?\b|tägig|días?\b|dias?\b|giorn|dag(?:en)?\b|дн[ейя]|день\b|dn[íyůuei]|gün",
    "hour": r"hours?\b|heures?\b|stunden?\b|stündig|horas?\b|ore\b|uur\b|uren\b|час|hodin|saat|h\b",
    "minute": r"minut|мин\b|минут|min\b|dakika|分钟",
}
_UNIT = re.compile("|".join(f"(?P<u{n}>{pattern})" for n, pattern in enumerate(_UNITS.values())))
_NAMES = list(_UNITS)
_BEFORE = re.compile(
    r"(?:(?P<money>[a-z]{0,3}\$|[£€¥￥₽]|\b(?:us|eu|gb)[dpr]\b)|(?P<share>%|\byüzde|百分之))\s?$"
)
_MONEY = {"£": "GBP", "€": "EUR", "¥": "yen", "￥": "yen", "₽": "ruble", "eur": "EUR", "gbp": "GBP"}
_GAP = re.compile(r"(?:[\s\u00a0\u202f-]{0,2}(?:de |d['’]|di |of )?)?")
_ALIKE = ({"pound", "GBP"}, {"pound", "kg"}, {"m", "minute"}, {"mile", "m"})


def unit_after(text: str, at: int) -> tuple[str, int] | None:
    """Return the unit that follows offset `at`, and where it ends."""
    gap = _GAP.match(text, at)
    start = gap.end() if gap else at
    match = _UNIT.match(_lowered(text[start : start + 24]))
    if match is None or match.lastgroup is None:
        return None
    return _NAMES[int(match.lastgroup[1:])], start + match.end()


def unit_before(text: str, at: int) -> tuple[str, int] | None:
    """Return the unit that stands right before offset `at`, as a currency sign does, and where it begins."""
    begin = max(0, at - 8)
    match = _BEFORE.search(_lowered(text[begin:at]))
    if match is None:
        return None
    money = match["money"]
    unit = PER_CENT if money is None else _MONEY.get(money, "dollar")
    return unit, begin + match.start()


def units_differ(one: str | None, other: str | None) -> bool:
    """Tell whether both units are known and cannot mean the same."""
    if one is None or other is None or one == other:
        return False
    return {one, other} not in _ALIKE


def _lowered(text: str) -> str:
    lowered = folded(text)
    return lowered if len(lowered) == len(text) else text  # offsets must stay


_MORE = (
    r"more than|over|above|at least|no fewer than|upwards of|exceeding|plus d[e'’]|au moins|au-delà de|au-dessus de"
    r"|dépass\w+|mehr als|über|mindestens|gut|wenigstens|más de|al menos|por lo menos|por encima de|più di|oltre|almeno"
    r"|più del|mais de|pelo menos|acima de|meer dan|ruim|minstens|более|больше|свыше|не менее|как минимум|více než|přes"
    r"|nejméně|alespoň|minimálně|víc než|nad|en az|أكثر من|ما لا يقل عن|超过|至少|多于|逾"
)
_LESS = (
    r"less than|fewer than|under|below|nearly|almost|close to|up to|at most|moins d[e'’]|près d[e'’]|presque|jusqu['’]?à"
    r"|au plus|weniger als|unter|fast|knapp|nahezu|beinahe|bis zu|höchstens|menos de|casi|hasta|como máximo|meno di|quasi"
    r"|fino a|al massimo|quase|até|no máximo|minder dan|bijna|tot|hooguit|менее|меньше|почти|до|не более|méně než|téměř"
    r"|skoro|necel\w+|až|nejvýše|neredeyse|en fazla|أقل من|ما يقرب من|قرابة|不到|近|少于|至多"
)
_ABOUT = (
    r"about|around|some|roughly|approximately|approx|an estimated|environ|quelque|autour de|de l['’]ordre de|vers"
    r"|approximativement|etwa|rund|circa|ca|ungefähr|gegen|zirka|um die|unos|unas|cerca de|aproximadamente|alrededor de"
    r"|en torno a|circa|intorno a|più o meno|por volta de|ongeveer|zo['’]?n|rond|около|примерно|порядка|приблизительно"
    r"|где-то|asi|zhruba|přibližně|kolem|okolo|yaklaşık|حوالي|نحو|زهاء|约|大约|大概"
)
_THE = r"(?:\s(?:the|les?|la|den|die|das|los|las|un|une|a|an|einer?|ein|seine?|il|gli|o|os|as|het|de))?\s?$"
_ROUGH_BEFORE = re.compile(
    rf"(?:^|(?<=\W)|(?<=[\u4e00-\u9fff]))(?:(?P<more>{_MORE})|(?P<less>{_LESS})|(?P<about>{_ABOUT})\.?){_THE}"
)
_ROUGH_AFTER = re.compile(
    r"\s?(?:(?P<more>or more|ou plus|oder mehr|o más|o più|\+|plus\b|多|余|['’]?[dt][ea]n (?:fazla|çok))|(?P<about>or so|environ|左右|上下|circa))"
)


def bound_before(text: str, at: int) -> Bound:
    """Return what the words right before offset `at` say of the number there."""
    match = _ROUGH_BEFORE.search(folded(text[max(0, at - 28) : at]))
    return Bound(match.lastgroup) if match and match.lastgroup else Bound.EXACT


def bound_after(text: str, at: int) -> Bound:
    """Return what the words right after offset `at` say of the number before it."""
    match = _ROUGH_AFTER.match(folded(text[at : at + 16]))
    return Bound(match.lastgroup) if match and match.lastgroup else Bound.EXACT
