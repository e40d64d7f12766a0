"""When a feed is read next: pure functions of the clock."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from .feed_store import Feed

SHORTEST, LONGEST = 60, 7 * 86_400
_LONGEST_BACK_OFF = 86_400
_CLOCK_SLACK = timedelta(minutes=1)
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def is_due(feed: Feed, now: datetime) -> bool:
    """Tell whether a feed is to be read now.

    A last try that lies in the future means that the clock was wrong then or is now; the feed is
    read, and its times are right again.
    """
    if feed.gone:
        return False
    if feed.tried is None or now < feed.tried - _CLOCK_SLACK:
        return True
    return now >= feed.tried + timedelta(seconds=feed.wait)


def must_wait(feed: Feed, now: datetime) -> bool:
    """Tell whether a feed's server asked to be left alone for a time that is not over."""
    if feed.not_before is None or feed.tried is None or now < feed.tried - _CLOCK_SLACK:
        return False
    return now < feed.not_before


def wait_after_failure(interval: float, failures: int, retry_after: float | None = None) -> int:
    """Return the seconds to wait after `failures` in a row: twice as long each time, up to a day.

    What the server asks for counts where it is longer.
    """
    back_off = min(interval * 2.0 ** min(failures, 20), max(_LONGEST_BACK_OFF, interval))
    return int(max(back_off, retry_after or 0.0))


def parse_interval(text: str) -> int:
    """Return the seconds of an interval such as 90s, 15m, 2h or 1d. Raises ValueError with what to write."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", text.lower())
    seconds = int(match.group(1)) * _UNITS[match.group(2)] if match else 0
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError(f"{text!r} is no interval; write one from 1m to 7d, such as 15m, 2h or 1d.")
    return seconds
