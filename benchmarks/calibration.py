"""Writes the table of how often forecasts held: `python -m benchmarks.calibration`.

On generated quarters, and on real histories where these lie beside the checkout. The same code gives the
same table, to the last digit.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.quarters import FAMILIES, Quarter, quarters
from benchmarks.real_quarters import read, real_quarters
from bridge.forecast import Calibration, Noise, Trial, backtest, calibrate
from bridge.forecast.calibration import Row

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "calibration.md"
REAL = Path(os.environ.get("OKR_BRIDGE_SHARED", ROOT.parent / "shared")) / "data/jira-real/issues.jsonl.gz"
COUNT, SEED, RUNS = 60, 2026, 400
TURNING = ("late surge", "late slump")
Trials = Mapping[str, Sequence[Trial]]


def main() -> None:
    PAGE.write_text(page(REAL), encoding="utf-8")


def page(real: Path) -> str:
    """The whole page. Without the real histories, their part stays as it stands in the page."""
    kept = PAGE.read_text("utf-8").partition(MARK)[2] if PAGE.exists() else ""
    made = "\n".join(_real(_tried(real_quarters(read(real))))) + "\n" if real.exists() else kept
    generated = _tried(one for family in FAMILIES for one in quarters(family, COUNT, SEED))
    return "\n".join([*_generated(generated), ""]) + MARK + made


def _tried(those: Iterable[Quarter]) -> Trials:
    found: dict[str, list[Trial]] = {}
    for one in those:
        trial = backtest(one.points, one.question, one.until, _dice, RUNS)
        found.setdefault(one.family, []).append(trial)
    return found


def _dice() -> Noise:
    return random.Random(SEED).randbytes


def _joined(trials: Trials, without: Iterable[str] = ()) -> Calibration:
    return calibrate([one for family, those in trials.items() if family not in without for one in those])


MARK = "\n## Real histories\n"
GENERATED = """\
# Calibration of the forecast

<!-- Made by `python -m benchmarks.calibration`; a test holds the page to it. -->

How often what [the forecast](../explanation/forecast.md) says holds. A date holds when the mark was
reached on or before it; it counts once it has come; where no date within a year could be named, that is
counted apart. `okr-bridge forecast --backtest` makes the same table of a store's own past.

## Generated quarters

{count} quarters in {families} families, asked at the end of each week from the fourth on until the mark
is reached; `benchmarks/quarters.py` says how each goes. What is true goes on for two years beyond the
quarter, so nearly every date comes.
"""
BETWEEN = """
The turn of a late surge or slump stands in none of the weeks that are known before it comes: surges are
foreseen too late and slumps too early, which no forecast from the past can mend. Without these two:
"""
AHEAD = """
By how far ahead the date lay, over all families:
"""
CHANCES = """
The chance to reach the mark by the end of the quarter, against how often that happened (mean squared
error {brier:.3f}; always saying one half would give 0.25):
"""
FROM_REAL = """
As they are; nothing was fitted to them. From the change logs and resolution days of public trackers:
*releases*, whose scope are the issues that carry a version, and *counts*, by project and by component: to
resolve as many as in the quarter before. A quarter is asked like the generated ones, with what was known
on each day.
"""
REAL_SAYS = """
Real work turns more often than most generated work does: holidays, people who come and go, releases that
are put off, versions that are emptied into the next one. The 50% dates are right, the late ones too
early: an 85% date holds about three times in four. Releases are few, and for most of them no 85% date
within a year could be named.
"""
REAL_CHANCES = """
The chances (mean squared error {brier:.3f}):
"""


def _generated(trials: Trials) -> Iterator[str]:
    whole = _joined(trials)
    count = sum(len(those) for those in trials.values())
    yield GENERATED.format(count=count, families=len(trials))
    yield from _families(trials, whole)
    yield BETWEEN
    yield from _families({}, _joined(trials, TURNING))
    yield AHEAD
    yield from _distances(whole)
    yield CHANCES.format(brier=whole.brier)
    yield from _chances(whole)


def _real(trials: Trials) -> Iterator[str]:
    whole = _joined(trials)
    yield FROM_REAL
    yield from _families(trials, whole)
    yield REAL_SAYS
    yield from _distances(whole)
    yield REAL_CHANCES.format(brier=whole.brier)
    yield from _chances(whole)


def _families(trials: Trials, whole: Calibration) -> Iterator[str]:
    """A row for each family, and one for all of them."""
    yield "| Quarters | Asked | 50% held | 85% held | 95% held | No 85% date | Not come yet |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for family, those in trials.items():
        yield _family(family, calibrate(those))
    yield _family("**all**" if trials else "**the others**", whole)


def _family(name: str, found: Calibration) -> str:
    _, middle, _ = found.totals
    shares = [f"{_share(row)} of {row.due}" for row in found.totals]
    cells = [name, str(found.key_results), *shares, str(middle.undated), str(middle.waiting)]
    return f"| {' | '.join(cells)} |"


def _distances(found: Calibration) -> Iterator[str]:
    yield "| Days ahead | 50% held | 85% held | 95% held |"
    yield "|---|---:|---:|---:|"
    bounds = dict.fromkeys((row.after, row.upto) for row in found.rows)
    for bound in bounds:
        rows = [row for row in found.rows if (row.after, row.upto) == bound]
        yield f"| {_bound(*bound)} | {' | '.join(f'{_share(row)} of {row.due}' for row in rows)} |"


def _bound(after: int, upto: int | None) -> str:
    if upto is None:
        return f"more than {after}"
    return f"{after + 1} to {upto}" if after else f"up to {upto}"


def _chances(found: Calibration) -> Iterator[str]:
    yield "| Said | How often | On average | Came true |"
    yield "|---|---:|---:|---:|"
    for one in found.bins:
        mean = "–" if one.mean is None else f"{one.mean:.0%}"
        true = f"{one.reached / one.count:.0%}" if one.count else "–"
        yield f"| {one.low:.0%} to {one.high:.0%} | {one.count} | {mean} | {true} |"


def _share(row: Row) -> str:
    return "–" if row.share is None else f"{row.share:.1%}"


if __name__ == "__main__":
    main()
