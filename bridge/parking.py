"""Writes that failed: which of them wait for their next try, which were refused for good, and what may
be tried now.

Passing trouble parks an item: whatever else is to be written on it waits behind what failed, so that
order holds. A refusal parks its place alone. Instants are aware; spans are in hours and seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bridge import marks
from bridge.errors import (
    AccessDenied,
    BridgeError,
    ConnectorError,
    Full,
    MappingError,
    NotFound,
    RateLimited,
    Rejected,
    Transient,
)
from bridge.model import Change, ItemRef, Outcome, Plan, Problem, What
from bridge.places import Place, compared, place

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
REFUSALS = (Rejected, AccessDenied, NotFound, Full, MappingError)
"""What says for certain that nothing was written."""
VALUES = (What.FIELD, What.PROPERTY)
"""What one write makes together."""


class Nature(StrEnum):
    """What a failure is about, which decides whether trying again can help."""

    PASSING = "passing"
    EVERYWHERE = "everywhere"
    """The connection as a whole, not this item."""
    REFUSED = "refused"
    UNFIT = "unfit"
    """This value, or this field: another may do."""


class Why(StrEnum):
    """Why a place is parked; it is written down, so a value is never given another meaning."""

    WAITS = "waits"
    GAVE_UP = "gave up"
    """It failed for too long: left alone until another value is wanted."""
    REFUSED = "refused"
    """Left alone while the site and the account are what they were."""
    UNFIT = "unfit"
    """Left alone until another value is wanted."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A write that failed, and how. `pause`: seconds that the system asked for."""

    change: Change
    message: str
    hint: str
    nature: Nature
    pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """What failed at a place since when, how often, and not before when it is tried again. `detail` is the
    digest of what it goes with: of a value, or of a site."""

    place: Place
    key: str
    since: datetime
    attempts: int
    next: datetime
    why: Why
    message: str
    hint: str = ""
    detail: str = ""

    @property
    def item(self) -> ItemRef:
        return ItemRef(self.place.connection, self.place.item)

    @property
    def final(self) -> bool:
        return self.why is not Why.WAITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """An instant and the rules that hold at it: on the connections in `anew` everything is tried, and
    `sites` digests what each connection's refusals go with."""

    now: datetime
    hours: float = 24
    anew: Collection[str] = ()
    sites: Mapping[str, str] = field(default_factory=dict)


def trouble(change: Change, error: BridgeError) -> Trouble:
    """What a write came back with."""
    pause = error.retry_after or 0.0 if isinstance(error, Transient) else 0.0
    return Trouble(change, error.message, error.hint, nature(error), pause)


def nature(error: BridgeError) -> Nature:
    """A 404 is taken for passing: whoever lost the login for a moment, or the right to see, gets one too."""
    match error:
        case AccessDenied(login=True) | RateLimited(scope="connection"):
            return Nature.EVERYWHERE
        case Rejected() | MappingError():
            return Nature.UNFIT
        case AccessDenied() | Full():
            return Nature.REFUSED
        case _:
            return Nature.EVERYWHERE if type(error) is ConnectorError else Nature.PASSING


def hold(plan: Plan, parked: Iterable[Parked], terms: Terms) -> Plan:
    """The plan with what may not be tried now: it stands there as FAILED or REFUSED, and the problem says
    why, since when and what next."""
    known = {one.place: one for one in parked if one.place.connection not in terms.anew}
    outcomes: dict[Place, Outcome] = {}
    problems: list[Problem] = []
    for changes in _planned(plan.changes):
        holding = _holding(changes, known, terms)
        waits = any(one.why is Why.WAITS for one in holding.values())
        for where in map(place, changes):
            if where in holding:
                outcomes[where] = _outcome(holding[where])
            elif waits:
                outcomes[where] = Outcome.FAILED
        problems += _told(changes, holding)
    if not outcomes:
        return plan
    held = (replace(one, outcome=outcomes.get(place(one), one.outcome)) for one in plan.changes)
    return Plan(tuple(held), (*plan.problems, *problems))


def _planned(changes: Iterable[Change]) -> list[list[Change]]:
    items: dict[ItemRef, list[Change]] = {}
    for change in changes:
        if change.outcome is Outcome.PLANNED:
            items.setdefault(ItemRef(change.connection, change.item), []).append(change)
    return list(items.values())


def _holding(changes: Iterable[Change], known: Mapping[Place, Parked], terms: Terms) -> dict[Place, Parked]:
    found = ((change, known.get(place(change))) for change in changes)
    return {place(change): one for change, one in found if one is not None and _holds(one, change, terms)}


def _holds(parked: Parked, change: Change, terms: Terms) -> bool:
    match parked.why:
        case Why.WAITS:
            return terms.now < parked.next
        case Why.REFUSED:
            return parked.detail == terms.sites.get(change.connection, "")
        case Why.UNFIT | Why.GAVE_UP:
            return parked.detail == fingerprint(change)


