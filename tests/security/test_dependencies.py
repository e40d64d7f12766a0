"""No package is installed, and none is allowed, in a version with a hole that is known to us.

The list is kept by hand, from the advisories of the projects and of the Python Packaging Authority; a scanner
needs a network, or a database of tens of megabytes that is as old as its last download, and runs elsewhere.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
AFFECTED = [
    # What we name in pyproject.toml.
    (
        "gradio",
        "<6.21",
        "CVE-2026-59806 (requests to other hosts), CVE-2026-49119 (paths), styles in answers",
    ),
    ("llama-index-core", "<0.13", "CVE-2025-7647 (a cache that others can foresee), CVE-2024-12911 (SQL)"),
    ("feedparser", "<6.0.14", "older than the version whose treatment of entities was tried"),
    ("sentence-transformers", "<6", "CVE-2026-68770 (code of a model's folder is run, whatever it is told)"),
    ("pypdf", "<6.10.2", "CVE-2026-27024 and others (endless and huge streams)"),
    ("lxml-html-clean", "<0.4.4", "what it leaves in cleaned pages"),
    ("certifi", "<2024.7.4", "CVE-2024-39689 (authorities that are trusted no more)"),
    ("torch", "<2.6", "CVE-2025-32434 (code in weights that are loaded as weights only)"),
    ("tqdm", "<4.66.3", "CVE-2024-34062 (code in an argument)"),
    # What these bring.
    ("starlette", "<1.3.1", "CVE-2026-48710 (paths by a Host header), CVE-2025-62727, forms without limits"),
    ("python-multipart", "<0.0.30", "CVE-2026-53538, -42561, -40347, -24486 (forms)"),
    ("h11", "<0.16", "CVE-2025-43859 (requests hidden in others)"),
    ("jinja2", "<3.1.6", "CVE-2025-27516 (out of the sandbox)"),
    ("lxml", "<6.1", "CVE-2026-41066 (files read through entities)"),
    ("transformers", "<=5.2.0", "CVE-2026-5241 (code of a model is run, whatever it is told)"),
    ("pillow", "<12.1.1", "CVE-2026-25990 (memory, by a picture)"),
    ("protobuf", "<6.33.5", "CVE-2026-0994 (nesting without end)"),
    ("aiohttp", "<3.13.3", "CVE-2025-69223 and others (bombs, smuggling)"),
    ("urllib3", "<2.6.3", "CVE-2026-21441, CVE-2025-66418 (bombs)"),
    ("requests", "<2.32.4", "CVE-2024-47081 (passwords to another host)"),
    ("brotli", "<1.2", "CVE-2025-6176 (bombs)"),
    ("idna", "<3.7", "CVE-2024-3651 (time without end)"),
    ("orjson", "<3.11.6", "CVE-2025-67221 (nesting without end)"),
    ("nltk", "<3.9.3", "CVE-2025-14009 (code in what is downloaded)"),
    ("marshmallow", "<3.26.2", "CVE-2025-68480 (time without end)"),
    ("filelock", "<3.20.3", "CVE-2026-22701 (links in place of locks)"),
    ("setuptools", "<78.1.1", "CVE-2025-47273 (paths)"),
]
"""Name, the versions with the hole, and what it is; gone through in November 2026."""
SERVER_HOLES = "CVE-2026-45829, CVE-2026-45833, CVE-2026-45830: in Chroma's server, which is not used"


def installed() -> dict[str, str]:
    return {
        canonicalize_name(one.metadata["Name"]): one.version
        for one in distributions()
        if one.metadata["Name"]
    }


def with_holes(versions: Mapping[str, str]) -> Iterator[str]:
    for name, affected, hole in AFFECTED:
        version = versions.get(name)
        if version is not None and SpecifierSet(affected).contains(version, prereleases=True):
            yield f"{name} {version} is one of {affected}: {hole}"


def requirements() -> dict[str, Requirement]:
    extras = [one for group in PROJECT["optional-dependencies"].values() for one in group]
    return {Requirement(one).name.lower(): Requirement(one) for one in [*PROJECT["dependencies"], *extras]}


def test_nothing_with_a_known_hole_is_installed() -> None:
    assert list(with_holes(installed())) == []


def test_a_hole_would_be_noticed() -> None:
    former = {**installed(), "starlette": "1.3.0", "transformers": "5.2.0", "gradio": "6.20.0rc1"}
    assert [one.split()[0] for one in with_holes(former)] == ["gradio", "starlette", "transformers"]


@pytest.mark.parametrize("name", sorted({name for name, _, _ in AFFECTED} & requirements().keys()))
def test_no_version_with_a_known_hole_is_allowed(name: str) -> None:
    floors = [Version(one.version) for one in requirements()[name].specifier if one.operator in (">=", "==")]
    assert not list(with_holes({name: str(max(floors))})), "the range in pyproject.toml begins too low"


def test_every_dependency_has_a_floor() -> None:
    for name, wanted in requirements().items():
        assert any(one.operator in (">=", "==") for one in wanted.specifier), name


def test_chroma_is_never_a_server_or_a_client_of_one_and_runs_no_embedding_function() -> None:
    """It is named in one module, which takes from it the embedded client and a collection without a function."""
    own = [path for folder in ("index", "assistant", "ui") for path in (ROOT / folder).rglob("*.py")]
    using = [path for path in (*own, ROOT / "app.py") if "chromadb" in _imported(path)]
    assert using == [ROOT / "index" / "vectors.py"]
    source = using[0].read_text(encoding="utf-8")
    tree = ast.parse(source)
    taken = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "chromadb"
    }
    assert taken == {"PersistentClient"}, SERVER_HOLES
    assert {name for name in _imported(using[0]) if name.startswith("chroma")} == {
        "chromadb",
        "chromadb.config",
    }
    assert source.count("get_or_create_collection(") == 1 and "embedding_function=None" in source


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found
