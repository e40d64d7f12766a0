"""What a visitor's questions lead to, without a browser."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary

from assistant import Draft, Event, Retrieved, Sentence, Support, Token
from index import StoreError
from ui.conversation import UNANSWERED, Conversation, Exchange
from ui.desk import _BETWEEN_UPDATES, EMPTY_QUESTION, UNEXPECTED, Desk
from ui.memory import NO_SUCH, Memory
from ui.owners import Remembered, owner_of, remembered
from ui.readiness import Readiness
from ui.store import FILE_NAME, ConversationStore, new_id
from ui.suggestions import Suggestions
from ui.threads import Stop, in_thread


def make_desk(
    failure: Exception | None = None,
    *,
    slow: bool = False,
    folder: Path | None = None,
    assistant: FakeAssistant | None = None,
    library: FakeLibrary | None = None,
) -> Desk:
    library = library or FakeLibrary(slow=slow)
    readiness = Readiness(library)
    thread = readiness.start()
    if not slow:
        thread.join()
    assistant = assistant or FakeAssistant(library, failure)
    return Desk(
        library=library,
        assistant=assistant,
        suggestions=Suggestions(library, None if assistant.model_name else assistant),
        readiness=readiness,
        longest_question=2_000,
        memory=Memory(library, ConversationStore(folder / FILE_NAME) if folder else None),
    )


def talk(owner: str = "user:me") -> Conversation:
    return Conversation(owner=owner)


def ask(desk: Desk, conversation: Conversation, question: str) -> list[str]:
    async def run() -> list[str]:
        return [notice async for notice in desk.ask(conversation, question)]

    return asyncio.run(run())


def test_each_answer_keeps_its_own_numbers_and_sources() -> None:
    desk, conversation = make_desk(), talk()
    ask(desk, conversation, "lighthouse?")
    ask(desk, conversation, "phare?")
    assert "#src-1-2" in conversation.messages()[1]["content"]
    assert "#src-2-1" in conversation.messages()[3]["content"]
    sources = conversation.sources()
    assert all(f'id="{anchor}"' in sources for anchor in ("src-1-1", "src-1-2", "src-2-1"))
    assert sources.count('class="turn" hidden') == 1 and sources.index("hidden") < sources.index("src-1-1")


def test_the_assistant_hears_what_was_said_before() -> None:
    desk, conversation = make_desk(), talk()
    ask(desk, conversation, "phare?")
    ask(desk, conversation, "lighthouse?")
    _, history = desk.assistant.asked[1]  # type: ignore[attr-defined]
    assert [turn.question for turn in history] == ["phare?"] and "Le phare" in history[0].answer


@pytest.mark.parametrize("question", ["", "  \n ", "\x00\u202e"])
def test_an_empty_question_gets_one_sentence(question: str) -> None:
    conversation = talk()
    assert ask(make_desk(), conversation, question) == [EMPTY_QUESTION]
    assert conversation.messages() == []


def test_an_endless_question_gets_one_sentence() -> None:
    conversation = talk()
    assert ask(make_desk(), conversation, "x" * 100_000) == [
        "The question has 100,000 characters; ask it in 2,000 or fewer."
    ]
    assert conversation.messages() == []


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (StoreError("The disk is full; free some."), "The disk is full"),
        (ZeroDivisionError("secret"), UNEXPECTED[:20]),
    ],
)
def test_a_failure_is_a_sentence_in_place_and_the_next_question_works(failure: Exception, said: str) -> None:
    desk, conversation = make_desk(failure), talk()
    ask(desk, conversation, "phare?")
    assert (
        said in conversation.messages()[1]["content"]
        and "secret" not in conversation.messages()[1]["content"]
    )
    desk.assistant.failure = None  # type: ignore[attr-defined]
    ask(desk, conversation, "phare?")
    assert "#src-2-1" in conversation.messages()[3]["content"]
    assert len(conversation.history()) == 1


def test_a_question_asked_while_the_model_loads_is_answered_after() -> None:
    desk, conversation = make_desk(slow=True), talk()

    async def run() -> None:
        asking = desk.ask(conversation, "phare?")
        await anext(asking)
        assert "still loading" in conversation.messages()[1]["content"]
        desk.library.loaded.set()  # type: ignore[attr-defined]
        async for _ in asking:
            pass

    asyncio.run(run())
    assert "#src-1-1" in conversation.messages()[1]["content"]


def test_a_sentence_is_shown_as_a_draft_until_it_is_checked() -> None:
    assistant = FakeAssistant(FakeLibrary(), model_name=MODEL, pace=0.05)
    desk, conversation = make_desk(assistant=assistant), talk()

    async def run() -> list[str]:
        return [conversation.messages()[1]["content"] async for _ in desk.ask(conversation, "the keeper?")]

    shown = asyncio.run(run())
    drafted = next(one for one in shown if "Draft of lamp" in one)
    assert '<span class="draft">' in drafted and "The</p>" not in drafted
    assert drafted.index("The") < drafted.index("Draft of lamp")
    assert "draft" not in shown[-1] and 'class="byline"' in shown[-1]


def test_a_draft_can_be_taken_back_and_updates_are_few() -> None:
    class Fickle(FakeAssistant):
        def _events(self, question: str, follow_up: bool) -> Iterator[Event]:
            yield Retrieved(hits=())
            for _ in range(2_000):
                yield Draft(text="Perhaps so")
            yield Draft(text="")
            time.sleep(0.2)
            yield from super()._events(question, follow_up)

    desk, conversation = make_desk(assistant=Fickle(FakeLibrary())), talk()

    async def run() -> list[str]:
        return [conversation.messages()[1]["content"] async for _ in desk.ask(conversation, "phare?")]

    began = time.monotonic()
    shown = asyncio.run(run())
    took = time.monotonic() - began
    drafts = [number for number, one in enumerate(shown) if "Perhaps so" in one]
    assert drafts and len(shown) < 60 + took / _BETWEEN_UPDATES  # a busy machine takes longer, and shows more
    assert "Reading the nearest passages" in shown[drafts[-1] + 1]


def test_stopping_ends_the_answer_at_once_and_keeps_what_was_checked(tmp_path: Path) -> None:
    assistant = FakeAssistant(FakeLibrary(), model_name=MODEL, pace=0.1, endless=True)
    desk, conversation = make_desk(assistant=assistant, folder=tmp_path), talk()

    async def run() -> float:
        asking = desk.ask(conversation, "the keeper?")
        async for _ in asking:
            if "and on and on" in conversation.messages()[1]["content"]:
                break
        conversation.stop()
        stopped_at = time.monotonic()
        async for _ in asking:
            pass
        return time.monotonic() - stopped_at

    assert asyncio.run(run()) < 0.1 + 1.0
    shown = conversation.messages()[1]["content"]
    assert "The lamp of the" in shown and "and on and on" not in shown and 'class="stopped"' in shown
    deadline = time.monotonic() + 5
    while not assistant.closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert assistant.closed == 1
    assert conversation.history() == []
    again = talk()
    desk.memory.recall(again, conversation.id)
    assert again.messages() == conversation.messages()


def test_stopping_where_nothing_is_written_does_nothing() -> None:
    desk, conversation = make_desk(), talk()
    conversation.stop()
    ask(desk, conversation, "phare?")
    conversation.stop()
    ask(desk, conversation, "phare?")
    assert len(conversation.history()) == 2


def test_a_reader_who_leaves_stops_the_model_and_finds_the_beginning_again(tmp_path: Path) -> None:
    assistant = FakeAssistant(FakeLibrary(), model_name=MODEL, pace=0.02, endless=True)
    desk, conversation = make_desk(assistant=assistant, folder=tmp_path), talk()

    async def run() -> None:
        asking = desk.ask(conversation, "the keeper?")
        async for _ in asking:
            if "and on and on" in conversation.messages()[1]["content"]:
                break
        await asking.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())
    again = talk()
    desk.memory.recall(again, conversation.id)
    assert "The lamp of the" in again.messages()[1]["content"]


def test_a_conversation_is_found_again_with_its_sources_and_goes_on(tmp_path: Path) -> None:
    desk, conversation = make_desk(folder=tmp_path), talk()
    for question in ("lighthouse?", "who won?", "phare?"):
        assert "" in ask(desk, conversation, question)
    assistant = FakeAssistant(FakeLibrary())
    restarted, again = make_desk(folder=tmp_path, assistant=assistant), talk()
    assert restarted.memory.recall(again, conversation.id) == ""
    assert again.messages() == conversation.messages() and again.sources() == conversation.sources()
    ask(restarted, again, "and then?")
    assert [turn.question for turn in assistant.asked[0][1]] == ["lighthouse?", "who won?", "phare?"]
    assert again.exchanges[-1].turn == 4 and again.id == conversation.id


def test_a_changed_article_is_told_when_a_conversation_is_found_again(tmp_path: Path) -> None:
    desk, conversation = make_desk(folder=tmp_path), talk()
    ask(desk, conversation, "phare?")
    shelf = tuple(replace(one, text="New. " + one.text) for one in FakeLibrary().shelf)
    again = talk()
    make_desk(folder=tmp_path, library=FakeLibrary(shelf=shelf)).memory.recall(again, conversation.id)
    assert "changed or removed" in again.sources() and "<mark>Le phare" in again.sources()


@pytest.mark.parametrize(
    "kept_as", [None, "", 7, ["x"], "x" * 43, "'; DROP TABLE exchanges; --", "x" * 10**6]
)
def test_an_id_of_nothing_is_a_fresh_conversation(tmp_path: Path, kept_as: object) -> None:
    desk, mine, other = make_desk(folder=tmp_path), talk(), talk()
    ask(desk, mine, "phare?")
    assert desk.memory.recall(other, kept_as) == ""
    assert other.messages() == [] and other.id is None
    ask(desk, other, "lighthouse?")
    assert other.id and other.id != mine.id
    again = talk()
    desk.memory.recall(again, mine.id)
    assert len(again.exchanges) == 1


def test_a_damaged_record_is_left_out(tmp_path: Path) -> None:
    desk, conversation = make_desk(folder=tmp_path), talk()
    ask(desk, conversation, "phare?")
    assert desk.memory.store and conversation.id
    desk.memory.store.begin(conversation.owner, conversation.id, '{"half', "T")
    ask(desk, conversation, "lighthouse?")
    again = talk()
    assert desk.memory.recall(again, conversation.id) == ""
    assert [one.question for one in again.exchanges] == ["phare?", "lighthouse?"]


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database " * 100)
    desk, conversation = make_desk(folder=tmp_path), talk()
    said = ask(desk, conversation, "phare?")
    assert "#src-1-1" in conversation.messages()[1]["content"]
    assert next(one for one in said if one).startswith("This answer will be gone after a reload")
    assert desk.memory.recall(talk(), new_id()).startswith("The earlier conversation cannot be shown")


def test_a_new_conversation_leaves_the_old_one_in_the_store(tmp_path: Path) -> None:
    desk, conversation = make_desk(folder=tmp_path), talk()
    ask(desk, conversation, "phare?")
    old = conversation.id
    conversation.leave()
    assert conversation.messages() == [] and conversation.history() == []
    ask(desk, conversation, "lighthouse?")
    assert conversation.id != old
    again = talk()
    desk.memory.recall(again, old)
    assert [one.question for one in again.exchanges] == ["phare?"]


def test_the_assistant_hears_the_last_turns_without_what_was_struck() -> None:
    assistant = FakeAssistant(FakeLibrary(), model_name=MODEL)
    desk, conversation = make_desk(assistant=assistant), talk()
    for _ in range(12):
        ask(desk, conversation, "the keeper?")
    assert len(assistant.asked[-1][1]) == 10
    assert all("330" not in turn.answer and "had cracked" in turn.answer for turn in assistant.asked[-1][1])


def test_a_long_conversation_shows_its_end_and_more_on_demand() -> None:
    desk, conversation = make_desk(), talk()
    for number in range(45):
        conversation.begin(f"question {number}?").halt()
    assert len(conversation.messages()) == 2 * 35 and conversation.hidden() == 10
    ask(desk, conversation, "phare?")
    assert 'id="src-46-1"' in conversation.sources()
    conversation.show_earlier()
    assert conversation.hidden() == 0 and "question 0" in conversation.messages()[0]["content"]
    ask(desk, conversation, "lighthouse?")  # each step of an answer brings what is shown: not all again
    assert conversation.hidden() == 10 and 'id="src-47-1"' in conversation.sources()
    for number in range(300):
        conversation.begin(f"question {number}?").halt()
    assert len(conversation.exchanges) == 200 and conversation.exchanges[-1].turn == 347


class SlowModel:
    """A language model that is reached, or not, when it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.reached, self.failure = threading.Event(), failure

    def warm_up(self) -> None:
        self.reached.wait(10)
        if self.failure:
            raise self.failure


