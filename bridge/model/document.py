"""A text for people, free of any tool's markup: mappings turn it into ADF, wiki text, Markdown.

Every string in it is data. A mapping must render it so that it can be neither markup nor a mention.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; `href` makes it a link, and is an http(s) address."""

    text: str
    strong: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[tuple[Span, ...], ...]


Document = tuple[Paragraph | Bullets, ...]
