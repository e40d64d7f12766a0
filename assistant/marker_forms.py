"""The forms in which models write the numbers of passages.

[1], [1, 2], [1-3], [1][2], [1] and [2], ([1]), 【1†source】, [passage 1, passage 2], [^1], [[1]](#1),
[1: The Outlet], {1}, <sup>1</sup>, superscripts, ①, and at the end of a sentence (1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = r"passages?|sources?|docs?|documents?|refs?|references?|articles?|citations?|cite|texts?"
_LABEL = rf"(?:see\s+)?(?:{_WORD}|id|[spd]|n[o°]|see)\.?\s*[:#]?\s*"
_ITEM = rf"(?:{_LABEL})?[\^#]?\d{{1,9}}\^?"
_JOINT = r"(?:\s*(?:[,;、،，；&+/]|\b(?:and|et|und|y|e|to|bis|à)\b|[-–—~]|\.\.)\s*|\s+)"  # "[1 2]" is a list as well
_NUMBERS = rf"{_ITEM}(?:{_JOINT}{_ITEM}){{0,40}}\s*[,;.]?"
_MORE = r"(?:\s*†[^\[\]\n]{0,40}|\s*(?:[:,|]|\s[–—-])\s*[^\W\d][^\[\]\n]{0,80}|\s*\([^\[\]()\n]{0,80}\))?"
"""What some models put behind the number: an outlet, a title, lines."""
_NOTHING = rf"(?:\?|x|n/?a|none|numbers?|citation needed|{_WORD}|[^\[\]\n\d]{{2,60}},\s[^\[\]\n]{{0,20}}\b(?:19|20)\d\d(?:-\d\d){{0,2}})?"
"""Brackets that name no passage, an outlet and its date among them: these come from the catalog."""
_LINKED = r"(?:\([^()\s]{0,200}\))?"
_SQUARE = (
    rf"\^?\\?[\[［〔]{{1,2}}\s*(?:{_NUMBERS}{_MORE}|{_NOTHING})\s*\\?[\]］〕]{{1,2}}{_LINKED}\^?"
    rf"|【\s*{_ITEM}[^【】\n]{{0,60}}】"
    r"|[\[［〔【]\s*\d{1,3}(?=[.!?…]|$)"  # never closed
)
_OTHER = (
    rf"<sup>\s*[\[(]?{_NUMBERS}[\])]?\s*</sup>|\{{{{1,2}}\s*{_NUMBERS}\s*\}}{{1,2}}|(?<!^)(?<!\n)[①-⑳❶-❿]"
    r"|(?<=[^\W\d_]{3})[⁰¹²³⁴-⁹]{1,3}|(?<=[.!?»”\"'’)…\]\s⁻⸴,˒⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹]{1,3}(?![⁰¹²³⁴-⁹])"
)
_MARK = rf"(?:{_SQUARE}|{_OTHER})"
_RUN = rf"{_MARK}(?:\s*(?:[,;/&⁻⸴˒–—-]|\b(?:and|et|und|y|e|or|to)\b)?\s*{_MARK}){{0,40}}"
_LEAD = rf"(?:(?:see|cf\.?|via|from|voir|siehe|in|{_LABEL})\s*:?\s*){{1,2}}"
_ATTRIBUTED = (  # "according to [1]": the number stands for a name
    r"(?:,\s*)?\b(?:according to|as \w{3,12} (?:in|by)|selon|d['’]après|laut|gemäß|según|secondo|segundo|volgens)\s+"
    rf"(?:(?:the\s+)?{_RUN}|(?:the\s+)?(?:{_WORD})\s+\d{{1,2}}(?:\s*(?:,|and)\s*(?:{_WORD}\s+)?\d{{1,2}})*)(?:,(?=\s))?"
)
MARKER = (
    rf"\s{{0,20}}(?P<marker>\(\s*(?:{_LEAD})?{_RUN}\s*\)"
    rf"|{_ATTRIBUTED}|{_RUN}"
    rf"|\(\s*{_LABEL}\d[^()\n]{{0,30}}\)"
    rf"|\(\s*(?P<round>\d{{1,2}}(?:\s*[,;-]\s*\d{{1,2}}){{0,4}})\s*\)(?!\s*[\[【])(?:(?=\s*(?:[.!?…。]|$|\n))|(?<=[.!?…。]\s\(\d\))))"
)
"""A pattern without flags; compile it with IGNORECASE. It takes the blanks before the marker as well."""

_UNITS = re.compile(r"(?:^|[^\w])[kcdmµh]?m$|\d$", re.IGNORECASE)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans(_SUPERSCRIPTS, "0123456789")
_CIRCLED = {
    ord(sign): f" {n} " for signs in ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "❶❷❸❹❺❻❼❽❾❿") for n, sign in enumerate(signs, 1)
}
_TAIL = re.compile(r"(?:†|[:,|]\s*[^\W\d]|\()[^\[\]【】［］〔〕]*(?=[\]】］〕])|\]\([^()\s]*\)")
_DATED = re.compile(r"[\[［〔]\s*[^\[\]\n\d]{2,60},\s[^\[\]\n]{0,20}\b(?:19|20)\d\d(?:-\d\d){0,2}\s*[\]］〕]")
_BRACKETS = "[]［］〔〕【】{}()<>"
_MOST = 12
"""Most passages that one marker may name; a longer list says nothing."""


def markers_in(pattern: re.Pattern[str], text: str, passages: int) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern that holds `MARKER`, without those that are no markers.

    No markers are units (km²), and numbers in round brackets of which there is no passage (an age).
    """
    for match in pattern.finditer(text):
        marker = match["marker"] or ""
        if marker and marker[0] in _SUPERSCRIPTS and _UNITS.search(text[: match.start("marker")]):
            continue
        if match["round"] and not all(0 < one <= passages for one in numbers_of(marker)):
            continue
        yield match


def marker_numbers(match: re.Match[str], passages: int) -> tuple[int, ...]:
    """Return the passage numbers of a marker, as written: 0 and 99 may be among them.

    Superscripts in a row are one number where there is such a passage, else one each: ¹².
    """

    def plain(raised: re.Match[str]) -> str:
        digits = raised[0].translate(_RAISED)
        return f" {digits if int(digits) <= passages else ' '.join(digits)} "

    return numbers_of(re.sub(f"[{_SUPERSCRIPTS}]+", plain, match["marker"]))


def numbers_of(marker: str) -> tuple[int, ...]:
    """Return the numbers of a marker; those of a range are filled in where it is a short one."""
    text = _DATED.sub("", marker)
    text = re.sub(rf"\b{_LABEL}(?=[\^#]?\d)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:and|et|und|y|e|or)\b", ",", text, flags=re.IGNORECASE)
    text = _TAIL.sub("]", text).translate(_CIRCLED)
    text = re.sub(r"\b(?:to|bis|à)\b|\.\.|[–—~⁻]", "-", text, flags=re.IGNORECASE)
    text = re.sub(r"[\]】］〕]\s*-\s*[\[【［〔]", "-", text)
    text = "".join("," if sign in _BRACKETS else sign for sign in text)
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?", text):
        start, end = int(first), int(last or first)
        if last and start <= end:
            found.extend(range(start, end + 1) if end - start < _MOST else [end])
        else:
            found.extend([start, end] if last else [start])
    return tuple(dict.fromkeys(found)) if len(found) <= _MOST else ()
