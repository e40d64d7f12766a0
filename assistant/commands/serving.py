"""`serve`: the chat page."""

from __future__ import annotations

import argparse

from .base import Commands, add_model
from .feeds import interval


def add_to(commands: Commands) -> None:
    """Declare the command."""
    sub = commands.add("serve", serve, "Serve the chat page.", "serve --port 8000 --no-browser")
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    sub.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    sub.add_argument("--no-browser", action="store_true", help="open no browser")
    text = "read the feeds that often, in the background, such as 15m, 2h or 1d"
    sub.add_argument("--refresh", type=interval, metavar="INTERVAL", help=text)
    add_model(sub)


def serve(arguments: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    import app  # the page is heavy and stands beside the packages

    return app.launch(
        arguments.data,
        host=arguments.host,
        port=arguments.port,
        open_browser=not arguments.no_browser,
        model=arguments.model,
        model_url=arguments.model_url,
        refresh=arguments.refresh,
    )
