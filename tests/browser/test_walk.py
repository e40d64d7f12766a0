"""The whole way of articles through the page, with the real model: added, asked about, changed, deleted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from feeds import Item, rss, served
from sample_files import pdf
from web import WebServer, answer, page

from assistant.opening import open_assistant
from index import Index, IndexConfig

pytestmark = pytest.mark.browser
NOT_THERE = "Not in the articles"
MILL = "Who rebuilt the wheel of the mill of Tersac?"
LENS = "What did the new lens of the lighthouse of Norderhaken cost?"
BRIDGE = "Why is the bridge of Brannock closed?"
FERRY = "When does the ferry to Ardmore sail again?"
ROOF = "When does the school of Quellin get its new roof?"


def mill(carpenter: str) -> bytes:
    lines = [
        (60, 760, 20, "The mill of Tersac turns again"),
        *_set(
            f"The wheel of the mill of Tersac was rebuilt by the carpenter {carpenter}.",
            "It had stood still since the flood of 1987, and the village had given it up.",
            "The miller expects to grind the first rye before the winter.",
        ),
    ]
    return pdf([lines], facts={"Title": "The mill of Tersac turns again"})


def _set(*sentences: str) -> list[tuple[float, float, float, str]]:
    return [(60, 720 - 20 * number, 11, sentence) for number, sentence in enumerate(sentences)]


def pile(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return out.getvalue()


def lens(price: str) -> str:
    return (
        "---\ntitle: A new lens for the lighthouse\nsource: The Coast\n---\n"
        f"The new lens of the lighthouse of Norderhaken cost {price}. It was ground in Jena and came by boat.\n\n"
        "The keepers had waited for it for two years.\n"
    )


CLOSED = (
    "---\ntitle: The bridge stays closed\nsource: The Ledger\n---\n"
    "The bridge of Brannock is closed because its northern pier has sunk by a hand's breadth. "
    "Engineers measured it on Tuesday.\n\nBuses go round by the ford.\n"
)


def sailing(day: str) -> str:
    return (
        f"The ferry to Ardmore sails again on {day}, the harbour master said.\n\n"
        "Its engine had failed in the storm of last week, and divers had to free the screw of a net. "
        "Passengers had been taken across by fishing boats, a few at a time, and paid what they liked."
    )


def put_roof(server: WebServer, month: str) -> None:
    """Serve a feed with one entry, and its page."""
    summary = f"The school of Quellin gets its new roof in {month}, the mayor announced."
    text = (
        f"{summary}\n\nThe old one had leaked over the music room for years. The pupils had put out buckets "
        "and written a song about them, which they sang to the council."
    )
    server.routes["/roof"] = page(text, title="A roof for the school")
    server.routes["/feed"] = served(
        rss([Item(server.url("/roof"), "A roof for the school", summary)], "Voice of Quellin")
    )


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as opened:
        yield opened


@pytest.fixture
def index(server: WebServer, tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "data", config=IndexConfig(fetch=server.config())) as opened:
        yield opened


class Walk:
    """What a reader does in the page."""

    def __init__(self, visit: Any) -> None:
        self.visit, self.page = visit, visit.page
        self.page.set_default_timeout(180_000)

    def ask(self, question: str) -> str:
        self.page.click("#tab-ask")
        self.visit.ask(question)
        said = self.page.locator("#chat .answer, #chat .trouble").last.inner_text()
        self.page.click("#tab-library")
        return str(said)

    def drop(self, **files: bytes) -> None:
        """Drop files onto the page."""
        self.page.evaluate(
            """files => {
              const transfer = new DataTransfer();
              for (const [name, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
              for (const type of ['dragenter', 'dragover', 'drop'])
                document.body.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
            }""",
            [[name.replace("_", "."), list(content)] for name, content in files.items()],
        )

    def paste(self, text: str) -> None:
        self.page.click("[data-do=paste]")
        self.page.fill("#pasted", text)
        self.page.click("#pasting button[type=submit]")

    def finished(self, said: str, selector: str = "#library .summary") -> None:
        self.page.wait_for_function(
            "([selector, said]) => document.querySelector(selector).textContent === said",
            arg=[selector, said],
        )

    def answers(self, *expected: tuple[str, str]) -> None:
        for question, words in expected:
            assert words in self.ask(question), question

    def delete(self, title: str) -> None:
        self.page.click(f"#library tbody a:text-is('{title}')")
        self.page.click("#library .reader [data-do=remove]")
        self.page.click("dialog.confirm button[value=yes]")
        self.page.wait_for_function("document.querySelector('.toast .said').textContent.includes('deleted')")


def test_the_answers_follow_the_articles(
    server: WebServer, index: Index, serve: Callable[..., str], visit: Callable[..., Any]
) -> None:
    server.routes["/ferry"] = page(sailing("Monday"), title="The ferry to Ardmore")
    put_roof(server, "May")
    with open_assistant(index) as assistant:
        walk = Walk(visit(url=serve(index, assistant)))
        walk.page.wait_for_selector("#state .ready")
        walk.page.click("#tab-library")

        walk.drop(
            mill_pdf=mill("Lucie Marchetti"),
            pile_zip=pile({"lens.md": lens("forty thousand marks"), "bridge.md": CLOSED}),
        )
        walk.finished("Finished · 2 added")
        assert _states(walk) == [("mill.pdf", "added"), ("pile.zip", "added")]
        walk.paste(server.url("/ferry"))
        walk.finished("Finished · 3 added")
        walk.page.click("[data-do=follow]")
        walk.page.fill("#followed", server.url("/feed"))
        walk.page.click("#following button[type=submit]")
        walk.finished("“Voice of Quellin” is followed now. 1 article added.", "#library .outcome .told")
        walk.answers(
            (MILL, "Lucie Marchetti"),
            (LENS, "forty thousand marks"),
            (BRIDGE, "northern pier"),
            (FERRY, "Monday"),
            (ROOF, "in May"),
        )

        # They change at their sources…
        walk.drop(mill_pdf=mill("Bruno Esteve"), pile_zip=pile({"lens.md": lens("ninety thousand marks")}))
        walk.page.click("[data-do=replace-all]")
        walk.finished("Finished · 5 added")
        server.routes["/ferry"] = page(sailing("Thursday"), title="The ferry to Ardmore")
        walk.page.click("#library tbody a:text-is('The ferry to Ardmore')")
        walk.page.click("#library .reader [data-do=again]")
        walk.finished("Finished · 6 added")
        walk.page.click("#library .reader [data-do=close]")
        put_roof(server, "September")
        walk.page.click("[data-do=refresh-feeds]")
        walk.finished("1 updated.", "#library .outcome .told")
        changed = [
            (MILL, "Bruno Esteve", "Marchetti"),
            (LENS, "ninety thousand", "forty"),
            (FERRY, "Thursday", "Monday"),
            (ROOF, "September", "May"),
        ]
        for question, now, before in changed:
            said = walk.ask(question)
            assert now in said and before not in said, question
        assert NOT_THERE in walk.ask(BRIDGE), "what has left its archive is quoted no more"

        # …and go.
        server.routes["/ferry"] = answer(410)
        walk.page.click("#library tbody a:text-is('The ferry to Ardmore')")
        walk.page.click("#library .reader [data-do=again]")
        walk.finished("Finished · 6 added · 1 with a problem")
        assert "410" in walk.page.inner_text("#library .items .failed .note")
        walk.page.click("#library .reader [data-do=close]")
        for title in ("The ferry to Ardmore", "The mill of Tersac turns again"):
            walk.delete(title)
        walk.page.click("#feed-list [data-do=remove-feed]")
        walk.page.click("dialog.unfollow button[value=all]")
        walk.page.wait_for_function(
            "document.querySelector('.toast .said').textContent.includes('no longer followed')"
        )
        for question in (FERRY, MILL, ROOF):
            assert NOT_THERE in walk.ask(question), question
        assert "ninety thousand" in walk.ask(LENS)


def _states(walk: Walk) -> Sequence[tuple[str, str]]:
    rows = walk.page.locator("#library .items li")
    names = rows.locator(".name").all_inner_texts()
    return sorted(zip(names, rows.locator(".state").all_inner_texts(), strict=True))
