"""A row of a table, or an object of a JSON file → a document: which column is which field of an article."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..dates import parse_date
from ..errors import ExtractionError, IndexingError
from ..html_text import html_to_text, looks_like_markup
from ..text import content_hash, is_web_address
from ..types import Precision, Published
from .document import Document, Problem, Request

FIELDS = ("text", "title", "date", "source", "author", "url", "language", "section", "id")
_USUAL = {
    "text": "text fulltext articletext articlebody bodytext contenttext maintext body content contenthtml html article story"
    " plaintext rawtext texte textecomplet contenu corps inhalt volltext artikel texto contenido cuerpo conteudo testo"
    " contenuto document passage",
    "title": "title headline articletitle heading titre titel titulo titolo kop schlagzeile titular name hl hd",
    "date": "date published publishedat publisheddate publishdate publicationdate datepublished datepublication pubdate"
    " pub firstpublished webpublicationdate datetime datum fecha data dateparution datedepublication createdat created"
    " timestamp time day year pd",
    "source": "source outlet publisher publication newspaper sourcename sitename site media medium newsoutlet journal"
    " quelle zeitung fuente medio fonte testata domain website sn",
    "author": "author authors byline creator creators writer journalist auteur auteurs autor autoren verfasser autora"
    " autore by",
    "url": "url link articleurl canonicalurl canonical permalink href weburl externalurl address lien adresse enlace uri",
    "language": "language lang articlelanguage langue sprache idioma lingua locale la",
    "section": "section category sectionname rubrique categorie ressort rubrik seccion sezione desk channel se",
    "id": "id articleid docid documentid uid uuid guid identifier itemid recordid key pk an number",
}
_SECOND_TEXT = (
    "description summary abstract snippet excerpt lead chapo resume zusammenfassung resumen sommario"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_columns(columns: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return a mapping of field → column. Raises IndexingError for a field that articles do not have."""
    unknown = sorted(set(columns or {}) - set(FIELDS))
    if unknown:
        raise IndexingError(f"There is no field {unknown[0]!r}; the fields are {', '.join(FIELDS)}.")
    return columns or {}


class Mapper:
    """Turns rows with given columns into documents. Raises ExtractionError where no column can be the text."""

    def __init__(self, columns: Iterable[str], request: Request) -> None:
        self._request = request
        self._seen: dict[str, int] = {}
        self.columns = match_columns(list(columns), request.columns)

    def document(self, row: Mapping[str, Any], place: str) -> Document | Problem:
        """Return the document of a row, or why there is none; `place` says where the row is."""
        values = {name: _value(row, column) for name, column in self.columns.items()}
        text = _text(values.get("text"))
        title = _line(values.get("title"))
        source, url = _line(values.get("source")), _line(values.get("url"))
        key = self._key(_line(values.get("id")), url, title, _line(values.get("date")), source, text)
        if not text:
            return Problem(reason=f"{place} has no text in the column {self.columns['text']!r}.", key=key)
        return Document(
            text=html_to_text(text) if looks_like_markup(text) else text,
            title=html_to_text(title) if title and looks_like_markup(title) else title,
            url=url,
            source=source,
            author=_people(values.get("author")),
            section=_line(values.get("section")),
            published=_date(values.get("date"), self._request.now),
            language=_line(values.get("language")),
            key=key,
        )

    def _key(self, own: str | None, url: str | None, *facts: str | None) -> str:
        """Return what tells a row from the others, whatever its place: its id, its address, else its title and date."""
        title, date, source, text = facts
        if own:
            key = own
        elif url and is_web_address(url):
            key = content_hash(url)[:12]
        else:
            told = [title, date, source] if title else [text]
            key = content_hash("\x1f".join(one or "" for one in told))[:12]
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return key if count == 1 else f"{key}-{count}"


def match_columns(present: list[str], named: Mapping[str, str]) -> dict[str, str]:
    """Return field → column: as `named`, and by the usual names for the rest.

    Raises ExtractionError where a named column is missing or no column can be the text.
    """
    shown = ", ".join(repr(one[:40]) for one in present[:20]) + (", …" if len(present) > 20 else "")
    for field, column in named.items():
        if column not in present and not ("." in column and column.partition(".")[0] in present):
            raise ExtractionError(f"it has no column {column!r} for {field}; its columns are {shown}.")
    free = {_folded(one): one for one in reversed(present) if one not in named.values()}
    found = dict(named)
    for field, names in _USUAL.items():
        if field not in found:
            match = next((free[name] for name in names.split() if name in free), None)
            if match is not None:
                found[field] = match
                del free[_folded(match)]
    if "text" not in found:
        second = next((free[name] for name in _SECOND_TEXT.split() if name in free), None)
        if second is None:
            raise ExtractionError(
                f"none of its columns is known to hold the articles' text; name it with --column text=NAME. Its columns"
                f" are {shown}."
            )
        found["text"] = second
    return found


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.casefold())
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _value(row: Mapping[str, Any], column: str) -> Any:
    if column in row:
        return row[column]
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n\n".join(filter(None, (_text(one) for one in value)))
    return value.strip() if isinstance(value, str) else ""


def _line(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("name", "title", "main", "url") if name in value), None)
    if isinstance(value, list):
        value = value[0] if value else None
        return _line(value) if not isinstance(value, list) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split()) or None


def _people(value: Any) -> str | None:
    people = [_line(one) for one in value[:50]] if isinstance(value, list) else [_line(value)]
    return ", ".join(filter(None, people)) or None


def _date(value: Any, now: datetime) -> Published | None:
    """Return the date in a field: as `parse_date` reads it, or seconds or milliseconds since 1970."""
    written = _line(value)
    if written is None:
        return None
    stamp = re.fullmatch(r"(\d{9,10})(?:\.\d+|\d{3})?", written)
    if stamp and not re.fullmatch(r"(?:19|20)\d{6}", written):
        at = _EPOCH + timedelta(seconds=int(stamp.group(1)))
        return Published(at=at, precision=Precision.SECOND) if at.year <= now.year + 1 else None
    return parse_date(re.sub(r"(?<=\d)\.0$|(?<=\d\d:\d\d:\d\d)\.\d+(?= )", "", written), now=now)
