"""Follow-ups completed from the history: "and when did he arrive?" → "… (Vladimir Putin visiting Ankara)".

By rules, which need no model, or by a language model whose result is checked. The rules keep the
question as it is and add what it leans on: where it asks something of its own, the topic of the last
question that stood on its own and the names since; where it only names something else ("what about
Iran?"), that question with the one put in the place of the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from index import detect_language, fold

from .dependence import Lean, Reading, mentions_again, read, split_words
from .facts.aliases import calendar_words
from .facts.entities import Mentions, names_in
from .phrases import PHRASES
from .prompts import REWRITE_SYSTEM, REWRITE_USER
from .references import CHINESE_ASKS, CHINESE_EMPTY, CHINESE_REFERS, TURKISH_ASKS
from .types import Turn

TURNS = 5
"""Turns looked at; older ones matter little."""
MOST_ADDED = 300
"""Most characters that are added to a question."""
LONGEST_FOLLOW_UP = 500
"""A question of more characters stands on its own."""
_QUESTION_READ = 400
_ANSWER_READ = 1_200
_ROOM = MOST_ADDED - 3
_LONGEST_PART = 150
_LONGEST_ACRONYM = 5
_LONGEST_NAME = 40
_ANSWER_NAMES = 2
_TURNS_SHOWN = 3
_ANSWER_SHOWN = 300
_STEM = 4
_KEPT = 0.5
"""Least share of the question's words of substance that a model must keep."""
_TOLD = 0.5
"""Least share of a model's words of substance that the conversation must hold."""
_TELLING_WORDS = 4
"""Words from which the language of a question is sure enough to be demanded."""
_LABEL = re.compile(
    r"^(?:the )?(?:last |rewritten |standalone )?question(?:, rewritten)?\s*:\s*", re.IGNORECASE
)
_PAIRS = {('"', '"'), ("“", "”"), ("«", "»"), ("„", "“"), ("'", "'"), ("「", "」")}
_FOREIGN_SIGNS = re.compile(r"[\[\]<>{}|`*#]|://")
_QUESTION_MARKS = ("?", "？", "؟")
_SENTENCES = re.compile(r"[.!?…。？！؟]+(?:\s|$)")
_ANSWERS = re.compile(
    r"\b(?:answer|rewritten|rewrite|conversation|question|sorry|cannot|can't)\b", re.IGNORECASE
)
"""Words of a model that speaks of its task in place of doing it."""
_DIGITS = re.compile(r"\d+")
_MARKER = re.compile(r"\s*(?:\[[\d\s,;–-]{1,20}\]|【[\d\s,†]{1,20}】|[¹²³⁰-⁹]+)")


def standalone(question: str, history: Sequence[Turn]) -> str | None:
    """Return the question completed from the last turns, by rules; None where it stands on its own.

    The result begins with the question and has at most `MOST_ADDED` characters more.
    """
    question = question.strip()
    turns = _recent(history)
    if not turns or not question or len(question) > LONGEST_FOLLOW_UP:
        return None
    earlier = [read(turn.question) for turn in turns]
    asked = read(question, earlier[-1].language)
    if asked.lean is Lean.NOT and not mentions_again(asked, earlier[-1:]):
        return None
    added = _added(asked, earlier, turns[-1])
    return f"{question} {added}" if added else None


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """Return the last turns that ask something, shortened and free of control characters."""
    turns = [
        Turn(question=_plain(turn.question, _QUESTION_READ), answer=_answer_words(turn.answer))
        for turn in history[-TURNS:]
    ]
    return [turn for turn in turns if any(sign.isalnum() for sign in turn.question)]


