"""The page in Gradio: a header, one column of chat, one of sources, and the library in their place."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from . import texts
from .about import about_html
from .caretaker import Caretaker
from .closing import closing_from_any_thread
from .config import UploadLimits
from .conversation import Conversation
from .desk import Desk
from .escape import escape
from .filter_room import FilterRoom
from .filters import row_html
from .guard import Access, Gate
from .handlers import (
    ASK,
    EXAMPLES,
    Parts,
    feeds_of,
    progress,
    state_of,
)
from .headers import Guard
from .reading_room import ReadingRoom
from .render import NO_SOURCES
from .settings import Trials, settings_html
from .shelves import VIEWS, library_html
from .talks import SEARCH, UNREAD, head_html
from .tools import EXPORT
from .wiring import PRIVATE, connect_chat, connect_settings, connect_votes

_HERE = Path(__file__).parent
_POLL_SECONDS = 1.0
_FEEDS_SECONDS = 15.0
_HEADER = (
    '<h1>Article Assistant</h1><p class="tagline">Ask your articles, in any language; '
    "check every answer against its source.</p>"
)


def build_page(desk: Desk, room: ReadingRoom, care: Caretaker, collection: Path) -> gr.Blocks:
    """Lay the page out and connect it to where questions are answered, to the library, and to its caretaker.

    A browser remembers one conversation for each `collection`, a folder.
    """
    with gr.Blocks(title="Article Assistant", analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State(Conversation())
        kept_as = _browser_state(collection)
        with gr.Row(elem_id="masthead"):
            gr.HTML(_HEADER, elem_id="name", js_on_load=None)
            gr.HTML(VIEWS, elem_id="views", js_on_load=None, apply_default_css=False)
            with gr.Column(elem_id="condition"):
                state = gr.HTML(state_of(desk), elem_id="state")
                feeds = gr.HTML(feeds_of(desk), elem_id="feeds")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talks-column"):
                gr.HTML(SEARCH, js_on_load=None, apply_default_css=False)
                talks = _talks()
            with gr.Column(elem_id="chat-column"):
                with gr.Column(elem_id="welcome") as welcome:
                    gr.HTML(_welcome(desk), elem_id="greeting")
                    buttons = [gr.Button(visible=False, elem_classes="example") for _ in range(EXAMPLES)]
                with gr.Row(elem_id="over-chat"):
                    gr.HTML(
                        head_html(desk.writers), elem_id="drawer", js_on_load=None, apply_default_css=False
                    )
                    gr.HTML(EXPORT, elem_id="export", js_on_load=None, apply_default_css=False)
                    earlier = gr.Button("Earlier questions", elem_id="earlier", visible=False, size="sm")
                    anew = gr.Button("New conversation", elem_id="anew", visible=False, size="sm")
                chat = _chat()
                notice = gr.HTML("", elem_id="notice", visible=False, apply_default_css=False)
                filters = _filters(desk)
                box = _box()
            with gr.Column(elem_id="sources-column"):
                sources = gr.HTML(NO_SOURCES, elem_id="sources", js_on_load=None)
        library, settings, about = _library(desk, room), _settings(desk), _about(care)
        timer = gr.Timer(_POLL_SECONDS, active=True)
        parcel = gr.HTML(
            "", elem_id="parcel", apply_default_css=False, js_on_load="articleParcels(element, watch);"
        )
        parts = Parts(
            chat, sources, notice, box, welcome, state, anew, earlier, kept_as, talks, parcel, filters
        )
        connect_chat(page, desk, parts, buttons, conversation, library)
        connect_votes(_votes(), desk, parts, conversation)
        connect_settings(settings, desk, parts, conversation)
        about.changed(lambda: state_of(desk), None, state, queue=False, **PRIVATE)
        timer.tick(lambda: progress(desk), None, [state, timer], queue=False, **PRIVATE)
        _keep_showing(desk, state, feeds)
        library.changed(lambda: state_of(desk), None, state, **PRIVATE)
        page.load(lambda: [state_of(desk), feeds_of(desk)], None, [state, feeds], queue=False, **PRIVATE)
    page.queue(default_concurrency_limit=4, max_size=64, api_open=False)
    return page


def _keep_showing(desk: Desk, state: gr.HTML, feeds: gr.HTML) -> None:
    """Show how the feeds are doing, and what is added, while the page is open."""
    shown = gr.State("")

    def latest(before: str) -> tuple[str, Any, str]:
        now = feeds_of(desk)
        return state_of(desk), gr.skip() if now == before else now, now

    gr.Timer(_FEEDS_SECONDS).tick(latest, shown, [state, feeds, shown], queue=False, **PRIVATE)


def _browser_state(collection: Path) -> gr.BrowserState:
    """Where the browser keeps the id of its conversation.

    Gradio sends the secret to the browser along with the page, so it protects nothing; fixed, it lets
    the next start of the program read what this one wrote.
    """
    folder = hashlib.sha256(str(collection.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return gr.BrowserState(None, storage_key=f"article-assistant-{folder}", secret="conversation")  # noqa: S106


def _welcome(desk: Desk) -> str:
    name = desk.model_name
    how = (
        f"Answers are written by <bdi>{escape(name[:80])}</bdi> from the articles, and every sentence is checked."
        if name
        else "Answers are quoted from the articles, word for word."
    )
    return f"<h2>What would you like to know?</h2><p>{how}</p>"


def _library(desk: Desk, room: ReadingRoom) -> gr.HTML:
    return gr.HTML(
        library_html(room.limits, name=room.name, can_restore=desk.library.can_restore),
        elem_id="library",
        apply_default_css=False,
        js_on_load="articleLibrary(element, server, trigger);  // it triggers 'changed'",
        server_functions=room.services(),
    )


def _votes() -> gr.HTML:
    return gr.HTML(
        "",
        elem_id="votes",
        apply_default_css=False,
        js_on_load="articleVotes(element, trigger, watch);  // it triggers 'act'",
    )


def _settings(desk: Desk) -> gr.HTML:
    return gr.HTML(
        settings_html(desk),
        elem_id="settings",
        apply_default_css=False,
        js_on_load="articleSettings(element, server, trigger);  // it triggers 'act'",
        server_functions=Trials(desk).services(),
    )


def _about(care: Caretaker) -> gr.HTML:
    return gr.HTML(
        about_html(allowed=care.allowed),
        elem_id="about",
        apply_default_css=False,
        js_on_load="articleAbout(element, server, trigger);  // it triggers 'changed'",
        server_functions=care.services(),
    )


def _talks() -> gr.HTML:
    return gr.HTML(
        UNREAD,
        elem_id="talks",
        apply_default_css=False,
        js_on_load="articleTalks(element, trigger, watch);  // it triggers 'act' and 'again'",
    )


def _filters(desk: Desk) -> gr.HTML:
    return gr.HTML(
        row_html(None, ()),
        elem_id="filters",
        apply_default_css=False,
        js_on_load="articleFilters(element, server, watch);",
        server_functions=FilterRoom(desk.library).services(),
    )


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label="Chat",
        show_label=False,
        container=False,
        height=None,
        visible=False,
        sanitize_html=True,
        allow_tags=False,
        render_markdown=True,
        latex_delimiters=[],
        line_breaks=False,
        group_consecutive_messages=False,
        feedback_options=None,
        buttons=[],
        layout="panel",
        autoscroll=False,
        allow_file_downloads=False,
    )


def _box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask a question, in any language",
        lines=1,
        max_lines=6,
        autofocus=True,
        submit_btn=ASK,
        html_attributes=gr.InputHTMLAttributes(spellcheck=True, autocomplete="off"),
    )


def launch_settings(data_dir: Path, limits: UploadLimits, access: Access | None = None) -> dict[str, Any]:
    """Return the arguments of `launch()` that make the page ours, private and bounded."""
    access = access or Access(limits=limits)
    styles = "".join(
        _read(name)
        for name in ("style.css", "talks.css", "tools.css", "filters.css", "panels.css", "library.css")
    )
    scripts = "".join(
        f"<script>{_read(name)}</script>"
        for name in (
            "page.js",
            "me.js",
            "talks.js",
            "tools.js",
            "votes.js",
            "shortcuts.js",
            "preview.js",
            "brush.js",
            "filters.js",
            "intake.js",
            "feeds.js",
            "library.js",
            "settings.js",
            "about.js",
            "draft.js",
        )
    )
    head = f'<meta name="referrer" content="no-referrer"><style>{styles}</style><script>{texts.script()}</script>{scripts}'
    return {
        "theme": gr.themes.Base(
            font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"], text_size="md"
        ),
        "head": head,
        "share": False,
        "show_error": False,
        "ssr_mode": False,
        "strict_cors": True,
        "enable_monitoring": False,
        "mcp_server": False,
        "pwa": False,
        "run_history": False,
        "footer_links": [],
        "app_kwargs": {
            "middleware": [Middleware(Guard, allows=access.admits), Middleware(Gate, access=access)],
            "lifespan": closing_from_any_thread,
        },
        "allowed_paths": [],
        "blocked_paths": [str(data_dir)],
        "max_file_size": limits.file_bytes,
        "max_threads": 40,
        "state_session_capacity": 1000,
        "quiet": True,
    }


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def arrivals() -> Path:
    """Return the folder where Gradio puts files that are uploaded."""
    return Path(get_upload_folder())
