"""What a visitor's questions lead to, without a browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from pages import FakeAssistant, FakeLibrary

from index import StoreError
from ui.conversation import EMPTY_QUESTION, UNEXPECTED, Conversation, Desk
from ui.readiness import Readiness
from ui.threads import in_thread


def make_desk(failure: Exception | None = None, *, slow: bool = False) -> Desk:
    library = FakeLibrary(slow=slow)
    readiness = Readiness(library)
    thread = readiness.start()
    if not slow:
        thread.join()
    return Desk(
        library=library,
        assistant=FakeAssistant(library, failure),
        readiness=readiness,
        longest_question=2_000,
    )


def ask(desk: Desk, conversation: Conversation, question: str) -> list[str]:
    async def run() -> list[str]:
        return [notice async for notice in desk.ask(conversation, question)]

    return asyncio.run(run())


def test_each_answer_keeps_its_own_numbers_and_sources() -> None:
    desk, conversation = make_desk(), Conversation()
    ask(desk, conversation, "lighthouse?")
    ask(desk, conversation, "phare?")
    assert "#src-1-2" in conversation.messages()[1]["content"]
    assert "#src-2-1" in conversation.messages()[3]["content"]
    sources = conversation.sources()
    assert all(f'id="{anchor}"' in sources for anchor in ("src-1-1", "src-1-2", "src-2-1"))
    assert sources.count('class="turn" hidden') == 1 and sources.index("hidden") < sources.index("src-1-1")


def test_the_assistant_hears_what_was_said_before() -> None:
    desk, conversation = make_desk(), Conversation()
    ask(desk, conversation, "phare?")
    ask(desk, conversation, "lighthouse?")
    _, history = desk.assistant.asked[1]  # type: ignore[attr-defined]
    assert [turn.question for turn in history] == ["phare?"] and "Le phare" in history[0].answer


@pytest.mark.parametrize("question", ["", "  \n ", "\x00\u202e"])
def test_an_empty_question_gets_one_sentence(question: str) -> None:
    conversation = Conversation()
    assert ask(make_desk(), conversation, question) == [EMPTY_QUESTION]
    assert conversation.messages() == []


def test_an_endless_question_gets_one_sentence() -> None:
    conversation = Conversation()
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
    desk, conversation = make_desk(failure), Conversation()
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
    desk, conversation = make_desk(slow=True), Conversation()

    async def run() -> None:
        asking = desk.ask(conversation, "phare?")
        await anext(asking)
        assert "still loading" in conversation.messages()[1]["content"]
        desk.library.loaded.set()  # type: ignore[attr-defined]
        async for _ in asking:
            pass

    asyncio.run(run())
    assert "#src-1-1" in conversation.messages()[1]["content"]


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
