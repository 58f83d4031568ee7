r"""A `Document` as Jira wiki markup (Data Center v2), with everything that people typed escaped.

Jira's renderer takes a backslash before one of ``- # * _ + ? ^ ~ | % { } [ ] ( ) ! @`` as an escape, unless
another backslash stands before it (BackslashEscapeRendererComponent). It runs after blocks, links and bare
addresses are found; so colons, line starts and backslashes are written as entities, which it leaves alone.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import fitting

_ESCAPES = (
    r"\\",  # `\\` is a line break, and a backslash would undo the escape after it
    r"&(?=#?\w+;)",  # an entity
    r"[\[\]{}|!*@]",  # links and mentions, macros, tables, images, bold
    r"(?<![A-Za-z0-9])[-_+^~]|[-_+^~](?![A-Za-z0-9])",  # phrases begin and end at the edge of a word
    r"(?<=[A-Z0-9_])-(?=[0-9])",  # an issue key, which Jira would link
    r"\?(?=\?)|(?<=\?)\?",  # a citation
    r"(?<!\S)\#",  # a list
    r"(?<=[:;\\-])\)|\((?=(?:[/xyni?!+-]|\*\w?|on|off|flag|flagoff)\))",  # emoticons: :) (x) (flagoff)
    r";(?=-?[(DP])",  # and what other programs take for some
    r":(?!\s|$)",  # bare addresses, and emoticons again: http://, mailto:, :D
    r"(?:(?<=^h[1-6])|(?<=^bq))\.",  # headings and quotations
)
_SPECIAL = re.compile("|".join(_ESCAPES))
_BACKSLASHED = frozenset("-#*_+?^~|%{}[]()!@")
_IN_ADDRESS = re.compile(r"[\[\]|{}\\^\"<>!*`]")
_LONE = ("", " ")


def wiki(document: Document) -> str:
    """Wiki text, under Jira's limits of length: paragraphs, `*` bullets, bold and links of ours alone."""
    return fitting(document, _document, _size)


def escape(text: str) -> str:
    """One line of people's text, so that Jira shows it letter for letter wherever it stands."""
    return _SPECIAL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    char = found.group()
    return "\\" + char if char in _BACKSLASHED else f"&#{ord(char)};"


def _size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _document(document: Document) -> str:
    return "\n\n".join(_block(block) for block in document)


def _block(block: Paragraph | Bullets) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Bullets(items):
            return "\n".join(f"* {_line(item)}" for item in items)


def _line(spans: tuple[Span, ...]) -> str:
    """One line; a mark that touches other text takes braces, since `a*b*` is no bold."""
    edges = ["", *(span.text for span in spans), ""]
    pairs = zip(spans, edges, edges[2:], strict=False)
    return "".join(_span(span, before[-1:], after[:1]) for span, before, after in pairs).strip()


def _span(span: Span, before: str, after: str) -> str:
    text = span.text.strip()
    if not text:
        return span.text
    lead, tail = _blanks(span.text)
    inner = _link(text, span.href) if span.href else escape(text)
    mark = ""
    if span.strong:
        mark = "*" if (lead or before) in _LONE and (tail or after) in _LONE else "{*}"
    return f"{lead}{mark}{inner}{mark}{tail}"


def _blanks(text: str) -> tuple[str, str]:
    return " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""


def _link(text: str, href: str) -> str:
    """`[text|address]`; brackets inside are entities, since links are found before escapes are."""
    if "[" in urlsplit(href).netloc:
        return escape(text)
    body = re.sub(r"\\([\[\]|])", lambda found: f"&#{ord(found.group(1))};", escape(text))
    return f"[{body}|{_IN_ADDRESS.sub(_percent, href)}]"


def _percent(found: re.Match[str]) -> str:
    return f"%{ord(found.group()):02X}"
