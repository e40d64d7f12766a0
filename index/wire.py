"""Connections to addresses that were checked, each operation within one deadline."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

Addresses = Callable[[str, int], Sequence[str]]
"""A host and a port → the IP addresses that may be connected to; raises where there are none."""
SecondsLeft = Callable[[], float]


def guarded_backend(
    addresses: Addresses, left: SecondsLeft, inner: httpcore.NetworkBackend | None = None
) -> httpcore.NetworkBackend:
    """Return a backend that connects only to what `addresses` allows and ends when no time is left."""
    return _GuardedBackend(addresses, left, inner or httpcore.SyncBackend())


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, addresses: Addresses, left: SecondsLeft, inner: httpcore.NetworkBackend) -> None:
        self._addresses = addresses
        self._left = left
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                limit = _within(timeout, self._left, httpcore.ConnectTimeout)
                stream = self._inner.connect_tcp(
                    address, port, timeout=limit, local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._left)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("sockets of this machine are not connected to")


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads and writes end with the deadline: a byte a second would keep others alive."""

    def __init__(self, inner: httpcore.NetworkStream, left: SecondsLeft) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _within(timeout, self._left, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _within(timeout, self._left, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = _within(timeout, self._left, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, limit), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _within(timeout: float | None, left: SecondsLeft, late: type[Exception]) -> float:
    seconds = left()
    if seconds <= 0:
        raise late("the deadline has passed")
    return seconds if timeout is None else min(timeout, seconds)
