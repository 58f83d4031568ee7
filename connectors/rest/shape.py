"""What an answer is like, told without what is in it: for who described it and was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from connectors.rest.described import Spot

DEEP, MOST, LONG = 4, 12, 40
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def shape(data: Any) -> str:
    """Its kind, and the names of its members; never a value."""
    match data:
        case dict():
            names = [_name(name) for name in list(data)[:MOST]]
            told = ", ".join(names) + (", ..." if len(data) > MOST else "")
            return f"an object with {told}" if names else "an empty object"
        case list():
            return f"a list of {len(data)}"
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case _:
            return "a number"


def no_list(spot: Spot, data: Any) -> tuple[str, str]:
    """What is wrong with an answer that should hold a list there, and what to write instead."""
    there = spot(data)
    what = f"no list of items at {spot} but {shape(there)}" if there is not None else f"nothing at {spot}"
    hint = f"the answer is {shape(data)}"
    known = [path for path in paths(data, _of_items) if path != spot.text]
    if not known:
        return what, f"{hint}: is it the right path below `url`?"
    return what, f"{hint}; there is a list of items at {' and '.join(map(_quoted, known[:3]))}"


def no_value(spot: Spot, record: Any) -> tuple[str, str]:
    """The same of a part of an item."""
    there = spot(record)
    what = f"nothing at {spot}" if there in (None, "") else f"{shape(there)} at {spot}"
    return what, f"the item is {shape(record)}"


def no_number(spot: Spot, data: Any) -> tuple[str, str]:
    """The same of a number in an answer."""
    there = spot(data)
    what = f"{'nothing' if there is None else shape(there)} at {spot} where a count should be"
    known = list(paths(data, _count))[:3]
    hint = f"the answer is {shape(data)}"
    return what, f"{hint}; there is a number at {' and '.join(map(_quoted, known))}" if known else hint


def absent(spot: Spot, data: Any) -> bool:
    """Whether there is no such member, which is not to have nothing in it; of a path that is more than names
    nobody can tell."""
    return _plain(spot) and not present(spot, data)


def present(spot: Spot, data: Any) -> bool:
    """Whether there is such a member, with something in it or not."""
    *outer, last = spot.text.split(".")
    for name in outer:
        data = data.get(name) if isinstance(data, dict) else None
    return _plain(spot) and isinstance(data, dict) and last in data


def _plain(spot: Spot) -> bool:
    return all(_PLAIN.fullmatch(name) for name in spot.text.split("."))


def paths(data: Any, fits: Callable[[Any], bool], path: str = "", deep: int = DEEP) -> Iterator[str]:
    """JMESPaths of what fits in an answer, outside of its lists."""
    if fits(data):
        yield path or "@"
    elif isinstance(data, dict) and deep:
        for name, inner in data.items():
            quoted = name if _PLAIN.fullmatch(name) else _quoted(name)
            yield from paths(inner, fits, f"{path}.{quoted}" if path else quoted, deep - 1)


def _of_items(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and all(isinstance(one, dict) for one in data)


def _count(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and data >= 0


def _name(name: str) -> str:
    short = "".join(c for c in name if c.isprintable())
    return short if len(short) <= LONG else short[: LONG - 1] + "…"


def _quoted(text: str) -> str:
    return f'"{text}"'
