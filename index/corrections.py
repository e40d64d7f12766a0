"""Notes of correction at the head or foot of an article, in a dozen languages.

Newspapers put them there, behind a label ("Correction:", "Mise à jour le 9 décembre :") or in a set
phrase ("An earlier version of this article…"). Looked for where they stand and in that form only:
an article about a correction is no corrected article.
"""

from __future__ import annotations

import re
from datetime import timedelta

from .dates import parse_date
from .types import Correction, CorrectionKind, Published

_HEAD, _FOOT = 3, 4
"""Paragraphs from the start and from the end in which a note is looked for."""
_LONGEST_NOTE = 1_200
_KINDS = (
    (
        CorrectionKind.CORRECTION,
        r"corrections?(?: (?:and|&|et) clarifications?)?|corrected|errat(?:um|a)|rectifi(?:catif|cation|é)|corrigé"
        r"|berichtigung|berichtigt|korrektur(?:hinweis)?|korrigiert|richtigstellung|corrección|corregido"
        r"|fe de err(?:ores|atas)|rectificación|correzione|corretto|rettifica|errata corrige|correção|corrigido"
        r"|retificação|correctie|rectificatie|gecorrigeerd|поправка|исправление|исправлено|düzeltme|sprostowanie"
        r"|oprava|تصحيح",
    ),
    (
        CorrectionKind.CLARIFICATION,
        r"clarifications?|clarified|précisions?|klarstellung|aclaración|precisazione|esclarecimento"
        r"|verduidelijking|уточнение|açıklama|توضيح",
    ),
    (
        CorrectionKind.UPDATE,
        r"updated?|mise? à jour|màj|maj|actualisé|aktualisiert|aktualisierung|actualización|actualizado"
        r"|aggiornamento|aggiornato|atualização|atualizado|bijgewerkt|обновление|обновлено|güncelleme|güncellendi"
        r"|aktualizacja|aktualizace|تحديث",
    ),
)
_EDITOR = (
    r"editor['’]?s?['’]? note|note from the editors?|note de la rédaction|ndlr|(?:anmerkung|hinweis) der redaktion"
    r"|nota (?:de la redacción|del editor|della redazione|da redação|do editor)|noot van de redactie"
    r"|от редакции|editörün notu"
)
_PIECE = r"(?:article|story|report|piece|post|page|headline|caption|dispatch)"
_STUECK = r"(?:artikels?|textes?|texts?|beitrags?|berichts?|meldung)"
_PHRASES = (
    rf"this {_PIECE} (?:was|has been|is being) (?P<a>\w+)",
    rf"(?:an earlier|a previous|the original|an original) version of (?:this|the|our) {_PIECE}",
    r"(?:cet article|cette (?:page|dépêche|brève)) a été (?P<b>\w+(?: à jour)?)",
    r"une (?:première|précédente) version de (?:cet|cette|notre)",
    r"une version (?:antérieure|précédente) de (?:cet|cette|notre)",
    rf"(?:diese[rs]?|die) {_STUECK} (?:wurde|ist)(?: [\w.]+){{0,6}}? (?P<c>korrigiert|berichtigt|aktualisiert|geändert|ergänzt)",
    r"in einer (?:früheren|vorherigen|ersten|ursprünglichen) (?:version|fassung)",
    r"este (?:artículo|texto) (?:ha sido|fue) (?P<d>\w+)",
    r"(?:en )?una versión (?:anterior|previa) de (?:este|esta)",
    r"questo articolo è stato (?P<e>\w+)",
    r"(?:in )?una (?:precedente versione|versione precedente) di (?:questo|questa)",
    r"este (?:artigo|texto) foi (?P<f>\w+)",
    r"(?:em )?uma versão anterior (?:deste|desta)",
    r"dit (?:artikel|bericht) is (?P<g>aangepast|gecorrigeerd|bijgewerkt)",
    r"in een eerdere versie van dit",
    r"в (?:предыдущей|более ранней|первоначальной|прежней) версии (?:этой|этого|данной|статьи|текста|материала)",
    r"bu haberin önceki (?:sürümünde|versiyonunda|halinde)",
)
_CHANGED = re.compile(
    r"correct|(?:been|was|were|is) (?:updated|amended|clarified|revised)|earlier version|previous version|misst|incorrect|corrig|rectifi"
    r"|mis à jour|modifi|erron|korrigier|berichtig|aktualisier|geändert|früher\w+ (?:version|fassung)|corregi"
    r"|actualiz|versión anterior|corrett|aggiornat|versione precedente|atualiz|versão anterior|aangepast"
    r"|eerdere versie|исправ|уточн|обновл|düzelt|güncell",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"updat|mis à jour|aktualis|actualiz|aggiorn|atualiz|bijgewerkt|обновл|güncel", re.I)
