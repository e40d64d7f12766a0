"""The chat page: `python app.py` indexes the sample articles once, then serves on 127.0.0.1:7860."""

from __future__ import annotations

import argparse
import atexit
import getpass
import logging
import os
import shutil
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import Assistant
from assistant.commands.serving import add_options
from assistant.opening import open_assistant
from index import (
    ArticleAssistantError,
    Diagnosis,
    FeedKeeper,
    Index,
    IngestReport,
    Mender,
    Progress,
    examine,
)
from ui.headers import is_loopback

if TYPE_CHECKING:
    from ui.guard import Access
    from ui.seams import Answers, Keeping, Library, Warmable
    from ui.tls import Certificate

SAMPLES = Path(__file__).parent / "articles"
UNFINISHED = "unfinished.txt"
"""Names, inside the collection, the folder whose first indexing has not come to its end."""
OK, FAILED, INTERRUPTED = 0, 2, 130
UNENCRYPTED = (
    "What the page is sent, passwords too, is not encrypted: "
    "name a certificate with --tls-cert, or have a proxy with TLS in front."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Index what is to be indexed, serve the page, and return the exit code."""
    arguments = _parser().parse_args(argv)
    return start(arguments, arguments.articles)


def start(arguments: argparse.Namespace, articles: Path | None = None) -> int:
    """Do what the options of serving ask for (`assistant.commands.serving.add_options`), and return the exit code."""
    if arguments.add_user:
        return add_user(arguments.users, arguments.add_user)
    return launch(
        arguments.data,
        host=arguments.host,
        port=arguments.port,
        open_browser=not arguments.no_browser,
        articles=articles,
        model=arguments.model,
        model_url=arguments.model_url,
        refresh=arguments.refresh,
        users=arguments.users,
        proxy=arguments.proxy,
        hostnames=arguments.hostname,
        tls=(arguments.tls_cert, arguments.tls_key),
    )


def add_user(users: Path | None, name: str) -> int:
    """Write a user into the users file, with the password that standard input gives; returns the exit code."""
    from ui.accounts import save_user
    from ui.guard import USERS_ENV

    path = users or (Path(named) if (named := os.environ.get(USERS_ENV)) else None)
    if path is None:
        return _fail(f"Name the users file with --users FILE or ${USERS_ENV}.")
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        save_user(path, name, password)
    except ArticleAssistantError as error:
        return _fail(str(error))
    print(f"{name} may sign in.")
    return OK


def launch(
    data_dir: Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    articles: Path | None = None,
    model: str | Sequence[str] | None = None,
    model_url: str | None = None,
    refresh: float | None = None,
    users: Path | None = None,
    proxy: str | None = None,
    hostnames: Sequence[str] = (),
    tls: tuple[Path | None, Path | None] = (None, None),
) -> int:
    """Serve the page over a collection until it is interrupted.

    `articles` is added first; without it, the samples are, if the collection is empty. `model` says
    who writes the answers, as in ModelConfig.name, the first of several by default; without it, the
    environment does. `refresh` is the seconds between two readings of the feeds; without it, they are
    not read. `users`, `proxy` and `hostnames` say who may use it from other machines, as in
    `ui.guard.Access.of`; `tls` names certificate and key, as in `ui.tls.Certificate.of`. Returns 0, 2
    where it cannot start (and says why in one sentence), 130 when indexing was interrupted.
    """
    from ui.guard import Access
    from ui.tls import Certificate

    try:
        access, certificate = Access.of(users, proxy, hostnames), Certificate.of(*tls)
    except ArticleAssistantError as error:
        return _fail(str(error))
    reason = why_not(host, port, closed=access.closed)
    if reason:
        return _fail(reason)
    if not is_loopback(host) and certificate is None:
        print(UNENCRYPTED, file=sys.stderr)
    try:
        with Index.open(data_dir) as index, ExitStack() as stack:
            assistant, *others = _answering(index, stack, model, model_url)
            _fill(index, articles)
            writes = assistant if assistant.model_name else None
            with Mender(index), FeedKeeper(index.feeds, refresh) if refresh else nullcontext() as keeper:
                serve(
                    index,
                    assistant,
                    model=writes,
                    others=others,
                    keeper=keeper,
                    host=host,
                    port=port,
                    open_browser=open_browser,
                    access=access,
                    certificate=certificate,
                )
    except ArticleAssistantError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        print("Interrupted. What was done is kept; the next start goes on from there.", file=sys.stderr)
        return INTERRUPTED
    return OK


def _answering(
    index: Index, stack: ExitStack, model: str | Sequence[str] | None, model_url: str | None
) -> list[Assistant]:
    """Open who can answer, the default first, and with models one who quotes; `stack` closes them."""
    names = [model] if model is None or isinstance(model, str) else model
    found = [stack.enter_context(open_assistant(index, model=name, model_url=model_url)) for name in names]
    return [*found, Assistant(index)] if all(one.model_name for one in found) else found


def serve(
    library: Library,
    assistant: Answers,
    *,
    model: Warmable | None = None,
    keeper: Keeping | None = None,
    data_dir: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    block: bool = True,
    access: Access | None = None,
    certificate: Certificate | None = None,
    others: Sequence[Answers] = (),
    examine: Callable[[Path], Iterable[Diagnosis]] = examine,
) -> Any:
    """Serve the page; returns Gradio's page where it does not `block`, to be closed by the caller.

    `model`, which the assistant writes with, is warmed up as the library is. `keeper` reads the feeds
    in the background. `others` answer, too, where a reader asks again; one without a model tries what
    is offered to be asked. `access` says who may use the page: each user who signs in has
    conversations of their own, and so has each browser where nobody does. They are kept in
    `data_dir`, by default the library's, whose health `examine` looks at. `certificate` is for TLS.
    """
    _set_gradio_up()
    from ui.caretaker import Caretaker
    from ui.desk import open_desk
    from ui.guard import user_of
    from ui.layout import arrivals, build_page, launch_settings
    from ui.reading_room import ReadingRoom

    folder = data_dir or Path(library.status().data_dir)
    desk = open_desk(library, assistant, folder, model=model, others=others, keeper=keeper)
    room = ReadingRoom(library, folder, arrivals, keeper=keeper)
    closed = access is not None and access.closed
    care = Caretaker(library, folder, writers=desk.writers, allowed=not closed, examine=examine)
    page = build_page(desk, room, care, folder)
    settings = launch_settings(folder, room.limits, access)
    settings |= certificate.settings() if certificate else {}
    page.launch(server_name=host, server_port=port, prevent_thread_lock=True, **settings)
    if closed:
        page.app.auth_dependency = user_of  # whoever came through the gate is known by name behind it
    desk.readiness.start()
    room.warm_up()
    address = f"http{'s' if certificate else ''}://{f'[{host}]' if ':' in host else host}:{port}"
    print(f"Article Assistant is at {address}", flush=True)
    if not block:
        return page
    if open_browser and _has_display():
        webbrowser.open(address)
    print("Press Ctrl-C to stop.", flush=True)
    try:
        page.block_thread()
    finally:
        room.close()
        care.close()
        page.close()
    return None


def why_not(host: str, port: int, *, closed: bool = False) -> str | None:
    """Return, in a sentence, why the page cannot be served there; None where it can.

    Unless it is `closed` to all who have not signed in, it is served to this machine only.
    """
    if not is_loopback(host) and not closed:
        return (
            f"Without a sign-in the page is not served to other machines (--host {host}); name those who may "
            "use it with --users, or use a tunnel such as `ssh -L 7860:127.0.0.1:7860` to 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            return f"There is no port {port}; choose one from 1024 to 65535 with --port."
        except OSError as error:
            return (
                f"Port {port} of {host} cannot be used ({error.strerror}); another program may hold it: "
                f"choose another port, such as --port {port + 1 if 1023 < port < 65535 else 7861}."
            )
    return None


def _fill(index: Index, articles: Path | None) -> None:
    """Index the named folder, or the samples into an empty collection; go on with what was interrupted."""
    unfinished = index.data_dir / UNFINISHED
    folder = articles
    if folder is None and unfinished.exists():
        folder = Path(unfinished.read_text(encoding="utf-8").strip())
        folder = folder if folder.is_dir() else None
    if folder is None and SAMPLES.is_dir() and index.status().articles == 0:
        folder = SAMPLES
    if folder is None:
        return
    unfinished.write_text(f"{folder.resolve()}\n", encoding="utf-8")
    report = _add(index, folder)
    unfinished.unlink(missing_ok=True)
    done = len(report.added) + len(report.updated)
    print(f"Indexed {done} new articles of {folder} ({len(report.unchanged)} unchanged).")
    for failure in report.failures:
        print(f"  not indexed: {failure.path}: {failure.reason}", file=sys.stderr)


def _add(index: Index, folder: Path) -> IngestReport:
    from tqdm import tqdm

    with tqdm(desc=f"Indexing {folder.name}", unit=" articles", disable=None) as bar:

        def show(progress: Progress) -> None:
            bar.total = progress.total
            bar.set_postfix_str(f"{progress.passages} passages", refresh=False)
            bar.update(progress.done - bar.n)

        return index.add([folder], progress=show)


def _set_gradio_up() -> None:
    """Keep Gradio off the network and its files out of the shared temporary folder."""
    import tempfile

    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    if "GRADIO_TEMP_DIR" not in os.environ:
        folder = os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="article-assistant-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _fail(reason: str) -> int:
    print(f"article-assistant: {reason}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Serve the chat page over a collection of articles.",
        epilog="Example: python app.py --port 8000 --no-browser",
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="the collection (default: $ARTICLE_ASSISTANT_DATA)"
    )
    parser.add_argument("--articles", type=Path, metavar="DIR", help="articles to add before serving")
    add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
