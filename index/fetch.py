"""A web address → bytes. The only module that opens a connection to the web.

Whatever an article, a feed or a redirect names is fetched under the same rules: http and https
only, on the usual ports; the name is resolved once, every address found must be public, and the
connection goes to an address that was checked (the Host header and the certificate are for the
name). Redirects go through all of this again. No proxy is taken from the environment, nothing is
sent but our own headers, and bytes after decompression, and time, are limited.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urljoin

from .addresses import WebAddress, check_resolved, parse_address, shorten
from .config import FetchConfig
from .errors import BlockedUrlError, FetchError, TooLargeError
from .inflate import Inflater

if TYPE_CHECKING:
    import httpcore

AGENT = "article-assistant"
"""What robots.txt files may call us."""
_USER_AGENT = f"{AGENT}/0.1 (reads pages and feeds for its user)"
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRYABLE = (408, 425, 429, 500, 502, 503, 504)
_MOST_ADDRESSES = 4
_LONGEST_VALIDATOR = 1_000
_LONGEST_WAIT = 86_400.0

Resolver = Callable[[str, int], Sequence[str]]
"""A host and a port → its IP addresses; raises OSError where it has none."""
Admission = Callable[[WebAddress], AbstractContextManager[None]]
"""Entered around each request, redirects included; raises IndexingError where it must not be made."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a server answered."""

    url: str
    """The address it came from in the end, after redirects."""
    content: bytes = b""
    media_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    """True for "304 Not Modified": what was read before is still right."""


