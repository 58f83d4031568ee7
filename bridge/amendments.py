"""How a key result differs from what it was at first: weights, targets and links may change mid-cycle,
and the original stays on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from bridge.model import KeyResult, Okrs

TOLD = ("title", "weight", "due", "kind", "rollup", "links", "metric", "milestones", "blend", "expected")


@dataclass(frozen=True, slots=True)
class Amendment:
    """One thing that was changed since the first revision that has this key result."""

    what: str
    was: str
    now: str


def amendments(original: KeyResult | None, current: KeyResult) -> tuple[Amendment, ...]:
    """What was changed, in short texts; nothing where there is no other revision."""
    return () if original is None else tuple(_differences(original, current))


def original_of(key_result: str, revisions: Iterator[Okrs]) -> KeyResult | None:
    """The key result as the first revision that has it says it; revisions come oldest first."""
    for okrs in revisions:
        for one in okrs.key_results:
            if one.id == key_result:
                return one
    return None


def _differences(original: KeyResult, current: KeyResult) -> Iterator[Amendment]:
    for name in TOLD:
        was, now = getattr(original, name), getattr(current, name)
        if was == now:
            continue
        if is_dataclass(was) and is_dataclass(now) and type(was) is type(now):
            yield from _parts(name, was, now)
        else:
            yield Amendment(name, said(was), said(now))


def _parts(name: str, was: Any, now: Any) -> Iterator[Amendment]:
    for part in fields(was):
        before, after = getattr(was, part.name), getattr(now, part.name)
        if before != after:
            yield Amendment(f"{name}.{part.name}", said(before), said(after))


def said(value: Any) -> str:
    """A value of the OKR file in a few words; empty for none."""
    match value:
        case None | "":
            return ""
        case tuple():
            return "; ".join(said(one) for one in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            parts = ((part.name, said(getattr(value, part.name))) for part in fields(value))
            return ", ".join(f"{name} {text}" for name, text in parts if text)
        case _:
            return str(value)
