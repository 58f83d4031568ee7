"""Weeks to come, drawn many times over from the weeks that were.

Each run first draws how much each known week is to weigh in it (the Bayesian bootstrap: few weeks say
little about the weeks to come, and runs differ by as much) and how much faster or slower all goes on than
it did, then puts whole weeks behind one another.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, log
from struct import Struct

from bridge.forecast.throughput import DAYS, Throughput

RUNS = 2_000
HORIZON = 52
"""Weeks ahead that are looked at: what lies beyond is told as no date."""
HALF_LIFE = 4.0
"""After so many weeks a week counts half: what grew early in a quarter does not grow so for ever."""
DRIFT = 0.06
"""How far the pace to come strays from the pace known (log-logistic: half of the runs within 7%)."""
UNIT = 2.0**32

Noise = Callable[[int], bytes]
"""So many random bytes, such as `random.Random(seed).randbytes`."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What the runs came to: `days` until the mark, ascending, of those that reached it within the horizon;
    the mean of the values (0..1) at the `end`."""

    runs: int
    days: tuple[int, ...]
    end: float

    def within(self, percent: int) -> int | None:
        """In how many days so many percent of the runs are there; None: not within the horizon."""
        needed = max(ceil(self.runs * percent / 100), 1)
        return self.days[needed - 1] if needed <= len(self.days) else None

    def chance(self, days: int) -> float:
        """The share of the runs that are there in so many days."""
        return bisect(self.days, days) / self.runs


@dataclass(frozen=True, slots=True)
class _Known:
    """The weeks as columns: how much nearer the mark day by day, at most and in all; done and scope of a
    whole week, and of the part of one at the end."""

    towards: Sequence[tuple[float, ...]]
    peak: Sequence[float]
    total: Sequence[float]
    done: Sequence[float]
    scope: Sequence[float]
    done_part: Sequence[float]
    scope_part: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Future:
    """What a run draws: the pace at which it goes on (1: as before), up to where each known week reaches on
    a line of `UNIT` (the longer its part, the more it weighs), and a place on it for each week to come."""

    pace: float
    reaches: Sequence[float]
    places: Sequence[int]


def simulate(now: Throughput, mark: float, left: int, noise: Noise, runs: int = RUNS) -> Spread:
    """Runs from `now` on, with a week or more; `left`: days until the end.

    The same noise gives the same spread, and each run takes the same share of it whatever comes of it: so
    that spreads of different weeks can be compared run by run.
    """
    weeks, part = divmod(max(left, 0), DAYS)
    known = _columns(now, mark, part)
    gap = mark * now.scope - now.done
    reached: list[int] = []
    ends = 0.0
    for future in _futures(len(now.weeks), max(HORIZON, weeks + 1), noise, runs):
        day, near = _run(known, future, gap / future.pace, weeks + 1)
        ends += _end(now, known, future.pace, near)
        if day is not None:
            reached.append(day)
    return Spread(runs, tuple(sorted(reached)), ends / runs)


def _columns(now: Throughput, mark: float, part: int) -> _Known:
    towards = [week.towards(mark) for week in now.weeks]
    return _Known(
        towards=towards,
        peak=[max(days) for days in towards],
        total=[days[-1] for days in towards],
        done=[week.done[-1] for week in now.weeks],
        scope=[week.scope[-1] for week in now.weeks],
        done_part=[week.done[part - 1] if part else 0.0 for week in now.weeks],
        scope_part=[week.scope[part - 1] if part else 0.0 for week in now.weeks],
    )


def _futures(count: int, ahead: int, noise: Noise, runs: int) -> Iterator[_Future]:
    recency = [0.5 ** ((count - 1 - at) / HALF_LIFE) for at in range(count)]
    numbers = Struct(f"<{1 + count + ahead}I")
    for _ in range(runs):
        luck, *drawn = numbers.unpack(noise(numbers.size))
        weights = [-log((one + 0.5) / UNIT) * old for one, old in zip(drawn, recency, strict=False)]
        reaches = list(accumulate(weights))
        scale = UNIT / reaches[-1]
        pace = ((luck + 0.5) / (UNIT - luck - 0.5)) ** DRIFT
        yield _Future(pace, [reach * scale for reach in reaches], drawn[count:])


def _run(known: _Known, future: _Future, gap: float, near: int) -> tuple[int | None, list[int]]:
    """In how many days the gap is closed first, and which weeks were drawn until the end of the cycle."""
    reaches, last = future.reaches, len(future.reaches) - 1
    picks: list[int] = []
    day = None
    for place in future.places:
        at = bisect(reaches, place, 0, last)
        if day is None:
            if known.peak[at] >= gap:
                days = enumerate(known.towards[at], 1)
                day = len(picks) * DAYS + next(n for n, nearer in days if nearer >= gap)
            gap -= known.total[at]
        elif len(picks) >= near:
            break
        picks.append(at)
    return day, picks[:near]


def _end(now: Throughput, known: _Known, pace: float, picks: Sequence[int]) -> float:
    """The value after these weeks, of which the last is a part of one."""
    *whole, last = picks
    done = now.done + pace * (sum(known.done[at] for at in whole) + known.done_part[last])
    scope = now.scope + pace * (sum(known.scope[at] for at in whole) + known.scope_part[last])
    return min(max(done / scope, 0.0), 1.0) if scope > 0 else float(now.value)
