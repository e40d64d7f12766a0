"""The dependencies are above every version with a hole that is known to us and that would concern us.

The list is kept by hand, from the projects' advisories; a scanner needs a network, and runs elsewhere.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MENDED = {
    "gradio": (
        "6.21.0",
        "CVE-2026-59806 (requests to other hosts), CVE-2026-49119 (paths), styles in what is shown",
    ),
    "llama-index-core": ("0.13.0", "CVE-2025-7647 (a cache that others can foresee), CVE-2024-12911 (SQL)"),
    "feedparser": ("6.0.14", "the version whose treatment of entities was tried"),
    "pypdf": ("6.10.2", "CVE-2026-27024 and others (endless and huge streams)"),
    "lxml-html-clean": ("0.4.4", "what it leaves in cleaned pages"),
    "certifi": ("2024.7", "authorities that are trusted no more"),
}
SERVER_HOLES = "CVE-2026-45829, CVE-2026-45833, CVE-2026-45830: in Chroma's server, which is not used"


def requirements() -> dict[str, Requirement]:
    extras = [one for group in PROJECT["optional-dependencies"].values() for one in group]
    return {Requirement(one).name.lower(): Requirement(one) for one in [*PROJECT["dependencies"], *extras]}


@pytest.mark.parametrize("name", MENDED)
def test_no_version_with_a_known_hole_is_allowed_or_installed(name: str) -> None:
    mended, _ = MENDED[name]
    wanted = requirements()[name].specifier
    floors = [Version(one.version) for one in wanted if one.operator in (">=", "==")]
    assert floors and max(floors) >= Version(mended), f"{name} is allowed below {mended}"
    assert Version(version(name)) >= Version(mended)


def test_every_dependency_has_a_floor() -> None:
    for name, wanted in requirements().items():
        assert any(one.operator in (">=", "==") for one in wanted.specifier), name


def test_chroma_is_never_a_server_or_a_client_of_one_and_runs_no_embedding_function() -> None:
    source = (Path(__file__).parents[2] / "index" / "vectors.py").read_text(encoding="utf-8")
    assert "HttpClient" not in source and "chroma run" not in source, SERVER_HOLES
    assert source.count("get_or_create_collection(") == 1 and "embedding_function=None" in source
