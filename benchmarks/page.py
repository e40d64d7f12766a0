"""How quickly the page in a real browser comes, answers and scrolls, over 5,000 articles.

    python -m benchmarks.page [--articles 5000] [--keep DIR] [--rounds 10]

The collection holds the sample articles, embedded by the packaged model, and generated ones beside them,
whose vectors are random: what is searched is as large as it says, and the samples answer the questions.
It is served by another process, as `python app.py` does; Chromium notes what a reader waits for: until the
page can be typed into, until the first source card, until the quoted answer is complete. Then the page's
longest tasks (the browser's own "longtask" entries, from 50 ms) while a conversation of 200 exchanges is
opened, typed in and scrolled, and while the filter's histogram is brushed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import Index
from index.embed import Embedder, PassageEmbedding

from .library import OUTLETS, WORDS

QUESTIONS = (
    "Why is Putin visiting Ankara?",
    "How much does the Akkuyu nuclear power plant cost?",
    "Combien de personnes sont mortes dans l'incendie du ferry ?",
    "Wer liefert die Raketen an die Türkei?",
    "When is the summit of Istanbul?",
    "Why did the ferry catch fire?",
    "Кто нашёл скелет мамонта?",
    "How old is the winner of the swimming marathon?",
    "¿Por qué es tan corta la cosecha de aceituna?",
    "What did the people of Wendelshorst buy?",
)
_WATCH = """
window.longTasks = [];
new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(one => one.duration)))
  .observe({ type: "longtask", buffered: true });
"""
_ANSWERED = """turn => {
  const asked = [...document.querySelectorAll('#chat .asked')].pop();
  const answer = [...document.querySelectorAll("#chat [data-testid='bot']")].pop();
  return asked?.classList.contains(`asked-${turn}`) && answer?.querySelector('.answer:not(.partial), .trouble');
}"""
_CARD = """turn => [...document.querySelectorAll('#sources .turn')].pop()
  ?.querySelector(`.reading[aria-label$=' ${turn}'] .card, [id^='src-${turn}-'], [id^='near-${turn}-']`)"""


def main() -> None:
    """Make a collection, serve it, use its page and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--keep", type=Path, help="fill or use this folder, and keep it")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--exchanges", type=int, default=200, help="of the long conversation")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fill(folder, arguments.articles)
        serve(folder / "data", arguments)


def fill(folder: Path, articles: int) -> None:
    """Make the collection in `folder`/data as large as it is to be."""
    with Index.open(folder / "data") as index:
        index.add([Path("articles")])
        known, embedder = index.status().articles, index.embedder
    if known < articles:
        rng = random.Random(known)
        (folder / "files").mkdir(parents=True, exist_ok=True)
        for number in range(known, articles):
            (folder / "files" / f"{number}.md").write_text(_article(rng, number), "utf-8")
        with Index.open(folder / "data", embedder=_Quick(embedder)) as index:
            index.add([folder / "files"])


def _article(rng: random.Random, number: int) -> str:
    outlet, day = rng.choice(OUTLETS), rng.randrange(1, 29)
    said = [" ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(20)]
    facts = (
        f"title: {said[0][:60]}\nsource: {outlet}\ndate: {2000 + number % 26}-{1 + number % 12:02}-{day:02}"
    )
    return f"---\n{facts}\n---\n" + "\n\n".join(" ".join(said[at : at + 5]) for at in range(0, 20, 5))


class _Quick:
    """The packaged embedder for questions; random vectors for passages."""

    def __init__(self, real: Embedder) -> None:
        self.id, self.dimension = real.id, real.dimension
        self._rng = np.random.default_rng(1)
        self.warm_up, self.embed_question = real.warm_up, real.embed_question

    def embed_passages(
        self, texts: Sequence[str], contexts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]]
    ) -> list[PassageEmbedding]:
        return [
            PassageEmbedding(vector=self._random(1)[0], sentence_vectors=self._random(len(cuts)))
            for cuts in sentences
        ]

    def _random(self, number: int) -> NDArray[np.float32]:
        found = self._rng.normal(size=(number, self.dimension)).astype(np.float32)
        unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit


