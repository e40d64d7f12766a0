"""Connections to the scripted model server, for tests."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from assistant.config import ModelConfig
from assistant.llm import LanguageModel, open_model
from tests.model_server import ModelServer

KEY = "zq-DISTINCTIVE-0123456789-key"


def connect(
    server: ModelServer,
    kind: str = "openai",
    sleep: Callable[[float], object] = lambda _: None,
    **settings: Any,
) -> LanguageModel:
    config = ModelConfig(**{"name": f"{kind}:m", "url": server.url, **settings})
    model = open_model(config, sleep=sleep, random=lambda: 0.5)
    assert model is not None
    model.warm_up()  # so that loading the libraries is not timed
    return model


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def nobody_left(server: ModelServer) -> bool:
    threads = ("language-model", "llama.cpp", "asyncio_")
    return until(
        lambda: server.open == 0 and not [t for t in threading.enumerate() if t.name.startswith(threads)]
    )


def everything_said(error: BaseException | None) -> str:
    said = ""
    while error is not None:
        said += f"{error!r} {error} {vars(error)}" + "".join(traceback.format_exception(error))
        error = error.__cause__ or error.__context__
    return said
