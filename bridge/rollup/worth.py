"""What each item is worth, from its own state or from its parts, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bridge.model import Note, RollupRules, WorkItem
from bridge.notes import Say
from bridge.rollup.cast import Cast, Role
from bridge.rollup.forest import Forest
from bridge.rollup.number import Number, exact, mean
from bridge.rollup.state import Scale, State, is_done, state_of
from bridge.rollup.tree import NOBODY

Verdict = tuple[Number | None, Note]

_ALMOST = Fraction(99, 100)
_DONE: Verdict = (1, Note(Say.DONE))
_OPEN: Verdict = (0, Note(Say.OPEN))
_AS_DONE: Verdict = (1, Note(Say.CANCELLED_AS_DONE))
_AS_OPEN: Verdict = (0, Note(Say.CANCELLED_AS_OPEN))


@dataclass(frozen=True, slots=True)
class Worths:
    """By position; nothing for groups and for what is out. A value of None is left out, and told."""

    values: list[Number | None]
    reasons: list[Note | None]


def appraise(forest: Forest, cast: Cast, rules: RollupRules, scales: Mapping[str, Scale]) -> Worths:
    """Value every item that is no group, parts before their units."""
    items, parents = forest.tree.items, forest.tree.parents
    worths = Worths([None] * len(items), [None] * len(items))
    partial = rules.partial and rules.mode == "story"
    forced = _AS_DONE if rules.cancelled == "as_done" else _AS_OPEN
    credits: dict[int, list[Number]] = {}
    for at in reversed(forest.live):
        if cast.roles[at] is Role.GROUP:
            continue
        if forest.fates[at] != NOBODY:
            value, reason = forced
        else:
            value, reason = _own(items[at], rules, scales)
            if partial and value is not None and (at in credits or items[at].checks):
                value, reason = _credited(items[at], rules, credits.get(at)) or (value, reason)
        worths.values[at], worths.reasons[at] = value, reason
        if cast.owners[at] != NOBODY and value is not None:
            credits.setdefault(parents[at], []).append(value)
    return worths


def _credited(item: WorkItem, rules: RollupRules, parts: list[Number] | None) -> Verdict | None:
    """An open item's share by its parts, else by its check items; None where neither tells."""
    if is_done(item, rules):
        return None
    if parts:
        share = min(mean(parts, len(parts)), _ALMOST)
        return share, Note(Say.PARTS, {"n": len(parts), "done": parts.count(1)})
    checked = _checked(item)
    if checked is None or item.checks is None:
        return None
    return _clamped(checked), Note(Say.CHECKS, {"done": item.checks[0], "n": item.checks[1]})


def _own(item: WorkItem, rules: RollupRules, scales: Mapping[str, Scale]) -> Verdict:
    """What an item is worth by itself."""
    if rules.value == "status":
        weight = scales[item.connection].weight(item, rules)
        if weight is None:
            return _undefined(item)
        return weight, Note(Say.STATUS_WEIGHT, {"status": item.status, "value": str(weight)})
    state = state_of(item, rules)
    if state is State.UNDEFINED:
        return _undefined(item)
    own = _DONE if state is State.DONE else _OPEN
    return own if rules.value == "done" else _shared(item, rules.value, own)


def _undefined(item: WorkItem) -> Verdict:
    return None, Note(Say.STATUS_UNDEFINED, {"status": item.status})


def _shared(item: WorkItem, wanted: str, own: Verdict) -> Verdict:
    """A share where the item has one; 1 when done, below 1 until then."""
    share, reason = _share(item, wanted)
    if share is None:
        return own[0], Note(Say.NO_SHARE, {"wanted": wanted})
    return own if own is _DONE else (_clamped(share), reason)


def _share(item: WorkItem, wanted: str) -> tuple[Number | None, Note]:
    match wanted:
        case "percent":
            share = None if item.percent is None else Fraction(exact(item.percent), 100)
            return share, Note(Say.PERCENT, {"value": str(item.percent)})
        case "checklist":
            done, total = item.checks or (0, 0)
            return _checked(item), Note(Say.CHECKS, {"done": done, "n": total})
        case "spent":
            return _spent(item)
        case unknown:
            raise ValueError(f"no such value: {unknown}")


def _checked(item: WorkItem) -> Number | None:
    done, total = item.checks or (0, 0)
    return Fraction(done, total) if total > 0 else None


def _spent(item: WorkItem) -> tuple[Number | None, Note]:
    """No time logged is none spent; without an estimate there is nothing to compare it with."""
    spent, estimate = item.spent_seconds or Decimal(0), item.estimate_seconds or Decimal(0)
    share = Fraction(spent) / Fraction(estimate) if estimate > 0 else None
    return share, Note(Say.SPENT, {"spent": str(spent), "estimate": str(estimate)})


def _clamped(share: Number) -> Number:
    return max(0, min(share, _ALMOST))
