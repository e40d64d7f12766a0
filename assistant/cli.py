"""The command line: `article-assistant COMMAND`.

Exit codes: 0 done; 1 done in part (a file could not be read, an id is unknown), or `eval --compare`
found something worse; 2 not done (wrong use, bad input, the collection cannot be used); 3 the articles
hold no answer; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import (
    Article,
    ArticleAssistantError,
    ArticleSummary,
    Index,
    IngestReport,
    Progress,
    ProgressCallback,
    QuestionError,
)

from . import feeds_command
from .config import MODEL_HELP, MODEL_URL_HELP

if TYPE_CHECKING:
    from .answer import Assistant
    from .types import Answer, Turn

OK, PARTLY, FAILED, NO_ANSWER, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to fail
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except ArticleAssistantError as error:
        print(f"article-assistant: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        kept = (
            ""
            if arguments.run in (_ask, _chat)
            else " What was done is kept; run the same command again to go on."
        )
        print(f"Interrupted.{kept}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return OK
    return code


def _ask(arguments: argparse.Namespace) -> int:
    from .render import to_dict, to_terminal
    from .types import Status

    question = sys.stdin.read() if arguments.question == "-" else arguments.question
    with _assistant(arguments) as assistant:
        answer = _answered(assistant, question)
    if arguments.json:
        _print_json(to_dict(answer))
    else:
        print(to_terminal(answer))
    return NO_ANSWER if answer.status is Status.NO_EVIDENCE else OK


def _chat(arguments: argparse.Namespace) -> int:
    from .render import to_dict, to_terminal
    from .types import Turn

    history: list[Turn] = []
    failed = False
    with _assistant(arguments) as assistant:
        for question in _questions():
            try:
                answer = _answered(assistant, question, history)
            except KeyboardInterrupt:
                if not sys.stdin.isatty():
                    raise
                print("Stopped. Ask again, or press Enter to end.", file=sys.stderr)
                continue
            except QuestionError as error:
                print(f"article-assistant: {error}", file=sys.stderr)
                failed = True
                continue
            print(
                json.dumps(to_dict(answer), ensure_ascii=False) if arguments.json else to_terminal(answer),
                flush=True,
            )
            history.append(Turn(question=question, answer=answer.text))
    return PARTLY if failed else OK


def _answered(assistant: Assistant, question: str, history: Sequence[Turn] = ()) -> Answer:
    """Answer a question; a terminal sees meanwhile what is being done. An interrupt stops the model."""
    from .status_line import StatusLine

    events = assistant.stream(question, history)
    with closing(events), StatusLine(sys.stderr) as line:
        answers = [answer for event in events if (answer := line.take(event))]
    return answers[-1]


def _questions() -> Iterator[str]:
    """Yield the lines of standard input; a terminal is shown a prompt, and ends with Ctrl-D or an empty line."""
    typed = sys.stdin.isatty()
    while True:
        if typed:
            print("\nQuestion (empty to end): ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line or (typed and not line.strip()):
            return
        if line.strip():
            yield line.strip()


@contextmanager
def _assistant(arguments: argparse.Namespace) -> Iterator[Assistant]:
    from .opening import open_assistant

    with (
        Index.open(arguments.data, read_only=True) as index,
        open_assistant(index, model=arguments.model, model_url=arguments.model_url) as assistant,
    ):
        yield assistant


def _add(arguments: argparse.Namespace) -> int:
    with Index.open(arguments.data) as index, _ProgressBar(arguments.quiet or arguments.json) as progress:
        report = index.add(
            arguments.paths,
            sync=arguments.sync,
            columns=dict(arguments.column) or None,
            progress=progress.update,
        )
    return _finish(report, arguments.json)


def _list(arguments: argparse.Namespace) -> int:
    with Index.open(arguments.data, read_only=True) as index:
        articles = index.list_articles()
    if arguments.json:
        _print_json([_article(article) for article in articles])
        return OK
    for article in articles:
        date = article.published.isoformat()[:10] if article.published else "undated"
        print(
            f"{article.id}  {date:10}  {article.language or '??'}  {article.source or '-'}: {article.title}"
        )
    if not articles:
        print("The collection is empty. Add articles with: article-assistant add PATH", file=sys.stderr)
    return OK


def _show(arguments: argparse.Namespace) -> int:
    from . import history

    with Index.open(arguments.data, read_only=True) as index:
        article = index.article(arguments.id)
        shown = history.shown(index, arguments) if article else None
    if article is None:
        print(f"article-assistant: no article has the id {arguments.id}; see `list`.", file=sys.stderr)
        return PARTLY
    if shown is not None:
        text, found = shown
        print(text, file=sys.stdout if found else sys.stderr)
        return OK if found else PARTLY
    if arguments.json:
        _print_json({**_article(article), "text": article.text})
        return OK
    facts = [article.source, article.published and article.published.isoformat(), article.author]
    print(article.title)
    print(" · ".join(str(fact) for fact in [*facts, article.language, article.url or article.path] if fact))
    print(f"\n{article.text}")
    return OK


def _remove(arguments: argparse.Namespace) -> int:
    with Index.open(arguments.data) as index:
        report = index.remove(arguments.ids, for_good=arguments.for_good)
    if report.removed and not arguments.for_good and not arguments.json:
        print("To undo: article-assistant restore " + " ".join(report.removed), file=sys.stderr)
    return _finish(report, arguments.json)


def _restore(arguments: argparse.Namespace) -> int:
    from . import history

    if not arguments.ids:
        with Index.open(arguments.data, read_only=True) as index:
            print(history.restorable(index.removed(), as_json=arguments.json))
        return OK
    with Index.open(arguments.data) as index:
        report = index.restore(arguments.ids)
    return _finish(report, arguments.json)


def _purge(arguments: argparse.Namespace) -> int:
    with Index.open(arguments.data) as index:
        purged = index.purge()
    print(f"{purged} removed article{'' if purged == 1 else 's'} deleted for good.")
    return OK


def _status(arguments: argparse.Namespace) -> int:
    with Index.open(arguments.data, read_only=True) as index:
        status = index.status(check=True)
    if arguments.json:
        _print_json(
            {
                "data_dir": status.data_dir,
                "articles": status.articles,
                "passages": status.passages,
                "embedding_model": status.embedding_model,
                "languages": status.languages,
                "sources": status.sources,
                "pending": status.pending,
                "degraded": status.degraded,
            }
        )
    else:
        languages = ", ".join(f"{name} {count}" for name, count in status.languages.items())
        print(f"Collection  {status.data_dir}")
        print(f"Articles    {status.articles}" + (f" ({languages})" if languages else ""))
        print(f"Passages    {status.passages}")
        print(f"Model       {status.embedding_model}")
        if status.pending:
            print(f"Unfinished  {status.pending} (add them again to complete)")
        print(f"Health      {status.degraded or 'good'}")
    return PARTLY if status.degraded else OK


def _rebuild(arguments: argparse.Namespace) -> int:
    with Index.open(arguments.data) as index, _ProgressBar(arguments.quiet) as progress:
        index.rebuild(progress=progress.update)
        status = index.status()
    print(f"Rebuilt {status.passages} passages of {status.articles} articles with {status.embedding_model}.")
    return OK


def _eval(arguments: argparse.Namespace) -> int:
    from .evaluation.command import run

    with _ProgressBar(arguments.quiet or arguments.json) as progress:
        text, code = run(arguments, progress.update)
    print(text)  # also when it was interrupted: the figures of what was measured until then
    return code


def _feeds(arguments: argparse.Namespace) -> int:
    with _ProgressBar(arguments.quiet or arguments.json, "feeds") as progress:
        said: feeds_command.Said = arguments.action(arguments, progress.update)
    if said.text:
        print(said.text)
    for note in said.notes:
        print(note, file=sys.stderr)
    return said.code


def _serve(arguments: argparse.Namespace) -> int:
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


class _ProgressBar:
    """Show progress on the terminal; nothing where standard error is not one."""

    def __init__(self, quiet: bool, unit: str = "articles") -> None:
        self._quiet = quiet
        self._unit = unit
        self._bar: Any = None
        self.update: ProgressCallback = self._update

    def __enter__(self) -> _ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _update(self, progress: Progress) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(unit=f" {self._unit}", disable=True if self._quiet else None)
        self._bar.total = progress.total
        self._bar.set_postfix_str(f"{progress.passages} passages", refresh=False)
        self._bar.update(progress.done - self._bar.n)


def _finish(report: IngestReport, as_json: bool) -> int:
    if as_json:
        _print_json(
            {
                **{
                    name: list(getattr(report, name))
                    for name in ("added", "updated", "unchanged", "removed", "restored")
                },
                "failures": [{"path": f.path, "reason": f.reason} for f in report.failures],
                "duplicates": [{"path": f.path, "reason": f.reason} for f in report.duplicates],
                "warnings": list(report.warnings),
                "passages": report.passages,
            }
        )
    else:
        counts = {
            "added": report.added,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "restored": report.restored,
            "duplicate": report.duplicates,
            "failed": report.failures,
        }
        print(", ".join(f"{len(ids)} {name}" for name, ids in counts.items() if ids) or "Nothing to do.")
        for entry in (*report.duplicates, *report.failures):
            print(f"  {entry.path}: {entry.reason}", file=sys.stderr)
        for warning in report.warnings:
            print(f"  {warning}", file=sys.stderr)
    return PARTLY if report.failures else OK


def _article(article: Article | ArticleSummary) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "section": article.section,
        "url": article.url,
        "path": article.path,
    }


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="article-assistant",
        description="Ask questions of a collection of articles; every sentence of an answer is cited.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str, example: str) -> Any:
        sub = commands.add_parser(
            name,
            help=text,
            description=text,
            epilog=f"Example: article-assistant {example}",
        )
        sub.add_argument(
            "--data", type=Path, metavar="DIR", help="the collection (default: $ARTICLE_ASSISTANT_DATA)"
        )
        sub.set_defaults(run=run)
        return sub

    def writing(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--model", metavar="NAME", help=MODEL_HELP)
        sub.add_argument("--model-url", metavar="URL", help=MODEL_URL_HELP)

    sub = command("ask", _ask, "Answer a question from the articles.", 'ask "why is Putin visiting Ankara?"')
    sub.add_argument("question", help="the question, or - to read it from standard input")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    writing(sub)
    text = "Answer one question after the other, follow-ups included, from standard input."
    sub = command("chat", _chat, text, "chat --model ollama:llama3.2")
    sub.add_argument("--json", action="store_true", help="print one JSON object a line")
    writing(sub)
    text = "Add files, folders of them, and web pages by their addresses: text, HTML, PDF, Word, EPUB, mail, tables, ZIP."
    sub = command("add", _add, text, "add articles/ https://example.org/story --sync")
    sub.add_argument("paths", nargs="+", metavar="PATH|URL")
    sub.add_argument(
        "--sync", action="store_true", help="also remove articles that are gone from the folders and files"
    )
    sub.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar="FIELD=NAME",
        help="which column of a CSV or JSON file holds the text, title, date, source, author, url, language, section"
        " or id; may be repeated (default: found by the usual names)",
    )
    sub.add_argument("--json", action="store_true", help="print the report as JSON")
    sub.add_argument("--quiet", action="store_true", help="show no progress")
    sub = command("list", _list, "List the articles.", "list --json")
    sub.add_argument("--json", action="store_true", help="print a JSON list")
    sub = command("show", _show, "Show one article in full.", "show 3f2a9c0d1e4b5a67")
    sub.add_argument("id", metavar="ID")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    kept = sub.add_mutually_exclusive_group()
    kept.add_argument("--versions", action="store_true", help="list its versions, the current one last")
    kept.add_argument(
        "--diff",
        nargs="?",
        const="",
        metavar="OLD:NEW",
        help="what changed between versions (default: the last)",
    )
    sub = command("remove", _remove, "Remove articles from the collection.", "remove 3f2a9c0d1e4b5a67")
    sub.add_argument("ids", nargs="+", metavar="ID")
    sub.add_argument("--for-good", action="store_true", help="keep nothing to restore them from")
    sub.add_argument("--json", action="store_true", help="print the report as JSON")
    sub = command("feeds", _feeds, "Follow feeds and read what is new in them.", "feeds add example.org")
    feeds_command.add_actions(sub)
    text = "Bring removed articles back; without an ID, list those that can be."
    sub = command("restore", _restore, text, "restore 3f2a9c0d1e4b5a67")
    sub.add_argument("ids", nargs="*", metavar="ID")
    sub.add_argument("--json", action="store_true", help="print JSON")
    command("purge", _purge, "Delete for good all that was removed.", "purge")
    sub = command("status", _status, "Show the state of the collection and check its health.", "status")
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub = command("rebuild", _rebuild, "Build the vectors again, with the model that is set.", "rebuild")
    sub.add_argument("--quiet", action="store_true", help="show no progress")
    text = "Measure the answers over the collection, or over the evaluation sets in DIR."
    sub = command("eval", _eval, text, "eval --output now.json --compare before.json")
    writing(sub)
    sub.add_argument("--limit", type=int, default=200, help="most questions, of each set (default: 200)")
    sub.add_argument("--seed", type=int, default=0, help="draw other questions (default: 0)")
    sub.add_argument("--cache", type=Path, metavar="DIR", help="where the collections of sets are kept")
    sub.add_argument("--output", type=Path, metavar="FILE", help="write the report as JSON")
    sub.add_argument(
        "--compare", type=Path, metavar="FILE", help="an earlier report; exit 1 if worse beyond noise"
    )
    sub.add_argument("--json", action="store_true", help="print the report as JSON")
    sub.add_argument("--quiet", action="store_true", help="show no progress")
    sub = command("serve", _serve, "Serve the chat page.", "serve --port 8000 --no-browser")
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    sub.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    sub.add_argument("--no-browser", action="store_true", help="open no browser")
    text = "read the feeds that often, in the background, such as 15m, 2h or 1d"
    sub.add_argument("--refresh", type=feeds_command.interval, metavar="INTERVAL", help=text)
    writing(sub)
    return parser


def _column(written: str) -> tuple[str, str]:
    field, equals, name = written.partition("=")
    if not equals or not field.strip() or not name.strip():
        raise argparse.ArgumentTypeError(f"{written!r} is not FIELD=NAME, as in text=Body")
    return field.strip(), name.strip()


def _version() -> str:
    try:
        return f"article-assistant {version('article-assistant')}"
    except PackageNotFoundError:
        return "article-assistant (not installed)"
