"""Documents as Asana's rich text: a small set of XML tags inside `<body>`, line ends as they are.

https://developers.asana.com/docs/rich-text: anything else, and XML that is not sound, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape, quoteattr

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import fitting

MARKER = "okr-bridge"
_MARK = re.compile(rf"{MARKER}/([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")


def story(body: Document, mark: tuple[str, str, str]) -> str:
    """The rich text of a comment, with its mark (instance, key result, hash) as the last line."""
    line = "/".join([MARKER, *(quote(part, safe="") for part in mark)])
    return f"<body>{fitting(body, _blocks, len)}\n{escape(line)}</body>"


def notes(body: Document) -> str:
    """The rich text of a task's description."""
    return f"<body>{fitting(body, _blocks, len)}</body>"


def mark_of(text: str) -> tuple[str, str, str] | None:
    """The mark that a comment's plain text ends with."""
    words = text.split()
    found = _MARK.fullmatch(words[-1]) if words else None
    return (unquote(found[1]), unquote(found[2]), unquote(found[3])) if found else None


def _blocks(document: Document) -> str:
    return "\n".join(map(_block, document))


def _block(block: Paragraph | Bullets) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{_line(item)}</li>' for item in items)}</ul>"


def _line(spans: Iterable[Span]) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    text = escape(span.text)
    if span.href:
        text = f"<a href={quoteattr(span.href)}>{text}</a>"
    return f"<strong>{text}</strong>" if span.strong else text
