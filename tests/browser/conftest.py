"""A page over a small library in memory, and a browser that notes every request."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pages import MODEL, FakeAssistant, FakeLibrary

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
        before = self._last_turn()
        self.page.fill("#question textarea", question)
        for _ in range(20):  # while the last answer is not quite complete, Enter does nothing
            self.page.keyboard.press("Enter")
            self.page.wait_for_timeout(150)
            if not self.page.input_value("#question textarea"):
                break
        self.page.wait_for_function(
            """before => {
              const last = selector => [...document.querySelectorAll(selector)].pop();
              const turn = last('#chat .asked')?.className.match(/asked-(\\d+)/)[1];
              return turn && turn !== before
                && last("#chat [data-testid='bot']")?.querySelector('.answer:not(.partial), .trouble');
            }""",
            arg=before,
        )
        self.page.wait_for_selector("#question .submit-button")  # it is kept, too

    def _last_turn(self) -> str | None:
        turn = self.page.evaluate(
            "[...document.querySelectorAll('#chat .asked')].pop()?.className.match(/asked-(\\d+)/)[1]"
        )
        return str(turn) if turn else None

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


def _serve(
    library: FakeLibrary,
    folder: Path,
    assistant: FakeAssistant | None = None,
    port: int = 0,
    **more: Any,
) -> tuple[Any, str]:
    import app

    port = port or free_port()
    page = app.serve(
        library,
        assistant or FakeAssistant(library),
        data_dir=folder,
        port=port,
        open_browser=False,
        block=False,
        **more,
    )
    return page, f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is served."""
    page, url = _serve(FakeLibrary(), tmp_path_factory.mktemp("collection"))
    yield url
    page.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Serve another library or assistant; serving again is a restart, on the same port."""
    pages: list[Any] = []
    port = free_port()

    def start(library: FakeLibrary, assistant: FakeAssistant | None = None, **more: Any) -> str:
        while pages:
            pages.pop().close()
        page, url = _serve(library, tmp_path, assistant, port, **more)
        pages.append(page)
        return url

    yield start
    for page in pages:
        page.close()


@pytest.fixture
def model_page(serve: Callable[..., str]) -> tuple[FakeAssistant, str]:
    """A page whose answers are written by a model, the assistant behind it, and where it is."""
    library = FakeLibrary()
    assistant = FakeAssistant(library, model_name=MODEL)
    return assistant, serve(library, assistant)


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Open the page; at the end no request may have left the machine, and no script complained.

    Nor may the page have said anything that is in none of its catalogs.
    """
    visits: list[Visit] = []

    def start(
        *,
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        url: str = address,
        locale: str = "en-US",
        chosen: str = "",
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", locale=locale
        )
        if chosen:
            context.add_cookies([{"name": "language", "value": chosen, "url": url}])
        page = context.new_page()
        page.add_init_script("window.unknownTexts = new Set()")
        visit = Visit(page)
        page.on("request", lambda request: _note(visit, request.url))
        page.on("websocket", lambda socket: _note(visit, socket.url))
        page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: visit.errors.append(f"{error} {error.stack}"))
        page.goto(f"{url}/?__theme={theme}")
        page.wait_for_selector("#question textarea")
        visits.append(visit)
        return visit

    yield start
    for one in visits:
        untranslated = one.page.evaluate("[...window.unknownTexts ?? []]")
        one.page.context.close()
        assert untranslated == []
        assert one.foreign == []
        assert one.dialogs == []
        assert one.errors == []


def _note(visit: Visit, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
        visit.foreign.append(url)
