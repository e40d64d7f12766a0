"""Whatever signs a text is made of: it goes in, is found, is quoted exactly, and is shown as text."""

from __future__ import annotations

import html
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.quote import Calibration
from assistant.render import to_dict, to_terminal
from index import Index, SourceFailure
from index.fakes import HashEmbedder, InMemoryVectors
from index.text import clean_text
from ui.messages import answer_html
from ui.render import sources_html

ALWAYS = replace(Calibration.shipped(), threshold=0.0, threshold_across=0.0)
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
hostile = st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\u202e",
        "\u200b",
        "\ufeff",
        "e" + "\u0301" * 1000,
        "<script>",
        "](http://e.example)",
        "\r",
    ]
)
texts = st.lists(st.text(max_size=80) | hostile, min_size=1, max_size=12).map(" ".join)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts, title=texts)
@example(text="\x00\ud800 The vault\u202e holds gold. " + "e" + "\u0301" * 1000, title="\u200b<img src=x>")
@example(text="# \n```\n<b>\n---\ntitle: x\n---\n", title="'\"\\")
def test_from_the_file_to_the_page(text: str, title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        content = f"The vault of Skerrow. {title}\n\n{text}\n\nThe vault of Skerrow holds gold."
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
        with Index.open(Path(folder) / "data", embedder=HashEmbedder(), vectors=InMemoryVectors) as index:
            report = index.add([path])
            if not report.added:
                assert all(isinstance(one, SourceFailure) and one.reason for one in report.failures)
                return
            (article,) = index.articles()
            assert clean_text(article.text) == article.text
            assert not CONTROLS.search(article.text + article.title)
            for passage in index.passages(article.id):
                assert article.text[passage.start : passage.end] == passage.text
            assert index.search("vault of Skerrow", 5)
            answer = Assistant(index, calibration=ALWAYS).ask("What does the vault of Skerrow hold?")
            for citation in answer.citations:
                assert article.text[citation.start : citation.end] == citation.quote
            page = answer_html(answer, 1) + sources_html(index, answer, 1)
            assert not re.search(r"<(?:script|img|iframe|style|link)\b", page, re.IGNORECASE)
            assert not re.search(r"<[^>]*(?:href|src)\s*=\s*\"(?!#)[^\"]*e\.example", page)
            assert html.unescape(page).isascii() or page.encode("utf-8")
            assert "\x1b" not in to_terminal(answer)
            assert to_dict(answer)["status"]
