"""Language models behind an address: answers, faults, leaving; against a scripted server."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from assistant.config import ModelConfig
from assistant.errors import (
    ModelNonsenseError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from assistant.fakes import ScriptedModel
from assistant.llm import Finished, LanguageModel, open_model
from assistant.llm.text import AnswerText
from tests.model_connections import connect, nobody_left, until
from tests.model_server import (
    Reply,
    endless,
    event,
    ollama,
    openai,
    raw,
    silent,
    status,
)

# --- what comes in


@pytest.mark.parametrize(("kind", "reply"), [("openai", openai), ("ollama", ollama)])
def test_an_answer_is_streamed(serve: Any, kind: str, reply: Any) -> None:
    server = serve(reply(["Bon", "jour", ", les", " amis ", "🙂."]))
    generation = connect(server, kind).stream("Be short.", "Greet.", max_tokens=7)
    assert [piece for piece in generation if piece] == ["Bon", "jour", ", les", " amis ", "🙂."]
    assert (generation.text, generation.finished) == ("Bonjour, les amis 🙂.", Finished.STOP)
    asked = server.chats[0].body
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [
        ("system", "Be short."),
        ("user", "Greet."),
    ]
    assert (asked.get("max_tokens") or asked["options"]["num_predict"]) == 7
    assert asked["stream"] is True
    assert nobody_left(server)


@pytest.mark.parametrize(("kind", "reply"), [("openai", openai), ("ollama", ollama)])
def test_an_answer_cut_at_its_limit_says_so(serve: Any, kind: str, reply: Any) -> None:
    generation = connect(serve(reply(["It is"], "length")), kind).stream("", "x")
    assert "".join(generation) == "It is"
    assert generation.finished == Finished.LENGTH


def test_thoughts_are_left_out(serve: Any) -> None:
    model = connect(serve(openai(["<th", "ink>hm ", "<b> 2 < 3</thi", "nk>\n\nYes", " <1> it", " is."])))
    assert model.complete("", "x") == "Yes <1> it is."


def test_thoughts_of_a_protocol_are_left_out(serve: Any) -> None:
    chunks = [event({"reasoning_content": "hm"}), event({"content": "Yes."}), event({}, "stop")]
    assert connect(serve(raw(*chunks, b"data: [DONE]\n\n"))).complete("", "x") == "Yes."


def test_a_thought_that_never_ends_is_nonsense(serve: Any) -> None:
    with pytest.raises(ModelNonsenseError, match="think"):
        connect(serve(openai(["<think>", "hm ", "hm "]))).complete("", "x")


def test_everything_before_a_lone_closing_tag_was_thought(serve: Any) -> None:
    generation = connect(serve(openai(["Let me see. ", "</think>", "It is so."]))).stream("", "x")
    list(generation)
    assert generation.text == "It is so."


# --- what goes wrong


def test_too_many_requests_are_tried_again(serve: Any) -> None:
    server = serve(status(429, headers={"Retry-After": "0"}), status(503), openai(["Yes."]))
    assert connect(server).complete("", "x") == "Yes."
    assert len(server.chats) == 3


def test_the_wait_that_an_endpoint_asks_for_is_kept(serve: Any) -> None:
    slept: list[float] = []
    server = serve(status(429, headers={"Retry-After": "3"}), openai(["Yes."]))
    assert connect(server, sleep=slept.append).complete("", "x") == "Yes."
    assert sum(slept) == pytest.approx(3)
    assert max(slept) <= 0.5  # a reader may leave meanwhile


def test_the_wait_may_be_named_by_a_date(serve: Any) -> None:
    slept: list[float] = []
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=5), usegmt=True)
    server = serve(status(503, headers={"Retry-After": soon}), openai(["Yes."]))
    assert connect(server, sleep=slept.append).complete("", "x") == "Yes."
    assert 2 < sum(slept) <= 5


def test_waits_grow_and_are_never_the_same_for_all(serve: Any) -> None:
    """Jitter: readers who were turned away together do not come back together."""

    def waited(random: float) -> float:
        slept: list[float] = []
        server = serve(status(500))
        model = open_model(
            ModelConfig(name="openai:m", url=server.url, retries=3), sleep=slept.append, random=lambda: random
        )
        assert model is not None
        with pytest.raises(ModelUnreachableError):
            model.complete("", "x")
        assert len(server.chats) == 4
        return sum(slept)

    assert waited(0.0) == pytest.approx(0.25 + 0.5 + 1.0)
    assert waited(1.0) == pytest.approx(0.5 + 1.0 + 2.0)


@pytest.mark.parametrize("asked", ["-5", "soon", "", "1e400", "nan"])
def test_a_wait_that_is_none_is_not_kept(serve: Any, asked: str) -> None:
    slept: list[float] = []
    server = serve(status(429, headers={"Retry-After": asked}), openai(["Yes."]))
    try:
        assert connect(server, sleep=slept.append).complete("", "x") == "Yes."
    except ModelUnreachableError:
        assert asked == "1e400"
    assert sum(slept) < 2


def test_a_long_wait_is_not_waited_for(serve: Any) -> None:
    server = serve(status(429, headers={"Retry-After": "3600"}))
    with pytest.raises(ModelUnreachableError, match="429"):
        connect(server).complete("", "x")
    assert len(server.chats) == 1


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_tries_are_bounded(serve: Any, kind: str) -> None:
    server = serve(status(500, "database password is hunter2"))
    with pytest.raises(ModelUnreachableError, match="500") as caught:
        connect(server, kind, retries=2).complete("", "x")
    assert len(server.chats) == 3
    assert "hunter2" not in str(caught.value)
    assert nobody_left(server)


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("openai", 401, "key"),
        ("openai", 403, "key"),
        ("openai", 404, "has no model m"),
        ("openai", 302, "elsewhere"),
        ("openai", 422, "refuses the request .422.: no such setting"),
        ("ollama", 401, "key"),
        ("ollama", 404, "ollama pull m"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(serve: Any, kind: str, code: int, words: str) -> None:
    server = serve(status(code, "no such setting", {"Location": "http://127.0.0.1:1/"}))
    with pytest.raises(ModelUnreachableError, match=words) as caught:
        connect(server, kind).complete("", "x")
    assert len(server.chats) == 1
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def test_a_context_that_is_too_small_is_named(serve: Any) -> None:
    said = "This model's maximum context length is 4096 tokens, however you requested 9000"
    with pytest.raises(ModelUnreachableError, match="do not fit the context window"):
        connect(serve(status(400, said))).complete("", "x")


def test_a_model_without_system_role_gets_the_words_in_the_question(serve: Any) -> None:
    server = serve(status(400, "System role not supported"), openai(["Yes."]))
    assert connect(server).complete("Be short.", "Why?") == "Yes."
    assert server.chats[1].body["messages"] == [{"role": "user", "content": "Be short.\n\nWhy?"}]


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_nobody_listening_is_named_by_its_address(serve: Any, kind: str) -> None:
    server = serve(openai([]))
    server.__exit__()
    with pytest.raises(ModelUnreachableError, match=f"Nothing answers at {server.url}"):
        connect(server, kind, retries=1).complete("", "x")


def test_silence_before_the_first_word_is_a_timeout(serve: Any) -> None:
    server = serve(silent)
    model = connect(server, first_token_seconds=0.3)
    began = time.monotonic()
    with pytest.raises(ModelTimeoutError, match=r"nothing within 0\.3 seconds"):
        model.complete("", "x")
    assert time.monotonic() - began < 10
    assert nobody_left(server)
    assert len(server.chats) == 1


def test_a_stop_in_the_answer_is_a_timeout_that_keeps_the_text(serve: Any) -> None:
    server = serve(raw(event({"content": "It was "}), then="wait"))
    generation = connect(server, stall_seconds=0.3).stream("", "x")
    with pytest.raises(ModelTimeoutError, match=r"stopped for 0\.3 seconds"):
        list(generation)
    assert (generation.text, generation.finished) == ("It was ", Finished.FAILED)
    assert nobody_left(server)


def test_an_answer_has_a_time_in_all(serve: Any) -> None:
    server = serve(endless(lambda number: f" word{number % 7919}"))
    model = connect(server, total_seconds=0.5)
    with pytest.raises(ModelTimeoutError, match=r"longer than 0\.5 seconds"):
        model.complete("", "x", max_tokens=10**6)
    assert nobody_left(server)


def test_a_connection_cut_in_the_answer_is_not_tried_again(serve: Any) -> None:
    server = serve(raw(event({"content": "It was "}), then="cut"), openai(["Other."]))
    generation = connect(server).stream("", "x")
    with pytest.raises(ModelUnreachableError, match="broke off"):
        list(generation)
    assert generation.text == "It was "
    assert len(server.chats) == 1


def test_an_answer_without_its_end_is_marked(serve: Any) -> None:
    generation = connect(serve(raw(event({"content": "It was the"})))).stream("", "x")
    assert "".join(generation) == "It was the"
    assert generation.finished == Finished.BROKEN


def test_a_stream_that_breaks_in_a_letter_keeps_what_came_before(serve: Any) -> None:
    half = 'data: {"choices": [{"index": 0, "delta": {"content": "é'.encode()[:-1]
    server = serve(raw(event({"content": "Le café est"}), half + b"\n\n"))
    generation = connect(server).stream("", "x")
    assert "".join(generation) == "Le café est"
    assert generation.finished == Finished.BROKEN
    assert nobody_left(server)


def test_halves_of_letters_are_joined_or_left_out(serve: Any) -> None:
    pieces = [rb'"ok \ud83d"', rb'"\ude42 and\u0000 "', rb'"caf\ufffd."']
    chunks = [
        b'data: {"choices": [{"index": 0, "delta": {"content": ' + piece + b"}}]}\n\n" for piece in pieces
    ]
    text = AnswerText(100)
    assert "".join(text.feed(json.loads(piece)) for piece in pieces) == "ok 🙂 and caf."
    generation = connect(serve(raw(*chunks, event({}, "stop")))).stream("", "x")
    "".join(generation).encode()  # no half letter comes through, whatever becomes of the rest


def test_what_is_not_seen_is_left_out(serve: Any) -> None:
    pieces = ["Three\u200b died", " [\u2060", "1\ufeff].\u202e", " می\u200cروم", "\U000e0041\u2066."]
    assert connect(serve(openai(pieces))).complete("", "x") == "Three died [1]. می\u200cروم."


def test_an_answer_of_nothing_that_is_seen_is_nonsense(serve: Any) -> None:
    server = serve(endless(lambda number: "\u200b" * 10))
    with pytest.raises(ModelNonsenseError, match="broken text"):
        connect(server).complete("", "x")
    assert nobody_left(server)


def test_noise_is_nonsense(serve: Any) -> None:
    with pytest.raises(ModelNonsenseError, match="broken text"):
        connect(serve(openai(["\ufffd\ufffda\ufffd"] * 20))).complete("", "x")


@pytest.mark.parametrize("pieces", [[], [""], [" \n", " "], ["\x00\ufffd"]])
def test_an_empty_answer_is_nonsense(serve: Any, pieces: list[str]) -> None:
    with pytest.raises(ModelNonsenseError, match="nothing"):
        connect(serve(openai(pieces))).complete("", "x")


def test_an_endless_answer_is_cut(serve: Any) -> None:
    server = serve(endless(lambda number: f" {number * number}"))
    generation = connect(server).stream("", "x", max_tokens=50)
    text = "".join(generation)
    assert (len(text), generation.finished) == (400, Finished.LENGTH)
    assert nobody_left(server)


def test_a_megabyte_at_once_is_cut(serve: Any) -> None:
    generation = connect(serve(openai(["".join(map(str, range(200_000)))]))).stream("", "x", max_tokens=50)
    assert len("".join(generation)) == 400
    assert generation.finished == Finished.LENGTH


def test_a_model_that_repeats_itself_is_cut(serve: Any) -> None:
    words = "He resigned on Monday [1]. " * 200
    server = serve(endless(lambda number: "Yes. " if number == 0 else words[number : number + 1]))
    generation = connect(server).stream("", "x")
    list(generation)
    assert generation.finished == Finished.REPETITION
    assert generation.text.count("resigned") == 1
    assert nobody_left(server)


# --- leaving


@pytest.mark.parametrize(
    "first", [silent, status(429, headers={"Retry-After": "9"})], ids=["silent", "pausing"]
)
def test_a_reader_leaves_before_the_first_word(serve: Any, first: Reply) -> None:
    server = serve(first)
    model = open_model(ModelConfig(name="openai:m", url=server.url))
    assert model is not None
    generation = model.stream("", "x")
    assert next(generation) == ""
    assert until(lambda: len(server.chats) == 1)
    generation.close()
    assert generation.finished == Finished.CLOSED
    assert nobody_left(server)


def test_a_reader_leaves_from_another_thread(serve: Any) -> None:
    server = serve(silent)
    generation = connect(server).stream("", "x")
    threading.Timer(0.3, generation.close).start()
    began = time.monotonic()
    assert "".join(generation) == ""
    assert time.monotonic() - began < 15
    assert generation.finished == Finished.CLOSED
    assert nobody_left(server)


@pytest.mark.parametrize("how", ["close", "with", "drop"])
def test_a_reader_leaves_in_the_answer(serve: Any, how: str) -> None:
    server = serve(endless(lambda number: f" {number * number}"))
    model = connect(server)
    generation = model.stream("", "x", max_tokens=10**6)
    while not generation.text:
        next(generation)
    assert server.open == 1
    if how == "close":
        generation.close()
    elif how == "with":
        with generation:
            pass
    else:
        del generation
    assert nobody_left(server)


def test_many_readers_at_once_get_their_own_answers(serve: Any) -> None:
    def echo(handler: Any) -> None:
        time.sleep(0.05)
        openai(handler.seen.body["messages"][-1]["content"])(handler)

    server = serve(echo)
    model = connect(server)
    answers: dict[str, str] = {}

    def ask(question: str) -> None:
        answers[question] = model.complete("", question)

    threads = [threading.Thread(target=ask, args=(f"question {number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {f"question {number}": f"question {number}" for number in range(12)}
    assert nobody_left(server)


def test_a_model_that_blocks_still_keeps_to_the_limits() -> None:
    woken = threading.Event()

    def slow(prompt: str) -> str:
        woken.wait(20)
        return "late"

    model = LanguageModel.of(
        ScriptedModel(slow), ModelConfig(name="none", first_token_seconds=0.3, total_seconds=5)
    )
    began = time.monotonic()
    with pytest.raises(ModelTimeoutError):
        model.complete("", "x")
    assert time.monotonic() - began < 10
    woken.set()
