"""How quickly the page in a real browser comes, answers and scrolls, over a collection of one's own.

    python -m benchmarks.page COLLECTION [--questions FILE] [--rounds 10]

Serves the collection in another process, as `python app.py` does, and reads what a reader waits for with
Chromium: until the page can be typed into, until the first source card, until the quoted answer is
complete. Then the page's longest tasks (the browser's own "longtask" entries, from 50 ms) while a
conversation of 200 exchanges is opened, typed in and scrolled.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

QUESTIONS = (
    "Why is Putin visiting Ankara?",
    "How much does the Akkuyu nuclear power plant cost?",
    "Combien de personnes sont mortes dans l'incendie du ferry ?",
    "Wer liefert die Raketen an die Türkei?",
    "When is the summit of Istanbul?",
)
LONG = 200
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
    """Serve a collection, use its page and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "collection", type=Path, help="a data directory; it is read and asked, nothing is added"
    )
    parser.add_argument("--questions", type=Path, help="a file of questions, one a line")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    questions = arguments.questions.read_text("utf-8").split("\n") if arguments.questions else QUESTIONS
    questions = [one.strip() for one in questions if one.strip()]
    port = _free_port()
    command = [
        sys.executable,
        "app.py",
        "--data-dir",
        str(arguments.collection),
        "--port",
        str(port),
        "--no-browser",
    ]
    started = time.monotonic()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    try:
        _wait_for(port, server)
        print(f"| what | figure |\n|---|---|\n| server answers after | {time.monotonic() - started:.2f} s |")
        use(f"http://127.0.0.1:{port}/", questions, arguments.rounds)
    finally:
        server.terminate()
        server.wait()


def use(address: str, questions: Sequence[str], rounds: int) -> None:
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
            *(_ask(page, questions[n % len(questions)], n + 1) for n in range(rounds)), strict=True
        )
        _say("first question: source card", cards[:1])
        _say("first question: answer complete", answers[:1])
        _say("further questions: source card", cards[1:])
        _say("further questions: answer complete", answers[1:])
        for number in range(rounds, LONG):
            _ask(page, questions[number % len(questions)], number + 1)
        _long(page, address)
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


def _long(page: Any, address: str) -> None:
    """Open the conversation anew, type, scroll and show all of it, noting the longest tasks of each."""
    page.goto(address)
    page.wait_for_selector("#chat .asked")
    page.wait_for_timeout(3000)
    _tasks(page, f"{LONG} exchanges: opening the page")
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
    _tasks(page, "…showing all of it, ten more at a time")
    page.keyboard.press("Escape")
    page.click("#question textarea")
    page.keyboard.type("and why", delay=20)
    for _ in range(30):
        page.mouse.wheel(0, -600)
        page.wait_for_timeout(40)
    _tasks(page, "…typing and scrolling with all of it shown")


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
