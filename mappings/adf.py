"""A `Document` as Atlassian Document Format (Jira Cloud v3).

What people typed ends up in `text` nodes alone, so it can be neither a mention nor a macro nor markup:
ADF has no escapes because text nodes are never parsed.
"""

from __future__ import annotations

import json
from typing import Any

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import fitting

Node = dict[str, Any]


def adf(document: Document) -> Node:
    """The ADF document, under Jira's limits of length. Empty text nodes, which Jira refuses, never occur."""
    return fitting(document, _document, _size)


def _size(document: Node) -> int:
    """Characters as Jira counts them: UTF-16 units of the serialised form."""
    return len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le")) // 2


def _document(document: Document) -> Node:
    return {"version": 1, "type": "doc", "content": [_block(block) for block in document]}


def _block(block: Paragraph | Bullets) -> Node:
    match block:
        case Paragraph(spans):
            return _paragraph(spans)
        case Bullets(items):
            return {
                "type": "bulletList",
                "content": [{"type": "listItem", "content": [_paragraph(item)]} for item in items],
            }


def _paragraph(spans: tuple[Span, ...]) -> Node:
    return {"type": "paragraph", "content": [_text(span) for span in spans]}


def _text(span: Span) -> Node:
    marks: list[Node] = []
    if span.strong:
        marks.append({"type": "strong"})
    if span.href:
        marks.append({"type": "link", "attrs": {"href": span.href}})
    node: Node = {"type": "text", "text": span.text}
    return node | {"marks": marks} if marks else node
