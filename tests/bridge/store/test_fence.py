"""Who lost a lease writes nothing more; who took it over does."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.errors import LeaseLost
from bridge.exchange import export, import_document
from bridge.model import Outcome
from bridge.store import ConnectionResult, Lease, Store, Written, WrittenKey
from bridge.store.tables import METADATA
from tests.stores import (
    BACKFILL,
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
    "sites.doubt": lambda s: s.sites.doubt("acme"),
    "sites.drop": lambda s: s.sites.drop("acme"),
    "figures.put": lambda s: s.figures.put("O2-KR1", FIGURES),
    "figures.put_all": lambda s: s.figures.put_all({"O2-KR1": FIGURES}),
    "history.record_all": lambda s: s.history.record_all([HISTORY]),
    "history.record": lambda s: s.history.record(HISTORY),
    "inputs.keep": lambda s: s.inputs.keep({"s1": "1"}, {"d1": "1"}),
    "backfills.begin": lambda s: s.backfills.begin(BACKFILL),
    "backfills.put_page": lambda s: s.backfills.put_page("b1", ["10002"], {}, {1: "[]"}),
    "backfills.lengthen": lambda s: s.backfills.lengthen(BACKFILL, ["10001"]),
    "backfills.end": lambda s: s.backfills.end("b1", ()),
    "backfills.drop": lambda s: s.backfills.drop("b1"),
    "backfills.clear": lambda s: s.backfills.clear("acme"),
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
    "identities.put": lambda s: s.identities.put(("okr-bridge",)),
    "identities.replace": lambda s: s.identities.replace("acme", ("new.example",)),
    "tidy": lambda s: s.tidy(NOON.replace(year=2100)),
    "prune": lambda s: s.prune(NOON.replace(year=2100)),
    "import": lambda s: import_document(s, export(s), replace=True),
    "transaction": lambda s: s.transaction().__enter__(),
}
READING = {"all", "get", "taken", "started", "load", "ids", "aliases", "panels", "unreadable", "points",
           "pending", "depth", "first", "latest", "current", "log", "of", "last", "last_good",
           "failing_since", "known", "documents", "states", "read", "turns", "news", "titles"}  # fmt: skip
UNFENCED = {"reopen"}
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
    assert {call for call in known if call.partition(".")[2] not in READING | UNFENCED} == {
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


def test_the_deposed_may_still_say_that_a_write_of_its_own_may_have_arrived(store: Store) -> None:
    deposed = taken(store, "one")
    with store.fenced(deposed):
        mine = store.outbox.add("1", change())
        store.outbox.attempt(mine)
    store.leases.evict("writer", "one")
    with store.fenced(taken(store, "two")):
        store.outbox.close(mine, Outcome.FAILED, "did not arrive")
        store.outbox.close(store.outbox.add("2", change()), Outcome.WRITTEN)
    with store.fenced(deposed):
        store.outbox.reopen([mine])
        with pytest.raises(LeaseLost):
            store.outbox.close(mine, Outcome.WRITTEN)
    [pending] = store.outbox.pending()
    assert (pending.id, pending.attempts) == (mine, 1)


ENDS: dict[str, Callable[[Store, Lease], object]] = {
    "released": lambda store, lease: store.leases.release(lease),
    "evicted": lambda store, lease: store.leases.evict(lease.name, lease.holder),
    "taken anew by the same holder": lambda store, lease: taken(store, lease.holder),
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


def test_a_fence_is_for_every_thread(store: Store) -> None:
    lease = taken(store, "one")
    raised: list[type[BaseException]] = []

    def write() -> None:
        try:
            store.figures.put("a", FIGURES)
        except LeaseLost as error:
            raised.append(type(error))

    with store.fenced(lease):
        store.leases.evict("writer", "one")
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert raised == [LeaseLost]
    assert store.figures.all() == {}


def test_one_that_ran_out_stands_until_another_takes_it_but_is_not_to_be_built_on(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 0)
    assert lease
    with store.fenced(lease):
        store.figures.put("a", FIGURES)
        assert not store.fence_holds()
        assert store.leases.renew(lease, 60)
        assert store.fence_holds()


def test_of_two_fences_both_must_hold(store: Store) -> None:
    daemon = store.leases.acquire("daemon", "one", 60)
    assert daemon
    with store.fenced(daemon), store.fenced(taken(store, "one")):
        store.figures.put("a", FIGURES)
        store.leases.release(daemon)
        assert not store.fence_holds()
        with pytest.raises(LeaseLost, match="daemon lease"):
            store.figures.put("b", FIGURES)


def test_a_takeover_waits_for_what_is_in_hand(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 0)
    assert lease
    seen: list[object] = []

    def take_over() -> None:
        taken(store, "two")
        seen.append(store.figures.all().keys())

    other = threading.Thread(target=take_over)
    with store.fenced(lease):
        with store.transaction():
            store.figures.put("a", FIGURES)
            other.start()
            other.join(0.3)
            assert seen == []
            store.figures.put("b", FIGURES)
        other.join()
        with pytest.raises(LeaseLost):
            store.figures.put("c", FIGURES)
    assert seen == [{"a", "b"}]


STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "let go", "evict", "run out", "renew", "write"]), st.integers(0, 2)),
    max_size=30,
)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_only_who_took_it_last_and_still_has_it_writes(store: Store, steps: list[tuple[str, int]]) -> None:
    law = Law(store)
    for step, who in steps:
        law.step(step, f"holder {who}")


@pytest.mark.prove
@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_only_who_took_it_last_and_still_has_it_ever_writes(
    store: Store, steps: list[tuple[str, int]]
) -> None:
    law = Law(store)
    for step, who in steps:
        law.step(step, f"holder {who}")


class Law:
    """What a lease is, beside the real one: each holder knows the lease it took last."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[str, Lease] = {}
        self.current = ""
        self.out = False
        store.leases.evict("writer", getattr(store.leases.record("writer"), "holder", ""))
        spare = taken(store, "nobody")
        store.leases.release(spare)
        self.token = spare.token

    def step(self, step: str, who: str) -> None:
        mine = self.known.get(who)
        ours = mine is not None and self.current == who and mine.token == self.token
        match step:
            case "take":
                self._take(who)
            case "let go" if mine:
                self.store.leases.release(mine)
                self.current = "" if ours else self.current
            case "evict":
                assert self.store.leases.evict("writer", who) == (self.current == who)
                self.current = "" if self.current == who else self.current
            case "run out" if ours and mine:
                self.out = self.store.leases.renew(mine, -1)
            case "renew" if mine:
                assert self.store.leases.renew(mine, 60) == ours
                self.out = self.out and not ours
            case "write" if mine:
                self._write(mine, ours=ours)

    def _take(self, who: str) -> None:
        lease = self.store.leases.acquire("writer", who, 60)
        assert (lease is not None) == (self.current in ("", who) or self.out)
        if lease:
            assert lease.token == self.token + 1
            self.known[who], self.token, self.current, self.out = lease, lease.token, who, False

    def _write(self, mine: Lease, *, ours: bool) -> None:
        with self.store.fenced(mine):
            assert self.store.fence_holds() == (ours and not self.out)
            if ours:
                self.store.figures.put("a", FIGURES)
                return
            with pytest.raises(LeaseLost):
                self.store.figures.put("a", FIGURES)
