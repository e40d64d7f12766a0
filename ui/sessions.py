"""Who is signed in, and how often somebody may ask: kept in memory, bounded, and gone with the program."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Session:
    user: str
    stamp: str
    begun: float
    used: float


class Sessions:
    """Sessions of users under random tokens, of which only a hash is kept. Safe to share between threads."""

    def __init__(
        self,
        stamp: Callable[[str], str | None],
        *,
        idle: float = 12 * 3600.0,
        longest: float = 7 * 86400.0,
        most: int = 1_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stamp` gives what changes with a user's password; a session ends when it does. Times in seconds."""
        self._stamp = stamp
        self._idle, self._longest, self._most = idle, longest, most
        self._clock = clock
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, _Session] = OrderedDict()

    def begin(self, user: str) -> str:
        """Begin a session and return its token: 256 random bits."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._guard:
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            self._kept[_hashed(token)] = _Session(user, self._stamp(user) or "", now, now)
        return token

    def user(self, token: str) -> str | None:
        """Return whose session a token is of; None for an unknown one, or one that has ended."""
        key, now = _hashed(token), self._clock()
        with self._guard:
            session = self._kept.get(key)
            if session is None:
                return None
            over = now - session.used > self._idle or now - session.begun > self._longest
            if over or self._stamp(session.user) != session.stamp:
                del self._kept[key]
                return None
            session.used = now
            self._kept.move_to_end(key)
            return session.user

    def end(self, token: str) -> None:
        """End a session."""
        with self._guard:
            self._kept.pop(_hashed(token), None)


class Rates:
    """How often each of many may do something: a bucket of `burst` that fills up again over `seconds`."""

    def __init__(
        self, burst: int, seconds: float, *, most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._each = float(burst), burst / seconds
        self._most, self._clock = most, clock
        self._guard = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str) -> float:
        """Take one for `who`; returns 0, or the seconds after which there is one again."""
        now = self._clock()
        with self._guard:
            left, since = self._left.pop(who, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._each)
            waits = 0.0 if left >= 1 else (1 - left) / self._each
            self._left[who] = (left - (waits == 0), now)
            while len(self._left) > self._most:
                self._left.popitem(last=False)
        return waits


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
