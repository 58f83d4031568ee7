"""Where key results lead, from what the store remembers of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from bridge import okrs as files
from bridge.facts import Moment
from bridge.forecast import (
    Calibration,
    How,
    Noise,
    Outlook,
    Point,
    Question,
    Trial,
    Why,
    backtest,
    calibrate,
    foresee,
    unforeseen,
)
from bridge.forecast.throughput import DAYS, MOST_WEEKS
from bridge.model import KeyResult, Kind, Note, Objective, Okrs, Standing, State
from bridge.notes import Say
from bridge.pace import success_mark
from bridge.store import Store
from bridge.timeline import Day, line_of


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A key result and where it leads. `mark` is where success lies; None: the objective has no mark."""

    kr: KeyResult
    objective: Objective
    mark: Fraction | None
    outlook: Outlook


def foreseen(store: Store, okrs: Okrs, moment: Moment, only: str = "") -> tuple[Foreseen, ...]:
    """The outlook of each key result, or of one, in file order: the same for the same store and day."""
    return tuple(_foreseen(store, objective, kr, moment) for objective, kr in _chosen(okrs, only))


def simulated(standing: Standing, found: Foreseen) -> Standing:
    """The standing with what a simulation foresees, where there is one, in place of the straight line. While
    a person's number is shown, the line goes on from that."""
    outlook, mark = found.outlook, found.mark
    if outlook.why is not None or mark is None or standing.override is not None:
        return standing
    told = {"chance": str(outlook.chance), "forecast": str(outlook.expected), "mark": str(mark)}
    others = tuple(note for note in standing.notes if note.code != Say.TRENDING_OFF)
    return replace(
        standing,
        forecast=outlook.expected,
        trending_off=outlook.trending_off,
        notes=(*others, Note(Say.UNLIKELY, told)) if outlook.trending_off else others,
    )


def led(store: Store, okrs: Okrs, moment: Moment, standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """The standings with what simulations foresee, as `simulated` has it; some 20 ms each."""
    of = {kr.id: (objective, kr) for objective, kr in _chosen(okrs, "")}
    return tuple(simulated(one, _foreseen(store, *of[one.kr.id], moment)) for one in standings)


def calibration(store: Store, okrs: Okrs, moment: Moment, only: str = "") -> Calibration:
    """How often what would have been said of all key results, or of one, held: in this cycle and in those
    that the revisions of the OKR file tell of."""
    return calibrate(tuple(_trials(store, okrs, moment, only)))


def _chosen(okrs: Okrs, only: str) -> Iterator[tuple[Objective, KeyResult]]:
    for objective in okrs.objectives:
        for kr in objective.key_results:
            if only in ("", kr.id):
                yield objective, kr


def _foreseen(store: Store, objective: Objective, kr: KeyResult, moment: Moment) -> Foreseen:
    return Foreseen(kr, objective, success_mark(objective.kind), _outlook(store, kr, objective, moment))


def _outlook(store: Store, kr: KeyResult, objective: Objective, moment: Moment) -> Outlook:
    why = Why.OVER if objective.state is State.CLOSED else unforeseen(kr)
    if why is not None:
        return Outlook(how=How.NONE, why=why)
    question = Question(moment.cycle, moment.today, success_mark(objective.kind), moment.rules)
    first = moment.today - timedelta(days=(MOST_WEEKS + 1) * DAYS)
    return foresee(points(store, kr, first, moment.today), question, _dice(kr))


def _dice(kr: KeyResult) -> Noise:
    """Seeded by the key result: the same from day to day, so that what moves an outlook is what happened."""
    return random.Random(kr.id).randbytes


def points(store: Store, kr: KeyResult, first: date | None, last: date) -> tuple[Point, ...]:
    """The days of which a value is known; who looked on the day itself is believed before who told later."""
    told = line_of(store.history.points(kr.id, first, last))
    return tuple(_point(one, one.value, kr) for one in told if one.value is not None)


def _point(told: Day, value: Fraction, kr: KeyResult) -> Point:
    """Only work is a share of items; a metric's value is one by itself."""
    if kr.kind is not Kind.WORK:
        return Point(told.day, value)
    weight = told.scope.get("weight")
    return Point(told.day, value, told.in_scope, Fraction(weight) if weight else None)


def _trials(store: Store, okrs: Okrs, moment: Moment, only: str) -> Iterator[Trial]:
    for said in _cycles(store, okrs).values():
        for objective, kr in _chosen(said, only):
            mark = success_mark(objective.kind)
            known = points(store, kr, None, min(said.cycle.end, moment.today))
            if known and mark is not None and unforeseen(kr) is None:
                question = Question(said.cycle, moment.today, mark, moment.rules)
                yield backtest(known, question, known[-1].day, partial(_dice, kr))


def _cycles(store: Store, okrs: Okrs) -> Mapping[str, Okrs]:
    """What was said of each cycle last."""
    said = (files.from_document(revision.document) for revision in store.revisions.all())
    return {one.cycle.id: one for one in said} | {okrs.cycle.id: okrs}
