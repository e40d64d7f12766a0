"""EPUB → its chapters, or the articles of a magazine, in reading order.

The one Python library for EPUB that is kept up is under the AGPL, which this project cannot ship
with; an EPUB is a ZIP file of XHTML with two XML files that say what is where, and those are read
here with the standard library.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote

from ..dates import parse_date
from ..decode import decode
from ..errors import ExtractionError
from ..html_text import html_to_text
from ..text import is_web_address
from .archive import opened, read_member
from .document import Document, Documents, Problem, Request

_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_SHORTEST = 200
"""Characters below which a page that the table of contents does not name is a cover or an imprint."""
_LINK = re.compile(r"<a\b[^<>]{0,500}?\bhref\s*=\s*[\"'](https?://[^\"'<>\s]{1,2000})[\"']", re.I)
_CALIBRE = re.compile(r"downloaded by\b.{0,60}?\bcalibre\b.{0,60}?\bfrom\b", re.I | re.S)
_HEADING = re.compile(r"<h[1-3]\b[^>]{0,500}>(.{1,2000}?)</h[1-3]>", re.I | re.S)


@dataclass(frozen=True, kw_only=True)
class _Chapter:
    path: str
    label: str | None
    files: tuple[str, ...]
    """The markup of its files, one after the other."""


def read_epub(content: bytes, request: Request) -> Documents:
    """Yield the chapters of an EPUB, each known by its file in it. Raises ExtractionError."""
    archive = opened(content, request.limits)
    if _is_protected(archive):
        raise ExtractionError("it is protected by digital rights management and cannot be read.")
    package_path = _package_path(archive)
    package = _xml(read_member(archive, package_path))
    facts = {name: _fact(package, name) for name in ("title", "creator", "date", "language", "publisher")}
    published = parse_date(facts["date"] or "", now=request.now)
    chapters = list(_chapters(archive, package, package_path))
    whole = [one for one in chapters if isinstance(one, _Chapter)]
    if not whole:
        raise ExtractionError("it holds no chapters with text.")
    for chapter in chapters:
        if isinstance(chapter, Problem):
            yield chapter
            continue
        text = "\n\n".join(filter(None, map(html_to_text, chapter.files)))
        heading = _HEADING.search("\n".join(chapter.files))
        title = chapter.label or (html_to_text(heading.group(1)).replace("\n", " ") if heading else None)
        yield Document(
            text=_without_title(text, title),
            title=title or facts["title"],
            source=facts["title"] if len(whole) > 1 else facts["publisher"],
            author=facts["creator"],
            published=published,
            language=facts["language"],
            url=_downloaded_from("\n".join(chapter.files)),
            key=chapter.path,
        )


def _is_protected(archive: zipfile.ZipFile) -> bool:
    if "META-INF/encryption.xml" not in archive.namelist():
        return False
    methods = [
        one.get("Algorithm", "")
        for one in _xml(read_member(archive, "META-INF/encryption.xml")).iter()
        if one.tag.endswith("}EncryptionMethod")
    ]
    return any(method not in _FONTS for method in methods)


def _package_path(archive: zipfile.ZipFile) -> str:
    for one in _xml(read_member(archive, "META-INF/container.xml")).iter():
        if one.tag.endswith("rootfile") and one.get("full-path"):
            return str(one.get("full-path"))
    raise ExtractionError("its container names no package; it is no EPUB.")


def _xml(content: bytes) -> ET.Element:
    try:
        return ET.fromstring(content)  # noqa: S314 - expat limits expansion, and this runs in a limited process
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ExtractionError(f"it is damaged: one of its XML files cannot be read ({error}).") from error


def _fact(package: ET.Element, name: str) -> str | None:
    values = [one for one in package.iter() if one.tag == f"{{http://purl.org/dc/elements/1.1/}}{name}"]
    written = [" ".join((one.text or "").split()) for one in values]
    if name == "creator":
        return ", ".join(dict.fromkeys(filter(None, written))) or None
    return next(filter(None, written), None)


def _chapters(archive: zipfile.ZipFile, package: ET.Element, package_path: str) -> list[_Chapter | Problem]:
    """Return the reading order; files that the table of contents does not name continue the one before them."""
    folder = posixpath.dirname(package_path)
    manifest = {one.get("id"): one for one in package.iter() if one.tag.endswith("}item")}
    labels = _labels(archive, folder, manifest)
    chapters: list[_Chapter | Problem] = []
    for reference in (one for one in package.iter() if one.tag.endswith("}itemref")):
        item = manifest.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no" or "nav" in (item.get("properties") or "").split():
            continue
        path = _inside(folder, item.get("href") or "")
        try:
            markup = decode(read_member(archive, path), html=True)
        except ExtractionError as error:
            chapters.append(Problem(reason=f"chapter {path}: {error}", key=path))
            continue
        last = chapters[-1] if chapters else None
        if path not in labels and len(labels) > 1 and isinstance(last, _Chapter) and last.label:
            chapters[-1] = _Chapter(path=last.path, label=last.label, files=(*last.files, markup))
        elif path in labels or len(html_to_text(markup)) >= _SHORTEST:
            chapters.append(_Chapter(path=path, label=labels.get(path), files=(markup,)))
    return chapters


def _labels(archive: zipfile.ZipFile, folder: str, manifest: dict[str | None, ET.Element]) -> dict[str, str]:
    """Return file → name in the table of contents, of EPUB 3 (nav) or EPUB 2 (ncx)."""
    labels: dict[str, str] = {}
    for item in manifest.values():
        path = _inside(folder, item.get("href") or "")
        navigation = "nav" in (item.get("properties") or "").split()
        if not navigation and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        try:
            tree = _xml(read_member(archive, path))
        except ExtractionError:
            continue  # the chapters have headings, too
        for target, label in _entries(tree, navigation):
            name = _inside(posixpath.dirname(path), target.partition("#")[0])
            if label:
                labels.setdefault(name, label)
    return labels


def _entries(tree: ET.Element, navigation: bool) -> list[tuple[str, str]]:
    if navigation:
        links = [one for one in tree.iter() if one.tag.endswith("}a") and one.get("href")]
        return [(one.get("href") or "", " ".join("".join(one.itertext()).split())) for one in links]
    found = []
    for point in (one for one in tree.iter() if one.tag.endswith("}navPoint")):
        text = next((one.text or "" for one in point.iter() if one.tag.endswith("}text")), "")
        target = next((one.get("src") or "" for one in point.iter() if one.tag.endswith("}content")), "")
        found.append((target, " ".join(text.split())))
    return found


def _inside(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(target)))


def _without_title(text: str, title: str | None) -> str:
    first, _, rest = text.partition("\n\n")
    same = title and "".join(first.split()).casefold() == "".join(title.split()).casefold()
    return rest if same and rest else text


def _downloaded_from(markup: str) -> str | None:
    """Return the address that a news magazine made by calibre names as the article's."""
    note = _CALIBRE.search(markup)
    link = _LINK.search(markup, note.start()) if note else None
    return link.group(1) if link and is_web_address(link.group(1)) else None