def test_questions_need_not_wait_for_the_language_model() -> None:
    model = SlowModel(StoreError("Nothing answers at that address; start the server."))
    readiness = Readiness(FakeLibrary(), model)
    thread = readiness.start()
    assert readiness.wait(10) and readiness.loading is None and readiness.busy
    model.reached.set()
    thread.join()
    assert readiness.busy is None and readiness.trouble is None
    assert (readiness.model_trouble or "").startswith("Nothing answers at that address; start the server.")
    readiness.note_writer(None)
    assert readiness.model_trouble
    readiness.note_writer("keeper-7b")
    assert readiness.model_trouble is None


def test_a_model_that_cannot_be_loaded_is_told() -> None:
    class Broken(FakeLibrary):
        def warm_up(self) -> None:
            raise StoreError("The model file is missing; install again.")

    readiness = Readiness(Broken())
    readiness.start().join()
    assert readiness.loading is None and readiness.trouble == "The model file is missing; install again."


def test_an_iterator_is_closed_when_nobody_listens_any_more() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield (number := number + 1)
        finally:
            closed.set()

    async def run() -> int:
        numbers = in_thread(endless)
        first = await anext(numbers)
        await numbers.aclose()  # type: ignore[attr-defined]
        return first

    assert asyncio.run(run()) == 1
    assert closed.wait(10)


