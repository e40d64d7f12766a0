"""The filter of a conversation: what a browser may ask for, what is shown of it, and that it is kept."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import FEED, LIGHTHOUSE, FakeAssistant, FakeFeeds, FakeLibrary

from index import ArticleFilter, Precision
from ui.conversation import Conversation
from ui.desk import Desk
from ui.exports import export
from ui.filter_room import FilterRoom
from ui.filters import filter_of, from_text, row_of, scope_html, scope_of, scope_text, to_text
from ui.histogram import histogram
from ui.memory import Memory
from ui.readiness import Readiness
from ui.store import FILE_NAME, ConversationStore
from ui.suggestions import Suggestions

COURRIER = ArticleFilter(sources=("Le Courrier",))
DAYS = st.dates(date(1600, 1, 1), date(2030, 12, 31))
FILTERS = st.builds(
    ArticleFilter,
    sources=st.lists(st.text(max_size=20), max_size=3, unique=True).map(tuple),
    languages=st.lists(st.sampled_from(["fr", "en", ""]), max_size=2, unique=True).map(tuple),
    feeds=st.lists(st.integers(0, 9), max_size=2, unique=True).map(tuple),
    since=st.none() | st.dates(date(1600, 1, 1), date(1999, 1, 1)),
    until=st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
)


def make_desk(folder: Path, library: FakeLibrary | None = None) -> Desk:
    library = library or FakeLibrary()
    assistant = FakeAssistant(library)
    readiness = Readiness(library)
    readiness.start().join()
    return Desk(
        library=library,
        assistant=assistant,
        suggestions=Suggestions(library, assistant),
        readiness=readiness,
        longest_question=2_000,
        memory=Memory(library, ConversationStore(folder / FILE_NAME)),
    )


def ask(desk: Desk, conversation: Conversation, question: str) -> None:
    async def run() -> None:
        async for _ in desk.ask(conversation, question, within=conversation.within):
            pass

    asyncio.run(run())


@given(FILTERS)
def test_a_filter_that_was_kept_comes_back(wanted: ArticleFilter) -> None:
    assert from_text(to_text(wanted)) == (None if wanted == ArticleFilter() else wanted)


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "x",
        [],
        {},
        {"outlets": "Le Courrier", "languages": 3, "feeds": ["1", True, -1, 10**12], "since": "soon"},
        {"outlets": [3, None, "x" * 501], "since": "2017-13-01", "until": 20171201},
    ],
)
def test_what_a_browser_should_not_send_is_left_out(asked: object) -> None:
    assert filter_of(asked) is None


def test_a_filter_has_a_bound_and_days_in_order() -> None:
    wanted = filter_of(
        {"outlets": [str(n) for n in range(9_999)], "since": "2018-01-01", "until": "2017-01-01"}
    )
    assert wanted is not None and len(wanted.sources) == 200
    assert (wanted.since, wanted.until) == (date(2017, 1, 1), date(2018, 1, 1))


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"outlets": {}}', "[" * 100_000])
def test_a_damaged_filter_is_none(text: str) -> None:
    assert from_text(text) is None


def test_a_filter_is_shown_with_the_names_of_feeds_and_languages() -> None:
    library = FakeLibrary(feeds=FakeFeeds([FEED]))
    wanted = ArticleFilter(
        sources=("<b>Evil</b> & Co", ""), languages=("fr",), feeds=(1, 5), since=date(2017, 12, 1)
    )
    scope = scope_of(library, wanted)
    assert scope_text(scope) == (
        "<b>Evil</b> & Co · no outlet · French · Northgate Wire · a feed that is not followed any more (5)"
        " · since December 2017"
    )
    html = scope_html(scope) + row_of(library, wanted)
    assert "<b>" not in html and '<time datetime="2017&#45;12">December 2017</time>' in html
    assert html.count('class="chip"') == 6


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (date(2017, 12, 8), None, "since December 8, 2017"),
        (None, date(2017, 12, 31), "until 2017"),
        (date(2017, 1, 1), date(2017, 12, 31), "2017"),
        (date(2017, 1, 1), date(2018, 2, 28), "January 2017 – February 2018"),
        (date(2018, 1, 1), date(2018, 1, 1), "January 1, 2018"),
        (date(2017, 12, 1), date(2017, 12, 10), "December 1, 2017 – December 10, 2017"),
        (date(1600, 1, 1), date(9999, 12, 31), "January 1, 1600 – December 31, 9999"),
    ],
)
def test_a_stretch_of_time_is_told_in_years_and_months_where_it_is_made_of_them(
    since: date | None, until: date | None, said: str
) -> None:
    assert scope_text(scope_of(FakeLibrary(), ArticleFilter(since=since, until=until))) == said


def test_the_row_counts_the_articles_that_are_asked() -> None:
    library = FakeLibrary()
    assert "1 of 4 articles" in row_of(library, COURRIER)
    assert "articles</span>" not in row_of(library, None) and "Add filter" in row_of(library, None)


def test_a_conversation_keeps_its_filter_and_each_answer_the_one_it_had(tmp_path: Path) -> None:
    desk, conversation = make_desk(tmp_path), Conversation(owner="user:me", within=COURRIER)
    ask(desk, conversation, "lighthouse?")
    conversation.within = None
    assert desk.memory.keep_filter(conversation) == ""
    ask(desk, conversation, "lighthouse?")
    first, second = conversation.exchanges
    assert first.answer and {one.source for one in first.answer.citations} == {"Le Courrier"}
    assert second.answer and len({one.source for one in second.answer.citations}) == 2
    conversation.within = ArticleFilter(languages=("ar",))
    desk.memory.keep_filter(conversation)

    again = Conversation(owner="user:me")
    assert make_desk(tmp_path).memory.recall(again, conversation.id) == ""
    assert again.within == ArticleFilter(languages=("ar",))
    assert [one.within for one in again.exchanges] == [COURRIER, None]
    shown = again.messages()
    assert "Le Courrier" in shown[0]["content"] and "Filter" not in shown[2]["content"]


def test_a_filter_set_before_the_first_question_is_kept_and_lists_no_conversation(tmp_path: Path) -> None:
    desk, conversation = make_desk(tmp_path), Conversation(owner="user:me", id="i" * 43, within=COURRIER)
    desk.memory.keep_filter(conversation)
    assert desk.memory.listed(conversation) == []
    again = Conversation(owner="user:me")
    desk.memory.recall(again, conversation.id)
    assert (again.within, again.id, again.exchanges) == (COURRIER, conversation.id, [])
    ask(desk, again, "lighthouse?")
    listed = desk.memory.listed(again)
    assert isinstance(listed, list) and [one.title for one in listed] == ["lighthouse?"]
    somebody = Conversation(owner="user:else")
    desk.memory.recall(somebody, conversation.id)
    assert somebody.within is None and somebody.exchanges == []


def test_a_filter_of_another_window_is_taken_over_when_this_one_comes_to_the_front(tmp_path: Path) -> None:
    desk, one = make_desk(tmp_path), Conversation(owner="user:me")
    ask(desk, one, "phare?")
    other = Conversation(owner="user:me")
    desk.memory.recall(other, one.id)
    other.within = COURRIER
    desk.memory.keep_filter(other)
    desk.memory.catch_up(one)
    assert one.within is None  # a question that is being asked is asked as its window shows
    desk.memory.catch_up_filter(one)
    assert one.within == COURRIER


def test_a_refusal_under_a_filter_offers_to_ask_all_articles(tmp_path: Path) -> None:
    desk, conversation = make_desk(tmp_path), Conversation(owner="user:me", within=COURRIER)
    ask(desk, conversation, "vault?")
    assert "do-everywhere" in conversation.messages()[1]["content"]
    conversation.within = None
    ask(desk, conversation, "who won?")
    assert "do-everywhere" not in conversation.messages()[3]["content"]


def test_questions_to_go_on_with_are_tried_under_the_filter_of_the_answer(tmp_path: Path) -> None:
    told = replace(LIGHTHOUSE, text=f"Miss Ada Lovell keeps it. {LIGHTHOUSE.text}")
    desk = make_desk(tmp_path, FakeLibrary((told, *FakeLibrary().shelf[1:])))
    within = ArticleFilter(sources=("The Harbour Ledger",))
    conversation = Conversation(owner="user:me", within=within)
    ask(desk, conversation, "lighthouse?")
    desk.suggest(conversation)
    filters = desk.assistant.filters  # type: ignore[attr-defined]
    assert len(filters) > 1 and set(filters) == {within}


@pytest.mark.parametrize("kind", ["markdown", "html", "json"])
def test_an_export_says_what_was_asked(tmp_path: Path, kind: str) -> None:
    from datetime import UTC, datetime

    wanted = replace(COURRIER, since=date(2017, 1, 1))
    desk, conversation = make_desk(tmp_path), Conversation(owner="user:me", within=wanted)
    ask(desk, conversation, "lighthouse?")
    file = export(desk.library, conversation, "Title", kind, datetime(2026, 1, 1, tzinfo=UTC))
    assert file is not None
    if kind == "json":
        [exchange] = json.loads(file.text)["exchanges"]
        assert (
            exchange["within"]["outlets"] == ["Le Courrier"] and exchange["within"]["since"] == "2017-01-01"
        )
    else:
        assert "Le Courrier · since 2017" in file.text


def test_the_panel_counts_what_can_be_chosen_and_keeps_what_is_chosen(tmp_path: Path) -> None:
    room = FilterRoom(FakeLibrary(feeds=FakeFeeds([FEED])))
    [facets] = room.services()
    reply = facets({"within": {"outlets": ["Le Courrier", "Gone"]}, "sought": "harbour ledg"})
    assert reply["outlets"] == [
        ("Le Courrier", "Le Courrier", 1, True),
        ("Gone", "Gone", 0, True),
    ]
    assert reply["languages"] == [("fr", "French", 1, False)] and reply["articles"] == 1
    assert reply["feeds"] == [("1", "Northgate Wire", 0, False)]
    assert reply["bars"] == {
        "unit": "day",
        "starts": [f"2017-12-{day:02}" for day in range(1, 32)],
        "last": "2017-12-31",
        "counts": [1] * 31,
    }
    assert facets("nonsense")["articles"] == 4


@pytest.mark.parametrize(
    ("first", "last", "unit", "size"),
    [
        (date(2017, 12, 30), date(2018, 1, 2), "day", 4),
        (date(2017, 1, 31), date(2018, 3, 1), "month", 15),
        (date(1990, 1, 1), date(2018, 3, 1), "year", 29),
        (date(1600, 1, 1), date(2026, 3, 1), "year", 86),
    ],
)
def test_bars_are_of_a_day_a_month_or_years(first: date, last: date, unit: str, size: int) -> None:
    bars = histogram({(first, Precision.DAY): 2, (last, Precision.DAY): 3})
    assert bars is not None and (bars.unit, len(bars.counts)) == (unit, size)
    assert (bars.counts[0], bars.counts[-1], sum(bars.counts)) == (2, 3, 5)


@given(
    st.dictionaries(
        st.tuples(DAYS, st.sampled_from([Precision.DAY, Precision.MONTH, Precision.YEAR])),
        st.integers(1, 9),
        min_size=1,
        max_size=8,
    ),
    st.none() | DAYS,
)
def test_bars_hold_each_article_where_a_filter_for_the_bar_would_find_it(
    published: dict[tuple[date, Precision], int], also: date | None
) -> None:
    floored = {
        (day.replace(day=1, month=1) if kind is Precision.YEAR else day.replace(day=1), kind)
        if kind is not Precision.DAY
        else (day, kind): count
        for (day, kind), count in published.items()
    }
    bars = histogram(floored, also)
    assert bars is not None and len(bars.counts) <= 145
    assert list(bars.starts) == sorted(set(bars.starts))
    ends = [*bars.starts[1:], date.fromordinal(bars.last.toordinal() + 1)]
    for start, end, count in zip(bars.starts, ends, bars.counts, strict=True):
        within = sum(n for (day, kind), n in floored.items() if day < end and _last(day, kind) >= start)
        assert count == within
    assert also is None or bars.starts[0] <= also <= bars.last


def _last(day: date, kind: Precision) -> date:
    if kind is Precision.YEAR:
        return date(day.year, 12, 31)
    if kind is Precision.MONTH:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    return day


def test_without_dates_there_are_no_bars() -> None:
    assert histogram({}) is None
