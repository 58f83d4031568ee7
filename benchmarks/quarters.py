"""Quarters of work as generators make them: what is finished and what is added on each day.

Each family is a way in which work goes on; sizes, rates and marks differ from quarter to quarter. What is
true goes on beyond the quarter, so that a date after its end can be held against it too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import exp

from bridge.forecast import Point, Question
from bridge.model import Cycle

START = date(2026, 1, 1)
LENGTH = 91
BEYOND = 730
Day = tuple[int, int]
"""Items finished, items added."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """The points of one key result until its mark is reached, and how long that was watched for."""

    family: str
    question: Question
    points: tuple[Point, ...]
    until: date


def quarters(family: str, count: int, seed: int) -> Iterator[Quarter]:
    """So many quarters of a family; the same seed gives the same ones."""
    dice = random.Random(f"{family} {seed}")
    for _ in range(count):
        yield _quarter(family, dice)


def _quarter(family: str, dice: random.Random) -> Quarter:
    """At its mean rate the mark is reached between a third before the quarter's end and two thirds after."""
    scope, mark = dice.randrange(30, 121), dice.choice([Fraction(1), Fraction(7, 10)])
    rate = float(mark) * scope / (LENGTH * dice.uniform(0.6, 1.7))
    done, points = 0, [Point(START, Fraction(0), scope)]
    for day, (finished, added) in enumerate(FAMILIES[family](dice, rate), 1):
        scope += added
        done = min(done + finished, scope)
        points.append(Point(START + timedelta(day), Fraction(done, scope), scope))
        if points[-1].value >= mark or day == LENGTH + BEYOND:
            break
    end = START + timedelta(LENGTH - 1)
    question = Question(Cycle("generated", START, end), START, mark)
    return Quarter(family, question, tuple(points), START + timedelta(LENGTH + BEYOND))


def steady(dice: random.Random, rate: float) -> Iterator[Day]:
    """The same rate every day of the week."""
    while True:
        yield poisson(dice, rate), 0


def weekends(dice: random.Random, rate: float) -> Iterator[Day]:
    """The same rate on five days of the week."""
    day = dice.randrange(7)
    while True:
        day += 1
        yield poisson(dice, rate * 7 / 5) if day % 7 < 5 else 0, 0


def bursty(dice: random.Random, rate: float) -> Iterator[Day]:
    """Weeks that differ widely, weekends off."""
    while True:
        week = rate * dice.gammavariate(1, 1) * 7 / 5
        yield from ((poisson(dice, week) if day < 5 else 0, 0) for day in range(7))


def releases(dice: random.Random, rate: float) -> Iterator[Day]:
    """What is finished is told in one go, every few days up to every two weeks."""
    usual = dice.randrange(4, 15)
    while True:
        pause = max(usual + dice.randrange(-3, 4), 1)
        yield from ((0, 0) for _ in range(pause - 1))
        yield poisson(dice, rate * pause), 0


def growing(dice: random.Random, rate: float) -> Iterator[Day]:
    """New work comes at a tenth to a half of the rate, at first more than twice as much."""
    growth, day = rate * dice.uniform(0.1, 0.5), 0
    while True:
        day += 1
        yield poisson(dice, rate), poisson(dice, growth * (2.5 if day <= 21 else 1))


def surge(dice: random.Random, rate: float) -> Iterator[Day]:
    """Slow at first; from some day between the sixth and the eleventh week on one and a half to three times
    the rate."""
    return _turning(dice, rate * 0.7, rate * dice.uniform(1.5, 3))


def slump(dice: random.Random, rate: float) -> Iterator[Day]:
    """The reverse: from such a day on four to nine tenths of the rate."""
    return _turning(dice, rate, rate * dice.uniform(0.4, 0.9))


def _turning(dice: random.Random, before: float, after: float) -> Iterator[Day]:
    turn, day = dice.randrange(42, 77), 0
    while True:
        day += 1
        yield poisson(dice, after if day >= turn else before), 0


def stalls(dice: random.Random, rate: float) -> Iterator[Day]:
    """Weeks in which nothing is finished, each as likely as not to be followed by another."""
    stalled = False
    while True:
        stalled = dice.random() < (0.5 if stalled else 0.15)
        yield from ((0 if stalled else poisson(dice, rate * 1.3), 0) for _ in range(7))


FAMILIES: dict[str, Callable[[random.Random, float], Iterator[Day]]] = {
    "steady": steady,
    "weekends off": weekends,
    "bursty": bursty,
    "releases": releases,
    "growing scope": growing,
    "stalls": stalls,
    "late surge": surge,
    "late slump": slump,
}


def poisson(dice: random.Random, mean: float) -> int:
    """Knuth's way: fine for the few items of a day."""
    count, left, edge = 0, dice.random(), exp(-mean)
    while left >= edge:
        count, left = count + 1, left * dice.random()
    return count
