"""The page in Gradio: a header, one column of chat, one of sources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from index import ArticleAssistantError

from .conversation import Conversation, Desk
from .escape import escape
from .examples import example_questions
from .headers import Guard
from .render import NO_SOURCES, state_html

_HERE = Path(__file__).parent
_EXAMPLES = 5
_POLL_SECONDS = 1.0
_HEADER = (
    '<h1>Article Assistant</h1><p class="tagline">Ask your articles, in any language; '
    "check every answer against its source.</p>"
)
_WELCOME = "<h2>What would you like to know?</h2><p>Answers are quoted from the articles, word for word.</p>"
_PRIVATE: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "trigger_mode": "once",
}


def build_page(desk: Desk) -> gr.Blocks:
    """Lay the page out and connect it to where questions are answered."""
    with gr.Blocks(title="Article Assistant", analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State(Conversation())
        with gr.Row(elem_id="masthead"):
            gr.HTML(_HEADER, elem_id="name")
            state = gr.HTML(_state(desk), elem_id="state")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="chat-column"):
                with gr.Column(elem_id="welcome") as welcome:
                    gr.HTML(_WELCOME, elem_id="greeting")
                    examples = [gr.Button(visible=False, elem_classes="example") for _ in range(_EXAMPLES)]
                chat = _chat()
                notice = gr.HTML("", elem_id="notice", visible=False)
                box = _box()
            with gr.Column(elem_id="sources-column"):
                sources = gr.HTML(NO_SOURCES, elem_id="sources", js_on_load=None)
        timer = gr.Timer(_POLL_SECONDS, active=True)
        respond = _responder(desk)
        outputs = [chat, sources, notice, box, welcome, state]
        box.submit(respond, [box, conversation], outputs, **_PRIVATE)
        for example in examples:
            example.click(respond, [example, conversation], outputs, **_PRIVATE)
        timer.tick(lambda: _progress(desk), None, [state, timer], queue=False, **_PRIVATE)
        page.load(lambda: _examples(desk), None, examples, queue=False, **_PRIVATE)
    page.queue(default_concurrency_limit=4, max_size=64, api_open=False)
    return page


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
        submit_btn="Ask",
        html_attributes=gr.InputHTMLAttributes(spellcheck=True, autocomplete="off"),
    )


def _responder(desk: Desk) -> Callable[[str, Conversation], AsyncIterator[tuple[Any, ...]]]:
    async def respond(question: str, conversation: Conversation) -> AsyncIterator[tuple[Any, ...]]:
        first, sources = True, conversation.sources()
        async for notice in desk.ask(conversation, question or ""):
            if notice:
                yield gr.skip(), gr.skip(), _notice(notice), gr.skip(), gr.skip(), gr.skip()
                return
            latest = conversation.sources()
            yield (
                gr.Chatbot(conversation.messages(), visible=True) if first else conversation.messages(),
                latest if latest != sources else gr.skip(),
                gr.HTML("", visible=False) if first else gr.skip(),
                "" if first else gr.skip(),
                gr.Column(visible=False) if first else gr.skip(),
                gr.skip(),
            )
            first, sources = False, latest
        yield (*[gr.skip()] * 5, _state(desk))

    return respond


def _notice(sentence: str) -> gr.HTML:
    return gr.HTML(f'<p role="alert">{sentence}</p>', visible=True)


def _state(desk: Desk) -> str:
    """Show the state of the collection, or why it cannot be told."""
    try:
        status = desk.library.status()
    except ArticleAssistantError as error:
        return f'<p class="warning" role="alert">{escape(str(error))}</p>'
    return state_html(status, desk.readiness.loading, desk.readiness.trouble)


def _progress(desk: Desk) -> tuple[str, gr.Timer]:
    return _state(desk), gr.Timer(active=desk.readiness.loading is not None)


def _examples(desk: Desk) -> list[gr.Button]:
    try:
        questions = example_questions(desk.library.list_articles(), _EXAMPLES)
    except ArticleAssistantError:
        questions = []
    shown = [gr.Button(question, visible=True) for question in questions]
    return [*shown, *[gr.Button(visible=False)] * (_EXAMPLES - len(shown))]


def launch_settings(data_dir: Path) -> dict[str, Any]:
    """Return the arguments of `launch()` that make the page ours, private and bounded."""
    head = "".join(
        (
            '<meta name="referrer" content="no-referrer">',
            f"<style>{(_HERE / 'style.css').read_text(encoding='utf-8')}</style>",
            f"<script>{(_HERE / 'page.js').read_text(encoding='utf-8')}</script>",
        )
    )
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
        "app_kwargs": {"middleware": [Middleware(Guard)]},
        "allowed_paths": [],
        "blocked_paths": [str(data_dir)],
        "max_file_size": "1mb",
        "max_threads": 40,
        "state_session_capacity": 1000,
        "quiet": True,
    }
