"""What is printed at the edges of a PDF's pages and is not the article: running heads, page numbers, what a browser adds.

From a page's edge inwards rows are taken off only as long as they are of these kinds, and the text of
the article is never reached into: a line that is not repeated stays, and so does all that is inside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .pdf_lines import Line

_EDGE = 0.1
"""Share of a page's height, above and below, where running heads are."""
_ROW = 3.0
"""Points by which the lines of one row may stand higher or lower."""
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|seite|p\.)\s*\d{1,4}|\d{1,4}\s*(?:/|of|sur|von|de)\s*\d{1,4})[\W_]*$", re.IGNORECASE
)
_NUMBER = re.compile(r"[\s\-–—|·•\[(]*(\d{1,4})[\s\-–—|·•\])]*$")
_DIGITS = re.compile(r"\d+")
_MOST_NUMBERS = 8
_ANY_TEXT = "\1"
_CLOCK = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\D{1,3}\d{1,2}[:.h]\d{2}")
_ADDRESS = re.compile(r"\b(?:https?|file)://\S")
_PAGE_OF = re.compile(
    r"\b\d{1,4}\s?(?:/|of|sur|von|de|di|van|из)\s?\d{1,4}\s*$|^\s*\d{1,4}\s?(?:/|of|sur|von|de|di|van|из)\s?\d{1,4}\b"
)

Row = list[Line]


def without_running_heads(pages: list[list[Line]]) -> list[Line]:
    """Return the lines of all pages without page numbers, running heads and what a browser prints around a page."""
    repeated = _repeated(pages)
    kept = []
    for number, page in enumerate(pages):
        dropped = _dropped(page, number, repeated, many=len(pages) > 1)
        kept += [line for line in page if id(line) not in dropped]
    return kept


def _dropped(page: list[Line], number: int, repeated: set[str], *, many: bool) -> set[int]:
    """Return the ids of the lines of a page that are not the article's."""
    rows = [_rows(page, top=True), _rows(page, top=False)]
    found: set[int] = set()
    if all(rows) and _is_printed([line for side in rows for line in side[0]]):
        for side in rows:
            found |= {id(line) for line in side.pop(0)}
    for side in rows:
        for row in side:
            own = {
                id(line)
                for line in row
                if any(key in repeated for key in _keys(line, number))
                or (many and _is_page_number(line, number))
            }
            found |= own
            if len(own) < len(row):
                break
    return found


def _is_printed(outermost: Row) -> bool:
    """Tell whether a browser printed the page: at its edges stand the address, the time and the number of pages."""
    return all(any(one.search(line.text) for line in outermost) for one in (_CLOCK, _ADDRESS, _PAGE_OF))


def _is_page_number(line: Line, page: int) -> bool:
    """Tell whether a line is a page number, also where no other page has one: the year that ends a sentence is none."""
    alone = _NUMBER.match(line.text)
    return bool(_PAGE_NUMBER.match(line.text)) or (alone is not None and int(alone[1]) == page + 1)


def _rows(page: list[Line], *, top: bool) -> list[Row]:
    """Return the rows at an edge of a page, the outermost first."""
    inside = [
        line
        for line in page
        if (line.top > (1 - _EDGE) * line.page_height if top else line.bottom < _EDGE * line.page_height)
    ]
    rows: list[Row] = []
    for line in sorted(inside, key=lambda line: -line.bottom if top else line.bottom):
        if rows and abs(rows[-1][0].bottom - line.bottom) <= _ROW:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _repeated(pages: list[list[Line]]) -> set[str]:
    """Return the keys of the lines that most pages have at an edge, or most left or most right pages."""
    used = [number for number, page in enumerate(pages) if page]
    counts: list[Counter[str]] = [Counter(), Counter()]
    for number in used:
        edges = [line for top in (True, False) for row in _rows(pages[number], top=top) for line in row]
        counts[number % 2].update({key for line in edges for key in _keys(line, number)})
    everywhere = counts[0] + counts[1]
    found = {key for key, count in everywhere.items() if _is_most(count, len(used), key)}
    for side, counted in enumerate(counts):
        of = sum(number % 2 == side for number in used)
        found |= {key for key, count in counted.items() if count >= 3 and count * 2 > of}
    return found


def _is_most(count: int, pages: int, key: str) -> bool:
    if pages == 2 and not key.startswith(_ANY_TEXT):
        return count == 2
    return count >= 3 and count * 2 > pages


def _keys(line: Line, page: int) -> Iterator[str]:
    """Yield what a line has in common with its like on other pages: text and type, and a number that counts the pages.

    Rows of a table, whose numbers change as they like, have nothing in common; neither has a heading
    with the small running head that repeats it.
    """
    size, text = f"{line.size:.0f}\0", line.text
    yield size + text
    numbers = list(_DIGITS.finditer(text))
    for one in numbers if len(numbers) <= _MOST_NUMBERS else ():
        if len(one[0]) < 6:
            counted = f"{size}{int(one[0]) - page}\0"
            yield f"{counted}{text[: one.start()]}\0{text[one.end() :]}"
            if not text[: one.start()].strip() or not text[one.end() :].strip():
                yield _ANY_TEXT + counted  # beside the name of a section, which changes
