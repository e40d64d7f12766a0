"""Exchanges to text and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import FakeLibrary, make_answer, written_answer

from assistant import Answer, Citation, Finding, Problem, Sentence, Status, Support
from index import Article, Copy, Correction, CorrectionKind, Hit, Passage, Precision, Published, Via
from ui.records import Record, RecordError, from_text, nearest_hits, to_text, worth_keeping

TEXT = st.text(max_size=40)
MAYBE = st.none() | TEXT
NUMBERS = st.integers(0, 10**6)
PUBLISHED = st.builds(
    Published,
    at=st.datetimes(datetime(1800, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    precision=st.sampled_from(Precision),
)
ARTICLES = st.builds(
    Article,
    id=TEXT,
    version=TEXT,
    title=TEXT,
    text=TEXT,
    path=MAYBE,
    url=MAYBE,
    source=MAYBE,
    author=MAYBE,
    published=st.none() | PUBLISHED,
    fetched=st.none() | st.datetimes(timezones=st.just(UTC)),
    language=MAYBE,
    title_derived=st.booleans(),
)
PASSAGES = st.builds(
    Passage,
    id=TEXT,
    article_id=TEXT,
    version=TEXT,
    number=NUMBERS,
    start=NUMBERS,
    end=NUMBERS,
    text=TEXT,
)
SHARES = st.floats(0, 1)
COPIES = st.builds(
    Copy, article_id=TEXT, title=TEXT, source=MAYBE, url=MAYBE, published=st.none() | PUBLISHED
)
HITS = st.builds(
    Hit,
    passage=PASSAGES,
    article=ARTICLES,
    score=SHARES,
    rank=NUMBERS,
    via=st.sampled_from(Via),
    similarity=SHARES,
    coverage=SHARES,
    duplicates=st.lists(COPIES, max_size=2).map(tuple),
)
SENTENCES = st.builds(
    Sentence,
    text=TEXT,
    citations=st.lists(NUMBERS, max_size=3).map(tuple),
    support=st.sampled_from(Support),
    findings=st.lists(st.builds(Finding, problem=st.sampled_from(Problem), detail=TEXT), max_size=2).map(
        tuple
    ),
    struck=st.booleans(),
    replaced=MAYBE,
)
CITATIONS = st.builds(
    Citation,
    number=NUMBERS,
    passage_id=TEXT,
    article_id=TEXT,
    title=TEXT,
    source=MAYBE,
    url=MAYBE,
    published=st.none() | PUBLISHED,
    language=MAYBE,
    quote=TEXT,
    start=NUMBERS,
    end=NUMBERS,
    support=st.sampled_from(Support),
    also=st.lists(COPIES, max_size=2).map(tuple),
    correction=st.none()
    | st.builds(
        Correction,
        kind=st.sampled_from(CorrectionKind),
        published=st.none() | PUBLISHED,
        start=NUMBERS,
        end=NUMBERS,
    ),
)
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    status=st.sampled_from(Status),
    text=TEXT,
    language=TEXT,
    sentences=st.lists(SENTENCES, max_size=3).map(tuple),
    citations=st.lists(CITATIONS, max_size=2).map(tuple),
    hits=st.lists(HITS, max_size=2).map(tuple),
    confidence=SHARES,
    warnings=st.lists(TEXT, max_size=2).map(tuple),
    standalone=MAYBE,
    model=MAYBE,
)
RECORDS = st.builds(Record, question=TEXT, answer=st.none() | ANSWERS, written=TEXT, standalone=MAYBE)


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    text = to_text(record)
    assert from_text(text) == record and text.isascii()


@given(ANSWERS)
def test_what_is_kept_shows_the_same(answer: Answer) -> None:
    kept = worth_keeping(answer)
    assert replace(kept, hits=()) == replace(answer, hits=())
    if answer.status is Status.NO_EVIDENCE:
        assert [hit.passage for hit in nearest_hits(kept)] == [hit.passage for hit in nearest_hits(answer)]
        assert all(hit.article.text == "" for hit in kept.hits)
    else:
        cited = {one.passage_id for one in answer.citations}
        assert [hit.rank for hit in kept.hits] == [hit.rank for hit in answer.hits if hit.passage.id in cited]
        assert all(hit.passage.text == hit.article.text == "" for hit in kept.hits)


def test_a_record_is_small_and_holds_no_markup() -> None:
    library = FakeLibrary()
    for answer in (make_answer(library, "football?"), written_answer(library, "keeper?")):
        text = to_text(Record(question="q", answer=worth_keeping(answer)))
        assert len(text) < 12_000 and "<div" not in text and "<p" not in text


GOOD = json.loads(to_text(Record(question="q", answer=make_answer(FakeLibrary(), "phare?"))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"q"',
        "{}",
        "[" * 100_000,
        json.dumps({**GOOD, "question": 7}),
        json.dumps({**GOOD, "answer": {**GOOD["answer"], "status": "holy"}}),
        json.dumps({**GOOD, "answer": {**GOOD["answer"], "citations": [{"number": 1}]}}),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        from_text(text)
