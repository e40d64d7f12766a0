"""Whatever characters a file holds: it goes in, its passages are exact, it is found, and what is shown of it is clean."""

from __future__ import annotations

import contextlib
import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from stores import check_invariants, open_index

from assistant.answer import Assistant
from assistant.render import to_dict, to_terminal
from index.errors import QuestionError
from index.split import split_article, split_sentences
from index.text import clean_text
from index.types import Article

HIDDEN = "\0\x07\x1b\u200b\u200e\u202e\u2066\ufeff\x1d\x1e"
PIECES = st.sampled_from(
    [*HIDDEN, "e" + "\u0301" * 1_000, "\r\n", "\u2028", "M. ", "3.5 ", "« Oui ! » ", "今日は。", "שלום ", "👩‍👧 ", "word ", "\t", "\ud800", "\udfff"]
)  # fmt: skip
TEXTS = st.lists(st.text(max_size=30) | PIECES, max_size=20).map("".join)


def article(text: str) -> Article:
    return Article(id="0" * 16, version="1" * 12, title="A title", text=text)


@settings(deadline=None)  # the first one loads the splitter
@given(TEXTS)
@example("a\u0301" * 500 + "." * 3)
def test_passages_and_sentences_are_exact_pieces_of_a_clean_text(dirty: str) -> None:
    text = clean_text(dirty)
    assert clean_text(text) == text
    passages = split_article(article(text), 20)
    assert all(text[one.start : one.end] == one.text for one in passages)
    assert "".join("".join(one.text.split()) for one in passages) == "".join(text.split())
    for one in passages:
        spans = split_sentences(one.text, "en")
        assert all(start < end for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert sum(len("".join(one.text[a:b].split())) for a, b in spans) == len("".join(one.text.split()))


@settings(max_examples=15, deadline=None)
@given(TEXTS)
@example(HIDDEN + "e" + "\u0301" * 1_000 + "\ud800")
def test_any_text_goes_from_a_file_to_an_answer(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.txt"
        written = f"The harbour bridge was opened by marker7 on Tuesday. {text}"
        path.write_bytes(written.encode("utf-8", "surrogatepass"))
        with open_index(Path(name) / "data") as index:
            report = index.add([path])
            if report.failures:  # a text that is mostly control characters is no text, and is said to be none
                assert "a.txt was not read" in report.failures[0].reason
                return
            (kept,) = index.articles()
            assert clean_text(kept.text) == kept.text
            assert all(kept.text[one.start : one.end] == one.text for one in index.passages(kept.id))
            with contextlib.suppress(QuestionError):  # no letter in it
                index.search(text)
            answer = Assistant(index).ask("Who opened the harbour bridge?")
            shown = to_terminal(answer) + str(to_dict(answer))
            assert not set(HIDDEN) & set(shown)
            check_invariants(index)
