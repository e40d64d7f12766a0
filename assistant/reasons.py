"""Why a sentence is marked → a sentence that says so."""

from __future__ import annotations

from types import MappingProxyType

from .types import Finding, Problem, Sentence, Support

_LONGEST_DETAIL = 120
_WITH_DETAIL = MappingProxyType(
    {
        Problem.NUMBER: "The passage does not have the number “{}”.",
        Problem.DATE: "The passage does not have the date “{}”.",
        Problem.NAME: "The passage does not have the name “{}”.",
        Problem.QUOTE: "The passage does not have the quoted words “{}”.",
        Problem.SPEAKER: "The passage does not give these words to “{}”.",
        Problem.WORD: "The passage does not have the word “{}”.",
        Problem.UNATTRIBUTED: "These are the words of “{}”, as the passage says.",
        Problem.SCATTERED: "The passage has “{}” in another place, perhaps of something else.",
    }
)
_WITHOUT = MappingProxyType(
    {
        Problem.NO_CITATION: "It cites nothing, and no passage found says it.",
        Problem.NUMBER: "It has a number that the passage does not have.",
        Problem.DATE: "It has a date that the passage does not have.",
        Problem.NAME: "It has a name that the passage does not have.",
        Problem.NEGATION: "The passage says the opposite.",
        Problem.QUOTE: "The passage does not have the quoted words.",
        Problem.SPEAKER: "The passage gives these words to somebody else.",
        Problem.WORD: "It has a word that the passage does not have.",
        Problem.UNATTRIBUTED: "It does not say whose words these are.",
        Problem.SCATTERED: "The passage says parts of this in different places.",
        Problem.MEANING: "The passage does not say this.",
    }
)
_NO_FINDING = MappingProxyType(
    {
        Support.SUPPORTED: "",
        Support.WEAK: "The passage says this only in part.",
        Support.UNSUPPORTED: "No passage found says this.",
    }
)


def reason(finding: Finding) -> str:
    """Return one English sentence, as plain text, that says what is wrong."""
    detail = " ".join(finding.detail.split())
    if not detail or finding.problem not in _WITH_DETAIL:
        return _WITHOUT[finding.problem]
    shown = detail if len(detail) <= _LONGEST_DETAIL else detail[:_LONGEST_DETAIL] + "…"
    return _WITH_DETAIL[finding.problem].replace("{}", shown)


def reasons(sentence: Sentence) -> str:
    """Return, as plain text, why a sentence is weak or unsupported; "" for a sound one."""
    found = list(dict.fromkeys(reason(finding) for finding in sentence.findings))
    return " ".join(found) or _NO_FINDING[sentence.support]
