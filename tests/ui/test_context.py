"""The stretch of an article around a quote."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.context import paragraphs_around

WORDS = st.text(alphabet="abc \n", min_size=1, max_size=400)


@given(WORDS, st.data(), st.integers(0, 80))
def test_the_marked_words_are_the_quote(text: str, data: st.DataObject, around: int) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    paragraphs = paragraphs_around(text, start, end, around)
    marked = "".join(piece.text for paragraph in paragraphs for piece in paragraph if piece.quoted)
    assert marked.split() == text[start:end].split() or "".join(marked.split()) == "".join(
        text[start:end].split()
    )
    shown = "".join(piece.text for paragraph in paragraphs for piece in paragraph)
    assert "".join(shown.replace("…", "").split()) in "".join(text.split())
    assert all(piece.text for paragraph in paragraphs for piece in paragraph)


def test_it_is_cut_between_words_and_says_so() -> None:
    text = "one two three four. FIVE six. seven eight nine ten"
    start = text.index("FIVE")
    (paragraph,) = paragraphs_around(text, start, start + 9, around=8)
    assert [piece.text for piece in paragraph] == ["… ", "four. ", "FIVE six.", " seven", " …"]


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    text = "A first.\n\nA second.\nThird."
    paragraphs = paragraphs_around(text, 2, 18)
    assert [[(p.text, p.quoted) for p in paragraph] for paragraph in paragraphs] == [
        [("A ", False), ("first.", True)],
        [("A second", True), (".", False)],
        [("Third.", False)],
    ]
