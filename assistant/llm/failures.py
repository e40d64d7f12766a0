"""What went wrong with a language model, said in one sentence that holds no key and no library's text."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ..config import MODEL_ENV
from ..errors import LanguageModelError, ModelNonsenseError, ModelTimeoutError, ModelUnreachableError

_SECRETS = (
    re.compile(r"\b(?:Bearer|Basic)[-_ :]+[\w.+/=*-]{6,}", re.IGNORECASE),
    re.compile(r"\b(?:sk|pk|key)[-_ ][\w.+/=*-]{6,}|\w+://[^\s/@]+@", re.IGNORECASE),
)
_CONTEXT = re.compile(r"context.{0,20}(?:length|size|window)|maximum context|too many tokens", re.IGNORECASE)
_SYSTEM = re.compile(r"system role|roles? must alternate", re.IGNORECASE)
_NOT_PRINTED = re.compile(r"[^\w .,:;!?()'/%+=-]+")
_LONGEST_REASON = 160


@dataclass(frozen=True, kw_only=True)
class Place:
    """A model and where it is, as shown to readers."""

    model: str
    address: str | None = None
    missing: str = "check its name"
    """What to do where the model is not known."""
    secret: str | None = field(default=None, repr=False)
    """The key, to take out of whatever is said."""
    quoted: bool = True
    """Whether to show reasons in the endpoint's words: not where the key is unknown to us."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An error to raise, and whether the request may be tried again at once."""

    error: LanguageModelError
    transient: bool = False
    wait: float | None = None
    """Seconds that the endpoint asks to wait."""
    without_system: bool = False
    """The model takes no system message; the request may be tried with it inside the question."""


def failure(error: BaseException, place: Place) -> Failure:
    """Return what to make of any exception of a model's library."""
    if isinstance(error, LanguageModelError):
        return Failure(error=error)
    chain = list(_chain(error))
    for link in chain:
        status = getattr(link, "status_code", None)
        if isinstance(status, int) and not isinstance(status, bool):
            return _refused(status, link, place)
    if any("Timeout" in type(link).__name__ for link in chain):
        seen = f"{_name(place)} did not answer in time; try again later."
        return Failure(error=ModelTimeoutError(seen))
    if any(isinstance(link, (UnicodeError, json.JSONDecodeError)) for link in chain) or any(
        type(link).__name__ == "ValidationError" for link in chain
    ):
        return Failure(
            error=ModelNonsenseError(f"{_name(place)} sent an answer that cannot be read; try another.")
        )
    return _unreachable(chain, place)


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(10):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _name(place: Place) -> str:
    return f"The language model {place.model}"


def _where(place: Place) -> str:
    return place.address or _name(place)


def _unreachable(chain: list[BaseException], place: Place) -> Failure:
    if any(isinstance(link, ssl.SSLError) for link in chain):
        text = f"{_where(place)} shows no valid certificate; check the address."
        return Failure(error=ModelUnreachableError(text))
    kinds = {type(link).__name__ for link in chain}
    if kinds & {"ConnectError", "ConnectionRefusedError", "gaierror"}:
        text = f"Nothing answers at {_where(place)}; is it running, and is the address right?"
        return Failure(error=ModelUnreachableError(text), transient=True)
    if any(isinstance(link, OSError) for link in chain) or any(
        kind.endswith(("ProtocolError", "ReadError", "WriteError", "ConnectionError")) for kind in kinds
    ):
        text = f"The connection to {_where(place)} broke off; try again."
        return Failure(error=ModelUnreachableError(text), transient=True)
    reason = (_reason(chain[0], place) if place.quoted else "") or type(chain[0]).__name__
    text = f"{_name(place)} failed ({reason}); see whether it works elsewhere."
    return Failure(error=ModelUnreachableError(text))


def _refused(status: int, error: BaseException, place: Place) -> Failure:
    reason = _reason(error, place)
    if status in (401, 403):
        return _final(
            f"{_where(place)} refuses the key ({status}); check the API key and what it may be used for."
        )
    if status == 404:
        return _final(f"{_where(place)} has no model {place.model} (404); {place.missing}.")
    if 300 <= status < 400:
        return _final(
            f"{_where(place)} sends the request elsewhere ({status}); set the address it should go to."
        )
    if _SYSTEM.search(reason):
        return Failure(error=ModelUnreachableError(_said(place, status, reason)), without_system=True)
    if status == 429:
        text = f"{_where(place)} has too many requests or no quota left (429); try again later."
        return Failure(error=ModelUnreachableError(text), transient=True, wait=_retry_after(error))
    if status in (408, 409) or status >= 500:
        text = f"{_where(place)} has a fault of its own ({status}); try again later."
        return Failure(error=ModelUnreachableError(text), transient=True, wait=_retry_after(error))
    if _CONTEXT.search(reason):
        text = f"The passages do not fit the context window of {place.model}; set ${MODEL_ENV}_CONTEXT_TOKENS to what it has."
        return _final(text)
    return _final(_said(place, status, reason))


def _said(place: Place, status: int, reason: str) -> str:
    because = f": {reason}" if reason and place.quoted else ""
    code = f" ({status})" if status > 0 else ""
    return f"{_where(place)} refuses the request{code}{because}."


def _final(text: str) -> Failure:
    return Failure(error=ModelUnreachableError(text))


def _reason(error: BaseException, place: Place) -> str:
    said: Any = getattr(error, "body", None) or getattr(error, "error", None)
    for _ in range(3):
        if isinstance(said, dict):
            said = said.get("message") or said.get("error") or said.get("detail")
    if not isinstance(said, str):
        return ""
    return redacted(said, place.secret)


def redacted(text: str, secret: str | None = None) -> str:
    """Return a text of an endpoint made fit to be shown: short, plain, and without what looks like a key."""
    if secret:
        text = text.replace(secret, "…")
    for pattern in _SECRETS:  # one after the other: "key Bearer x" must not end at the first word
        text = pattern.sub("…", text)
    text = " ".join(_NOT_PRINTED.sub(" ", text).split()).rstrip(" .")
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1].rstrip() + "…"


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
