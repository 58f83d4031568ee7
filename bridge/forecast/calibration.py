"""How often what was said held: a table by how far ahead it was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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
    """Claims of one percentage that lay more than `after` and up to `upto` days ahead (None: no bound):
    those whose day has come and those that held of them, those `waiting` for theirs; `undated` ones, which
    named none, stand in totals alone."""

    percent: int
    after: int
    upto: int | None
    due: int
    held: int
    waiting: int = 0
    undated: int = 0

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
    """`rows` by percentage and distance, `totals` by percentage; `bins` of chances and their mean squared
    error (`brier`; None: none)."""

    key_results: int
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    bins: tuple[Bin, ...]
    brier: float | None

    @property
    def waiting(self) -> int:
        """Claims whose day has not come."""
        return sum(total.waiting for total in self.totals)

    @property
    def undated(self) -> int:
        return sum(total.undated for total in self.totals)

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
        totals=tuple(_total(claims, percent) for percent in PERCENTS),
        bins=tuple(_bin(odds, fifth) for fifth in range(FIFTHS)),
        brier=sum((one.chance - one.reached) ** 2 for one in odds) / len(odds) if odds else None,
    )


def _row(claims: Iterable[Claim], percent: int, after: int, upto: int | None) -> Row:
    """Days within the bounds; those of a row that starts at 0 include today's."""
    these = [
        claim
        for claim in claims
        if claim.percent == percent
        and (ahead := claim.ahead) is not None
        and (after < ahead or not after)
        and (upto is None or ahead <= upto)
    ]
    due = [claim for claim in these if claim.due]
    return Row(percent, after, upto, len(due), sum(claim.held for claim in due), len(these) - len(due))


def _total(claims: Iterable[Claim], percent: int) -> Row:
    undated = sum(claim.percent == percent and claim.by is None for claim in claims)
    return replace(_row(claims, percent, 0, None), undated=undated)


def _bin(odds: Iterable[Odds], fifth: int) -> Bin:
    """The last one takes the certain ones too."""
    within = [one for one in odds if min(int(one.chance * FIFTHS), FIFTHS - 1) == fifth]
    mean = sum(one.chance for one in within) / len(within) if within else None
    return Bin(fifth / FIFTHS, (fifth + 1) / FIFTHS, len(within), mean, sum(one.reached for one in within))
