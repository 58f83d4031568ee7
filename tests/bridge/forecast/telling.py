"""Points of key results, told briefly."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate

from bridge.forecast import Noise, Point, Question
from bridge.model import Cycle

START = date(2026, 1, 1)
CYCLE = Cycle("Q1", START, date(2026, 3, 31))


def day(number: int) -> date:
    return START + timedelta(number)


def points(finished: Sequence[int], scope: int = 100, added: Sequence[int] = ()) -> tuple[Point, ...]:
    """A point for day 0, with nothing done, and one for each day on which so many were finished and added."""
    wide = accumulate(added, initial=scope) if added else [scope] * (len(finished) + 1)
    done = accumulate(finished, initial=0)
    return tuple(
        Point(day(at), Fraction(worked, whole), whole)
        for at, (worked, whole) in enumerate(zip(done, wide, strict=True))
    )


def question(today: int, mark: Fraction | None = Fraction(1), cycle: Cycle = CYCLE) -> Question:
    return Question(cycle, day(today), mark)


def noise(seed: int = 1) -> Noise:
    return random.Random(seed).randbytes
