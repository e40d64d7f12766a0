"""The questions to begin with."""

from __future__ import annotations

from pathlib import Path

from pages import HOSTILE, LIGHTHOUSE, PHARE, article

from ui.examples import _SAMPLES, example_questions


def test_the_samples_have_questions_of_their_own(samples: Path) -> None:
    assert all((samples / path).is_file() for path, _ in _SAMPLES)
    files = [article(path, "T", "x", path=str(samples / path)) for path, _ in _SAMPLES]
    assert example_questions(files) == [question for _, question in _SAMPLES]


def test_another_collection_is_asked_about_its_own_titles() -> None:
    questions = example_questions([LIGHTHOUSE, LIGHTHOUSE, PHARE, HOSTILE])
    assert questions[0] == "What do the articles say about “The lighthouse of Skerrow is lit again”?"
    assert questions[1] == "Que disent les articles de « Le phare rallumé » ?"
    assert not any("Putin" in question for question in questions)


def test_endless_and_empty_titles_make_no_questions() -> None:
    assert example_questions([]) == []
    assert example_questions([article("a", "x" * 5_000, "t"), article("b", " ", "t")]) == []
