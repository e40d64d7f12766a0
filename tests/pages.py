"""What the tests of the page share: a small library in memory, and an assistant that answers from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from assistant import (
    Answer,
    Citation,
    Done,
    Draft,
    Event,
    Finding,
    Problem,
    Retrieved,
    Sentence,
    Status,
    Style,
    Support,
    Token,
    Turn,
)
from index import (
    Article,
    ArticleFilter,
    ArticlePage,
    ArticleSummary,
    ArticleTally,
    ArticleVersion,
    Feed,
    Following,
    Hit,
    IndexStatus,
    IngestReport,
    Moment,
    Passage,
    Precision,
    ProgressCallback,
    Published,
    RefreshReport,
    SourceFailure,
    VersionDiff,
    Via,
)

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


def fits(one: Article | Citation, wanted: ArticleFilter | None) -> bool:
    """Tell whether an article, or what is cited of one, is of an outlet and a language of a filter."""
    return wanted is None or all(
        not chosen or (value or "") in chosen
        for value, chosen in ((one.source, wanted.sources), (one.language, wanted.languages))
    )


def _passage(one: Article) -> Passage:
    return Passage(
        id=f"{one.id}:1:0",
        article_id=one.id,
        version="1",
        number=0,
        start=0,
        end=len(one.text),
        text=one.text,
    )


def _summary(one: Article) -> ArticleSummary:
    return ArticleSummary(
        id=one.id,
        version=one.version,
        title=one.title,
        path=one.path,
        url=one.url,
        source=one.source,
        author=one.author,
        published=one.published,
        language=one.language,
        section=one.section,
        added=datetime(2018, 1, 2, tzinfo=UTC),
        passages=1,
        characters=len(one.text),
    )


def _hit(one: Article, rank: int) -> Hit:
    return Hit(
        passage=_passage(one),
        article=one,
        score=1 / rank,
        rank=rank,
        via=Via.BOTH,
        similarity=0.8,
        coverage=0.5,
    )


FEED = Feed(
    id=1,
    url="http://news.example/feed",
    title="Northgate Wire",
    added=datetime(2026, 5, 6, tzinfo=UTC),
    tried=datetime(2026, 5, 6, 12, 5, tzinfo=UTC),
    read=datetime(2026, 5, 6, 12, 5, tzinfo=UTC),
    wait=900,
    not_before=None,
    failures=0,
    error=None,
    gone=False,
    new_articles=2,
    etag=None,
    last_modified=None,
    articles=7,
)


@dataclass
class FakeFeeds:
    """Feeds that are only listed."""

    feeds: list[Feed] = field(default_factory=list)

    def all(self) -> list[Feed]:
        return self.feeds

    def articles(self, feed: Feed) -> list[str]:
        return []

    def add(self, targets: Iterable[str | Path], **_: object) -> Following:
        raise NotImplementedError

    def remove(self, targets: Iterable[str], **_: object) -> tuple[Sequence[Feed], Sequence[SourceFailure]]:
        raise NotImplementedError

    def refresh(self, targets: Iterable[str] | None = None, **_: object) -> RefreshReport:
        raise NotImplementedError


@dataclass
class FakeLibrary:
    """A library of the articles given."""

    shelf: tuple[Article, ...] = (LIGHTHOUSE, PHARE, MANARA, HOSTILE)
    degraded: str | None = None
    loaded: threading.Event = field(default_factory=threading.Event)
    slow: bool = False
    feeds: FakeFeeds = field(default_factory=FakeFeeds)
    can_restore: bool = True

    def article(self, article_id: str) -> Article | None:
        return next((one for one in self.shelf if one.id == article_id), None)

    def list_articles(self) -> Sequence[Article]:
        return self.shelf

    def page(self, wanted: ArticleFilter | None = None, **_: object) -> ArticlePage:
        fitting = [one for one in self.shelf if fits(one, wanted)]
        return ArticlePage(articles=tuple(map(_summary, fitting)), total=len(fitting))

    def tally(self, wanted: ArticleFilter | None = None) -> ArticleTally:
        fitting = [one for one in self.shelf if fits(one, wanted)]
        return ArticleTally(
            articles=len(fitting),
            sources={one.source or "": 1 for one in fitting},
            languages={one.language or "": 1 for one in fitting},
            feeds={},
            published={(date(2017, 12, 1), Precision.MONTH): len(fitting)},
            undated=0,
        )

    def passages(self, article_id: str) -> Sequence[Passage]:
        return [_passage(one) for one in self.shelf if one.id == article_id]

    def moment(self) -> Moment:
        return Moment(added=1_514_851_200, changes=0, passages=0)

    def versions(self, article_id: str) -> Sequence[ArticleVersion]:
        return []

    def diff(self, article_id: str, old: int | None = None, new: int | None = None) -> VersionDiff | None:
        return None

    def add(self, paths: Iterable[Path | str], **_: object) -> IngestReport:
        raise NotImplementedError

    def restore(self, ids: Iterable[str]) -> IngestReport:
        raise NotImplementedError

    def remove(self, ids: Iterable[str]) -> IngestReport:
        gone = set(ids)
        self.shelf = tuple(one for one in self.shelf if one.id not in gone)
        return IngestReport(removed=tuple(gone))

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

    def rebuild(self, progress: ProgressCallback | None = None) -> int:
        raise NotImplementedError


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


MODEL = "keeper-7b"
TRAP = (
    "<img src=https://evil.example/m.png onerror=alert(21)> ![m](https://evil.example/m2.png) "
    "[m](javascript:alert(22)) <script>alert(23)</script> **bold** https://evil.example/auto &lt;b&gt;"
)


@dataclass
class FakeAssistant:
    """Answer by the first known word in a question; anything else is not in the articles.

    With a `model_name`, questions about the keeper are answered by a model that makes things up.
    """

    library: FakeLibrary
    failure: Exception | None = None
    model_name: str | None = None
    pace: float = 0.0
    """Seconds before each event."""
    endless: bool = False
    """Go on drafting for ever after the first piece of the answer."""
    go_on: threading.Event = field(default_factory=threading.Event)
    """While `held`, nothing comes after the first draft before this is set."""
    held: bool = False
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    filters: list[ArticleFilter | None] = field(default_factory=list)
    """Those under which it was asked."""
    tried: int = 0
    closed: int = 0

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: ArticleFilter | None = None,
        *,
        style: Style = Style.NORMAL,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        self.styles.append(style)
        self.filters.append(within)
        try:
            if self.failure:
                raise self.failure
            for event in self._events(question, bool(history)):
                if within and isinstance(event, Done):
                    event = Done(answer=narrowed(event.answer, within))
                time.sleep(self.pace)
                yield event
                if isinstance(event, Draft) and self.held:
                    self.go_on.wait(30)
        finally:
            self.closed += 1

    def skim(self, question: str, within: ArticleFilter | None = None) -> Answer:
        for event in self.stream(question, (), within):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream always ends with Done")

    def try_model(self) -> None:
        self.tried += 1
        time.sleep(self.pace)
        if self.failure:
            raise self.failure

    def _events(self, question: str, follow_up: bool) -> Iterator[Event]:
        answer = make_answer(self.library, question)
        if self.model_name and "keeper" in question:
            answer = written_answer(self.library, question, self.model_name)
        if self.model_name and "obey" in question:
            answer = obedient_answer(self.library, question)
        if follow_up and question.startswith("and "):
            answer = replace(answer, standalone=f"{question[4:-1]} of Skerrow?")
        yield Retrieved(hits=answer.hits, standalone=answer.standalone)
        for number, word in enumerate(answer.text.split(" ")):
            if answer.model:
                yield Draft(text=f"Draft of {word}")
            yield Token(text=word + " ")
            while self.endless and number == 3:
                yield Draft(text="and on and on")
        yield Done(answer=answer)


def narrowed(answer: Answer, within: ArticleFilter) -> Answer:
    """Leave in an answer only what is cited of articles that fit a filter."""
    citations = [one for one in answer.citations if fits(one, within)]
    hits = tuple(hit for hit in answer.hits if fits(hit.article, within))
    if not citations:
        return replace(
            make_answer(FakeLibrary(()), "nothing"), question=answer.question, hits=hits, within=within
        )
    numbers = {one.number: place for place, one in enumerate(citations, 1)}
    sentences = [
        replace(one, citations=tuple(numbers[number] for number in one.citations if number in numbers))
        for one in answer.sentences
        if numbers.keys() & set(one.citations)
    ]
    return replace(
        answer,
        citations=tuple(replace(one, number=numbers[one.number]) for one in citations),
        sentences=tuple(sentences),
        text=" ".join(one.text for one in sentences),
        hits=hits,
        within=within,
    )


def written_answer(library: FakeLibrary, question: str, model: str = MODEL) -> Answer:
    """Make an answer with a sound sentence, a weak one, a replaced one and a struck one."""
    quoted = make_answer(library, "lighthouse")
    lamp, guard = quoted.citations
    again = replace(
        lamp, number=3, quote="It cost forty thousand crowns.", start=lamp.end - 30, support=Support.WEAK
    )
    assert LIGHTHOUSE.text[again.start : again.end] == again.quote
    sentences = (
        Sentence(text="The lamp of the lighthouse had cracked, and it was lit again.", citations=(1, 2)),
        Sentence(
            text="The repair cost 43,000 crowns.",
            citations=(3,),
            support=Support.WEAK,
            findings=(Finding(problem=Problem.NUMBER, detail="43,000"),),
        ),
        Sentence(
            text=f"“{guard.quote}”",
            citations=(2,),
            findings=(Finding(problem=Problem.NAME, detail="Admiral Brandt"),),
            replaced="Admiral Brandt himself lit it again on Tuesday.",
        ),
        Sentence(
            text="Some 330 guests were rescued from the tower.",
            support=Support.UNSUPPORTED,
            findings=(
                Finding(problem=Problem.NUMBER, detail="330"),
                Finding(problem=Problem.MEANING),
            ),
            struck=True,
        ),
    )
    text = " ".join(
        one.text + "".join(f" [{number}]" for number in one.citations) for one in sentences if not one.struck
    )
    return replace(
        quoted,
        question=question,
        status=Status.ANSWERED,
        text=text,
        sentences=sentences,
        citations=(lamp, guard, again),
        model=model,
    )


def obedient_answer(library: FakeLibrary, question: str) -> Answer:
    """Make an answer in which everything that a model or an article can write is a trap."""
    sound = written_answer(library, question)
    trapped = tuple(
        replace(
            one,
            text=f"{one.text} {TRAP}",
            replaced=one.replaced and f"{one.replaced} {TRAP}\n\n# {TRAP}",
            findings=tuple(replace(finding, detail=TRAP) for finding in one.findings),
        )
        for one in sound.sentences
    )
    return replace(
        sound,
        text=" ".join(one.text for one in trapped),
        sentences=trapped,
        standalone=TRAP,
        model=TRAP,
        warnings=(TRAP,),
    )


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
