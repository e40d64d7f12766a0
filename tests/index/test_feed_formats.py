"""Parsing feeds: odd ones, broken ones, and text out of markup."""

from __future__ import annotations

import contextlib
import io
import json
import time
from datetime import UTC, datetime

import pytest
from feeds import Item, atom, json_feed, opml, rss, sitemap
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import article_text

from index.discovery import named_feeds
from index.errors import FeedError
from index.feed_parser import is_feed, parse_feed
from index.feed_types import ParsedFeed
from index.feed_xml import parse_opml, root_name
from index.html_text import html_to_text, to_line

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
URL = "http://news.example/dir/feed"
ITEMS = [
    Item("http://news.example/1", "One", "Text of one."),
    Item("http://news.example/2", "Two", "Of two."),
]


def parse(content: str | bytes, **options: int) -> ParsedFeed:
    body = content.encode() if isinstance(content, str) else content
    return parse_feed(body, url=URL, now=NOW, **options)


@pytest.mark.parametrize("make", [rss, atom, json_feed, sitemap])
def test_every_format_gives_the_same_entries(make: object) -> None:
    feed = parse(make(ITEMS))  # type: ignore[operator]
    assert [(entry.link, entry.title) for entry in feed.entries] == [(i.link, i.title) for i in ITEMS]
    assert {entry.published.isoformat() for entry in feed.entries if entry.published} == {
        "2019-03-04T05:06:07Z"
    }
    assert feed.title == (None if make is sitemap else "Northgate Wire")
    assert len(parse(make(ITEMS), most=1).entries) == 1  # type: ignore[operator]


def test_relative_links_start_at_the_feed_and_the_base_may_be_odd() -> None:
    assert parse(rss([Item("../story/1")])).entries[0].link == "http://news.example/story/1"
    based = rss([Item("story/1")]).replace("<channel>", '<channel xml:base="javascript:alert(1)//">')
    assert all(entry.link.startswith("http") for entry in parse(based).entries)
    items = json.loads(json_feed([Item("/story/1")]))
    assert parse(json.dumps(items)).entries[0].link == "http://news.example/story/1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    text = rss([Item("http://news.example/1", "Élysée à l’aube" if "8859" not in encoding else "Élysée à")])
    name = encoding.removesuffix("-sig")
    feed = parse(text.replace('encoding="utf-8"', f'encoding="{name}"').encode(encoding))
    assert (feed.entries[0].title or "").startswith("Élysée à")


def test_a_feed_that_is_cut_off_gives_what_is_there() -> None:
    whole = rss([Item(f"http://news.example/{n}", f"Story {n}") for n in range(20)])
    assert 5 <= len(parse(whole[: len(whole) // 2]).entries) < 20
    with pytest.raises(FeedError):
        parse(json_feed(ITEMS)[:-20])


@pytest.mark.parametrize(
    "content",
    ["", " ", "Not a feed.", "<html><body>x</body></html>", "{}", "[]", '{"version": 1}', "<rss", "<feed/>x"]
    + ['{"version": "https://jsonfeed.org/version/1", "items": 5}', "{" * 100_000, '{"a":' * 50_000],
)
def test_what_is_no_feed_is_told_or_empty(content: str) -> None:
    try:
        assert parse(content).entries == ()
    except FeedError as error:
        assert str(error).startswith("it is")


def test_what_a_json_feed_holds_may_be_of_any_type() -> None:
    items = [
        None,
        5,
        {},
        {"url": 5},
        {"url": ["http://x.example/"]},
        {"url": "http://[bad"},
        {"id": "http://x.example/a"},
    ]
    items += [
        {"url": "http://x.example/b", "authors": [None, {"name": 5}], "content_html": {}, "title": "\ud800"}
    ]
    feed = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, "title": []}))
    assert [entry.link for entry in feed.entries] == ["http://x.example/a", "http://x.example/b"]


def test_the_root_is_found_behind_comments_and_declarations() -> None:
    assert root_name(b"<?xml version='1.0'?><!-- <html> --><!DOCTYPE rdf:RDF><rdf:RDF>") == "rdf"
    assert root_name("<?xml version='1.0'?><feed>".encode("utf-16")) == "feed"
    assert root_name(b"<!-- never closed <rss>") == root_name(b"") == root_name(b"plain <3") == ""
    started = time.process_time()
    assert root_name(b"<!--" * 50_000) == "" and not is_feed(b"<" * 200_000)
    assert time.process_time() - started < 1


def test_opml_names_each_feed_once() -> None:
    urls = ["http://a.example/", "http://b.example/?a=1&b=2", "http://a.example/"]
    assert [outline.url for outline in parse_opml(opml(urls).encode())] == urls[:2]
    broken = opml(urls).replace("&amp;", "&").replace("</body></opml>", "")
    assert parse_opml(broken.encode())[0].url == urls[0]
    many = parse_opml(opml([f"http://n{n}.example/" for n in range(9_000)]).encode())
    assert len(many) == 5_000


