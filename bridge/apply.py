"""Making a plan true: every write is recorded as an intent, made, and then remembered.

A write that may or may not have arrived is looked for by its mark or its value, never repeated blindly.
Items stand apart: what one of them answers never stops the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from bridge.errors import (
    AccessDenied,
    BridgeError,
    ConnectorError,
    Full,
    MappingError,
    NotFound,
    Rejected,
    Stale,
    Transient,
)
from bridge.ledger import Ledger
from bridge.model import Change, CommentChange, ItemRef, Outcome, Plan, Problem, What
from bridge.places import Place, ours, place, same, there
from bridge.plan import twice
from bridge.settle import VALUES, instance_of, problem, reflect, remember, stands
from connectors.base import Mark, Panel, RemoteLink

log = logging.getLogger(__name__)

REFUSALS = (Rejected, AccessDenied, NotFound, Full, MappingError)

Changes = Sequence[Change]
Send = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run writes with: where to, what it keeps, its name and its instant. Items in `looked` were
    planned from a look at the system itself: before the first write they need no second one."""

    panels: Mapping[str, Panel]
    ledger: Ledger
    id: str
    at: datetime
    looked: Collection[ItemRef] = frozenset()


class Each(Protocol):
    """`map`, or an executor's."""

    def __call__(self, work: Callable[[Changes], Plan], items: Iterable[Changes], /) -> Iterable[Plan]: ...


def apply(plan: Plan, run: Run, each: Each = map) -> Plan:
    """Make every planned change: the same plan with its outcomes, and with the problems that arose.

    Kept drift is passed through. Order holds within an item; `each` may write items in parallel.
    Nothing is raised for what a system answers; StoreError ends it.
    """
    items: dict[ItemRef, list[Change]] = {}
    for change in plan.changes:
        items.setdefault(ItemRef(change.connection, change.item), []).append(change)
    made = list(each(lambda changes: _write_apart(changes, run), items.values()))
    outcomes = {place(change): change for item in made for change in item.changes}
    problems = (problem for item in made for problem in item.problems)
    return Plan(tuple(outcomes[place(change)] for change in plan.changes), (*plan.problems, *problems))


def _write_apart(changes: Changes, run: Run) -> Plan:
    """One item for itself: what the program stumbles over there stops no other. Its intents stay, and
    the next run looks at what became of them."""
    try:
        return _write(changes, run)
    except BridgeError:
        raise
    except Exception as error:
        first = changes[0]
        log.exception("%s: writing on %s", first.connection, first.key, extra={"event": "defect"})
        made = (
            replace(one, outcome=Outcome.UNKNOWN) if one.outcome is Outcome.PLANNED else one
            for one in changes
        )
        return Plan(tuple(made), (_stumbled(first, error),))


def _stumbled(change: Change, error: Exception) -> Problem:
    return Problem(
        kind="defect",
        message=f"{change.connection}: writing on {change.key}: an answer was not understood "
        f"({type(error).__name__})",
        hint="a defect of okr-bridge: please report it with what stands on stderr",
        connection=change.connection,
        kr=change.kr,
        item=change.key,
    )


def _write(changes: Changes, run: Run) -> Plan:
    """All that is planned on one item."""
    panel = run.panels.get(changes[0].connection)
    planned = [change for change in changes if change.outcome is Outcome.PLANNED]
    if panel is None and planned:
        failed = [replace(one, outcome=Outcome.FAILED) if one in planned else one for one in changes]
        return Plan(tuple(failed), (_unreachable(planned[0]),))
    if panel is None:
        return Plan(tuple(changes))
    writer = _Writer(run, panel)
    writer.values([change for change in planned if change.what in VALUES])
    for change in planned:
        if isinstance(change, CommentChange):
            writer.comment(change)
        elif change.what is What.REMOTE_LINK:
            writer.link(change)
    made = (replace(one, outcome=writer.outcomes.get(place(one), one.outcome)) for one in changes)
    return Plan(tuple(made), tuple(writer.problems))


def _unreachable(change: Change) -> Problem:
    message = f"{change.connection}: not available in this run, so nothing was written on {change.key}"
    hint = "the connection's own problem says why; the next run makes up for it"
    return Problem(
        kind="unreachable", message=message, hint=hint, connection=change.connection, item=change.key
    )


