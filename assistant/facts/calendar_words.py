"""Names of months and days of the week in any language, and words for days and years seen from today."""

from __future__ import annotations

import re
from functools import cache

from .number_lists import folded

DAYS, MONTHS, YEARS = "days", "months", "years"

_MORE_MONTHS = {  # what Babel lacks: cases, adjectives, compounds, other names; January to December
    "en": "janu?a?r?y? febr?u?a?r?y? mar apr _ june? july? aug sept? oct nov dec",
    "fr": "janv févr? _ avr _ _ juill? _ sept? oct nov déc",
    "de": r"januar\w*|jänner\w* februar\w*|feber märz\w* april\w* mai(?:en)? juni(?:s|wochen?)? juli(?:s|hälfte)?"
    r" august(?:s|hälfte)? september\w* oktober\w* november\w* dezember\w*",
    "es": "_ _ _ _ _ _ _ _ setiembre|set _ _ _",
    "nl": r"januari\w* februari\w* _ april\w* _ _ _ augustus\w* september\w* oktober\w* november\w* december\w*",
    "ru": r"январ\w+ феврал\w+ март(?:а|е|у|ом|овск\w+)? апрел\w+ мая|мае|май|маю|майск\w+ июн\w+ июл\w+ август\w*"
    r" сентябр\w+ октябр\w+ ноябр\w+ декабр\w+",
    "cs": r"led(?:en|n[aueou]\w*) únor\w* břez(?:en|n\w+) dub(?:en|na|nu|nem|nov\w+) květ(?:en|na|nu|nem|nov\w+)"
    r" červen|červn\w+ červen(?:ec|c\w+) srp(?:en|n\w+) září|zářijov\w+ říj(?:en|n[aue]\w*) listopad\w* prosin(?:ec|c\w+)",
    "tr": r"ocak\w* şubat\w* mart(?:ta|ın|tan)? nisan\w* mayıs\w* haziran\w* temmuz\w* ağustos\w* eylül\w* ekim\w*"
    r" kasım\w* aralık\w*|aralığ\w+",
    "ar": "يناير|كانون الثاني فبراير|شباط مارس|آذار أبريل|ابريل|نيسان مايو|أيار|ايار يونيو|يونيه|حزيران يوليو|يوليه|تموز"
    " أغسطس|اغسطس سبتمبر|أيلول أكتوبر|اكتوبر نوفمبر ديسمبر",
}
_MORE_DAYS = {  # Monday to Sunday
    "en": "mondays? tuesdays? wednesdays? thursdays? fridays? saturdays? sundays?",
    "fr": "lundis? mardis? mercredis? jeudis? vendredis? samedis? dimanches?",
    "de": r"montag\w* dienstag\w* mittwoch\w* donnerstag\w* freitag\w* samstag\w*|sonnabend\w* sonntag\w*",
    "es": "_ _ _ _ _ sábados? domingos?",
    "it": "lunedi martedi mercoledi giovedi venerdi sabati domeniche",
    "pt": r"segunda(?=\s?[(,]) terça(?=\s?[(,]) quarta(?=\s?[(,]) quinta(?=\s?[(,]) sexta(?=\s?[(,]) _ domingos?",
    "nl": r"maandag\w* dinsdag\w* woensdag\w* donderdag\w* vrijdag\w* zaterdag\w* zondag\w*",
    "ru": r"понедельник\w* вторник\w* (?<!щую.)среду|(?<=до.)среды|(?<=со.)среды|(?<=от.)среды четверг\w* пятниц\w+ суббот\w+ воскресен(?:ье|ья|ью|ьем|ный|ного|ной)",
    "cs": r"pondělí|pondělk\w+|pondělní\w* úterý|úterk\w+|úterní\w* střed(?:a|u|y|ě|ou|eční\w*) čtvrt(?:ek|ku|kem|eční\w*)"
    r" pát(?:ek|ku|kem|eční\w*) sobot\w+ neděl\w*",
    "tr": r"pazartesi\w* salı\w* çarşamba\w* perşembe\w* cuma cumartesi\w* _",
    "ar": "الاثنين|الإثنين الثلاثاء الأربعاء|الاربعاء الخميس الجمعة السبت الأحد|الاحد",
    "zh": "星期一|周一|礼拜一 星期二|周二|礼拜二 星期三|周三|礼拜三 星期四|周四|礼拜四 星期五|周五|礼拜五 星期六|周六|礼拜六"
    " 星期[日天]|周[日天]|礼拜[日天]",
}
_NOT_NAMES = {"tr": {"pazar"}, "it": {"set"}, "pt": {"set"}}
"""Names that are mostly something else: a market, a set of tennis."""
_NO_SHORT_MONTHS = frozenset({"zh", "tr", "cs"})
_MORE_MONTHS_WHOLE = frozenset({"ru", "cs", "tr", "ar", "zh"})
"""Languages whose names here are all whole names or their cases."""
_RELATIVE = {
    (DAYS, -1): "yesterday|gestern|ayer|ieri|ontem|gisteren|вчера|včera|dün|أمس|昨天|昨日",
    (DAYS, 0): "today|aujourd['’]hui|heute|hoy|oggi|hoje|vandaag|сегодня|dnes|bugün|اليوم|今天|今日",
    (DAYS, 1): "tomorrow|demain|domani|amanhã|завтра|zítra|yarın|غدا|明天|明日",
    (
        MONTHS,
        -1,
    ): "last month|le mois (?:dernier|passé)|letzten monat|vergangenen monat|vormonat|el mes pasado"
    "|(?:lo )?scorso mese|mese scorso|mês passado|vorige maand|afgelopen maand|прошлом месяце|minulý měsíc|minulém měsíci"
    "|geçen ay|الشهر الماضي|上个?月",
    (
        MONTHS,
        0,
    ): "this month|ce mois(?:-ci)?|diesen monat|este mes|questo mese|este mês|deze maand|этом месяце|tento měsíc"
    "|bu ay|هذا الشهر|本月|这个月",
    (
        MONTHS,
        1,
    ): "next month|le mois prochain|nächsten monat|kommenden monat|próximo mes|prossimo mese|mese prossimo"
    "|próximo mês|volgende maand|следующем месяце|příští měsíc|gelecek ay|الشهر المقبل|下个?月",
    (
        YEARS,
        -1,
    ): "last year|l['’]an (?:dernier|passé)|l['’]année (?:dernière|passée|précédente)|letzten? jahr(?:es)?|vorjahr(?:es)?"
    "|letztes jahr|vergangenen? jahr(?:es)?|año pasado|anno scorso|scorso anno|ano passado|vorig jaar|afgelopen jaar"
    "|прошлом году|прошлого года|loni|loňsk\\w+|minulý rok|minulém roce|geçen yıl|العام الماضي|去年",
    (
        YEARS,
        0,
    ): "this year|cette année|diese[sm] jahr|heuer|este año|quest['’]anno|este ano|dit jaar|этом году|этого года"
    "|letos|letošní\\w*|tento rok|bu yıl|هذا العام|今年",
    (
        YEARS,
        1,
    ): "next year|l['’]an(?:née)? prochaine?|nächste[sn] jahr|kommenden jahr|próximo año|año que viene"
    "|anno prossimo|prossimo anno|próximo ano|volgend jaar|следующем году|příští rok|příštím roce|gelecek yıl|明年",
}
_HERE_NOT_YESTERDAY = {"de", "nl"}


