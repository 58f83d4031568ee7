"""Where key results lead, and how often that was right, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bridge.forecast import Calibration, How
from bridge.forecast.calibration import FEW, Bin, Row
from bridge.forecast.outlook import ENOUGH_WEEKS, PERCENTS
from bridge.outlook import Foreseen
from bridge.report import data
from bridge.show import colour, percent
from bridge.wording import Words
from bridge.wording import forecast as say
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NONE = "–"
WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """The outlook of some key results."""

    foreseen: tuple[Foreseen, ...]
    today: date

    def as_json(self, words: Words) -> dict[str, Any]:
        return {"key_results": [_as_json(one, self.today, words) for one in self.foreseen]}

    def show(self, out: Console, words: Words) -> None:
        """A line each: where it stands, where it ends, by when it is there, and what to know of that."""
        from rich.text import Text

        from bridge.report import text as screen

        made = screen.table(
            "",
            words.label(Label.PROGRESS),
            words.say(say.BY_THE_END),
            words.say(say.CHANCE),
            *(words.say(say.LIKELY, percent=percent) for percent in PERCENTS),
            words.label(Label.NOTES),
        )
        for one in self.foreseen:
            outlook = one.outlook
            made.add_row(
                Text(one.kr.id),
                screen.gauge(outlook.value, colour(outlook.value), words),
                words.percent(None if outlook.expected is None else min(outlook.expected, WHOLE)),
                words.percent(outlook.chance),
                *(_date(one, percent, words) for percent in PERCENTS),
                Text(words.joined(_remarks(one, self.today, words)), style="dim"),
            )
        out.print(made)


def _as_json(one: Foreseen, today: date, words: Words) -> dict[str, Any]:
    return {
        "id": one.kr.id,
        "title": one.kr.title,
        "objective": one.objective.id,
        "progress": data.share(one.outlook.value),
        "percent": percent(one.outlook.value),
        **outlook(one),
        "notes": list(_remarks(one, today, words)),
    }


def outlook(one: Foreseen) -> dict[str, Any]:
    """What is foreseen, without what it is of."""
    ahead = one.outlook
    return {
        "how": ahead.how.value,
        "why": ahead.why.value if ahead.why else None,
        "day": ahead.day.isoformat() if ahead.day else None,
        "mark": data.share(one.mark),
        "weeks": ahead.weeks,
        "forecast": data.share(ahead.expected),
        "chance": ahead.chance,
        "dates": {str(percent): by and by.isoformat() for percent, by in ahead.dates.items()},
        "trending_off": ahead.trending_off,
    }


def in_words(one: Foreseen, words: Words) -> str:
    """A simulation in one line; empty for what is none."""
    if one.outlook.how is not How.SIMULATION:
        return ""
    dates = [words.say(say.BY_DAY, percent=at, day=_date(one, at, words)) for at in one.outlook.dates]
    expected = words.say(say.EXPECTED, expected=one.outlook.expected)
    return words.joined([expected, *dates, words.say(say.SIMULATED, n=one.outlook.weeks)])


def _date(one: Foreseen, percent: int, words: Words) -> str:
    if percent not in one.outlook.dates:
        return NONE
    by = one.outlook.dates[percent]
    return words.say(say.BEYOND) if by is None else by.isoformat()


def _remarks(one: Foreseen, today: date, words: Words) -> Iterator[str]:
    """What it stands on, whether it leads below the mark, and how old it is."""
    outlook = one.outlook
    if outlook.trending_off:
        yield words.say(say.TRENDING_OFF)
    match outlook.how:
        case How.REACHED:
            yield words.say(say.REACHED)
        case How.SIMULATION:
            yield words.say(say.SIMULATED, n=outlook.weeks)
        case How.LINEAR:
            yield words.say(say.STRAIGHT)
    if outlook.why is not None:
        yield words.say(say.WHY[outlook.why.value], n=outlook.weeks, needed=ENOUGH_WEEKS)
    if outlook.day is not None and outlook.day != today:
        yield words.say(say.AS_OF, day=outlook.day)


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """How often what would have been said held."""

    calibration: Calibration

    def as_json(self, words: Words) -> dict[str, Any]:
        found = self.calibration
        return {
            "backtest": {
                "key_results": found.key_results,
                "few": found.few,
                "totals": [asdict(row) | {"share": row.share} for row in found.totals],
                "rows": [asdict(row) | {"share": row.share} for row in found.rows],
                "chances": [asdict(one) for one in found.bins],
                "brier": found.brier,
                "notes": list(self._remarks(words)),
            }
        }

    def show(self, out: Console, words: Words) -> None:
        found = self.calibration
        if found.key_results:
            out.print(_dates_table(found, words))
            out.print()
            if found.brier is not None:
                out.print(_chances_table(found.bins, words))
                out.print()
        for line in self._remarks(words):
            out.print(line, markup=False)

    def _remarks(self, words: Words) -> Iterator[str]:
        found = self.calibration
        if not found.key_results:
            yield words.say(say.NOTHING_TO_TEST)
            return
        counted = say.FEW if found.few else say.KEY_RESULTS
        yield words.say(counted, n=found.key_results, needed=FEW)
        if found.waiting:
            yield words.say(say.WAITING, n=found.waiting)
        if found.undated:
            yield words.say(say.UNDATED, n=found.undated)
        if found.brier is not None:
            yield words.say(say.ERROR, brier=found.brier)


def _dates_table(found: Calibration, words: Words) -> Table:
    from bridge.report import text as screen

    heads = (say.CLAIM, say.AHEAD, say.DUE, say.HELD, say.SHARE)
    made = screen.table(*(words.say(head) for head in heads))
    for total in found.totals:
        rows = [row for row in found.rows if row.percent == total.percent]
        for row in (*rows, total):
            ahead = words.say(say.ALL) if row is total else _ahead(row, words)
            made.add_row(f"{row.percent}%", ahead, str(row.due), str(row.held), words.percent(row.share))
    return made


def _ahead(row: Row, words: Words) -> str:
    if row.upto is None:
        return words.say(say.MORE, after=row.after)
    return words.say(say.FROM if row.after else say.UP_TO, first=row.after + 1, upto=row.upto)


def _chances_table(bins: Sequence[Bin], words: Words) -> Table:
    from bridge.report import text as screen

    heads = (say.SAID_CHANCE, say.COUNT, say.MEAN, say.CAME_TRUE)
    made = screen.table(*(words.say(head) for head in heads))
    for one in bins:
        true = one.reached / one.count if one.count else None
        made.add_row(
            f"{one.low:.0%} – {one.high:.0%}", str(one.count), words.percent(one.mean), words.percent(true)
        )
    return made
