"""JQL text that cannot be broken out of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.errors import UsageError
from bridge.model import FieldValue, Keys, Label, Project, Query, Selector


def jql(selector: Selector) -> str:
    """The query of a selector, without an order. UsageError where it selects nothing or everything."""
    match selector:
        case Query(text):
            return bounded(text)
        case Label(name):
            return f"labels = {quote(name)}"
        case Project(key):
            return f"project = {quote(key)}"
        case FieldValue(name, value):
            return f"{field(name)} = {quote(value)}"
        case Keys(keys):
            return within("key", keys)


def quote(text: str) -> str:
    """A value or a field name in quotes; control characters have no meaning in either and are dropped."""
    plain = "".join(character for character in text if character.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def field(name: str) -> str:
    """A field in a clause. By id it is immune to renames and twins: `customfield_10200` is `cf[10200]`."""
    number = name.removeprefix("customfield_").removeprefix("cf[").removesuffix("]")
    return f"cf[{number}]" if number != name and number.isdecimal() else quote(name)


def within(name: str, values: Iterable[str]) -> str:
    """`name in (...)`; ids as plain numbers, all else in quotes. `name` is taken as it is."""
    return f"{name} in ({', '.join(v if v.isdecimal() else quote(v) for v in values)})"


def bounded(text: str) -> str:
    """A person's query without its ORDER BY. Cloud refuses a query that restricts nothing."""
    found = unordered(text).strip()
    if not found:
        raise UsageError(f"the query {text!r} restricts nothing", "name a project, a label or a field in it")
    return found


def unordered(text: str) -> str:
    """The query up to its ORDER BY; one within quotes is somebody's text."""
    before = None
    for start, word in _words(text):
        if before is not None and word == "by":
            return text[:before]
        before = start if word == "order" else None
    return text


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Position and lower case of each bare word; a quoted text is one word."""
    position = 0
    while position < len(text):
        start = position
        if text[position] in "\"'":
            position = _closing(text, position)
            yield start, text[start:position]
        elif text[position].isalnum() or text[position] == "_":
            while position < len(text) and (text[position].isalnum() or text[position] == "_"):
                position += 1
            yield start, text[start:position].lower()
        else:
            position += 1


def _closing(text: str, opening: int) -> int:
    """The position behind the quoted text that opens here."""
    position = opening + 1
    while position < len(text) and text[position] != text[opening]:
        position += 2 if text[position] == "\\" else 1
    return position + 1
