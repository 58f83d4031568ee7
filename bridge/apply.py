"""Making a plan true: every write is recorded as an intent, made, and then remembered.

Items stand apart: what one of them answers never stops the others. What is not begun when the run must
end is recorded as an intent that was never sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bridge.errors import Stopping, StoreError
from bridge.lines import Halt, Line
from bridge.model import Change, ItemRef, Outcome, Plan, Problem
from bridge.parking import Nature, Trouble
from bridge.places import Place, place
from bridge.stumbling import stumbled
from bridge.writing import Run, Writer

__all__ = ["Each", "Run", "apply"]

log = logging.getLogger(__name__)

Changes = Sequence[Change]


class Each(Protocol):
    """`map`, or an executor's."""

    def __call__(self, work: Callable[[Changes], Plan], items: Iterable[Changes], /) -> Iterable[Plan]: ...


def apply(plan: Plan, run: Run, each: Each = map) -> Plan:
    """Make every planned change: the same plan with its outcomes, and with the problems that arose.

    Kept drift, and what is held back, is passed through. Order holds within an item; `each` may write
    items in parallel. Nothing is raised for what a system answers; StoreError (LeaseLost too) ends it,
    whatever raises first. Once `run.stopping` says so, what is not begun stays PLANNED.
    """
    writing = _Writing(run)
    try:
        made = list(each(writing.item, _items(plan, run)))
    except BaseException as error:
        writing.halt.by(error)
        if writing.halt.why is error:
            raise
        raise writing.halt.why from error  # type: ignore[misc]
    outcomes = {place(change): change for item in made for change in item.changes}
    changes = tuple(outcomes[place(change)] for change in plan.changes)
    problems = [problem for item in made for problem in item.problems]
    left = [change for change in changes if change.outcome is Outcome.PLANNED]
    _leave(left, run)
    return Plan(changes, (*plan.problems, *problems, *writing.skipped(changes), *_stopped(left)))


def _items(plan: Plan, run: Run) -> list[list[Change]]:
    """The changes by item: those that failed before come last, so that they keep no other waiting."""
    items: dict[ItemRef, list[Change]] = {}
    for change in plan.changes:
        items.setdefault(ItemRef(change.connection, change.item), []).append(change)
    late = [ref for ref in run.late if ref in items]
    return [*(items[ref] for ref in items if ref not in late), *(items[ref] for ref in late)]


class _Writing:
    """One run's writing, as all its threads see it."""

    def __init__(self, run: Run) -> None:
        self.halt = Halt()
        self._run = run
        self._lines = {name: Line() for name in run.panels}

    def item(self, changes: Changes) -> Plan:
        """One item for itself."""
        try:
            return self._item(changes)
        except BaseException as error:
            self.halt.by(error)
            raise

    def skipped(self, changes: Iterable[Change]) -> Iterator[Problem]:
        """What was left alone as the line was broken, once a connection."""
        for name, line in self._lines.items():
            count = len({place(one).item for one in changes if one.connection == name} & line.skipped)
            if count and line.broken:
                yield Problem(
                    kind="unreachable",
                    message=f"{line.broken.message}; {count} more item{'s' * (count > 1)} not written on",
                    hint=f"{line.broken.hint}; the next run makes up for it".removeprefix("; "),
                    connection=name,
                )

    def _item(self, changes: Changes) -> Plan:
        planned = [change for change in changes if change.outcome is Outcome.PLANNED]
        if not planned or not self._goes_on():
            return Plan(tuple(changes))
        panel = self._run.panels.get(planned[0].connection)
        if panel is None:
            return Plan(_with(changes, _failed(planned)), (_unreachable(planned[0]),))
        line = self._lines[planned[0].connection]
        if line.broken:
            line.skip(planned[0].item)
            return Plan(_with(changes, _failed(planned)))
        writer = Writer(self._run, panel, self._goes_on)
        troubles = [*_write(writer, planned), *writer.troubles(planned)]
        line.heard(troubles)
        made = _with(changes, writer.outcomes)
        self._run.told(made, troubles)
        return Plan(made, tuple(writer.problems))

    def _goes_on(self) -> bool:
        return self.halt.why is None and not self._run.stopping()


def _write(writer: Writer, planned: Changes) -> list[Trouble]:
    """Write on one item; what the program stumbled over there, which stops no other item: its intents
    stay, and the next run looks at what became of them."""
    try:
        writer.write(planned)
    except (StoreError, Stopping):
        raise
    except Exception as error:
        first = planned[0]
        log.exception("%s: writing on %s", first.connection, first.key, extra={"event": "defect"})
        told = stumbled(error, "writing on", kr=first.kr, connection=first.connection, item=first.key)
        writer.problems.append(told)
        rest = [one for one in planned if place(one) not in writer.outcomes]
        writer.outcomes |= dict.fromkeys(map(place, rest), Outcome.UNKNOWN)
        return [Trouble(one, told.message, told.hint, Nature.PASSING) for one in rest]
    return []


def _with(changes: Changes, outcomes: Mapping[Place, Outcome]) -> tuple[Change, ...]:
    return tuple(replace(one, outcome=outcomes.get(place(one), one.outcome)) for one in changes)


def _failed(planned: Changes) -> dict[Place, Outcome]:
    return dict.fromkeys(map(place, planned), Outcome.FAILED)


def _unreachable(change: Change) -> Problem:
    message = f"{change.connection}: not available in this run, so nothing was written on {change.key}"
    hint = "the connection's own problem says why; the next run makes up for it"
    return Problem(
        kind="unreachable", message=message, hint=hint, connection=change.connection, item=change.key
    )


def _leave(left: Changes, run: Run) -> None:
    """So that nothing is lost from sight: intents that were never sent."""
    if left:
        with run.ledger.transaction():
            for change in left:
                run.ledger.outbox.add(run.id, change)


def _stopped(left: Changes) -> Iterator[Problem]:
    for name in dict.fromkeys(change.connection for change in left):
        count = len({change.item for change in left if change.connection == name})
        yield Problem(
            kind="stopping",
            message=f"{name}: asked to stop before all was written: {count} "
            f"item{'s are' if count > 1 else ' is'} left",
            hint="the next run writes them",
            connection=name,
        )
