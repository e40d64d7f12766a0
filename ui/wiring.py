"""Which event of the chat does what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr

from .desk import Desk
from .handlers import Parts, examples, recaller, repeater, responder, starter, stop_answer, suggester, widener
from .privacy import privacy_actor
from .talking import actor
from .votes import voter

PRIVATE: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "trigger_mode": "once",
}
"""How events are listened to: not offered to other programs, and one at a time."""
_EACH = {**PRIVATE, "trigger_mode": "multiple"}
_LATEST = {**PRIVATE, "trigger_mode": "always_last"}
_ARRIVING = (
    "async (conversation, kept, address) => [conversation, await articleMe(kept, '{name}'), location.hash]"
)


def connect_votes(votes: gr.HTML, desk: Desk, parts: Parts, conversation: gr.State) -> None:
    """Have what is said of answers kept."""
    votes.act(voter(desk), [conversation, parts.kept_as], votes, queue=False, **_EACH)


def connect_settings(settings: gr.HTML, desk: Desk, parts: Parts, conversation: gr.State) -> None:
    """Have all that is kept of a reader handed over or deleted."""
    act, who = privacy_actor(desk, parts), [conversation, parts.kept_as]
    settings.act(act, who, list(parts), queue=False, **PRIVATE)


def connect_chat(
    page: gr.Blocks,
    desk: Desk,
    parts: Parts,
    offered: Sequence[gr.Button],
    conversation: gr.State,
    library: gr.HTML,
) -> None:
    """Have questions answered, and conversations opened, kept and changed.

    What is `offered` to begin with changes with the filter, and with what is in the `library`.
    """
    outputs, who = list(parts), [conversation, parts.kept_as]
    respond = responder(desk, parts)
    asked = [parts.box.submit(respond, [parts.box, *who], outputs, **PRIVATE)]
    asked += [button.click(respond, [button, *who], outputs, **PRIVATE) for button in offered]
    asked.append(parts.talks.again(repeater(desk, parts), who, outputs, **PRIVATE))
    for one in asked:
        one.then(suggester(desk, parts), conversation, outputs, **_LATEST)
    parts.box.stop(stop_answer, conversation, None, queue=False, **PRIVATE)
    parts.anew.click(starter(desk, parts), conversation, outputs, queue=False, **PRIVATE)
    parts.earlier.click(widener(parts), conversation, outputs, queue=False, **PRIVATE)
    parts.talks.act(actor(desk, parts), who, outputs, queue=False, **_EACH)
    address = gr.Textbox(visible=False)
    recall = recaller(desk, parts)
    recalled = page.load(
        recall,
        [*who, address],
        outputs,
        queue=False,
        js=_ARRIVING.format(name=parts.kept_as.storage_key),
        **PRIVATE,
    )
    for offering in (recalled.then, parts.filters.change, library.changed):
        offering(partial(examples, desk), conversation, list(offered), queue=False, **_LATEST)
