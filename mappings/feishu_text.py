"""The bridge's comments in a text cell, for a base has no call for comments on records.

Each stands between two lines of its own, of which the last is the mark; what people write above, between
and below stays. Plain text: nothing in a cell is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bridge.model import Bullets, Document, Paragraph, Span
from mappings.plain import fitting

BEGIN = "⟦okr-bridge⟧"
_BLOCK = re.compile(
    rf"^{BEGIN}\n(?:(?!⟦).*\n)*"
    r"⟦okr-bridge/(?P<instance>[^/\s⟧]+)/(?P<kr>[^/\s⟧]+)/(?P<hash>[^/\s⟧]+)/(?P<id>[0-9]{1,9})⟧$",
    re.MULTILINE,
)
Sign = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Comment:
    """`sign` is instance, key result, hash; `start` and `end` where it stands in the cell."""

    id: str
    sign: Sign
    start: int
    end: int


def comments(cell: str) -> list[Comment]:
    """Those that bear a mark, in the order of the cell."""
    found = _BLOCK.finditer(_lines(cell))
    return [
        Comment(
            one["id"],
            (unquote(one["instance"]), unquote(one["kr"]), unquote(one["hash"])),
            *one.span(),
        )
        for one in found
    ]


def added(cell: str, body: Document, sign: Sign) -> tuple[str, str]:
    """The cell with one more comment at its end, and the comment's id."""
    id = str(1 + max((int(one.id) for one in comments(cell)), default=0))
    return _joined((_lines(cell), _block(text(body), sign, id))), id


def rewritten(cell: str, id: str, body: Document, sign: Sign) -> str | None:
    """The cell with this comment in other words; None where it is gone."""
    return _replaced(cell, id, _block(text(body), sign, id))


def removed(cell: str, id: str) -> str | None:
    return _replaced(cell, id, "")


def text(body: Document) -> str:
    """Plain lines, none of which could be taken for a mark."""
    return "\n".join(
        f" {line}" if line.startswith("⟦") else line for line in fitting(body, _blocks, len).split("\n")
    )


def _replaced(cell: str, id: str, block: str) -> str | None:
    whole = _lines(cell)
    one = next((one for one in comments(whole) if one.id == id), None)
    return _joined((whole[: one.start], block, whole[one.end :])) if one else None


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in (part.strip("\n") for part in parts) if part)


def _block(body: str, sign: Sign, id: str) -> str:
    mark = "/".join(["okr-bridge", *(quote(part, safe="") for part in sign), id])
    return f"{BEGIN}\n{body}\n⟦{mark}⟧"


def _lines(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _blocks(document: Document) -> str:
    return "\n".join(map(_lines_of, document))


def _lines_of(block: Paragraph | Bullets) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Bullets(items):
            return "\n".join(f"• {_line(item)}" for item in items)


def _line(spans: Iterable[Span]) -> str:
    return "".join(map(_span, spans)).strip()


def _span(span: Span) -> str:
    if not span.href:
        return span.text
    return span.href if span.text == span.href else f"{span.text} ({span.href})"