def test_a_stop_is_heard_even_if_it_came_before() -> None:
    stop = Stop()
    stop.utter()

    async def run() -> list[int]:
        return [number async for number in in_thread(lambda: iter(range(10**9)), stop)]

    assert asyncio.run(run()) == []


def test_a_struck_sentence_is_struck_out_from_the_moment_it_is_shown() -> None:
    exchange = Exchange(question="Who?", turn=1)
    exchange.take(Token(text="It rained. [1]"))
    false = Sentence(text="It snowed <b>too</b>.", support=Support.UNSUPPORTED, struck=True)
    exchange.take(Token(text=" It snowed <b>too</b>.", sentence=false))
    exchange.show()
    assert '<del class="struck">It snowed' in exchange.message
    assert "<b>too" not in exchange.message
    exchange.halt()
    assert "<del" in exchange.message
    assert exchange.record().struck == (false.text,)


def test_a_question_is_kept_before_it_is_answered(tmp_path: Path) -> None:
    assistant = FakeAssistant(FakeLibrary(), model_name=MODEL, pace=0.05, endless=True)
    desk, conversation = make_desk(assistant=assistant, folder=tmp_path), talk()
    found: list[str] = []

    async def run() -> None:
        async for _ in desk.ask(conversation, "the keeper?"):
            if "and on and on" in conversation.messages()[1]["content"]:
                again = talk()
                desk.memory.recall(again, conversation.id)
                found.append(again.messages()[1]["content"])
                conversation.stop()

    asyncio.run(run())
    assert "unanswered" in found[0] and UNANSWERED[:20] in found[0]
    assert desk.memory.catch_up(conversation) == "" and "stopped" in conversation.messages()[1]["content"]