@cache
def month_patterns(language: str | None) -> tuple[str, ...]:
    """Return twelve patterns for folded text, January to December."""
    return _patterns("months", range(1, 13), language, _MORE_MONTHS)


@cache
def weekday_patterns(language: str | None) -> tuple[str, ...]:
    """Return seven patterns for folded text, Monday to Sunday."""
    return _patterns("days", range(7), language, _MORE_DAYS)


@cache
def relative_patterns(language: str | None) -> dict[tuple[str, int], str]:
    """Return the words for a day, month or year seen from today, by unit and distance."""
    patterns = dict(_RELATIVE)
    if language == "fr":
        patterns[DAYS, -1] += "|hier"
    return patterns


def is_short_month(name: str, language: str | None) -> bool:
    """Tell whether `name`, in folded form, is an abbreviation: those are months only beside a day or year."""
    return len(name) <= 5 and language not in _MORE_MONTHS_WHOLE and name not in _whole_months(language)


@cache
def _whole_months(language: str | None) -> frozenset[str]:
    names = _babel_names("months", range(1, 13), language, widths=("wide",))
    return frozenset(name for forms in names for name in forms)


def _patterns(kind: str, keys: range, language: str | None, more: dict[str, str]) -> tuple[str, ...]:
    short = kind == "months" and language not in _NO_SHORT_MONTHS
    names = _babel_names(kind, keys, language, widths=("wide", "abbreviated") if short else ("wide",))
    extra = _split(more.get(language or "", ""), len(keys))
    return tuple(
        "|".join(filter(None, (own, *map(re.escape, known)))) for own, known in zip(extra, names, strict=True)
    )


def _split(patterns: str, count: int) -> list[str]:
    if not patterns:
        return [""] * count
    parts = re.split(r" (?!الثاني)", patterns)
    assert len(parts) == count, patterns
    return ["" if part == "_" else part for part in parts]


def _babel_names(
    kind: str, keys: range, language: str | None, *, widths: tuple[str, ...] = ("wide",)
) -> list[list[str]]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language or "en")
    except (UnknownLocaleError, ValueError):
        return [[] for _ in keys]
    tables = [
        getattr(locale, kind)[context][width] for context in ("format", "stand-alone") for width in widths
    ]
    unwanted = _NOT_NAMES.get(language or "", set())
    named = [{folded(table[key]).rstrip(".") for table in tables} - unwanted for key in keys]
    return [sorted((name for name in names if not name.isdigit()), key=len, reverse=True) for names in named]
