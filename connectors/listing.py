"""Long lists in an answer, decoded one element at a time while they are read.

A thousand issues of 5 kB fill 14 MB once decoded, and most of the cost of decoding is touching that
much fresh memory; one at a time they take the place of each other.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from json import JSONDecoder
from typing import Any

_GAPS = " \t\r\n"


class Listing:
    """The elements of one member of a JSON object, to be iterated once.

    `rest` holds the other members and is complete after the last element. Raises ValueError where the
    text is no object, and `broken` while iterating where it is cut off or has no such list.
    """

    def __init__(self, content: bytes, member: str, broken: Exception) -> None:
        self._broken = broken
        self.rest: dict[str, Any] = {}
        self._text = content.decode()
        self._member = member
        self._scan = JSONDecoder().raw_decode
        if not self._text.lstrip(_GAPS).startswith("{"):
            raise ValueError("not an object")

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._members(self._skip(0) + 1)
        except (IndexError, ValueError) as error:
            raise self._broken from error

    def _members(self, at: int) -> Iterator[Any]:
        text, found = self._text, False
        at = self._skip(at, ",")
        while text[at] != "}":
            name, at = self._scan(text, at)
            at = self._skip(text.index(":", at) + 1)
            if name == self._member and text[at] == "[":
                found = True
                at = yield from self._elements(at + 1)
            else:
                self.rest[name], at = self._scan(text, at)
            at = self._skip(at, ",")
        if not found:
            raise ValueError(f"no list of {self._member}")

    def _elements(self, at: int) -> Generator[Any, None, int]:
        text, scan = self._text, self._scan
        at = self._skip(at)
        while text[at] != "]":
            element, at = scan(text, at)
            yield element
            at = self._skip(at, ",")
        return at + 1

    def _skip(self, at: int, more: str = "") -> int:
        while self._text[at] in _GAPS or self._text[at] in more:
            at += 1
        return at
