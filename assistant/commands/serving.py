"""`serve`: the chat page."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..config import MODEL_HELP, MODEL_URL_HELP
from .base import Commands
from .feeds import interval


def add_to(commands: Commands) -> None:
    """Declare the command."""
    sub = commands.add("serve", serve, "Serve the chat page.", "serve --port 8000 --no-browser")
    add_options(sub)


def add_options(command: argparse.ArgumentParser) -> None:
    """Give a command the options of serving the page, those of `app.py` among them."""
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    command.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    command.add_argument("--no-browser", action="store_true", help="open no browser")
    text = "read the feeds that often, in the background, such as 15m, 2h or 1d"
    command.add_argument("--refresh", type=interval, metavar="INTERVAL", help=text)
    text = f"{MODEL_HELP}; several can be named, and a reader can ask the others again"
    command.add_argument("--model", metavar="NAME", action="append", help=text)
    command.add_argument("--model-url", metavar="URL", help=MODEL_URL_HELP)
    access = command.add_argument_group("serving to other machines")
    text = "names and password hashes of those who may sign in (default: $ARTICLE_ASSISTANT_USERS)"
    access.add_argument("--users", type=Path, metavar="FILE", help=text)
    text = "add somebody to the users file, or give them a new password, read from standard input; then end"
    access.add_argument("--add-user", metavar="NAME", help=text)
    text = "a reverse proxy that names the user in a header (default: $ARTICLE_ASSISTANT_PROXY)"
    access.add_argument("--proxy", metavar="HEADER@ADDRESS", help=text)
    text = "a name under which the page is reached; may be repeated (default: $ARTICLE_ASSISTANT_HOSTNAMES)"
    access.add_argument("--hostname", action="append", default=[], metavar="NAME", help=text)
    text = "a certificate in PEM, with what it is signed by: serve over TLS (default: $ARTICLE_ASSISTANT_TLS_CERT)"
    access.add_argument("--tls-cert", type=Path, metavar="FILE", help=text)
    text = "its key, if that is in a file of its own (default: $ARTICLE_ASSISTANT_TLS_KEY)"
    access.add_argument("--tls-key", type=Path, metavar="FILE", help=text)


def serve(arguments: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    import app  # the page is heavy and stands beside the packages

    return app.start(arguments)
