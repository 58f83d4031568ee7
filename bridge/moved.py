"""What moved key results and objectives since a day, and why: gathered from what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from bridge.amendments import Amendment, amendments
from bridge.history import Chronicle
from bridge.model import ItemRef, KeyResult, Objective, WorkItem
from bridge.movement import End, Movement, Situation, movement
from bridge.movement.shares import divide

MadeOf = Callable[[str], Situation | None]
"""What a figure was made of, by the digest kept with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A key result's movement; None where fewer than two days have a value, of which `known` is the one.
    `amended`: what the OKR file says differently now of what decides the value. `unkept`: the days whose
    figures cannot be taken apart, for what they were made of was not kept."""

    kr: KeyResult
    movement: Movement | None = None
    known: date | None = None
    amended: tuple[Amendment, ...] = ()
    unkept: tuple[date, ...] = ()

    def item(self, ref: ItemRef) -> tuple[WorkItem | None, WorkItem | None]:
        """How an item stood at both ends."""
        if self.movement is None:
            return None, None
        ends = (self.movement.before.situation, self.movement.after.situation)
        was, now = (end.items.get(ref) if end else None for end in ends)
        return was, now


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveMoved:
    """An objective's movement between two days, and the share of each of its key results, by id; those of
    changed weights stand under None."""

    objective: Objective
    days: tuple[date, date]
    values: tuple[Fraction | None, Fraction | None]
    shares: Mapping[str | None, Fraction] = field(default_factory=dict)


def moved(chronicle: Chronicle, kr: KeyResult, since: date, made_of: MadeOf) -> Moved:
    """From the last figure known by the end of a day, or else the first after it, to the latest."""
    line = chronicle.line(kr.id, None, chronicle.today)
    valued = [one for one in line if one.shown is not None]
    until = [one for one in valued if one.day <= since]
    if not valued:
        return Moved(kr=kr)
    before, after = (until or valued)[-1 if until else 0], valued[-1]
    if before.day >= after.day:
        return Moved(kr=kr, known=after.day)
    ends = [End(one.day, one.value, made_of(one.inputs), one.override) for one in (before, after)]
    return Moved(
        kr=kr,
        movement=movement(*ends),
        amended=_amended(*ends),
        unkept=tuple(one.day for one in ends if one.situation is None and one.value is not None),
    )


def _amended(before: End, after: End) -> tuple[Amendment, ...]:
    if before.situation is None or after.situation is None:
        return ()
    return amendments(before.situation.kr, after.situation.kr)


def objective_moved(chronicle: Chronicle, objective: Objective, since: date) -> ObjectiveMoved:
    """The movement from the end of a day until today, by what each key result had last said by then."""
    today = chronicle.today
    then = [chronicle.objective_on(objective.id, day) for day in (since, today)]
    weights = [{kr.id: Fraction(kr.weight) for kr in one.key_results} if one else {} for one in then]
    ids = list(dict.fromkeys([*weights[0], *weights[1]]))
    values = [_known(chronicle, ids, day) for day in (since, today)]
    ends = tuple(_mean(weights[at], values[at]) for at in (0, 1))
    told = ObjectiveMoved(objective=objective, days=(since, today), values=(ends[0], ends[1]))
    if None in ends:
        return told
    moving = [kr for kr in ids if values[0].get(kr) != values[1].get(kr)]

    def value(these: frozenset[int]) -> Fraction | None:
        come = {moving[at] for at in these if at < len(moving)}
        found = {kr: values[kr in come].get(kr) for kr in ids}
        return _mean(weights[len(moving) in these], found)

    names: Sequence[str | None] = [*moving, None] if weights[0] != weights[1] else moving
    return replace(told, shares=dict(zip(names, divide(len(names), value).shares, strict=True)))


def _known(chronicle: Chronicle, krs: Iterable[str], day: date) -> dict[str, Fraction | None]:
    """What each had last said by the end of a day."""
    lines = {kr: chronicle.line(kr, None, day) for kr in krs}
    return {
        kr: next((one.shown for one in reversed(line) if one.shown is not None), None)
        for kr, line in lines.items()
    }


def _mean(weights: Mapping[str, Fraction], values: Mapping[str, Fraction | None]) -> Fraction | None:
    valued = [(weight, told) for kr, weight in weights.items() if (told := values.get(kr)) is not None]
    whole = sum((weight for weight, _ in valued), Fraction(0))
    return sum((weight * told for weight, told in valued), Fraction(0)) / whole if whole else None
