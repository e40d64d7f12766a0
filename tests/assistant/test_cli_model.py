"""`ask` and `chat` with a model that writes, well or badly, as a user sees them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import cli
from assistant.commands import asking
from assistant.quote import Calibration
from assistant.support import SUPPORT_FEATURES, SupportModel
from index import Index
from index.fakes import HashEmbedder, InMemoryVectors
from tests.model_connections import KEY, nobody_left
from tests.model_server import Reply, endless, openai, raw, status

QUESTION = "What happened to the ferry off Port-Valmere?"
GOOD = "Three people died when a ferry caught fire off Port-Valmere [1]."
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command over two articles; returns its exit code, and what it printed and complained of."""
    (tmp_path / "ferry.txt").write_text(
        "Three people died when a ferry caught fire off Port-Valmere. Rescuers took 260 people off the ship."
    )
    lenient = SupportModel(weights=(0.0,) * len(SUPPORT_FEATURES), bias=5.0, supported=0.5, weak=0.3)
    always = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
    with Index.open(tmp_path / "data", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
        index.add([tmp_path / "ferry.txt"])

        @contextmanager
        def opened(*_: Any, **__: Any) -> Iterator[Index]:
            yield index

        monkeypatch.setattr(Index, "open", opened)
        monkeypatch.setattr(Calibration, "shipped", staticmethod(lambda: always))
        monkeypatch.setattr(SupportModel, "shipped", staticmethod(lambda: lenient))

        def command(*arguments: str, typed: str = "") -> tuple[int, str, str]:
            monkeypatch.setattr("sys.stdin", io.StringIO(typed))
            code = cli.main([*arguments])
            printed = capsys.readouterr()
            return code, printed.out, printed.err

        yield command


def test_an_answer_in_a_models_words_is_printed_with_its_sources(run: Run, serve: Any) -> None:
    server = serve(openai([GOOD]))
    code, out, err = run("ask", QUESTION, "--model", "openai:m", "--model-url", server.url)
    assert (code, err) == (0, "")
    assert "Three people died when a ferry caught fire off Port-Valmere. [1]" in " ".join(out.split())
    assert "Written by m; every sentence was checked" in out and "\n  [1] " in out


FAULTS: list[tuple[Reply, str]] = [
    (status(401, f"Incorrect API key provided: {KEY}"), "refuses the key"),
    (status(404, "model not found"), "has no model m"),
    (status(503, KEY), "fault of its own"),
    (openai([]), "answered nothing"),
    (raw(f"data: {{{KEY}\n\n".encode()), "cannot be read"),
    (openai(["\ufffd\ufffd"] * 30), "broken text"),
]


@pytest.mark.parametrize(("reply", "words"), FAULTS, ids=[words for _, words in FAULTS])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_model_that_fails_costs_no_answer_and_shows_no_key(
    run: Run, serve: Any, monkeypatch: pytest.MonkeyPatch, reply: Reply, words: str, as_json: bool
) -> None:
    monkeypatch.setenv("ARTICLE_ASSISTANT_API_KEY", KEY)
    monkeypatch.setattr("assistant.llm.generation._FIRST_PAUSE", 0.0)
    server = serve(reply)
    more = ["--json"] if as_json else []
    code, out, err = run("ask", QUESTION, "--model", "openai:m", "--model-url", server.url, *more)
    assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"
    assert code == 0 and KEY not in out + err and "DISTINCTIVE" not in out + err
    shown = json.loads(out)["warnings"][0] if as_json else " ".join(out.split())
    assert words in shown and "the answer is quoted" in shown
    assert "“Three people died when a ferry caught fire off Port-Valmere." in " ".join(out.split())


@pytest.mark.parametrize(
    ("model", "more", "words"),
    [
        ("gpt-4", [], "must be `none`"),
        ("openai:m", ["--model-url", "localhost"], "must look like http"),
        ("openai:m", [], "OpenAI wants a key"),
        ("gguf:/nowhere/model.gguf", [], "no file model.gguf"),
    ],
)
def test_a_setting_that_cannot_be_right_is_one_sentence(
    run: Run, model: str, more: list[str], words: str
) -> None:
    code, out, err = run("ask", QUESTION, "--model", model, *more)
    assert (code, out) == (2, "")
    assert words in err and err.count("\n") == 1 and "Traceback" not in err


def test_a_key_file_that_is_missing_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARTICLE_ASSISTANT_API_KEY_FILE", str(tmp_path / "secret" / "key"))
    code, _, err = run("ask", QUESTION, "--model", "openai:m", "--model-url", "http://127.0.0.1:9")
    assert code == 2 and "key file key cannot be read" in err and str(tmp_path) not in err


def test_a_chat_remembers_and_prints_a_line_each(run: Run, serve: Any) -> None:
    follow_up = "How many people died in the fire off Port-Valmere?"
    server = serve(openai([GOOD]), openai([follow_up]), openai([GOOD]))
    typed = f"{QUESTION}\n\nAnd how many people died?\n"
    code, out, _ = run("chat", "--json", "--model", "openai:m", "--model-url", server.url, typed=typed)
    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0 and first["standalone"] is None
    assert second["standalone"] == follow_up
    assert QUESTION in server.chats[1].body["messages"][-1]["content"]


def test_an_interrupt_ends_the_request(run: Run, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(endless(lambda number: f" word{number}"))
    pieces = 0

    def interrupted(*_: Any) -> list[Any]:
        nonlocal pieces
        pieces += 1
        if pieces > 3:
            raise KeyboardInterrupt
        return []

    monkeypatch.setattr("assistant.write.SentenceStream.feed", interrupted)
    code, _, err = run("ask", QUESTION, "--model", "openai:m", "--model-url", server.url)
    assert code == 130 and "Traceback" not in err
    assert nobody_left(server)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_what_is_being_done_and_nothing_of_it_stays(
    run: Run, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    server = serve(openai([GOOD[:30], GOOD[30:], " And 9,000 \x1b[31mpeople drowned [1]."]))
    _, out, _ = run("ask", QUESTION, "--model", "openai:m", "--model-url", server.url)
    shown = terminal.getvalue().split("\r\x1b[K")
    assert "Looking through the articles…" in shown and "Reading 1 passages…" not in shown
    assert any("being written) Three people died" in line for line in shown)
    assert any("1 checked; being written) And 9,000" in line for line in shown)
    assert shown[-1] == "" and "\x1b" not in "".join(shown)
    assert "9,000" not in out.split("Written by")[0]


def test_an_interrupt_in_a_chat_at_a_terminal_ends_the_answer_only(
    run: Run, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(openai([GOOD]))
    left = [KeyboardInterrupt]
    whole = asking._answered

    def interrupted_once(*arguments: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return whole(*arguments, **named)

    monkeypatch.setattr(asking, "_answered", interrupted_once)
    monkeypatch.setattr(io, "StringIO", Terminal)
    typed = f"Who was on board?\n{QUESTION}\n\n"
    code, out, err = run("chat", "--model", "openai:m", "--model-url", server.url, typed=typed)
    assert code == 0 and "Stopped." in err
    assert "Three people died" in out