_NO_CHANGE = re.compile(
    r"(?:first|originally|produced|publi|written|funded|supported|translated|écrit|traduit|escrito|scritto)",
    re.I,
)
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    rf"(?<!\w)(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+)?{_MONTH}(?:,?\s+(?:de\s+)?\d{{4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?)",
    re.IGNORECASE,
)
_WHEN = r"(?P<when>[\s,]*\([^()\n]{1,80}\)|[\s,]+(?:[^\W\d_]{1,10}\.?,?\s+){0,3}\d[^\n]{0,40}?)?"
_LABEL = re.compile(
    r"[\[(*_\s]*(?:"
    + "|".join(f"(?P<{kind.value}>{words})" for kind, words in _KINDS)
    + rf"|(?P<editor>{_EDITOR}))"
    rf"(?:{_WHEN}[*_]*\s*(?::(?!\d)|[–—]|\s-\s|[\])]?$)|\.(?=\s))",
    re.IGNORECASE | re.MULTILINE,
)
_PHRASE = re.compile("|".join(_PHRASES), re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?…»”\")\]])\s+)[\[(*_]*(?=\S)")
_AFTER = re.compile(r"[^.!?\n]{0,80}")


def find_correction(text: str, published: Published | None = None) -> Correction | None:
    """Return the note in which an article tells that it was corrected, clarified or updated, or None.

    A correction is preferred to a clarification and that to an update; of two of a kind, the first.
    A date without a year is the first such day from the day of publication on, and unknown where
    that is unknown.
    """
    found = [note for start, end in _edges(text) for note in _notes(text, start, end, published)]
    order = list(CorrectionKind)
    return min(found, key=lambda note: (order.index(note.kind), note.start), default=None)


def _edges(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the first and last paragraphs of a text."""
    spans, position = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((position, position + len(line)))
        position += len(line) + 1
    return spans if len(spans) <= _HEAD + _FOOT else spans[:_HEAD] + spans[-_FOOT:]


def _notes(text: str, start: int, end: int, published: Published | None) -> list[Correction]:
    """Return the notes that begin at the start of a paragraph, or of one of its last sentences."""
    starts = [match.end() for match in _SENTENCE_START.finditer(text[start:end])]
    notes = []
    for place in dict.fromkeys([0, *starts[-4:]]):
        at = start + place
        note = _label(text, at, end, published) or _phrase(text, at, end, published)
        if note is not None and note.end - note.start <= _LONGEST_NOTE:
            notes.append(note)
    return notes


def _label(text: str, start: int, end: int, published: Published | None) -> Correction | None:
    match = _LABEL.match(text, start, end)
    if match is None:
        return None
    if not text[match.end() : end].strip():  # alone on its line: the note is the next paragraph
        following = re.compile(r"\s*([^\n]+)").match(text, end)
        end = following.end() if following else end
    words = text[match.end() : end]
    if match["editor"]:
        if not _CHANGED.search(words):
            return None
        kind = _kind_of(words)
    else:
        kind = next(kind for kind, _ in _KINDS if match[kind.value])
    inner = _PHRASE.search(words)
    date = _date(match["when"] or "", published)
    if date is None and inner:
        date = _date(_AFTER.match(words, inner.end()).group(), published)  # type: ignore[union-attr]
    return Correction(kind=kind, published=date, start=start, end=end)


def _phrase(text: str, start: int, end: int, published: Published | None) -> Correction | None:
    match = _PHRASE.match(text, start, end)
    if match is None:
        return None
    verb = next((word for word in match.groupdict().values() if word), "")
    after = _AFTER.match(text, match.end(), end)
    if verb and (_NO_CHANGE.match(verb) or not _CHANGED.search(match.group())):
        return None
    date = _date(match.group() + (after.group() if after else ""), published) if verb else None
    return Correction(kind=_kind_of(verb or "corrected"), published=date, start=start, end=end)


def _kind_of(words: str) -> CorrectionKind:
    return CorrectionKind.UPDATE if _UPDATED.search(words) else CorrectionKind.CORRECTION


def _date(words: str, published: Published | None) -> Published | None:
    """Return the first date in some words; one without a year is taken from the day of publication on."""
    match = _DATE.search(words)
    while match is not None:
        found = parse_date(match.group()) or _nearest(match.group(), published)
        if found is not None:
            return found
        match = _DATE.search(words, match.start() + 1)  # "vom 9" is no date, "9. Dezember" is
    return None


def _nearest(day: str, published: Published | None) -> Published | None:
    """Return the first day of that name from the day of publication on."""
    if published is None:
        return None
    earliest = published.at - timedelta(days=1)
    years = (published.at.year, published.at.year + 1)
    dates = [parse_date(f"{day.rstrip('.')} {year}") for year in years]
    return next((date for date in dates if date is not None and date.at >= earliest), None)
