from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.facts.polarity import negations, polarity_conflict

LANGUAGES = "en fr de es it pt nl ru cs tr ar zh".split()


@pytest.mark.parametrize(
    ("language", "denied", "affirmed"),
    [
        ("en", "The parliament has not adopted the budget.", "The parliament has adopted the budget."),
        ("fr", "Le parlement n'a pas adopté le budget.", "Le parlement a adopté le budget."),
        (
            "de",
            "Das Parlament hat den Haushalt nicht beschlossen.",
            "Das Parlament hat den Haushalt beschlossen.",
        ),
        ("es", "El parlamento no aprobó el presupuesto.", "El parlamento aprobó el presupuesto."),
        ("it", "Il parlamento non ha approvato il bilancio.", "Il parlamento ha approvato il bilancio."),
        ("pt", "O parlamento não aprovou o orçamento.", "O parlamento aprovou o orçamento."),
        (
            "nl",
            "Het parlement heeft de begroting niet aangenomen.",
            "Het parlement heeft de begroting aangenomen.",
        ),
        ("ru", "Парламент не принял бюджет страны.", "Парламент принял бюджет страны."),
        ("cs", "Parlament rozpočet země nikdy neschválil.", "Parlament rozpočet země schválil."),
        ("tr", "Meclis bütçeyi onaylamadı.", "Meclis bütçeyi onayladı."),
        ("ar", "لم يوافق البرلمان على الميزانية", "وافق البرلمان على الميزانية"),
        ("zh", "议会没有通过预算", "议会通过了预算"),
    ],
)
def test_a_denial_contradicts_its_affirmation(language: str, denied: str, affirmed: str) -> None:
    assert negations(denied, language) >= 1
    assert negations(affirmed, language) == 0
    if language != "tr":  # the negation is inside the verb: the two share too little to be sure
        assert polarity_conflict(denied, language, affirmed, language)
        assert polarity_conflict(affirmed, language, denied, language)


def test_a_denial_contradicts_an_affirmation_in_another_language() -> None:
    assert polarity_conflict(
        "The parliament has adopted the budget.", "en", "Le parlement n'a pas adopté le budget.", "fr"
    )
    assert polarity_conflict(
        "Das Parlament hat den Haushalt nicht beschlossen.",
        "de",
        "The parliament has adopted the budget.",
        "en",
    )


def test_a_refusal_contradicts_the_deed() -> None:
    assert polarity_conflict(
        "The minister answered the questions.", "en", "The minister refused to answer the questions.", "en"
    ) or polarity_conflict(
        "The minister refused to answer questions.", "en", "The minister will answer questions.", "en"
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Not only Berlin but Paris agreed."),
        ("en", "No fewer than 300 people came."),
        ("en", "He decides whether or not to go."),
        ("fr", "Il n'a que deux enfants."),
        ("fr", "Non seulement Paris mais Berlin a accepté."),
        ("fr", "C'est un pas en avant."),
        ("fr", "Il est parti sans rien dire, avant qu'elle ne vienne."),
        ("de", "Nicht nur Berlin stimmte zu."),
        ("es", "No sólo Madrid aceptó."),
        ("it", "Non solo Roma ha accettato."),
        ("ru", "Не только Москва согласилась."),
        ("zh", "他不仅同意了"),
    ],
)
def test_phrases_that_deny_nothing_do_not_count(language: str, text: str) -> None:
    allowed = 1 if "rien" in text else 0
    assert negations(text, language) <= allowed


def test_no_alarm_where_it_cannot_be_told() -> None:
    affirmed = "The parliament has adopted the budget."
    for other in (
        "The parliament did not fail to adopt the budget, nor did it not debate it.",  # denied twice
        "Has the parliament not adopted the budget?",
        "The parliament has adopted the budget, but the president, who was ill, has not signed the law.",
    ):
        assert not polarity_conflict(affirmed, "en", other, "en")
    assert not polarity_conflict("It is impossible.", "en", "Ce n'est pas possible.", "fr")
    assert not polarity_conflict("Parlamentti ei hyväksynyt.", "fi", "The parliament adopted it.", "en")


@given(st.text(), st.sampled_from([*LANGUAGES, None, "xx"]))
def test_a_text_never_contradicts_itself(text: str, language: str | None) -> None:
    assert not polarity_conflict(text, language, text, language)