def serve(collection: Path, arguments: argparse.Namespace) -> None:
    """Serve a collection, use its page and print a table."""
    port = _free_port()
    options = ["--data", str(collection), "--port", str(port), "--no-browser"]
    started = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "app.py", *options],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    try:
        _wait_for(port, server)
        print(f"| what | figure |\n|---|---|\n| server answers after | {time.monotonic() - started:.2f} s |")
        use(f"http://127.0.0.1:{port}/", arguments.rounds, arguments.exchanges)
    finally:
        server.terminate()
        server.wait()


def use(address: str, rounds: int, exchanges: int) -> None:
    """Open the page, ask, and open a long conversation."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.add_init_script(_WATCH)
        started = time.monotonic()
        page.goto(address)
        page.wait_for_selector("#question textarea:enabled")
        _say("page can be typed into after", [time.monotonic() - started])
        page.wait_for_selector("#state .ready", timeout=120_000)
        _say("ready, models loaded, after", [time.monotonic() - started])
        cards, answers = zip(
            *(_ask(page, QUESTIONS[n % len(QUESTIONS)], n + 1) for n in range(rounds)), strict=True
        )
        _say("first question: source card", cards[:1])
        _say("first question: answer complete", answers[:1])
        _say("further questions: source card", cards[1:])
        _say("further questions: answer complete", answers[1:])
        for number in range(rounds, exchanges):
            _ask(page, QUESTIONS[number % len(QUESTIONS)], number + 1)
        _long(page, address, exchanges)
        _brushed(page)
        browser.close()


def _ask(page: Any, question: str, turn: int) -> tuple[float, float]:
    """Return the seconds until the first source card, and until the answer is complete."""
    page.wait_for_selector("#question .submit-button")
    page.fill("#question textarea", question)
    started = time.monotonic()
    page.keyboard.press("Enter")
    page.wait_for_function(_CARD, arg=turn, polling="raf")
    card = time.monotonic() - started
    page.wait_for_function(_ANSWERED, arg=turn, polling="raf")
    return card, time.monotonic() - started


def _long(page: Any, address: str, exchanges: int) -> None:
    """Open the conversation anew, type, scroll and show all of it, noting the longest tasks of each."""
    page.goto(address)
    page.wait_for_selector("#chat .asked")
    page.wait_for_timeout(3000)
    _tasks(page, f"{exchanges} exchanges: opening the page")
    page.click("#question textarea")
    page.keyboard.type("what did the ministers say about the price of the bridge", delay=20)
    _tasks(page, "…typing")
    for _ in range(30):
        page.mouse.wheel(0, -600)
        page.wait_for_timeout(40)
    _tasks(page, "…scrolling")
    while page.locator("#earlier").is_visible():
        page.click("#earlier")
        page.wait_for_timeout(1500)
    _tasks(page, "…showing all of it, thirty more at a time")
    page.keyboard.press("Escape")
    page.click("#question textarea")
    page.keyboard.type("and why", delay=20)
    for _ in range(30):
        page.mouse.wheel(0, -600)
        page.wait_for_timeout(40)
    _tasks(page, "…typing and scrolling with all of it shown")


def _brushed(page: Any) -> None:
    """Choose a stretch of the years in the filter with the mouse."""
    page.click(".open-filters")
    page.wait_for_selector("#filter-panel .bar")
    _tasks(page, "opening the filter")
    box = page.locator("#filter-panel .plot").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + 5 + step * (box["width"] - 10) / 60, box["y"] + 10)
        page.wait_for_timeout(16)
    page.mouse.up()
    _tasks(page, "…brushing its histogram")


def _tasks(page: Any, what: str) -> None:
    page.wait_for_timeout(500)
    tasks = sorted(page.evaluate("window.longTasks.splice(0)"), reverse=True)
    longest = ", ".join(f"{one:.0f}" for one in tasks[:3]) or "none from 50 ms"
    print(f"| {what}: longest tasks, ms | {longest} |", flush=True)


def _say(what: str, seconds: Sequence[float]) -> None:
    worst = f", at worst {max(seconds):.2f} s" if len(seconds) > 1 else ""
    print(f"| {what} | {statistics.median(seconds):.2f} s{worst} |", flush=True)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit("The page did not start; see what it said above.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
