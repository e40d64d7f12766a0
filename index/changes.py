"""Changes to the catalog, each one transaction; the order of the steps is in `ingest.py`."""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .containers import FILE_FIELDS, Containers
from .errors import IndexCorruptError
from .history import History, end_hold, hold, keep_version
from .links import Links, link, unlink
from .records import VERSION_FIELDS, FileRecord, PassageRecord, pack_sentences, pack_vector, version_row
from .schema import FULLTEXT, RENEWED, Connection
from .types import Article

IndexTerms = Callable[[str, str | None], str]
"""A text and its language → its search terms, separated by spaces."""

_OF_VERSION = "article_id = ? AND version = ?"


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A version that readers do not see, with the passages of it that the vector store may hold."""

    article_id: str
    version: str
    state: str
    passage_ids: tuple[str, ...]


class Changes(Containers, History, Links):
    """What can be changed in a catalog, and what the ingest asks of it."""

    def __init__(self, path: Path, *, index_terms: IndexTerms, read_only: bool = False) -> None:
        """Open the catalog, made if it is missing. Raises a StoreError."""
        super().__init__(path, read_only=read_only)
        self._index_terms = index_terms
        self.terms_trouble: str | None = None
        """A sentence where the full-text search was found damaged, and searches go on without it."""

    def meta(self, key: str) -> str | None:
        """Return a fact about the whole collection, such as its embedding model's id."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Record facts about the whole collection."""
        with self.writing() as connection:
            _set_meta(connection, values)

    def current_version(self, article_id: str) -> str | None:
        """Return the version of an article that readers see, or None."""
        with self.reading() as connection:
            query = "SELECT current_version FROM articles WHERE id = ?"
            row = connection.execute(query, (article_id,)).fetchone()
        return row[0] if row else None

    def articles_with_version(self, version: str) -> list[str]:
        """Return the ids of the articles whose current content is `version`."""
        with self.reading() as connection:
            query = "SELECT id FROM articles WHERE current_version = ? ORDER BY added, id"
            return [row[0] for row in connection.execute(query, (version,))]

    def add_pending(self, article: Article, records: Sequence[PassageRecord]) -> None:
        """Write a version with its passages and vectors; readers do not see it yet."""
        with self.writing() as connection:
            marks = ",".join("?" * len(VERSION_FIELDS.split(",")))
            row = version_row(article, "pending")
            connection.execute(f"INSERT INTO versions ({VERSION_FIELDS}) VALUES ({marks})", row)
            for record in records:
                passage = record.passage
                cursor = connection.execute(
                    "INSERT INTO passages (id, article_id, version, number, start, end) VALUES (?,?,?,?,?,?)",
                    (passage.id, article.id, article.version, passage.number, passage.start, passage.end),
                )
                connection.execute(
                    "INSERT INTO embeddings (passage, vector, sentences) VALUES (?,?,?)",
                    (
                        cursor.lastrowid,
                        pack_vector(record.vector),
                        pack_sentences(record.spans, record.sentence_vectors),
                    ),
                )

    def publish(
        self,
        article_id: str,
        version: str,
        files: Iterable[FileRecord],
        *,
        replaces: str | None = None,
        restored: bool = False,
    ) -> list[Unfinished]:
        """Make a pending version the current one, and take the article `replaces` away with the same stroke.

        Returns the versions that readers no longer see. The former version goes into the history. Files
        for which the old version stood are forgotten, to be read again.
        """
        with self.writing() as connection:
            added = end_hold(connection, article_id, restored=restored)
            keep_version(connection, article_id, version)
            retired = _retire(connection, article_id)
            if replaces:
                retired += _replace(connection, replaces, article_id, version)
            connection.execute(
                "INSERT INTO articles (id, current_version, added) VALUES (?,?,?)"
                " ON CONFLICT (id) DO UPDATE SET current_version = excluded.current_version",
                (article_id, version, int(time.time()) if added is None else added),
            )
            connection.execute(
                f"UPDATE versions SET state = 'ready' WHERE {_OF_VERSION}", (article_id, version)
            )
            self._insert_terms(connection, article_id, version)
            link(connection, article_id)
            _save_files(connection, files)
            connection.execute("DELETE FROM dismissed WHERE article_id = ?", (article_id,))
            return retired

    def retire(
        self,
        article_id: str,
        files: Iterable[FileRecord] = (),
        *,
        hold_from: datetime | None = None,
        dismissed: bool = False,
    ) -> list[Unfinished]:
        """Take an article from its readers' sight and record `files`; returns its version, to be cleaned up.

        With `hold_from`, the time of its removal, it is held aside to be restored; otherwise its history
        goes with it. `dismissed` notes, with the same stroke, that no feed may bring it back.
        """
        with self.writing() as connection:
            if hold_from is not None:
                hold(connection, article_id, hold_from)
            else:
                connection.execute("DELETE FROM history WHERE article_id = ?", (article_id,))
            retired = _retire(connection, article_id)
            if retired and dismissed:
                connection.execute(
                    "INSERT OR REPLACE INTO dismissed (article_id, at) VALUES (?,?)",
                    (article_id, int(time.time())),
                )
            connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            _save_files(connection, files)
            return retired

    def discard(self, unfinished: Unfinished) -> None:
        """Delete a version that readers do not see."""
        with self.writing() as connection:
            connection.execute(
                f"DELETE FROM versions WHERE {_OF_VERSION} AND state != 'ready'",
                (unfinished.article_id, unfinished.version),
            )

    def unfinished(self) -> list[Unfinished]:
        """Return what an interrupted change left behind."""
        query = "SELECT article_id, version, state FROM versions WHERE state != 'ready'"
        with self.reading() as connection:
            return [_unfinished(connection, *row) for row in connection.execute(query).fetchall()]

    def file(self, path: str) -> FileRecord | None:
        """Return what is known of a file, or None."""
        with self.reading() as connection:
            query = f"SELECT {FILE_FIELDS} FROM files WHERE path = ?"
            row = connection.execute(query, (path,)).fetchone()
        return FileRecord(**dict(row)) if row else None

    def files(self) -> list[FileRecord]:
        """Return what is known of all files."""
        with self.reading() as connection:
            rows = connection.execute(f"SELECT {FILE_FIELDS} FROM files ORDER BY path")
            return [FileRecord(**dict(row)) for row in rows]

    def files_of(self, article_id: str) -> list[FileRecord]:
        """Return the files that stand for an article or for which it stands."""
        query = f"SELECT {FILE_FIELDS} FROM files WHERE article_id = ? ORDER BY path"
        with self.reading() as connection:
            return [FileRecord(**dict(row)) for row in connection.execute(query, (article_id,))]

    def save_files(self, files: Iterable[FileRecord]) -> None:
        """Record the state in which files were read."""
        with self.writing() as connection:
            _save_files(connection, files)

    def forget_file(self, path: str) -> None:
        """Forget a file; it is read when it is met again."""
        with self.writing() as connection:
            connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def rebuild_terms(self) -> None:
        """Build the full-text search again from the articles, also where it is damaged."""
        with self.writing() as connection:
            # A table whose index cannot be read cannot be dropped either, so that is emptied first.
            connection.execute("DELETE FROM fulltext_data")
            connection.execute("INSERT INTO fulltext_data (id, block) VALUES (1, x''), (10, zeroblob(7))")
            connection.execute("DROP TABLE fulltext")
            connection.execute(FULLTEXT)
            rows = connection.execute("SELECT id, current_version FROM articles").fetchall()
            for row in rows:
                self._insert_terms(connection, row["id"], row["current_version"])
        self.terms_trouble = None

    def terms_fault(self) -> str | None:
        """Say in a sentence what is wrong with the full-text search; None where it is whole. Raises StoreErrors."""
        current = "SELECT p.rowid FROM passages p JOIN articles a ON a.id = p.article_id AND a.current_version = p.version"
        try:
            with self.writing() as connection:  # the check has the form of a change, and changes nothing
                connection.execute("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')")
                wanted = {row[0] for row in connection.execute(current)}
                present = {row[0] for row in connection.execute("SELECT rowid FROM fulltext")}
        except IndexCorruptError:
            return "Its index is damaged."
        if wanted == present:
            return None
        return (
            f"It lacks {len(wanted - present)} passages and has {len(present - wanted)} that no article has."
        )

    def reconcile_terms(self) -> tuple[int, int]:
        """Make the full-text search hold the current passages and no others; returns (lacked, surplus)."""
        current = (
            "SELECT p.rowid, p.article_id, p.version FROM passages p"
            " JOIN articles a ON a.id = p.article_id AND a.current_version = p.version"
        )
        with self.writing() as connection:
            wanted = {row[0]: (row[1], row[2]) for row in connection.execute(current)}
            present = {row[0] for row in connection.execute("SELECT rowid FROM fulltext")}
            surplus = present - wanted.keys()
            broken = {wanted[rowid] for rowid in wanted.keys() - present}
            rows = surplus | {rowid for rowid, version in wanted.items() if version in broken}
            connection.executemany("DELETE FROM fulltext WHERE rowid = ?", [(rowid,) for rowid in rows])
            for article_id, version in sorted(broken):
                self._insert_terms(connection, article_id, version)
        return len(wanted.keys() - present), len(surplus)

    def _insert_terms(self, connection: Connection, article_id: str, version: str) -> None:
        key = (article_id, version)
        query = f"SELECT text, language FROM versions WHERE {_OF_VERSION}"
        text, language = connection.execute(query, key).fetchone()
        query = f"SELECT rowid, start, end FROM passages WHERE {_OF_VERSION}"
        for rowid, start, end in connection.execute(query, key).fetchall():
            terms = self._index_terms(text[start:end], language)
            connection.execute("INSERT INTO fulltext (rowid, terms) VALUES (?,?)", (rowid, terms))

    def vector_batches(self, size: int, *, renewed: bool = False) -> Iterator[tuple[list[str], list[bytes]]]:
        """Yield the ids and float32 vectors of all current passages; `renewed` ones come from a new model."""
        table = "renewed_embeddings" if renewed else "embeddings"
        query = (
            f"SELECT p.rowid, p.id, e.vector FROM passages p JOIN {table} e ON e.passage = p.rowid"
            " JOIN articles a ON a.id = p.article_id AND a.current_version = p.version"
            " WHERE p.rowid > ? ORDER BY p.rowid LIMIT ?"
        )
        last = 0
        while True:
            with self.reading() as connection:
                rows = connection.execute(query, (last, size)).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield [row[1] for row in rows], [row[2] for row in rows]

    def start_renewing(self) -> None:
        """Make room for vectors of another model beside the present ones."""
        with self.writing() as connection:
            connection.execute("DROP TABLE IF EXISTS renewed_embeddings")
            connection.execute(RENEWED)

    def add_renewed(self, records: Iterable[PassageRecord]) -> None:
        """Write vectors of another model; readers still see the present ones."""
        with self.writing() as connection:
            connection.executemany(
                "INSERT INTO renewed_embeddings (passage, vector, sentences)"
                " SELECT rowid, ?, ? FROM passages WHERE id = ?",
                [
                    (
                        pack_vector(record.vector),
                        pack_sentences(record.spans, record.sentence_vectors),
                        record.passage.id,
                    )
                    for record in records
                ],
            )

    def finish_rebuild(self, meta: Mapping[str, str], new_versions: Mapping[str, str] | None) -> None:
        """Record a rebuilt vector store; with `new_versions`, by article id, also put its model's vectors in force."""
        with self.writing() as connection:
            _set_meta(connection, meta)
            if new_versions is None:
                return
            connection.execute("DROP TABLE embeddings")
            connection.execute("ALTER TABLE renewed_embeddings RENAME TO embeddings")
            for article_id, version in new_versions.items():
                connection.execute(
                    "UPDATE versions SET version = ? WHERE article_id = ? AND state = 'ready'",
                    (version, article_id),
                )
                connection.execute(
                    "UPDATE articles SET current_version = ? WHERE id = ?", (version, article_id)
                )
            connection.execute("UPDATE passages SET id = article_id || ':' || version || ':' || number")


