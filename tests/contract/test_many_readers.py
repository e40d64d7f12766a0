"""Many readers at once, while articles come in: each gets the answer to the own question, as if alone."""

from __future__ import annotations

import gc
import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from assistant import Answer, Assistant, Done, Token
from assistant.config import ModelConfig
from assistant.fakes import ScriptedModel
from assistant.llm import LanguageModel
from assistant.quote import Calibration
from index import Index
from index.fakes import HashEmbedder

ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
TOWNS = "Arkby Brenn Corvale Dunmere Elsworth Fennick Garmouth Holtby Iverdale Jarrow Keswold Lynmoor".split()
LATER = "Marsden Norwick Ormsby Pelham Quayle Rusholm Selwick Tarrow Ullstead Varnholt".split()


def article(town: str, number: int) -> str:
    return (
        f"---\ntitle: The budget of {town}\nsource: {town} Gazette\nurl: https://{town.lower()}.example/{number}\n---\n"
        f"The council of {town} spends {number} million crowns on its harbour this year, the treasurer of {town} said. "
        f"Nobody in {town} voted against it.\n"
    )


def write(folder: Path, towns: list[str], first: int = 10) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, town in enumerate(towns, first):
        paths.append(folder / f"{town}.md")
        paths[-1].write_text(article(town, number), encoding="utf-8")
    return paths


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "data", embedder=HashEmbedder()) as opened:
        opened.add(write(tmp_path / "articles", TOWNS))
        yield opened


def question(town: str) -> str:
    return f"How many million crowns does the council of {town} spend on its harbour?"


def quotes(answer: Answer) -> list[tuple[str, str | None]]:
    return [(one.quote, one.url) for one in answer.citations]


def test_answers_beside_an_ingest_are_those_given_alone(index: Index, tmp_path: Path) -> None:
    assistant = Assistant(index, calibration=ALWAYS)
    alone = {town: quotes(assistant.ask(question(town)))[:1] for town in TOWNS}
    for number, town in enumerate(TOWNS, 10):
        assert f"{town} spends {number} million" in alone[town][0][0], "the question is answered at all"
    later, failures = write(tmp_path / "later", LATER, 50), []

    def add() -> None:
        try:
            for path in later:
                index.add([path])
        except Exception as error:
            failures.append(error)

    adding = threading.Thread(target=add)
    adding.start()
    with ThreadPoolExecutor(16) as readers:
        answers = list(readers.map(lambda town: (town, assistant.ask(question(town))), TOWNS * 4))
    adding.join()
    assert failures == []
    for town, answer in answers:
        assert quotes(answer)[:1] == alone[town]
    assert f"Varnholt spends {49 + len(LATER)} million" in quotes(assistant.ask(question("Varnholt")))[0][0]


def test_what_a_model_writes_for_one_is_not_given_to_another(index: Index) -> None:
    def reply(prompt: str) -> str:
        town = re.findall(r"council of (\w+) spend on", prompt)[-1]
        return f"The council of {town} spends {10 + TOWNS.index(town)} million crowns on its harbour this year [1]."

    model = ScriptedModel(reply)
    assistant = Assistant(
        index, calibration=ALWAYS, model=LanguageModel.of(model, ModelConfig(name="none", retries=0))
    )
    with ThreadPoolExecutor(12) as readers:
        answers = list(readers.map(lambda town: (town, assistant.ask(question(town))), TOWNS * 2))
    for town, answer in answers:
        assert f"council of {town} spends" in answer.text
        first = answer.citations[0]
        assert (first.source, first.quote.count(town) > 0) == (f"{town} Gazette", True)
    assert model.open_streams == 0


@pytest.mark.faults
def test_two_hundred_readers_who_leave_in_the_middle_leave_nothing_behind(index: Index) -> None:
    model = ScriptedModel(
        ["The council of Arkby spends 10 million crowns on its harbour this year [1]. " * 20]
    )
    assistant = Assistant(
        index, calibration=ALWAYS, model=LanguageModel.of(model, ModelConfig(name="none", retries=0))
    )

    def leave() -> None:
        events = assistant.stream(question("Arkby"))
        for event in events:
            assert not isinstance(event, Done)
            if isinstance(event, Token):
                break
        events.close()

    process = psutil.Process(os.getpid())
    for _ in range(20):  # what is loaded once is loaded now
        leave()
    gc.collect()
    memory, threads, files = process.memory_info().rss, threading.active_count(), process.num_fds()
    for _ in range(200):
        leave()
    gc.collect()
    assert model.open_streams == 0
    assert threading.active_count() <= threads + 1
    assert process.num_fds() <= files + 4
    assert process.memory_info().rss - memory < 50e6
