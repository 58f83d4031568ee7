"""How the work of a key result changed since its baseline, told by id."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.model import Baseline, BaselineEntry, Counted, ItemRef, Progress, ScopeChange
from bridge.notes import Say


@dataclass(frozen=True, slots=True)
class Headline:
    """The net change in items: what came less what left, what was finished less what was reopened."""

    scope: int
    completed: int


def baseline_of(progress: Progress) -> Baseline:
    """What counts now, at its weight: what later days are compared with."""
    return {
        item.item.ref: BaselineEntry(item.weight, item.value == 1)
        for item in progress.items
        if item.counted and item.weight is not None
    }


def scope_change(baseline: Baseline, progress: Progress) -> ScopeChange:
    """What came, what was finished and what left. Under a frozen scope new work came too, though it does
    not count; work finished since is told whether the baseline knew it or not."""
    there = _there(progress)
    done = {ref for ref, item in there.items() if item.value == 1}
    return ScopeChange(
        added=tuple(sorted(ref for ref in there if ref not in baseline)),
        completed=tuple(sorted(ref for ref in done if ref not in baseline or not baseline[ref].done)),
        removed=tuple(sorted(ref for ref in baseline if ref not in there)),
    )


def headline(baseline: Baseline, progress: Progress) -> Headline:
    """The net figures: "scope +6, completed +0"."""
    change = scope_change(baseline, progress)
    there = _there(progress)
    reopened = sum(ref in there and there[ref].value != 1 for ref, entry in baseline.items() if entry.done)
    return Headline(len(change.added) - len(change.removed), len(change.completed) - reopened)


def _there(progress: Progress) -> dict[ItemRef, Counted]:
    """What counts, or would but for the frozen scope."""
    return {item.item.ref: item for item in progress.items if item.counted or item.reason.code == Say.GREW}