def _set_meta(connection: Connection, values: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT INTO meta (key, value) VALUES (?,?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )


def _replace(connection: Connection, replaced: str, article_id: str, version: str) -> list[Unfinished]:
    """Take away the article that a file held before; one that merely got its URL hands its history on."""
    query = (
        "SELECT v.url FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
        " WHERE a.id = ?"
    )
    row = connection.execute(query, (replaced,)).fetchone()
    if row is not None and row[0] is None:
        connection.execute("UPDATE history SET article_id = ? WHERE article_id = ?", (article_id, replaced))
        keep_version(connection, article_id, version, former=replaced)
    connection.execute("DELETE FROM history WHERE article_id = ?", (replaced,))
    retired = _retire(connection, replaced)
    connection.execute("DELETE FROM articles WHERE id = ?", (replaced,))
    return retired


def _retire(connection: Connection, article_id: str) -> list[Unfinished]:
    query = "SELECT current_version FROM articles WHERE id = ?"
    row = connection.execute(query, (article_id,)).fetchone()
    if row is None:
        return []
    key = (article_id, row[0])
    connection.execute(
        f"DELETE FROM fulltext WHERE rowid IN (SELECT rowid FROM passages WHERE {_OF_VERSION})", key
    )
    connection.execute(f"UPDATE versions SET state = 'retired', text = '' WHERE {_OF_VERSION}", key)
    connection.execute("DELETE FROM files WHERE article_id = ?", (article_id,))
    unlink(connection, article_id)
    return [_unfinished(connection, *key, "retired")]


def _unfinished(connection: Connection, article_id: str, version: str, state: str) -> Unfinished:
    query = f"SELECT id FROM passages WHERE {_OF_VERSION} ORDER BY number"
    ids = tuple(row[0] for row in connection.execute(query, (article_id, version)))
    return Unfinished(article_id=article_id, version=version, state=state, passage_ids=ids)


def _save_files(connection: Connection, files: Iterable[FileRecord]) -> None:
    connection.executemany(
        f"INSERT OR REPLACE INTO files ({FILE_FIELDS}) VALUES"
        " (:path, :article_id, :role, :mtime_ns, :size, :hash, :recipe, :seen_ns)",
        [vars(file) for file in files],
    )
