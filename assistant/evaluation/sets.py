"""Evaluation sets: a corpus, which becomes a collection like anybody's, and questions with gold answers.

A set is a folder with `corpus.jsonl.gz` (id, text and, where known, title, date, lang, url) and
`questions.jsonl.gz` (question, answerable and, where known, lang, gold_doc_ids, gold_answers,
gold_answers_qlang, gold_answers_en, history). Further questions may stand in `questions_*.jsonl.gz`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index import Index, IndexConfig, ProgressCallback

from ..types import Turn
from .cases import Case, Kind
from .errors import EvaluationError

Row = dict[str, Any]
CORPUS, QUESTIONS = "corpus.jsonl.gz", "questions.jsonl.gz"
_GOLD = ("gold_answers", "gold_answers_qlang", "gold_answers_en")


def find_sets(folder: Path) -> list[Path]:
    """Return the evaluation sets that a folder is or holds, by name; none where it is something else."""
    if (folder / QUESTIONS).is_file():
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(inner for inner in folder.iterdir() if (inner / QUESTIONS).is_file())


def default_cache() -> Path:
    """Return where the collections of sets are kept."""
    return IndexConfig().cache_dir / "evaluation"


def index_set(folder: Path, cache: Path, progress: ProgressCallback | None = None) -> Index:
    """Index the corpus of a set under `cache`, or take what an earlier run has indexed; returns it open.

    Interrupted, the next call goes on. Raises EvaluationError and StoreErrors.
    """
    home = cache / _cache_name(folder)
    corpus, complete = folder / CORPUS, home / "complete"
    rows = _rows(corpus)
    state = f"{corpus.stat().st_size} {corpus.stat().st_mtime_ns}"
    index = Index.open(home / "collection")
    if complete.is_file() and complete.read_text(encoding="utf-8") == state:
        return index
    files = home / "articles"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    for row in rows:
        if str(row.get("text") or "").strip():
            (files / f"{_file_name(str(row.get('id')))}.txt").write_text(_file(row), encoding="utf-8")
    try:
        index.add([files], sync=True, progress=progress)
        if not index.list_articles():
            raise EvaluationError(f"The corpus of {folder} holds no article with a text.")
    except BaseException:
        index.close()
        raise
    complete.write_text(state, encoding="utf-8")
    return index


def set_cases(folder: Path, index: Index, limit: int, seed: int) -> list[Case]:
    """Return up to `limit` questions of a set, drawn by the seed, with the ids that its articles have here.

    Raises EvaluationError.
    """
    rows = [row for path in sorted(folder.glob("questions*.jsonl.gz")) for row in _rows(path)]
    random.Random(seed).shuffle(rows)  # noqa: S311 (drawn to measure, not to protect)
    articles = _article_ids(folder, index)
    cases: dict[str, Case] = {}
    for row in rows:
        case = _case(row, articles, folder)
        cases.setdefault(case.id, case)
        if len(cases) == limit:
            break
    return list(cases.values())


def _case(row: Row, articles: Mapping[str, str], folder: Path) -> Case:
    question, answerable = row.get("question"), row.get("answerable")
    if not isinstance(question, str) or not isinstance(answerable, bool):
        raise EvaluationError(f"A question of {folder} lacks its `question` or its `answerable`.")
    gold = [articles[one] for one in row.get("gold_doc_ids") or () if one in articles]
    answers = [str(form) for name in _GOLD for form in row.get(name) or ()]
    return Case(
        kind=Kind.GIVEN,
        question=question,
        language=row.get("lang"),
        answerable=answerable,
        gold_articles=tuple(dict.fromkeys(gold)) if answerable else (),
        gold_answers=tuple(dict.fromkeys(answers)) if answerable else (),
        history=tuple(_turns(row.get("history") or ())),
        group=folder.resolve().name,
    )


def _turns(history: Any) -> Iterator[Turn]:
    """Yield turns from a list of {role, text}; what the user said last without an answer is passed over."""
    asked = ""
    for entry in history:
        if entry.get("role") == "user":
            asked = str(entry.get("text", ""))
        elif asked:
            yield Turn(question=asked, answer=str(entry.get("text", "")))
            asked = ""


def _article_ids(folder: Path, index: Index) -> dict[str, str]:
    """Return the id here for each id of the corpus; texts that occur twice are one article here."""
    here = {Path(article.path or "").stem: article.id for article in index.list_articles()}
    found: dict[str, str] = {}
    by_text: dict[str, str] = {}
    rows = [(str(row.get("id")), str(row.get("text") or "").strip()) for row in _rows(folder / CORPUS)]
    for name, text in rows:
        if _file_name(name) in here:
            found[name] = by_text[text] = here[_file_name(name)]
    for name, text in rows:
        if name not in found and text in by_text:
            found[name] = by_text[text]
    return found


def _rows(path: Path) -> list[Row]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
    except FileNotFoundError:
        raise EvaluationError(f"The evaluation set lacks {path.name}; see {path.parent}.") from None
    except (OSError, EOFError, ValueError) as error:
        raise EvaluationError(f"{path} cannot be read as gzipped JSON lines ({error}).") from error
    if not all(isinstance(row, dict) for row in rows):
        raise EvaluationError(f"{path} has a line that is no JSON object.")
    return rows


def _file(row: Row) -> str:
    """Return the text of an article's file: its facts as front matter (JSON strings are YAML), then its text."""
    facts = {"title": "title", "date": "date", "language": "lang", "url": "url"}
    lines = [
        f"{name}: {json.dumps(str(row[key]), ensure_ascii=False)}"
        for name, key in facts.items()
        if row.get(key)
    ]
    head = "---\n" + "\n".join(lines) + "\n---\n" if lines else ""
    return f"{head}{row['text']}"


def _file_name(identifier: str) -> str:
    """Return an id as a file name, with a few signs of its hash where it had to be changed."""
    name = re.sub(r"[^\w-]", "_", identifier)[:80]
    if name == identifier:
        return name
    return f"{name}-{hashlib.sha256(identifier.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _cache_name(folder: Path) -> str:
    whole = f"{folder.resolve()} {IndexConfig().embedding_model or ''}"
    return f"{folder.resolve().name}-{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:8]}"
