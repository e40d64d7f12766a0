"""Bytes → text: which encoding a file is in, without ever passing garbage on silently.

In order: a byte-order mark; UTF-8, also with a few stray bytes; UTF-16 without a mark; the charset
a page declares; charset-normalizer's guess, corrected for the Western encodings that it mixes up.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from .errors import ExtractionError, UnsupportedTypeError
from .language import detect_language

_MAGIC = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x89PNG\r\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"\x1f\x8b\x08": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document",
    b"SQLite format 3\x00": "an SQLite database",
    b"{\\rtf": "an RTF document",
    b"%!PS-Adobe": "a PostScript file",
    b"\x00asm": "a program",
    b"wOF2": "a font",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r\x0b\x0c\x1b")
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_DECLARED_XML = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w:.-]{2,40})", re.IGNORECASE)
_WIDER = {  # what browsers read under these names
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_LETTER = r"[^\W\d_\u3040-\u9fff\uac00-\ud7af]"  # of a script with blanks between words
_CENTRAL_EUROPEAN = frozenset("pl cs sk hu ro hr sl sq".split())
_EAST_ASIAN = frozenset(
    "big5 big5hkscs cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hz johab shift_jis"
    " shift_jis_2004 shift_jisx0213".split()
)
_NOT_RECOGNISED = "its encoding could not be recognised; save it as UTF-8 and add it again."
_SAMPLE = 60_000


def decode(content: bytes, *, html: bool = False) -> str:
    """Return the text that `content` is, without a byte-order mark; with `html`, mind its declared charset.

    Raises UnsupportedTypeError for content that is not text, and ExtractionError where no encoding
    gives plausible text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _by_mark(content[len(mark) :], encoding)
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise UnsupportedTypeError(f"it is {kind}, not text; convert it to text, Markdown or HTML.")
    if not content.strip():
        raise ExtractionError("it is empty.")
    if _is_binary(content):
        wide = _wide(content)
        if wide is None:
            raise UnsupportedTypeError("it is a binary file, not text; convert it to text, Markdown or HTML.")
        return wide
    valid = None if b"\0" in content or _ISO_2022_JP.search(content) else _strictly(content, "utf-8")
    if valid is not None:
        return valid  # what is valid UTF-8 by chance is as good as never anything else
    for text in _candidates(content, html):
        if text is not None and _plausible(text):
            return text
    raise ExtractionError(_NOT_RECOGNISED)


def _by_mark(content: bytes, encoding: str) -> str:
    text = content.decode(encoding, "replace")
    if text.count("\ufffd") > len(text) / 100 + 1:
        raise ExtractionError(_NOT_RECOGNISED)
    return text.rstrip("\ufffd")  # a file cut off within a character


def _is_binary(content: bytes) -> bool:
    """Tell whether there are more control characters than a few stray ones."""
    controls = len(content) - len(content.translate(None, _CONTROL))
    return controls > 4 + len(content) / 100


def _candidates(content: bytes, html: bool) -> Iterator[str | None]:
    if _ISO_2022_JP.search(content):
        yield _strictly(content, "iso2022_jp")
    yield _utf8(content)
    yield _wide(content) if b"\0" in content else None
    if html:
        yield _declared(content)
    if _mostly_ascii_words(content):
        yield _likely(_western(content))
    yield _likely(_guessed(content))


def _mostly_ascii_words(content: bytes) -> bool:
    """Tell whether other bytes stand alone among ASCII letters, as accents do in Western languages."""
    sample = content[:_SAMPLE]
    runs = re.findall(rb"[\x80-\xff]+", sample)
    high = sum(map(len, runs))
    return high <= 1.5 * len(runs) and high * 2 <= len(re.findall(rb"[A-Za-z]", sample))


def _likely(text: str | None) -> str | None:
    """Return `text` unless capitals or signs stand inside many of its words, as in text read wrongly."""
    if text is None:
        return None
    words = re.findall(r"\S*[^\W\d_]\S*", _words(text))
    capitals = sum(1 for word in words if any(a.islower() and b.isupper() for a, b in pairwise(word)))
    signs = sum(1 for word in words if re.search(rf"{_LETTER}[^\w\s'’.,:/&@_=\"<>-]{_LETTER}", word))
    return text if max(capitals, signs) <= len(words) // 4 else None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _utf8(content: bytes) -> str | None:
    """Return `content` as UTF-8, with stray bytes read as Windows-1252, unless they are many."""
    text = content.decode("utf-8", "surrogateescape")
    strays = re.findall("[\udc80-\udcff]", text)
    if not strays:
        return text
    proper = len(re.findall(r"[^\x00-\x7f]", text)) - len(strays)
    tail = re.search("[\udcc3-\udcf4][\udc80-\udcbf]{0,2}$", text)
    if proper and tail and len(tail.group()) == len(strays):
        return text[: tail.start()]  # cut off within a character
    if proper < 3 * len(strays):
        return None
    return re.sub(
        "[\udc80-\udcff]", lambda m: bytes([ord(m.group()) - 0xDC00]).decode("cp1252", "replace"), text
    )


