"""The reason for each number: every item with its part in it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bridge.model import Counted, Note, RollupRules
from bridge.notes import Say
from bridge.rollup.cast import Cast, Role
from bridge.rollup.forest import Forest
from bridge.rollup.number import Number
from bridge.rollup.weight import Weighing
from bridge.rollup.worth import Worths


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Everything that was found out on the way to a number."""

    rules: RollupRules
    forest: Forest
    cast: Cast
    worths: Worths
    weighing: Weighing


def explain(reckoning: Reckoning) -> tuple[Counted, ...]:
    """Every distinct item, families together; those that count recompute to the number."""
    items, weighing = reckoning.forest.tree.items, reckoning.weighing
    values, reasons = reckoning.worths.values, reckoning.worths.reasons
    whole: dict[int, Fraction] = {}
    explained = []
    for at in reckoning.forest.tree.order:
        weight = weighing.weights.get(at)
        if weight is None:
            value, weight, reason = _left(at, reckoning)
        else:
            value = weighing.rolled.get(at, values[at])
            reason = weighing.reasons.get(at) or reasons[at] or _OPEN
        counted = at in weighing.weights
        explained.append(
            Counted(items[at], _fraction(value, whole), _fraction(weight, whole), counted, reason)
        )
    return tuple(explained)


_OPEN = Note(Say.OPEN)


def _fraction(number: Number | None, whole: dict[int, Fraction]) -> Fraction | None:
    """The number as a fraction; whole ones are made once."""
    if not isinstance(number, int):
        return number
    known = whole.get(number)
    if known is None:
        known = whole[number] = Fraction(number)
    return known


def _left(at: int, reckoning: Reckoning) -> tuple[Number | None, Number | None, Note]:
    """Value, weight and reason of what does not count."""
    value = reckoning.worths.values[at]
    match reckoning.cast.roles[at]:
        case Role.OUT:
            return None, None, _cancelled(at, reckoning)
        case Role.GROUP:
            return *reckoning.weighing.told.get(at, (None, None)), _container(at, reckoning)
        case Role.UNIT:
            return value, None, _left_out(at, reckoning)
        case _:
            return value, None, _part(at, reckoning)


def _cancelled(at: int, reckoning: Reckoning) -> Note:
    items, above = reckoning.forest.tree.items, reckoning.forest.fates[at]
    if above != at:
        return Note(Say.BELOW_CANCELLED, {"key": items[above].key})
    return Note(Say.CANCELLED, {"resolution": items[at].resolution or items[at].status})


def _container(at: int, reckoning: Reckoning) -> Note:
    if reckoning.rules.mode == "story":
        return Note(Say.GROUP_BESIDE_UNITS, {"n": reckoning.cast.below[at]})
    return Note(Say.CONTAINER, {"n": len(reckoning.forest.children[at])})


def _left_out(at: int, reckoning: Reckoning) -> Note:
    later = reckoning.weighing.reasons.get(at)
    if later is not None:
        return later
    if reckoning.worths.values[at] is None:
        return reckoning.worths.reasons[at] or _OPEN
    return Note(Say.UNESTIMATED_LEFT_OUT)


def _part(at: int, reckoning: Reckoning) -> Note:
    owner = reckoning.cast.owners[at]
    told = {"key": reckoning.forest.tree.items[owner].key}
    if reckoning.cast.roles[at] is Role.IDLE:
        return Note(Say.PART_OF_GROUP, told)
    if reckoning.worths.values[at] is None:
        return Note(Say.PART_WITHOUT_VALUE, {**told, "status": reckoning.forest.tree.items[at].status})
    if not reckoning.rules.partial:
        return Note(Say.PART_NOT_USED, told)
    reason = reckoning.worths.reasons[owner]
    by_parts = reason is not None and reason.code == Say.PARTS
    return Note(Say.PART_OF_UNIT if by_parts else Say.PART_OF_DONE, told)
