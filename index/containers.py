"""Files that hold many articles, in the catalog: a record of the file, and a file record for each article in it."""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

from .records import ContainerRecord, FileRecord
from .schema import Database

ENTRY = "//"
"""Between the path of a file and the key of an article in it; no path holds it."""
FILE_FIELDS = "path, article_id, role, mtime_ns, size, hash, recipe, seen_ns"
_FIELDS = "path, entries, columns, mtime_ns, size, hash, recipe, seen_ns"


def file_of(identity: str) -> str:
    """Return the path of the file that an identity is of, or is in; a web address is one by itself."""
    if identity.startswith(("https://", "http://")):
        return identity
    return identity[:1] + identity[1:].partition(ENTRY)[0]


class Containers(Database):
    """What the catalog knows of files that hold many articles."""

    def container(self, path: str) -> ContainerRecord | None:
        """Return what is known of such a file, or None."""
        with self.reading() as connection:
            row = connection.execute(f"SELECT {_FIELDS} FROM containers WHERE path = ?", (path,)).fetchone()
        return ContainerRecord(**dict(row)) if row else None

    def containers(self) -> list[str]:
        """Return the paths of all such files."""
        with self.reading() as connection:
            return [row[0] for row in connection.execute("SELECT path FROM containers ORDER BY path")]

    def save_container(self, record: ContainerRecord) -> None:
        """Record the state in which such a file was read in full."""
        with self.writing() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO containers ({_FIELDS}) VALUES"
                " (:path, :entries, :columns, :mtime_ns, :size, :hash, :recipe, :seen_ns)",
                vars(record),
            )

    def forget_container(self, path: str) -> None:
        """Forget such a file; it is read when it is met again."""
        with self.writing() as connection:
            connection.execute("DELETE FROM containers WHERE path = ?", (path,))

    def entries_of(self, path: str) -> list[FileRecord]:
        """Return the records of the articles in a file."""
        query = f"SELECT {FILE_FIELDS} FROM files WHERE path >= ? AND path < ? ORDER BY path"
        first, after = path + ENTRY, path + ENTRY[:-1] + chr(ord(ENTRY[-1]) + 1)
        with self.reading() as connection:
            return [FileRecord(**dict(row)) for row in connection.execute(query, (first, after))]
