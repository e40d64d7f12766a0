"""Where a site's feeds are: as its page says, or else in the usual places."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from .text import is_web_address

_LINK = re.compile(r"<(?:link|a)\b(?P<attributes>[^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_BASE = re.compile(r"<base\b[^<>]{0,500}?href\s{0,9}=\s{0,9}[\"']?([^\"'\s<>]{1,500})", re.IGNORECASE)
_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"}
)
_USUAL = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/news-sitemap.xml",
)
_MOST = 10


def named_feeds(page: str, url: str) -> list[str]:
    """Return the addresses that a page names as feeds (`rel="alternate"`), comments last."""
    base = _BASE.search(page[:50_000])
    start = _joined(url, html.unescape(base.group(1))) if base else url
    found: dict[str, bool] = {}
    for match in _LINK.finditer(page[:2_000_000]):
        attributes = {
            part.group(1).lower(): html.unescape(part.group(2) or part.group(3) or part.group(4) or "")
            for part in _ATTRIBUTE.finditer(match["attributes"])
        }
        kind = attributes.get("type", "").partition(";")[0].strip().lower()
        if "alternate" not in attributes.get("rel", "").lower().split() or kind not in _TYPES:
            continue
        address = _joined(start or url, attributes.get("href", "").strip())
        if address:
            words = f"{attributes.get('title', '')} {address}".lower()
            found.setdefault(address, "comment" in words)
    return sorted(found, key=lambda address: found[address])[:_MOST]


def usual_places(url: str) -> list[str]:
    """Return the addresses at which sites that name no feed may have one."""
    return [urljoin(url, path) for path in _USUAL]


def _joined(base: str, reference: str) -> str | None:
    try:
        address = urljoin(base, reference)
    except ValueError:
        return None
    return address if reference and is_web_address(address) else None
