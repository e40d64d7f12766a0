"""Pure functions on text: cleaning, canonical URLs, hashes, titles, identities."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from .types import Published

_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
_PARAGRAPH_END = "\u2029"
_BLANK = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_DROPPED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    r"\u00ad\u200b\u2060-\u2064\ufeff"  # soft hyphen and zero-width
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction of writing
    r"\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # lone surrogates, annotations, invisible tags
)
_JOINERS = re.compile(r"[\u200c\u200d]+")
_JOINING_LETTER = re.compile(
    r"[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]"  # Arabic, Indic, Mongolian
)
_MARKS = re.compile(r"[^\w\s]{31,}")
_MARKS_KEPT = 30
"""Longest run of combining marks, as in Unicode's stream-safe text: longer ones take quadratic time."""

_TRACKING = re.compile(
    r"utm_\w+|at_\w+|mc_[ce]id|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|igsh|xtor|xtref|xtcr|cmpid|cmp"
    r"|ocid|ito|ncid|smid|sref|ref_src|ref_url|spm|wt_mc|wt_zmc|_ga|_gl|_hsenc|_hsmi|mkt_tok|amp|outputtype",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_SENTENCE_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s|$)|[。！？]+[」』”）]*")
_SHORT_WORD_BEFORE_DOT = re.compile(
    r"(?:^|[\s(«“\"'’])(?:[^\W\d_]{1,2}|Mme|Mlle|Prof|Sra|Ste|Gen|Gov|Sen|Rep|bzw|St|vs|\d{1,2})\.$"
)
_SHORTEST_TITLE = 20
_CLOSING = {"«": " »", "“": "”", "„": "“", "‘": "’", "「": "」", "『": "』", "(": ")", "（": "）", "[": "]"}


