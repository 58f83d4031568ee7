"""All that is to be written on one item, write by write: recorded, sent, and then remembered.

A write that may or may not have arrived is looked for by its mark or its value, never repeated blindly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bridge.errors import (
    BridgeError,
    ConnectorError,
    LeaseLost,
    NotFound,
    Rejected,
    Stale,
    Stopping,
    StoreError,
    Transient,
)
from bridge.ledger import Ledger
from bridge.model import Change, CommentChange, ItemRef, Outcome, Problem, What
from bridge.model.same import same
from bridge.parking import REFUSALS, VALUES, Nature, Trouble, nature, trouble
from bridge.places import Place, ours, place, there
from bridge.plan import twice
from bridge.settle import instance_of, problem, reflect, remember, stands
from connectors.base import Mark, Panel, RemoteLink

BAD = (Outcome.REFUSED, Outcome.FAILED, Outcome.UNKNOWN)

Changes = Sequence[Change]
Send = Callable[[], str]
Told = Callable[[Sequence[Change], Sequence[Trouble]], None]


def never() -> bool:
    return False


def nothing() -> None:
    """Nobody else may write."""


def unheard(made: Sequence[Change], troubles: Sequence[Trouble]) -> None:
    """Nobody asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run writes with: where to, what it keeps, its name and its instant.

    Items in `looked` were planned from a look at the system itself: before the first write they need no
    second one. Those in `late` come after all others, in this order. `stopping` is asked before each
    write, whether to leave the rest to the next run; `guard` raises LeaseLost where another process
    writes now. `told` hears, from any thread, what each item's writes came to.
    """

    panels: Mapping[str, Panel]
    ledger: Ledger
    id: str
    at: datetime
    looked: Collection[ItemRef] = frozenset()
    late: Sequence[ItemRef] = ()
    stopping: Callable[[], bool] = never
    guard: Callable[[], None] = nothing
    told: Told = unheard


class Writer:
    """Writes on one item; gathers what each place came to and what went wrong. `go_on` is asked before
    each write: where it says no, what is left stays planned."""

    def __init__(self, run: Run, panel: Panel, go_on: Callable[[], bool]) -> None:
        self.outcomes: dict[Place, Outcome] = {}
        self.problems: list[Problem] = []
        self._errors: dict[Place, BridgeError] = {}
        self._run = run
        self._panel = panel
        self._ledger = run.ledger
        self._go_on = go_on

    def write(self, changes: Changes) -> None:
        """Make them in order: behind passing trouble all the rest waits, as failed."""
        values = [change for change in changes if change.what in VALUES]
        rest = [[change] for change in changes if change.what not in VALUES]
        for part in [values, *rest] if values else rest:
            if self._waits():
                self._outcome(part, Outcome.FAILED)
            elif self._go_on():
                self._make(part)

    def troubles(self, changes: Changes) -> list[Trouble]:
        """What failed in the end, place by place."""
        bad = [one for one in changes if self.outcomes.get(place(one)) in BAD and place(one) in self._errors]
        return [trouble(one, self._errors[place(one)]) for one in bad]

    def _waits(self) -> bool:
        failed = (error for where, error in self._errors.items() if self.outcomes[where] in BAD)
        return any(nature(error) in (Nature.PASSING, Nature.EVERYWHERE) for error in failed)

    def _make(self, part: Changes) -> None:
        match part[0]:
            case CommentChange() as comment:
                self._comment(comment)
            case Change(what=What.REMOTE_LINK) as link:
                self._tell(part, self._attempt(part, partial(self._put_link, link)))
            case _:
                self._values(part)

    def _values(self, changes: Changes) -> None:
        """Fields and property in one write; without the offending ones where some are refused."""
        error = self._attempt(changes, partial(self._put_values, changes))
        self._tell(changes, error)
        if isinstance(error, Rejected):
            for rest in _acceptable(changes, error):
                if not self._waits() and self._go_on():
                    self._tell(rest, self._attempt(rest, partial(self._put_values, rest)))

    def _comment(self, change: CommentChange) -> None:
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
        self._run.guard()
        try:
            return self._sent(changes, intents, send, last=last)
        except LeaseLost:
            # whoever leads now may have looked before it arrived, and written what is newer
            with suppress(StoreError):
                self._ledger.outbox.reopen(intents)
            raise

    def _sent(
        self, changes: Changes, intents: Sequence[int], send: Send, *, last: bool
    ) -> BridgeError | None:
        try:
            ref = send()
        except REFUSALS as error:
            self._close(changes, intents, Outcome.REFUSED, error.message, settled=True)
            return error
        except Transient as error:
            if isinstance(error.__cause__, Stopping):
                self._left(intents, error)
                return None
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

    def _left(self, intents: Sequence[int], error: Transient) -> None:
        """The process is to end while this waits: it stays planned, and no trouble has come of it. What
        may have arrived all the same stays pending, for the next run to look."""
        if not error.maybe_done:
            with self._ledger.transaction():
                for intent in intents:
                    self._ledger.outbox.close(intent, Outcome.FAILED, error.message)

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
            self._errors |= {place(change): error for change in changes}


def _acceptable(changes: Iterable[Change], error: Rejected) -> list[list[Change]]:
    """What to try without what a system disliked; where it names nothing, property and fields apart."""
    given = list(changes)
    if any(change.name in error.fields for change in given):
        rest = [[change for change in given if change.name not in error.fields]]
    else:
        rest = [[change for change in given if change.what is what] for what in reversed(VALUES)]
    return [part for part in rest if part and len(part) < len(given)]