def test_text_comes_out_of_markup_in_paragraphs() -> None:
    markup = (
        "<h2>A&nbsp;title</h2><p>One <b>bold</b>\n word<br>and <a href='http://x/'>a link</a>.</p>"
        "<script>var a = '<p>no</p>'</script><style>p{}</style><ul><li>first</li><li>second</li></ul>tail"
        "<figure><img src='http://t/p.gif' alt='no'><figcaption>Caption</figcaption></figure><!-- no -->"
        "<iframe src='http://x/'>no</iframe><p hidden>last</p>"
    )
    assert html_to_text(markup) == (
        "A title\n\nOne bold word\nand a link.\n\nfirst\nsecond\n\ntail\n\nCaption\n\nlast"
    )


def test_what_is_not_shown_is_left_out_and_what_follows_it_stays() -> None:
    hidden = '<i style="display: none">no</i><span style="max-height:0;">no</span><svg><text>no</text></svg>'
    assert (
        html_to_text(f"<p>One{hidden} and two.</p><b style='color:red'>Three</b>") == "One and two.\n\nThree"
    )
    whole = '<?xml version="1.0" encoding="latin-1"?><html><head><title/><script src="a.js"/></head><body>'
    assert html_to_text(f"{whole}<p>Élan</p><p id='a'/><td>a</td><td>b</td></body></html>") == "Élan\n\na b"


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<![", "<a ", "<a href='", "</", "&", "<title/", "<p>", "<script>"]
)
def test_damaged_markup_takes_time_in_proportion(piece: str) -> None:
    started = time.process_time()
    html_to_text("<p>text</p>" + piece * 100_000)
    assert time.process_time() - started < 5


def test_text_without_markup_stays() -> None:
    assert html_to_text("5 < 6 and R&D, 7 > 3") == "5 < 6 and R&D, 7 > 3"
    assert to_line("Tom &amp; Jerry &#8211; a\n story") == "Tom & Jerry – a story"
    assert to_line("<b></b>") is None and to_line(None) is None


def test_markup_that_is_nested_too_deep_keeps_its_text() -> None:
    assert "marker" in html_to_text("<div>" * 100_000 + "marker" + "</div>" * 100_000)


@given(st.text(max_size=300))
def test_no_markup_is_left_whatever_comes(text: str) -> None:
    found = html_to_text(f"<p>{text}</p><script>alert(1)</script>")
    if not set("<&") & set(text):
        assert "<" not in found and "alert(1)" not in found.replace(text, "")
    to_line(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([rss, atom, json_feed, sitemap]), st.data())
def test_damage_is_an_error_of_the_feed_and_no_other(make: object, data: st.DataObject) -> None:
    content = bytearray(make(ITEMS).encode())  # type: ignore[operator]
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    try:
        feed = parse(bytes(content))
    except FeedError:
        return
    assert all(entry.link.lower().startswith("http") for entry in feed.entries)


def test_a_page_names_its_feeds() -> None:
    kind = 'rel="alternate" type="application/rss+xml"'
    page = (
        f'<base href="http://cdn.example/x/"><link {kind} href="rss"><link {kind} href="javascript:alert(1)">'
        f'<link {kind}><link {kind} href="http://[bad"><link {kind} href="rss"><a {kind} href="/all">x</a>'
        '<link rel="alternate" hreflang="fr" href="/fr">' + "<link " * 50_000
    )
    started = time.process_time()
    assert named_feeds(page, "http://news.example/") == ["http://cdn.example/x/rss", "http://cdn.example/all"]
    assert time.process_time() - started < 2


HEAVY = {
    "attributes": "<item " + " ".join(f"a{n}='1'" for n in range(100_000)) + "/>",
    "attributes behind a bracket": "<item b='>' " + " ".join(f"a{n}='>'" for n in range(100_000)) + "/>",
    "levels": "<a>" * 100_000 + "</a>" * 100_000,
    "an author": f"<item><link>http://x.example/</link><author>{'a' * 1_000_000}</author></item>",
    "a date": f"<item><link>http://x.example/</link><pubDate>{'1' * 1_000_000}</pubDate></item>",
    "brackets": "<" * 1_000_000,
    "sections": "<![CDATA[" * 100_000,
    "open tags": "<item><title>" + "&amp &lt; <b " * 50_000,
    "entries": "<item><link>http://x.example/</link></item>" * 50_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_feed_takes_no_time_out_of_proportion(name: str) -> None:
    content = f"<rss version='2.0'><channel><title>&undeclared;</title>{HEAVY[name]}</channel></rss>"
    started = time.process_time()
    with contextlib.suppress(FeedError):
        parse(content)
    assert time.process_time() - started < 5


def test_undeclared_prefixes_are_known() -> None:
    text = article_text(1, 1, 3)
    feed = rss([Item("http://x.example/", "One", text, full=True)])
    feed = feed.replace(' xmlns:content="http://purl.org/rss/1.0/modules/content/"', "")
    (entry,) = parse(feed.replace("<title>One", "<dc:creator>Ann</dc:creator><title>One")).entries
    assert entry.complete and entry.author == "Ann"


def test_feedparser_is_never_given_what_it_would_open(monkeypatch: pytest.MonkeyPatch) -> None:
    import feedparser

    given: list[object] = []
    original = feedparser.parse
    monkeypatch.setattr(
        feedparser, "parse", lambda source, **more: given.append(source) or original(source, **more)
    )
    parse(rss(ITEMS))
    assert [type(one) for one in given] == [io.BytesIO]
