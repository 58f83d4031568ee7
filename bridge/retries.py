"""What is parked, from run to run: `bridge.parking` decides, the store remembers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from bridge import marks
from bridge.model import Change, ItemRef, Outcome, Plan, What
from bridge.parking import Parked, Terms, Trouble, Why, freed, hold, over, park
from bridge.places import Place, place
from bridge.store import Store, records

_BETWEEN = ": "


class Retries:
    """One run's view of it. `anew`: connections on which everything is tried, whatever is known.
    `unsettled`: places where an earlier write may or may not have arrived."""

    def __init__(
        self, store: Store, connections: Iterable[str], now: datetime, hours: float, anew: Collection[str]
    ) -> None:
        self._store = store
        self._known = {one.place: one for one in map(_read, store.parked.all())}
        self.unsettled: set[Place] = set()
        names = {*connections, *(where.connection for where in self._known)}
        sites = {name: _site(store, name) for name in names}
        self._terms = Terms(now=now, hours=hours, anew=anew, sites=sites)

    @property
    def waiting(self) -> set[ItemRef]:
        """The items that are not to be asked anything now."""
        terms = self._terms
        return {
            one.item
            for one in self._known.values()
            if one.place.connection not in terms.anew and one.why is Why.WAITS and terms.now < one.next
        }

    @property
    def late(self) -> Sequence[ItemRef]:
        """The items that failed before, in the order in which they are due."""
        due = sorted(self._known.values(), key=lambda one: one.next)
        return tuple(dict.fromkeys(one.item for one in due))

    def hold(self, plan: Plan) -> Plan:
        return hold(plan, self._known.values(), self._terms)

    def tidy(self, shown: Mapping[ItemRef, Collection[str]], standing: Collection[Place]) -> None:
        """Forget what nothing needs to be known of any more."""
        self._forget(over(self._known.values(), shown, standing, self._terms))

    def hear(self, made: Sequence[Change], troubles: Sequence[Trouble]) -> None:
        """What the writes on one item came to; from any thread, each item from one. What is settled by
        this leaves the outbox: what was written since, and what is given up."""
        if not made:
            return
        ref = ItemRef(made[0].connection, made[0].item)
        own = [one for one in self._known.values() if one.item == ref]
        parked = [park(one, self._known.get(place(one.change)), self._terms) for one in troubles]
        gone = freed(own, made)
        if gone or parked:
            with self._store.transaction():
                self._forget(gone)
                for one in parked:
                    self._store.parked.put(_row(one))
                if any(one.why is Why.REFUSED for one in parked):
                    self._store.sites.doubt(ref.connection)
        gave_up = {one.place for one in parked if one.why is Why.GAVE_UP}
        self._settle(ref.connection, gave_up, "given up")
        written = {place(one) for one in made if one.outcome is Outcome.WRITTEN}
        self._settle(ref.connection, written & self.unsettled, "another value was written since")

    def _forget(self, gone: Iterable[Place]) -> None:
        with self._store.transaction():
            for where in gone:
                self._store.parked.drop(where.connection, where.item, where.kr, where.what.value, where.name)

    def _settle(self, connection: str, places: Collection[Place], why: str) -> None:
        """Nobody needs to know any more whether what was sent there arrived."""
        if not places:
            return
        with self._store.transaction():
            for intent in self._store.outbox.pending(connection):
                if place(intent.change) in places:
                    self._store.outbox.close(intent.id, Outcome.FAILED, why)


def _site(store: Store, name: str) -> str:
    """A digest of what refusals go with: the fields, whose account asks, and what it may do."""
    kept = store.sites.get(name)
    site = kept[0].get("site", {}) if kept else {}
    return marks.fingerprint([site.get(name) for name in ("panel", "account", "rights", "fixed")])


def _row(parked: Parked) -> records.Parked:
    where = parked.place
    return records.Parked(
        connection=where.connection,
        item=where.item,
        kr=where.kr,
        what=where.what.value,
        name=where.name,
        key=parked.key,
        since=parked.since,
        attempts=parked.attempts,
        next=parked.next,
        final=parked.final,
        message=parked.message,
        hint=parked.hint,
        value=f"{parked.why.value}{_BETWEEN}{parked.detail}",
    )


def _read(row: records.Parked) -> Parked:
    why, _, detail = row.value.partition(_BETWEEN)
    return Parked(
        place=Place(row.connection, row.item, row.kr, What(row.what), row.name),
        key=row.key,
        since=row.since,
        attempts=row.attempts,
        next=row.next,
        why=Why(why),
        message=row.message,
        hint=row.hint,
        detail=detail,
    )
