"""A comment as people read it."""

from __future__ import annotations

import html
import re


def rendered(text: str) -> str:
    """Markdown as people read it: escapes and entities are the characters themselves, `**` is strong."""
    plain = re.sub(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])|(&#?\w+;)", lambda one: one[1] or html.unescape(one[2]), plain)
