"""The frame of the library view in HTML; `library.js` fills it."""

from __future__ import annotations

from .config import UploadLimits
from .escape import escape

VIEWS = (
    '<div class="views" role="tablist" aria-label="Views">'
    '<button type="button" role="tab" id="tab-ask" aria-controls="columns" aria-selected="true">Ask</button>'
    '<button type="button" role="tab" id="tab-library" aria-controls="library" aria-selected="false" '
    'tabindex="-1">Library</button></div>'
)
_COLUMNS = (
    ("title", "title", "Title"),
    ("source", "outlet", "Outlet"),
    ("published", "date", "Date"),
    ("language", "language", "Language"),
    ("passages", "passages", "Passages"),
    ("added", "added", "Added"),
)
_DESCENDING_FIRST = {"published", "passages", "added"}


def library_html(limits: UploadLimits, reads_web: bool) -> str:
    """Return the frame: adding articles, the filters, the list, and room for an article."""
    return (
        f'<div class="library">{_adding(limits, reads_web)}'
        f'<div class="list-and-article"><section class="list" aria-label="List of articles">{_filters()}'
        f"{_table()}{_pager()}</section>"
        '<article class="reader" aria-labelledby="reader-title" hidden></article></div>'
        f"{_dialog()}"
        '<div class="toast" role="status" hidden><span class="said"></span>'
        '<button type="button" class="quiet" data-do="undo" hidden>Undo</button>'
        '<button type="button" class="quiet" data-do="dismiss" aria-label="Dismiss">✕</button></div></div>'
    )


def _adding(limits: UploadLimits, reads_web: bool) -> str:
    what = "The text of an article, or web addresses, one a line" if reads_web else "The text of an article"
    paste = "Paste text or addresses" if reads_web else "Paste text"
    return (
        '<section class="adding" aria-label="Add articles"><div class="drop" '
        f'data-bytes="{limits.file_bytes}" data-files="{limits.files}" data-size="{_size(limits.file_bytes)}">'
        '<p class="invitation">Drop files or folders here</p>'
        '<p class="ways"><button type="button" data-do="choose-files">Choose files</button>'
        '<button type="button" data-do="choose-folder">Choose a folder</button>'
        f'<button type="button" data-do="paste" aria-expanded="false" aria-controls="pasting">{paste}</button></p>'
        '<input type="file" class="files" multiple hidden><input type="file" class="folder" webkitdirectory hidden>'
        f'<p class="limits">Up to {_size(limits.file_bytes)} a file</p></div>'
        f'<form id="pasting" hidden><label for="pasted">{escape(what)}</label>'
        '<textarea id="pasted" rows="5" dir="auto"></textarea>'
        '<p class="ways"><button type="submit" class="primary">Add</button>'
        '<button type="button" class="quiet" data-do="cancel-paste">Cancel</button></p></form>'
        '<section class="intake" aria-label="What is being added" hidden><div class="intake-bar">'
        '<p class="summary" role="status"></p><progress max="1" value="0" aria-label="Read"></progress>'
        '<button type="button" class="quiet" data-do="cancel">Cancel</button>'
        '<button type="button" class="quiet" data-do="forget">Clear</button></div>'
        '<p class="blocked warning" role="alert" hidden></p><ul class="items"></ul></section></section>'
    )


def _filters() -> str:
    return (
        '<form class="filters" role="search" aria-label="Articles">'
        '<label class="search"><span class="unseen">Search titles and texts</span>'
        '<input type="search" name="text" placeholder="Search titles and texts" autocomplete="off" dir="auto"></label>'
        '<label><span>Outlet</span><select name="source"><option value="">All outlets</option></select></label>'
        '<label><span>Language</span><select name="language"><option value="">All languages</option></select></label>'
        '<label><span>From</span><input type="date" name="since"></label>'
        '<label><span>To</span><input type="date" name="until"></label>'
        '<button type="reset" class="quiet" hidden>Clear filters</button></form>'
    )


def _table() -> str:
    heads = "".join(
        f'<th scope="col" class="{kind}" data-order="{name}"><button type="button" '
        f'data-first="{"descending" if name in _DESCENDING_FIRST else "ascending"}">{said}</button></th>'
        for name, kind, said in _COLUMNS
    )
    return (
        '<div class="chosen" hidden><span class="number" role="status"></span>'
        '<button type="button" class="quiet danger" data-do="remove-chosen">Delete…</button></div>'
        '<div class="scroll" tabindex="-1"><table><caption class="unseen">Articles of the library</caption>'
        '<thead><tr><th class="pick"><input type="checkbox" aria-label="Select all of this page"></th>'
        f'{heads}</tr></thead><tbody></tbody></table><p class="nothing" hidden></p></div>'
    )


def _pager() -> str:
    return (
        '<nav class="pager" aria-label="Pages"><p class="range" role="status"></p>'
        '<button type="button" data-page="first">First</button>'
        '<button type="button" data-page="previous">Previous</button>'
        '<button type="button" data-page="next">Next</button>'
        '<button type="button" data-page="last">Last</button></nav>'
    )


def _dialog() -> str:
    return (
        '<dialog class="confirm" aria-labelledby="confirm-question"><form method="dialog">'
        '<p id="confirm-question"></p><p class="what"></p><p class="ways">'
        '<button type="submit" value="no" autofocus>Keep</button>'
        '<button type="submit" value="yes" class="danger">Delete</button></p></form></dialog>'
    )


def _size(number: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number} bytes"