def clean_text(text: str) -> str:
    """Return `text` in the one form that is stored, shown and counted in.

    NFC; lines end in a line feed, at most two in a row; control characters, lone surrogates,
    zero-width and direction characters are gone; every blank is a plain space (tabs stay), one at
    a time and never at the edge of a line. The joiners U+200C and U+200D stay between two letters
    of the Arabic, Indic and Mongolian scripts, which are spelt with them. Idempotent.
    """
    text = _LINE_END.sub("\n", text).replace(_PARAGRAPH_END, "\n\n")
    text = _DROPPED.sub("", _BLANK.sub(" ", text))
    text = _JOINERS.sub(_kept_joiner, _composed(text))
    text = _composed(text)  # what a joiner kept apart
    text = re.sub(r" {2,}", " ", text)
    text = "\n".join(line.strip(" \t") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _kept_joiner(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    inside = start > 0 and end < len(text)
    joins = inside and _JOINING_LETTER.match(text[start - 1]) and _JOINING_LETTER.match(text[end])
    return text[start] if joins else ""


def _composed(text: str) -> str:
    text = _MARKS.sub(_fewer_marks, text)
    return _MARKS.sub(_fewer_marks, unicodedata.normalize("NFC", text))


def _fewer_marks(match: re.Match[str]) -> str:
    kept: list[str] = []
    run = 0
    for character in match.group():
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MARKS_KEPT:
            kept.append(character)
    return "".join(kept)


def canonical_url(url: str) -> str:
    """Return the form of a web address that tells two addresses of one article to be the same.

    It is an identity, not a link: https for http, no `www.`, port, user, fragment, tracking
    parameter, AMP marker or closing slash; sorted query; the host in lower case and ASCII (IDN).
    Idempotent. Raises ValueError for anything but an http or https address with a host.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("Not a web address: it must begin with http:// or https:// and name a host.")
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    path = re.sub(r"(?<=.)(?:/+amp)+/*$", "", _plain_escapes(parts.path).rstrip("/")).rstrip("/")
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=1000, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0]))
    query = urlencode(kept, quote_via=quote, errors="surrogateescape")
    return f"https://{_host(parts.hostname)}{port}{path}" + (f"?{query}" if query else "")


def is_web_address(url: str) -> bool:
    """Tell whether `url` is an http or https address that may be shown as a link."""
    try:
        canonical_url(url)
    except ValueError:
        return False
    return not re.search(r"[\s<>\"\\^`{|}\x00-\x1f]", url.strip())


def _host(name: str) -> str:
    name = name.lower().rstrip(".")
    name = re.sub(r"^(?:www\.)+(?=[^.]+\.)", "", name)
    if ":" in name:
        return f"[{name}]"
    host = name if name.isascii() else name.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    if not re.fullmatch(r"[a-z0-9._-]+", host):
        raise ValueError(f"Not a host name: {name!r}.")
    return host


def _plain_escapes(path: str) -> str:
    def plain(match: re.Match[str]) -> str:
        character = chr(int(match.group(1), 16))
        return character if character in _UNRESERVED else match.group().upper()

    return quote(_ESCAPE.sub(plain, path), safe="/%:@!$&'()*+,;=~-._", errors="surrogatepass")


def content_hash(text: str) -> str:
    """Return the SHA-256 of `text` in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def article_id(*, url: str | None = None, path: str | None = None) -> str:
    """Return the identity of an article, 16 hexadecimal digits: of its URL if it has one, else of its path."""
    if url is not None:
        return content_hash(canonical_url(url))[:16]
    if path is not None:
        return content_hash(path)[:16]
    raise ValueError("An article needs a URL or a path to be told from others.")


def article_version(
    *,
    title: str,
    text: str,
    url: str | None,
    source: str | None,
    author: str | None,
    published: Published | None,
    language: str | None,
    splitter_version: str,
    embedder_id: str,
    section: str | None = None,
) -> str:
    """Return the version of an article, 12 hexadecimal digits: it changes when anything indexed or shown does."""
    date = published.isoformat() if published else None
    identity = _identity(url)  # read by another address of it, it is no other version
    facts = [text, title, identity, source, author, date, language, splitter_version, embedder_id]
    return content_hash(json.dumps([*facts, section] if section else facts))[:12]


def _identity(url: str | None) -> str | None:
    try:
        return canonical_url(url) if url is not None else None
    except ValueError:
        return url


def derive_title(text: str, limit: int = 90) -> str:
    """Return a title of at most `limit` characters made of the first sentence of `text`.

    A sentence that is too long is cut between words and ends in "…"; open quotes are closed.
    Returns "" for a text without words.
    """
    line = " ".join(next((line for line in text.split("\n") if re.search(r"\w", line)), "").split())
    sentence = line[: _sentence_end(line)]
    if len(sentence) <= limit:
        return re.sub(r"(?<!\.)[.。]$", "", sentence)
    room = limit - 4  # the ellipsis and a closing quote with its blank
    cut = sentence[:room]
    if not sentence[room].isspace() and " " in cut[room // 2 :]:
        cut = cut[: cut.rindex(" ")]
    cut = re.sub(r"[\s\-–—,;:.«“„‘「『(（\[]+$", "", cut)
    return cut + "…" + _missing_quote(cut)


def _sentence_end(line: str) -> int:
    for match in _SENTENCE_END.finditer(line):
        if match.end() >= _SHORTEST_TITLE and not _SHORT_WORD_BEFORE_DOT.search(line[: match.end()]):
            return match.end()
    return len(line)


def _missing_quote(cut: str) -> str:
    if cut.count('"') % 2:
        return '"'
    for opening, closing in _CLOSING.items():
        closed = sum(cut.count(mark) for mark in (closing.strip(), "”" if opening == "„" else "") if mark)
        inside_words = len(re.findall(r"\w[’]\w", cut)) if opening == "‘" else 0
        if cut.rfind(opening) > cut.rfind(closing.strip()) and cut.count(opening) > closed - inside_words:
            return closing
    return ""
