"""From the text of a query to its structure, with the words Jira uses when it does not understand."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from bridge.sandbox.records import Refusal

OPERATORS = (
    "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"  # as Jira lists them
)
RESERVED = {
    "and", "or", "not", "in", "is", "empty", "null", "order", "by", "asc", "desc", "was", "changed", "do",
    "select", "from", "where", "as", "limit", "if", "else", "end", "add", "all", "any", "date", "to", "on",
}  # fmt: skip
TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<cf>cf\[\d+\])
    |(?P<op><=|>=|!=|!~|=|<|>|~|&&|\|\||&|\||!)
    |(?P<mark>[(),])
    |(?P<word>[^\s"'=<>~!&|(),\[\]]+))""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.casefold() if self.kind in ("word", "op", "mark") else ""


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    pass


Operand = Literal | Function | Empty


@dataclass(frozen=True, slots=True)
class Clause:
    """`operator` in lower case: = != < <= > >= ~ !~ in, not in, is, is not."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Many:
    """`joint` is `and` or `or`."""

    joint: str
    parts: tuple["Node", ...]


Node = Clause | Not | Many


@dataclass(frozen=True, slots=True)
class Query:
    where: Node | None
    order: tuple[tuple[str, bool], ...] = ()
    """(field, descending) by precedence."""


def parse(text: str) -> Query:
    """The structure of a query; an empty text is a query without restriction. Raises Refusal 400."""
    return _Parser(_tokens(text)).query()


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Refusal(400, _unreadable(text, at))
        kind = match.lastgroup
        raw = match.group(kind)
        found.append(Token(kind, _unquote(raw) if kind == "string" else raw, match.start(kind)))
        at = match.end()
    return found


def _unreadable(text: str, at: int) -> str:
    rest = text[at:].lstrip()
    if rest[0] in "\"'":
        return f"Error in the JQL Query: The quoted string '{rest[1:]}' has not been completed. {_where(at)}"
    return (
        f"Error in the JQL Query: The character '{rest[0]}' is a reserved JQL character. You must enclose it "
        f"in a string or use the escape '\\u{ord(rest[0]):04x}' instead. {_where(at)}"
    )


def _where(at: int) -> str:
    return f"(line 1, character {at + 1})"


def _unquote(raw: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match.group(1)
        return chr(int(code[1:], 16)) if len(code) == 5 else ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, raw[1:-1], flags=re.DOTALL)


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def query(self) -> Query:
        where = None if self._peek("order") or not self._tokens else self._any()
        order = self._order() if self._take("order") else ()
        if self._next < len(self._tokens):
            self._fail("Expecting either 'OR' or 'AND' but got")
        return Query(where, order)

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
        if self._take("("):
            inside = self._any()
            if not self._take(")"):
                self._fail("Expecting ')' but got")
            return inside
        return self._clause()

    def _clause(self) -> Clause:
        field = self._name("a field name")
        operator = self._operator()
        if operator in ("in", "not in"):
            return Clause(field, operator, self._list())
        return Clause(field, operator, (self._operand(),))

    def _name(self, what: str) -> str:
        token = self._current()
        if token is None or token.kind not in ("string", "word", "cf") or token.word in RESERVED:
            self._fail(f"Expecting {what} but got")
        self._next += 1
        return token.text

    def _operator(self) -> str:
        for simple in ("=", "!=", "<=", ">=", "<", ">", "~", "!~", "in"):
            if self._take(simple):
                return simple
        if self._take("not") and self._take("in"):
            return "not in"
        if self._take("is"):
            return "is not" if self._take("not") else "is"
        return self._fail("Expecting operator but got", f" The valid operators are {OPERATORS}.")

    def _list(self) -> tuple[Operand, ...]:
        if not self._take("("):
            return (self._operand(),)
        found = [self._operand()]
        while self._take(","):
            found.append(self._operand())
        if not self._take(")"):
            self._fail("Expecting ')' but got")
        return tuple(found)

    def _operand(self) -> Operand:
        token = self._current()
        if token is None or token.kind not in ("string", "word"):
            self._fail("Expecting either a value, list or function but got")
        self._next += 1
        if token.word in ("empty", "null"):
            return Empty()
        if self._peek("("):
            return Function(token.text, self._arguments())
        if token.word in RESERVED:
            self._next -= 1
            self._fail("Expecting either a value, list or function but got")
        return Literal(token.text, token.kind == "string")

    def _arguments(self) -> tuple[str, ...]:
        self._take("(")
        found: list[str] = []
        while not self._take(")"):
            found.append(self._name("a function argument"))
            self._take(",")
        return tuple(found)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if not self._take("by"):
            self._fail("Expecting 'by' but got")
        terms = [self._term()]
        while self._take(","):
            terms.append(self._term())
        return tuple(terms)

    def _term(self) -> tuple[str, bool]:
        field = self._name("a field name")
        if self._take("desc"):
            return field, True
        self._take("asc")
        return field, False

    def _current(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _peek(self, *words: str) -> bool:
        token = self._current()
        return token is not None and token.word in words and token.word != ""

    def _take(self, *words: str) -> bool:
        if not self._peek(*words):
            return False
        self._next += 1
        return True

    def _fail(self, expected: str, hint: str = "") -> NoReturn:
        token = self._current()
        got = f"'{token.text}'.{hint} {_where(token.at)}" if token else f"the end of the query.{hint}"
        raise Refusal(400, f"Error in the JQL Query: {expected} {got}")
