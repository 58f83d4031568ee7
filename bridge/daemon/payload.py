"""Reading what anybody may have written: whatever is not as expected is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson


def loaded(body: bytes) -> Any:
    """The JSON of a body, None where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def member(value: Any, *names: str) -> Any:
    """What lies at the end of these names, None where one of them leads nowhere."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def members(value: Any, name: str) -> list[Any]:
    """The list of this name, empty where there is none."""
    found = member(value, name)
    return found if isinstance(found, list) else []


def text(value: Any) -> str:
    """A text, or empty."""
    return value if isinstance(value, str) else ""


def once(pattern: re.Pattern[str], found: Iterable[Any]) -> tuple[str, ...]:
    """The texts among these that are ids, each once."""
    return tuple(dict.fromkeys(id for id in map(text, found) if pattern.fullmatch(id)))
