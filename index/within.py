"""The passages of the articles that a filter leaves, for a search that looks at no others.

The catalog knows what an article is (outlet, language, date, feeds); Chroma knows nothing of it, and
need not: where few passages are left, all their vectors are compared; where many are, Chroma gives so
many of the nearest that enough of them are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from .listing import CURRENT, PASSAGES, ArticleFilter, conditions
from .records import unpack_vectors
from .schema import Connection
from .types import Copy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .catalog import Catalog
    from .vectors import VectorStore

    Vector = NDArray[np.float32]

COMPARED = 10_000
"""Most passages whose vectors are all compared; of more, Chroma finds the nearest in less time."""
_SPARE = 2
"""Times as many are asked of Chroma as would do if those left were spread evenly."""
_MOST_PARAMETERS = 500
_BLOCK = 2_000
_PASSAGES = f"{CURRENT} CROSS JOIN {PASSAGES}"


class Within:
    """The passages that a search may find: those of the articles that fit a filter."""

    def __init__(self, catalog: Catalog, wanted: ArticleFilter) -> None:
        self._catalog = catalog
        self._wanted = wanted

    def match(self, expression: str, limit: int) -> list[tuple[int, float]]:
        """Return (rowid, BM25) of the passages that an FTS5 expression finds; higher is better."""
        return self._catalog.match(expression, limit, self._wanted)

    def nearest(self, vector: Vector, n: int, vectors: VectorStore) -> dict[str, float]:
        """Return the cosines of the `n` nearest passages, nearest first. Raises a StoreError."""
        count = self.count()
        if count > COMPARED:
            found = self._by_store(vector, n, vectors, count)
            if found is not None:
                return found
        return self._by_comparison(vector, n)

    def count(self) -> int:
        """Count the passages."""
        with self._catalog.reading() as connection:
            where, values = conditions(connection, self._wanted)
            return int(connection.execute(f"SELECT count(*) {_PASSAGES} {where}", values).fetchone()[0])

    def linked(self, article_ids: Iterable[str]) -> Mapping[str, set[str]]:
        """Return, for each of some articles, those of the others that are its near-duplicates."""
        return self._catalog.linked(article_ids)

    def copies(self, article_id: str, part: str | None = None) -> list[Copy]:
        """Return the near-duplicates of an article that print `part` and fit the filter, too."""
        copies = self._catalog.copies(article_id, part)
        inside = self.fitting([copy.article_id for copy in copies])
        return [copy for copy in copies if copy.article_id in inside]

    def fitting(self, article_ids: Iterable[str]) -> set[str]:
        """Return which of some articles fit the filter."""
        return self._among(article_ids, "a.id", CURRENT)

    def _among(self, ids: Iterable[str], column: str, tables: str) -> set[str]:
        known, found = list(ids), set()
        with self._catalog.reading() as connection:
            where, values = conditions(connection, self._wanted)
            for start in range(0, len(known), _MOST_PARAMETERS):
                some = known[start : start + _MOST_PARAMETERS]
                also = f"{column} IN ({','.join('?' * len(some))})"
                query = f"SELECT {column} {tables} {where} {'AND' if where else 'WHERE'} {also}"
                found |= {row[0] for row in connection.execute(query, [*values, *some])}
        return found

    def _by_store(self, vector: Vector, n: int, vectors: VectorStore, count: int) -> dict[str, float] | None:
        """Return the nearest as the vector store finds them; None where that takes too many of all."""
        total = self._catalog.passage_count()
        asked = _SPARE * n * total // count
        while asked < total // 2:
            found = dict(vectors.query(vector, asked))
            left = self._among(found, "p.id", f"{CURRENT} JOIN {PASSAGES}")
            if len(left) >= n:
                return dict([pair for pair in found.items() if pair[0] in left][:n])
            asked *= 4
        return None

    def _by_comparison(self, vector: Vector, n: int) -> dict[str, float]:
        """Return the nearest of all, by comparing each."""
        import numpy as np

        ids: list[str] = []
        blocks = [np.zeros(0, dtype=np.float32)]
        with self._catalog.reading() as connection:
            for some, matrix in self._blocks(connection):
                ids += some
                blocks.append(matrix @ vector)
        similar = np.concatenate(blocks)
        nearest = np.argsort(-similar, kind="stable")[:n]
        return {ids[place]: float(similar[place]) for place in nearest}

    def _blocks(self, connection: Connection) -> Iterator[tuple[list[str], Vector]]:
        where, values = conditions(connection, self._wanted)
        query = f"SELECT p.id, e.vector {_PASSAGES} JOIN embeddings e ON e.passage = p.rowid {where}"
        rows = connection.execute(query, values)
        while block := rows.fetchmany(_BLOCK):
            yield [row[0] for row in block], unpack_vectors([row[1] for row in block])
