"""What a page says about itself, before anything is guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sample_files as files
from hypothesis import given, settings
from hypothesis import strategies as st

from index.extract import Extracted, extract
from index.formats.document import Document, Problem, from_wire, to_wire
from index.html_text import html_to_text
from index.types import Precision, Published
from index.webpage import DEEPEST, flattened

NOW = datetime(2020, 6, 1, tzinfo=UTC)
ARTICLE = {
    "@type": "NewsArticle",
    "headline": files.TITLE,
    "datePublished": "2018-03-13T18:20:00+02:00",
    "dateModified": "2019-01-01T00:00:00Z",
    "author": [{"@type": "Person", "name": "Ann Alder"}, {"name": "By Bo Birk"}],
    "publisher": {"@type": "Organization", "name": "The Skerrow Chronicle"},
    "articleSection": ["Islands", "News"],
}


def read(head: str, *, now: datetime = NOW, **page: Any) -> Extracted:
    return extract(files.page(head=head, **page).encode(), "text/html", name="page.html", fetched=now)


def ld(content: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


def date(found: Extracted) -> str | None:
    return found.published.isoformat() if found.published else None


@pytest.mark.parametrize(
    "content",
    [ARTICLE, [ARTICLE], {"@graph": [{"@type": "WebSite", "name": "x"}, ARTICLE]}, {**ARTICLE, "@type": ["Thing", "ReportageNewsArticle"]},
     {"@type": "WebPage", "mainEntity": ARTICLE}, {**ARTICLE, "@type": "https://schema.org/LiveBlogPosting"},
     {"@graph": [{**ARTICLE, "author": [{"@id": "#a"}, {"@id": "#b"}], "publisher": {"@id": "#o"}}, {"@id": "#a", "@type": "Person", "name": "Ann Alder"},
                 {"@id": "#b", "name": "Bo Birk"}, {"@id": "#o", "@type": "Organization", "name": "The Skerrow Chronicle"}]}],
)  # fmt: skip
def test_json_ld_in_all_its_forms_gives_every_fact(content: Any) -> None:
    found = read(
        ld(content)
        + '<meta property="og:title" content="Something else"><meta name="author" content="Nobody">'
    )
    assert (found.title, found.author, found.source, found.section) == (
        files.TITLE, "Ann Alder, Bo Birk", "The Skerrow Chronicle", "Islands")  # fmt: skip
    assert date(found) == "2018-03-13T16:20:00Z"


def test_of_several_articles_the_one_with_the_pages_address_counts() -> None:
    other = {
        **ARTICLE,
        "headline": "Another",
        "url": "https://skerrow.example/b",
        "datePublished": "2019-05-05",
    }
    own = {**ARTICLE, "mainEntityOfPage": {"@id": "https://www.skerrow.example/a?utm_source=x"}}
    found = read('<link rel="canonical" href="https://skerrow.example/a">' + ld(other) + ld(own))
    assert (found.title, date(found), found.url) == (
        files.TITLE,
        "2018-03-13T16:20:00Z",
        "https://skerrow.example/a",
    )


@pytest.mark.parametrize("script", ["{", '{"@type": "NewsArticle",}', "[" * 100_000, "null", '"x"', '{"@type": 5, "@graph": {"@graph": 7}}',
                                    '{"@type": "NewsArticle", "headline": {"x": 1}, "author": [[["a"]]], "datePublished": 7, "publisher": [null]}'])  # fmt: skip
def test_broken_json_ld_is_passed_over(script: str) -> None:
    found = read(
        f'<script type="application/ld+json">{script}</script><meta property="og:title" content="{files.TITLE}">'
        '<meta property="article:published_time" content="2018-03-13">'
    )
    assert (found.title, date(found)) == (files.TITLE, "2018-03-13")


def test_open_graph_and_dublin_core_give_what_they_have() -> None:
    graph = (
        f'<meta property="og:title" content="{files.TITLE} | The Skerrow Chronicle"><meta property="og:site_name" content="The Skerrow Chronicle">'
        '<meta property="article:author" content="https://social.example/ann"><meta name="author" content="By Ann Alder">'
        '<meta property="article:section" content="Islands"><meta property="og:url" content="https://skerrow.example/a">'
    )
    found = read(graph)
    assert (found.title, found.source, found.author, found.section, found.url) == (
        files.TITLE, "The Skerrow Chronicle", "Ann Alder", "Islands", "https://skerrow.example/a")  # fmt: skip
    core = (
        f'<meta name="DC.title" content="{files.TITLE}"><meta name="DC.creator" content="Ann Alder"><meta name="DC.date" content="2018-03">'
        '<meta name="DC.publisher" content="The Skerrow Chronicle">'
    )
    found = read(core)
    assert (found.title, found.author, date(found), found.source) == (
        files.TITLE,
        "Ann Alder",
        "2018-03",
        "The Skerrow Chronicle",
    )


def test_the_surest_kind_of_metadata_gives_the_day_and_another_may_give_the_hour() -> None:
    day = ld({**ARTICLE, "datePublished": "2018-03-13"})
    assert (
        date(read(day + '<meta property="article:published_time" content="2018-03-13T18:20:00Z">'))
        == "2018-03-13T18:20:00Z"
    )
    assert (
        date(read(day + '<meta property="article:published_time" content="2019-08-01T18:20:00Z">'))
        == "2018-03-13"
    )


def test_todays_date_above_a_page_is_not_the_articles() -> None:
    head = "<title>Harbour wall to be repaired</title>"
    today = files.page(head=head).replace("<nav>", "<div class='date'>1 June 2020</div><nav>")
    assert extract(today.encode(), "text/html", name="x", fetched=NOW).published is None
    dated = read('<link rel="canonical" href="https://skerrow.example/2018/03/13/wall">')
    assert date(dated) == "2018-03-13"


@pytest.mark.parametrize(
    ("title", "outlet"),
    [("{} | The Skerrow Chronicle", "The Skerrow Chronicle"), ("The Skerrow Chronicle - {}", "The Skerrow Chronicle"),
     ("The Skerrow Chronicle: {}", "The Skerrow Chronicle"), ("{} – Islands – The Skerrow Chronicle", "The Skerrow Chronicle"),
     ("{}", None), ("{} after all", None)],
)  # fmt: skip
def test_the_outlet_is_what_the_title_element_has_beside_the_heading(title: str, outlet: str | None) -> None:
    found = read(f"<title>{title.format(files.TITLE)}</title>")
    assert (found.title, found.source) == (files.TITLE, outlet)


def test_a_title_that_was_cut_short_is_completed_from_the_page() -> None:
    assert read(ld({**ARTICLE, "headline": "Harbour wall to be…"})).title == files.TITLE
    assert read(ld({**ARTICLE, "headline": "Another thing altogether…"})).title == "Another thing altogether…"


def test_the_text_in_the_metadata_counts_where_the_page_shows_little_of_it() -> None:
    whole = "\n\n".join(files.PARAGRAPHS)
    data = ld({**ARTICLE, "articleBody": whole})
    assert read(data, paragraphs=files.PARAGRAPHS[:1]).text == whole
    assert read(
        data, paragraphs=[*files.PARAGRAPHS, "And a sentence that the metadata lacks, printed on the page."]
    ).text.endswith("on the page.")


def test_signposts_between_the_paragraphs_are_left_out() -> None:
    lead = '<strong>Read also:</strong> <a href="/b">The quay is to be closed for the whole of the summer</a>'
    found = read("", paragraphs=[files.PARAGRAPHS[0], lead, *files.PARAGRAPHS[1:]])
    assert found.text.split("\n\n") == files.PARAGRAPHS


@given(
    st.builds(
        Document,
        text=st.text(),
        title=st.none() | st.text(),
        key=st.none() | st.text(),
        published=st.none()
        | st.builds(
            Published,
            at=st.datetimes().map(lambda at: at.replace(tzinfo=UTC)),
            precision=st.sampled_from(Precision),
        ),
    )
    | st.builds(Problem, reason=st.text(), key=st.none() | st.text())
)
def test_what_goes_over_the_wire_comes_back(found: Document | Problem) -> None:
    assert from_wire(json.loads(json.dumps(to_wire(found)))) == found


MARKUP = st.lists(
    st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<br/>", "<!--", "-->", "<li>", "word", "<a href='x'>", "</a>", "<", ">", "&amp;", "<td>"])
).map(" ".join)  # fmt: skip


@given(MARKUP | st.text())
def test_markup_becomes_text_without_raising(markup: str) -> None:
    text = html_to_text(markup)
    assert "\n\n\n" not in text
    assert html_to_text("<p>first</p>" + "<div>" * 500 + "last").startswith("first\n\nlast")


@settings(max_examples=200)
@given(MARKUP)
def test_flattening_keeps_shallow_pages_as_they_are(markup: str) -> None:
    assert flattened(markup) == markup  # at most a hundred or so elements deep


@given(st.integers(DEEPEST + 1, 3 * DEEPEST), st.sampled_from(["div", "b", "section"]))
def test_flattening_leaves_no_element_deeper_than_the_parser_reads(depth: int, name: str) -> None:
    page = f"<{name}>" * depth + "word" + f"</{name}>" * depth + "<p>after</p>"
    flat = flattened(page)
    assert flat.count(f"<{name}>") == flat.count(f"</{name}>") == DEEPEST
    assert flat.index("word") < flat.index("<p>after</p>")
    assert flattened(flat) == flat
