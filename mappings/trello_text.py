"""Documents as Trello's comments (Markdown), and the marks by which comments and links are known again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import punctuation
from urllib.parse import quote, unquote

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.marked_links import MARKER
from mappings.plain import fitting

_MARK = re.compile(rf"{MARKER}/([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")
_ADDRESS = "/:?&=.%#+,;@-"
_HARMLESS = " ,;\"'%/=?!("
WEIGHT = 2
"""A comment holds 16,384 characters, half of what others do: each counts twice, and an emoji, which is two
units of UTF-16, four times."""


def comment_text(body: Document, mark: tuple[str, str, str]) -> str:
    """The text of a comment, and its mark (instance, key result, hash) as the last line."""
    line = "/".join([MARKER, *map(_sealed, mark)])
    return f"{fitting(body, _blocks, _weight)}\n\n{line}".strip()


def _weight(text: str) -> int:
    return WEIGHT * len(text.encode("utf-16-le")) // 2


def mark_of(text: str) -> tuple[str, str, str] | None:
    """The mark that a comment ends with."""
    found = _MARK.fullmatch(text.rpartition("\n")[2].strip())
    return (unquote(found[1]), unquote(found[2]), unquote(found[3])) if found else None


def literal(text: str) -> str:
    """The text so that Markdown finds no markup, no link and no name to call in it."""
    return "".join(_shown(text, at) for at in range(len(text)))


def _shown(text: str, at: int) -> str:
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    match char:
        case "@":
            # A backslash would leave a name that people are called by.
            return "&#64;"
        case "." | ")":
            # "1. " and "1) " begin lists, "www." a link.
            harmless = " " in text[:at] and before.lower() != "w"
        case ":":
            harmless = before.isalnum() and (not after or after.isspace())
        case "-":
            harmless = before.isalnum() and after.isalnum()
        case _:
            harmless = char not in punctuation or char in _HARMLESS
    return char if harmless else f"\\{char}"


def _sealed(part: str) -> str:
    return quote(part, safe="").replace("_", "%5F").replace("~", "%7E")


def _blocks(document: Document) -> str:
    return "\n\n".join(map(_block, document))


def _block(block: Paragraph | Bullets) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Bullets(items):
            return "\n".join(f"- {_line(item)}" for item in items)


def _line(spans: Iterable[Span]) -> str:
    parts: list[str] = []
    runs = list(spans)
    for at, span in enumerate(runs):
        before = runs[at - 1].text[-1:] if at else ""
        after = runs[at + 1].text[:1] if at + 1 < len(runs) else ""
        parts.append(_span(span, before, after))
    return "".join(parts).strip()


def _span(span: Span, before: str, after: str) -> str:
    text = literal(span.text)
    if span.href:
        address = quote(span.href, safe=_ADDRESS)
        return f"[{text}]({address})"
    apart = (not before or before.isspace()) and (not after or after.isspace())
    whole = bool(span.text) and span.text == span.text.strip()
    return f"**{text}**" if span.strong and apart and whole else text
