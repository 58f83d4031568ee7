"""Closed containers above open work: which side tells, and the warning."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.model import Note, RollupRules
from bridge.notes import Say
from bridge.rollup.cast import Cast, Role
from bridge.rollup.forest import Forest
from bridge.rollup.state import is_done
from bridge.rollup.tree import NOBODY
from bridge.rollup.worth import Worths


@dataclass(frozen=True, slots=True)
class Closing:
    """The values after closed groups had their say, and the warnings."""

    worths: Worths
    notes: tuple[Note, ...]


def close(forest: Forest, cast: Cast, rules: RollupRules, worths: Worths) -> Closing:
    """Under `complete`, what counts below a closed group is worth 1; what is left out stays out."""
    closed = _closed(forest, cast, rules)
    if not closed:
        return Closing(worths, ())
    notes = _warnings(forest, cast, rules, worths, closed)
    if rules.parent_closed == "complete":
        return Closing(_completed(forest, cast, worths, closed), notes)
    return Closing(worths, notes)


def _closed(forest: Forest, cast: Cast, rules: RollupRules) -> frozenset[int]:
    """Done groups, and done units with parts. Below a cancelled one nothing is left to be open."""
    items = forest.tree.items
    return frozenset(
        at
        for at in forest.live
        if forest.children[at] and cast.roles[at] in (Role.GROUP, Role.UNIT) and is_done(items[at], rules)
    )


def _completed(forest: Forest, cast: Cast, worths: Worths, closed: frozenset[int]) -> Worths:
    items, parents = forest.tree.items, forest.tree.parents
    values, reasons = worths.values[:], worths.reasons[:]
    above = [NOBODY] * len(items)
    for at in forest.live:
        parent = parents[at]
        if parent == NOBODY:
            continue
        above[at] = parent if parent in closed and cast.roles[parent] is Role.GROUP else above[parent]
        counts = cast.roles[at] is Role.UNIT and forest.fates[at] == NOBODY and values[at] is not None
        if counts and above[at] != NOBODY and values[at] != 1:
            values[at], reasons[at] = 1, Note(Say.GROUP_COMPLETE, {"key": items[above[at]].key})
    return Worths(values, reasons)


def _warnings(
    forest: Forest, cast: Cast, rules: RollupRules, worths: Worths, closed: frozenset[int]
) -> tuple[Note, ...]:
    """Groups warn of open units below them, units of open parts."""
    items, parents = forest.tree.items, forest.tree.parents
    open_units, open_parts = [0] * len(items), [0] * len(items)
    for at in reversed(forest.live):
        role, parent = cast.roles[at], parents[at]
        if role is not Role.GROUP and _is_open(at, forest, rules, worths):
            if role is Role.UNIT:
                open_units[at] = 1
            elif role is Role.PART:
                open_parts[cast.owners[at]] += 1
        if parent != NOBODY:
            open_units[parent] += open_units[at]
    group = Say.CLOSED_GROUP_COMPLETE if rules.parent_closed == "complete" else Say.CLOSED_GROUP_OPEN_WORK
    notes = []
    for at in sorted(closed):
        if cast.roles[at] is Role.GROUP:
            code, n = group, open_units[at]
        else:
            code, n = Say.DONE_UNIT_OPEN_PARTS, open_parts[at]
        if n:
            notes.append(Note(code, {"key": items[at].key, "n": n}))
    return tuple(notes)


def _is_open(at: int, forest: Forest, rules: RollupRules, worths: Worths) -> bool:
    counts = forest.fates[at] == NOBODY and worths.values[at] is not None
    return counts and not is_done(forest.tree.items[at], rules)
