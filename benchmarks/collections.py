"""Evaluation sets → collections of the product's own kind, with a cache of embeddings.

A set is a folder with `corpus.jsonl.gz` (id, title, text, date, lang, url) and
`questions.jsonl.gz` (id, question, lang, gold_doc_ids, gold_answers, answerable). Its articles
are written as files and indexed by `Index.add`, like anybody's.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from index import Index, IndexConfig
from index.embed import Embedder, PassageEmbedding, make_embedder
from index.reader import READER_SHA256, Reader, packaged_reader

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Read a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class CachedEmbedder:
    """The product's embedder, with every vector it has made kept in a file.

    Without `sentences`, passages get no sentence vectors: enough for retrieval, and much quicker.
    """

    def __init__(self, inner: Embedder, path: Path, *, sentences: bool = True) -> None:
        self._inner = inner
        self._sentences = sentences
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cache = sqlite3.connect(path, check_same_thread=False)
        self._cache.execute("PRAGMA journal_mode=WAL")
        self._cache.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)")

    @property
    def id(self) -> str:
        return self._inner.id

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def warm_up(self) -> None:
        self._inner.warm_up()

    def embed_question(self, question: str) -> np.ndarray:
        found = self._get(f"query\0{question}")
        if found is None:
            found = self._inner.embed_question(question)
            self._put({f"query\0{question}": found})
        return found

    def embed_passages(
        self, texts: Sequence[str], contexts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]]
    ) -> list[PassageEmbedding]:
        spans = sentences if self._sentences else [[] for _ in texts]
        inputs: list[tuple[str, str]] = list(zip(contexts, texts, strict=True))
        for context, text, cuts in zip(contexts, texts, spans, strict=True):
            inputs.extend((context, text[start:end]) for start, end in cuts)
        keys = [f"passage\0{context}{text}" for context, text in inputs]
        vectors = {key: self._get(key) for key in keys}
        missing = [n for n, key in enumerate(keys) if vectors[key] is None]
        missing.sort(key=lambda n: len(keys[n]))
        if missing:
            made = self._inner.embed_passages(
                [inputs[n][1] for n in missing], [inputs[n][0] for n in missing], [[] for _ in missing]
            )
            fresh = {keys[n]: one.vector for n, one in zip(missing, made, strict=True)}
            self._put(fresh)
            vectors |= fresh
        result, position = [], len(texts)
        for number, cuts in enumerate(spans):
            rows = [vectors[key] for key in keys[position : position + len(cuts)]]
            position += len(cuts)
            of_sentences = np.array(rows, dtype=np.float32).reshape(len(rows), self.dimension)
            if not self._sentences:
                of_sentences = np.zeros((len(sentences[number]), self.dimension), dtype=np.float32)
            vector = vectors[keys[number]]
            assert vector is not None
            result.append(PassageEmbedding(vector=vector, sentence_vectors=of_sentences))
        return result

    def _get(self, key: str) -> np.ndarray | None:
        row = self._cache.execute("SELECT vector FROM vectors WHERE key = ?", (_digest(key),)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float16).astype(np.float32)

    def _put(self, vectors: dict[str, np.ndarray]) -> None:
        rows = [(_digest(key), vector.astype(np.float16).tobytes()) for key, vector in vectors.items()]
        with self._cache:
            self._cache.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


class CachedReader:
    """The product's reader, with everything it has read kept in a file."""

    def __init__(self, inner: Reader, path: Path) -> None:
        self._inner = inner
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cache = sqlite3.connect(path, check_same_thread=False)
        self._cache.execute("PRAGMA journal_mode=WAL")
        self._cache.execute("CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, reading TEXT)")

    def warm_up(self) -> None:
        self._inner.warm_up()

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    ) -> list[list[float]]:
        keys = [reading_key(question, text) for text, _ in passages]
        found = {key: self._get(key) for key in keys}
        missing = [n for n, key in enumerate(keys) if found[key] is None]
        if missing:
            made = self._inner.read(question, [passages[n] for n in missing])
            fresh = {keys[n]: scores for n, scores in zip(missing, made, strict=True)}
            with self._cache:
                rows = [(key, json.dumps(scores)) for key, scores in fresh.items()]
                self._cache.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?)", rows)
            found |= fresh
        return [found[key] or [] for key in keys]

    def _get(self, key: bytes) -> list[float] | None:
        row = self._cache.execute("SELECT reading FROM readings WHERE key = ?", (key,)).fetchone()
        return None if row is None else list(json.loads(row[0]))