def test_a_failure_is_kept_with_its_question(tmp_path: Path) -> None:
    desk, conversation = make_desk(StoreError("The disk is full; free some."), folder=tmp_path), talk()
    ask(desk, conversation, "phare?")
    again = talk()
    desk.memory.recall(again, conversation.id)
    assert again.messages() == conversation.messages() and "disk is full" in again.messages()[1]["content"]


def test_two_windows_on_one_conversation_lose_nothing(tmp_path: Path) -> None:
    desk, one, other = make_desk(folder=tmp_path), talk(), talk()
    ask(desk, one, "lighthouse?")
    desk.memory.open(other, one.id)
    ask(desk, one, "phare?")
    ask(desk, other, "vault?")
    assert [exchange.question for exchange in other.exchanges] == ["lighthouse?", "phare?", "vault?"]
    assert [turn.question for turn in desk.assistant.asked[-1][1]] == ["lighthouse?", "phare?"]  # type: ignore[attr-defined]
    assert desk.memory.catch_up(one) == ""
    assert one.messages() == other.messages() and [exchange.turn for exchange in one.exchanges] == [1, 2, 3]
    seen = one.seen
    assert desk.memory.catch_up(one) == "" and one.seen == seen


def test_two_windows_that_ask_at_once_lose_nothing(tmp_path: Path) -> None:
    assistant = FakeAssistant(FakeLibrary(), pace=0.05)
    desk, one, other = make_desk(folder=tmp_path, assistant=assistant), talk(), talk()
    ask(desk, one, "lighthouse?")
    desk.memory.open(other, one.id)

    async def run() -> None:
        async def drain(conversation: Conversation, question: str) -> None:
            async for _ in desk.ask(conversation, question):
                pass

        await asyncio.gather(drain(one, "phare?"), drain(other, "vault?"))

    asyncio.run(run())
    for conversation in (one, other):
        assert desk.memory.catch_up(conversation) == ""
    assert one.messages() == other.messages() and one.sources() == other.sources()
    assert sorted(exchange.question for exchange in one.exchanges) == ["lighthouse?", "phare?", "vault?"]
    assert [exchange.turn for exchange in one.exchanges] == [1, 2, 3]


