"""Documents as Notion's rich text, which is data throughout: no character of it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import MOST_RENDERED, clean, fitting, tidy

MARKER = "okr-bridge"
MOST_PARTS = 100
"""Elements of a rich text, the line with the mark among them."""
LONGEST = 1000
"""Characters of one element: Notion counts 2,000 units of UTF-16."""
_MARK = re.compile(rf"{MARKER}/([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")
Part = dict[str, Any]


def comment(body: Document, mark: tuple[str, str, str]) -> list[Part]:
    """The text of a comment, and its mark (instance, key result, hash) as the last line, in grey."""
    line = "/".join([MARKER, *(quote(part, safe="") for part in mark)])
    parts = fitting(body, _parts, lambda parts: len(parts) * MOST_RENDERED // (MOST_PARTS - 1))
    return [*parts, _part(("\n\n" if parts else "") + line, {"color": "gray"})]


def plain(text: str) -> list[Part]:
    """One line of text."""
    return [_part(piece["text"]["content"], {}) for piece in _pieces(Span(clean(text)), "")]


def blocks(document: Document) -> list[Part]:
    """The text as the content of a page, cut to what one request takes."""
    made: list[Part] = []
    for block in tidy(document):
        kind = "paragraph" if isinstance(block, Paragraph) else "bulleted_list_item"
        for line in [block.spans] if isinstance(block, Paragraph) else block.items:
            parts = [part for span in line for part in _pieces(span, "")][:MOST_PARTS]
            made.append({"object": "block", "type": kind, kind: {"rich_text": parts}})
    return made[:MOST_PARTS]


def mark_of(text: str) -> tuple[str, str, str] | None:
    """The mark that a comment ends with."""
    found = _MARK.fullmatch(text.rpartition("\n")[2].strip())
    return (unquote(found[1]), unquote(found[2]), unquote(found[3])) if found else None


def _parts(document: Document) -> list[Part]:
    parts: list[Part] = []
    for at, block in enumerate(document):
        lead = "\n\n" if at else ""
        for line in _lines(block):
            for span in line:
                parts += _pieces(span, lead)
                lead = ""
            lead = "\n"
    return parts


def _lines(block: Paragraph | Bullets) -> Iterator[tuple[Span, ...]]:
    match block:
        case Paragraph(spans):
            yield spans
        case Bullets(items):
            for item in items:
                yield (Span("• "), *item)


def _pieces(span: Span, lead: str) -> Iterator[Part]:
    text = lead + span.text
    for start in range(0, len(text), LONGEST):
        yield _part(text[start : start + LONGEST], {"bold": True} if span.strong else {}, span.href)


def _part(text: str, looks: Part, href: str = "") -> Part:
    link = {"link": {"url": href}} if href else {}
    return {"type": "text", "text": {"content": text, **link}, **({"annotations": looks} if looks else {})}
