"""Documents as comments of systems that nobody knows beforehand: plain text, Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from urllib.parse import quote, unquote

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import MOST_RENDERED, fitting
from mappings.trello_text import literal

Mark = tuple[str, str, str]
MARKER = "okr-bridge"
ROOM = 600
"""Characters that are kept free for the mark."""
_MARK = re.compile(rf"{MARKER}/([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")
_TAG = re.compile(r"<[^>]*>")
_ADDRESS = "/:?&=.%#+,;@-"


def spelt(form: str, longest: int) -> Callable[[Document, Mark], str]:
    """Makes the text of a comment, with its mark (instance, key result, hash) as the last line. `form` is
    text, markdown or html; no more than `longest` characters."""
    render = {"markdown": _markdown, "html": _html}.get(form, _text)
    weight = MOST_RENDERED / max(longest - ROOM, 1)

    def spell(body: Document, mark: Mark) -> str:
        line = "/".join([MARKER, *map(_sealed, mark)])
        told = fitting(body, render, lambda text: int(len(text) * weight))
        return f"{told}\n<p>{line}</p>" if form == "html" else f"{told}\n\n{line}".strip()

    return spell


def marked(text: str) -> Mark | None:
    """The mark that a comment ends with, however the system keeps its text: tags and entities are seen
    through."""
    last = unescape(_TAG.sub("\n", text)).strip().rpartition("\n")[2].strip()
    found = _MARK.fullmatch(last)
    return (unquote(found[1]), unquote(found[2]), unquote(found[3])) if found else None


def _sealed(part: str) -> str:
    return quote(part, safe="").replace("_", "%5F").replace("~", "%7E")


def _text(document: Document) -> str:
    return _blocks(document, "• ", lambda span: _beside(span, span.text))


def _markdown(document: Document) -> str:
    return _blocks(document, "- ", _markdown_span)


def _html(document: Document) -> str:
    blocks: list[str] = []
    for block in document:
        match block:
            case Paragraph(spans):
                blocks.append(f"<p>{_joined(spans, _html_span)}</p>")
            case Bullets(items):
                inner = "".join(f"<li>{_joined(item, _html_span)}</li>" for item in items)
                blocks.append(f"<ul>{inner}</ul>")
    return "\n".join(blocks)


def _blocks(document: Document, bullet: str, show: Callable[[Span], str]) -> str:
    blocks: list[str] = []
    for block in document:
        match block:
            case Paragraph(spans):
                blocks.append(_joined(spans, show))
            case Bullets(items):
                blocks.append("\n".join(bullet + _joined(item, show) for item in items))
    return "\n\n".join(blocks)


def _joined(spans: Iterable[Span], show: Callable[[Span], str]) -> str:
    return "".join(map(show, spans)).strip()


def _beside(span: Span, text: str) -> str:
    return f"{text} {span.href} " if span.href and span.href != span.text else text


def _markdown_span(span: Span) -> str:
    text = literal(span.text)
    if span.href:
        return f"[{text}]({quote(span.href, safe=_ADDRESS)})"
    return f"**{text}**" if span.strong and text == text.strip() else text


def _html_span(span: Span) -> str:
    text = escape(span.text)
    if span.href:
        return f'<a href="{escape(quote(span.href, safe=_ADDRESS))}">{text}</a>'
    return f"<strong>{text}</strong>" if span.strong else text
