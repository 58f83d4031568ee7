"""What is sent: addresses and bodies with values in their places, and whether a value was kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

_PLACE = re.compile(r"\{([a-z]+)\}")


def address(path: str, **names: str) -> str:
    """The path with these in their places; none can lead anywhere else."""
    for name, value in names.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path


def filled(body: Any, values: Mapping[str, Any]) -> Any:
    """The body with the values in it: as themselves where they stand alone, else as text, never as markup.
    What a value holds is not looked into."""
    match body:
        case str():
            alone = _PLACE.fullmatch(body)
            if alone and alone[1] in values:
                return values[alone[1]]
            return _PLACE.sub(lambda place: _text(values.get(place[1], place[0])), body)
        case Mapping():
            return {name: filled(inner, values) for name, inner in body.items()}
        case list() | tuple():
            return [filled(inner, values) for inner in body]
        case _:
            return body


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both, tables within tables too."""
    both = dict(one)
    for name, value in other.items():
        held = both.get(name)
        both[name] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def same(found: Any, put: Any) -> bool:
    """Whether a figure was kept: times by what they mean, for systems write them in their own way."""
    if found == put or found is None or put is None:
        return bool(found == put)
    try:
        return datetime.fromisoformat(str(found)) == datetime.fromisoformat(str(put))
    except (ValueError, TypeError):
        return False
