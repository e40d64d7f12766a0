"""Sentences ↔ citations: every citation is an exact span of an article, numbered as it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index import Copy, Hit, Index, find_correction, prints

from .phrases import lead_in, phrases_for
from .questions import Measure
from .quote import Candidate
from .types import Answer, Citation, Finding, Sentence, Status, Support

_GAP = 3
"""Most characters between two sentences that are quoted as one: blanks and a line end."""
_SHORTEST = 12
"""Fewer characters than this are not worth a quote of their own."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a hit's article: `article.text[start:end]`."""

    hit: Hit
    start: int
    end: int


class AnswerBuilder:
    """Put an answer together, sentence by sentence; numbers never change once they are given."""

    def __init__(self, index: Index, question: str, language: str | None) -> None:
        self._index = index
        self._question = question
        self.language, self._phrases = phrases_for(language)
        self._citations: list[Citation] = []
        self._sentences: list[Sentence] = []
        self._text = ""
        self._texts: dict[str, str] = {}

    @property
    def text(self) -> str:
        """The answer so far: its sentences with their markers."""
        return self._text

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences so far."""
        return tuple(self._sentences)

    def uncited(self, span: Span) -> Span | None:
        """Return the longest stretch of a span that is not cited yet; None where hardly a word is left."""
        text, left = self._whole(span), [(span.start, span.end)]
        for one in self._citations:
            if one.article_id == span.hit.article.id:
                left = [piece for start, end in left for piece in _without(start, end, one.start, one.end)]
        trimmed = [_trimmed(text, start, end) for start, end in left]
        start, end = max(trimmed, key=lambda piece: piece[1] - piece[0], default=(0, 0))
        return replace(span, start=start, end=end) if end - start >= _SHORTEST else None

    def quote(self, span: Span, *, findings: tuple[Finding, ...] = (), replaced: str | None = None) -> str:
        """Add the words of a span, with who says them and when; returns what this adds to the text."""
        article = span.hit.article
        said = lead_in(self._phrases, self.language, article.source, article.published)
        opening, closing = self._phrases.quotes
        words = " ".join(self._words(span).split())
        return self.add(
            Sentence(text=f"{said} {opening}{words}{closing}", findings=findings, replaced=replaced),
            [span],
            paragraph=True,
        )

    def add(self, sentence: Sentence, spans: Sequence[Span], *, paragraph: bool = False) -> str:
        """Add a sentence that rests on spans; returns what this adds to the text, markers included."""
        numbers = tuple(dict.fromkeys(self._number(span, sentence.support) for span in spans))
        sentence = replace(sentence, citations=numbers)
        self._sentences.append(sentence)
        joint = "" if not self._text else "\n\n" if paragraph else " "
        markers = "".join(f" [{number}]" for number in numbers)
        added = f"{joint}{sentence.text}{markers}"
        self._text += added
        return added

    def answer(
        self,
        status: Status,
        hits: tuple[Hit, ...],
        *,
        confidence: float,
        warnings: tuple[str, ...] = (),
        model: str | None = None,
    ) -> Answer:
        """Return the answer as it stands."""
        return Answer(
            question=self._question,
            status=status,
            text=self._text,
            language=self.language,
            sentences=tuple(self._sentences),
            citations=tuple(self._citations),
            hits=hits,
            confidence=confidence,
            warnings=warnings,
            model=model,
        )

    def _number(self, span: Span, support: Support) -> int:
        """Return the number of a span: that of an earlier citation of the same words, or a new one."""
        for place, known in enumerate(self._citations):
            if self._says(known, span):
                if support is Support.SUPPORTED:
                    self._citations[place] = replace(known, support=support)
                return known.number
        article = span.hit.article
        number = len(self._citations) + 1
        self._citations.append(
            Citation(
                number=number,
                passage_id=span.hit.passage.id,
                article_id=article.id,
                title=article.title,
                source=article.source,
                url=article.url,
                published=article.published,
                language=article.language,
                quote=self._words(span),
                start=span.start,
                end=span.end,
                support=support,
                also=self._also(span),
                correction=find_correction(self._whole(span), article.published),
            )
        )
        return number

    def _says(self, known: Citation, span: Span) -> bool:
        """Tell whether a citation holds a span's words, in its article or in a copy of it."""
        if known.article_id == span.hit.article.id:
            return known.start <= span.start and span.end <= known.end
        copies = {copy.article_id for copy in known.also}
        return span.hit.article.id in copies and self._words(span) in known.quote

    def _also(self, span: Span) -> tuple[Copy, ...]:
        """Return the copies of a span's article, or of its passage alone, that print the span's very words."""
        words, hit = self._words(span), span.hit
        also = {copy.article_id: copy for copy in self._index.copies(hit.article.id, words)}
        for copy in hit.duplicates:
            article = self._index.article(copy.article_id) if copy.article_id not in also else None
            if article is not None and prints(article.text, words):
                also[copy.article_id] = copy
        return tuple(also.values())

    def _words(self, span: Span) -> str:
        return self._whole(span)[span.start : span.end]

    def _whole(self, span: Span) -> str:
        article = span.hit.article
        if article.id not in self._texts:
            self._texts[article.id] = full_text(self._index, span.hit)
        return self._texts[article.id]


