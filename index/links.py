"""Which articles are near-duplicates of which: found as they arrive, kept in the catalog.

A link depends on its two articles alone, so that removing or changing one leaves all others right.
What an addition costs depends on the articles that share a bucket, and of each bucket only the first
are looked at: it does not grow with the collection.
"""

# ruff: noqa: S608 - the SQL is put together from constants of ours; values are always parameters

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .duplicates import buckets, overlap, prints, shingles, signature
from .records import copy_from, unpack_signature
from .schema import Connection, Database
from .types import Copy

_MOST_COMPARED = 100
"""Most articles that an addition is compared with: of thousands of one form letter, it is linked to these."""
_MOST_PRINTS = 50
"""Most articles that are read to see whether they print a passage."""
_AT_ONCE = 200


class Links(Database):
    """The links between near-duplicates in a catalog."""

    def linked(self, article_ids: Iterable[str]) -> dict[str, set[str]]:
        """Return, for each of some articles, those of the others that are its near-duplicates."""
        wanted = sorted(set(article_ids))
        found: dict[str, set[str]] = {one: set() for one in wanted}
        with self.reading() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                query = f"SELECT article_id, other_id FROM links WHERE article_id IN ({marks})"
                for one, other in connection.execute(query, some):
                    if other in found:
                        found[one].add(other)
        return found

    def copies(self, article_id: str, part: str | None = None) -> list[Copy]:
        """Return the near-duplicates of an article, earliest first; with `part`, the ones that print it, too."""
        query = (
            "SELECT l.other_id, v.title, v.source, v.url, v.published_at, v.published_precision, v.text"
            " FROM links l JOIN articles a ON a.id = l.other_id"
            " JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
            " WHERE l.article_id = ? ORDER BY l.overlap DESC, l.other_id LIMIT ?"
        )
        with self.reading() as connection:
            rows = connection.execute(query, (article_id, _MOST_PRINTS)).fetchall()
        rows.sort(key=lambda row: (row["published_at"] is None, row["published_at"], row["other_id"]))
        return [copy_from(row) for row in rows if part is None or prints(row["text"], part)]

    def link_all(self) -> None:
        """Find all near-duplicates anew, from the texts."""
        with self.writing() as connection:
            for table in ("links", "buckets", "signatures"):
                connection.execute(f"DELETE FROM {table}")
            for (one,) in connection.execute("SELECT id FROM articles ORDER BY added, id").fetchall():
                link(connection, one)


def link(connection: Connection, article_id: str) -> None:
    """Link a current article with its near-duplicates."""
    ours = shingles(_text(connection, article_id))
    if not ours:
        return
    signed = signature(ours)
    keys = buckets(signed)
    for other in _candidates(connection, keys):
        alike = overlap(ours, shingles(_text(connection, other)))
        if alike is not None:
            connection.executemany(
                "INSERT OR REPLACE INTO links (article_id, other_id, overlap) VALUES (?,?,?)",
                [(article_id, other, alike), (other, article_id, alike)],
            )
    row = connection.execute(
        "INSERT INTO signatures (article_id, signature) VALUES (?,?)",
        (article_id, signed.astype("<u4").tobytes()),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO buckets (bucket, article) VALUES (?,?)", [(key, row.lastrowid) for key in keys]
    )


def unlink(connection: Connection, article_id: str) -> None:
    """Forget what an article is a near-duplicate of."""
    query = "SELECT article, signature FROM signatures WHERE article_id = ?"
    row = connection.execute(query, (article_id,)).fetchone()
    if row is None:
        return
    keys = buckets(unpack_signature(row["signature"]))
    connection.executemany(
        "DELETE FROM buckets WHERE bucket = ? AND article = ?", [(key, row["article"]) for key in keys]
    )
    connection.execute("DELETE FROM signatures WHERE article = ?", (row["article"],))
    others = connection.execute("SELECT other_id FROM links WHERE article_id = ?", (article_id,)).fetchall()
    connection.executemany(
        "DELETE FROM links WHERE article_id = ? AND other_id = ?",
        [pair for (other,) in others for pair in ((article_id, other), (other, article_id))],
    )


def _candidates(connection: Connection, keys: Sequence[int]) -> list[str]:
    """Return the articles that share buckets, those with most of them first."""
    met: Counter[int] = Counter()
    for key in keys:
        query = "SELECT article FROM buckets WHERE bucket = ? ORDER BY article LIMIT ?"
        met.update(row[0] for row in connection.execute(query, (key, _MOST_COMPARED)))
    best = sorted(met, key=lambda article: (-met[article], article))[:_MOST_COMPARED]
    query = "SELECT article_id FROM signatures WHERE article = ?"
    return [connection.execute(query, (article,)).fetchone()[0] for article in best]


def _text(connection: Connection, article_id: str) -> str:
    query = (
        "SELECT v.text FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.current_version"
        " WHERE a.id = ?"
    )
    return str(connection.execute(query, (article_id,)).fetchone()[0])
