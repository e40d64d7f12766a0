"""Plain text and Markdown, with what they say about themselves before the article begins."""

from __future__ import annotations

import re

from ..decode import decode
from ..frontmatter import take_front_matter
from ..markdown import markdown_to_text
from .document import Document, Documents, Request


def read_text(content: bytes, request: Request) -> Documents:
    """Yield the article of a plain text."""
    yield text_document(decode(content), request)


def read_markdown(content: bytes, request: Request) -> Documents:
    """Yield the article of a Markdown text."""
    yield text_document(decode(content), request, markdown=True)


def text_document(text: str, request: Request, *, markdown: bool = False) -> Document:
    """Return the article of a text that may begin with front matter."""
    matter, text = take_front_matter(re.sub(r"\r\n?", "\n", text).lstrip("\ufeff"), now=request.now)
    heading = None
    if markdown:
        heading, plain = markdown_to_text(text)
        if matter.title and heading and matter.title.casefold() != heading.casefold():
            plain = f"{heading}\n\n{plain}"
        text = plain
    return Document(
        text=text,
        title=matter.title or heading,
        url=matter.url,
        source=matter.source,
        author=matter.author,
        section=matter.section,
        published=matter.published,
        language=matter.language,
    )
