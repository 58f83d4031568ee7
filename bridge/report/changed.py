"""What is different of an item, or of what was asked and said, in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.model import ItemRef, RollupRules, WorkItem
from bridge.moved import Moved
from bridge.movement import Because, Cause, Situation
from bridge.movement.causes import ASKED
from bridge.wording import Words, numbers
from bridge.wording.numbers import NONE

ASKED_OF_FILE = (Because.DEFINITION, Because.RULES, Because.LINKS)


def changed(cause: Cause, ref: ItemRef | None, one: Moved, words: Words) -> list[str]:
    """Of an item, or, without one, of the key result: "Open → Done"; nothing where the cause says it all."""
    if ref is not None:
        return list(_of_item(cause.kind, *one.item(ref), one.kr.rollup, words))
    if cause.kind in ASKED_OF_FILE:
        names = ASKED[cause.kind]
        return [
            f"{told.what}: {told.was or NONE} → {told.now or NONE}"
            for told in one.amended
            if told.what.partition(".")[0] in names
        ]
    return list(_of_key_result(cause.kind, one, words))


def _of_item(
    kind: Because, was: WorkItem | None, now: WorkItem | None, rules: RollupRules, words: Words
) -> Iterator[str]:
    if was is None or now is None:
        if now is not None:
            yield now.status
        return
    match kind:
        case Because.REESTIMATED:
            yield f"{_estimate(was, rules, words)} → {_estimate(now, rules, words)}"
        case Because.PLACED:
            yield f"{was.parent or NONE} → {now.parent or NONE}"
        case Because.PROGRESSED | Because.COMPLETED | Because.REOPENED if was.status != now.status:
            yield f"{was.status} → {now.status}"
        case Because.CANCELLED:
            yield now.resolution or now.status


def _estimate(item: WorkItem, rules: RollupRules, words: Words) -> str:
    match rules.method:
        case "time":
            return numbers.hours(item.estimate_seconds)
        case "field":
            return words.figure(next((number for name, number in item.numbers if name == rules.field), None))
        case _:
            return words.figure(item.points)


def _of_key_result(kind: Because, one: Moved, words: Words) -> Iterator[str]:
    movement = one.movement
    if movement is None:
        return
    before, after = movement.before, movement.after
    if kind is Because.OVERRIDE:
        yield from (
            f"{end.day}: {words.percent(end.override.value)} ({end.override.by}: {end.override.why})"
            for end in (before, after)
            if end.override
        )
    if before.situation is None or after.situation is None:
        return
    ends = (before.situation, after.situation)
    if kind is Because.READING:
        yield " → ".join(words.figure(end.current) for end in ends)
    if kind is Because.CHECKIN:
        yield from _reported(ends, words)


def _reported(ends: Sequence[Situation], words: Words) -> Iterator[str]:
    was, now = (
        next((one.value for one in reversed(end.checkins) if one.value is not None), None) for end in ends
    )
    if was != now:
        yield f"{words.figure(was)} → {words.figure(now)}"
    reached = [{title for one in end.checkins for title in one.milestones} for end in ends]
    yield from sorted(reached[1] - reached[0])
