"""What the page does when something is asked, stopped, begun anew or opened again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import gradio as gr

from index import ArticleAssistantError, ArticleFilter

from .conversation import Conversation
from .desk import Desk
from .escape import escape
from .feeds import line_html
from .filters import row_html, row_of
from .memory import NO_SUCH
from .owners import remembered
from .render import state_html
from .requests import number_of, text_of
from .store import new_id
from .talks import Undo, talks_html
from .wishes import wishes_of

EXAMPLES = 5
_LONGEST_WAIT = 120.0
ASK, STOP = "Ask", "Stop"


class Parts(NamedTuple):
    """The parts of the page that change, in the order of an event's outputs."""

    chat: gr.Chatbot
    sources: gr.HTML
    notice: gr.HTML
    box: gr.Textbox
    welcome: gr.Column
    state: gr.HTML
    anew: gr.Button
    earlier: gr.Button
    kept_as: gr.BrowserState
    talks: gr.HTML
    parcel: gr.HTML
    filters: gr.HTML


Changes = dict[Any, Any]
"""Component → its new value, or its new properties."""


def responder(desk: Desk, parts: Parts) -> Callable[..., AsyncIterator[Changes]]:
    """Return what answers a question, step by step."""

    async def respond(
        question: str, conversation: Conversation, kept_as: object, request: gr.Request
    ) -> AsyncIterator[Changes]:
        await asyncio.to_thread(settle, desk, conversation, kept_as, request)
        within, editing = conversation.within, conversation.editing
        async for changes in _answering(desk, parts, conversation, question or "", editing, within=within):
            yield changes

    return respond


def repeater(desk: Desk, parts: Parts) -> Callable[..., AsyncIterator[Changes]]:
    """Return what asks a question again, or one that was offered.

    The last one is asked again in its place, unless somebody else is to answer, or articles that its filter
    left out; an earlier one below. What is asked again keeps its filter.
    """

    async def repeat(
        conversation: Conversation, kept_as: object, event: gr.EventData, request: gr.Request
    ) -> AsyncIterator[Changes]:
        await asyncio.to_thread(settle, desk, conversation, kept_as, request)
        asked = event._data if isinstance(event._data, dict) else {}
        exchange = conversation.exchange(number_of(asked, "turn"))
        usual = desk.preferred(conversation)
        by = number_of(asked, "by") if "by" in asked else usual
        question = exchange.question if exchange else text_of(asked, "question", desk.longest_question)
        everywhere = asked.get("everywhere") is True
        within = exchange.within if exchange else conversation.within
        replacing = exchange.turn if exchange and by == usual and not everywhere else None
        if question:
            within = None if everywhere else within
            async for changes in _answering(desk, parts, conversation, question, replacing, by, within):
                yield changes

    return repeat


async def _answering(
    desk: Desk,
    parts: Parts,
    conversation: Conversation,
    question: str,
    replacing: int | None,
    by: int | None = None,
    within: ArticleFilter | None = None,
) -> AsyncIterator[Changes]:
    """Show how a question is answered."""
    conversation.editing = None
    begun, sources = False, conversation.sources()
    async for notice in desk.ask(conversation, question, replacing, by, within):
        if notice:
            yield {parts.notice: notice_of(notice)}
            continue
        changes: Changes = {}
        if begun:
            changes[parts.chat] = conversation.messages()
        else:
            changes = _begin(parts, conversation)
            changes[parts.talks] = await asyncio.to_thread(listing, desk, conversation)
        latest = conversation.sources()
        if latest != sources:
            changes[parts.sources] = latest
        yield changes
        begun, sources = True, latest
    at_rest: Changes = {}
    if begun:  # by now, the question is kept for certain
        talks = await asyncio.to_thread(listing, desk, conversation)
        at_rest = {parts.box: _box_at_rest(), parts.talks: talks}
    yield {parts.state: state_of(desk), **at_rest}


def suggester(desk: Desk, parts: Parts) -> Callable[[Conversation], Changes]:
    """Return what looks for questions to go on with, once an answer is there."""

    def suggest(conversation: Conversation) -> Changes:
        found = desk.suggest(conversation) and not conversation.stopper
        return {parts.chat: conversation.messages() if found else gr.skip()}

    return suggest


def recaller(desk: Desk, parts: Parts) -> Callable[..., Changes]:
    """Return what shows a conversation again when the page is opened: that of its address, or the last one."""

    def recall(conversation: Conversation, kept_as: object, address: str, request: gr.Request) -> Changes:
        browser = remembered(kept_as)
        desk.memory.recognise(conversation, browser, request.username)
        named = re.match(r"#/c/([^/]+)(?:/(\d{1,6}))?$", address or "")
        trouble = desk.memory.recall(conversation, browser.current if named is None else named[1])
        if named and not trouble and not conversation.exchanges:
            trouble = NO_SUCH
        conversation.id = conversation.id or new_id()  # it is known now what this window shows
        changes: Changes = {
            parts.talks: listing(desk, conversation),
            parts.filters: row_of(desk.library, conversation.within),
        }
        if browser.fresh:
            changes[parts.kept_as] = browser.value(conversation.id)
        if trouble:
            changes[parts.notice] = notice_of(trouble)
        if conversation.exchanges:
            if named and named[2]:
                conversation.show_turn(int(named[2]))
            changes |= shown(parts, conversation)
            changes[parts.sources] = conversation.sources()
        return changes

    return recall


