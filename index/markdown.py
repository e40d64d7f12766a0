"""Markdown → plain text with paragraph breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_TAG = re.compile(
    r"<!--.*?-->|<(?P<kind>script|style)\b[^>]{0,2000}>.*?(?:</(?P=kind)\s*>|\Z)|<[^<>]{0,2000}>",
    re.DOTALL | re.IGNORECASE,
)
_BLOCKS = frozenset({"paragraph", "heading", "th", "td", "code_block", "fence", "html_block", "hr"})


def markdown_to_text(markdown: str) -> tuple[str | None, str]:
    """Return the first top-level heading of a Markdown text, if it comes first, and the plain text without it.

    Links and emphasis keep their words, images and HTML tags vanish, a table row is a line, a list
    item or heading is a paragraph of its own.
    """
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])
    tree = SyntaxTreeNode(parser.parse(markdown))
    nodes = list(tree.children)
    title = None
    if nodes and nodes[0].type == "heading" and nodes[0].tag == "h1":
        title = " ".join(_inline(nodes.pop(0)).split()) or None
    return title, "\n\n".join(block for node in nodes for block in _blocks(node))


def _blocks(node: SyntaxTreeNode) -> list[str]:
    if node.type == "tr":
        return [" | ".join(" ".join(_inline(cell).split()) for cell in node.children)]
    if node.type == "table":
        return ["\n".join(row for child in node.children for row in _blocks(child))]
    if node.type in _BLOCKS:
        text = _inline(node).strip()
        return [text] if text else []
    blocks = [block for child in node.children for block in _blocks(child)]
    tight = node.type in ("bullet_list", "ordered_list") and all("\n" not in block for block in blocks)
    return ["\n".join(blocks)] if tight and blocks else blocks


def _inline(node: SyntaxTreeNode) -> str:
    if node.type == "image":
        return ""
    if node.type in ("html_inline", "html_block"):
        return _TAG.sub("", node.content)
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.children:
        return "".join(_inline(child) for child in node.children)
    return node.content if node.type in ("text", "code_inline", "code_block", "fence") else ""
