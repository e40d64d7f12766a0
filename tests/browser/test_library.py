"""The library beside the chat, in a real browser, over a real collection with a fake embedder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import HOSTILE, FakeAssistant, FakeLibrary
from stores import article_text, open_index

from assistant import Answer, Citation, Done, Event, Retrieved, Sentence, Status, Style, Turn
from index import ArticleFilter, Index
from index.lock import WriterLock

pytestmark = pytest.mark.browser
Visits = Callable[..., Any]

MILL = (
    "---\ntitle: The mill is sold\ndate: 2018-03-02\nsource: The Harbour Ledger\nlanguage: en\n---\n"
    + "Nothing else was said that day.\n\n" * 60
    + "The mill of Brannock was sold on Friday.\n\nA baker from Tarn wants to grind rye in it again.\n\n"
    + "The evening papers went to print without a word more.\n\n" * 60
)
QUOTE = "The mill of Brannock was sold on Friday."


class Finder(FakeAssistant):
    """Quote the sentence about the mill from the collection, if it is in there."""

    def __init__(self, index: Index) -> None:
        super().__init__(FakeLibrary())
        self.index = index

    def stream(
        self,
        question: str,
        history: Iterable[Turn] = (),
        within: ArticleFilter | None = None,
        *,
        style: Style = Style.NORMAL,
    ) -> Iterator[Event]:
        hits = [hit for hit in self.index.search(question) if QUOTE in hit.article.text]
        yield Retrieved(hits=tuple(hits))
        yield Done(answer=self._answer(question, hits))

    def _answer(self, question: str, hits: list[Any]) -> Answer:
        if not hits:
            text = "The articles do not answer this question."
            sentence = Sentence(text=text)
            return Answer(
                question=question, status=Status.NO_EVIDENCE, text=text, language="en", sentences=(sentence,)
            )
        article = hits[0].article
        start = article.text.index(QUOTE)
        citation = Citation(
            number=1,
            passage_id=hits[0].passage.id,
            article_id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published=article.published,
            language=article.language,
            quote=QUOTE,
            start=start,
            end=start + len(QUOTE),
        )
        return Answer(
            question=question,
            status=Status.QUOTED,
            text=f"{QUOTE} [1]",
            language="en",
            sentences=(Sentence(text=QUOTE, citations=(1,)),),
            citations=(citation,),
        )


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def here(index: Index, serve: Callable[..., str], visit: Visits) -> Callable[..., Any]:
    """Open the page over the collection, in the library view."""

    def start(**how: Any) -> Any:
        opened = visit(url=serve(index, Finder(index)), **how)
        opened.page.click("#tab-library")
        opened.page.wait_for_function(
            "document.querySelector('#library .range')?.textContent || !document.querySelector('#library .nothing').hidden"
        )
        return opened

    return start


def fill(index: Index, tmp_path: Path, count: int) -> None:
    folder = tmp_path / "news"
    folder.mkdir(exist_ok=True)
    for number in range(count):
        head = f"---\ntitle: Report {number:03}\nsource: {('The Ledger', 'Le Phare')[number % 2]}\ndate: 2018-01-{number % 28 + 1:02}\n---\n"
        (folder / f"{number:03}.md").write_text(head + article_text(number, paragraphs=1))
    index.add([folder])


def titles(page: Any) -> list[str]:
    return list(page.locator("#library tbody .title").all_inner_texts())


def range_is(page: Any, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('#library .range').textContent.startsWith(text)", arg=text
    )


def upload(page: Any, tmp_path: Path, **files: str | bytes) -> None:
    paths = []
    for name, content in files.items():
        file = tmp_path / name.replace("_", ".")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(file)
    page.set_input_files("#library input.files", paths)


def finished(page: Any, said: str) -> None:
    page.wait_for_function(
        "said => document.querySelector('#library .summary').textContent === said", arg=said
    )


def test_add_ask_open_delete_ask_again_and_undo(here: Callable[..., Any], tmp_path: Path) -> None:
    visit = here()
    page = visit.page
    assert "The library is empty" in page.inner_text("#library .nothing")
    upload(page, tmp_path, mill_md=MILL, broken_txt=b"\x00\x01\x02" * 500)
    finished(page, "Finished · 1 added · 1 with a problem")
    broken = page.locator("#library .items .failed")
    assert broken.locator(".note").inner_text().startswith("broken.txt")
    range_is(page, "1–1 of 1")
    page.wait_for_function("document.querySelector('#state').innerText.includes('1 article')")

    page.click("#tab-ask")
    visit.ask("Who bought the mill of Brannock?")
    page.click("#sources a.whole")
    page.wait_for_selector("#library .reader mark")
    assert page.inner_text("#library .reader mark") == QUOTE
    assert visit.visible("#library .reader mark") and not page.is_visible("#columns")
    page.click("#library .reader [data-do=close]")
    page.wait_for_selector("#columns", state="visible")
    assert page.evaluate("document.activeElement.className") == "whole"

    page.click("#tab-library")
    page.click("#library tbody .title a")
    page.click("#library .reader [data-do=remove]")
    assert "Delete “The mill is sold”?" in page.inner_text("#library dialog")
    page.click("#library dialog button[value=no]")
    assert titles(page) == ["The mill is sold"]
    page.click("#library .reader [data-do=remove]")
    page.click("#library dialog button[value=yes]")
    page.wait_for_selector("#library .nothing", state="visible")
    assert page.inner_text("#library .toast .said") == "“The mill is sold” deleted."

    page.click("#tab-ask")
    visit.ask("Who bought the mill of Brannock?")
    assert "Not in the articles" in page.inner_text("#chat .answer-2")
    page.click("#tab-library")
    page.click("#library .toast [data-do=undo]")
    range_is(page, "1–1 of 1")
    page.click("#tab-ask")
    visit.ask("Who bought the mill of Brannock?")
    assert QUOTE in page.inner_text("#chat .answer-3")


def test_the_chat_keeps_its_state_and_place(here: Callable[..., Any], index: Index, tmp_path: Path) -> None:
    (tmp_path / "mill.md").write_text(MILL)
    index.add([tmp_path / "mill.md"])
    visit = here()
    page = visit.page
    page.click("#tab-ask")
    for _ in range(6):
        visit.ask("Who bought the mill of Brannock?")
    page.fill("#question textarea", "half a question")
    page.evaluate("document.querySelector('#chat [role=log]').scrollTop = 130")
    page.click("#tab-library")
    assert page.get_attribute("#tab-library", "aria-selected") == "true"
    page.click("#tab-ask")
    assert page.evaluate("document.querySelector('#chat [role=log]').scrollTop") == 130
    assert page.input_value("#question textarea") == "half a question"
    assert page.locator("#chat .asked").count() == 6
    page.go_back()
    page.wait_for_selector("#library", state="visible")
    page.go_back()
    page.wait_for_selector("#columns", state="visible")


def test_an_answer_that_came_meanwhile_is_in_view(
    here: Callable[..., Any], index: Index, tmp_path: Path
) -> None:
    (tmp_path / "mill.md").write_text(MILL)
    index.add([tmp_path / "mill.md"])
    visit = here()
    page = visit.page
    page.click("#tab-ask")
    for _ in range(5):
        visit.ask("Who bought the mill of Brannock?")
    page.fill("#question textarea", "Who bought the mill of Brannock?")
    while page.input_value(
        "#question textarea"
    ):  # while the last answer is not quite complete, Enter does nothing
        page.keyboard.press("Enter")
        page.wait_for_timeout(150)
    page.click("#tab-library")
    page.wait_for_function("document.querySelectorAll('#chat .answer-6').length")
    page.wait_for_timeout(300)
    page.click("#tab-ask")
    page.wait_for_timeout(100)
    assert visit.visible("#chat .asked-6")


def test_filters_sorting_and_pages(here: Callable[..., Any], index: Index, tmp_path: Path) -> None:
    fill(index, tmp_path, 120)
    visit = here()
    page = visit.page
    range_is(page, "1–50 of 120")
    page.click("th[data-order=title] button")
    page.wait_for_function("document.querySelector('#library tbody .title').innerText === 'Report 000'")
    assert page.get_attribute("th[data-order=title]", "aria-sort") == "ascending"
    page.click("[data-page=last]")
    range_is(page, "101–120 of 120")
    assert titles(page)[-1] == "Report 119" and page.is_disabled("[data-page=next]")
    page.click("[data-page=previous]")
    range_is(page, "51–100")
    page.select_option("select[name=source]", "=Le Phare")
    range_is(page, "1–50 of 60")
    page.fill("input[name=since]", "2018-01-28")
    range_is(page, "1–4 of 4 · undated ones are left out")
    page.fill("#library input[type=search]", "report 083")
    range_is(page, "1–1 of 1")
    assert titles(page) == ["Report 083"]
    page.fill("#library input[type=search]", "no such words anywhere")
    page.wait_for_selector("#library .nothing", state="visible")
    assert page.inner_text("#library .nothing") == "No article fits."
    page.click("#library [type=reset]")
    range_is(page, "1–50 of 120")
    page.fill("#library input[type=search]", "marker17v1")
    range_is(page, "1–1 of 1")
    assert titles(page) == ["Report 017"], "the texts are searched, too"


def test_several_are_deleted_and_brought_back_at_once(
    here: Callable[..., Any], index: Index, tmp_path: Path
) -> None:
    fill(index, tmp_path, 4)
    page = here().page
    page.check("#library thead .pick input")
    page.uncheck("#library tbody tr:first-child .pick input")
    assert page.inner_text("#library .chosen .number") == "3 articles selected"
    page.click("[data-do=remove-chosen]")
    page.click("#library dialog button[value=yes]")
    range_is(page, "1–1 of 1")
    assert index.status().articles == 1
    page.click("#library .toast [data-do=undo]")
    range_is(page, "1–4 of 4")
    assert index.status().articles == 4


def test_a_text_is_pasted_and_read(here: Callable[..., Any]) -> None:
    page = here().page
    page.click("[data-do=paste]")
    assert page.evaluate("document.activeElement.id") == "pasted"
    assert "web addresses" in page.inner_text("#pasting")
    page.click("#pasting button[type=submit]")
    page.wait_for_function("document.querySelector('#library .said').textContent.includes('Paste the text')")
    page.fill("#pasted", "The lamp of Skerrow cracked on Monday. It cost forty crowns.")
    page.click("#pasting button[type=submit]")
    finished(page, "Finished · 1 added")
    page.click("#library .items a.name")
    page.wait_for_selector("#library .reader h2")
    assert "forty crowns" in page.inner_text("#library .whole-text")


def test_folders_are_dropped_and_too_large_files_told(
    here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTICLE_ASSISTANT_UPLOAD_FILE_BYTES", "2000")
    visit = here()
    page = visit.page
    page.click("#tab-ask")
    page.evaluate(
        """text => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], 'one.txt'));
          transfer.items.add(new File(['x'.repeat(2001)], 'large.txt'));
          for (const type of ['dragenter', 'dragover', 'drop'])
            document.querySelector('#chat-column').dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
        }""",
        "The lamp of Skerrow cracked on Monday. It cost forty crowns.",
    )
    finished(page, "Finished · 1 added · 1 with a problem")
    assert "larger than the limit of 2 kB" in page.inner_text("#library .items .failed")
    page.click("[data-do=forget]")
    page.wait_for_selector("#library .intake", state="hidden")


def test_while_another_process_writes_the_page_says_so_and_can_cancel(
    here: Callable[..., Any], tmp_path: Path
) -> None:
    page = here().page
    with WriterLock(tmp_path / "data"):
        upload(page, tmp_path, mill_md=MILL)
        page.wait_for_selector("#library .blocked", state="visible")
        assert "is being changed by process" in page.inner_text("#library .blocked")
        page.click("#library [data-do=cancel]")
        finished(page, "Finished · 1 cancelled")
    assert not page.is_visible("#library .blocked")


def test_one_of_several_files_is_cancelled(here: Callable[..., Any], tmp_path: Path) -> None:
    page = here().page
    with WriterLock(tmp_path / "data"):
        upload(page, tmp_path, mill_md=MILL, lamp_txt="The lamp of Skerrow cracked on Monday.")
        page.focus("#library .items [aria-label='Cancel: lamp.txt']")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "document.querySelector('#library .items .cancelled .name')?.textContent === 'lamp.txt'"
        )
    finished(page, "Finished · 1 added · 1 cancelled")
    range_is(page, "1–1 of 1")
    assert titles(page) == ["The mill is sold"]


def test_a_file_of_a_known_name_takes_the_place_of_the_earlier_one(
    here: Callable[..., Any], tmp_path: Path
) -> None:
    page = here().page
    upload(page, tmp_path, mill_md=MILL)
    finished(page, "Finished · 1 added")
    upload(page, tmp_path, mill_md=MILL.replace("on Friday", "on Sunday"))
    finished(page, "Finished · 1 added · 1 to decide")
    page.click("#library .items [aria-label='Replace the earlier one: mill.md']")
    finished(page, "Finished · 2 added")
    range_is(page, "1–1 of 1")
    page.click("#library tbody .title a")
    page.wait_for_selector("#library .reader h2")
    assert "sold on Sunday" in page.inner_text("#library .whole-text")
    assert page.inner_text("#library .versions summary") == "2 versions"


def test_hostile_articles_are_only_text(here: Callable[..., Any], tmp_path: Path) -> None:
    visit = here()
    page = visit.page
    header = f"---\ntitle: '{HOSTILE.title}'\nsource: '{HOSTILE.source}'\nurl: '{HOSTILE.url}'\n---\n"
    name = "<img src=x onerror=alert(9)>.md"
    page.set_input_files(
        "#library input.files",
        [{"name": name, "mimeType": "text/markdown", "buffer": (header + HOSTILE.text).encode()}],
    )
    finished(page, "Finished · 1 added")
    assert page.inner_text("#library .items .name") == name
    range_is(page, "1–1 of 1")
    assert titles(page) == [HOSTILE.title]
    page.click("#library tbody .title a")
    page.wait_for_selector("#library .reader h2")
    assert page.inner_text("#library .reader h2") == HOSTILE.title
    page.click("#library .reader [data-do=remove]")
    assert f"Delete “{HOSTILE.title}”?" in page.inner_text("#library dialog")
    page.wait_for_timeout(300)
    assert page.locator("#library").locator("img, script, iframe, strong, em, code").count() == 0
    addresses = page.locator("#library a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert all(address.startswith("#/library/") for address in addresses)


def test_the_keyboard_is_enough(here: Callable[..., Any], index: Index, tmp_path: Path) -> None:
    fill(index, tmp_path, 2)
    page = here().page
    page.focus("#tab-library")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#columns", state="visible")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#library", state="visible")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#library td.title a')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#library .reader h2")
    assert page.evaluate("document.activeElement.id") == "reader-title"
    page.keyboard.press("Escape")
    page.wait_for_selector("#library .reader", state="hidden")
    page.wait_for_function("document.activeElement.matches('#library td.title a')")
    unnamed = (
        page.locator("#library")
        .locator("input:visible, select:visible, textarea:visible, button:visible")
        .evaluate_all(
            "all => all.filter(e => !(e.ariaLabel || e.labels?.length || e.innerText.trim())).map(e => e.outerHTML)"
        )
    )
    assert unnamed == []


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_cut_off_and_everything_can_be_read(
    here: Callable[..., Any], index: Index, tmp_path: Path, width: int
) -> None:
    fill(index, tmp_path, 3)
    index.add([_long(tmp_path)])
    for theme in ("light", "dark"):
        visit = here(width=width, height=800, theme=theme)
        page = visit.page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for selector in (
            "#library td.title a",
            "#library td.outlet",
            "#library .range",
            "#library th button",
            "#tab-ask",
        ):
            assert visit.contrast(selector) >= 4.5, selector
        page.click("#library tbody tr:first-child .title a")
        page.wait_for_selector("#library .reader h2")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.is_visible("#library .list") == (width > 860)
        for selector in (
            "#library .facts",
            "#library .whole-text p",
            "#library .piece-number",
            "#library .reader .danger",
        ):
            assert visit.contrast(selector) >= 4.5, selector
        assert visit.visible("#library .reader h2")


def _long(tmp_path: Path) -> Path:
    file = tmp_path / "long.md"
    file.write_text(
        f"---\ntitle: {'Endlesswordwithoutablank' * 12}\nsource: {'Outlet' * 15}\n---\n{'word' * 200} and so on.\n"
    )
    return file


def test_an_article_that_is_gone_is_told(visit: Visits, serve: Callable[..., str], index: Index) -> None:
    opened = visit(url=serve(index, Finder(index)))
    opened.page.evaluate("location.hash = '#/library/0000000000000000'")
    opened.page.wait_for_function(
        "document.querySelector('#library .said').textContent.includes('no longer')"
    )
    assert re.search(r"#/library$", opened.page.url)


def test_an_address_opens_its_article(
    visit: Visits, serve: Callable[..., str], index: Index, tmp_path: Path
) -> None:
    (tmp_path / "mill.md").write_text(MILL)
    [key] = index.add([tmp_path / "mill.md"]).added
    url = serve(index, Finder(index))
    opened = visit(url=url)
    opened.page.goto(f"{url}/?x=1#/library/{key}")
    opened.page.wait_for_selector("#library .reader h2")
    assert opened.page.inner_text("#library .reader h2") == "The mill is sold"
