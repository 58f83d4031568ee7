"""Written, found, wanted: from these three to what a run would change, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from bridge import marks
from bridge.model import Change, CommentChange, Document, ItemRef, Outcome, Plan, Problem, What
from bridge.model.same import same
from bridge.places import (
    Place,
    Seen,
    SeenComment,
    Spot,
    There,
    Verdict,
    Written,
    compared,
    foreign,
    judge,
    ours,
    place,
    there,
)
from bridge.shown import PROGRESS, UPDATED, beside

KEEP, OVERWRITE = "keep", "overwrite"
ORDER = (What.FIELD, What.PROPERTY, What.COMMENT, What.REMOTE_LINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should stand in a place. `fresh`: a new one is made and the one before stays (milestones).
    `drift`: keep or overwrite, where the key result sets its own policy."""

    connection: str
    item: str
    key: str
    kr: str
    what: What
    name: str
    value: Any
    body: Document = ()
    fresh: bool = False
    drift: str = ""


def plan(
    wanted: Iterable[Wanted],
    written: Mapping[Place, Written],
    found: Mapping[ItemRef, Seen],
    instance: str,
    policy: str = KEEP,
) -> Plan:
    """What is to be changed, item by item in the order of `wanted`; kept drift stands in it as DRIFTED.

    A field that an item does not have is left alone; an item that is not in `found` could not be read,
    and that is told. What another instance marked is drift under either policy.
    """
    changes: list[Change] = []
    unread: dict[ItemRef, Problem] = {}
    told = {ItemRef(where.connection, where.item) for where in written if where.what is What.PROPERTY}
    for one in _by_item(wanted):
        seen = found.get(_item(one))
        if seen is None:
            unread.setdefault(_item(one), _unread(one))
        elif one.what is not What.FIELD or one.name in seen.fields:
            last = Last(written.get(place(one)), _item(one) in told)
            changes += _change(one, last, seen, instance, policy)
    return Plan(tuple(changes), tuple(unread.values()))


def _item(one: Wanted) -> ItemRef:
    return ItemRef(one.connection, one.item)


def _by_item(wanted: Iterable[Wanted]) -> list[Wanted]:
    items: dict[ItemRef, list[Wanted]] = {}
    for one in wanted:
        items.setdefault(_item(one), []).append(one)
    return [one for group in items.values() for one in sorted(group, key=lambda one: ORDER.index(one.what))]


def _unread(one: Wanted) -> Problem:
    return Problem(
        kind="unreadable",
        connection=one.connection,
        kr=one.kr,
        item=one.key,
        message=f"{one.connection}: {one.key} could not be read, so nothing is written on it",
        hint="`okr-bridge check` tells whether the item is there and this account may see it",
    )


@dataclass(frozen=True, slots=True)
class Last:
    """What is remembered of a place, and whether the property of its item is: what then is not remembered
    beside it was never ours."""

    written: Written | None
    beside: bool


def _change(one: Wanted, last: Last, seen: Seen, instance: str, policy: str) -> list[Change]:
    """The change that a place needs: one or none."""
    written = last.written
    now = there(one, seen, instance, written.ref if written else "")
    verdict = _verdict(one, last, now, seen, instance)
    if verdict is Verdict.KEEP:
        return []
    stays = verdict is Verdict.DRIFTED and (
        (one.drift or policy) != OVERWRITE or foreign(one.what, seen, instance)
    )
    change = Change(
        connection=one.connection,
        item=one.item,
        key=one.key,
        kr=one.kr,
        what=one.what,
        name=one.name,
        before=written.value if one.what is What.COMMENT and written else now.value,
        after=one.value,
        outcome=Outcome.DRIFTED if stays else Outcome.PLANNED,
    )
    if one.what is not What.COMMENT:
        return [change]
    parts = {field.name: getattr(change, field.name) for field in fields(Change)}
    return [CommentChange(**parts, body=one.body, ref="" if one.fresh else now.ref, fresh=one.fresh)]


def _verdict(one: Wanted, last: Last, now: There, seen: Seen, instance: str) -> Verdict:
    target = compared(one.what, one.value)
    if one.fresh:
        told = {comment.mark.hash for comment in ours(seen, instance, one.kr)}
        return Verdict.KEEP if target in told else Verdict.WRITE
    found = compared(one.what, now.value)
    before = (
        found
        if _signed(one, last, now, seen, instance)
        else compared(one.what, last.written and last.written.value)
    )
    return judge(before, found, target)


def _signed(one: Wanted, last: Last, now: There, seen: Seen, instance: str) -> bool:
    """Whether what stands there is ours by its mark, though it is not what is remembered.

    A comment's hash is set by bridges alone. All else is taken up again where it was forgotten (a new
    database) and bears this instance's mark; what is remembered and differs was changed by a person.
    """
    match one.what:
        case What.COMMENT:
            return True
        case What.REMOTE_LINK:
            return last.written is None
        case What.PROPERTY:
            return last.written is None and marks.instance_of(now.value) == instance
        case What.FIELD:
            forgotten = last.written is None and not last.beside
            ours = forgotten and marks.instance_of(seen.property) == instance
            return ours and _goes_with_property(one.name, now.value, seen)


def _goes_with_property(role: str, value: Any, seen: Seen) -> bool:
    """Whether the property and the field were written together: they name the same instant and percent."""
    told = beside(seen.property)
    signature = (seen.fields.get(name) for name in (PROGRESS, UPDATED))
    written = (told.get(PROGRESS), told.get(UPDATED, object()))
    together = all(same(found, wrote) for found, wrote in zip(signature, written, strict=True))
    return together and (role not in told or same(value, told[role]))


def twice(spot: Spot, comments: Sequence[SeenComment]) -> list[Problem]:
    """Two comments of ours that say the same: the oldest is kept up to date, the others are told."""
    hashes = [comment.mark.hash for comment in comments]
    doubles = [one.id for at, one in enumerate(comments) if one.mark.hash in hashes[:at]]
    if not doubles:
        return []
    double = Problem(
        kind="duplicate",
        connection=spot.connection,
        kr=spot.kr,
        item=spot.item,
        message=f"{spot.connection}: {spot.item} has the comment of {spot.kr} more than once",
        hint=f"the oldest is kept up to date; delete the others by hand: {', '.join(doubles)}",
    )
    return [double]


def digest(plan: Plan) -> str:
    """Sixty-four hexadecimal digits of what the plan would send, whatever the order and the clock.

    Kept drift is not sent and not in it. Texts are: what was reviewed is what runs. So is what is held
    back after a failure: it was shown, and between a plan and its run its time may come.
    """
    sent = sorted(
        marks.canonical([*place(change), change.kr, _timeless(change)])
        for change in plan.changes
        if change.outcome is not Outcome.DRIFTED
        and not (change.what is What.FIELD and change.name == UPDATED)
    )
    return sha256("\n".join(sent).encode(errors="surrogatepass")).hexdigest()


def _timeless(change: Change) -> Any:
    match change.what, change.after:
        case What.PROPERTY, {"key_results": [*key_results]}:
            parts = [{name: part for name, part in kr.items() if name != UPDATED} for kr in key_results]
            return {**change.after, "key_results": parts}
        case _:
            return compared(change.what, change.after)
