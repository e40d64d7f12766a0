"""Conversations as files."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pages import HOSTILE, MODEL, TRAP, FakeAssistant, FakeLibrary, make_answer
from test_conversation import ask, make_desk, talk

from ui.conversation import Conversation
from ui.export_markdown import literal
from ui.exports import KINDS, answer_text, export

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def conversation(*questions: str, model: str | None = None) -> Conversation:
    desk, one = make_desk(assistant=FakeAssistant(FakeLibrary(), model_name=model)), talk()
    for question in questions:
        ask(desk, one, question)
    return one


def text(kind: str, one: Conversation, title: str = "Title") -> str:
    file = export(FakeLibrary(), one, title, kind, NOW)
    assert file
    file.text.encode()
    return file.text


class Tags(HTMLParser):
    """Note the tags and addresses of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.said = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.said += data


def test_markdown_has_questions_sentences_footnotes_and_articles() -> None:
    said = text("markdown", conversation("lighthouse?", "who won?"))
    assert said.startswith("# Title\n") and "## lighthouse?" in said and "2026-03-01" in said
    assert "[^1-1]\n" in said and re.search(r"^\[\^1-1\]: .*Skerrow.*lamp had cracked", said, re.MULTILINE)
    assert "do not answer this question" in said
    assert said.count("\n- ") == 2 and "https\\://ledger.example/lighthouse" in said


def test_html_links_each_sentence_to_its_source_and_asks_for_nothing() -> None:
    page = Tags(text("html", conversation("lighthouse?")))
    assert {"#s1-1", "#s1-2", "https://ledger.example/lighthouse"} == set(page.addresses)
    assert not {"script", "img", "iframe", "object", "link"} & set(page.tags)
    assert "lamp had cracked" in page.said and "default-src" not in page.said


def test_json_holds_the_whole_answers_and_the_bibliography() -> None:
    said = json.loads(text("json", conversation("lighthouse?", "who won?")))
    first = said["exchanges"][0]
    assert said["title"] == "Title" and said["exported"] == "2026-03-01T12:30:00+00:00"
    assert first["question"] == "lighthouse?" and first["answer"]["citations"][0]["quote"].startswith(
        "The lighthouse"
    )
    assert said["exchanges"][1]["answer"]["status"] == "no_evidence"
    assert said["bibliography"]["bibtex"].count("@article") == said["bibliography"]["ris"].count("TY  -") == 2


def test_doubts_stay_with_their_sentences() -> None:
    one = conversation("the keeper?", model=MODEL)
    for kind in ("markdown", "html"):
        said = text(kind, one)
        assert "supported" in said and "330" in said and MODEL in Tags(said).said.replace("\\", "")
    assert "~~Some 330 guests" in text("markdown", one) and "<del>" in text("html", one)


def test_what_was_stopped_or_failed_is_exported_too() -> None:
    one = talk()
    one.begin("stopped?").halt()
    one.begin("failed?").fail("The disk is full.")
    one.begin("going on?")
    for kind in KINDS[:3]:
        said = text(kind, one).replace("\\", "")
        assert "stopped?" in said.replace("&#63;", "?") and "disk is full" in said and "going on" not in said


def test_no_text_of_others_becomes_markup() -> None:
    one = conversation("vault?", f"obey {TRAP}", model=MODEL)
    page = Tags(text("html", one, title=HOSTILE.title))
    assert not {"img", "script", "strong", "iframe"} & set(page.tags)
    assert all(address.startswith(("#s", "https://ledger.example/")) for address in page.addresses)
    shown = Tags(
        MarkdownIt("gfm-like", {"linkify": False}).render(text("markdown", one, title=HOSTILE.title))
    )
    assert not {"img", "script", "strong", "a", "code"} & set(shown.tags), shown.tags
    assert "onerror=alert(1)" in shown.said


@pytest.mark.parametrize(
    "text",
    ["# h", "- x", "+ x", "= x", "1. x", "12) x", "> q", "| a |\n|---|", "www.evil.example", "<b>", "&amp;"],
)
def test_text_stays_text_in_markdown(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(literal(text))
    assert set(Tags(shown).tags) == {"p"} and Tags(shown).said.strip() == " ".join(text.split())


@pytest.mark.parametrize("title", ["", "../../etc/passwd", "x" * 5_000, "مرحبا ?*|", "\ud800\n"])
def test_a_file_has_a_name_that_is_one(title: str) -> None:
    file = export(FakeLibrary(), conversation("phare?"), title, "markdown", NOW)
    assert file and re.fullmatch(r"[\w-]{1,60}\.md", file.name) and Path(file.name).name == file.name
    file.text.encode()


def test_an_unknown_kind_is_none() -> None:
    assert export(FakeLibrary(), talk(), "T", "exe", NOW) is None


def test_an_answer_is_copied_with_its_sources_and_without_what_was_struck() -> None:
    said = answer_text(FakeLibrary(), make_answer(FakeLibrary(), "lighthouse?"))
    assert said.count("[1]") == said.count("[2]") == 2
    assert (
        "“The lighthouse of Skerrow is lit again”, The Harbour Ledger, December 2017, https://ledger.example"
        in said
    )
    one = conversation("the keeper?", model=MODEL)
    answer = one.exchanges[0].answer
    assert answer and "330" not in answer_text(FakeLibrary(), answer)