def _plain(text: str, most: int) -> str:
    """Return the beginning of a text on one line, without signs that are not seen."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:most])
    return " ".join(shown.split())


def _answer_words(answer: str) -> str:
    """Return what an answer says, without our own words around it; nothing of a refusal."""
    lines = [_plain(line, _ANSWER_READ) for line in answer[:_ANSWER_READ].splitlines()]
    said = " ".join(_lead_ins().sub("", line) for line in lines if line)
    if said.startswith(_refusals()):
        return ""
    return _MARKER.sub("", said)


@lru_cache(maxsize=1)
def _refusals() -> tuple[str, ...]:
    """Return what refusals begin with, in every language spoken."""
    every = [
        (one.no_evidence, one.none_within.partition("{count}")[0], one.nothing_fits, one.empty_collection)
        for one in PHRASES.values()
    ]
    return tuple(beginning for some in every for beginning in some)


@lru_cache(maxsize=1)
def _lead_ins() -> re.Pattern[str]:
    """Return the pattern of what a line begins with before a quote, in every language spoken."""
    forms = []
    for one in PHRASES.values():
        for form in (one.by_source, one.undated, one.by_date):
            escaped = re.escape(form)
            forms.append(re.sub(r"\\\{(?:source|date)\\\}", "[^:\n]{1,80}?", escaped))
    return re.compile(f"^(?:{'|'.join(sorted(forms, key=len, reverse=True))})")


def _added(asked: Reading, earlier: Sequence[Reading], last: Turn) -> str:
    """Return what completes a question that leans on the `earlier` ones."""
    anchor = next((n for n in reversed(range(len(earlier))) if earlier[n].lean is Lean.NOT), 0)
    whole, since = earlier[anchor], earlier[anchor + 1 :]
    for one in since:
        whole = read(swapped) if one.lean is Lean.ELLIPSIS and (swapped := _swapped(one, whole)) else whole
    if asked.lean is Lean.ELLIPSIS:
        return f"— {_cut(_swapped(asked, whole) or whole.text, _ROOM)}"
    names = [*(name for one in reversed(since) for name in one.names), *_answer_names(last.answer)]
    parts = _untold([_topic(whole), _topic(earlier[-1]), *names], asked.text)
    return f"({_cut(', '.join(parts), _ROOM)})" if parts else ""


def _untold(parts: Sequence[str], told: str) -> list[str]:
    """Return the parts that neither the question nor a part before holds."""
    kept: list[str] = []
    for part in parts:
        part = _cut(part, _LONGEST_PART)
        if part and part.casefold() not in f"{told} {' '.join(kept)}".casefold():
            kept.append(part)
    return kept


def _topic(reading: Reading) -> str:
    """Return a question without the words that ask."""
    text = reading.text
    if reading.language == "zh":
        text = CHINESE_ASKS.sub("", text)
    elif reading.language == "tr":  # whose question words stand before the verb
        text = TURKISH_ASKS.sub("", text)
    elif places := [*reading.substance, *(first for first, _ in reading.name_places)]:
        text = text[reading.words[min(places)].start :]
    return text.strip(" ?？؟¿.。!！…")


def _swapped(asked: Reading, whole: Reading) -> str | None:
    """Return `whole` with the one thing that `asked` names in the place of its like, where that is clear."""
    thing = _only_thing(asked)
    span = _like(thing[0], asked, whole) if thing else None
    if thing is None or span is None:
        return None
    return whole.text[: span[0]] + thing[1] + whole.text[span[1] :]


def _only_thing(asked: Reading) -> tuple[int, str] | None:
    """Return the place and the text of the one name, number or noun of an ellipsis."""
    places = [n for n, word in enumerate(asked.words) if word.named or n in asked.substance]
    if not places or places != list(range(places[0], places[-1] + 1)):
        return None
    return places[0], asked.text[asked.words[places[0]].start : asked.words[places[-1]].end]


def _like(place: int, asked: Reading, whole: Reading) -> tuple[int, int] | None:
    """Return where the thing stands in `whole` that is of the kind of the word at `place` in `asked`."""
    word, words = asked.words[place], whole.words
    if word.text.isdigit():
        numbers = [one for one in words if one.text.isdigit() and len(one.text) == len(word.text)]
        return (numbers[0].start, numbers[0].end) if len(numbers) == 1 else None
    if word.text[0].islower():
        return None
    names = whole.name_places
    if not names and whole.language == "tr" and words and words[0].text[0].isupper():
        names = [(0, 0)]  # the subject, which Turkish begins with
    led = asked.words[place - 1].low if place else ""
    likely = [span for span in names if span[0] and words[span[0] - 1].low == led]
    if len(likely) != 1:  # where the verb comes before the subject, two names may seem one
        likely = [(first, last) for first, last in names if first == last or whole.language == "en"]
        if len(names) != 1:
            return None
    if not likely:
        return None
    first, last = likely[0]
    return words[first].start, words[last].end


def _answer_names(answer: str) -> list[str]:
    """Return the first names of an answer; what is shouted or long is none."""
    found = [name.text for name in names_in(answer, detect_language(answer)) if name.strong]
    dates = calendar_words("en") | calendar_words("fr")  # datelines: "ISTANBUL, Dec 9"
    fair = [
        name
        for name in found
        if len(name) <= _LONGEST_NAME
        and not (name.isupper() and len(name) > _LONGEST_ACRONYM)
        and fold(name) not in dates
    ]
    return list(dict.fromkeys(fair))[:_ANSWER_NAMES]


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0] + "…"


def standalone_by_model(
    question: str,
    history: Sequence[Turn],
    complete: Callable[[str, str], str],
    *,
    fits: Callable[[str], bool] = lambda prompt: True,
) -> str | None:
    """Return the question completed by a language model; None where it stands on its own.

    `complete` takes a system and a user prompt and returns the model's text; what it raises is raised
    here. As many turns are told as `fits` allows. Where none fits, or the model's text is no fair
    completion, the result is that of `standalone`.
    """
    question = question.strip()
    turns = _recent(history)
    if not turns or not question or len(question) > LONGEST_FOLLOW_UP:
        return None
    asked = _plain(question, LONGEST_FOLLOW_UP)
    prompts = (
        REWRITE_USER.format(conversation=_conversation(turns[-shown:]), question=asked)
        for shown in range(_TURNS_SHOWN, 0, -1)
    )
    user = next((prompt for prompt in prompts if fits(f"{REWRITE_SYSTEM}\n\n{prompt}")), None)
    if user is None:
        return standalone(question, history)
    written = _unwrapped(complete(REWRITE_SYSTEM, user))
    unchanged = _letters(written) == _letters(question)
    if unchanged or not _is_fair(written, question, turns):
        return standalone(question, history)
    return written


def _conversation(turns: Sequence[Turn]) -> str:
    return "\n".join(
        f"Question: {turn.question}\nAnswer: {_cut(turn.answer, _ANSWER_SHOWN) or '-'}" for turn in turns
    )


def _unwrapped(written: str) -> str:
    """Return a model's line without the label and the quotation marks that models put around it."""
    line = _LABEL.sub("", written.strip())
    return line[1:-1].strip() if len(line) > 2 and (line[0], line[-1]) in _PAIRS else line


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _is_fair(written: str, question: str, turns: Sequence[Turn]) -> bool:
    """Tell whether a model's line asks the question and nothing that was not spoken of."""
    if not _is_one_line(written) or len(written) > 3 * len(question) + _ROOM:
        return False
    if len(_SENTENCES.findall(written)) > max(1, len(_SENTENCES.findall(question))):
        return False
    if not written.endswith(_QUESTION_MARKS) and (
        question.endswith(_QUESTION_MARKS) or _ANSWERS.search(written)
    ):
        return False
    before = read(turns[-1].question)
    asked, line = read(question, before.language), read(written, before.language)
    if line.language != asked.language and len(asked.words) >= _TELLING_WORDS:
        return False
    told = "\n".join([question, *(f"{turn.question}\n{turn.answer}" for turn in turns)])
    if not _holds_figures_and_names(told, line) or _share(_stems(asked), _stems(line)) < _KEPT:
        return False
    return before.language != line.language or _share(_stems(line), _text_stems(told)) >= _TOLD


def _is_one_line(written: str) -> bool:
    shown = bool(_letters(written)) and written.isprintable()
    return shown and not _FOREIGN_SIGNS.search(written)


def _holds_figures_and_names(told: str, line: Reading) -> bool:
    if not set(_DIGITS.findall(line.text)) <= set(_DIGITS.findall(told)):
        return False
    mentions = Mentions(told, None)
    names = [name for name in names_in(line.text, line.language) if name.strong]
    return all(mentions.holds(name, line.language) for name in names)


def _stems(reading: Reading) -> set[str]:
    """Return the beginnings of the words of substance, in Chinese the pairs of signs."""
    if reading.language == "zh":
        return _pairs(CHINESE_EMPTY.sub(" ", CHINESE_ASKS.sub(" ", CHINESE_REFERS.sub(" ", reading.text))))
    return {reading.words[n].low[:_STEM] for n in reading.substance}


def _text_stems(text: str) -> set[str]:
    return {word.low[:_STEM] for word in split_words(text)} | _pairs(text)


def _pairs(text: str) -> set[str]:
    return {pair for word in text.split() for pair in map("".join, pairwise(word)) if pair.isalnum()}


def _share(wanted: set[str], found: set[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 1.0
