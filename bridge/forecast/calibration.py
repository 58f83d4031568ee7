"""How often what was said held: a table by how far ahead it was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.forecast.backtest import Claim, Odds, Trial
from bridge.forecast.outlook import PERCENTS

EDGES = (14, 28, 56)
"""Days ahead that part the rows: up to two weeks, four, eight, and more."""
FIFTHS = 5
FEW = 20
"""Under so many key results a share is told, and called too few to judge by: the claims of one hang
together."""


@dataclass(frozen=True, slots=True)
class Row:
    """Claims of one percentage that lay more than `after` and up to `upto` days ahead (None: no bound)."""

    percent: int
    after: int
    upto: int | None
    due: int
    held: int

    @property
    def share(self) -> float | None:
        return self.held / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Bin:
    """Chances between two bounds: how many, their mean, and how many of them came true."""

    low: float
    high: float
    count: int
    mean: float | None
    reached: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`rows` by percentage and distance, `totals` by percentage; `waiting` claims whose day has not come,
    `undated` that named none; `bins` of chances and their mean squared error (`brier`; None: none)."""

    key_results: int
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    waiting: int
    undated: int
    bins: tuple[Bin, ...]
    brier: float | None

    @property
    def few(self) -> bool:
        return self.key_results < FEW


def calibrate(trials: Sequence[Trial]) -> Calibration:
    """What trials of any number of key results come to; each trial counts as one key result."""
    claims = [claim for trial in trials for claim in trial.claims]
    odds = [one for trial in trials for one in trial.odds]
    bounds = [*zip((0, *EDGES), (*EDGES, None), strict=True)]
    return Calibration(
        key_results=sum(bool(trial.claims) for trial in trials),
        rows=tuple(_row(claims, percent, *bound) for percent in PERCENTS for bound in bounds),
        totals=tuple(_row(claims, percent, 0, None) for percent in PERCENTS),
        waiting=sum(claim.by is not None and not claim.due for claim in claims),
        undated=sum(claim.by is None for claim in claims),
        bins=tuple(_bin(odds, fifth) for fifth in range(FIFTHS)),
        brier=sum((one.chance - one.reached) ** 2 for one in odds) / len(odds) if odds else None,
    )


def _row(claims: Iterable[Claim], percent: int, after: int, upto: int | None) -> Row:
    due = [
        claim
        for claim in claims
        if claim.percent == percent
        and claim.due
        and (ahead := claim.ahead) is not None
        and (after < ahead or not after)
        and (upto is None or ahead <= upto)
    ]
    return Row(percent, after, upto, len(due), sum(claim.held for claim in due))


def _bin(odds: Iterable[Odds], fifth: int) -> Bin:
    """The last one takes the certain ones too."""
    within = [one for one in odds if min(int(one.chance * FIFTHS), FIFTHS - 1) == fifth]
    mean = sum(one.chance for one in within) / len(within) if within else None
    return Bin(fifth / FIFTHS, (fifth + 1) / FIFTHS, len(within), mean, sum(one.reached for one in within))
