"""Notes of correction: found where newspapers put them, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from index.corrections import find_correction
from index.types import CorrectionKind, Precision, Published

BODY = "\n\n".join(f"The {word} report says that the council met again this week." for word in "abcdefghij")
WEEK = Published(at=datetime(2017, 12, 8, tzinfo=UTC), precision=Precision.DAY)
C, L, U = CorrectionKind.CORRECTION, CorrectionKind.CLARIFICATION, CorrectionKind.UPDATE
NOTES = [
    ("Correction: The fire killed three people, not four.", C, None),
    ("Correction (9 December 2017): The fire killed three people.", C, "2017-12-09"),
    ("CORRECTION, December 9: The fire killed three people.", C, "2017-12-09"),
    ("Corrected on 3 January: the mayor's name.", C, "2018-01-03"),
    ("Clarification: The plan is not final.", L, None),
    ("Editor's note: This story has been updated to include a reply.", U, None),
    ("Update, 9 December 2017, 14:30: The minister has replied.", U, "2017-12-09"),
    ("This article was amended on 9 December 2017 because the age was wrong.", C, "2017-12-09"),
    ("An earlier version of this article misstated the year of the flood as 1953.", C, None),
    ("Rectificatif : le bilan est de trois morts.", C, None),
    ("Rectificatif. Le bilan est de trois morts.", C, None),
    ("Mise à jour le 9 décembre 2017 à 14h30 : le ministre a répondu.", U, "2017-12-09"),
    ("Mise à jour : le ministre a répondu.", U, None),
    ("Précision : le projet n'est pas définitif.", L, None),
    ("Cet article a été corrigé le 9 décembre : le bilan est de trois morts.", C, "2017-12-09"),
    ("Cet article a été mis à jour le 10/12/2017.", U, "2017-12-10"),
    ("Une première version de cet article indiquait quatre morts.", C, None),
    ("Berichtigung: Es waren drei Tote.", C, None),
    ("Korrektur vom 9. Dezember 2017: Es waren drei Tote.", C, "2017-12-09"),
    ("Anmerkung der Redaktion: In einer früheren Version hieß es, es seien vier gewesen.", C, None),
    ("Dieser Artikel wurde am 9. Dezember 2017 korrigiert.", C, "2017-12-09"),
    ("In einer früheren Fassung stand ein falscher Name.", C, None),
    ("Corrección: los muertos son tres.", C, None),
    ("Fe de errores: los muertos son tres y no cuatro.", C, None),
    ("Fe de errores del 9 de diciembre de 2017: los muertos son tres.", C, "2017-12-09"),
    ("Este artículo ha sido actualizado el 9 de diciembre de 2017.", U, "2017-12-09"),
    ("Errata corrige: i morti sono tre.", C, None),
    ("Aggiornamento: il ministro ha risposto.", U, None),
    ("Questo articolo è stato corretto il 9 dicembre 2017.", C, "2017-12-09"),
    ("Correção: os mortos são três.", C, None),
    ("Este texto foi atualizado em 9 de dezembro de 2017.", U, "2017-12-09"),
    ("Correctie: er zijn drie doden.", C, None),
    ("Dit artikel is aangepast.", C, None),
    ("Исправление: погибли три человека.", C, None),
    ("В предыдущей версии этой статьи было указано другое имя.", C, None),
    ("Düzeltme: ölenlerin sayısı üç.", C, None),
    ("تصحيح: عدد القتلى ثلاثة.", C, None),
]


@pytest.mark.parametrize(("note", "kind", "date"), NOTES, ids=[note[:40] for note, _, _ in NOTES])
@pytest.mark.parametrize("where", ["head", "foot", "in the last paragraph"])
def test_a_note_is_found(note: str, kind: CorrectionKind, date: str | None, where: str) -> None:
    text = {
        "head": f"{note}\n\n{BODY}",
        "foot": f"{BODY}\n\n{note}",
        "in the last paragraph": f"{BODY} {note}",
    }[where]
    found = find_correction(text, WEEK)
    assert found is not None
    assert found.kind is kind
    assert (found.published.isoformat() if found.published else None) == date
    assert note in text[found.start : found.end] or text[found.start : found.end] in note


@pytest.mark.parametrize(
    "line",
    [
        "Correction officers went on strike on Friday.",
        "The correction of the figures took three weeks: nobody had counted.",
        "Update 3 killed in a fire at the mill. More soon.",
        "Update your phone before Friday, the makers say.",
        "La mise à jour du système a pris trois jours.",
        "Editor's note: This story is the first of a series on rivers.",
        "Editor's note: For the latest on the storm, see our live updates.",
        "Editor's note: An updated forecast is on page 3.",
        "This article was first published in another paper.",
        "This article was edited by Ana Melk.",
        "Die Korrektur der Zahlen dauerte drei Wochen.",
        "La corrección de los precios siguió el viernes: cayeron un tercio.",
        "Cet article a été écrit par trois personnes.",
        "Previously the bridge was closed.",
        "Updates follow.",
    ],
)
@pytest.mark.parametrize("head", [True, False])
def test_other_lines_are_no_notes(line: str, head: bool) -> None:
    assert find_correction(f"{line}\n\n{BODY}" if head else f"{BODY}\n\n{line}", WEEK) is None


def test_in_the_middle_of_an_article_it_is_no_note() -> None:
    assert find_correction(f"{BODY}\n\nCorrection: The fire killed three people.\n\n{BODY}") is None


def test_a_label_on_a_line_of_its_own_has_the_next_paragraph() -> None:
    text = f"{BODY}\n\nCorrection\n\nThe fire killed three people, not four."
    found = find_correction(text)
    assert found is not None
    assert text[found.start : found.end].endswith("not four.")


def test_a_correction_goes_before_an_update() -> None:
    found = find_correction(f"Update: The minister has replied.\n\n{BODY}\n\nCorrection: It was a Friday.")
    assert found is not None
    assert found.kind is C


def test_hostile_text_takes_no_time() -> None:
    for piece in ("Correction " * 20_000, "(" * 50_000, "update 1 " * 20_000, ". " * 50_000, "\n" * 50_000):
        find_correction(piece, WEEK)
