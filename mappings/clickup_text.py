"""Documents as ClickUp's comments: plain text, since a comment's text renders no markup but backticks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import fitting

MARKER = "okr-bridge"
_MARK = re.compile(rf"{MARKER}/([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")
_GRAVE = "\u02cb"
"""Looks like a backtick, and opens no code."""


def comment(body: Document, mark: tuple[str, str, str]) -> str:
    """The text of a comment, and its mark (instance, key result, hash) as the last line."""
    line = "/".join([MARKER, *(quote(part, safe="") for part in mark)])
    return f"{plain(body)}\n\n{line}".strip()


def plain(body: Document) -> str:
    return fitting(body, _blocks, len)


def mark_of(text: str) -> tuple[str, str, str] | None:
    """The mark that a comment ends with."""
    found = _MARK.fullmatch(text.strip().rpartition("\n")[2].strip())
    return (unquote(found[1]), unquote(found[2]), unquote(found[3])) if found else None


def _blocks(document: Document) -> str:
    return "\n\n".join(map(_block, document))


def _block(block: Paragraph | Bullets) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Bullets(items):
            return "\n".join(f"• {_line(item)}" for item in items)


def _line(spans: Iterable[Span]) -> str:
    return "".join(map(_span, spans)).strip()


def _span(span: Span) -> str:
    text = span.text.replace("`", _GRAVE)
    return f"{text} {span.href} " if span.href and span.href != span.text else text
