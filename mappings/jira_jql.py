"""JQL taken apart, as far as it asks for what an item's own fields say.

What does not (functions, comparisons, the history of a field) is `Untold`, with the reason in a few words
and in the query's own. Who has to ask Jira itself about a query sends it there as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<cf>cf\[\d+\])
    |(?P<mark><=|>=|!=|!~|=|<|>|~|&&|\|\||&|\||!|[(),])
    |(?P<word>(?:[^\s"'=<>~!&|(),\[\]\\]|\\.)+(?:\[[^\]]*\])?))""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_HISTORY = ("was", "changed")
_ORDERED = ("<=", ">=", "<", ">", "~", "!~")


class Untold(ValueError):
    """The past of this query cannot be told from an item."""


@dataclass(frozen=True, slots=True)
class Clause:
    """`field` is, or with `negated` is not, one of `values`; `empty`: or empty."""

    field: str
    values: tuple[str, ...]
    empty: bool = False
    negated: bool = False

    def __str__(self) -> str:
        values = [*(f'"{value}"' for value in self.values), *(["EMPTY"] if self.empty else [])]
        return f"{self.field} {'not ' if self.negated else ''}in ({', '.join(values)})"


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Many:
    """`joint` is `and` or `or`."""

    joint: str
    parts: tuple[Node, ...]


Node = Clause | Not | Many


def parse(text: str) -> Node:
    """The structure of a query; its order is left out. Raises Untold."""
    return _Parser(_tokens(text)).query()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        return self.text.casefold() if self.kind != "string" else ""


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Untold(f"not understood from {text[at:].strip()[:20]!r} on")
        kind = match.lastgroup
        raw = match.group(kind)
        plain = raw[1:-1] if kind == "string" else raw
        found.append(_Token(kind, re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _unescaped, plain, flags=re.DOTALL)))
        at = match.end()
    return found


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if len(code) == 5 else _ESCAPES.get(code, code)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def query(self) -> Node:
        if not self._tokens or self._at("order"):
            raise Untold("restricts nothing")
        found = self._any()
        if self._next < len(self._tokens) and not self._at("order"):
            self._fail()
        return found

    def _any(self) -> Node:
        return self._many("or", ("or", "||", "|"), self._all)

    def _all(self) -> Node:
        return self._many("and", ("and", "&&", "&"), self._one)

    def _many(self, joint: str, words: tuple[str, ...], part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._take(*words):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Many(joint, tuple(parts))

    def _one(self) -> Node:
        if self._take("not", "!"):
            return Not(self._one())
        if not self._take("("):
            return self._clause()
        inside = self._any()
        self._expect(")")
        return inside

    def _clause(self) -> Clause:
        field = self._text()
        if self._take(*_HISTORY):
            raise Untold(f"{field} was or changed: asks for the history of a field")
        negated = self._take("!=")
        if negated or self._take("="):
            return self._matching(field, negated, [self._operand(field)])
        if self._take("is"):
            return self._matching(field, self._take("not"), [self._operand(field)])
        negated = self._take("not")
        if self._take("in"):
            return self._matching(field, negated, self._list(field))
        if self._at(*_ORDERED):
            raise Untold(f"{field} {self._text()}: compares, or searches text")
        return self._fail()

    def _matching(self, field: str, negated: bool, operands: list[str | None]) -> Clause:
        """A resolution is never empty in JQL but `Unresolved`: the same thing."""
        nothing = (None, "unresolved") if field.casefold() == "resolution" else (None,)
        values = [o for o in operands if o is not None and o.casefold() not in nothing]
        return Clause(field, tuple(values), len(values) < len(operands), negated)

    def _list(self, field: str) -> list[str | None]:
        if not self._take("("):
            return [self._operand(field)]
        found = [self._operand(field)]
        while self._take(","):
            found.append(self._operand(field))
        self._expect(")")
        return found

    def _operand(self, field: str) -> str | None:
        """A value; None is EMPTY."""
        empty = self._at("empty", "null")
        text = self._text()
        if self._at("("):
            raise Untold(f"{field}: {text}() is a function")
        return None if empty else text

    def _text(self) -> str:
        """A name or value, or an operator that is only told about."""
        if self._next >= len(self._tokens) or self._at("(", ")", ",", "and", "or", "order"):
            self._fail()
        self._next += 1
        return self._tokens[self._next - 1].text

    def _at(self, *words: str) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next].word in words

    def _take(self, *words: str) -> bool:
        found = self._at(*words)
        self._next += found
        return found

    def _expect(self, word: str) -> None:
        if not self._take(word):
            self._fail()

    def _fail(self) -> NoReturn:
        rest = " ".join(token.text for token in self._tokens[self._next :])
        raise Untold(f"not understood from {rest[:20]!r} on" if rest else "ends too early")
