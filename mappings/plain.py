"""What every rendering of a `Document` starts from: clean text, whole runs, a bounded length."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from bridge.model import Bullets, Document, Paragraph, Span

ELLIPSIS = "…"
MOST_TEXT = 20_000
"""Characters of text in one comment. Jira counts the serialised form against 32,767."""

MOST_RENDERED = 32_000
"""Characters of a rendered comment, under `jira.text.field.character.limit` (32,767) with some room."""

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_GONE = {"Cc", "Cs", "Co", "Cn"}
_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")

Rendered = TypeVar("Rendered")


def clean(text: str) -> str:
    """The text in one line: breaks become spaces; control, direction and unassigned characters go."""
    return "".join(" " if c in _BREAKS else c for c in text if _kept(c))


def _kept(char: str) -> bool:
    return char in _BREAKS or not (char in _BIDI or unicodedata.category(char) in _GONE)


def web_address(href: str) -> str:
    """The address where it is an http(s) one without blanks, else nothing: the text then stands alone."""
    if clean(href) != href or any(c.isspace() for c in href):
        return ""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return href if parts.scheme in ("http", "https") and parts.hostname else ""


def runs(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Clean spans, neighbours of one kind joined, empty ones left out."""
    joined: list[Span] = []
    for span in spans:
        text = clean(span.text)
        if not text:
            continue
        tidy = Span(text, span.strong, web_address(span.href))
        last = joined[-1] if joined else None
        if last and (last.strong, last.href) == (tidy.strong, tidy.href):
            joined[-1] = replace(last, text=last.text + text)
        else:
            joined.append(tidy)
    return tuple(joined)


def tidy(document: Document) -> Document:
    """The document of whole runs; blocks and bullets without text left out."""
    return tuple(block for block in map(_tidy_block, document) if block is not None)


def _tidy_block(block: Paragraph | Bullets) -> Paragraph | Bullets | None:
    match block:
        case Paragraph(spans):
            whole = runs(spans)
            return Paragraph(whole) if whole else None
        case Bullets(items):
            kept = tuple(filter(None, map(runs, items)))
            return Bullets(kept) if kept else None


def shorten(document: Document, limit: int) -> Document:
    """The beginning of the document, with at most `limit` characters; an ellipsis tells the cut."""
    if length(document) <= limit:
        return document
    left = limit - len(ELLIPSIS)
    blocks: list[Paragraph | Bullets] = []
    for block in document:
        block, left = _cut_block(block, left)
        blocks.append(block)
        if left < 0:
            break
    return tuple(blocks)


def length(document: Document) -> int:
    return sum(len(span.text) for block in document for span in _spans(block))


def _spans(block: Paragraph | Bullets) -> Iterator[Span]:
    match block:
        case Paragraph(spans):
            yield from spans
        case Bullets(items):
            for item in items:
                yield from item


def _cut_block(block: Paragraph | Bullets, left: int) -> tuple[Paragraph | Bullets, int]:
    match block:
        case Paragraph(spans):
            kept, left = _cut(spans, left)
            return Paragraph(kept), left
        case Bullets(items):
            short = []
            for item in items:
                kept, left = _cut(item, left)
                short.append(kept)
                if left < 0:
                    break
            return Bullets(tuple(short)), left


def _cut(spans: tuple[Span, ...], left: int) -> tuple[tuple[Span, ...], int]:
    """As many characters as are left; below zero once something was cut."""
    kept: list[Span] = []
    for span in spans:
        if len(span.text) > left:
            return (*kept, replace(span, text=span.text[:left] + ELLIPSIS)), -1
        kept.append(span)
        left -= len(span.text)
    return tuple(kept), left


def fitting(
    document: Document, render: Callable[[Document], Rendered], size: Callable[[Rendered], int]
) -> Rendered:
    """The document rendered, cut until it is under both limits."""
    document = tidy(document)
    limit = MOST_TEXT
    while True:
        rendered = render(shorten(document, limit))
        if (now := size(rendered)) <= MOST_RENDERED or limit <= len(ELLIPSIS):
            return rendered
        limit = max(len(ELLIPSIS), min(limit - 1, limit * MOST_RENDERED // now))
