"""Who lost a lease writes nothing more; who took it over does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bridge.errors import LeaseLost
from bridge.exchange import export, import_document
from bridge.model import Outcome
from bridge.store import ConnectionResult, Lease, Store, Written, WrittenKey
from bridge.store.tables import METADATA
from tests.stores import (
    BASELINE,
    CHECK_IN,
    CURSOR,
    FIGURES,
    HISTORY,
    KEYS,
    NOON,
    OVERRIDE,
    PANEL,
    PARKED,
    change,
    fill,
    fill_passing,
    item,
)

PLACE = WrittenKey("10009", "O1-KR1", "field", "progress")
WRITES: dict[str, Callable[[Store], object]] = {
    "mirror.save": lambda s: s.mirror.save([item(9)], {}),
    "mirror.set_panel": lambda s: s.mirror.set_panel("acme", "10009", PANEL),
    "mirror.forget": lambda s: s.mirror.forget("acme", ["10001"]),
    "mirror.clear": lambda s: s.mirror.clear("acme"),
    "membership.replace": lambda s: s.membership.replace(KEYS, frozenset({"10002"}), NOON),
    "membership.set_unreadable": lambda s: s.membership.set_unreadable(KEYS, ()),
    "membership.prune": lambda s: s.membership.prune([]),
    "cursors.put": lambda s: s.cursors.put("other", CURSOR),
    "cursors.drop": lambda s: s.cursors.drop("acme"),
    "sites.put": lambda s: s.sites.put("other", {}, NOON),
    "sites.drop": lambda s: s.sites.drop("acme"),
    "figures.put": lambda s: s.figures.put("O2-KR1", FIGURES),
    "history.record": lambda s: s.history.record(HISTORY),
    "baselines.put": lambda s: s.baselines.put("O2-KR1", "2026-Q4", BASELINE, NOON),
    "written.put": lambda s: s.written.put("acme", PLACE, Written(1, "", NOON)),
    "written.drop": lambda s: s.written.drop("acme", WrittenKey("10001", "O1-KR1", "comment", "")),
    "outbox.add": lambda s: s.outbox.add("1", change()),
    "outbox.attempt": lambda s: s.outbox.attempt(1),
    "outbox.close": lambda s: s.outbox.close(2, Outcome.WRITTEN),
    "revisions.record": lambda s: s.revisions.record("d9", "", NOON),
    "overrides.put": lambda s: s.overrides.put(OVERRIDE),
    "overrides.clear": lambda s: s.overrides.clear("O1-KR1", "li", NOON),
    "checkins.add": lambda s: s.checkins.add(CHECK_IN),
    "runs.start": lambda s: s.runs.start("sync", NOON),
    "runs.writes": lambda s: s.runs.writes("1", [change()]),
    "runs.finish": lambda s: s.runs.finish("1", NOON, "stopped", {}),
    "connections.put": lambda s: s.connections.put("acme", ConnectionResult("1", True, "", "", NOON)),
    "parked.put": lambda s: s.parked.put(PARKED),
    "parked.drop": lambda s: s.parked.drop("acme", "10001", "O1-KR1", "field", "progress"),
    "parked.clear": lambda s: s.parked.clear(),
    "holds.put": lambda s: s.holds.put("other", NOON, ""),
    "holds.drop": lambda s: s.holds.drop("acme"),
    "schedule.put": lambda s: s.schedule.put("acme", "sweep", NOON),
    "schedule.replace": lambda s: s.schedule.replace({}),
    "notices.put": lambda s: s.notices.put("a", NOON, "", ""),
    "notices.drop": lambda s: s.notices.drop("configuration"),
    "prune": lambda s: s.prune(NOON.replace(year=2100)),
    "import": lambda s: import_document(s, export(s), replace=True),
    "transaction": lambda s: s.transaction().__enter__(),
}
READING = {"all", "get", "has", "load", "ids", "aliases", "panels", "unreadable", "points", "pending",
           "depth", "first", "latest", "current", "log", "of", "last", "last_good", "failing_since"}  # fmt: skip
APART = {"leases", "database"}


def taken(store: Store, holder: str) -> Lease:
    lease = store.leases.acquire("writer", holder, 60)
    assert lease
    return lease


def contents(store: Store) -> dict[str, list[sa.RowMapping]]:
    with store.database.read() as connection:
        return {
            name: list(connection.execute(sa.select(table)).mappings())
            for name, table in METADATA.tables.items()
        }


def test_every_way_of_writing_is_tried_here(store: Store) -> None:
    parts = {name: part for name, part in vars(store).items() if name not in APART and name[0] != "_"}
    known = {f"{name}.{call}" for name, part in parts.items() for call in dir(part) if call[0] != "_"}
    assert {call for call in known if call.partition(".")[2] not in READING} == {
        c for c in WRITES if "." in c
    }


def test_the_deposed_writes_nothing_and_the_new_holder_everything(store: Store) -> None:
    fill(store)
    fill_passing(store)
    lease = taken(store, "one")
    with store.fenced(lease):
        store.leases.evict("writer", "one")
        new = taken(store, "two")
        before = contents(store)
        for name, write in WRITES.items():
            with pytest.raises(LeaseLost, match="writer lease is no longer held by one"):
                write(store)
            assert contents(store) == before, name
    with store.fenced(new):
        for write in list(WRITES.values())[:-1]:
            write(store)
    assert contents(store) != before


ENDS: dict[str, Callable[[Store, Lease], object]] = {
    "released": lambda store, lease: store.leases.release(lease),
    "evicted": lambda store, lease: store.leases.evict("writer", "one"),
    "taken anew by the same holder": lambda store, lease: taken(store, "one"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whatever_ended_a_lease_ends_the_writing(store: Store, end: Callable[[Store, Lease], object]) -> None:
    lease = taken(store, "one")
    with store.fenced(lease):
        store.figures.put("a", FIGURES)
        assert store.fence_holds()
        end(store, lease)
        assert not store.fence_holds()
        with pytest.raises(LeaseLost) as caught:
            store.figures.put("b", FIGURES)
        assert "took over" in caught.value.hint
    assert store.figures.all().keys() == {"a"}
    assert store.fence_holds()
    store.figures.put("c", FIGURES)
