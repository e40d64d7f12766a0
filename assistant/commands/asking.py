"""`ask`, `chat` and `eval`: questions, and how good the answers are."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index import ArticleFilter, Index, QuestionError

from ..types import Style
from .base import NO_ANSWER, OK, PARTLY, Commands, ProgressBar, add_json, add_model, add_quiet, print_json
from .filtering import add_filter, filter_of

if TYPE_CHECKING:
    from ..answer import Assistant
    from ..types import Answer, Turn


def add_to(commands: Commands) -> None:
    """Declare the commands."""
    text = "Answer a question from the articles."
    sub = commands.add("ask", ask, text, 'ask "why is Putin visiting Ankara?"', goes_on=False)
    sub.add_argument("question", help="the question, or - to read it from standard input")
    add_json(sub, "one JSON object")
    add_model(sub)
    _add_style(sub)
    add_filter(sub)
    text = "Answer one question after the other, follow-ups included, from standard input."
    sub = commands.add("chat", chat, text, "chat --model ollama:llama3.2", goes_on=False)
    add_json(sub, "one JSON object a line")
    add_model(sub)
    _add_style(sub)
    add_filter(sub)
    text = "Measure the answers over the collection, or over the evaluation sets in DIR."
    sub = commands.add("eval", evaluate, text, "eval --output now.json --compare before.json")
    add_model(sub)
    text = "ask what readers judged, from `feedback export`, instead of questions made from the articles"
    sub.add_argument("--feedback", type=Path, metavar="FILE", help=text)
    sub.add_argument("--limit", type=int, default=200, help="most questions, of each set (default: 200)")
    sub.add_argument("--seed", type=int, default=0, help="draw other questions (default: 0)")
    sub.add_argument("--cache", type=Path, metavar="DIR", help="where the collections of sets are kept")
    sub.add_argument("--output", type=Path, metavar="FILE", help="write the report as JSON")
    sub.add_argument(
        "--compare", type=Path, metavar="FILE", help="an earlier report; exit 1 if worse beyond noise"
    )
    add_json(sub, "the report as JSON")
    add_quiet(sub)


def _add_style(command: argparse.ArgumentParser) -> None:
    text = "how much to say (default: normal)"
    command.add_argument("--style", type=Style, choices=list(Style), default=Style.NORMAL, help=text)


def ask(arguments: argparse.Namespace) -> int:
    """Print the answer to one question."""
    from ..render import to_dict, to_terminal
    from ..types import Status

    question = sys.stdin.read() if arguments.question == "-" else arguments.question
    with _assistant(arguments) as (assistant, within):
        answer = _answered(assistant, question, within=within, style=arguments.style)
    if arguments.json:
        print_json(to_dict(answer))
    else:
        print(to_terminal(answer))
    return NO_ANSWER if answer.status is Status.NO_EVIDENCE else OK


def chat(arguments: argparse.Namespace) -> int:
    """Answer the questions of standard input, each with those before it."""
    from ..render import to_dict, to_terminal
    from ..types import Turn

    history: list[Turn] = []
    failed = False
    with _assistant(arguments) as (assistant, within):
        for question in _questions():
            try:
                answer = _answered(assistant, question, history, within, style=arguments.style)
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


def evaluate(arguments: argparse.Namespace) -> int:
    """Measure the answers."""
    from ..evaluation.command import run

    with ProgressBar(arguments.quiet or arguments.json) as progress:
        text, code = run(arguments, progress.update)
    print(text)  # also when it was interrupted: the figures of what was measured until then
    return code


def _answered(
    assistant: Assistant,
    question: str,
    history: Sequence[Turn] = (),
    within: ArticleFilter | None = None,
    *,
    style: Style,
) -> Answer:
    """Answer a question; a terminal sees meanwhile what is being done. An interrupt stops the model."""
    from ..status_line import StatusLine

    events = assistant.stream(question, history, within, style=style)
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
def _assistant(arguments: argparse.Namespace) -> Iterator[tuple[Assistant, ArticleFilter | None]]:
    """Give who answers, and the filter under which it is to be asked."""
    from ..opening import open_assistant

    with Index.open(arguments.data, read_only=True) as index:
        within = filter_of(arguments, index)
        with open_assistant(index, model=arguments.model, model_url=arguments.model_url) as assistant:
            yield assistant, within
