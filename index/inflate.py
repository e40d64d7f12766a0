"""Decompress a response as it comes, never to more than a limit: a small body can hold gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Inflater:
    """Undo one content coding (gzip, deflate or none). `feed` and `finish` raise OverflowError over the limit."""

    def __init__(self, coding: str, limit: int) -> None:
        """Take the Content-Encoding header and the most bytes that may come out."""
        self._coding = coding.strip().lower().removeprefix("x-")
        self._left = limit
        self._inner: zlib._Decompress | None = None
        self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the plain bytes of the next part. Raises ValueError for damaged or unknown codings."""
        if self._coding in ("", "identity"):
            yield self._counted(data)
            return
        if self._coding not in ("gzip", "deflate"):
            raise ValueError("it is packed in a way that was not asked for")
        while data:
            if self._inner is None:
                self._inner = zlib.decompressobj(self._window(data))
            try:
                plain = self._inner.decompress(data, self._left + 1)
            except zlib.error as error:
                if self._ended:  # padding behind the last member
                    return
                raise ValueError("its compressed data is damaged") from error
            yield self._counted(plain)
            data = self._inner.unconsumed_tail
            if self._inner.eof:
                data, self._inner, self._ended = self._inner.unused_data, None, True

    def finish(self) -> Iterator[bytes]:
        """Check that nothing is missing at the end."""
        if self._inner is not None and not self._ended:
            raise ValueError("its end is missing")
        yield b""

    def _window(self, data: bytes) -> int:
        if self._coding == "gzip":
            return _GZIP
        zlib_header = data[0] & 0x0F == 8 and len(data) > 1 and int.from_bytes(data[:2], "big") % 31 == 0
        return _ZLIB if zlib_header else _RAW

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError("over the limit")
        return data
