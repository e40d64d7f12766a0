"""E-mail: newsletters (.eml), mailboxes (.mbox) and web pages saved as mail (.mhtml), with the standard library."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

from ..dates import parse_date
from ..errors import ExtractionError
from ..html_text import html_to_text
from ..text import content_hash, is_web_address
from .document import Document, Documents, Problem, Request
from .page import page_document

_MOST_PARTS = 200
_FROM_LINE = re.compile(rb"^From [^\r\n]*\r?\n(?=[A-Za-z][\w-]*:)", re.MULTILINE)
_CHROME = re.compile(
    r"view (?:this|it|in|the|online)\b.*(?:browser|online|web)|(?:read|open) (?:this )?(?:online|in (?:your|the) browser)"
    r"|un-?subscribe|manage (?:your )?(?:preferences|subscription)|update your preferences|forward(?:ed)? (?:this|to)"
    r"|(?:voir|lire|ouvrir|consulter).*(?:navigateur|en ligne)|se désabonner|se désinscrire|désabonnement|im browser"
    r"|abbestellen|abmelden|ver (?:en|no) (?:el )?navegador|darse de baja|cancelar (?:la )?suscripción|annulla iscrizione"
    r"|disiscri|bekijk .*browser|uitschrijven|you(?:'|’)re receiving this|you received this|sent to \S+@\S+",
    re.IGNORECASE,
)
_QUOTED_ADDRESS = re.compile(r"\s*[(<\[]\s*https?://\S+?\s*[)>\]]|^\s*https?://\S+\s*$", re.MULTILINE)


def read_message(content: bytes, request: Request) -> Documents:
    """Yield the article that a mail is: its subject, sender, date and body."""
    yield _letter(_parse(content), request)


def read_mailbox(content: bytes, request: Request) -> Documents:
    """Yield the mails of a mailbox; each is known by its Message-ID."""
    starts = [match.start() for match in _FROM_LINE.finditer(content)]
    if not starts:
        raise ExtractionError("it holds no mail.")
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(content)], strict=True), 1):
        raw = re.sub(rb"^>(?=>*From )", b"", content[start:end].split(b"\n", 1)[1], flags=re.MULTILINE)
        message = _parse(raw)
        key = _header(message, "Message-ID").strip("<> ") or content_hash(raw.decode("latin-1"))[:16]
        try:
            document = _letter(message, request)
        except ExtractionError as error:
            yield Problem(reason=f"mail {number}: {error}", key=key)
            continue
        yield Document(**{**vars(document), "key": key})


def read_saved_page(content: bytes, request: Request) -> Documents:
    """Yield the article of a web page that a browser saved as one file; the day of saving is no date of it."""
    message = _parse(content)
    pages = [
        part for part in _parts(message) if part.get_content_type() in ("text/html", "application/xhtml+xml")
    ]
    if not pages:
        raise ExtractionError("it holds no web page.")
    wanted = _header(message, "Snapshot-Content-Location") or None
    page = next((one for one in pages if wanted and _header(one, "Content-Location") == wanted), pages[0])
    address = wanted or _header(page, "Content-Location")
    base = address if is_web_address(address) else None
    document = page_document(_text(page), request, base=base)
    yield Document(**{**vars(document), "title": document.title or _header(message, "Subject") or None})


def _parse(content: bytes) -> EmailMessage:
    message = BytesParser(policy=email.policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def _letter(message: EmailMessage, request: Request) -> Document:
    name, address = parseaddr(_header(message, "From"))
    return Document(
        text=_body(message),
        title=_header(message, "Subject") or None,
        source=name or address.partition("@")[2] or None,
        published=parse_date(_header(message, "Date"), now=request.now),
        language=_header(message, "Content-Language") or None,
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's text, or "" where it is missing or broken beyond reading."""
    try:
        return " ".join(str(message.get(name) or "").split())
    except (ValueError, IndexError, AttributeError, TypeError):  # the standard library on malformed headers
        return ""


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            return
        if isinstance(part, EmailMessage) and not part.is_multipart():
            yield part


def _body(message: EmailMessage) -> str:
    parts = [one for one in _parts(message) if one.get_content_disposition() != "attachment"]
    rich = [html_to_text(_text(one)) for one in parts if one.get_content_type() == "text/html"]
    plain = [_text(one) for one in parts if one.get_content_type() == "text/plain"]
    longest = max(rich, key=len, default="")
    text = longest if len(longest) >= 200 or not plain else _unfolded("\n\n".join(plain))
    kept = [one for one in re.split(r"\n{2,}", text) if not (len(one) < 200 and _CHROME.search(one))]
    if not kept:
        raise ExtractionError("its mail holds no text that could be read.")
    return "\n\n".join(kept)


def _unfolded(text: str) -> str:
    """Return a plain body without the addresses of its links, its hard line ends joined."""
    text = _QUOTED_ADDRESS.sub("", text.replace("\r\n", "\n"))
    return re.sub(r"(?<=\S) ?\n(?=[^\W\d_])", " ", text)


def _text(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except (KeyError, LookupError, ValueError):  # an unknown charset or a broken encoding
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
    return content if isinstance(content, str) else bytes(content).decode("utf-8", "replace")
