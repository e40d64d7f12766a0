"""Turn a sentence into its opposite, by the rules of nine languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = r"(?<![\w'’-]){}(?![\w'’-])"


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """`insert`: patterns and what the verb becomes; `remove`: patterns of what makes a sentence negative."""

    insert: tuple[tuple[str, str], ...]
    remove: tuple[tuple[str, str], ...]


def _any(words: str) -> str:
    return _WORD.format(f"({'|'.join(words.split())})")


_NO_END = r"(?=\s+[\w«“„\"])"
_RULES = {
    "en": _Rules(
        insert=((_any("is are was were has have had will would can could should must did does do may might") + _NO_END, r"\1 not"),),
        remove=((r"\s+not\b", ""), (r"(?<=[a-z])n['’]t\b", ""), (r"\bcannot\b", "can"), (r"\bnever\s+", "")),
    ),
    "fr": _Rules(
        insert=(
            (r"(?<![\w'’-])(?<!\by )(?<!\bne )(est|était|étaient|a|ont|avait|avaient)(?![\w'’-])" + _NO_END, r"n'\1 pas"),
            (r"(?<![\w'’-])(?<!\bne )(sont|sera|seront|va|vont|peut|peuvent|doit|doivent|fait|font)(?![\w'’-])" + _NO_END, r"ne \1 pas"),
        ),
        remove=((r"\b(?:ne\s+|n['’])([\w'’-]+)\s+(?:pas|plus|jamais)\b", r"\1"),),
    ),
    "de": _Rules(
        insert=((_any("ist sind war waren hat haben hatte hatten wird werden wurde wurden kann können konnte soll sollen muss müssen will") + _NO_END, r"\1 nicht"),),
        remove=((r"\s+nicht\b", ""), (r"\bkein(?=(?:e|en|em|er|es)?\b)", "ein"), (r"\bnie\s+", "")),
    ),
    "es": _Rules(
        insert=((r"(?<!\bse )(?<!\bno )(?<!\bl[aeo] )(?<!\bl[aeo]s )" + _any("es son era eran fue fueron está están estaba ha han había habían será puede pueden tiene tienen hay debe") + _NO_END, r"no \1"),),
        remove=((r"(?<=\s)no\s+(?=\w)", ""), (r"(?<=\s)nunca\s+", "")),
    ),
    "it": _Rules(
        insert=((r"(?<!\bsi )(?<!\bnon )(?<!\bci )(?<!\bl[aeio] )" + _any("è sono era erano ha hanno aveva avevano sarà saranno può possono deve devono fu furono") + _NO_END, r"non \1"),),
        remove=((r"(?<=\s)non\s+", ""), (r"(?<=\s)mai\s+", "")),
    ),
    "pt": _Rules(
        insert=((r"(?<!\bse )(?<!\bnão )" + _any("é são era eram foi foram está estão estava tem têm tinha há havia será pode podem deve devem") + _NO_END, r"não \1"),),
        remove=((r"(?<=\s)não\s+", ""), (r"(?<=\s)nunca\s+", "")),
    ),
    "nl": _Rules(
        insert=((_any("is zijn was waren heeft hebben had hadden wordt worden werd werden kan kunnen kon zal zullen moet moeten") + r"(?=\s+(?!en\b)[\w“\"])", r"\1 niet"),),
        remove=((r"\s+niet\b", ""), (r"\bgeen\b", "een"), (r"\bnooit\s+", "")),
    ),
    "ru": _Rules(
        insert=((r"(?<!\bне )(?<![\w-])(был[аио]?|будет|будут|может|могут|[а-яё]{3,}(?:[аиы]л[аио]?|[аиы]л(?:ся|[аио]сь)))(?![\w-])", r"не \1"),),
        remove=((r"(?<=\s)не\s+", ""),),
    ),
    "cs": _Rules(
        insert=((_any("byl byla bylo byli byly bude budou má mají měl měla měli může mohou musí chce řekl řekla uvedl uvedla"), r"ne\1"), (_any("jsou jsem jsme"), r"ne\1"), (_any("je") + _NO_END, "není")),
        remove=((_WORD.format("ne(byl[aoiy]?|bude|budou|má|mají|měl[aoiy]?|může|mohou|musí|jsou|chce)"), r"\1"), (_WORD.format("není"), "je")),
    ),
}  # fmt: skip
_NEGATIVE = {
    "fr": r"\b(?:aucune?|personne|rien|jamais|ni)\b",
    "es": r"\b(?:ning[uú]n[ao]?|nadie|nada|nunca|tampoco|ni)\b",
    "it": r"\b(?:nessun[ao]?|niente|nulla|mai|né|neanche)\b",
    "pt": r"\b(?:nenhum[a]?|ninguém|nada|nunca|nem)\b",
    "ru": r"\b(?:ни|никто|никого|ничего|никогда|никак\w*|нигде)\b",
    "cs": r"\b(?:nikdo|nikoho|nic|ničeho|nikdy|žádn\w+|ani)\b",
}
"""Words beside which another negation changes nothing."""
_NO_VERBS = {
    "ru": frozenset(
        "начала канала сигнала журнала материала персонала квартала скала сила силы финала".split()
    )
}
"""Nouns that look like verbs in the past."""


def negate(text: str, language: str | None) -> tuple[str, str] | None:
    """Return the sentence with one negation more or less, and the words changed; None where no rule fits.

    Words between quotation marks are left alone: they are somebody else's.
    """
    rules = _RULES.get(language or "")
    if rules is None:
        return None
    quoted = [match.span() for match in re.finditer(r"[«“„\"][^»”“\"]*[»”“\"]", text)]
    if re.search(_NEGATIVE.get(language or "", r"(?!)"), text, re.IGNORECASE):
        return None
    for pattern, to in (*rules.remove, *rules.insert):
        for match in re.finditer(pattern, text):
            if any(start <= match.start() < end for start, end in quoted):
                continue
            if match[0] in _NO_VERBS.get(language or "", ()):
                continue
            new = match.expand(to)
            return text[: match.start()] + new + text[match.end() :], f"{match[0].strip()} → {new.strip()}"
    return None
