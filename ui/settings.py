"""The settings: who answers and how, the language of the page, and what is kept of a reader. `settings.js` fills them in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from assistant import Style

from .desk import Desk
from .escape import escape
from .render import writer_html
from .requests import number_of
from .services import Reply, Service, answered
from .texts import LANGUAGES

_STYLES = {
    Style.SHORT: ("Short", "One quote, or one or two sentences."),
    Style.NORMAL: ("Normal", "Up to three quotes, or up to five sentences."),
    Style.DETAILED: ("Detailed", "Up to five quotes, or up to eight sentences."),
}
WORKS = "It works: the first word came after {:.1f} s."
QUOTES = "Quoting always works: it needs no model."
BUSY = "It is being tested already; wait a moment."


class Trials:
    """Sees whether who can answer does: one test of each at a time."""

    def __init__(self, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._clock = clock
        self._turns = [threading.Lock() for _ in desk.writers]

    def services(self) -> list[Service]:
        """Return what the page may call."""
        return [answered(self.test, "settings")]

    def test(self, asked: Any) -> Reply:
        """Have somebody who can answer write a word; says in a sentence what came of it."""
        number = number_of(asked, "by")
        writer = self._desk.writer(number)
        if writer.model_name is None:
            return {"works": QUOTES}
        turn = self._turns[number if number < len(self._turns) else 0]
        if not turn.acquire(blocking=False):
            return {"trouble": BUSY}
        try:
            began = self._clock()
            writer.try_model()
            self._desk.readiness.note_writer(writer.model_name)
            return {"works": WORKS.format(self._clock() - began)}
        finally:
            turn.release()


def settings_html(desk: Desk) -> str:
    """Return the form."""
    return (
        '<div class="panel"><h2>Settings</h2>'
        '<p class="hint">They hold for this browser, and take effect at once.</p>'
        f"{_writers(desk.writers)}{_styles()}{_languages()}{_privacy()}{_dialog()}</div>"
    )


def _writers(names: list[str]) -> str:
    rows = "".join(
        f'<div class="writer"><label><input type="radio" name="writer" value="{escape(name)}"{" checked" if not number else ""}>'
        f"<span>{writer_html(name, f'writer-{number}')}{'' if number else _USUAL}</span></label>"
        f'<button type="button" id="test-{number}" data-do="test" data-by="{number}" '
        f'aria-labelledby="test-{number} writer-{number}">Test</button>'
        '<span class="outcome" role="status" lang="en"></span></div>'
        for number, name in enumerate(names)
    )
    return (
        f'<section><h3 id="settings-writer">Who answers</h3><div class="writers" role="radiogroup" '
        f'aria-labelledby="settings-writer">{rows}</div>'
        '<p class="hint">Further models are named when the program is started, with --model. Below an answer, '
        "“Ask again” has somebody else answer.</p></section>"
    )


_USUAL = ' <span class="hint">as a rule</span>'


def _styles() -> str:
    rows = "".join(
        f'<label><input type="radio" name="style" value="{style}"{" checked" if style is Style.NORMAL else ""}>'
        f'<span>{name} <span class="hint">{hint}</span></span></label>'
        for style, (name, hint) in _STYLES.items()
    )
    return (
        '<section><h3 id="settings-style">How long answers are</h3><div role="radiogroup" '
        f'aria-labelledby="settings-style">{rows}</div></section>'
    )


def _languages() -> str:
    named = "".join(
        f'<option value="{code}" lang="{code}">{name}</option>' for code, name in LANGUAGES.items()
    )
    return (
        '<section><h3 id="settings-language">Language of the page</h3>'
        '<select name="language" aria-labelledby="settings-language">'
        f'<option value="">As the browser says</option>{named}</select>'
        '<p class="hint">Answers are in the language of the question, whatever you choose here.</p></section>'
    )


def _privacy() -> str:
    kept = (
        "Your conversations, in conversations.sqlite, for 90 days after the last question; pinned ones stay.",
        "Your thumbs and what you add to them, in feedback.sqlite, until you take them back; they go when "
        "their conversation is deleted.",
        "In this browser: a secret by which the program knows you again, these settings, and whether the list "
        "of conversations is open.",
    )
    items = "".join(f"<li>{one}</li>" for one in kept)
    return (
        "<section><h3>Privacy</h3><p>What is kept stays on the machine that this program runs on, in the "
        f"folder of the collection, and in this browser:</p><ul>{items}</ul>"
        "<p>Whoever runs the program can read what is in its folder. Nothing is sent anywhere, except to a "
        "language model, if one answers: it gets the question, the passages found and the last turns.</p>"
        '<p class="ways"><button type="button" data-do="export-all">Save all of mine as a file</button>'
        '<button type="button" class="danger" data-do="erase">Delete all of mine…</button></p></section>'
    )


def _dialog() -> str:
    return (
        '<dialog class="sheet" id="erasing" aria-labelledby="erasing-title"><form method="dialog">'
        '<h2 id="erasing-title">Delete all your conversations and feedback?</h2>'
        "<p>Nothing of them is left, and this cannot be undone. Articles and settings stay.</p>"
        '<p class="ways"><button type="submit" value="no" autofocus>Keep</button>'
        '<button type="submit" value="yes" class="danger">Delete all</button></p></form></dialog>'
    )
