"""A page over a small library in memory, and a browser that notes every request."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from pages import FakeAssistant, FakeLibrary

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """A page that was opened, and what happened on it."""

    page: Any
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question, press Enter and wait for its answer."""
        answers = self.page.locator("#chat .answer:not(.partial), #chat .trouble").count()
        self.page.fill("#question textarea", question)
        for _ in range(20):  # while the last answer is not quite complete, Enter does nothing
            self.page.keyboard.press("Enter")
            self.page.wait_for_timeout(150)
            if not self.page.input_value("#question textarea"):
                break
        self.page.wait_for_function(
            "n => document.querySelectorAll('#chat .answer:not(.partial), #chat .trouble').length > n",
            arg=answers,
        )

    def visible(self, selector: str) -> bool:
        """Tell whether an element stands in the part of the page that can be seen now."""
        return bool(
            self.page.evaluate(
                """selector => {
                  const box = document.querySelector(selector).getBoundingClientRect();
                  return box.height > 0 && box.top >= 0 && box.top < innerHeight;
                }""",
                selector,
            )
        )

    def contrast(self, selector: str) -> float:
        """Return the contrast of an element's text with what is behind it (WCAG 2)."""
        return float(
            self.page.evaluate(
                """selector => {
                  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
                  const shine = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
                  let element = document.querySelector(selector), behind = element;
                  while (behind && (rgb(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
                  const [a, b] = [shine(rgb(getComputedStyle(element).color)), shine(rgb(getComputedStyle(behind).backgroundColor))];
                  return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                }""",
                selector,
            )
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'"
    )
    with playwright.sync_playwright() as runner:
        chromium = runner.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def _serve(library: FakeLibrary) -> tuple[Any, str]:
    import app

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = app.serve(library, FakeAssistant(library), port=port, open_browser=False, block=False)
    return page, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the page is served."""
    page, url = _serve(FakeLibrary())
    yield url
    page.close()


@pytest.fixture
def serve() -> Iterator[Callable[[FakeLibrary], str]]:
    """Serve another library."""
    pages = []

    def start(library: FakeLibrary) -> str:
        page, url = _serve(library)
        pages.append(page)
        return url

    yield start
    for page in pages:
        page.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Open the page; at the end no request may have left the machine, and no script complained."""
    visits: list[Visit] = []

    def start(*, width: int = 1280, height: int = 800, theme: str = "light", url: str = address) -> Visit:
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        visit = Visit(page)
        page.on("request", lambda request: _note(visit, request.url))
        page.on("websocket", lambda socket: _note(visit, socket.url))
        page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.goto(f"{url}/?__theme={theme}")
        page.wait_for_selector("#question textarea")
        visits.append(visit)
        return visit

    yield start
    for one in visits:
        one.page.close()
        assert one.foreign == []
        assert one.dialogs == []
        assert one.errors == []


def _note(visit: Visit, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
        visit.foreign.append(url)
