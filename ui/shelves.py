"""The frame of the library view in HTML; `library.js` fills it."""

from __future__ import annotations

from .config import UploadLimits
from .escape import escape

VIEWS = (
    '<div class="views" role="tablist" aria-label="Views">'
    '<button type="button" role="tab" id="tab-ask" aria-controls="columns" aria-selected="true">Ask</button>'
    '<button type="button" role="tab" id="tab-library" aria-controls="library" aria-selected="false" '
    'tabindex="-1">Library</button>'
    '<button type="button" role="tab" id="tab-settings" aria-controls="settings" aria-selected="false" '
    'tabindex="-1">Settings</button>'
    '<button type="button" role="tab" id="tab-about" aria-controls="about" aria-selected="false" '
    'tabindex="-1">About</button></div>'
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


def library_html(limits: UploadLimits, *, name: str, can_restore: bool) -> str:
    """Return the frame: adding articles, the feeds, the filters, the list, and room for an article.

    `name` tells the collection from others; `can_restore`, whether what is deleted can be brought back.
    """
    return (
        f'<div class="library" data-name="{escape(name)}" data-undo="{"true" if can_restore else "false"}">'
        f"{_adding(limits)}{_feeds()}"
        f'<div class="list-and-article"><section class="list" aria-label="List of articles">{_filters()}'
        f"{_table()}{_pager()}</section>"
        '<article class="reader" aria-labelledby="reader-title" hidden></article></div>'
        f"{_dialog()}{_unfollow()}"
        '<div class="toast" role="status" hidden><span class="said" lang="en"></span>'
        '<button type="button" class="quiet" data-do="undo" hidden></button>'
        '<button type="button" class="quiet" data-do="dismiss" aria-label="Dismiss">✕</button></div></div>'
    )


def _adding(limits: UploadLimits) -> str:
    return (
        '<section class="adding" aria-label="Add articles"><div class="drop" '
        f'data-bytes="{limits.file_bytes}" data-files="{limits.files}" data-size="{_size(limits.file_bytes)}">'
        '<p class="invitation">Drop files or folders here</p>'
        '<p class="ways"><button type="button" data-do="choose-files">Choose files</button>'
        '<button type="button" data-do="choose-folder">Choose a folder</button>'
        '<button type="button" data-do="paste" aria-expanded="false" aria-controls="pasting">'
        "Paste text or addresses</button>"
        '<button type="button" data-do="follow" aria-expanded="false" aria-controls="following">'
        "Follow a feed</button></p>"
        '<input type="file" class="files" multiple hidden><input type="file" class="folder" webkitdirectory hidden>'
        f'<p class="limits">Up to {_size(limits.file_bytes)} a file</p></div>'
        '<form id="pasting" hidden><label for="pasted">The text of an article, or web addresses, one a line</label>'
        '<textarea id="pasted" rows="5" dir="auto"></textarea>'
        '<p class="ways"><button type="submit" class="primary">Add</button>'
        '<button type="button" class="quiet" data-do="cancel-paste">Cancel</button></p></form>'
        '<form id="following" hidden><label for="followed">The address of a feed, or of a site that has one; '
        'several, one a line</label><textarea id="followed" rows="2" dir="ltr" spellcheck="false" '
        'placeholder="https://example.org/rss.xml"></textarea>'
        '<p class="ways"><button type="submit" class="primary">Follow</button>'
        '<button type="button" data-do="choose-opml">Choose an OPML file</button>'
        '<button type="button" class="quiet" data-do="cancel-follow">Cancel</button></p>'
        '<input type="file" class="opml" accept=".opml,.xml" hidden></form>'
        '<section class="intake" aria-label="What is being added" hidden><div class="intake-bar">'
        '<p class="summary" role="status"></p><progress max="1" value="0" aria-label="Read"></progress>'
        '<button type="button" class="quiet" data-do="cancel">Cancel all</button>'
        '<button type="button" class="quiet" data-do="forget">Clear</button></div>'
        '<p class="decide" role="alert" hidden><span></span>'
        '<button type="button" data-do="replace-all">Replace the earlier ones</button>'
        '<button type="button" class="quiet" data-do="keep-all">Keep both of each</button></p>'
        '<p class="blocked warning" role="alert" lang="en" hidden></p>'
        '<ul class="items" aria-label="Files and addresses"></ul></section></section>'
    )


def _feeds() -> str:
    return (
        '<section class="feeds" aria-label="Feeds" hidden><div class="feeds-bar">'
        '<button type="button" class="quiet fold" data-do="feeds" aria-expanded="false" '
        'aria-controls="feed-list">Feeds</button><p class="facts" role="status"></p>'
        '<progress max="1" value="0" aria-label="Feeds read" hidden></progress>'
        '<button type="button" class="quiet" data-do="cancel-feeds" hidden>Cancel</button>'
        '<button type="button" class="quiet" data-do="refresh-feeds">Refresh all</button></div>'
        '<p class="doubt warning" role="alert" lang="en" hidden></p>'
        '<div class="outcome" hidden><p><span class="told" role="status" lang="en"></span>'
        '<button type="button" class="quiet" data-do="forget-feeds" aria-label="Dismiss">✕</button></p>'
        '<ul class="failures" aria-label="What could not be read"></ul><ul class="others" hidden></ul></div>'
        '<div class="news" hidden><p><button type="button" class="quiet fold" data-do="news" '
        'aria-expanded="false" aria-controls="news-list"></button>'
        '<button type="button" class="quiet" data-do="list-news">Show in the list</button>'
        '<button type="button" class="quiet" data-do="seen">Mark as seen</button></p>'
        '<ul id="news-list" aria-label="What the feeds brought" hidden></ul></div>'
        '<ul id="feed-list" aria-label="Feeds" hidden></ul></section>'
    )


def _filters() -> str:
    return (
        '<form class="filters" role="search" aria-label="Articles">'
        '<label class="search"><span class="unseen">Search titles and texts</span>'
        '<input type="search" name="text" placeholder="Search titles and texts" autocomplete="off" dir="auto"></label>'
        '<label><span>Outlet</span><select name="source"><option value="">All outlets</option></select></label>'
        '<label><span>Language</span><select name="language"><option value="">All languages</option></select></label>'
        '<label class="by-feed" hidden><span>Feed</span><select name="feed"></select></label>'
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


def _unfollow() -> str:
    return (
        '<dialog class="unfollow" aria-labelledby="unfollow-question"><form method="dialog">'
        '<p id="unfollow-question"></p><p class="what"></p><p class="ways">'
        '<button type="submit" value="no" autofocus>Keep following</button>'
        '<button type="submit" value="feed">Remove the feed</button>'
        '<button type="submit" value="all" class="danger"></button></p></form></dialog>'
    )


def _size(number: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number} bytes"
