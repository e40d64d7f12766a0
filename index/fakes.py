"""Stand-ins for tests, ours and yours: quick, deterministic, without files or models."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from .addresses import parse_address
from .config import FetchConfig
from .embed import PassageEmbedding
from .errors import FetchError, ModelUnavailableError, StoreError, TooLargeError
from .fetch import Admission, Fetched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class HashEmbedder:
    """Embed texts as bags of letter trigrams: texts that share words are near each other."""

    def __init__(self, dimension: int = 128, name: str = "hash-trigrams-1") -> None:
        self._dimension = dimension
        self._name = name
        self.passages_embedded = 0
        """How many passages were embedded so far."""

    @property
    def id(self) -> str:
        """Name the model."""
        return self._name

    @property
    def dimension(self) -> int:
        """Count the numbers of a vector."""
        return self._dimension

    def warm_up(self) -> None:
        """Do nothing: there is nothing to load."""

    def embed_question(self, question: str) -> Vectors:
        """Embed a question. Returns shape (dimension,)."""
        return self._embed(question)

    def embed_passages(
        self, texts: Sequence[str], contexts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]]
    ) -> list[PassageEmbedding]:
        """Embed passages and their sentences, each behind its context."""
        import numpy as np

        self.passages_embedded += len(texts)
        embeddings = []
        for text, context, spans in zip(texts, contexts, sentences, strict=True):
            parts = [self._embed(context + text[start:end]) for start, end in spans]
            matrix = np.stack(parts) if parts else np.zeros((0, self._dimension), dtype=np.float32)
            embeddings.append(PassageEmbedding(vector=self._embed(context + text), sentence_vectors=matrix))
        return embeddings

    def _embed(self, text: str) -> Vectors:
        import numpy as np

        vector = np.zeros(self._dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            padded = f" {word} "
            for start in range(len(padded) - 2):
                code = zlib.crc32((self._name + padded[start : start + 3]).encode("utf-8", "surrogatepass"))
                vector[code % self._dimension] += 1.0 if code & 0x10000 else -1.0
        norm = float(np.linalg.norm(vector))
        if norm == 0.0:
            vector[0] = norm = 1.0
        return vector / np.float32(norm)


class InMemoryVectors:
    """A vector store in memory that compares with every vector. Safe for one thread."""

    def __init__(
        self,
        pointer: Callable[[], str] = lambda: "articles-1",
        stores: dict[str, dict[str, Vectors]] | None = None,
    ) -> None:
        self._pointer = pointer
        self._stores: dict[str, dict[str, Vectors]] = {} if stores is None else stores
        self._disabled: str | None = None

    @property
    def _vectors(self) -> dict[str, Vectors]:
        return self._stores.setdefault(self._pointer(), {})

    def exists(self) -> bool:
        """Tell whether anything was ever written."""
        return self._pointer() in self._stores

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Write vectors over those with the same ids."""
        self._vectors.update(zip(ids, vectors, strict=True))

    def query(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """Return up to `n` of the nearest ids with their cosine similarity, nearest first."""
        if self._disabled:
            raise StoreError(self._disabled)
        scored = [(one, float(other @ vector)) for one, other in self._vectors.items()]
        return sorted(scored, key=lambda pair: -pair[1])[: max(n, 0)]

    def delete(self, ids: Sequence[str]) -> None:
        """Delete vectors; unknown ids do no harm."""
        for one in ids:
            self._vectors.pop(one, None)

    def ids(self) -> list[str]:
        """Return all ids."""
        return list(self._vectors)

    def count(self) -> int:
        """Count the vectors."""
        return len(self._vectors)

    def close(self) -> None:
        """Do nothing: there are no files."""

    def start_over(self, name: str) -> InMemoryVectors:
        """Return an empty store under another name, beside this one."""
        self._stores[name] = {}
        return InMemoryVectors(lambda: name, self._stores)

    def switch(self, commit: Callable[[], None]) -> None:
        """Move to the store that the pointer names once `commit` has run, and delete all others."""
        commit()
        for name in [name for name in self._stores if name != self._pointer()]:
            del self._stores[name]

    def disable(self, reason: str | None) -> None:
        """Make queries fail with `reason`; None allows them again."""
        self._disabled = reason


class CannedWeb:
    """A web in memory, for `Index.open(fetcher=…)`: address → content; others do not exist."""

    def __init__(self, pages: Mapping[str, bytes | str], *, media_type: str = "text/html") -> None:
        """Serve `pages`; those that begin like XML or JSON as such, the others as `media_type`."""
        self.pages = dict(pages)
        """What is served; it may be changed at any time."""
        self.fetched: list[str] = []
        """The addresses asked for, in order."""
        self._media_type = media_type

    def fetch(
        self,
        url: str,
        *,
        types: Collection[str],
        limit: int,
        etag: str | None = None,
        last_modified: str | None = None,
        admit: Admission | None = None,
    ) -> Fetched:
        """Return what is at an address, its hash as its `etag`. Raises the errors that `Fetcher.fetch` does."""
        address = parse_address(url, FetchConfig())
        with admit(address) if admit else nullcontext():
            self.fetched.append(url)
            if url not in self.pages:
                raise FetchError(
                    f"{url} could not be read: there is nothing at this address (HTTP 404).", status=404
                )
            content = self.pages[url]
            body = content.encode() if isinstance(content, str) else content
            tag = f'"{zlib.crc32(body):08x}"'
            if tag == etag:
                return Fetched(url=url, unchanged=True, etag=tag)
            media_type = _media_type_of(body) or self._media_type
            if media_type not in types:
                raise FetchError(
                    f"{url} was not read: it is {media_type}, which is not of the kind expected here."
                )
            if len(body) > limit:
                raise TooLargeError(f"{url} was not read: it is larger than the limit of {limit:,} bytes.")
            return Fetched(url=url, content=body, media_type=media_type, etag=tag)


def _media_type_of(body: bytes) -> str | None:
    if body.lstrip().startswith(b"{"):
        return "application/json"
    return "application/xml" if re.match(rb"\s*<(?:\?xml|rss|feed|opml|urlset)\b", body) else None


class WordReader:
    """Score sentences by the words they share with the question; or fail, where `failure` says why."""

    def __init__(self, failure: str | None = None) -> None:
        self.failure = failure
        self.passages_read = 0
        """How many passages were read so far."""

    def warm_up(self) -> None:
        """Load nothing. Raises ModelUnavailableError where `failure` says why."""
        if self.failure:
            raise ModelUnavailableError(self.failure)

    def read(
        self, question: str, passages: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    ) -> list[list[float]]:
        """Return the score of every sentence. Raises ModelUnavailableError."""
        self.warm_up()
        self.passages_read += len(passages)
        asked = set(re.findall(r"\w+", question.lower()))
        return [[self._score(asked, text[start:end]) for start, end in spans] for text, spans in passages]

    def _score(self, asked: set[str], sentence: str) -> float:
        return sum(word in asked for word in re.findall(r"\w+", sentence.lower())) - 2.0
