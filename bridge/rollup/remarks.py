"""What a person should know about a roll-up, apart from single items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.model import Counted, Counts, Note
from bridge.notes import Say
from bridge.rollup.cast import Role
from bridge.rollup.explain import Reckoning


def count(items: tuple[Counted, ...], reckoning: Reckoning) -> Counts:
    """How many items count, are done, and are out for which reason."""
    counting = [item.value for item in items if item.counted]
    return Counts(
        counted=len(counting),
        done=sum(value == 1 for value in counting),
        excluded=len(_with(items, Say.CANCELLED)),
        unestimated=len(reckoning.weighing.unestimated),
        undefined=len(_with(items, Say.STATUS_UNDEFINED)),
    )


def remark(items: tuple[Counted, ...], reckoning: Reckoning) -> tuple[Note, ...]:
    """The remarks in the order of how much they change the number."""
    return (
        *_emptiness(items),
        *_excluded(items),
        *_estimates(reckoning),
        *_undefined(items, Say.STATUS_UNDEFINED, Say.UNDEFINED_LEFT_OUT),
        *_undefined(items, Say.PART_WITHOUT_VALUE, Say.PARTS_WITHOUT_VALUE),
        *_without_share(items, reckoning),
        *_structure(items, reckoning),
        *_unusable(items, reckoning),
    )


def _with(items: Iterable[Counted], code: Say) -> list[Counted]:
    return [item for item in items if item.reason.code is code]


def _keys(items: Iterable[Counted]) -> list[str]:
    return [item.item.key for item in items]


def _emptiness(items: tuple[Counted, ...]) -> Iterator[Note]:
    if not any(item.counted for item in items):
        yield Note(Say.NOTHING_TO_COUNT, {"n": len(items)})


def _excluded(items: tuple[Counted, ...]) -> Iterator[Note]:
    cancelled = _with(items, Say.CANCELLED)
    if cancelled:
        below = len(_with(items, Say.BELOW_CANCELLED))
        yield Note(Say.CANCELLED_EXCLUDED, {"n": len(cancelled), "below": below, "keys": _keys(cancelled)})


def _estimates(reckoning: Reckoning) -> Iterator[Note]:
    weighing, rules = reckoning.weighing, reckoning.rules
    if weighing.flagged:
        yield Note(Say.BY_COUNT, {"method": rules.method})
    elif weighing.unestimated:
        policy = rules.unestimated if rules.unestimated in ("mean", "exclude") else "fixed"
        keys = [reckoning.forest.tree.items[at].key for at in weighing.unestimated]
        n = len(weighing.weights.keys() | set(weighing.unestimated))
        yield Note(Say.UNESTIMATED, {"k": len(keys), "n": n, "policy": policy, "keys": keys})


def _undefined(items: tuple[Counted, ...], reason: Say, code: Say) -> Iterator[Note]:
    found = _with(items, reason)
    if found:
        statuses = sorted({item.item.status for item in found})
        yield Note(code, {"n": len(found), "statuses": statuses, "keys": _keys(found)})


def _without_share(items: tuple[Counted, ...], reckoning: Reckoning) -> Iterator[Note]:
    found = _keys(item for item in items if item.counted and item.reason.code is Say.NO_SHARE)
    if found:
        yield Note(Say.WITHOUT_SHARE, {"n": len(found), "wanted": reckoning.rules.value, "keys": found})


def _structure(items: tuple[Counted, ...], reckoning: Reckoning) -> Iterator[Note]:
    """Levels, circles and copies."""
    tree, roles = reckoning.forest.tree, reckoning.cast.roles
    if any(role not in (Role.UNIT, Role.OUT) for role in roles):
        yield Note(Say.MODE, {"mode": reckoning.rules.mode})
    idle = _with(items, Say.PART_OF_GROUP)
    if idle:
        yield Note(Say.PARTS_OF_GROUP, {"n": len(idle), "keys": _keys(idle)})
    if tree.dropped:
        yield Note(Say.CYCLE_DROPPED, {"keys": [tree.items[at].key for at in tree.dropped]})
    if tree.differing:
        yield Note(Say.COPIES_DIFFER, {"keys": [tree.items[at].key for at in tree.differing]})


def _unusable(items: tuple[Counted, ...], reckoning: Reckoning) -> Iterator[Note]:
    """Estimates that are none, of items that count or serve one; only where estimates weigh."""
    if reckoning.rules.method == "count" or not any(item.item.unusable for item in items):
        return
    live = [reckoning.forest.tree.items[at] for at in reckoning.forest.live]
    entries = [f"{item.key}: {text}" for item in live for text in item.unusable]
    if entries:
        yield Note(Say.UNUSABLE_ESTIMATES, {"entries": entries})
