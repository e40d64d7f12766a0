from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from index.errors import ExtractionError, IndexingError, UnsupportedTypeError
from index.extract import Extracted, extract

NOW = datetime(2020, 6, 1, tzinfo=UTC)
PARAGRAPHS = [
    "The council of Skerrow voted on Tuesday to repair the old harbour wall, which the storms of January had damaged.",
    "Work will begin in April and cost 2.4 million pounds, half of it from the islands fund, the treasurer said.",
    "Fishing boats must use the northern quay until the autumn, when the last stones are to be laid.",
]


def page(
    *,
    head: str = "",
    body: str | None = None,
    lang: str = "en",
    heading: str = "<h1>Harbour wall to be repaired</h1>",
) -> bytes:
    inner = body if body is not None else "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>'
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<main><article>{heading}{inner}</article></main>"
        "<section id='comments'><p>Reader42: what a waste of money this is, as everybody knows!</p></section>"
        "<footer><p>© 2019 The Skerrow Chronicle. All rights reserved.</p></footer></body></html>"
    ).encode()


def html(content: bytes) -> Extracted:
    return extract(content, "text/html", name="page.html", fetched=NOW)


def plain(text: str, media_type: str = "text/plain") -> Extracted:
    return extract(text.encode(), media_type, name="a.txt", fetched=NOW)


def test_a_page_is_boiled_down_to_its_article() -> None:
    found = html(
        page(
            head="<title>Harbour wall to be repaired | The Skerrow Chronicle</title>"
            '<meta property="og:site_name" content="The Skerrow Chronicle"><meta name="author" content="Ann Alder">'
            '<meta property="article:published_time" content="2018-03-13T18:20:00+02:00">'
            '<link rel="canonical" href="https://skerrow.example/news/harbour-wall">'
        )
    )
    assert found.text.split("\n\n") == PARAGRAPHS
    assert (found.title, found.title_derived) == ("Harbour wall to be repaired", False)
    assert (found.source, found.author) == ("The Skerrow Chronicle", "Ann Alder")
    assert found.url == "https://skerrow.example/news/harbour-wall"
    assert found.published is not None
    assert found.published.isoformat() == "2018-03-13T16:20:00Z"
    assert found.language == "en"


def test_json_ld_is_read() -> None:
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Harbour wall to be repaired",
        "datePublished": "2018-03-13T18:20:00Z",
        "author": {"@type": "Person", "name": "Ann Alder"},
        "publisher": {"@type": "Organization", "name": "The Skerrow Chronicle"},
    }
    found = html(page(head=f'<title>x</title><script type="application/ld+json">{json.dumps(said)}</script>'))
    assert (found.title, found.source, found.author) == (
        "Harbour wall to be repaired",
        "The Skerrow Chronicle",
        "Ann Alder",
    )
    assert found.published is not None
    assert found.published.isoformat() == "2018-03-13T18:20:00Z"


def test_the_host_stands_for_an_outlet_without_a_name() -> None:
    found = html(page(head='<link rel="canonical" href="https://www.skerrow.example/a">'))
    assert found.source == "skerrow.example"


def test_a_copyright_year_is_no_date_of_publication() -> None:
    assert html(page(head="<title>Harbour wall to be repaired</title>")).published is None


def test_a_byline_is_not_part_of_the_text() -> None:
    byline = '<p class="by">By Ann Alder, 13 March 2018, 18:20</p>'
    found = html(page(body=byline + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)))
    assert found.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "/relative", "file:///etc/passwd"]
)
def test_only_web_addresses_are_kept(address: str) -> None:
    assert html(page(head=f'<link rel="canonical" href="{address}">')).url is None
    assert plain(f"Title: A\nUrl: {address}\n\n{PARAGRAPHS[0]}").url is None


def test_tiny_and_bare_pages_are_read_too() -> None:
    assert (
        html(b"<p>The harbour wall will be repaired in April.</p>").text
        == "The harbour wall will be repaired in April."
    )
    assert (
        "repaired in April"
        in html(b"<html><body>The harbour wall will be repaired in April.</body></html>").text
    )


@pytest.mark.parametrize(
    "content", [b"<html><body></body></html>", b"<html><body><script>let text = 'x'.repeat(100)</script></body></html>",
                b"<p>Short.</p>", b"<!-- only a comment that is long enough to be read as a text -->"],
)  # fmt: skip
def test_a_page_without_an_article_says_so(content: bytes) -> None:
    with pytest.raises(ExtractionError, match=r"^page\.html .*(no article text|empty)"):
        html(content)


