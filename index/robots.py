"""What a host's robots.txt allows us, by RFC 9309."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .fetch import AGENT

if TYPE_CHECKING:
    from protego import Protego

LONGEST_ROBOTS = 512_000
"""Bytes of a robots.txt that are read; the standard asks for 500 KiB at least."""
_LONGEST_DELAY = 30.0


class Rules:
    """The rules of one host for this program."""

    def __init__(self, text: str) -> None:
        """Read the text of a robots.txt; what is not understood in it is passed over."""
        from protego import Protego

        self._parsed: Protego = Protego.parse(text)

    def allow(self, url: str) -> bool:
        """Tell whether the page at `url` may be fetched by a program."""
        return bool(self._parsed.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Return the pause between requests that the host asks for, in seconds, at most 30."""
        return min(max(self._parsed.crawl_delay(AGENT) or 0.0, 0.0), _LONGEST_DELAY)

    @property
    def sitemaps(self) -> list[str]:
        """Return the addresses of the sitemaps that it names, as they are written."""
        return list(self._parsed.sitemaps)
