"""Take the pictures of the page: `python docs/screenshots.py [FOLDER]`, with Chromium and Playwright.

It indexes the sample articles into a temporary collection, asks, clicks and writes PNG files.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

QUESTION = "Why is Putin visiting Ankara?"
UNANSWERED = "Who won the football match?"
VIEWS = (("light", 1280, 800), ("dark", 1280, 800), ("phone", 390, 844))
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Write the pictures into a folder (default: docs/images)."""
    from playwright.sync_api import sync_playwright

    import app
    from assistant import Assistant
    from index import Index

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as collection, Index.open(collection) as index:
        index.add([app.SAMPLES])
        port = _free_port()
        page = app.serve(index, Assistant(index), port=port, open_browser=False, block=False)
        with sync_playwright() as runner:
            browser = runner.chromium.launch(executable_path=chromium, args=FLAGS)
            for name, width, height in VIEWS:
                _take(browser, f"http://127.0.0.1:{port}", folder, name, (width, height))
            browser.close()
        page.close()


def _take(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")

    def picture(state: str) -> None:
        tab.wait_for_timeout(600)
        tab.screenshot(path=folder / f"{name}-{state}.png")

    tab.goto(f"{address}/?__theme={'dark' if name == 'dark' else 'light'}")
    tab.wait_for_selector("#state .ready")
    tab.wait_for_selector("button.example")
    picture("start")
    tab.fill("#question textarea", QUESTION)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("a.cite")
    picture("answer")
    tab.locator("a.cite").first.click()
    picture("citation")
    tab.fill("#question textarea", UNANSWERED)
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".no_evidence")
    picture("no-evidence")
    tab.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
