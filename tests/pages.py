"""What the tests of the page share: a small library in memory, and an assistant that quotes from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from assistant import Answer, Citation, Done, Event, Retrieved, Sentence, Status, Token, Turn
from index import Article, Hit, IndexStatus, Passage, Precision, Published, Via

FILLER = "Nothing else was said about it that day, and the evening papers went to print without a word more. "


def article(name: str, title: str, text: str, language: str | None = "en", **known: object) -> Article:
    """Make an article that was published in December 2017."""
    facts: dict[str, object] = {
        "source": "The Harbour Ledger",
        "url": f"https://ledger.example/{name}",
        "path": f"news/{name}.txt",
        "published": Published(at=datetime(2017, 12, 1, tzinfo=UTC), precision=Precision.MONTH),
        **known,
    }
    return Article(id=name, version="1", title=title, text=text, language=language, **facts)  # type: ignore[arg-type]


LIGHTHOUSE = article(
    "lighthouse",
    "The lighthouse of Skerrow is lit again",
    FILLER * 5
    + "The lighthouse was repaired because its lamp had cracked.\n\nIt cost forty thousand crowns. "
    + FILLER * 5,
)
PHARE = article(
    "phare",
    "Le phare rallumé",
    FILLER * 3 + "Le phare a été rallumé mardi soir par le vieux gardien.\n" + FILLER * 3,
    "fr",
    source="Le Courrier",
    url=None,
)
MANARA = article(
    "manara", "المنارة القديمة", "أضيئت المنارة القديمة مساء الثلاثاء. " * 8, "ar", source="الميناء"
)
HOSTILE = article(
    "hostile",
    "<img src=x onerror=alert(1)>",
    "![pixel](https://evil.example/pixel.png) <script>alert(2)</script> The vault holds [1] secret "
    "<img src=https://evil.example/a.png onerror=alert(3)> ${alert(4)} {{alert(5)}} "
    "[click](https://evil.example/) <https://evil.example/b> $$\\href{https://evil.example}{x}$$ for all to read.",
    source="<b>Evil</b> & Co",
    url="javascript:alert(6)",
)


def _hit(one: Article, rank: int) -> Hit:
    passage = Passage(
        id=f"{one.id}:1:0",
        article_id=one.id,
        version="1",
        number=0,
        start=0,
        end=len(one.text),
        text=one.text,
    )
    return Hit(
        passage=passage, article=one, score=1 / rank, rank=rank, via=Via.BOTH, similarity=0.8, coverage=0.5
    )


@dataclass
class FakeLibrary:
    """A library of the articles given."""

    shelf: tuple[Article, ...] = (LIGHTHOUSE, PHARE, MANARA, HOSTILE)
    degraded: str | None = None
    loaded: threading.Event = field(default_factory=threading.Event)
    slow: bool = False

    def article(self, article_id: str) -> Article | None:
        return next((one for one in self.shelf if one.id == article_id), None)

    def list_articles(self) -> Sequence[Article]:
        return self.shelf

    def status(self) -> IndexStatus:
        languages = {one.language or "?": 1 for one in self.shelf}
        return IndexStatus(
            data_dir="/nowhere",
            articles=len(self.shelf),
            passages=3 * len(self.shelf),
            embedding_model="fake-model-1",
            languages=languages,
            sources={},
            degraded=self.degraded,
        )

    def warm_up(self) -> None:
        if self.slow:
            self.loaded.wait(30)

    def check_health(self) -> None:
        pass


QUOTES = {
    "lighthouse": (
        (
            "lighthouse",
            "The lighthouse was repaired because its lamp had cracked.\n\nIt cost forty thousand crowns.",
        ),
        ("phare", "Le phare a été rallumé mardi soir par le vieux gardien."),
    ),
    "phare": (("phare", "Le phare a été rallumé mardi soir par le vieux gardien."),),
    "منارة": (("manara", "أضيئت المنارة القديمة مساء الثلاثاء."),),
    "vault": (("hostile", HOSTILE.text),),
}


@dataclass
class FakeAssistant:
    """Answer by the first known word in a question; anything else is not in the articles."""

    library: FakeLibrary
    failure: Exception | None = None
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    closed: int = 0

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        try:
            if self.failure:
                raise self.failure
            answer = make_answer(self.library, question)
            yield Retrieved(hits=answer.hits)
            for word in answer.text.split(" "):
                yield Token(text=word + " ")
            yield Done(answer=answer)
        finally:
            self.closed += 1


def make_answer(library: FakeLibrary, question: str) -> Answer:
    """Quote what QUOTES has for a word of the question."""
    hits = tuple(_hit(one, rank) for rank, one in enumerate(library.shelf, 1))
    quotes = next((found for word, found in QUOTES.items() if word in question.lower()), ())
    if not quotes:
        text = "The articles do not answer this question."
        return Answer(
            question=question,
            status=Status.NO_EVIDENCE,
            text=text,
            language="en",
            sentences=(Sentence(text=text),),
            hits=hits,
        )
    citations, sentences = [], []
    for number, (name, quote) in enumerate(quotes, 1):
        one = library.article(name)
        assert one is not None
        start = one.text.index(quote)
        citations.append(
            Citation(
                number=number,
                passage_id=f"{name}:1:0",
                article_id=name,
                title=one.title,
                source=one.source,
                url=one.url,
                published=one.published,
                language=one.language,
                quote=quote,
                start=start,
                end=start + len(quote),
            )
        )
        sentences.append(
            Sentence(
                text=f"According to {one.source} (December 2017): “{' '.join(quote.split())}”",
                citations=(number,),
            )
        )
    return Answer(
        question=question,
        status=Status.QUOTED,
        text="\n\n".join(f"{sentence.text} [{number}]" for number, sentence in enumerate(sentences, 1)),
        language="en",
        sentences=tuple(sentences),
        citations=tuple(citations),
        hits=hits,
        confidence=0.9,
    )
