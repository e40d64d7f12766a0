"""Feeds for tests, in every format, made of entries (path or address, title, text, date)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from stores import open_index
from web import Reply, WebServer, answer

from index.collection import Index
from index.config import IndexConfig


@dataclass(frozen=True)
class Item:
    link: str
    title: str = "A headline"
    text: str = ""
    date: str = "2019-03-04T05:06:07Z"
    guid: str = ""
    full: bool = False


def rss(items: Sequence[Item], title: str = "Northgate Wire") -> str:
    parts = "".join(
        f"<item><title>{escape(i.title)}</title><link>{escape(i.link)}</link>"
        + (f"<guid>{escape(i.guid)}</guid>" if i.guid else "")
        + (f"<pubDate>{i.date}</pubDate>" if i.date else "")
        + (
            f"<content:encoded>{escape(i.text)}</content:encoded>"
            if i.full
            else f"<description>{escape(i.text)}</description>"
        )
        + "</item>"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{escape(title)}</title><link>http://x.example/</link>{parts}</channel></rss>"
    )


def atom(items: Sequence[Item], title: str = "Northgate Wire") -> str:
    parts = "".join(
        f'<entry><title type="html">{escape(i.title)}</title><link rel="alternate" href="{escape(i.link)}"/>'
        f"<id>{escape(i.guid or i.link)}</id>"
        + (f"<published>{i.date}</published><updated>{i.date}</updated>" if i.date else "")
        + (
            f'<content type="html">{escape(i.text)}</content>'
            if i.full
            else f"<summary>{escape(i.text)}</summary>"
        )
        + "<author><name>Ann Writer</name></author></entry>"
        for i in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>{escape(title)}</title>{parts}</feed>'


def json_feed(items: Sequence[Item], title: str = "Northgate Wire") -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "items": [
                {
                    "id": i.guid or i.link,
                    "url": i.link,
                    "title": i.title,
                    ("content_html" if i.full else "summary"): i.text,
                    **({"date_published": i.date} if i.date else {}),
                    "authors": [{"name": "Ann Writer"}],
                }
                for i in items
            ],
        }
    )


def sitemap(items: Sequence[Item], title: str = "Northgate Wire") -> str:
    parts = "".join(
        f"<url><loc>{escape(i.link)}</loc><n:news><n:publication><n:name>{escape(title)}</n:name>"
        "<n:language>en</n:language></n:publication>"
        + (f"<n:publication_date>{i.date}</n:publication_date>" if i.date else "")
        + f"<n:title>{escape(i.title)}</n:title></n:news></url>"
        for i in items
    )
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{parts}</urlset>'
    )


def opml(urls: Sequence[str]) -> str:
    lines = "".join(
        f'<outline type="rss" text="Feed {n}" xmlUrl="{escape(url)}"/>' for n, url in enumerate(urls)
    )
    return (
        f'<?xml version="1.0"?><opml version="2.0"><body><outline text="News">{lines}</outline></body></opml>'
    )


def served(content: str, kind: str = "application/rss+xml", **headers: str) -> Reply:
    return answer(200, content, kind, **headers)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 6, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def feed_index(
    data_dir: Path,
    server: WebServer,
    hosts: Sequence[str] = (),
    *,
    inside: Sequence[str] = (),
    clock: Callable[[], datetime] | None = None,
    **settings: Any,
) -> Index:
    """Open a collection whose web is one server, which stands for all `hosts`; `inside` ones are at 10.0.0.1."""
    config = IndexConfig(fetch=server.config(**settings), embedding_model=None)
    fetcher = server.fetcher(hosts, inside, **settings)
    return open_index(data_dir, config=config, fetcher=fetcher, now=clock or Clock())
