"""What is remembered of key results and objectives, day by day, gathered from the store."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from bridge import okrs as files
from bridge.errors import UsageError
from bridge.facts import Moment
from bridge.forecast import How, Outlook
from bridge.model import Cycle, KeyResult, Kind, Objective, Okrs
from bridge.outlook import foreseen
from bridge.pace import elapsed, expected
from bridge.store import Store
from bridge.timeline import Day, line_of, objective_line, overridden

UNTOLD = Outlook(how=How.NONE)


class Looking(Protocol):
    """Whoever knows the store, the OKR file and what day it is."""

    @property
    def store(self) -> Store: ...
    @property
    def okrs(self) -> Okrs: ...
    @property
    def moment(self) -> Moment: ...


@dataclass(frozen=True, slots=True)
class Span:
    """The days asked for, both ends inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The days of a key result or objective. `expected` is where it should be on each day of the cycle,
    `outlook` where it leads: of key results, and while today is among the days."""

    id: str
    title: str
    what: str
    parent: str
    span: Span
    days: tuple[Day, ...]
    expected: tuple[tuple[date, Fraction], ...]
    cycle: Cycle
    today: date
    outlook: Outlook = UNTOLD

    @property
    def ahead(self) -> Fraction | None:
        """Where it leads by the end of the cycle; the straight line may lead beyond 1."""
        return self.outlook.expected

    @property
    def known(self) -> Day | None:
        """The last day with a value."""
        return next((one for one in reversed(self.days) if one.shown is not None), None)


class Chronicle:
    """Answers what was, from what syncs and backfills have told."""

    def __init__(self, looking: Looking) -> None:
        self._store = looking.store
        self._okrs = looking.okrs
        self._moment = looking.moment

    @property
    def today(self) -> date:
        return self._moment.today

    def span(self, first: date | None, last: date | None) -> Span:
        """The days asked for, else from the cycle's start until today. Raises UsageError for none at all."""
        today = self._moment.today
        asked = Span(first or min(self._okrs.cycle.start, last or today), last or today)
        if asked.first > asked.last:
            raise UsageError(f"no day lies between {asked.first} and {asked.last}", "--from is the first day")
        return asked

    def of(self, id: str, span: Span) -> Course:
        """A key result's or an objective's days. Raises UsageError for an id that the OKR file lacks."""
        for objective in self._okrs.objectives:
            if objective.id == id:
                return self._objective(objective, span)
            for kr in objective.key_results:
                if kr.id == id:
                    return self._key_result(kr, objective, span)
        raise UsageError(f"no key result or objective {id!r} in the OKR file", self._near(id))

    def all(self, span: Span) -> tuple[Course, ...]:
        """Every objective, each with its key results, in file order."""
        return tuple(
            course
            for objective in self._okrs.objectives
            for course in (
                self._objective(objective, span),
                *(self._key_result(kr, objective, span) for kr in objective.key_results),
            )
        )

    def _near(self, id: str) -> str:
        known = [*(one.id for one in self._okrs.objectives), *(one.id for one in self._okrs.key_results)]
        near = difflib.get_close_matches(id, known, n=1, cutoff=0.5)
        return f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"

    def line(self, kr: str, first: date | None, last: date) -> tuple[Day, ...]:
        """What was told of a key result, with the overrides of those days."""
        points = self._store.history.points(kr, first, last)
        return overridden(line_of(points), self._store.overrides.log(kr), self._moment.zone)

    def _key_result(self, kr: KeyResult, objective: Objective, span: Span) -> Course:
        days = self.line(kr.id, span.first, span.last)
        unit = kr.metric if kr.kind is Kind.METRIC else None
        return Course(
            id=kr.id,
            title=kr.title,
            what="key_result",
            parent=objective.id,
            span=span,
            days=days,
            expected=tuple(
                (day, expected(self._okrs.cycle, day, kr.expected, unit)) for day in self._cycle_days()
            ),
            cycle=self._okrs.cycle,
            today=self._moment.today,
            outlook=self._outlook(kr) if span.last >= self.today else UNTOLD,
        )

    def _objective(self, objective: Objective, span: Span) -> Course:
        lines = {kr: self.line(kr, None, span.last) for kr in self._ever(objective.id)}
        days = objective_line(lambda day: self.objective_on(objective.id, day), lines)
        return Course(
            id=objective.id,
            title=objective.title,
            what="objective",
            parent=objective.parent,
            span=span,
            days=tuple(one for one in days if one.day >= span.first),
            expected=tuple((day, elapsed(self._okrs.cycle, day)) for day in self._cycle_days()),
            cycle=self._okrs.cycle,
            today=self._moment.today,
        )

    def _cycle_days(self) -> Iterator[date]:
        cycle = self._okrs.cycle
        return (cycle.start + timedelta(days=at) for at in range(cycle.length + 1))

    def _outlook(self, kr: KeyResult) -> Outlook:
        return foreseen(self._store, self._okrs, self._moment, kr.id)[0].outlook

    # --- the OKR file as it was

    @cached_property
    def _revisions(self) -> Sequence[tuple[date, Okrs]]:
        """From which day on each revision held, oldest first."""
        return [
            (one.at.astimezone(self._moment.zone).date(), files.from_document(one.document))
            for one in self._store.revisions.all()
        ]

    def okrs_on(self, day: date) -> Okrs:
        """What the OKR file said at the end of a day; before the first known revision, what that says."""
        held = [okrs for since, okrs in self._revisions if since <= day]
        return held[-1] if held else self._revisions[0][1] if self._revisions else self._okrs

    def objective_on(self, id: str, day: date) -> Objective | None:
        """The objective as the OKR file said it at the end of a day; None where it was not there."""
        return next((one for one in self.okrs_on(day).objectives if one.id == id), None)

    def _ever(self, objective: str) -> Mapping[str, None]:
        """The key results that an objective has or had."""
        every = [self._okrs, *(okrs for _, okrs in self._revisions)]
        return {
            kr.id: None
            for okrs in every
            for one in okrs.objectives
            if one.id == objective
            for kr in one.key_results
        }
