"""Where the past as it was told then and as it is told now are not the same, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from bridge.model import ItemRef
from bridge.movement.situation import Situation
from bridge.proof import situation
from bridge.replay.days import Window
from bridge.replay.states import packed
from bridge.report.past import Disagreement, Why
from bridge.store import HistoryPoint, Store


def disagreements(
    store: Store, krs: Iterable[str], window: Window, gone: Collection[ItemRef]
) -> Iterator[Disagreement]:
    """By key result and day, where a sync said something else than the backfill does."""
    for kr in krs:
        by_day: dict[date, dict[str, HistoryPoint]] = {}
        for point in store.history.points(kr, window.first, window.last):
            by_day.setdefault(point.day, {})[point.source] = point
        for day, told in by_day.items():
            if {"sync", "backfill"} <= told.keys() and told["sync"].value != told["backfill"].value:
                yield _explained(store, told["sync"], told["backfill"], window.end(day), frozenset(gone))


def _explained(
    store: Store, sync: HistoryPoint, backfill: HistoryPoint, end: datetime, gone: frozenset[ItemRef]
) -> Disagreement:
    before, after = situation(store, sync.inputs), situation(store, backfill.inputs)
    items = _differing(before, after) if before and after else ()
    why = _why(sync, backfill, (before, after), frozenset(items) & gone, end)
    return Disagreement(sync.day, sync.kr, sync.value, backfill.value, why, sync.at, items)


def _why(
    sync: HistoryPoint,
    backfill: HistoryPoint,
    made_of: tuple[Situation | None, Situation | None],
    lost: Collection[ItemRef],
    end: datetime,
) -> Why:
    before, after = made_of
    if sync.rule_version != backfill.rule_version:
        return Why.RULES
    if before is None or after is None:
        return Why.UNKNOWN
    if before.kr != after.kr or before.status_weights != after.status_weights:
        return Why.DEFINITION
    if lost:
        return Why.GONE
    return Why.LATER if sync.at < end else Why.HISTORY


def _differing(before: Situation, after: Situation) -> tuple[ItemRef, ...]:
    """The items that only one of them has, or that stood otherwise in the other."""
    every = before.items.keys() | after.items.keys()
    return tuple(sorted(ref for ref in every if not _same(before, after, ref)))


def _same(before: Situation, after: Situation, ref: ItemRef) -> bool:
    was, now = before.items.get(ref), after.items.get(ref)
    return was is not None and now is not None and packed(was) == packed(now)
