"""Frames between the process that reads files and ours: a JSON header and bytes, each with its length before it.

JSON and not pickle: what comes back was made from hostile bytes, and is only ever text.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTHS = struct.Struct("<IQ")
LARGEST = 1 << 31


def send(stream: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    """Write one frame."""
    encoded = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(encoded), len(payload)) + encoded)
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; None where the stream has ended, also within one. Raises ValueError for no frame at all."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_length, payload_length = _LENGTHS.unpack(lengths)
    if header_length + payload_length > LARGEST:
        raise ValueError("The frame is too large.")
    encoded, payload = stream.read(header_length), stream.read(payload_length)
    if len(encoded) < header_length or len(payload) < payload_length:
        return None
    header = json.loads(encoded)
    if not isinstance(header, dict):
        raise ValueError("The frame has no header.")
    return header, payload
