"""Whose conversations they are: a signed-in user's or, where nobody signs in, a browser's.

A browser is known by a secret that it keeps. A user who signs in is known by name, in any browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from .store import is_id, new_id


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What a browser keeps of its reader."""

    me: str
    """The browser's secret."""
    current: str | None = None
    """The conversation that was last open."""
    fresh: bool = False
    """The browser had no secret yet, or has one that it does not keep yet."""

    def value(self, current: str | None) -> dict[str, str | None]:
        """Return what the browser is to keep from here on."""
        return {"me": self.me, "current": current}


def remembered(value: object) -> Remembered:
    """Read what a browser kept: nothing yet, or the id alone (as once), or what `Remembered.value` gave."""
    if isinstance(value, Mapping) and is_id(value.get("me")):
        current, fresh = value.get("current"), value.get("fresh") is True
        return Remembered(me=str(value["me"]), current=current if is_id(current) else None, fresh=fresh)
    current = value if isinstance(value, str) and is_id(value) else None
    return Remembered(me=new_id(), current=current, fresh=True)


def owner_of(me: str, username: str | None) -> str:
    """Return under which name conversations are kept: the user's, or the browser's secret, hashed."""
    if username:
        return f"user:{username}"
    return f"browser:{hashlib.sha256(me.encode()).hexdigest()}"