def cited_answer(
    index: Index,
    question: str,
    language: str | None,
    hits: tuple[Hit, ...],
    chosen: Sequence[Candidate],
    confidence: float,
    status: Status,
    warnings: tuple[str, ...],
) -> Answer:
    """Make an answer of chosen sentences: who says it and when, the words, and a citation each."""
    builder = AnswerBuilder(index, question, language)
    for span in joined_spans(chosen):
        builder.quote(span)
    return builder.answer(status, hits, confidence=confidence, warnings=warnings)


def no_evidence_answer(
    question: str,
    language: str | None,
    hits: tuple[Hit, ...],
    confidence: float,
    warnings: tuple[str, ...],
    missing: Sequence[str] = (),
    lacks: Measure | None = None,
    model: str | None = None,
    fitting: int | None = None,
) -> Answer:
    """Say in the question's language that the articles hold no answer, and what they do not mention.

    The hits are what is near; `fitting` is the number of articles that fit the filter, if there is one.
    """
    spoken, phrases = phrases_for(language)
    opening, closing = phrases.quotes
    named = ", ".join(f"{opening}{name}{closing}" for name in missing)
    said = [
        phrases.no_evidence if fitting is None else phrases.none_within.format(count=f"{fitting:,}"),
        phrases.not_mentioned.format(names=named) if missing else "",
        phrases.not_given[lacks] if lacks and not missing else "",
        phrases.nearest,
    ]
    nothing = phrases.empty_collection if fitting is None else phrases.nothing_fits
    text = " ".join(filter(None, said)) if hits else nothing
    return Answer(
        question=question,
        status=Status.NO_EVIDENCE,
        text=text,
        language=spoken,
        sentences=(Sentence(text=text),),
        hits=hits,
        confidence=confidence,
        warnings=warnings,
        model=model,
    )


def joined_spans(chosen: Sequence[Candidate]) -> list[Span]:
    """Join chosen sentences that follow each other in an article; keep the order of the best of each.

    A heading stays by itself: it would run into the sentence below it.
    """
    spans: list[Span] = []
    headings: set[int] = set()
    for candidate in chosen:
        hit, start, end = candidate.hit, candidate.sentence.start, candidate.sentence.end
        for number, other in enumerate(spans):
            if other.hit.article.id != hit.article.id or candidate.is_heading or number in headings:
                continue
            if 0 <= start - other.end <= _GAP or 0 <= other.start - end <= _GAP:
                spans[number] = Span(hit=other.hit, start=min(other.start, start), end=max(other.end, end))
                break
        else:
            if candidate.is_heading:
                headings.add(len(spans))
            spans.append(Span(hit=hit, start=start, end=end))
    return spans


def _without(start: int, end: int, cut_start: int, cut_end: int) -> list[tuple[int, int]]:
    """Return what is left of a stretch when another is cut out of it."""
    if cut_end <= start or end <= cut_start:
        return [(start, end)]
    return [piece for piece in ((start, cut_start), (cut_end, end)) if piece[0] < piece[1]]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the blanks around it."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())


def full_text(index: Index, hit: Hit) -> str:
    """Return the whole text of a hit's article."""
    if hit.article.text:
        return hit.article.text
    article = index.article(hit.article.id)
    return article.text if article else ""