def reading_key(question: str, text: str) -> bytes:
    """Return the key of what was read of a passage for a question."""
    return _digest(f"{READER_SHA256}\0{question}\0{text}")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:16]


def choose_articles(corpus: list[Row], questions: list[Row], limit: int | None) -> list[Row]:
    """Return the corpus, or its gold articles and enough others (seed 0) to make `limit`."""
    if limit is None or len(corpus) <= limit:
        return corpus
    gold = {name for question in questions for name in question["gold_doc_ids"]}
    kept = [row for row in corpus if row["id"] in gold]
    others = [row for row in corpus if row["id"] not in gold]
    random.Random(0).shuffle(others)
    return kept + others[: max(0, limit - len(kept))]


def build_index(
    articles: list[Row], cache: Path, name: str, *, sentences: bool = True, reuse: bool = False
) -> Index:
    """Index articles in `cache/name` and return the open index. Article paths end in their ids.

    With `reuse`, an index that an earlier run has completed is taken as it is.
    """
    folder, data = cache / f"{name}-files" / "set", cache / name
    complete = folder.parent / "complete"
    if reuse and complete.is_file():
        return _open(data, cache, sentences)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
    write_articles(articles, folder)
    index = _open(data, cache, sentences)
    report = index.add([folder], progress=_show)
    print(
        f"\n{name}: {len(report.added)} articles, {report.passages} passages, "
        f"{len(report.duplicates)} duplicates, {len(report.failures)} failures",
        file=sys.stderr,
    )
    complete.touch()
    return index


def write_articles(articles: list[Row], folder: Path) -> None:
    """Write each article as a text file with front matter into a folder that is made; files end in their ids."""
    folder.mkdir(parents=True)
    for row in articles:
        head = {"title": row.get("title"), "date": row.get("date"), "language": row.get("lang")}
        front = yaml.safe_dump({key: value for key, value in head.items() if value}, allow_unicode=True)
        text = f"---\n{front}---\n{row['text']}" if any(head.values()) else row["text"]
        (folder / f"{safe_name(row['id'])}.txt").write_text(text, encoding="utf-8")


def _open(data: Path, cache: Path, sentences: bool) -> Index:
    config = IndexConfig()
    embedder = CachedEmbedder(
        make_embedder(config.embedding_model, config.cache_dir, 16),
        cache / "embeddings.sqlite",
        sentences=sentences,
    )
    return Index.open(data, config=config, embedder=embedder, reader=make_reader(cache))


def make_reader(cache: Path) -> Reader | None:
    """Return the product's reader; None where $ARTICLE_ASSISTANT_UNREAD is set, to measure without it."""
    reader = None if os.environ.get("ARTICLE_ASSISTANT_UNREAD") else packaged_reader(IndexConfig().cache_dir)
    return None if reader is None else CachedReader(reader, cache / "readings.sqlite")


def safe_name(identifier: str) -> str:
    """Return a set's article id as a file name."""
    return re.sub(r"[^\w.-]", "_", identifier)


def set_id(path: str | None) -> str:
    """Return the (safe) id of the set's article that was read from `path`."""
    return Path(path or "").stem if path else ""


def _show(progress: Any) -> None:
    if progress.done % 50 == 0:
        print(f"\r{progress.done}/{progress.total}", end="", file=sys.stderr)
