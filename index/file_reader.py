"""Files in, articles out: one or many of each file, every format, hostile ones in a process of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from types import TracebackType

from .config import IndexConfig
from .containers import ENTRY
from .errors import ExtractionError, IndexingError, TooLargeError, UnsupportedTypeError
from .extract import Extracted, finished
from .formats import kinds
from .formats.document import Document, Found, Problem, Request
from .formats.reading import read
from .formats.sandbox import Sandbox
from .pages import Page
from .sources import Source, printable, read_bytes
from .split import SPLITTER_VERSION
from .text import article_id, article_version, clean_text, content_hash
from .types import Article, SourceFailure

_LONGEST_KEY = 200


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file turned out to be; the articles come as they are asked for."""

    many: bool
    """True for a kind of file that holds many articles, each with an identity of its own in it."""
    hash: str
    articles: Iterator[tuple[Source | Page, Article] | SourceFailure]


class FileReader:
    """Reads files of every format. Keeps a process for what is parsed until it is closed."""

    def __init__(self, config: IndexConfig) -> None:
        """Start nothing yet."""
        self._config = config
        memory, seconds = config.reader_memory_bytes, config.reader_seconds
        self._sandbox = Sandbox(memory=memory, seconds=seconds)
        self._unpacker = Sandbox(memory=memory, seconds=seconds)

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        self._sandbox.close()
        self._unpacker.close()

    def read(
        self,
        source: Source | Page,
        *,
        now: datetime,
        embedder_id: str,
        columns: Mapping[str, str] | None = None,
    ) -> Reading:
        """Return the articles of a file, with their identities and versions.

        The identity of an article is that of its URL, or of its file's path, with its own key in the
        file where that holds many. Raises the IndexingError that says why nothing can be read, here
        or while the articles are asked for; what concerns one of many is a SourceFailure among them.
        """
        if isinstance(source, Page):  # it has been read
            article = source.article
            return Reading(many=False, hash=article.version, articles=iter([(source, article)]))
        content = read_bytes(source, self._config)
        shown = printable(source.path)
        request = Request(now=now, columns=columns or {}, limits=self._config)
        try:
            kind = kinds.kind_of(content, source.media_type)
        except IndexingError as error:
            raise type(error)(f"{shown} was not read: {error}") from error
        many = kind in kinds.MANY
        if not many and len(content) > self._config.max_file_bytes:
            raise TooLargeError(f"{shown} is larger than the limit of {self._config.max_file_bytes:,} bytes.")
        return Reading(
            many=many,
            hash=hashlib.sha256(content).hexdigest(),
            articles=self._articles(source, self.documents(content, kind, request), request, embedder_id),
        )

    def fetched(
        self, content: bytes, declared: str, *, name: str, now: datetime, language_hint: str | None = None
    ) -> Extracted:
        """Return the article in what a web address gave, which its server declared to be of a type.

        `name` is what error messages call it. Raises an IndexingError, also for what holds many articles.
        """
        request = Request(now=now, limits=self._config)
        try:
            kind = kinds.kind_of(content, declared)
            if kind in kinds.MANY:
                raise UnsupportedTypeError(
                    "it is a file that may hold many articles; save it, then add the file."
                )
            found = next(self.documents(content, kind, request), None)
        except IndexingError as error:
            raise type(error)(f"{name} was not read: {error}") from error
        if not isinstance(found, Document):
            raise ExtractionError(f"{name} was not read: {found.reason if found else 'it holds no article.'}")
        return finished(found, name=name, language_hint=language_hint)

    def documents(self, content: bytes, kind: str, request: Request) -> Iterator[Found]:
        """Yield the documents in bytes of a known kind (`kinds.kind_of`). Raises an IndexingError."""
        if kind == kinds.ZIP:
            return self._unpacked(content, request)
        if kind in kinds.ISOLATED:
            return self._sandbox.documents(content, kind, request)
        return read(content, kind, request)

    def _unpacked(self, content: bytes, request: Request) -> Iterator[Found]:
        none = True
        for member in self._unpacker.members(content, self._config):
            none = False
            if isinstance(member, Problem):
                yield replace(member, reason=f"{member.key}: {member.reason}")
                continue
            declared = kinds.MEDIA_TYPES.get(PurePosixPath(member.name).suffix.lower())
            try:
                kind = kinds.kind_of(member.content, declared)
                if kind == kinds.ZIP:
                    raise ExtractionError("it is an archive inside an archive; unpack the outer one first.")
                for found in self.documents(member.content, kind, request):
                    key = f"{member.name}{ENTRY}{found.key}" if found.key else member.name
                    if isinstance(found, Problem):
                        yield Problem(reason=f"{member.name}: {found.reason}", key=key)
                    else:
                        yield replace(found, key=key)
            except IndexingError as error:
                yield Problem(reason=f"{member.name} was not read: {error}", key=member.name)
        if none:
            raise ExtractionError(f"it holds no files of a kind that is read; read are {kinds.SUPPORTED}.")

    def _articles(
        self, source: Source, found: Iterator[Found], request: Request, embedder_id: str
    ) -> Iterator[tuple[Source, Article] | SourceFailure]:
        shown = printable(source.path)
        while True:
            try:
                one = next(found, None)
            except IndexingError as error:
                raise type(error)(f"{shown} was not read: {error}") from error
            if one is None:
                return
            entry = replace(source, entry=_short(one.key)) if one.key else source
            if isinstance(one, Problem):
                yield SourceFailure(path=entry.identity, reason=f"{shown}: {one.reason}")
                continue
            try:
                yield entry, self._article(entry, one, request, embedder_id)
            except IndexingError as error:
                if not one.key:
                    raise
                yield SourceFailure(path=entry.identity, reason=str(error))

    def _article(self, source: Source, document: Document, request: Request, embedder_id: str) -> Article:
        name = printable(source.path) + (f"{ENTRY}{source.entry}" if source.entry else "")
        found = finished(document, name=name)
        if len(found.text) > self._config.max_article_chars:
            raise TooLargeError(
                f"{name} holds {len(found.text):,} characters of text, more than the limit of"
                f" {self._config.max_article_chars:,}; split it or raise max_article_chars."
            )
        return article_of(found, path=source.identity, fetched=request.now, embedder_id=embedder_id)


def article_of(found: Extracted, *, path: str, fetched: datetime, embedder_id: str) -> Article:
    """Return the article with these fields that was read from `path`, with its identity and version."""
    return Article(
        id=article_id(url=found.url) if found.url else article_id(path=path),
        version=article_version(
            title=found.title,
            text=found.text,
            url=found.url,
            source=found.source,
            author=found.author,
            published=found.published,
            language=found.language,
            section=found.section,
            splitter_version=SPLITTER_VERSION,
            embedder_id=embedder_id,
        ),
        title=found.title,
        title_derived=found.title_derived,
        text=found.text,
        path=path,
        url=found.url,
        source=found.source,
        author=found.author,
        section=found.section,
        published=found.published,
        fetched=fetched,
        language=found.language,
    )


def _short(key: str) -> str:
    """Return a key as one clean line of sane length; what cleaning or cutting loses is kept as a hash."""
    line = " ".join(clean_text(key).split())
    return (
        line
        if line == key and len(key) <= _LONGEST_KEY
        else f"{line[:_LONGEST_KEY]}…{content_hash(key)[:12]}"
    )