class _Writer:
    """Writes on one item; gathers what each place came to and what went wrong."""

    def __init__(self, run: Run, panel: Panel) -> None:
        self.outcomes: dict[Place, Outcome] = {}
        self.problems: list[Problem] = []
        self._run = run
        self._panel = panel
        self._ledger = run.ledger

    def values(self, changes: Changes) -> None:
        """Fields and property in one write; without the offending ones where some are refused."""
        error = self._attempt(changes, partial(self._put_values, changes)) if changes else None
        self._tell(changes, error)
        if isinstance(error, Rejected):
            for rest in _acceptable(changes, error):
                self._tell(rest, self._attempt(rest, partial(self._put_values, rest)))

    def link(self, change: Change) -> None:
        self._tell([change], self._attempt([change], partial(self._put_link, change)))

    def comment(self, change: CommentChange) -> None:
        """Rewrite the comment, or make it: only after a look that found none of ours."""
        known = change.ref or ItemRef(change.connection, change.item) in self._run.looked
        error = self._put_comment(change, change.ref) if known else None
        if not known or isinstance(error, NotFound):
            error = self._locate_and_put(change)
        self._tell([change], error)

    def _locate_and_put(self, change: CommentChange) -> BridgeError | None:
        try:
            found = self._panel.look(change.item)
        except ConnectorError as error:
            outcome = Outcome.REFUSED if isinstance(error, REFUSALS) else Outcome.FAILED
            self._outcome([change], outcome)
            return error
        mine = ours(found, instance_of(change), change.kr)
        self.problems += twice(change, mine)
        standing = stands(change, found)
        if standing.yes:
            self._made([change], [], standing.ref)
            return None
        return self._put_comment(change, "" if change.fresh or not mine else mine[0].id)

    def _put_comment(self, change: CommentChange, ref: str) -> BridgeError | None:
        mark = Mark(instance_of(change), change.kr, change.after["hash"])
        send = partial(self._panel.put_comment, change.item, change.body, mark, ref or None)
        return self._attempt([change], send)

    def _put_link(self, change: Change) -> str:
        values = {name: part for name, part in change.after.items() if name in RemoteLink.__slots__}
        self._panel.put_link(change.item, RemoteLink(**{**values, "global_id": change.name}))
        return ""

    def _put_values(self, changes: Changes) -> str:
        fields = {change.name: change.after for change in changes if change.what is What.FIELD}
        value = next((change.after for change in changes if change.what is What.PROPERTY), None)
        self._panel.put_values(changes[0].item, fields, value)
        return ""

    def _attempt(self, changes: Changes, send: Send, *, last: bool = False) -> BridgeError | None:
        """One write that makes all these changes; what it came back with, if it did not make them."""
        with self._ledger.transaction():
            intents = [self._ledger.outbox.add(self._run.id, change) for change in changes]
            for intent in intents:
                self._ledger.outbox.attempt(intent)
        try:
            ref = send()
        except REFUSALS as error:
            self._close(changes, intents, Outcome.REFUSED, error.message, settled=True)
            return error
        except Transient as error:
            if error.maybe_done:
                return self._find_out(changes, intents, error)
            self._close(changes, intents, Outcome.FAILED, error.message)
            return error
        except Stale as error:
            self._close(changes, intents, Outcome.FAILED, error.message, settled=True)
            return error if last else self._again(changes, send, error)
        except ConnectorError as error:
            return self._find_out(changes, intents, error)
        self._made(changes, intents, ref)
        return None

    def _find_out(
        self, changes: Changes, intents: Sequence[int], error: ConnectorError
    ) -> BridgeError | None:
        """Look whether it is there all the same; None where all of it is."""
        try:
            found = self._panel.look(changes[0].item)
        except ConnectorError:
            self._close(changes, intents, Outcome.UNKNOWN, error.message)
            return error
        missing = None
        for change, intent in zip(changes, intents, strict=True):
            standing = stands(change, found)
            if standing.yes:
                self._made([change], [intent], standing.ref)
            else:
                self._close([change], [intent], Outcome.FAILED, error.message)
                missing = error
        return missing

    def _again(self, changes: Changes, send: Send, error: ConnectorError) -> BridgeError | None:
        """Once more after somebody wrote at the same time, unless they wrote in these very places."""
        try:
            found = self._panel.look(changes[0].item)
        except ConnectorError:
            return error
        for change in changes:
            now = there(change, found, instance_of(change)).value
            if change.what in VALUES and not same(now, change.before) and not same(now, change.after):
                self._outcome([change], Outcome.DRIFTED)
                return error
        return self._attempt(changes, send, last=True)

    def _made(self, changes: Changes, intents: Sequence[int], ref: str) -> None:
        with self._ledger.transaction():
            for change in changes:
                remember(self._ledger, change, ref, self._run.at)
            reflect(self._ledger, changes)
            for intent in intents:
                self._ledger.outbox.close(intent, Outcome.WRITTEN)
        self._outcome(changes, Outcome.WRITTEN)

    def _close(
        self,
        changes: Changes,
        intents: Sequence[int],
        outcome: Outcome,
        detail: str,
        *,
        settled: bool = False,
    ) -> None:
        """What failed in passing stays pending: the next run looks whether it arrived late."""
        final = outcome if settled else Outcome.UNKNOWN
        with self._ledger.transaction():
            for intent in intents:
                self._ledger.outbox.close(intent, final, detail)
        self._outcome(changes, outcome)

    def _outcome(self, changes: Changes, outcome: Outcome) -> None:
        self.outcomes |= {place(change): outcome for change in changes}

    def _tell(self, changes: Changes, error: BridgeError | None) -> None:
        if error is not None:
            self.problems.append(problem(changes[0], error))


def _acceptable(changes: Changes, error: Rejected) -> list[list[Change]]:
    """What to try without what a system disliked; where it names nothing, property and fields apart."""
    if any(change.name in error.fields for change in changes):
        rest = [[change for change in changes if change.name not in error.fields]]
    else:
        rest = [[change for change in changes if change.what is what] for what in reversed(VALUES)]
    return [part for part in rest if part and len(part) < len(changes)]
