"""A page that is closed from another thread tells those who wait, at once and without failing."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

from ui.closing import StopSign, closing_from_any_thread


def test_those_who_wait_are_woken_from_another_thread() -> None:
    late: list[bool] = []

    async def wait() -> None:
        app = SimpleNamespace()
        async with closing_from_any_thread(app):
            waiting = [asyncio.create_task(app.stop_event.wait()) for _ in range(3)]
            await asyncio.sleep(0)
            asyncio.get_running_loop().call_later(5, late.append, True)  # nothing else wakes this loop
            closer = threading.Timer(0.1, app.stop_event.set)
            closer.start()
            await asyncio.gather(*waiting)
            closer.join()

    asyncio.run(wait())
    assert not late


def test_it_is_set_in_the_thread_of_those_who_wait() -> None:
    async def close() -> None:
        sign = StopSign(asyncio.get_running_loop())
        closer = threading.Thread(target=sign.set)
        closer.start()
        closer.join()  # the loop stands still meanwhile
        assert not sign.is_set()
        await asyncio.sleep(0)
        assert sign.is_set()

    asyncio.run(close())


def test_setting_it_after_the_loop_has_ended_is_no_error() -> None:
    loop = asyncio.new_event_loop()
    sign = StopSign(loop)
    loop.close()
    sign.set()
    assert sign.is_set()
