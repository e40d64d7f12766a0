"""What the page does when something is asked, stopped, begun anew or opened again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import gradio as gr

from index import ArticleAssistantError

from .conversation import Conversation
from .desk import Desk
from .escape import escape
from .examples import example_questions
from .feeds import line_html
from .render import state_html

EXAMPLES = 5
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


Changes = dict[Any, Any]
"""Component → its new value, or its new properties."""


def responder(desk: Desk, parts: Parts) -> Callable[[str, Conversation], AsyncIterator[Changes]]:
    """Return what answers a question, step by step."""

    async def respond(question: str, conversation: Conversation) -> AsyncIterator[Changes]:
        begun, sources = False, conversation.sources()
        async for notice in desk.ask(conversation, question or ""):
            if notice:
                yield {parts.notice: _notice(notice)}
                continue
            changes: Changes = {} if begun else _begin(parts, conversation)
            if begun:
                changes[parts.chat] = conversation.messages()
            latest = conversation.sources()
            if latest != sources:
                changes[parts.sources] = latest
            yield changes
            begun, sources = True, latest
        yield {parts.state: state_of(desk), **({parts.box: _box_at_rest()} if begun else {})}

    return respond


def recaller(desk: Desk, parts: Parts) -> Callable[[Conversation, object], Changes]:
    """Return what shows the browser's conversation again when the page is opened."""

    def recall(conversation: Conversation, kept_as: object) -> Changes:
        trouble = desk.recall(conversation, kept_as)
        if trouble:
            return {parts.notice: _notice(trouble)}
        if not conversation.exchanges:
            return {parts.notice: gr.skip()}
        return {**_shown(parts, conversation), parts.sources: conversation.sources()}

    return recall


def starter(parts: Parts) -> Callable[[Conversation], Changes]:
    """Return what begins a new conversation."""

    async def start_anew(conversation: Conversation) -> Changes:
        conversation.start_anew()
        return {
            parts.chat: gr.Chatbot([], visible=False),
            parts.sources: conversation.sources(),
            parts.notice: gr.HTML("", visible=False),
            parts.box: _box_at_rest(),
            parts.welcome: gr.Column(visible=True),
            parts.anew: gr.Button(visible=False),
            parts.earlier: gr.Button(visible=False),
            parts.kept_as: conversation.id,  # Gradio stores no empty value, so the old id is overwritten
        }

    return start_anew  # type: ignore[return-value]


def widener(parts: Parts) -> Callable[[Conversation], Changes]:
    """Return what shows more of a long conversation."""

    def show_earlier(conversation: Conversation) -> Changes:
        conversation.show_earlier()
        return {**_shown(parts, conversation), parts.sources: conversation.sources()}

    return show_earlier


async def stop_answer(conversation: Conversation) -> None:
    """Stop the answer that is being written."""
    conversation.stop()


def state_of(desk: Desk) -> str:
    """Show the state of the collection, or why it cannot be told."""
    try:
        status = desk.library.status()
    except ArticleAssistantError as error:
        return f'<p class="warning" role="alert">{escape(str(error))}</p>'
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


def examples(desk: Desk) -> list[gr.Button]:
    """Return the buttons of the questions to begin with."""
    try:
        questions = example_questions(desk.library.list_articles(), EXAMPLES)
    except ArticleAssistantError:
        questions = []
    shown = [gr.Button(question, visible=True) for question in questions]
    return [*shown, *[gr.Button(visible=False)] * (EXAMPLES - len(shown))]


def _begin(parts: Parts, conversation: Conversation) -> Changes:
    """Show a question that has just been asked; the conversation is the browser's from here on."""
    return {
        **_shown(parts, conversation),
        parts.notice: gr.HTML("", visible=False),
        parts.box: gr.Textbox("", submit_btn=False, stop_btn=STOP),
        parts.kept_as: conversation.id,
    }


def _shown(parts: Parts, conversation: Conversation) -> Changes:
    return {
        parts.chat: gr.Chatbot(conversation.messages(), visible=True),
        parts.welcome: gr.Column(visible=False),
        parts.anew: gr.Button(visible=True),
        parts.earlier: gr.Button(visible=conversation.hidden() > 0),
    }


def _box_at_rest() -> gr.Textbox:
    return gr.Textbox(submit_btn=ASK, stop_btn=False)


def _notice(sentence: str) -> gr.HTML:
    return gr.HTML(f'<p role="alert">{escape(sentence)}</p>', visible=True)