class Fetching(Protocol):
    """What fetches; `Fetcher` does so from the web, `fakes.CannedWeb` from memory."""

    def fetch(
        self,
        url: str,
        *,
        types: Collection[str],
        limit: int,
        etag: str | None = None,
        last_modified: str | None = None,
        admit: Admission | None = None,
    ) -> Fetched:
        """Return what is at an address; see `Fetcher.fetch`."""


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system for the IP addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Fetcher:
    """Fetch from the web. Safe to share between threads; keeps no connection, cookie or cache."""

    def __init__(
        self,
        config: FetchConfig,
        *,
        resolve: Resolver = system_resolver,
        backend: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the seams: who resolves names, who connects to IP addresses, which certificates are trusted."""
        self._config = config
        self._resolve = resolve
        self._backend = backend
        self._tls = tls
        self._clock = clock
        self._guard = threading.Lock()

    def fetch(
        self,
        url: str,
        *,
        types: Collection[str],
        limit: int,
        etag: str | None = None,
        last_modified: str | None = None,
        admit: Admission | None = None,
    ) -> Fetched:
        """Return what is at `url`, of one of the media `types` and at most `limit` bytes.

        With `etag` or `last_modified` the answer may be that nothing has changed. Raises
        BlockedUrlError, TooLargeError, and FetchError for everything that went wrong on the way.
        """
        headers = _headers(types, etag, last_modified)
        left, here, seen = self._config.total_seconds, url, set[str]()
        while True:
            address = parse_address(here, self._config)
            if address.url in seen:
                raise FetchError(f"{shorten(url)} was not fetched: it redirects round in a circle.")
            if len(seen) > self._config.max_redirects:
                raise FetchError(
                    f"{shorten(url)} was not fetched: it redirects more than {self._config.max_redirects} times."
                )
            seen.add(address.url)
            with (admit or _admit_all)(address):
                started = self._clock()
                answer = self._once(
                    address, headers, types, limit, _Deadline(self._clock, left), shorten(url)
                )
                left -= self._clock() - started
            if isinstance(answer, Fetched):
                return answer
            here = _joined(address.url, answer, shorten(url))

    def _once(
        self,
        address: WebAddress,
        headers: Sequence[tuple[str, str]],
        types: Collection[str],
        limit: int,
        deadline: _Deadline,
        shown: str,
    ) -> Fetched | str:
        """Make one request; returns what came, or where it redirects to."""
        import httpcore

        stall = self._config.stall_seconds
        timeouts = {"connect": self._config.connect_seconds, "read": stall, "write": stall, "pool": stall}
        host = address.host
        target = httpcore.URL(
            scheme=address.scheme, host=host, port=address.port, target=address.target.encode("ascii")
        )
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._trusted(),
                    max_connections=1,
                    max_keepalive_connections=0,
                    retries=0,
                    network_backend=self._guarded(address, deadline),
                ) as pool,
                pool.stream(
                    "GET",
                    target,
                    headers=[("Host", address.authority), *headers],
                    extensions={"timeout": timeouts},
                ) as response,
            ):
                return _read(response, address, types, limit, shown)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise _failure(error, shown, host) from error

    def _trusted(self) -> ssl.SSLContext:
        with self._guard:
            if self._tls is None:
                import certifi

                self._tls = ssl.create_default_context()
                self._tls.load_verify_locations(certifi.where())
            return self._tls

    def _guarded(self, address: WebAddress, deadline: _Deadline) -> httpcore.NetworkBackend:
        from .wire import guarded_backend

        def addresses(host: str, port: int) -> Sequence[str]:
            if (host, port) != (address.host, address.port):
                raise BlockedUrlError(f"{shorten(address.url)} was not fetched: another host was asked for.")
            return self._addresses(address, deadline)

        return guarded_backend(addresses, deadline.left, self._backend)

    def _addresses(self, address: WebAddress, deadline: _Deadline) -> Sequence[str]:
        """Resolve the host, once, and return its addresses if all of them may be connected to."""
        try:
            found = _in_time(lambda: self._resolve(address.host, address.port), deadline.left())
        except (OSError, UnicodeError) as error:
            raise FetchError(
                f"{shorten(address.url)} could not be read: the name {address.host} is not known; "
                "check the spelling, or the network.",
                retryable=True,
            ) from error
        if not found:
            raise FetchError(
                f"{shorten(address.url)} could not be read: the name {address.host} has no address.",
                retryable=True,
            )
        check_resolved(address, found, self._config)
        return found[:_MOST_ADDRESSES]


class _Deadline:
    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds that are left; 0 when it has passed."""
        return max(0.0, self._end - self._clock())


def _joined(base: str, location: str, shown: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise BlockedUrlError(f"{shown} was not fetched: it redirects to what is no web address.") from error


def _admit_all(address: WebAddress) -> AbstractContextManager[None]:
    return nullcontext()


def _in_time(call: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
    """Return what `call` returns. Raises TimeoutError where it takes too long: resolvers have no limit."""
    results: list[Sequence[str] | Exception] = []

    def work() -> None:
        try:
            results.append(call())
        except (OSError, UnicodeError) as error:
            results.append(error)

    thread = threading.Thread(target=work, name="resolver", daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        raise TimeoutError("the name could not be resolved in time")
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def _headers(types: Collection[str], etag: str | None, last_modified: str | None) -> list[tuple[str, str]]:
    headers = [
        ("User-Agent", _USER_AGENT),
        ("Accept", ", ".join([*types, "*/*;q=0.1"])),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
    ]
    headers += [
        (name, value)
        for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
        if value and value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR
    ]
    return headers


def _read(
    response: httpcore.Response, address: WebAddress, types: Collection[str], limit: int, shown: str
) -> Fetched | str:
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    if response.status in _REDIRECTS and headers.get("location"):
        return quote(headers["location"].strip(), safe="/%:@!$&'()*+,;=~-._?#[]", encoding="latin-1")
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    if response.status == 304:
        return Fetched(url=address.url, unchanged=True, etag=etag, last_modified=last_modified)
    if response.status != 200:
        raise _refused(response.status, headers, shown)
    media_type, charset = _media_type(headers.get("content-type", ""))
    if media_type and media_type not in types:
        kinds = media_type if len(media_type) < 60 else "an unknown type"
        raise FetchError(f"{shown} was not read: it is {kinds}, which is not of the kind expected here.")
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLargeError(_too_large(shown, limit))
    inflater = Inflater(headers.get("content-encoding", ""), limit)
    content = b"".join(_inflated(response.iter_stream(), inflater, shown, limit))
    return Fetched(
        url=address.url,
        content=content,
        media_type=media_type,
        charset=charset,
        etag=etag,
        last_modified=last_modified,
    )


def _inflated(stream: Iterable[bytes], inflater: Inflater, shown: str, limit: int) -> Iterator[bytes]:
    try:
        for chunk in stream:
            yield from inflater.feed(chunk)
        yield from inflater.finish()
    except OverflowError as error:
        raise TooLargeError(_too_large(shown, limit)) from error
    except ValueError as error:
        raise FetchError(f"{shown} could not be read: {error}.", retryable=True) from error


def _too_large(shown: str, limit: int) -> str:
    return f"{shown} was not read: it is larger than the limit of {limit:,} bytes."


def _media_type(value: str) -> tuple[str, str | None]:
    """Return the media type and the charset of a Content-Type header."""
    media_type = value.partition(";")[0].strip().lower()
    match = re.search(r";\s{0,9}charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{2,40})", value, re.IGNORECASE)
    return media_type, match.group(1) if match else None


def _refused(status: int, headers: dict[str, str], shown: str) -> FetchError:
    wait = retry_after(headers.get("retry-after"), headers.get("date"))
    reason = {
        401: "the server wants a password",
        402: "the server wants to be paid",
        403: "the server does not allow it",
        404: "there is nothing at this address",
        410: "it has been taken away for good",
        429: "the server asks to be left alone for a while",
        451: "it is withheld for legal reasons",
    }.get(status, "the server has a fault" if status >= 500 else "the server refuses")
    later = f"; try again in {wait:.0f} s" if wait else ""
    return FetchError(
        f"{shown} could not be read: {reason} (HTTP {status}){later}.",
        retryable=status in _RETRYABLE,
        status=status,
        retry_after=wait,
    )


def retry_after(value: str | None, date: str | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, at most a day; None where it asks nothing.

    A date in it counts from the server's own `date`, so that clocks need not agree.
    """
    if not value:
        return None
    if value.strip().isdecimal():
        return min(float(value.strip()[:9]), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        seconds = (until - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _failure(error: Exception, shown: str, host: str) -> FetchError:
    import httpcore

    if _is_tls(error):
        return FetchError(
            f"{shown} was not read: the certificate or the encryption of {host} is not valid, "
            "so the page may not be theirs."
        )
    if isinstance(error, httpcore.TimeoutException):
        reason = f"{host} took too long to answer"
    elif isinstance(error, httpcore.ConnectError):
        reason = f"{host} cannot be reached"
    elif isinstance(error, httpcore.ProtocolError):
        reason = f"{host} answered with something that is not valid HTTP, or only in part"
    else:
        reason = f"the connection to {host} broke off"
    return FetchError(f"{shown} could not be read: {reason}.", retryable=True)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
