"""Cut the training passages as the product does, and keep what the frozen lower layers make of them.

    python -m training.judge.prepare --data DIR --out DIR [--cache DIR]

Question and passage go through the lower half of the encoder apart ("query: …", "passage: …", as e5
was trained) and only the upper half reads both together (as in DeFormer, Cao et al. 2020,
https://arxiv.org/abs/2005.00697). So the lower half is run once for every text and kept, in half
precision, in `OUT/prepared.pt`, with the e5 vectors that the negatives are mined with.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

import torch

from benchmarks.collections import Row, read_rows
from index.config import IndexConfig
from index.packaged import ensure_model_folder
from index.split import split_article, split_sentences
from index.types import Article

LOWER = 6
"""Layers that read question and passage apart, and stay as they are."""
MOST_TOKENS = 256
ASIDE = 0.12
"""Share of the paragraphs that no training question is about, and that no negative is taken from."""


def main() -> None:
    """Write `OUT/prepared.pt`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="where the packaged model has been converted to")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    passages, questions = read(arguments.data / "train")
    print(f"{len(passages)} passages, {len(questions)} questions", flush=True)
    folder = ensure_model_folder(arguments.cache or IndexConfig().cache_dir)
    encoder = Encoder(folder)
    encoder.run(passages, "passage: ")
    encoder.run(questions, "query: ")
    torch.save({"passages": passages, "questions": questions}, arguments.out / "prepared.pt")


def read(folder: Path) -> tuple[list[Row], list[Row]]:
    """Return the passages and the questions; each question names its gold passage and answer by language."""
    passages: list[Row] = []
    found: dict[tuple[str, str], list[Row]] = {}
    aside: dict[str, bool] = {}
    chooser = random.Random(0)

    def cut(text: str, language: str, paragraph: str) -> list[Row]:
        if (text, language) not in found:
            aside.setdefault(paragraph, chooser.random() < ASIDE)
            rows = _passages(text, language, paragraph, len(passages))
            for row in rows:
                row["aside"] = aside[paragraph]
            passages.extend(rows)
            found[text, language] = rows
        return found[text, language]

    questions = []
    for row in read_rows(folder / "qa_french.jsonl.gz"):
        gold = _gold(cut(row["passage"], "fr", f"f{row['passage']}"), row)
        if gold:
            questions.append({"text": row["question"], "language": "fr", "gold": {"fr": gold}})
    for row in read_rows(folder / "qa_parallel.jsonl.gz"):
        versions = row["by_language"]
        paragraph = f"p{versions['en']['passage']}"
        answers = {}
        for language, one in versions.items():
            gold = _gold(cut(one["passage"], language, paragraph), one)
            if gold:
                answers[language] = gold
        forms = [one["answer"] for one in versions.values()]
        for language, one in versions.items():
            questions.append({"text": one["question"], "language": language, "gold": answers, "forms": forms})
    for question in questions:
        first = next(iter(question["gold"].values()))
        question["aside"] = passages[first["passage"]]["aside"]
        question["paragraph"] = passages[first["passage"]]["paragraph"]
    return passages, questions


def aside_paragraphs(data: Path) -> set[str]:
    """Return the texts (of parallel ones the English text) of the paragraphs that were held aside."""
    return {question["paragraph"][1:] for question in read(data / "train")[1] if question["aside"]}


def _passages(text: str, language: str, paragraph: str, first: int) -> list[Row]:
    article = Article(
        id="a", path="a", url=None, title="", source=None, author=None, published=None,
        fetched=None, language=language, text=text, version="0",
    )  # fmt: skip
    return [
        {
            "number": first + place,
            "text": one.text,
            "start": one.start,
            "end": one.end,
            "language": language,
            "paragraph": paragraph,
            "sentences": split_sentences(one.text, language),
        }
        for place, one in enumerate(split_article(article, IndexConfig().passage_tokens))
    ]


def _gold(rows: list[Row], answer: Row) -> Row | None:
    start, end = answer["start"], answer["start"] + len(answer["answer"])
    for row in rows:
        if row["start"] <= start < row["end"]:
            return {
                "passage": row["number"],
                "start": start - row["start"],
                "end": min(end, row["end"]) - row["start"],
                "answer": answer["answer"],
            }
    return None


class Encoder:
    """The packaged model, run in bfloat16: states after the lower layers, and the e5 vector."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer
        from transformers import BertModel

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._model = BertModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.bfloat16).eval()

    @torch.no_grad()
    def run(self, rows: list[Row], prefix: str, *, batch: int = 16, most: int = MOST_TOKENS) -> None:
        """Give each row its `states` (tokens, 384), `offsets` in its text and `vector` (384,)."""
        for row in rows:
            encoded = self._tokenizer.encode(prefix + row["text"])
            cut = len(encoded.ids) > most
            kept = [*range(most - 1), len(encoded.ids) - 1] if cut else range(len(encoded.ids))
            row["ids"] = [encoded.ids[place] for place in kept]
            places = [encoded.offsets[place] for place in kept]
            row["offsets"] = [(first - len(prefix), last - len(prefix)) for first, last in places]
        order = sorted(rows, key=lambda row: len(row["ids"]))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            ids, mask = _padded([row["ids"] for row in chosen])
            output = self._model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
            lower, last = output.hidden_states[LOWER], output.last_hidden_state.float()
            mean = (last * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            for place, row in enumerate(chosen):
                length = len(row.pop("ids"))
                row["states"] = lower[place, :length].half().clone()
                row["vector"] = torch.nn.functional.normalize(mean[place], dim=0)
            if start // batch % 20 == 0:
                print(f"{prefix}{start}/{len(order)}", flush=True)


def _padded(ids: list[list[int]]) -> tuple[Any, Any]:
    width = max(map(len, ids))
    tokens = torch.ones((len(ids), width), dtype=torch.long)  # 1 pads
    mask = torch.zeros((len(ids), width), dtype=torch.long)
    for place, one in enumerate(ids):
        tokens[place, : len(one)] = torch.tensor(one)
        mask[place, : len(one)] = 1
    return tokens, mask


if __name__ == "__main__":
    main()