def test_another_reader_finds_nothing_under_a_link(tmp_path: Path) -> None:
    desk, mine, other = make_desk(folder=tmp_path), talk(), talk("user:you")
    ask(desk, mine, "phare?")
    assert desk.memory.recall(other, mine.id) == "" and other.messages() == []
    assert desk.memory.open(other, mine.id) == NO_SUCH and desk.memory.listed(other) == []
    assert desk.memory.delete(other, str(mine.id)) == NO_SUCH
    ask(desk, other, "lighthouse?")
    assert len(desk.memory.listed(mine)) == len(desk.memory.listed(other)) == 1


def test_who_signs_in_as_somebody_else_sees_nothing_of_the_one_before(tmp_path: Path) -> None:
    desk, conversation, browser = make_desk(folder=tmp_path), talk(""), remembered(None)
    desk.memory.recognise(conversation, browser, "ada")
    ask(desk, conversation, "phare?")
    desk.memory.recognise(conversation, browser, "ada")
    assert conversation.messages()
    desk.memory.recognise(conversation, browser, "bob")
    assert conversation.messages() == [] and desk.memory.listed(conversation) == []


def test_a_browser_is_known_by_its_secret_which_is_not_what_is_kept(tmp_path: Path) -> None:
    browser = remembered(None)
    assert browser.fresh and remembered(browser.value(None)) == Remembered(me=browser.me)
    assert browser.me not in owner_of(browser.me, None) and owner_of(browser.me, "ada") == "user:ada"
    once = remembered(new_id())
    assert once.fresh and once.current
    for damaged in ("", "garbage", {}, {"me": "x"}, [1], 7):
        assert remembered(damaged).fresh and remembered(damaged).current is None
    assert len({remembered({"me": 1}).me for _ in range(9)}) == 9


def test_a_linked_answer_of_a_long_conversation_is_shown() -> None:
    conversation = talk()
    for number in range(100):
        conversation.begin(f"question {number}?").halt()
    assert "asked-3" not in str(conversation.messages())
    conversation.show_turn(3)
    assert "asked-3" in str(conversation.messages())
