"""Writes whose outcome nobody knows: looked for on the item, then remembered or dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bridge import marks
from bridge.errors import AccessDenied, BridgeError, ConnectorError, NotFound
from bridge.ledger import Ledger
from bridge.model import Change, ItemRef, Outcome, Plan, Problem, What
from bridge.model.same import same
from bridge.parking import VALUES
from bridge.places import compared, ours, place, there
from bridge.store.records import Pending, Written, WrittenKey
from connectors.base import Found, Panel


@dataclass(frozen=True, slots=True)
class Stands:
    """Whether what a change wants stands on its item, and the system's id of it."""

    yes: bool
    ref: str = ""


def stands(change: Change, found: Found) -> Stands:
    """Comments are known by their mark and hash, links by their global id, all else by value."""
    if change.what is What.COMMENT:
        comments = ours(found, instance_of(change), change.kr)
        exact = [one.id for one in comments if one.mark.hash == change.after["hash"]]
        return Stands(bool(exact), exact[0] if exact else "")
    now = there(change, found, "")
    return Stands(same(compared(change.what, now.value), compared(change.what, change.after)))


def instance_of(change: Change) -> str:
    """Whose comment a change is about."""
    return marks.instance_of(change.after) or ""


def remember(ledger: Ledger, change: Change, ref: str, at: datetime) -> None:
    """It stands there, and it is ours."""
    where = place(change)
    key = WrittenKey(where.item, where.kr, where.what.value, where.name)
    ledger.written.put(change.connection, key, Written(change.after, ref, at))


def reflect(ledger: Ledger, changes: Iterable[Change]) -> None:
    """Put fields and the property that were just written on one item into the mirror of it."""
    values = [change for change in changes if change.what in VALUES]
    if not values:
        return
    connection, item = values[0].connection, values[0].item
    panel = dict(ledger.mirror.panels(connection, [item]).get(item, {}))
    fields = {change.name: change.after for change in values if change.what is What.FIELD}
    panel["fields"] = {**panel.get("fields", {}), **fields}
    properties = [change.after for change in values if change.what is What.PROPERTY]
    if properties:
        panel["property"] = properties[-1]
    ledger.mirror.set_panel(connection, item, panel)


def settle(
    pending: Sequence[Pending],
    panels: Mapping[str, Panel],
    ledger: Ledger,
    at: datetime,
    waiting: Collection[ItemRef] = (),
    stopping: Callable[[], bool] = lambda: False,
) -> Plan:
    """Settle what an earlier run left behind: what stands on the item is remembered as written, what
    does not is dropped, and so is what was never sent (the new plan decides anew). Items that cannot be
    reached now stay pending, and those `waiting` for their next try are not asked."""
    items: dict[ItemRef, list[Pending]] = {}
    _drop(ledger, [intent for intent in pending if not intent.attempts], "not sent: the run had to stop")
    for intent in pending:
        ref = ItemRef(intent.change.connection, intent.change.item)
        if intent.attempts and ref not in waiting:
            items.setdefault(ref, []).append(intent)
    changes: list[Change] = []
    problems: list[Problem] = []
    for ref, intents in items.items():
        panel = panels.get(ref.connection)
        if panel is None or stopping():
            continue
        try:
            found = panel.look(ref.id)
        except ConnectorError as error:
            problems.append(problem(intents[0].change, error))
            if isinstance(error, NotFound | AccessDenied):
                _forget(ledger, intents, error.message)
            continue
        changes += _settle_item(intents, found, ledger, at)
    return Plan(tuple(changes), tuple(problems))


def _settle_item(intents: Sequence[Pending], found: Found, ledger: Ledger, at: datetime) -> list[Change]:
    settled = []
    with ledger.transaction():
        for intent in intents:
            standing = stands(intent.change, found)
            if standing.yes:
                remember(ledger, intent.change, standing.ref, at)
                settled.append(replace(intent.change, outcome=Outcome.WRITTEN))
            ledger.outbox.close(
                intent.id,
                Outcome.WRITTEN if standing.yes else Outcome.FAILED,
                "" if standing.yes else "did not arrive",
            )
        first = intents[0].change
        seen: dict[str, Any] = {"fields": dict(found.fields), "property": found.property}
        ledger.mirror.set_panel(first.connection, first.item, seen)
    return settled


def _forget(ledger: Ledger, intents: Sequence[Pending], why: str) -> None:
    """Nobody may ever learn what became of these: what was remembered of their places holds no more. Where
    the item shows again, it is looked at, and its marks tell what is ours."""
    with ledger.transaction():
        _drop(ledger, intents, why)
        for where in (place(intent.change) for intent in intents):
            key = WrittenKey(where.item, where.kr, where.what.value, where.name)
            ledger.written.drop(where.connection, key)


def _drop(ledger: Ledger, intents: Sequence[Pending], why: str) -> None:
    if intents:
        with ledger.transaction():
            for intent in intents:
                ledger.outbox.close(intent.id, Outcome.FAILED, why)


def problem(change: Change, error: BridgeError) -> Problem:
    """What a write came back with, as something to act on."""
    kind = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(error).__name__)
    return Problem(
        kind=kind.removeprefix("_"),
        message=error.message,
        hint=error.hint,
        connection=change.connection,
        kr=change.kr,
        item=change.key,
    )
