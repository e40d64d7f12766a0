"""The page's end, which is told from another thread than those that wait for it run in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class StopSign(asyncio.Event):
    """An event that any thread may set; those who wait for it run in `loop`.

    Gradio sets its own from the thread that closes the page. asyncio's events are not made for that:
    the loop is not woken, and setting fails if a reader leaves at that very moment.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._serving = loop

    def set(self) -> None:
        """Wake those who wait, from whichever thread."""
        try:
            self._serving.call_soon_threadsafe(super().set)
        except RuntimeError:  # the loop has ended, so nobody waits
            super().set()


@asynccontextmanager
async def closing_from_any_thread(app: Any) -> AsyncIterator[None]:
    """Give the app a stop sign of the loop that serves it, for as long as it is served."""
    app.stop_event = StopSign(asyncio.get_running_loop())
    yield
