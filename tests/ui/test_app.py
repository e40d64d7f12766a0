"""Starting the page, as far as it goes without one."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import app
from index import IngestReport

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def busy_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_one_sentence_and_exit_code_2(
    busy_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["--port", str(busy_port), "--no-browser"]) == 2
    error = capsys.readouterr().err
    assert str(busy_port) in error and "--port" in error and error.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_it_is_not_served_to_other_machines(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--host", host, "--no-browser"]) == 2
    assert "is not served to other machines" in capsys.readouterr().err


def test_an_impossible_port_is_told() -> None:
    assert "no port 70000" in (app.why_not("127.0.0.1", 70_000) or "")


def test_a_damaged_collection_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert app.launch(tmp_path / "file" / "data", port=_free_port()) == 2
    assert capsys.readouterr().err.startswith("article-assistant: The directory")


class FakeIndex:
    """An index that notes what it was given to add."""

    def __init__(self, data_dir: Path, articles: int) -> None:
        self.data_dir, self.articles, self.added = data_dir, articles, []
        self.interrupted = False

    def status(self) -> FakeIndex:
        return self

    def add(self, paths: list[Path], progress: object) -> IngestReport:
        self.added += paths
        if self.interrupted:
            raise KeyboardInterrupt
        return IngestReport(added=("a",))


def test_the_samples_are_indexed_once_and_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    index = FakeIndex(tmp_path, articles=0)
    index.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        app._fill(index, None)  # type: ignore[arg-type]
    index.interrupted, index.articles = False, 7
    app._fill(index, None)  # type: ignore[arg-type]
    app._fill(index, None)  # type: ignore[arg-type]
    assert index.added == [app.SAMPLES, app.SAMPLES]


def test_a_users_own_collection_gets_no_samples(tmp_path: Path) -> None:
    index = FakeIndex(tmp_path, articles=3)
    app._fill(index, None)  # type: ignore[arg-type]
    assert index.added == []


def test_nothing_heavy_is_loaded_before_the_page_is_up() -> None:
    code = (
        "import os, sys; os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'; import app, ui.layout; "
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "sentence_transformers", "llama_index", "chromadb", "transformers"} & set(loaded)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_model_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[object] = []
    monkeypatch.setattr(app, "launch", lambda *_, **options: named.append(options["model"]) or 0)
    assert app.main(["--model", "ollama:keeper"]) == app.main([]) == 0
    assert named == [["ollama:keeper"], None]


def test_a_model_of_no_known_kind_is_one_sentence_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--model", "nonsense", "--port", str(_free_port()), "--no-browser"]) == 2
    error = capsys.readouterr().err
    assert "openai:NAME" in error and error.count("\n") == 1