def _wide(content: bytes) -> str | None:
    """Return `content` as UTF-16 or UTF-32 without a mark, whichever gives text in few scripts, or None."""
    best: tuple[float, str] | None = None
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        width = 4 if "32" in encoding else 2
        text = _strictly(content[: len(content) // width * width], encoding)
        if text and re.search("[ \n、。，]", text) and _plausible(text):
            blocks = len({ord(c) >> 8 for c in text[:_SAMPLE]}) / min(len(text), _SAMPLE)
            if best is None or blocks < best[0]:
                best = (blocks, text)
    return best[1] if best else None


def _declared(content: bytes) -> str | None:
    head = content[:4096]
    match = _DECLARED.search(head) or _DECLARED_XML.search(head)
    if match is None:
        return None
    try:
        encoding = codecs.lookup(match.group(1).decode("ascii")).name
    except LookupError:
        return None
    if encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-7"):
        return None  # it would have been read as such already
    return _strictly(content, _WIDER.get(encoding, encoding))


def _guessed(content: bytes) -> str | None:
    from charset_normalizer import from_bytes

    sample = (
        content if len(content) <= _SAMPLE else content[: content.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    )
    guess = from_bytes(sample).best()
    encoding = guess.encoding if guess else "cp1252"
    if encoding == "iso8859_7" and b"\xb6" not in content:
        encoding = "cp1253"
    if encoding in _EAST_ASIAN:
        return (
            _japanese(content)
            or _strictly(content, _WIDER.get(encoding, encoding))
            or _strictly(content, "gb18030")
        )
    western = re.fullmatch(
        r"cp125[0247]|iso8859_(?:1|2|3|4|9|10|13|14|15|16)|latin_1|hp_roman8|ascii|utf_8", encoding
    )
    if western:
        return _western(content)
    return _strictly(content, encoding)


def _japanese(content: bytes) -> str | None:
    """Return `content` as Japanese where that gives much hiragana, which is rare by chance."""
    for encoding in ("euc_jp", "cp932"):
        text = _strictly(content, encoding)
        if text and len(re.findall(r"[\u3041-\u3096]", text)) > len(re.findall(r"[^\x00-\x7f]", text)) / 7:
            return text
    return None


def _western(content: bytes) -> str | None:
    """Choose between the Latin encodings by the language that each makes of the text."""
    text = content.decode("cp1252", "replace").replace("\ufffd", "")
    turkish = _strictly(content, "cp1254")
    if turkish and re.search("[ğışİŞĞ]", turkish) and detect_language(_words(turkish)) == "tr":
        return turkish
    for encoding in ("cp1250", "iso8859_2"):
        central = _strictly(content, encoding)
        if central and central != text and _fits_central_european(central):
            return central
    return text


def _fits_central_european(text: str) -> bool:
    odd = re.search(r"\w[^\w\s'’.,;:!?()«»„“”\"–-]\w", _words(text)) or re.search("[\x80-\x9f]", text)
    return not odd and detect_language(_words(text)) in _CENTRAL_EUROPEAN


def _words(text: str) -> str:
    return re.sub(r"<[^>]{0,1000}>", " ", text)[:20_000]


def _plausible(text: str) -> bool:
    """Tell whether `text` reads as text: hardly a control, private or unassigned character, and words of one script."""
    sample = text[:_SAMPLE]
    kinds = [unicodedata.category(c) for c in sample]
    bad = sum(
        1
        for c, kind in zip(sample, kinds, strict=True)
        if kind in ("Cc", "Co", "Cn", "Cs") and c not in "\t\n\r\x0b\x0c"
    )
    if bad > 4 + len(sample) / 200 or sample.count("\ufffd") > 1 + len(sample) / 200:
        return False
    foreign = [kind for c, kind in zip(sample, kinds, strict=True) if c > "\x7f"]
    letters = sum(1 for kind in foreign if kind[0] in "LMN")
    marks = sum(1 for kind in foreign if kind in ("Sc", "Sk", "Sm", "So", "No"))
    return marks <= max(4, letters / 3)