@pytest.mark.parametrize("text", ["Short.", "..........................", "Title: A\nDate: 2018\n\nShort."])
def test_a_text_without_an_article_says_so(text: str) -> None:
    with pytest.raises(ExtractionError, match="holds no article text"):
        plain(text)


@pytest.mark.parametrize("depth", [100, 199, 200, 300, 100_000])
def test_text_is_kept_however_deep_it_is_nested(depth: int) -> None:
    inner = f"<p>{PARAGRAPHS[0]}</p>"
    assert PARAGRAPHS[0] in html(page(body="<div>" * depth + inner + "</div>" * depth)).text


def test_a_tag_with_very_many_attributes_loses_them_and_not_its_text() -> None:
    inner = f"<p {'a=1 ' * 100_000}>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert html(page(body=inner)).text == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}"


@pytest.mark.parametrize(
    "content",
    [
        "'<div>' * 100_000 + 'x'",
        "'<b><i>' * 100_000",
        "'<' * 1_000_000",
        "'<!--' * 300_000",
        "'<a<' * 300_000",
        "'<p ' + 'a=1 ' * 300_000 + '>x</p>'",
        "'<div></x>' * 100_000",
        "'<table><tr><td>' * 20_000",
        "'<script>' * 100_000",
        "'<svg>' + '<g>' * 100_000",
    ],
)
def test_hostile_pages_cannot_take_the_process_down(content: str) -> None:
    code = (
        "from index.extract import extract\nfrom index.errors import IndexingError\n"
        f"try:\n    extract(({content}).encode(), 'text/html', name='x')\nexcept IndexingError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1


def test_loose_html_is_not_taken_for_deep_nesting() -> None:
    items = "".join(f"<p>{text} Part {n}." for n, text in enumerate(PARAGRAPHS * 100))
    listed = (
        "<ul>"
        + "<li>point" * 500
        + "</ul><table>"
        + "<tr><td>a<td>b" * 300
        + "</table><br>"
        + "<img src=a />" * 300
    )
    assert "Part 299." in html(page(body=items + listed)).text


def test_plain_text_in_all_its_forms() -> None:
    found = plain(f" date 2017-12 {PARAGRAPHS[0]}\r\n\r\n{PARAGRAPHS[1]}")
    assert found.text == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}"
    assert found.published is not None
    assert found.published.isoformat() == "2017-12"
    assert found.title_derived
    assert found.title.startswith("The council of Skerrow voted")
    assert found.title.endswith("…")
    given = plain(f"Title: Harbour wall\nLanguage: en-GB\nLink: https://x.org/a\n\n{PARAGRAPHS[0]}")
    assert (given.title, given.title_derived, given.url) == ("Harbour wall", False, "https://x.org/a")
    assert (given.source, given.language) == ("x.org", "en")


def test_control_and_hidden_characters_do_not_reach_the_article() -> None:
    found = plain("Title: A\u202eB\x00\n\nThe har\u200bbour\x00 wall\x07 will be re\u202epaired in April.")
    assert (found.title, found.text) == ("AB", "The harbour wall will be repaired in April.")


def test_markdown_takes_its_title_from_the_heading_unless_given() -> None:
    found = plain(f"# Harbour wall\n\n{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}", "text/markdown")
    assert (found.title, found.text) == ("Harbour wall", f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}")
    both = plain(f"---\ntitle: Given\n---\n# Heading\n\n{PARAGRAPHS[0]}", "text/markdown")
    assert (both.title, both.text) == ("Given", f"Heading\n\n{PARAGRAPHS[0]}")


def test_windows_bytes_in_a_page_labelled_utf_8_are_read_right() -> None:
    text = "Le maire a annoncé que la digue serait réparée dès le printemps, après les tempêtes de janvier."
    content = page(body=f"<p>{text}</p>", lang="fr").decode().encode("cp1252")
    found = html(content)
    assert text in found.text
    assert found.language == "fr"


def test_binary_content_and_other_types_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedTypeError, match=r"^a\.txt .*PDF"):
        extract(b"%PDF-1.5 ...", "text/plain", name="a.txt")
    with pytest.raises(UnsupportedTypeError, match="application/json"):
        extract(b"{}", "application/json", name="a.json")
    with pytest.raises(IndexingError):
        extract(b"", "text/plain", name="a.txt")
