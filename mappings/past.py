"""From what changed, backwards, to how an item stood on some days: one walk for every system."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from bridge.model import Stretch

Step = TypeVar("Step")


def rewind(
    steps: Sequence[tuple[datetime, Step]],
    ends: Sequence[datetime],
    born: datetime | None,
    stand: Callable[[int, datetime | None], Stretch],
    undo: Callable[[Step], None],
) -> list[Stretch]:
    """The stretches over these ends. `steps` are oldest first; what happened at the very end of a day is of
    that day.

    `stand` is asked how the item stands, with the place of the day and the instant of its last change, only
    where a day ended between two steps; `undo` takes a step back. Before `born` it was not there; None:
    it always was.
    """
    first = 0 if born is None else bisect_left(ends, born)
    upper = len(ends)
    found: list[Stretch] = []
    for at, step in reversed(steps):
        place = max(bisect_left(ends, at), first)
        if place < upper:
            found.append(stand(place, at))
            upper = place
        undo(step)
    if first < upper:
        found.append(stand(first, born))
    if first and ends:
        found.append(Stretch(0, None))
    found.reverse()
    return found
