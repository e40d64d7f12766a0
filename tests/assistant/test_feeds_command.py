"""`feeds`, and `add` of addresses, on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from feeds import Item, opml, rss, served
from stores import article_text
from web import WebServer, answer, page

from assistant.cli import main
from index import collection, config
from index.fakes import HashEmbedder


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with WebServer() as opened:
        monkeypatch.setenv("ARTICLE_ASSISTANT_PRIVATE_HOSTS", f"127.0.0.1:{opened.port}")
        monkeypatch.setattr(collection, "make_embedder", lambda *_: HashEmbedder())
        quick = {"host_delay": 0.0, "connect_seconds": 2.0, "stall_seconds": 2.0}
        monkeypatch.setattr(
            config.FetchConfig,
            "__init__",
            _with_defaults(config.FetchConfig.__init__, quick),  # type: ignore[misc]
        )
        text = article_text(1, 1, 2)
        opened.routes["/feed"] = served(rss([Item(opened.url("/1"), "One", text, full=True)]))
        opened.routes["/page"] = page(article_text(2, 1, 2), title="A page of its own")
        yield opened


def _with_defaults(init: object, defaults: dict[str, float]) -> object:
    def wrapped(self: object, **given: object) -> None:
        init(self, **{**defaults, **given})  # type: ignore[operator]

    return wrapped


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(one) for one in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_feed_from_following_to_leaving(server: WebServer, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "feeds", "add", server.url("/feed"))
    assert (code, err) == (0, "")
    assert "1 added" in out and "Northgate Wire" in out and "Articles: 1 added." in out
    code, out, _ = run(capsys, "feeds", "list")
    assert code == 0 and "Northgate Wire" in out and "1 article, 1 new" in out and "UTC" in out
    code, out, _ = run(capsys, "feeds", "refresh")
    assert code == 0 and "1 read" in out and "nothing new" in out
    server.routes["/feed"] = answer(500)
    code, out, err = run(capsys, "feeds", "refresh")
    assert code == 1 and "1 failed" in out and "HTTP 500" in err and "Traceback" not in err
    (feed,) = json.loads(run(capsys, "feeds", "list", "--json")[1])
    assert feed["failures"] == 1 and "HTTP 500" in feed["error"] and feed["articles"] == 1
    code, out, _ = run(capsys, "feeds", "remove", "1")
    assert code == 0 and "articles stay" in out
    code, out, err = run(capsys, "feeds", "list")
    assert (code, out) == (0, "") and "feeds add" in err
    assert "One" in run(capsys, "list")[1]


def test_one_dead_feed_is_named_and_the_exit_code_says_so(
    server: WebServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feeds.opml"
    path.write_text(opml([server.url("/feed"), server.url("/dead")]))
    code, out, _ = run(capsys, "feeds", "add", path, "--json")
    report = json.loads(out)
    assert code == 1 and len(report["added"]) == 2 and len(report["refresh"]["added"]) == 1
    states = {feed["url"]: feed["state"] for feed in report["refresh"]["feeds"]}
    assert states == {server.url("/feed"): "read", server.url("/dead"): "failed"}


def test_feeds_can_be_followed_without_reading_them(
    server: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "feeds", "add", server.url("/feed"), "--no-refresh")
    assert code == 0 and "Articles" not in out
    assert "never read" in run(capsys, "feeds", "list")[1]
    code, out, _ = run(capsys, "feeds", "refresh", "1", "--json")
    assert code == 0 and len(json.loads(out)["added"]) == 1


def test_pages_and_files_are_added_together(
    server: WebServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.txt").write_text(article_text(3, 1, 2))
    code, out, err = run(capsys, "add", tmp_path / "one.txt", server.url("/page"), server.url("/none"))
    assert code == 1 and out.startswith("2 added, 1 failed") and "HTTP 404" in err
    assert "A page of its own" in run(capsys, "list")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["feeds"],
        ["feeds", "add"],
        ["feeds", "follow", "x"],
        ["serve", "--refresh", "soon"],
        ["serve", "--refresh", "5s"],
    ],
)
def test_wrong_use_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2 and "Traceback" not in capsys.readouterr().err


def test_an_unknown_feed_is_one_sentence(server: WebServer, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "feeds", "add", server.url("/feed"), "--no-refresh")
    assert run(capsys, "feeds", "remove", "7")[0] == 1
    code, _, err = run(capsys, "feeds", "refresh", "7")
    assert code == 2 and err.count("\n") == 1 and "feeds list" in err


def test_without_a_collection_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "feeds", "list")
    assert code == 2 and "no collection" in err


def test_help_names_every_action() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "assistant", "feeds", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout
    assert all(word in shown for word in ("add", "list", "remove", "refresh"))
