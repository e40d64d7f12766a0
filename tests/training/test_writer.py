"""What training the writer rests on: tasks that cannot see each other, sets that do not mix, names that fit."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from training.writer.data import Group, Maker, Sets, Task, answering, read_sets
from training.writer.export import gguf_name
from training.writer.lora import LoraLinear, adapt, factors, put
from training.writer.prompts import NO_ANSWER
from training.writer.train import Encoder, Head

PASSAGE = {
    "en": "The harbour of Skerrow opened in 1911. It has nine cranes. Ida Brandt runs it today.",
    "fr": "Le port de Skerrow a ouvert en 1911. Il compte neuf grues. Ida Brandt le dirige aujourd'hui.",
}
QUESTIONS = [
    {"en": ("When did the harbour open?", "1911"), "fr": ("Quand le port a-t-il ouvert ?", "1911")},
    {"en": ("How many cranes has it?", "nine"), "fr": ("Combien de grues compte-t-il ?", "neuf")},
    {"en": ("Who runs it?", "Ida Brandt"), "fr": ("Qui le dirige ?", "Ida Brandt")},
]


class Letters:
    """A tokenizer of letters."""

    bos_token_id, eos_token_id = 2, 1

    def __call__(self, text: str, add_special_tokens: bool = False) -> dict[str, list[int]]:
        return {"input_ids": [ord(letter) for letter in text]}


def written(folder: Path, name: str, rows: list[Any]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def sets(tmp_path: Path) -> tuple[Sets, Sets]:
    """Small sets of the same form: thirty passages, thirty news documents of two sentences."""

    def side(number: int, language: str, one: dict[str, tuple[str, str]]) -> dict[str, Any]:
        text = f"{PASSAGE[language]} Pier {number}."
        question, answer = one[language]
        return {"question": question, "passage": text, "answer": answer, "start": text.index(answer)}

    parallel = [
        {"by_language": {language: side(number, language, one) for language in PASSAGE}}
        for number in range(30)
        for one in QUESTIONS
    ]
    news = [
        {"doc": f"d{n // 2}", "text": {"en": f"The mill at Almiron ground {n} tonnes of olives.", "fr": f"Le moulin d'Almiron a broyé {n} tonnes d'olives."}}
        for n in range(60)
    ]  # fmt: skip
    written(tmp_path, "qa_parallel", parallel)
    written(tmp_path, "qa_french", [one["by_language"]["fr"] for one in parallel])
    written(tmp_path, "parallel_news", news)
    return read_sets(tmp_path)


def test_whole_passages_and_documents_are_held_aside(sets: tuple[Sets, Sets]) -> None:
    kept, aside = sets
    passages = [{one[0]["en"]["passage"] for one in part.parallel} for part in sets]
    assert not passages[0] & passages[1]
    assert (len(kept.parallel), len(aside.parallel)) == (28, 2)
    mills = [{text["en"] for text in part.news} for part in sets]
    assert not mills[0] & mills[1]
    assert len(aside.news) == 4  # two documents, both their sentences


def test_a_seed_draws_the_same_groups_and_answers_stand_in_the_text(sets: tuple[Sets, Sets]) -> None:
    kept, _ = sets
    first, second = ([maker.draw() for _ in range(80)] for maker in (Maker(kept, 3), Maker(kept, 3)))
    assert first == second
    questions = [
        (group, task)
        for group in first
        for task in group.tasks
        if task.question and "____" not in task.question
    ]
    assert {task.target.strip() == NO_ANSWER for _, task in questions} == {True, False}
    for group, task in questions:
        told = {question: one[group.told][1] for one in QUESTIONS for question, _ in one.values()}
        assert (told[task.question] in group.text) == (task.target.strip() != NO_ANSWER)


def test_a_task_sees_the_text_and_itself_and_nothing_else() -> None:
    group = Group(
        "en", ("Nine cranes.",), (answering("How many?", "en", "nine"), answering("Who?", "en", "I. B."))
    )
    [batch] = Encoder(Letters(), 500).batches([group], random.Random(0))
    text = len(group.text) + 1
    lengths = [len(task.prompt) + len(task.target) for task in group.tasks]
    seen = batch.mask[0, 0]
    for number, length in enumerate(lengths):
        start = text + sum(lengths[:number])
        for place in range(length):
            allowed = set(range(text)) | set(range(start, start + place + 1))
            assert set(seen[start + place].nonzero().flatten().tolist()) == allowed
            assert batch.positions[0, start + place] == text + place


def test_the_loss_looks_at_the_answer_and_its_end_only() -> None:
    task = Task("en", "Q:", " no")
    [batch] = Encoder(Letters(), 500).batches([Group("en", ("A.",), (task,))], random.Random(0))
    wanted = [int(token) for token in batch.targets[0] if token >= 0]
    assert wanted == [*map(ord, " no"), Letters.eos_token_id]
    assert all(
        later == token
        for token, later in zip(batch.targets[0, :-1].tolist(), batch.ids[0, 1:].tolist(), strict=True)
        if token >= 0
    )


def test_the_head_over_used_tokens_is_the_head_where_no_other_token_counts() -> None:
    torch.manual_seed(0)
    weight, hidden = torch.randn(20, 8), torch.randn(1, 3, 8)
    targets = torch.tensor([[4, -100, 9]])
    whole = torch.nn.functional.cross_entropy((hidden[0] @ weight.T)[[0, 2]], torch.tensor([4, 9]))
    assert torch.allclose(Head(weight, range(20)).loss(hidden, targets), whole)
    assert Head(weight, [4, 9]).loss(hidden, targets) < whole


def test_an_adapter_begins_as_nothing_and_only_its_factors_learn() -> None:
    torch.manual_seed(0)
    model = torch.nn.ModuleDict({"q_proj": torch.nn.Linear(6, 4, bias=False), "other": torch.nn.Linear(4, 2)})
    x = torch.randn(3, 6)
    before = model["q_proj"](x)
    adapters = adapt(model, rank=2, alpha=4.0)
    assert isinstance(model["q_proj"], LoraLinear)
    assert torch.equal(model["q_proj"](x), before)
    assert [name for name, one in model.named_parameters() if one.requires_grad] == ["q_proj.a", "q_proj.b"]
    changed = {name: tensor + 1 for name, tensor in factors(adapters).items()}
    put(adapters, changed)
    low = x @ changed["q_proj.a"].T
    assert torch.allclose(model["q_proj"](x), before + 2.0 * low @ changed["q_proj.b"].T, atol=1e-5)


def test_the_adapter_has_llama_cpps_names() -> None:
    assert gguf_name("model.layers.7.self_attn.o_proj.a") == "blk.7.attn_output.weight.lora_a"
    assert gguf_name("model.layers.0.mlp.gate_proj.b") == "blk.0.ffn_gate.weight.lora_b"
