"""Feeds: followed, read, kept apart and kept current (RELIABILITY.md, tests 24 to 29)."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from feeds import Clock, Item, atom, feed_index, json_feed, opml, rss, served, sitemap
from stores import article_text, check_invariants, found_words, write_article
from web import WebServer, answer, html_page, page, redirect

from index import ArticleFilter, ArticleOrder, Moment, ingest
from index.errors import FeedError, IndexLockedError, StoreError
from index.feed_store import FeedStore
from index.lock import FEEDS_LOCK_NAME, WriterLock
from index.refresh import FeedState, RefreshReport

HOST = "news.example"
FEED = f"http://{HOST}/feed"


def story(number: int, version: int = 1) -> str:
    return article_text(number, version, 2)


def link(number: int, host: str = HOST) -> str:
    return f"http://{host}/story/{number}"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as opened:
        yield opened


def publish(server: WebServer, numbers: list[int], host: str = HOST, version: int = 1) -> None:
    """Serve a feed of summaries at a host, and the pages that it links to."""
    items = [Item(link(n, host), f"Story {n}", f"Summary {n} version {version}.") for n in numbers]
    server.routes[f"{host}/feed"] = served(rss(items))
    for n in numbers:
        server.routes[f"{host}/story/{n}"] = page(story(n, version), title=f"Story {n}")


def failures(report: RefreshReport) -> dict[str, str]:
    return {one.path: one.reason for one in report.articles.failures}


# What is read


def test_the_pages_of_new_entries_become_articles(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1, 2, 3])
    with feed_index(tmp_path, server, [HOST]) as index:
        following = index.feeds.add([FEED])
        assert [feed.title for feed in following.added] == ["Northgate Wire"]
        report = index.feeds.refresh()
        assert len(report.articles.added) == 3 and not report.failed and not report.articles.failures
        (feed,) = index.feeds.all()
        assert (feed.new_articles, feed.articles, feed.error, feed.failures) == (3, 3, None, 0)
        assert feed.read == feed.tried == Clock()() and feed.due == Clock()() + timedelta(minutes=15)
        assert found_words(index, "marker2v1")
        article = next(one for one in index.articles() if one.title == "Story 2")
        assert (article.url, article.source, article.path) == (link(2), HOST, None)
        assert article.published is not None and article.published.isoformat() == "2019-03-04T05:06:07Z"
        check_invariants(index)
        again = index.feeds.refresh()
        assert again.articles.added == again.articles.updated == ()
        assert index.feeds.all()[0].new_articles == 0
    assert server.paths().count("/story/1") == 1, "an entry that has not changed is not fetched again"


FORMATS = {
    "rss": (rss, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "json": (json_feed, "application/feed+json"),
    "html": (rss, "text/html"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_whole_text_of_an_entry_is_taken_from_the_feed(
    server: WebServer, tmp_path: Path, name: str
) -> None:
    make, kind = FORMATS[name]
    text = "".join(f"<p>{part}</p>" for part in story(5).split("\n\n"))
    server.routes[f"{HOST}/feed"] = served(
        make([Item(link(5), "Five &amp; <b>six</b>", text, full=True)]), kind
    )
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        report = index.feeds.refresh()
        (article,) = index.articles()
        assert report.articles.added == (article.id,)
        assert article.title == "Five & six" and article.url == link(5) and article.language == "en"
        assert article.text == story(5).strip()
        assert article.author == (None if make is rss else "Ann Writer")
    assert server.paths() == ["/feed", "/feed"]


def test_a_news_sitemap_is_a_feed(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    items = [Item(link(1), "One", date="2019-03"), Item("file:///etc/passwd", "Two")]
    server.routes[f"{HOST}/news.xml"] = served(sitemap(items), "text/xml")
    index_of = "".join(f"<sitemap><loc>http://{HOST}/{n}.xml</loc></sitemap>" for n in ("pages", "news"))
    server.routes[f"{HOST}/all.xml"] = served(f"<sitemapindex>{index_of}</sitemapindex>", "application/xml")
    server.routes[f"{HOST}/pages.xml"] = served(
        "<urlset><url><loc>http://x/</loc></url></urlset>", "text/xml"
    )
    with feed_index(tmp_path, server, [HOST]) as index:
        assert len(index.feeds.add([f"http://{HOST}/all.xml"]).added) == 1
        report = index.feeds.refresh()
        (article,) = index.articles()
        assert article.published is not None and article.published.isoformat() == "2019-03"
        assert not report.failed
        (failure,) = index.feeds.add([f"http://{HOST}/pages.xml"]).failures
        assert "without news" in failure.reason


def test_without_full_text_the_summary_is_the_article(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    with feed_index(tmp_path, server, [HOST], full_text=False) as index:
        index.feeds.add([FEED])
        index.feeds.refresh()
        assert [article.text for article in index.articles()] == ["Summary 1 version 1."]
    assert "/story/1" not in server.paths()


def test_a_page_that_cannot_be_had_now_is_tried_again_and_then_the_summary_stands(
    server: WebServer, tmp_path: Path
) -> None:
    publish(server, [1])
    server.routes[f"{HOST}/story/1"] = answer(500)
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        for _ in range(2):
            report = index.feeds.refresh()
            assert "HTTP 500" in failures(report)[link(1)] and not index.list_articles()
        report = index.feeds.refresh()
        assert not failures(report) and "HTTP 500" in report.articles.warnings[0]
        assert [article.text for article in index.articles()] == ["Summary 1 version 1."]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_no_article_and_is_reported_once(
    server: WebServer, tmp_path: Path, status: int
) -> None:
    publish(server, [1, 2])
    server.routes[f"{HOST}/story/1"] = answer(status)
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        report = index.feeds.refresh()
        assert f"HTTP {status}" in failures(report)[link(1)] and len(report.articles.added) == 1
        assert failures(index.feeds.refresh()) == {}
    assert server.paths().count("/story/1") == 1


def test_more_pages_than_the_limit_follow_the_next_time(server: WebServer, tmp_path: Path) -> None:
    publish(server, list(range(1, 6)))
    feed = server.routes[f"{HOST}/feed"]
    server.routes[f"{HOST}/feed"] = lambda handler: (
        answer(304)(handler) if "if-none-match" in handler.seen.headers else feed(handler)
    )
    with feed_index(tmp_path, server, [HOST], pages_per_feed=2) as index:
        index.feeds.add([FEED])
        counts = [len(index.feeds.refresh().articles.added) for _ in range(4)]
    assert counts == [2, 2, 1, 0]


# Which article it is


def test_an_updated_entry_supersedes_its_former_version(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        (added,) = index.feeds.refresh().articles.added
        publish(server, [1], version=2)
        report = index.feeds.refresh()
        assert report.articles.updated == (added,) and report.outcomes[0].updated == 1
        assert not found_words(index, "marker1v1") and found_words(index, "marker1v2") == [added]
        check_invariants(index)


def test_the_guid_is_not_the_identity(server: WebServer, tmp_path: Path) -> None:
    items = [Item(link(n), f"Story {n}", story(n), guid="same", full=True) for n in (1, 2)]
    server.routes[f"{HOST}/feed"] = served(rss(items))
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        assert len(index.feeds.refresh().articles.added) == 2
        items = [Item(i.link, i.title, i.text, guid=f"other {n}", full=True) for n, i in enumerate(items)]
        server.routes[f"{HOST}/feed"] = served(rss(items))
        assert not index.feeds.refresh().articles.added


def test_two_feeds_with_the_same_articles_give_each_once(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1, 2])
    variants = [f"https://www.{HOST}/story/1/?utm_source=rss", f"http://{HOST}/story/2#top"]
    server.routes[f"{HOST}/story/1/?utm_source=rss"] = server.routes[f"{HOST}/story/1"]
    server.routes[f"{HOST}/other"] = served(atom([Item(one, "Again", "Short.") for one in variants]))
    with feed_index(tmp_path, server, [HOST, f"www.{HOST}"]) as index:
        index.feeds.add([FEED, f"http://{HOST}/other"])
        report = index.feeds.refresh()
        assert len(index.list_articles()) == len(report.articles.added) == 2
        assert [feed.articles for feed in index.feeds.all()] == [2, 2]
        check_invariants(index)
    assert sum("/story/1" in path for path in server.paths()) == 1, "fetched once"


def test_a_redirecting_link_is_the_article_it_leads_to(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    server.routes["go.example/x1"] = redirect(link(1))
    server.routes["go.example/feed"] = served(rss([Item("http://go.example/x1", "One", "Short.")]))
    with feed_index(tmp_path, server, [HOST, "go.example"]) as index:
        index.feeds.add([FEED, "http://go.example/feed"])
        index.feeds.refresh()
        assert [article.url for article in index.articles()] == [link(1)]
        assert not index.feeds.refresh().articles.added
    assert server.paths("go.example").count("/x1") == 1


def test_entries_without_a_date_or_with_one_in_2099_stay_undated(server: WebServer, tmp_path: Path) -> None:
    dates = [
        "",
        "2099-01-01T00:00:00Z",
        "Fri, 01 Jan 2099 00:00:00 GMT",
        "not a date",
        "2026-05-20",
        "2026-05-05",
    ]
    items = [Item(link(n), f"Story {n}", story(n), date, full=True) for n, date in enumerate(dates)]
    server.routes[f"{HOST}/feed"] = served(rss(items))
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        index.feeds.refresh()
        found = {article.title: article.published for article in index.articles()}
    assert [title for title, date in found.items() if date] == ["Story 5"]
    assert found["Story 5"].isoformat() == "2026-05-05"  # type: ignore[union-attr]


def test_a_page_cannot_pass_itself_off_as_another_sites(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    evil = page(story(2), title="Evil", head=f'<link rel="canonical" href="{link(1)}">')
    server.routes["evil.example/a"] = evil
    whole = Item(link(1), "Story 1", story(3), full=True)
    server.routes["evil.example/feed"] = served(rss([Item("http://evil.example/a", "Evil", "x"), whole]))
    with feed_index(tmp_path, server, [HOST, "evil.example"]) as index:
        index.feeds.add([FEED])
        index.feeds.refresh()
        server.routes[f"{HOST}/story/1"] = answer(500)
        index.feeds.add(["http://evil.example/feed"])
        index.feeds.refresh()
        assert {a.url for a in index.articles()} == {link(1), "http://evil.example/a"}
        assert found_words(index, "marker1v1") and not found_words(index, "marker3v1")


def test_what_another_site_says_of_an_article_is_not_put_into_its_mouth(
    server: WebServer, tmp_path: Path
) -> None:
    server.routes["planet.example/feed"] = served(rss([Item(link(1), "One", story(1), full=True)], "Planet"))
    with feed_index(tmp_path, server, [HOST, "planet.example"], full_text=False) as index:
        index.feeds.add(["http://planet.example/feed"])
        index.feeds.refresh()
        (article,) = index.articles()
        assert article.source == "Planet"


def test_what_the_user_removed_stays_away_unless_asked_for(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1, 2])
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        index.feeds.refresh()
        (removed,) = found_words(index, "marker1v1")
        index.remove([removed])
        publish(server, [1, 2], version=2)
        index.feeds.refresh()
        assert not found_words(index, "marker1v2") and found_words(index, "marker2v2")
        assert index.feeds.refresh(restore=True).articles.added == (removed,)
        index.remove([removed])
        assert index.add([link(1)]).added == (removed,)  # by name
        publish(server, [1, 2], version=3)
        assert set(index.feeds.refresh().articles.updated) == {removed, *found_words(index, "marker2v3")}


def test_a_saved_page_and_its_feed_are_one_article(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    saved = tmp_path / "saved.html"
    saved.write_text(
        html_page(story(1), title="Story 1", head=f'<meta property="og:url" content="{link(1)}">')
    )
    with feed_index(tmp_path / "data", server, [HOST]) as index:
        (added,) = index.add([saved]).added
        index.feeds.add([FEED])
        index.feeds.refresh()
        assert [one.id for one in index.list_articles()] == [added]
        index.add([saved])
        assert [one.id for one in index.list_articles()] == [added]
        check_invariants(index)


# What goes wrong


def test_one_dead_feed_among_a_hundred_stops_none_of_the_others(server: WebServer, tmp_path: Path) -> None:
    hosts = [f"n{number}.example" for number in range(100)]
    for number, host in enumerate(hosts):
        server.routes[f"{host}/feed"] = served(
            rss([Item(link(number, host), f"Story {number}", story(number), full=True)])
        )
    server.routes["n37.example/feed"] = answer(500)
    with feed_index(tmp_path, server, hosts) as index:
        index.feeds.add([str(write_opml(tmp_path, [f"http://{host}/feed" for host in hosts]))])
        report = index.feeds.refresh()
        assert len(report.articles.added) == 99
        (failed,) = report.failed
        assert failed.feed.url == "http://n37.example/feed" and "HTTP 500" in (failed.reason or "")
        check_invariants(index)


def write_opml(folder: Path, urls: list[str]) -> Path:
    path = folder / "feeds.opml"
    path.write_text(opml(urls), encoding="utf-8")
    return path


def test_a_thousand_feeds_of_which_900_are_dead(server: WebServer, tmp_path: Path) -> None:
    hosts = [f"n{number}.example" for number in range(1_000)]
    for number, host in enumerate(hosts[:100]):
        server.routes[f"{host}/feed"] = served(
            rss([Item(link(number, host), f"Story {number}", story(number), full=True)])
        )
    kinds = [
        answer(404),
        answer(503),
        served("no feed"),
        answer(200, b"\0" * 99, "text/xml"),
        redirect("/feed"),
    ]
    for number, host in enumerate(hosts[100:900]):
        server.routes[f"{host}/feed"] = kinds[number % len(kinds)]
    with feed_index(tmp_path, server, hosts, stall_seconds=60.0, total_seconds=60.0) as index:
        addresses = [f"93.184.{n // 250}.{n % 250 + 1}" for n in range(900, 1_000)]
        server.backend.dead, server.backend.silent = set(addresses[:50]), set(addresses[50:])
        following = index.feeds.add([write_opml(tmp_path, [f"http://{host}/feed" for host in hosts])])
        assert len(following.added) == 1_000
        started = time.monotonic()
        report = index.feeds.refresh()
        assert time.monotonic() - started < 60
        assert len(report.articles.added) == 100 and len(report.failed) == 900
        assert all(one.reason for one in report.failed)
        states = index.feeds.all()
        assert (
            sum(feed.error is None for feed in states) == 100 and sum(feed.failures for feed in states) == 900
        )


def test_the_state_of_each_source_is_right(server: WebServer, tmp_path: Path) -> None:
    clock = Clock()
    publish(server, [1])
    with feed_index(tmp_path, server, [HOST], clock=clock) as index:
        index.feeds.add([FEED])
        server.routes[f"{HOST}/feed"] = served(
            rss([]), ETag='"v1"', Last_Modified="Mon, 04 Mar 2019 05:06:07 GMT"
        )
        index.feeds.refresh()
        server.routes[f"{HOST}/feed"] = answer(304)
        report = index.feeds.refresh()
        assert report.outcomes[0].state is FeedState.UNCHANGED
        assert server.requests[-1].headers["if-none-match"] == '"v1"'
        index.feeds.refresh()
        assert server.requests[-1].headers["if-modified-since"] == "Mon, 04 Mar 2019 05:06:07 GMT"
        read = index.feeds.all()[0].read

        clock.forward(hours=1)
        waits = []
        for _ in range(3):
            server.routes[f"{HOST}/feed"] = answer(500)
            index.feeds.refresh()
            waits.append(index.feeds.all()[0].wait)
        (feed,) = index.feeds.all()
        assert waits == [1800, 3600, 7200], "each failure doubles the wait"
        assert (feed.failures, feed.read) == (3, read) and "HTTP 500" in (feed.error or "")

        server.routes[f"{HOST}/feed"] = answer(429, Retry_After="50000")
        index.feeds.refresh()
        assert index.feeds.all()[0].wait == 50_000
        requests = len(server.requests)
        assert index.feeds.refresh().outcomes[0].state is FeedState.WAITING
        assert len(server.requests) == requests, "a server that asked to be left alone is"


def test_a_feed_that_is_gone_for_good_is_asked_again_by_name_only(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        server.routes[f"{HOST}/feed"] = answer(410)
        assert "HTTP 410" in (index.feeds.refresh().failed[0].reason or "")
        assert index.feeds.all()[0].gone and index.feeds.all()[0].due is None
        assert index.feeds.refresh().outcomes == ()
        publish(server, [1])
        assert len(index.feeds.refresh([FEED]).articles.added) == 1
        assert not index.feeds.all()[0].gone


@pytest.mark.parametrize(
    "target",
    [
        "http://inside.example/a",
        "http://127.0.0.1/a",
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://2130706433/",
    ],
)
def test_entries_that_link_to_the_inside_are_not_fetched(
    server: WebServer, tmp_path: Path, target: str
) -> None:
    enclosure = f'<enclosure url="{target}" length="1" type="text/html"/>'
    source = f'<source url="{target}">x</source><comments>{target}</comments>'
    feed = rss([Item(target, "Inside", "Short."), Item(link(1), "One", "Short.")])
    feed = feed.replace("</item>", enclosure + source + "</item>").replace(
        "<channel>", f'<channel xml:base="{target}">'
    )
    server.routes[f"{HOST}/feed"] = served(feed)
    canonical = f'<link rel="canonical" href="{target}"><meta property="og:url" content="{target}">'
    server.routes[f"{HOST}/story/1"] = page(story(1), title="One", head=canonical)
    with feed_index(tmp_path, server, [HOST], inside=["inside.example"]) as index:
        index.feeds.add([FEED])
        report = index.feeds.refresh()
        assert "not fetched" in failures(report)[target]
        assert [article.url for article in index.articles()] == [link(1)]
    assert {address for address, _ in server.backend.wanted} == {"93.184.0.1"}


def test_links_that_lead_nowhere_and_markup_in_titles(server: WebServer, tmp_path: Path) -> None:
    title = '<script>alert(1)</script>hi <img src=x onerror=alert(1)> <a href="javascript:alert(2)">there</a>'
    text = story(1) + '<img src="http://tracker.example/p.gif"><a href="javascript:alert(3)">more</a>' + title
    items = [
        Item(link(1), title, text, full=True),
        Item("javascript:alert(1)", "Two", story(2), full=True),
        Item("file:///etc/passwd", "Three", story(3), full=True),
        Item("data:text/html,x", "Four", story(4), full=True),
    ]
    for number, make in enumerate((rss, atom, json_feed)):
        server.routes[f"{HOST}/feed"] = served(
            make(items), "application/json" if make is json_feed else "text/xml"
        )
        with feed_index(tmp_path / str(number), server, [HOST]) as index:
            index.feeds.add([FEED])
            report = index.feeds.refresh()
            (article,) = index.articles()
            assert article.title == "hi there" and article.url == link(1)
            assert not any(
                word in article.text for word in ("<", "script", "alert", "onerror", "tracker.example")
            )
            assert "3 entries have no link" in report.articles.warnings[0]
    assert set(server.paths()) == {"/feed"}


BOMB = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
)
HOSTILE = {
    "laughs": BOMB + "]>{}",
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{}',
    "web": '<!DOCTYPE x [<!ENTITY a SYSTEM "http://inside.example/">]>{}',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://inside.example/p.dtd"> %p;]>{}',
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>{{}}',
}


@pytest.mark.parametrize("form", ["rss", "atom", "opml", "sitemap"])
@pytest.mark.parametrize("name", HOSTILE)
def test_entities_are_refused_and_nothing_is_fetched_for_them(
    server: WebServer, tmp_path: Path, name: str, form: str
) -> None:
    times = 5_000 if name == "quadratic" else 1
    items = [Item(link(1), "MARK", "Short.")]
    make = {"rss": rss, "atom": atom, "opml": lambda i: opml([i[0].link + "MARK"]), "sitemap": sitemap}[form]
    body = (
        make(items).replace('<?xml version="1.0" encoding="utf-8"?>', "").replace('<?xml version="1.0"?>', "")
    )
    reference = "" if name == "parameter" else ("&m;" if name == "laughs" else "&a;")
    server.routes[f"{HOST}/feed"] = served(
        HOSTILE[name].format(body.replace("MARK", reference * times)), "text/xml"
    )
    publish(server, [2], "good.example")
    with feed_index(tmp_path, server, [HOST, "good.example"]) as index:
        started = time.process_time()
        following = index.feeds.add([FEED, "http://good.example/feed"])
        assert time.process_time() - started < 2
        assert "entities" in following.failures[0].reason and len(following.added) == 1
        assert len(index.feeds.refresh().articles.added) == 1
    assert "inside.example" not in server.backend.wanted and server.paths(HOST) == ["/feed"]


def test_a_document_type_without_entities_is_harmless_and_not_fetched(
    server: WebServer, tmp_path: Path
) -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://inside.example/rss-0.91.dtd">'
    feed = rss([Item(link(1), "One", story(1), full=True)]).replace("<rss", doctype + "<rss", 1)
    server.routes[f"{HOST}/feed"] = served(feed, "text/xml")
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        assert len(index.feeds.refresh().articles.added) == 1
    assert set(server.paths()) == {"/feed"}


def test_a_feed_that_unpacks_to_gigabytes_is_one_failure(server: WebServer, tmp_path: Path) -> None:
    server.routes[f"{HOST}/feed"] = served("")
    with feed_index(tmp_path, server, [HOST], max_feed_bytes=100_000) as index:
        publish(server, [1])
        index.feeds.add([FEED])
        packed = gzip.compress(b"<rss>" + bytes(10_000_000))
        server.routes[f"{HOST}/feed"] = answer(200, packed, "text/xml", Content_Encoding="gzip")
        assert "100,000 bytes" in (index.feeds.refresh().failed[0].reason or "")


# Manners


def test_a_host_has_one_connection_and_a_pause_between_requests(server: WebServer, tmp_path: Path) -> None:
    hosts = ["a.example", "b.example"]
    for host in hosts:
        publish(server, [1, 2, 3], host)
        server.routes[f"{host}/second"] = server.routes[f"{host}/feed"]
    with feed_index(tmp_path, server, hosts, host_delay=0.1) as index:
        index.feeds.add([f"http://{host}/{name}" for host in hosts for name in ("feed", "second")])
        server.requests.clear()
        index.feeds.refresh()
    first, last = {}, {}
    for seen in server.requests:
        first.setdefault(seen.host, seen.at)
        last[seen.host] = seen.at
    assert max(first.values()) < min(last.values()), "two hosts are read at the same time"
    for host in hosts:
        times = [seen.at for seen in server.requests if seen.host == host]
        assert server.most_open[host] == 1 and len(times) >= 6
        assert min(b - a for a, b in pairwise(times)) > 0.08


def test_robots_txt_is_kept(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1, 2])
    rules = (
        "User-agent: *\nDisallow: /\n\nUser-agent: article-assistant\nDisallow: /story/1\nCrawl-delay: 0.05\n"
    )
    server.routes[f"{HOST}/robots.txt"] = answer(200, rules, "text/plain")
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        report = index.feeds.refresh()
        assert len(report.articles.added) == 2
        assert "robots.txt" in report.articles.warnings[0] and "Summary 1" in {
            a.text[:9] for a in index.articles()
        }
        (failure,) = index.add([link(1)]).failures
        assert "robots.txt" in failure.reason and "save the page" in failure.reason
    assert "/story/1" not in server.paths() and server.paths().count("/robots.txt") == 1


def test_robots_txt_that_cannot_be_read_now_means_later(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    server.routes[f"{HOST}/robots.txt"] = answer(503)
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        report = index.feeds.refresh()
        assert "robots.txt" in failures(report)[link(1)] and not report.articles.added
    assert "/story/1" not in server.paths()


# Following


def test_the_feed_of_a_site_is_discovered(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        '<link rel="stylesheet" type="text/css" href="/style.css">'
        "<link rel='alternate' type='application/rss+xml' href='/broken'>"
        '<LINK TYPE="application/rss+xml" HREF="/feed?a=1&amp;b=2" REL="home ALTERNATE">'
        '<link rel="alternate" type="application/atom+xml" href="http://127.0.0.1/secret">'
    )
    server.routes[f"{HOST}/"] = page("Welcome.", head=head)
    server.routes[f"{HOST}/feed?a=1&b=2"] = server.routes[f"{HOST}/feed"]
    with feed_index(tmp_path, server, [HOST]) as index:
        following = index.feeds.add([f"http://{HOST}/"])
        assert [feed.url for feed in following.added] == [f"http://{HOST}/feed?a=1&b=2"]
        assert f"http://{HOST}/comments/feed" in following.others
        assert index.feeds.add([f"http://{HOST}/feed?b=2&a=1"]).added == ()  # the same
    assert "/rss.xml" not in server.paths()


def test_the_usual_places_are_tried_where_a_site_names_no_feed(server: WebServer, tmp_path: Path) -> None:
    server.routes[f"{HOST}/"] = page("Welcome.")
    server.routes[f"{HOST}/atom.xml"] = served(atom([Item(link(1))]))
    server.routes["maps.example/"] = page("Welcome.")
    server.routes["maps.example/robots.txt"] = answer(
        200, "Sitemap: http://maps.example/m/news.xml", "text/plain"
    )
    server.routes["maps.example/m/news.xml"] = served(sitemap([Item(link(1))]), "text/xml")
    server.routes["none.example/"] = page("Welcome.")
    with feed_index(tmp_path, server, [HOST, "maps.example", "none.example"]) as index:
        following = index.feeds.add([f"http://{host}/" for host in (HOST, "maps.example", "none.example")])
        assert [feed.url for feed in following.added] == [
            f"http://{HOST}/atom.xml",
            "http://maps.example/m/news.xml",
        ]
        assert "no feed that could be found" in following.failures[0].reason


def test_opml_from_a_file_and_from_the_web(server: WebServer, tmp_path: Path) -> None:
    urls = [
        FEED,
        FEED + "?utm_source=x",
        "http://b.example/feed",
        "file:///etc/passwd",
        "http://b.example:22/",
    ]
    server.routes[f"{HOST}/list.opml"] = served(opml(urls), "text/x-opml")
    with feed_index(tmp_path / "data", server, [HOST]) as index:
        following = index.feeds.add([write_opml(tmp_path, urls)])
        assert [feed.url for feed in following.added] == [FEED, "http://b.example/feed"]
        assert [failure.path for failure in following.failures] == urls[3:]
        again = index.feeds.add([f"http://{HOST}/list.opml"])
        assert again.added == () and len(again.known) == 3


def test_what_cannot_be_followed_is_told(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "empty.opml").write_text("<opml><body/></opml>")
    (tmp_path / "notes.txt").write_text("Notes.")
    targets = [
        tmp_path / "empty.opml",
        tmp_path / "notes.txt",
        tmp_path,
        "nonsense",
        "missing.opml",
        "ftp://x.example/",
        "no.example",
    ]
    with feed_index(tmp_path / "data", server, [HOST]) as index:
        reasons = [failure.reason for failure in index.feeds.add(targets).failures]
    for reason, words in zip(
        reasons,
        [
            "names no feed",
            "not an OPML",
            "cannot be read",
            "neither",
            "neither",
            "http and https",
            "not known",
        ],
        strict=True,
    ):
        assert words in reason and reason.endswith(".") and "\n" not in reason


def test_feeds_are_removed_by_address_or_number_and_their_articles_stay(
    server: WebServer, tmp_path: Path
) -> None:
    publish(server, [1])
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        index.feeds.refresh()
        removed, unknown = index.feeds.remove([FEED + "/", "99", "http://x.example/"])
        assert [feed.url for feed in removed] == [FEED] and len(unknown) == 2
        assert index.feeds.all() == [] and len(index.list_articles()) == 1
        with pytest.raises(FeedError, match="feeds list"):
            index.feeds.refresh([FEED])


def test_articles_are_listed_by_the_feed_that_brought_them(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1, 2])
    server.routes[f"{HOST}/other"] = served(rss([Item(link(n), f"Story {n}", "Short.") for n in (2, 3)]))
    server.routes[f"{HOST}/story/3"] = page(story(3), title="Story 3")
    with feed_index(tmp_path, server, [HOST]) as index:
        write_article(tmp_path / "own", 9)
        index.add([tmp_path / "own"])
        one, other = index.feeds.add([FEED, f"http://{HOST}/other"]).added
        index.feeds.refresh()

        def listed(*feeds: int) -> list[str]:
            found = index.page(ArticleFilter(feeds=feeds), order=ArticleOrder.TITLE, descending=False)
            return [article.title for article in found.articles]

        assert listed(one.id) == ["Story 1", "Story 2"] and listed(other.id) == ["Story 2", "Story 3"]
        assert listed(one.id, other.id) == ["Story 1", "Story 2", "Story 3"] and listed(99) == []
        (own,) = index.feeds.articles(one)
        assert own == found_words(index, "marker1v1")[0], "what both have brought belongs to neither"


def test_what_feeds_brought_since_a_moment(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr("index.changes.time.time", lambda: clock[0])
    publish(server, [1, 2])
    with feed_index(tmp_path, server, [HOST]) as index:

        def brought(since: Moment) -> list[str]:
            found = index.page(ArticleFilter(brought_since=since), order=ArticleOrder.TITLE, descending=False)
            return [article.title for article in found.articles]

        before = index.moment()
        index.feeds.add([FEED])
        index.feeds.refresh()
        assert brought(before) == ["Story 1", "Story 2"]
        first = index.moment()
        assert brought(first) == []
        publish(server, [1, 2, 4])
        index.feeds.refresh()
        assert brought(first) == ["Story 4"], "in the same second as the moment"
        first = index.moment()
        clock[0] += 60
        write_article(tmp_path / "own", 9)
        index.add([tmp_path / "own"])
        publish(server, [1, 2, 3])
        server.routes[f"{HOST}/story/1"] = page(story(1, 2), title="Story 1, corrected")
        items = [
            Item(link(1), "Story 1, corrected", "New."),
            *(Item(link(n), f"Story {n}", f"Summary {n} version 1.") for n in (2, 3)),
        ]
        server.routes[f"{HOST}/feed"] = served(rss(items))
        index.feeds.refresh()
        assert brought(first) == ["Story 1, corrected", "Story 3"]
        assert brought(before) == ["Story 1, corrected", "Story 2", "Story 3", "Story 4"]
        clock[0] += 60
        index.remove(found_words(index, "marker3v1"))
        second = index.moment()
        index.restore([one.id for one in index.removed()])
        assert brought(second) == [], "what is brought back is no news"


def test_a_feed_that_is_followed_anew_brings_what_was_removed_with_it(
    server: WebServer, tmp_path: Path
) -> None:
    publish(server, [1, 2])
    with feed_index(tmp_path, server, [HOST]) as index:
        (feed,) = index.feeds.add([FEED]).added
        index.feeds.refresh()
        index.remove(index.feeds.articles(feed))
        index.feeds.remove([FEED], anew=True)
        assert index.list_articles() == []
        index.feeds.add([FEED])
        assert len(index.feeds.refresh().articles.added) == 2


def test_without_files_a_name_is_no_path(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "subscriptions.opml"
    file.write_text(opml([FEED]))
    with feed_index(tmp_path / "data", server, [HOST]) as index:
        for target in (str(file), "subscriptions.opml", "~/x.opml"):
            (failure,) = index.feeds.add([target], files=False).failures
            assert "is not a web address" in failure.reason
        assert len(index.feeds.add([file], files=False).added) == 1, "a path is one"


# One writer


def test_two_do_not_read_the_feeds_at_once(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        with WriterLock(tmp_path, FEEDS_LOCK_NAME), pytest.raises(IndexLockedError):
            index.feeds.refresh()
        with WriterLock(tmp_path), pytest.raises(IndexLockedError):
            index.feeds.refresh()
        assert index.feeds.all()[0].tried is None, "not blamed on the feed"
        assert len(index.feeds.refresh().articles.added) == 1
    with feed_index(tmp_path, server, [HOST]) as writer:
        writer.feeds.all()
    from stores import open_index

    with open_index(tmp_path, read_only=True) as reader:
        assert len(reader.feeds.all()) == 1
        with pytest.raises(StoreError, match="reading only"):
            reader.feeds.refresh()


def test_an_interrupted_run_blames_no_feed(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    stop = threading.Event()
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        stop.set()
        assert index.feeds.refresh(stop=stop).outcomes == ()
        assert index.feeds.all()[0].error is None


class CutOff(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("step", ["save_entries", "note_success", "pending", "vectors", "published"])
def test_a_run_that_is_cut_off_is_made_good_by_the_next(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise CutOff

    publish(server, [1, 2])
    with feed_index(tmp_path, server, [HOST]) as index:
        index.feeds.add([FEED])
        with monkeypatch.context() as patched:
            if step in ("save_entries", "note_success"):
                patched.setattr(FeedStore, step, cut_off)
            else:
                patched.setattr(ingest, "failpoint", lambda name: cut_off() if name == step else None)
            with pytest.raises(CutOff):
                index.feeds.refresh()
        index.feeds.refresh()
        assert sorted(article.url or "" for article in index.articles()) == [link(1), link(2)]
        assert [(feed.articles, feed.error) for feed in index.feeds.all()] == [(2, None)]
        check_invariants(index)


# Pages named one by one


def test_pages_are_added_by_address(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1, 2])
    server.routes[f"{HOST}/moved"] = redirect("/")
    server.routes[f"{HOST}/"] = page("Front page of the day, with much to read for everybody.")
    server.routes[f"{HOST}/latin"] = answer(
        200,
        html_page("Le maire a été élu à Évry après une soirée mouvementée.")
        .replace('<meta charset="utf-8">', "")
        .encode("latin-1"),
        "text/html; charset=iso-8859-1",
    )
    server.routes[f"{HOST}/story/1?utm_medium=x"] = server.routes[f"{HOST}/story/1"]
    folder = tmp_path / "files"
    write_article(folder, 7)
    named = [
        folder,
        link(1),
        link(1) + "?utm_medium=x",
        link(2),
        FEED,
        link(9),
        f"http://{HOST}/moved",
        f"http://{HOST}/latin",
        "ftp://x.example/a",
    ]
    with feed_index(tmp_path / "data", server, [HOST]) as index:
        report = index.add(named)
        assert len(report.added) == 4
        assert {failure.path: failure.reason.split(":")[-1][:20] for failure in report.failures}.keys() == {
            FEED,
            link(9),
            f"http://{HOST}/moved",
            "ftp://x.example/a",
        }
        assert any("feeds add" in failure.reason for failure in report.failures)
        assert any("élu à Évry" in article.text for article in index.articles())
        assert index.add([link(1), link(2)]).added == ()
        publish(server, [1, 2], version=2)
        assert len(index.add([link(1), link(2)]).updated) == 2
        check_invariants(index)


def test_a_page_that_redirects_for_ever_is_one_failure(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    server.routes |= {f"{HOST}/on/{n}": redirect(f"/on/{n + 1}", 302) for n in range(50)}
    server.routes |= {f"{HOST}/here": redirect("/there"), f"{HOST}/there": redirect("/here")}
    endless = [f"http://{HOST}/on/0", f"http://{HOST}/here"]
    with feed_index(tmp_path, server, [HOST]) as index:
        report = index.add([*endless, link(1)])
        assert len(report.added) == 1
        assert [failure.path for failure in report.failures] == endless
        assert "more than 5 times" in report.failures[0].reason and "circle" in report.failures[1].reason
        assert len([path for path in server.paths() if path.startswith("/on/")]) == 6
        check_invariants(index)


def test_what_may_be_better_in_a_moment_is_tried_again(server: WebServer, tmp_path: Path) -> None:
    publish(server, [1])
    replies = [answer(503, Retry_After="1"), server.routes[f"{HOST}/story/1"]]
    server.routes[f"{HOST}/story/1"] = lambda handler: replies.pop(0)(handler)
    with feed_index(tmp_path, server, [HOST]) as index:
        assert len(index.add([link(1)]).added) == 1