def listing(desk: Desk, conversation: Conversation, undo: Undo | None = None) -> str:
    """Show the conversations of who has this one open."""
    sought = conversation.sought
    talks = desk.memory.listed(conversation, sought)
    return talks_html(talks, conversation.id, searched=bool(sought.strip()), undo=undo)


def settle(desk: Desk, conversation: Conversation, kept_as: object, request: gr.Request) -> None:
    """Note whose conversation it is, and find it again where the program was started anew under an open page."""
    browser = remembered(kept_as)
    conversation.wishes = wishes_of(request.cookies)
    desk.memory.recognise(conversation, browser, request.username)
    if conversation.id is None:
        desk.memory.recall(conversation, browser.current)


def starter(desk: Desk, parts: Parts) -> Callable[[Conversation], Changes]:
    """Return what begins a new conversation."""

    def start_anew(conversation: Conversation) -> Changes:
        changes = begin_anew(parts, conversation)
        return {**changes, parts.talks: listing(desk, conversation)}

    return start_anew


def begin_anew(parts: Parts, conversation: Conversation) -> Changes:
    """Leave a conversation for a new one."""
    conversation.leave()
    return {
        parts.chat: gr.Chatbot([], visible=False),
        parts.sources: conversation.sources(),
        parts.notice: gr.HTML("", visible=False),
        parts.box: _box_at_rest(),
        parts.filters: row_html(None, ()),
        parts.welcome: gr.Column(visible=True),
        parts.anew: gr.Button(visible=False),
        parts.earlier: gr.Button(visible=False),
        parts.kept_as: browser_keeps(conversation),
    }


def widener(parts: Parts) -> Callable[[Conversation], Changes]:
    """Return what shows more of a long conversation."""

    def show_earlier(conversation: Conversation) -> Changes:
        conversation.show_earlier()
        return {**shown(parts, conversation), parts.sources: conversation.sources()}

    return show_earlier


async def stop_answer(conversation: Conversation) -> None:
    """Stop the answer that is being written."""
    conversation.stop()


def state_of(desk: Desk) -> str:
    """Show the state of the collection, or why it cannot be told."""
    try:
        status = desk.library.status()
    except ArticleAssistantError as error:
        return f'<p class="warning" role="alert" lang="en">{escape(str(error))}</p>'
    ready = desk.readiness
    return state_html(status, ready.busy, ready.trouble, desk.model_name, ready.model_trouble)


def feeds_of(desk: Desk) -> str:
    """Show how the feeds are doing; nothing where none are followed or it cannot be told."""
    try:
        feeds = desk.library.feeds.all()
    except ArticleAssistantError:
        return ""  # the state says what is wrong with the collection
    keeper = desk.keeper
    return line_html(
        feeds, reading=bool(keeper and keeper.reading), trouble=keeper.trouble if keeper else None
    )


def progress(desk: Desk) -> tuple[str, gr.Timer]:
    """Return the state, and whether to look again."""
    return state_of(desk), gr.Timer(active=desk.readiness.busy is not None)


def examples(desk: Desk, conversation: Conversation) -> list[gr.Button]:
    """Return the buttons of the questions to begin with, of the articles that are asked."""
    desk.readiness.wait(_LONGEST_WAIT)
    within = None if conversation.exchanges else conversation.within  # a new conversation asks all articles
    questions = desk.suggestions.opening(EXAMPLES, within)
    shown = [gr.Button(question, visible=True) for question in questions]
    return [*shown, *[gr.Button(visible=False)] * (EXAMPLES - len(shown))]


def _begin(parts: Parts, conversation: Conversation) -> Changes:
    """Show a question that has just been asked; the conversation is the browser's from here on."""
    return {
        **shown(parts, conversation),
        parts.notice: gr.HTML("", visible=False),
        parts.box: gr.Textbox("", submit_btn=False, stop_btn=STOP),
        parts.kept_as: browser_keeps(conversation),
    }


def shown(parts: Parts, conversation: Conversation) -> Changes:
    """Show the exchanges of a conversation."""
    return {
        parts.chat: gr.Chatbot(conversation.messages(), visible=True),
        parts.welcome: gr.Column(visible=False),
        parts.anew: gr.Button(visible=True),
        parts.earlier: gr.Button(visible=conversation.hidden() > 0),
    }


def browser_keeps(conversation: Conversation) -> dict[str, str | None]:
    """Return what the browser is to remember."""
    return {"me": conversation.me, "current": conversation.id}


def _box_at_rest() -> gr.Textbox:
    return gr.Textbox(submit_btn=ASK, stop_btn=False)


def notice_of(sentence: str) -> gr.HTML:
    """Show a sentence above the question box."""
    return gr.HTML(f'<p role="alert" lang="en">{escape(sentence)}</p>', visible=True)