def _outcome(parked: Parked) -> Outcome:
    return Outcome.REFUSED if parked.why in (Why.REFUSED, Why.UNFIT) else Outcome.FAILED


def _told(changes: Sequence[Change], holding: Mapping[Place, Parked]) -> Iterator[Problem]:
    """One problem for all places of an item that came back with the same."""
    told: dict[tuple[Why, str], tuple[Change, Parked]] = {}
    for change in changes:
        if one := holding.get(place(change)):
            told.setdefault((one.why, one.message), (change, one))
    for change, one in told.values():
        yield Problem(
            kind="waiting" if one.why is Why.WAITS else "given_up" if one.why is Why.GAVE_UP else "refused",
            message=f"{one.message} ({_when(one)})",
            hint=_hint(one),
            connection=change.connection,
            kr=change.kr,
            item=change.key,
        )


def _when(parked: Parked) -> str:
    since = f"since {_minute(parked.since)}"
    match parked.why:
        case Why.WAITS:
            return f"{since}; next try after {_minute(parked.next)}"
        case Why.GAVE_UP:
            return f"{since}; given up until another value is to be written"
        case _:
            return f"{since}; not tried again"


def _hint(parked: Parked) -> str:
    if parked.why is Why.WAITS:
        return parked.hint
    return (
        f"{parked.hint}; then: okr-bridge sync --full" if parked.hint else "okr-bridge sync --full tries it"
    )


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def fingerprint(change: Change) -> str:
    """What changes when another value is wanted in the place."""
    return marks.fingerprint(compared(change.what, change.after))


def park(trouble: Trouble, before: Parked | None, terms: Terms) -> Parked:
    """What is to be known of the place from now on; `before` is what was known of it."""
    change = trouble.change
    why, detail = _verdict(trouble, terms)
    lasting = before if before is not None and _goes_on(before, why, change) else None
    since = lasting.since if lasting else terms.now
    attempts = (lasting.attempts if lasting else 0) + 1
    if trouble.nature is Nature.EVERYWHERE:
        attempts = max(attempts - 1, 1)
    elif why is Why.WAITS and lasting and _too_long(lasting, terms):
        why, detail = Why.GAVE_UP, fingerprint(change)
    return Parked(
        place=place(change),
        key=change.key,
        since=since,
        attempts=attempts,
        next=terms.now + max(pause(attempts), timedelta(seconds=trouble.pause)),
        why=why,
        message=trouble.message,
        hint=trouble.hint,
        detail=detail,
    )


def _verdict(trouble: Trouble, terms: Terms) -> tuple[Why, str]:
    change = trouble.change
    match trouble.nature:
        case Nature.UNFIT if change.what is not What.FIELD:
            return Why.UNFIT, fingerprint(change)
        case Nature.REFUSED | Nature.UNFIT:
            return Why.REFUSED, terms.sites.get(change.connection, "")
        case _:
            return Why.WAITS, ""


def _goes_on(before: Parked, why: Why, change: Change) -> bool:
    """Whether this is the same trouble as before."""
    match before.why:
        case Why.WAITS:
            return True
        case Why.GAVE_UP:
            return why is Why.WAITS and before.detail == fingerprint(change)
        case _:
            return why is not Why.WAITS


def _too_long(before: Parked, terms: Terms) -> bool:
    return before.why is Why.GAVE_UP or terms.now - before.since >= timedelta(hours=terms.hours)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries that failed: a minute, doubling to an hour."""
    return min(FIRST * (1 << min(attempts - 1, 10)), LONGEST)


def freed(parked: Iterable[Parked], made: Iterable[Change]) -> set[Place]:
    """The places that are parked no longer, after these writes on one item. Fields and the property are
    one write: where some of them got through, those given up before are wanted again."""
    done = [change for change in made if change.outcome in (Outcome.WRITTEN, Outcome.DRIFTED)]
    places = {place(change) for change in done}
    values = {ItemRef(one.connection, one.item) for one in done if one.what in VALUES}
    return {
        one.place
        for one in parked
        if one.place in places or (one.why is Why.GAVE_UP and one.place.what in VALUES and one.item in values)
    }


def over(
    parked: Iterable[Parked],
    shown: Mapping[ItemRef, Collection[str]],
    standing: Collection[Place],
    terms: Terms,
) -> set[Place]:
    """The places of which nothing needs to be known any more. `shown`: by anchor item, the key results
    shown there; `standing`: places that are as they should be."""
    return {one.place for one in parked if _is_over(one, shown, standing, terms)}


def _is_over(
    one: Parked, shown: Mapping[ItemRef, Collection[str]], standing: Collection[Place], terms: Terms
) -> bool:
    if one.item not in shown or (one.place.kr and one.place.kr not in shown[one.item]):
        return True
    if one.why is Why.REFUSED:
        return one.detail != terms.sites.get(one.place.connection, "")
    return one.why is Why.WAITS and one.place in standing
