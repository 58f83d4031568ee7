"""Documents as Redmine's notes.

A site renders notes as Textile, as Markdown or as CommonMark, and no answer tells which. So a note uses only
what all read alike (`**strong**`, `* ` bullets, bare addresses), and every character that could be markup in
any is a numeric entity, which all show as the character itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import fitting

MARKER = "okr-bridge"
_MARK = re.compile(rf"{MARKER}/([^/\s]+)/([^/\s]+)/([^/\s]+)\Z")
_ADDRESS = "/:?&=.%#+,;-"
_ENDS = ".,:;"
"""No part of an address where it ends with one: all three languages leave it out of the link."""
JOINER = "\u2060"
"""Nothing to be seen. Where CommonMark is spoken Redmine looks for names after entities were read."""
_AMID = "%-/'=?!"
"""Harmless between two letters or digits, or after one and at a word's end: no markup opens there."""


def note(body: Document, mark: tuple[str, str, str]) -> str:
    """The text of a note, and its mark (instance, key result, hash) as the last line."""
    line = "/".join([MARKER, *map(_sealed, mark)])
    return f"{fitting(body, _blocks, len)}\n\n{line}".strip()


def mark_of(text: str) -> tuple[str, str, str] | None:
    """The mark that a note ends with."""
    found = _MARK.fullmatch(text.rpartition("\n")[2].strip())
    return (unquote(found[1]), unquote(found[2]), unquote(found[3])) if found else None


def literal(text: str) -> str:
    """The text so that neither language finds markup, links, macros or names in it."""
    return "".join(_shown(text, at) for at in range(len(text)))


def _shown(text: str, at: int) -> str:
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    ends = not after or after.isspace()
    match char:
        case "." | ")":
            # "1. ", "1) ", "h1. " begin lists and headings.
            harmless = " " in text[:at]
        case ":":
            harmless = before.isalnum() and ends
        case "(":
            harmless = before.isspace() and after.isdecimal()
        case _ if char in _AMID:
            harmless = before.isalnum() and (ends or after.isalnum())
        case _:
            harmless = char.isalnum() or ord(char) > 127 or char in " ,;"
    told = char if harmless else _entity(char)
    return told + JOINER if _names(char, before, after) else told


def _names(char: str, before: str, after: str) -> bool:
    """Whether this may begin the name of something of Redmine's own (#1, @admin, user:admin, [[wiki]])."""
    match char:
        case "#" | "@":
            return bool(after.strip())
        case "[":
            return after == "["
        case ":":
            return before.isalpha() and bool(after.strip())
        case _:
            return False


def _address(href: str) -> str:
    """The same address, in letters of which all three languages make one link, and no other markup."""
    parts = urlsplit(href)
    site = parts.netloc
    if not site.isascii():
        with suppress(ValueError):
            port = f":{parts.port}" if parts.port else ""
            site = f"{(parts.hostname or '').encode('idna').decode()}{port}"
    rest = quote(urlunsplit(("", "", parts.path, parts.query, parts.fragment)), safe=_ADDRESS)
    if rest[-1:] and rest[-1] in _ENDS:
        rest = f"{rest[:-1]}%{ord(rest[-1]):02X}"
    return f"{parts.scheme}://{site}{rest}"


def _entity(char: str) -> str:
    return f"&#{ord(char)};"


def _sealed(part: str) -> str:
    return quote(part, safe="").replace("_", "%5F").replace("~", "%7E")


def _blocks(document: Document) -> str:
    return "\n\n".join(map(_block, document))


def _block(block: Paragraph | Bullets) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Bullets(items):
            return "\n".join(f"* {_line(item)}" for item in items)


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
        address = _address(span.href)
        return address if span.text == span.href else f"{text} {address} "
    apart = (not before or before.isspace()) and (not after or after.isspace())
    whole = bool(span.text) and span.text == span.text.strip()
    return f"**{text}**" if span.strong and apart and whole else text
