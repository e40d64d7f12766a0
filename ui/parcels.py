"""What the page hands to the browser's own functions: a text for the clipboard, a file to save."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from secrets import token_hex

from .escape import escape
from .exports import File


def copied(text: str) -> str:
    """Hand over a text for the clipboard."""
    return _parcel({"copy": text})


def saved(file: File) -> str:
    """Hand over a file to save."""
    return _parcel({"save": {"name": file.name, "type": file.type, "text": file.text}})


def packed(file: File) -> str:
    """Hand over a file to save that may be large: compressed, and without signs that HTML would have escaped."""
    content = b64encode(gzip.compress(file.text.encode("utf-8"), 5)).decode()
    return _parcel({"save": {"name": file.name, "type": file.type, "gzip": content}})


def told(sentence: str) -> str:
    """Hand over a sentence to be said in passing."""
    return _parcel({"tell": sentence})


def _parcel(content: object) -> str:
    """Wrap a value up as HTML; each parcel differs from the one before, so that it is noticed."""
    return f'<pre hidden data-parcel="{token_hex(8)}">{escape(json.dumps(content))}</pre>'
